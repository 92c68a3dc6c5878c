//! What is made of what somebody writes: links that end where the address ends, marks, quotes, lists; and never more
//! work than the message is long.

use serde_json::{Value, json};

use crate::{Program, Window, browser};

/// What a message looks like, in short: `<p>see <a https://a.example/b>https://a.example/b</a></p>`.
const SHOW: &str = "globalThis.shown = async (text) => {
    const [{ render }, { Names }] = await Promise.all([import('/markdown.js'), import('/mentions.js')])
    const names = [['alice', 'me'], ...['bob', 'O\\'Neil', '艾·伦', 'Anna', 'Anna Maria', '小明', 'Müller'].map((name) => [name, 'other'])]
    const show = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data
        const tag = node.localName
        const more = tag === 'a' ? ` ${node.getAttribute('href')}` : tag === 'mark' ? ' me' : ''
        return `<${tag}${more}>${[...node.childNodes].map(show).join('')}</${tag}>`
    }
    return render(text, new Names(names)).map(show).join('')
}; 0";

fn check(window: &Window, table: &[(&str, &str)]) {
    window.run(SHOW);
    for (text, expected) in table {
        let shown = window.run(&format!("shown({})", Value::from(*text)));
        assert_eq!(shown, Value::from(*expected), "{text}");
    }
}

/// Each is the text around an address in brackets ⟦ ⟧, which are not part of it.
#[test]
fn a_link_ends_where_the_address_ends() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-links");
    let window = Window::open(&browser, &program.url());
    window.run(SHOW);
    let table = [
        "请看“⟦https://a.example/b⟧”这一页",
        "请看⟦https://a.example/b⟧这一页，⟦https://a.example/c⟧。",
        "「⟦https://a.example/b⟧」を見て ⟦https://例え.jp⟧を見て",
        "⟦https://www.例え.jp/x⟧ ⟦https://例え.テスト⟧ ⟦http://nic.中国/⟧",
        "⟦https://a.example⟧.下一页 ⟦https://a.example⟧에서 ⟦https://a.example/⟧ขอ",
        "⟦https://münchen.de/über?straße=1#größe⟧ ⟦https://ru.example/Чат⟧, ⟦https://a.example/é⟧؟",
        "(⟦https://a.example/x_(y)⟧) (see ⟦https://a.example/b⟧). [⟦https://a.example/b[1]⟧]",
        "((⟦https://a.example/b⟧)) {⟦https://a.example/users/{id}⟧}",
        "⟦https://a.example/b_⟧ ⟦https://a.example/snake_case_(name)_⟧ ⟦https://a.example/*⟧",
        "⟦HTTP://A.EXAMPLE/x⟧ ⟦hTTps://a.example⟧! ⟦https://a.example:8080⟧, ⟦https://a.example:8080/x⟧?? ⟦http://localhost:1/⟧",
        "⟦www.a.example⟧. ⟦WWW.a.example/b⟧, www.a wwww.a.example bob@www.a.example ftp://www.a.example/",
        "\"⟦https://a.example/b⟧\" '⟦https://a.example/b⟧' <⟦https://a.example/b⟧> `https://a.example/b`",
        "⟦https://a.example/b⟧... ⟦https://a.example/b⟧?! ⟦https://a.example/b⟧…",
        "⟦https://a.example/b⟧😀 ⟦https://a.example/b⟧\u{200b}c ⟦https://a.example/b⟧\u{202e}c ⟦https://a.example/b⟧１",
        "⟦http://[::1]:8080/x⟧ ⟦http://127.0.0.1/⟧ http:// https://. http://% http://a.example:99999/",
        "https://bank.example@evil.example/ https://bank.example:443@evil.example xhttp://a.example",
        "[x](⟦https://a.example/b⟧) mail@a.example javascript:alert(1) data:text/html,x JAVASCRIPT://a.example",
    ];
    for row in table {
        let plain = row.replace(['⟦', '⟧'], "");
        let links: Vec<&str> = row.split('⟦').skip(1).filter_map(|rest| rest.split('⟧').next()).collect();
        let found = window.run(&format!(
            "shown({}).then((html) => [...html.matchAll(/<a (.*?)>(.*?)<\\/a>/g)].map(([, href, text]) => [href, text]))",
            Value::from(&*plain)
        ));
        let with_scheme = |link: &str| match link.get(..4) {
            Some(www) if www.eq_ignore_ascii_case("www.") => format!("https://{link}"),
            _ => link.to_owned(),
        };
        let expected: Vec<Value> = links.iter().map(|link| json!([with_scheme(link), link])).collect();
        assert_eq!(found, Value::from(expected), "{row}");
    }
}

