//! How Slack writes what is more than text (`<https://a.example|a page>`, `<!channel>`, `&lt;`), in words that anybody can read.
//! Nobody is called by it: what calls people there are plain words here.

/// What opens a link, between `<` and `>`.
const LINKS: [&str; 5] = ["http://", "https://", "mailto:", "tel:", "ftp://"];

/// Each byte is looked at once or twice, whatever is in it.
pub(super) fn plain(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        unescape(before, &mut told);
        let end = behind.find(['>', '<', '\n']);
        let inside = end.filter(|&end| behind[end..].starts_with('>')).map(|end| &behind[..end]);
        match inside.and_then(|inside| Some((inside, words(inside)?))) {
            Some((inside, words)) => {
                told.push_str(&words);
                rest = &behind[inside.len() + 1..];
            }
            None => {
                told.push('<');
                rest = behind;
            }
        }
    }
    unescape(rest, &mut told);
    told
}

/// What stands between `<` and `>`; `None` if it means nothing but itself.
fn words(inside: &str) -> Option<String> {
    let (what, label) = inside.split_once('|').unwrap_or((inside, ""));
    let label = unescaped(label.trim());
    if LINKS.iter().any(|begins| what.starts_with(begins)) {
        let address = unescaped(what);
        let bare =
            address.strip_prefix("mailto:").or_else(|| address.strip_prefix("tel:")).unwrap_or(&address);
        return Some(match label.is_empty() || label == bare || label == address {
            true => bare.to_owned(),
            false => format!("{label} ({bare})"),
        });
    }
    // A person, a room, or everybody; perhaps with a name for it.
    let mark = what.chars().next().filter(|mark| "@#!".contains(*mark))?;
    let name = &what[mark.len_utf8()..];
    let name = name.split_once('^').map_or(name, |(kind, _)| kind);
    let told = if label.is_empty() { name } else { &*label };
    let told = told.trim_start_matches(['@', '#', '＠']);
    let is_named = !told.is_empty() && told.chars().all(|c| !c.is_control());
    is_named.then(|| if mark == '#' { format!("#{told}") } else { told.to_owned() })
}

fn unescaped(text: &str) -> String {
    let mut told = String::new();
    unescape(text, &mut told);
    told
}

/// Three characters are written in other ways there, and no others.
fn unescape(text: &str, told: &mut String) {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        told.push_str(before);
        let known = [("lt;", '<'), ("gt;", '>'), ("amp;", '&')];
        match known.iter().find_map(|(name, c)| Some((behind.strip_prefix(name)?, *c))) {
            Some((behind, c)) => {
                told.push(c);
                rest = behind;
            }
            None => {
                told.push('&');
                rest = behind;
            }
        }
    }
    told.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_names_become_words() {
        let table = [
            ("<https://a.example/x|a page>", "a page (https://a.example/x)"),
            ("see <https://a.example/?a=1&amp;b=2>.", "see https://a.example/?a=1&b=2."),
            ("<https://a.example|https://a.example>", "https://a.example"),
            ("<mailto:bob@a.example|bob@a.example>", "bob@a.example"),
            ("<https://a.example|a &lt;b&gt;>", "a <b> (https://a.example)"),
            ("<@U024BE7LH> <@U024BE7LH|bob>", "U024BE7LH bob"),
            ("<#C024BE7LR|general> <#C024BE7LR>", "#general #C024BE7LR"),
            ("<!subteam^SAZ94GDB8|@devs>", "devs"),
            ("<!date^1392734382^{date}|18 February>", "18 February"),
            ("a < b, c > d, <b>bold</b> and a<b", "a < b, c > d, <b>bold</b> and a<b"),
            ("&lt;!channel&gt; &amp;lt; &nbsp; & &", "<!channel> &lt; &nbsp; & &"),
            ("<<https://a.example>>", "<https://a.example>"),
            ("<https://a.example\n>", "<https://a.example\n>"),
            ("<|>, <@>, <!>, <#|>, <>", "<|>, <@>, <!>, <#|>, <>"),
            ("小<https://例.example|页>明", "小页 (https://例.example)明"),
        ];
        for (text, expected) in table {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn nobody_is_called() {
        for text in ["<!channel>", "<!here>", "<!everyone>", "<!here|@here>", "<!all|＠all>", "<@U1|@@bob>"]
        {
            let told = plain(text);
            assert!(!told.contains(['@', '＠', '<', '!']) && !told.is_empty(), "{text}: {told}");
        }
    }

    #[test]
    fn what_is_long_is_read_once() {
        for text in ["<".repeat(1 << 18), "<!".repeat(1 << 17), "&".repeat(1 << 18), "<a|".repeat(1 << 16)] {
            assert_eq!(plain(&text), text);
        }
    }
}
