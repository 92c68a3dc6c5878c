//! What is served: the pages, and what belongs to them.
//!
//! Every `index.html` is a page of its own, served under the name of its folder: `index.html` as `/`, and
//! `admin/index.html` as `/admin`. They may share modules and styles. Each has what it uses of them in itself, and a policy
//! of its own: nothing is loaded by one that only another needs.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::markup::{self, Part};
use crate::trouble::{Result, Trouble};
use crate::{compress, script, style};

const INDEX: &str = "index.html";

/// All that is served.
#[derive(Debug)]
pub struct Site {
    /// `/` comes first, then the other pages, then the rest.
    pub files: Vec<File>,
}

/// One that is served.
#[derive(Debug)]
pub struct File {
    /// `/`, or `/admin`, or `/favicon.svg`.
    pub path: String,
    pub bytes: Vec<u8>,
    pub gzip: Vec<u8>,
    pub brotli: Vec<u8>,
    /// Names the content: no other has the same.
    pub hash: String,
    /// What may run in it, if it is a page.
    pub policy: Option<Policy>,
}

/// What is in a page, as a Content-Security-Policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The hashes of the scripts in it, and no others.
    pub scripts: String,
    /// The same of styles.
    pub styles: String,
}

impl Site {
    /// The files of the folder, by their paths in it.
    pub(crate) fn join(sources: &BTreeMap<String, String>) -> Result<Self> {
        if !sources.contains_key(INDEX) {
            return Err(Trouble::new(INDEX, 0, "there is no page"));
        }
        let inner = sources.keys().filter(|name| name.ends_with(&format!("/{INDEX}")));
        let (mut used, mut files) = (BTreeSet::new(), Vec::new());
        for index in std::iter::once(INDEX).chain(inner.map(String::as_str)) {
            let mut page =
                Page { sources, index, used: BTreeSet::new(), scripts: Vec::new(), styles: String::new() };
            let text = page.markup()?;
            let path = format!("/{}", index.trim_end_matches(INDEX).trim_end_matches('/'));
            used.append(&mut page.used);
            let policy = Policy { scripts: page.scripts.join(" "), styles: page.styles };
            files.push(File::new(&path, text, Some(policy)));
        }
        files.append(&mut others(sources, &used)?);
        Ok(Site { files })
    }
}

impl File {
    fn new(path: &str, text: String, policy: Option<Policy>) -> Self {
        let hash = Sha256::digest(&text)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let bytes = text.into_bytes();
        let (gzip, brotli) = (compress::gzip(&bytes), compress::brotli(&bytes));
        File { path: path.to_owned(), bytes, gzip, brotli, hash, policy }
    }
}

/// What is left in the folder: pictures and texts are served as they are; other scripts and styles were forgotten.
fn others(sources: &BTreeMap<String, String>, used: &BTreeSet<&str>) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for (name, text) in sources {
        match name.rsplit_once('.') {
            Some((_, "svg" | "txt")) => files.push(File::new(&format!("/{name}"), text.clone(), None)),
            Some((_, "js" | "css")) if !used.contains(name.as_str()) => {
                return Err(Trouble::new(name, 0, "no page imports or links it"));
            }
            _ => {}
        }
    }
    Ok(files)
}

/// A page that is being made.
struct Page<'a> {
    sources: &'a BTreeMap<String, String>,
    /// The file that it is made of.
    index: &'a str,
    used: BTreeSet<&'a str>,
    /// Their hashes.
    scripts: Vec<String>,
    styles: String,
}

impl<'a> Page<'a> {
    /// The page itself, with all that is in it. Modules run when all else is there, so they come last, and what is
    /// before them is seen while they arrive.
    fn markup(&mut self) -> Result<String> {
        let (_, text) = self.source(self.index)?;
        let parts = markup::parts(self.index, text)?;
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
        self.within("style", "", &joined)
    }

    fn script(&mut self, name: &str) -> Result<String> {
        let (name, text) = self.source(name)?;
        let script = script::bare(name, text)?;
        self.scripts.push(hash_source(&script));
        self.within("script", "", &script)
    }

    fn module(&mut self, name: &str) -> Result<String> {
        let (name, _) = self.source(name)?;
        let joined = script::join(name, self.sources)?;
        self.used.extend(joined.files);
        self.scripts.push(hash_source(&joined.text));
        self.within("script", " type=\"module\"", &joined.text)
    }

    /// A file of the folder, as the page names it: from the top of the folder. It is used now.
    fn source(&mut self, name: &str) -> Result<(&'a str, &'a str)> {
        let name = name.trim_start_matches(['.', '/']);
        let found = self.sources.get_key_value(name);
        let (name, text) = found.ok_or_else(|| Trouble::new(self.index, 0, format!("there is no {name}")))?;
        self.used.insert(name);
        Ok((name, text))
    }