#[test]
fn marks_quotes_and_lists_are_what_was_meant() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-marks");
    let window = Window::open(&browser, &program.url());
    let faces = ">_< (^_^) -_- T_T ^_^ hi ^_^ *_* o_o (*_*) >.< >:( snake_case_name 2*3*4 __init__ * a ** b";
    check(
        &window,
        &[
            (faces, &format!("<p>{faces}</p>")),
            (
                "**a** *b* _c_ ~~d~~ `e`",
                "<p><strong>a</strong> <em>b</em> <em>c</em> <del>d</del> <code>e</code></p>",
            ),
            (
                "***a*** **_b_** **a *b** c*",
                "<p><strong><em>a</em></strong> <strong><em>b</em></strong> <strong>a *b</strong> c*</p>",
            ),
            (
                "这是**粗体**和*斜体*，_下_。",
                "<p>这是<strong>粗体</strong>和<em>斜体</em>，<em>下</em>。</p>",
            ),
            (
                "_see https://a.example/b_",
                "<p><em>see <a https://a.example/b>https://a.example/b</a></em></p>",
            ),
            ("_https://a.example/a_b_", "<p><em><a https://a.example/a_b>https://a.example/a_b</a></em></p>"),
            (
                "**_www.a.example_** snake_www.a.example",
                "<p><strong><em><a https://www.a.example>www.a.example</a></em></strong> snake_www.a.example</p>",
            ),
            (
                "**https://a.example/b**,",
                "<p><strong><a https://a.example/b>https://a.example/b</a></strong>,</p>",
            ),
            ("``a`b`` `*c*` `d", "<p><code>a`b</code> <code>*c*</code> `d</p>"),
            ("~ a ~b~ ~~~", "<p>~ a ~b~ ~~~</p>"),
            ("> a\n> **b**\nc", "<blockquote>a\n<strong>b</strong></blockquote><p>c</p>"),
            ("> 😀", "<blockquote>😀</blockquote>"),
            (">_<", "<p>>_<</p>"),
            (">a\n> 3\n> 50%\n>> b\n> o <\n> _ <", "<p>>a\n> 3\n> 50%\n>> b\n> o <\n> _ <</p>"),
            ("- a\n- *b*\nc", "<ul><li>a</li><li><em>b</em></li></ul><p>c</p>"),
            ("3. a\n4) b", "<ol><li>a</li><li>b</li></ol>"),
            ("-a\n-1\n- \n2024. year\n1.5 l", "<p>-a\n-1\n- \n2024. year\n1.5 l</p>"),
            ("a\n```js\n  b *c*\n```\nd", "<p>a</p><pre><code>  b *c*</code></pre><p>d</p>"),
            ("```\na\n\nb```", "<pre><code>a\n\nb</code></pre>"),
            ("```\nnever closed", "<p>```\nnever closed</p>"),
            ("[words](javascript:alert(1)) ![p](data:x)", "<p>[words](javascript:alert(1)) ![p](data:x)</p>"),
            ("one\n\ntwo", "<p>one\n\ntwo</p>"),
        ],
    );
    assert_eq!(window.run("shown('3. a').then(() => import('/markdown.js')).then(({ render }) => render('3. a')[0].firstChild.value)"), 3);
}

