//! The page's markup: what it links and loads becomes what is served of that.
//!
//! ```text
//! <link rel="stylesheet" href="a.css">            ──▶ <style>…</style>, all of them at the place of the first
//! <script src="early.js"></script>                ──▶ <script>…</script>
//! <script type="module" src="main.js"></script>   ──▶ <script type="module">…</script>, at the end of the page
//! <link rel="modulepreload" href="a.js">          ──▶ nothing
//! ```

use crate::trouble::{Result, Trouble};

/// A tag of index.html that names a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Style(&'a str),
    Script(&'a str),
    Module(&'a str),
    /// Of a module that is in the page anyway.
    Preload,
}

/// The markup, cut at the tags that name files.
pub(crate) fn parts<'a>(file: &str, text: &'a str) -> Result<Vec<(&'a str, Option<Part<'a>>)>> {
    let (mut parts, mut from) = (Vec::new(), 0);
    let tags = text
        .match_indices('<')
        .filter(|(at, _)| ["<link ", "<script"].iter().any(|tag| text[*at..].starts_with(tag)));
    for (begin, _) in tags {
        let line = text[..begin].matches('\n').count() + 1;
        let trouble = |words: &str| Trouble::new(file, line, words);
        let end = text[begin..].find('>').ok_or_else(|| trouble("the tag has no end"))? + begin + 1;
        let tag = &text[begin..end];
        let part = if tag.starts_with("<script") {
            let name = attribute(tag, "src").ok_or_else(|| trouble("give this script a file of its own"))?;
            if attribute(tag, "type") == Some("module") { Part::Module(name) } else { Part::Script(name) }
        } else if attribute(tag, "rel") == Some("stylesheet") {
            Part::Style(attribute(tag, "href").ok_or_else(|| trouble("which style? `href` is missing"))?)
        } else if attribute(tag, "rel") == Some("modulepreload") {
            Part::Preload
        } else {
            continue;
        };
        let rest = text[end..].strip_prefix("</script>").unwrap_or(&text[end..]);
        parts.push((&text[from..begin], Some(part)));
        from = text.len() - rest.len();
    }
    parts.push((&text[from..], None));
    Ok(parts)
}

/// Without the indentation. (Nothing in the page is shown as it is typed here.)
pub(crate) fn bare(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The value of an attribute, in double quotes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_file_is_found() {
        let text = "<link rel=\"icon\" href=\"/a.svg\">\n<link rel=\"stylesheet\" href=\"a.css\">\n<script src=\"b.js\"></script>\n<script type=\"module\" src=\"c.js\"></script>\n<p>";
        assert_eq!(
            parts("index.html", text).unwrap(),
            [
                ("<link rel=\"icon\" href=\"/a.svg\">\n", Some(Part::Style("a.css"))),
                ("\n", Some(Part::Script("b.js"))),
                ("\n", Some(Part::Module("c.js"))),
                ("\n<p>", None),
            ]
        );
    }

    #[test]
    fn a_script_within_the_markup_is_refused() {
        let trouble = parts("index.html", "<p>\n<script>alert()</script>").unwrap_err();
        assert_eq!(trouble.to_string(), "index.html:2: give this script a file of its own");
    }
}
