//! What is served of the pages is made of the files in `web` when the chat is compiled.

use std::path::{Path, PathBuf};
use std::{env, process};

fn main() {
    println!("cargo::rerun-if-changed=web");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where"));
    let site = pollcat_joiner::join(Path::new("web")).unwrap_or_else(|trouble| {
        println!("cargo::error=web/{trouble}");
        process::exit(1);
    });
    pollcat_joiner::write(&site, &out).expect("cargo's folder can be written to");
}
