//! What somebody writes, as elements. What is found in a message is tested without a browser (`model/markdown.test.js`).

use crate::{Program, Window, browser};

/// What is said, and the elements that are seen: the tags with what is said of them, and the texts.
const SAID: [(&str, &str); 6] = [
    (
        "**a** *b* ~~d~~ `e`",
        "<p dir=auto><strong>a</strong> <em>b</em> <del>d</del> <code dir=auto>e</code></p>",
    ),
    (
        "> quoted\nsee https://a.example/b",
        "<blockquote dir=auto>quoted</blockquote><p dir=auto>see <a href=https://a.example/b target=_blank \
         rel=noopener noreferrer tabindex=-1>https://a.example/b</a></p>",
    ),
    ("- one\n  - two", "<ul class=marks-points dir=auto><li>one</li><li class=marks-deep>two</li></ul>"),
    ("3. three\n4. four", "<ol class=marks-points dir=auto><li value=3>three</li><li value=4>four</li></ol>"),
    (
        "hi @ALICE, @o'neil",
        "<p dir=auto>hi <mark class=marks-mention>@ALICE</mark>, \
         <span class=marks-mention>@o'neil</span></p>",
    ),
    ("<b>&amp;</b>", "<p dir=auto><b>&amp;</b></p>"),
];

#[test]
fn what_is_marked_becomes_elements() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-marks");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("O'Neil");
    let show = "const show = (node) => node.nodeType === Node.TEXT_NODE ? node.data
        : `<${[node.localName, ...[...node.attributes].map(({ name, value }) => `${name}=${value}`)].join(' ')}>`
            + [...node.childNodes].map(show).join('') + `</${node.localName}>`";
    for (said, expected) in SAID {
        bob.run("say.focus()");
        bob.write(said);
        bob.press("Enter");
        let shown = format!(
            "(() => {{ {show}; return [...rows.querySelector('article:last-child .message-text').childNodes].map(show).join('') }})()"
        );
        let expected = serde_json::Value::from(expected);
        alice.wait(&format!("rows.querySelector('article .message-text') && {shown} === {expected}"));
    }
}

#[test]
fn a_code_block_scrolls_and_a_mention_calls() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-marked");
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("O'Neil");
    alice.say("hi @o'NEIL, and @ALICE\n```js\n  b *c*\n```");
    bob.wait("rows.querySelector('.message-for-me mark')?.textContent === \"@o'NEIL\"");
    bob.wait("rows.querySelector('.message-code pre[dir=ltr] > code')?.textContent === '  b *c*'");
    alice.wait(
        "[...rows.querySelectorAll('.marks-mention')].map((one) => one.textContent).join() === \"@o'NEIL,@ALICE\"",
    );
}