/// As the server decides in `People::mentioned`.
#[test]
fn a_mention_is_marked_as_the_server_has_decided() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-marked");
    let window = Window::open(&browser, &program.url());
    check(
        &window,
        &[
            (
                "@ALICE, @Bob: @ａｌｉｃｅ",
                "<p><mark me>@ALICE</mark>, <span>@Bob</span>: <mark me>@ａｌｉｃｅ</mark></p>",
            ),
            ("@O'Neil @o’neil.", "<p><span>@O'Neil</span> <span>@o’neil</span>.</p>"),
            ("@艾·伦你好（@小明）", "<p><span>@艾·伦</span>你好（<span>@小明</span>）</p>"),
            (
                "@anna maria! @Anna Marias @anna",
                "<p><span>@anna maria</span>! <span>@Anna</span> Marias <span>@anna</span></p>",
            ),
            ("@Mu\u{308}ller @MÜLLER", "<p><span>@Mu\u{308}ller</span> <span>@MÜLLER</span></p>"),
            ("@bobby a@bob @ bob @@bob @", "<p>@bobby a@bob @ bob @<span>@bob</span> @</p>"),
            ("**@bob** `@bob`", "<p><strong><span>@bob</span></strong> <code>@bob</code></p>"),
        ],
    );
    let (alice, bob) = (Window::open(&browser, &program.url()), Window::open(&browser, &program.url()));
    alice.arrive("alice");
    bob.arrive("O'Neil");
    alice.say("hi @o'NEIL, and @ALICE");
    bob.wait("rows.querySelector('.for-me mark')?.textContent === \"@o'NEIL\"");
    alice.wait(
        "[...rows.querySelectorAll('.mention')].map((one) => one.textContent).join() === \"@o'NEIL,@ALICE\"",
    );
}

#[test]
fn no_message_costs_more_than_it_is_long() {
    let Some(browser) = browser() else { return };
    let program = Program::start("page-budget");
    let window = Window::open(&browser, &program.url());
    let fill = |part: &str| part.repeat(4000 / part.chars().count());
    let parts = [
        "http://",
        "www.",
        "www.-",
        "http://a:",
        "http://a@",
        "https://a.example/.",
        "http://%",
        "*",
        "**a",
        "***a",
        "*a _b ",
        "_a",
        "a_ ",
        "~~a",
        "`",
        "`a`",
        "`a``b```",
        "```\n",
        "> > > ",
        ">",
        "@",
        "@a ",
        "@person1",
        "[](",
        "(",
        "- a\n",
        "1. a\n",
        "- ",
        "\n",
        " ",
        "h",
        "a\u{301}",
        "😀",
    ];
    let mut messages: Vec<String> = parts.iter().map(|part| fill(part)).collect();
    messages.extend([
        "http://%".repeat(166) + &".".repeat(2671) + "a",
        format!("@{}", "a".repeat(3999)),
        format!("http://a/{}{}", "(".repeat(1995), ")".repeat(1995)),
        format!("https://{}", "例".repeat(3990)),
        format!("https://{}", "a.".repeat(1995)),
        format!("http://a/{}a", "_".repeat(3990)),
        format!("-{}", " ".repeat(3999)),
    ]);
    for message in messages {
        // The best of some, for others use this machine as well.
        let cost = window.run(&format!(
            "Promise.all([import('/markdown.js'), import('/mentions.js')]).then(([{{ render }}, {{ Names }}]) => {{
                const names = new Names(Array.from({{ length: 2000 }}, (_, at) => [`person${{at}}`, 'other']))
                let best = Infinity, nodes
                for (let round = 0; round < 5; round++) {{
                    const begun = performance.now()
                    nodes = render({}, names)
                    best = Math.min(best, performance.now() - begun)
                }}
                const all = document.createElement('div')
                all.append(...nodes)
                const depth = (node) => 1 + Math.max(0, ...[...node.children].map(depth))
                return [best, all.querySelectorAll('*').length, depth(all)]
            }})",
            Value::from(&*message)
        ));
        let figures: Vec<f64> = serde_json::from_value(cost).expect("three numbers");
        let start: String = message.chars().take(12).collect();
        assert!(figures[0] < 50.0 && figures[1] <= 500.0 && figures[2] <= 12.0, "{start}: {figures:?}");
    }
}
