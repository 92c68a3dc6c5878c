//! What of the page needs no browser: its model, tested by node; and that every module but the first can be imported
//! without doing anything.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the page") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Runs node, and shows what it says if it fails. Where there is none it says so.
fn node(arguments: &[&str], files: &[PathBuf]) {
    let Ok(output) = Command::new("node").args(arguments).args(files).output() else {
        return pollcat_testing::scratch::cannot_run("the page's model, for node is not installed");
    };
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

#[test]
fn the_model_of_the_page_does_what_it_should() {
    let tests = files(&folder("model"), ".test.js");
    assert!(tests.len() > 4, "{tests:?}");
    node(&["--test"], &tests);
}

/// In node there is no `document`, no `window` and no `location`: a module that touched one when it is imported would
/// fail here.
#[test]
fn no_module_does_anything_when_it_is_imported() {
    let web = folder("../../web");
    let parts = ["app", "browser", "model", "net", "views", "admin/app", "admin/model", "admin/views"];
    let modules = parts.map(|part| files(&web.join(part), ".js")).concat();
    assert!(modules.len() > 40, "{modules:?}");
    let import_all = "for (const file of process.argv.slice(1)) await import(file)
        const left = process.getActiveResourcesInfo().filter((one) => /Timeout|Immediate/.test(one))
        if (left.length > 0) throw new Error(`something has begun: ${left}`)";
    node(&["--input-type=module", "--eval", import_all, "--"], &modules);
}
