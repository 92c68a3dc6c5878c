//! Several nodes in memory, by chance.

mod gone;
mod memory;
mod reading_on;
mod run;
mod simulation;
mod verdict;
