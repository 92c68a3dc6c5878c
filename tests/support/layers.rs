//! Layers: a module may need those below its own, and no others.

use crate::circles::Graph;

/// From the top to the bottom: the beginnings of the names of modules, `server/send`. Those of one layer may not need
/// each other.
pub type Layers<'a> = &'a [&'a [&'a str]];

/// Every arrow that does not lead down, `server/send ─▶ server/turn`, and every module that has no place.
pub fn faults(graph: &Graph, layers: Layers<'_>) -> Vec<String> {
    let homeless = graph.names().filter(|module| place(module, layers).is_none());
    let homeless = homeless.map(|module| format!("`{module}` has no place among the layers"));
    let leads_down = |from, to| match (place(from, layers), place(to, layers)) {
        (Some(above), Some(below)) => above == below || above.0 < below.0,
        _ => true, // told already
    };
    let wrong = graph.arrows().filter(|(from, to)| !leads_down(from, to));
    homeless.chain(wrong.map(|(from, to)| format!("{from} ─▶ {to}"))).collect()
}

/// The layer of a module, and by which name: the longest that is its own or that of a folder above.
fn place<'a>(module: &str, layers: Layers<'a>) -> Option<(usize, &'a str)> {
    let names =
        layers.iter().enumerate().flat_map(|(layer, names)| names.iter().map(move |name| (layer, *name)));
    let is_home =
        |name: &str| module.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    names.filter(|(_, name)| is_home(name)).max_by_key(|(_, name)| name.len())
}
