//! What is served of the page.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::markup::{self, Part};
use crate::trouble::{Result, Trouble};
use crate::{compress, script, style};

const INDEX: &str = "index.html";

/// What is served, and under which policy.
#[derive(Debug)]
pub struct Page {
    /// The page itself comes first.
    pub files: Vec<File>,
    /// The sources of scripts, as a Content-Security-Policy names them: the hashes of those in the page, and no others.
    pub scripts: String,
    /// The same of styles.
    pub styles: String,
}

/// One that is served.
#[derive(Debug)]
pub struct File {
    /// `/`, or `/favicon.svg`.
    pub path: String,
    pub bytes: Vec<u8>,
    pub gzip: Vec<u8>,
    pub brotli: Vec<u8>,
    /// Names the content: no other has the same.
    pub hash: String,
}

impl Page {
    /// The files of the page's folder, by their paths in it.
    pub(crate) fn join(sources: &BTreeMap<String, String>) -> Result<Self> {
        let mut joining =
            Joining { sources, used: BTreeSet::from([INDEX]), scripts: Vec::new(), styles: String::new() };
        let page = File::new("/", joining.markup()?);
        let files = [Ok(page)].into_iter().chain(joining.others()).collect::<Result<_>>()?;
        Ok(Page { files, scripts: joining.scripts.join(" "), styles: joining.styles })
    }
}

impl File {
    fn new(path: &str, text: String) -> Self {
        let hash = Sha256::digest(&text)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes = text.into_bytes();
        let (gzip, brotli) = (compress::gzip(&bytes), compress::brotli(&bytes));
        File { path: path.to_owned(), bytes, gzip, brotli, hash }
    }
}

struct Joining<'a> {
    sources: &'a BTreeMap<String, String>,
    used: BTreeSet<&'a str>,
    /// Their hashes.
    scripts: Vec<String>,
    styles: String,
}

impl<'a> Joining<'a> {
    /// The page itself, with all that is in it. Modules run when all else is there, so they come last, and what is
    /// before them is seen while they arrive.
    fn markup(&mut self) -> Result<String> {
        let (_, text) = self.source(INDEX)?;
        let parts = markup::parts(INDEX, text)?;
        let mut style = self.style(parts.iter().filter_map(|(_, part)| *part))?;
        let (mut markup, mut modules) = (String::new(), String::new());
        for (text, part) in parts {
            markup += &markup::bare(text);
            match part {
                // All at the place of the first.
                Some(Part::Style(_)) => markup += &std::mem::take(&mut style),
                Some(Part::Script(name)) => markup += &self.script(name)?,
                Some(Part::Module(name)) => modules += &self.module(name)?,
                Some(Part::Preload) | None => {}
            }
        }
        let end = markup.rfind("</body>").unwrap_or(markup.len());
        markup.insert_str(end, &modules);
        Ok(markup)
    }

    fn style(&mut self, parts: impl Iterator<Item = Part<'a>>) -> Result<String> {
        let mut joined = String::new();
        for part in parts {
            if let Part::Style(name) = part {
                let (name, text) = self.source(name)?;
                joined += &style::bare(name, text)?;
            }
        }
        self.styles = hash_source(&joined);
        within("style", "", &joined)
    }

    fn script(&mut self, name: &str) -> Result<String> {
        let (name, text) = self.source(name)?;
        let script = script::bare(name, text)?;
        self.scripts.push(hash_source(&script));
        within("script", "", &script)
    }

    fn module(&mut self, name: &str) -> Result<String> {
        let (name, _) = self.source(name)?;
        let joined = script::join(name, self.sources)?;
        self.used.extend(joined.files);
        self.scripts.push(hash_source(&joined.text));
        within("script", " type=\"module\"", &joined.text)
    }

    /// What is left in the folder: pictures are served as they are; other scripts and styles were forgotten.
    fn others(&self) -> impl Iterator<Item = Result<File>> {
        self.sources.iter().filter_map(|(name, text)| match name.rsplit_once('.') {
            Some((_, "svg")) => Some(Ok(File::new(&format!("/{name}"), text.clone()))),
            Some((_, "js" | "css")) if !self.used.contains(name.as_str()) => {
                Some(Err(Trouble::new(name, 0, "nothing of the page imports or links it")))
            }
            _ => None,
        })
    }

