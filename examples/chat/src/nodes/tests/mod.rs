//! Several nodes in memory, by chance.

mod memory;
mod reading_on;
mod run;
mod simulation;
mod verdict;
