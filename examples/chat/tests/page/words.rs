//! English and Chinese: every word is there in both, and none of the other language is left on the page.

use std::collections::BTreeSet;
use std::fs;

use crate::{Program, Window, browser};

fn web() -> Vec<(String, String)> {
    let mut files = crate::model::files(&crate::model::folder("../../web"), ".js");
    // The admin page has words of its own as well.
    files.retain(|path| path.iter().all(|part| part != "admin"));
    files.push(crate::model::folder("../../web/index.html"));
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("text");
            (path.file_name().expect("a name").to_string_lossy().into_owned(), text)
        })
        .collect()
}

/// The tables of phrases.js: a key, the English word, the Chinese one.
fn table() -> Vec<[String; 3]> {
    let tables = crate::model::files(&crate::model::folder("../../web/views/phrases"), ".js");
    let text = |path| fs::read_to_string(path).expect("text");
    let inside = |text: String| {
        let table = text.split(" = `").nth(1).and_then(|rest| rest.split("\n`").next());
        table.expect("a table").to_owned()
    };
    let table: Vec<String> = tables.into_iter().map(text).map(inside).collect();
    assert!(table.len() > 4, "only {} tables", table.len());
    let table = table.join("\n");
    let table = table.replace("\n|", "|").replace("\n ", " ");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<String> = line.split('|').map(|cell| cell.replace("\\`", "`")).collect();
            cells.try_into().unwrap_or_else(|_| panic!("{line}"))
        })
        .collect()
}

#[test]
fn both_languages_have_every_word() {
    let names = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut keys = BTreeSet::new();
    for [key, english, chinese] in table() {
        assert!(!english.is_empty() && !chinese.is_empty(), "{key}");
        assert_eq!(names(&english), names(&chinese), "{key} fills in the same");
        // These name something of the other language.
        if !["otherLanguage", "findEmoji", "emojiHint"].contains(&&key[..]) {
            assert!(!is_chinese(&english) && (is_chinese(&chinese) || names(&chinese).len() > 1), "{key}");
        }
        assert!(keys.insert(key.clone()), "{key} is there twice");
    }
    // Every word that a file asks for by its name.
    for (file, text) in web() {
        for before in ["say(\"", "data-say=\"", "data-label=\"", "data-icon=\""] {
            // An icon is called what its picture is called, unless it has a label.
            let asks = |tag: &&str| before != "data-icon=\"" || !tag.contains("data-label");
            for part in text.split('<').filter(asks) {
                for asked in part.split(before).skip(1).filter_map(|rest| rest.split('"').next()) {
                    assert!(keys.contains(asked), "{file} asks for {asked}");
                }
            }
        }
    }
}

#[test]
fn the_page_speaks_the_language_of_the_browser_until_it_is_told_otherwise() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-words");
    let li = Window::open_in(&browser, &program.url(), "zh-CN");
    li.wait("document.querySelector('h1')?.textContent === '进来聊聊'");
    li.arrive("小李");
    li.wait("document.querySelector('#room-detail')?.textContent === '1 人'");
    let english = "document.body.innerText.match(/[a-z]{3,}/gi)?.filter((word) => !['lobby', 'pollcat'].includes(word)) ?? []";
    assert_eq!(li.run(english), serde_json::json!([]));
    li.click("#places [data-act=settings]");
    li.wait("document.querySelector('dialog select')");
    li.run("{ const select = document.querySelector('dialog select'); select.value = 'en'; select.dispatchEvent(new Event('change')) }");
    li.wait("document.querySelector('#room-detail')?.textContent === 'Members: 1' && document.documentElement.lang === 'en'");
    li.press("Escape");
    li.reload();
    li.wait("document.querySelector('#room-detail')?.textContent === 'Members: 1'");
}
