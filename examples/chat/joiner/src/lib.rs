//! Joins the chat's pages when the chat is compiled: who works on a page edits plain files in a folder, as a browser reads
//! them; what is served of them is one file, the page with its styles and scripts in it, short and compressed. So a
//! browser asks once, and has all. Each `index.html` in the folder is a page.
//!
//! ```text
//! index.html ─▶ markup ─▶ page ─▶ /  as it is, gzip, br (compress); admin/index.html ─▶ … ─▶ /admin
//!                          ▲ ▲
//! *.css ─▶ style ──────────┘ └───────────────────────────────┐
//! *.js ─▶ tokens ─▶ walk ─▶ module ─▶ link ─▶ short ─▶ script, write
//!         cut       names   imports   order   names   one script
//! ```
//!
//! All variables of the modules are in one scope when they are joined, under other names, so nothing of an import or an export
//! is left. Nothing else is changed: properties, strings and the order of what runs are as they were written.
//!
//! What it does not understand it refuses, with the file and the line.

mod compress;
mod link;
mod markup;
mod module;
mod names;
mod page;
mod script;
mod short;
mod style;
mod tokens;
mod trouble;
mod walk;
mod write;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

pub use page::{File, Policy, Site};
pub use trouble::Trouble;

/// Joins the pages that are in a folder.
///
/// # Errors
///
/// Something in it is not understood, or cannot be read.
pub fn join(folder: &Path) -> Result<Site, Trouble> {
    let mut sources = BTreeMap::new();
    read(folder, "", &mut sources)?;
    Site::join(&sources)
}

/// Writes the files of a site into a folder, and `site.rs`: an expression that has them all in it.
///
/// # Errors
///
/// The folder cannot be written to.
pub fn write(site: &Site, folder: &Path) -> io::Result<()> {
    let mut files = String::new();
    for (number, file) in site.files.iter().enumerate() {
        let File { path, bytes, gzip, brotli, hash, policy } = file;
        for (kind, bytes) in [("", bytes), (".gz", gzip), (".br", brotli)] {
            fs::write(folder.join(format!("{number}{kind}")), bytes)?;
        }
        let bytes = ["", ".gz", ".br"].map(|kind| format!("include_bytes!(\"{number}{kind}\")"));
        let [bytes, gzip, brotli] = bytes;
        let _ = writeln!(
            files,
            "File {{ path: {path:?}, bytes: {bytes}, gzip: {gzip}, brotli: {brotli}, hash: {hash:?}, policy: {policy:?} }},"
        );
    }
    fs::write(folder.join("site.rs"), format!("&[\n{files}]\n"))
}

/// All files of a folder that are text, by their paths in it. Lines end as browsers make them end before they hash a script,
/// wherever the files were checked out.
fn read(folder: &Path, prefix: &str, sources: &mut BTreeMap<String, String>) -> Result<(), Trouble> {
    let trouble = |error: io::Error| Trouble { file: prefix.to_owned(), line: 0, words: error.to_string() };
    for entry in fs::read_dir(folder).map_err(trouble)? {
        let entry = entry.map_err(trouble)?;
        let name = format!("{prefix}{}", entry.file_name().display());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), sources)?;
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            sources.insert(name, text.replace("\r\n", "\n"));
        }
    }
    Ok(())
}