    /// A file of the folder, as index.html names it. It is used now.
    fn source(&mut self, name: &str) -> Result<(&'a str, &'a str)> {
        let name = name.trim_start_matches(['.', '/']);
        let found = self.sources.get_key_value(name);
        let (name, text) = found.ok_or_else(|| Trouble::new(INDEX, 0, format!("there is no {name}")))?;
        self.used.insert(name);
        Ok((name, text))
    }
}

/// An element with this in it. Nothing in it may look like its end (HTML §13.1.2.6).
fn within(element: &str, attributes: &str, text: &str) -> Result<String> {
    let end = format!("</{element}");
    match [end.as_str(), "<!--"].into_iter().find(|it| text.to_lowercase().contains(it)) {
        Some(it) => Err(Trouble::new(INDEX, 0, format!("a {element} of the page has `{it}` in it"))),
        None => Ok(format!("<{element}{attributes}>{text}{end}>")),
    }
}

fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKUP: &str = "<!doctype html>\n<head>\n\t<link rel=\"stylesheet\" href=\"/a.css\">\n\t<link rel=\"stylesheet\" href=\"b/b.css\">\n\t<script src=\"/early.js\"></script>\n\t<script type=\"module\" src=\"/main.js\"></script>\n\t<link rel=\"modulepreload\" href=\"/a.js\">\n</head>\n<body>\n\t<p>hi</p>\n</body>\n";

    fn join(changed: &[(&str, &str)]) -> Result<Page> {
        let files = [
            (INDEX, MARKUP),
            ("a.css", "a { top: 0 }"),
            ("b/b.css", "b { top: 1px }"),
            ("early.js", "var early = 1; // soon"),
            ("main.js", "import { a } from './a.js'; a();"),
            ("a.js", "export const a = () => 'a';"),
            ("sign.svg", "<svg/>"),
            ("README.md", "what is here"),
        ];
        let files = files.iter().chain(changed).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Page::join(&files.collect())
    }

    fn trouble(changed: &[(&str, &str)]) -> String {
        join(changed).unwrap_err().to_string()
    }

    #[test]
    fn the_page_has_all_in_it_and_names_each_script_and_style_by_its_hash() {
        let page = join(&[]).unwrap();
        let text = std::str::from_utf8(&page.files[0].bytes).unwrap();
        let (style, early, script) = ("a{top:0}b{top:1px}", "var early=1;", "let e=()=>'a';\ne();\n");
        assert_eq!(
            text,
            format!(
                "<!doctype html>\n<head><style>{style}</style><script>{early}</script></head>\n<body>\n<p>hi</p>\n\
                 <script type=\"module\">{script}</script></body>"
            )
        );
        assert_eq!(page.scripts, format!("{} {}", hash_source(early), hash_source(script)));
        assert_eq!(page.styles, hash_source(style));
        let paths: Vec<&str> = page.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["/", "/sign.svg"]);
    }

    #[test]
    fn another_content_has_another_hash() {
        let hashes = |page: Page| page.files.into_iter().map(|file| file.hash).collect::<Vec<_>>();
        let (one, other) =
            (hashes(join(&[]).unwrap()), hashes(join(&[("a.js", "export const a = 1;")]).unwrap()));
        assert!(one[0] != other[0] && one[1] == other[1]);
    }

    #[test]
    fn what_is_forgotten_or_missing_is_told() {
        assert_eq!(trouble(&[("b/c.js", "")]), "b/c.js: nothing of the page imports or links it");
        assert_eq!(trouble(&[("c.css", "")]), "c.css: nothing of the page imports or links it");
        assert_eq!(trouble(&[(INDEX, "<script src=\"c.js\"></script>")]), "index.html: there is no c.js");
    }

    #[test]
    fn nothing_ends_its_element_too_early() {
        assert_eq!(
            trouble(&[("a.js", "export const a = '</SCRIPT';")]),
            "index.html: a script of the page has `</script` in it"
        );
        assert_eq!(
            trouble(&[("a.css", "a{content:'<!--'}")]),
            "index.html: a style of the page has `<!--` in it"
        );
    }
}
