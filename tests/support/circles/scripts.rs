//! The modules of a page, and what they import of each other.

use super::Graph;

/// From the page's scripts: their paths and their texts. A module is called by its path, without `.js`.
pub fn graph(scripts: &[(String, String)]) -> Graph {
    let mut graph = Graph::default();
    for (path, text) in scripts {
        let name = name_of(path);
        graph.add_module(name);
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for import in text.lines().filter_map(imported) {
            graph.add_arrow(name, name_of(&joined(folder, import)), import);
        }
    }
    graph
}

fn name_of(path: &str) -> &str {
    path.strip_suffix(".js").unwrap_or(path)
}

/// The module that a line imports: `import … from "./x.js"`, `} from "./x.js"`, `import "./x.js"`,
/// `import("./x.js")`. Comments may say what they like.
fn imported(line: &str) -> Option<&str> {
    let code = line.trim_start();
    if ["//", "/*", "*"].iter().any(|mark| code.starts_with(mark)) {
        return None;
    }
    let (_, rest) = ["from \"", "import \"", "import(\""].iter().find_map(|words| code.split_once(words))?;
    let (path, _) = rest.split_once('"')?;
    path.starts_with('.').then_some(path)
}

/// A path from a folder: `views` and `../model/room.js` make `model/room.js`.
fn joined<'a>(folder: &'a str, path: &'a str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