    /// An element with this in it. Nothing in it may look like its end (HTML §13.1.2.6).
    fn within(&self, element: &str, attributes: &str, text: &str) -> Result<String> {
        let end = format!("</{element}");
        match [end.as_str(), "<!--"].into_iter().find(|it| text.to_lowercase().contains(it)) {
            Some(it) => Err(Trouble::new(self.index, 0, format!("a {element} of the page has `{it}` in it"))),
            None => Ok(format!("<{element}{attributes}>{text}{end}>")),
        }
    }
}

fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKUP: &str = "<!doctype html>\n<head>\n\t<link rel=\"stylesheet\" href=\"/a.css\">\n\t<link rel=\"stylesheet\" href=\"b/b.css\">\n\t<script src=\"/early.js\"></script>\n\t<script type=\"module\" src=\"/main.js\"></script>\n\t<link rel=\"modulepreload\" href=\"/a.js\">\n</head>\n<body>\n\t<p>hi</p>\n</body>\n";

    fn join(changed: &[(&str, &str)]) -> Result<Site> {
        let files = [
            (INDEX, MARKUP),
            ("a.css", "a { top: 0 }"),
            ("b/b.css", "b { top: 1px }"),
            ("early.js", "var early = 1; // soon"),
            ("main.js", "import { a } from './a.js'; a();"),
            ("a.js", "export const a = () => 'a';"),
            ("sign.svg", "<svg/>"),
            ("b/list.txt", "a list"),
            ("README.md", "what is here"),
        ];
        let files = files.iter().chain(changed).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Site::join(&files.collect())
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
        let scripts = format!("{} {}", hash_source(early), hash_source(script));
        assert_eq!(page.files[0].policy, Some(Policy { scripts, styles: hash_source(style) }));
        assert_eq!(page.files[1].policy, None);
        let paths: Vec<&str> = page.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["/", "/b/list.txt", "/sign.svg"]);
    }

    const INNER: &[(&str, &str)] = &[
        (
            "c/index.html",
            "<link rel=\"stylesheet\" href=\"/a.css\">\n<script type=\"module\" src=\"/c/main.js\"></script>\n<p>c</p>\n",
        ),
        ("c/main.js", "import { a } from '../a.js'; a('c');"),
        ("c/sign.svg", "<svg></svg>"),
    ];

    #[test]
    fn a_page_in_a_folder_has_what_it_uses_and_a_policy_of_its_own() {
        let site = join(INNER).unwrap();
        let paths: Vec<&str> = site.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["/", "/c", "/b/list.txt", "/c/sign.svg", "/sign.svg"]);
        let (style, script) = ("a{top:0}", "let e=()=>'a';\ne('c');\n");
        let text = format!("<style>{style}</style><p>c</p><script type=\"module\">{script}</script>");
        assert_eq!(std::str::from_utf8(&site.files[1].bytes).unwrap(), text);
        let policy = Policy { scripts: hash_source(script), styles: hash_source(style) };
        assert_eq!(site.files[1].policy, Some(policy));
    }

    #[test]
    fn one_page_changes_nothing_of_another() {
        let (alone, both) = (join(&[]).unwrap(), join(INNER).unwrap());
        let first = |site: &Site| (site.files[0].bytes.clone(), site.files[0].policy.clone());
        assert_eq!(first(&alone), first(&both));
        let other = [INNER, &[("c/main.js", "import { a } from '../a.js'; a('d');")]].concat();
        let other = join(&other).unwrap();
        assert_eq!(first(&both), first(&other));
        assert!(both.files[1].hash != other.files[1].hash);
    }

    #[test]
    fn trouble_of_an_inner_page_names_its_file() {
        assert_eq!(
            trouble(&[("c/index.html", "<script src=\"d.js\"></script>")]),
            "c/index.html: there is no d.js"
        );
        let files = [("c/index.html".to_owned(), String::new())];
        assert_eq!(Site::join(&files.into()).unwrap_err().to_string(), "index.html: there is no page");
    }

    #[test]
    fn another_content_has_another_hash() {
        let hashes = |page: Site| page.files.into_iter().map(|file| file.hash).collect::<Vec<_>>();
        let (one, other) =
            (hashes(join(&[]).unwrap()), hashes(join(&[("a.js", "export const a = 1;")]).unwrap()));
        assert!(one[0] != other[0] && one[1] == other[1]);
    }

    #[test]
    fn what_is_forgotten_or_missing_is_told() {
        assert_eq!(trouble(&[("b/c.js", "")]), "b/c.js: no page imports or links it");
        assert_eq!(trouble(&[("c.css", "")]), "c.css: no page imports or links it");
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
