//! Rows that can be read on a terminal and pasted into a page.

use std::path::Path;

pub struct Table(Vec<usize>);

impl Table {
    pub fn new(heads: &[&str]) -> Self {
        // The first column has the program's name.
        let table = Table(
            (0..)
                .zip(heads)
                .map(|(place, head)| head.chars().count().max(if place == 0 { 14 } else { 7 }))
                .collect(),
        );
        table.row(&heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>());
        table.row(&table.0.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>());
        table
    }

    pub fn row(&self, cells: &[String]) {
        let cells: Vec<String> =
            cells.iter().zip(&self.0).map(|(cell, width)| format!("{cell:>width$}")).collect();
        println!("| {} |", cells.join(" | "));
    }
}

pub fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

/// The program's own name: the last part of its path.
pub fn name(program: &Path) -> String {
    program.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
