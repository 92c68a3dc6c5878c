//! Several nodes in memory, by chance; and what entries come to on any of them.

mod gone;
mod meaning;
mod memory;
mod reading_on;
mod run;
mod simulation;
mod verdict;
