//! Each shape against a sample of what its software documents, and signatures against code of others.

mod limits;
mod places;
mod reading;
mod samples;
mod signatures;
mod stage;
