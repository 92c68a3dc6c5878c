//! Rust's source in tokens, as coarse as will do: names, `::`, strings, and single characters. Comments are gone.

/// No source is refused: what is no Rust makes no sense, and no panic.
pub fn tokens(mut text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    while let Some(first) = text.chars().next() {
        let length = length_of_first(text, first);
        let (token, rest) = text.split_at(length);
        if !first.is_whitespace() && !token.starts_with("//") && !token.starts_with("/*") {
            tokens.push(token);
        }
        text = rest;
    }
    tokens
}

fn length_of_first(text: &str, first: char) -> usize {
    let up_to = |end: &str| text.find(end).map_or(text.len(), |place| place + end.len());
    match first {
        _ if text.starts_with("//") => up_to("\n"),
        _ if text.starts_with("/*") => up_to("*/"),
        _ if text.starts_with("::") => 2,
        '"' => quoted(text, '"'),
        'r' if text[1..].trim_start_matches('#').starts_with('"') && !text.starts_with("r#\"#") => {
            let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            text[begin..].find(&end).map_or(text.len(), |place| begin + place + end.len())
        }
        '\'' if is_character(text) => quoted(text, '\''),
        first if first.is_alphanumeric() || first == '_' => {
            text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
        }
        first => first.len_utf8(),
    }
}

/// `'x'` or `'\n'`, and not a lifetime.
fn is_character(text: &str) -> bool {
    let mut characters = text.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

/// Up to the quote that no backslash stands before.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return place + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

pub fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Without the items that are there for tests only: what `#[cfg(test)]` or `#[test]` stands before.
pub fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        let rest = &tokens[place..];
        if rest.starts_with(&["#", "[", "cfg", "(", "test", ")", "]"])
            || rest.starts_with(&["#", "[", "test", "]"])
        {
            // What else was said of it goes with it.
            kept.truncate(kept.len() - attributes_before(&kept, kept.len()).len());
            place += item(rest);
        } else {
            kept.push(tokens[place]);
            place += 1;
        }
    }
    kept
}

/// How many tokens an item has that begins with an attribute.
fn item(tokens: &[&str]) -> usize {
    let (mut place, mut depth) = (0, 0_usize);
    while let Some(&token) = tokens.get(place) {
        place += 1;
        match token {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return place;
                }
            }
            ";" if depth == 0 => return place,
            _ => {}
        }
    }
    place
}

/// The attributes that stand before an item, which may begin with `pub` or `pub(crate)`.
pub fn attributes_before<'s, 'a>(tokens: &'s [&'a str], item: usize) -> &'s [&'a str] {
    let mut end = item;
    if end > 0 && tokens[end - 1] == ")" {
        end = tokens[..end].iter().rposition(|&token| token == "(").unwrap_or(end);
    }
    if end > 0 && tokens[end - 1] == "pub" {
        end -= 1;
    }
    let mut begin = end;
    while begin > 0 && tokens[begin - 1] == "]" {
        let Some(mark) = tokens[..begin].windows(2).rposition(|words| words == ["#", "["]) else { break };
        begin = mark;
    }
    &tokens[begin..end]
}
