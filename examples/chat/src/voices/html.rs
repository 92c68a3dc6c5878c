//! Lines for a page that takes them for HTML, as those of the tutorials do.

/// It ends its line: some of them do not.
pub(super) fn line(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 32);
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            c => out.push(c),
        }
    }
    out.push_str("<br>");
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn html_stays_text() {
        let line = "<img src='x' onerror=\"a&b\">\n    | </p>";
        assert_eq!(
            super::line(line),
            "&lt;img src=&#39;x&#39; onerror=&quot;a&amp;b&quot;&gt;<br>    | &lt;/p&gt;<br>"
        );
    }
}
