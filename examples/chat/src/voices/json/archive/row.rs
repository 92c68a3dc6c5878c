//! A row of the history, as an object in a line: its fields in the order of the columns, and none where there is nothing.

use serde_json::{Map, Value};

use crate::history::{Cell, Column, Is, Kind};

/// Appends it, with the end of the line.
pub(crate) fn write_row(kind: &Kind, cells: &[Cell], line: &mut String) {
    line.push('{');
    let there = kind.columns.iter().zip(cells).filter(|(_, cell)| **cell != Cell::None);
    for (at, (column, cell)) in there.enumerate() {
        if at > 0 {
            line.push(',');
        }
        line.push_str(&format!("{}:{}", Value::from(column.name), value(column.is, cell)));
    }
    line.push_str("}\n");
}

/// # Errors
///
/// What is wrong, with the field's name.
pub(crate) fn read_row(kind: &Kind, line: &str) -> Result<Vec<Cell>, String> {
    let object = serde_json::from_str(line).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "this is no object".to_owned(),
        _ => format!("this is no JSON: {error}"),
    })?;
    cells(kind, object)
}

/// The cells of an object.
pub(super) fn cells(kind: &Kind, mut object: Map<String, Value>) -> Result<Vec<Cell>, String> {
    let mut cells = Vec::with_capacity(kind.columns.len());
    for column in kind.columns {
        cells.push(cell_of(column, object.remove(column.name).unwrap_or(Value::Null))?);
    }
    match object.keys().next() {
        Some(unknown) => Err(format!("there is no field `{}`", unknown.escape_debug())),
        None => Ok(cells),
    }
}

fn cell_of(column: &Column, value: Value) -> Result<Cell, String> {
    let is_missing = value.is_null();
    let cell = cell(column.is, value);
    match cell.as_ref().map(|cell| column.check(cell)) {
        Some(Ok(())) => Ok(cell.unwrap_or(Cell::None)),
        _ if is_missing => Err(format!("`{}` is missing: {}", column.name, column.is.told())),
        _ => Err(format!("`{}` is not {}", column.name, wanted(column.is))),
    }
}

fn wanted(is: Is) -> String {
    match is {
        Is::Word(words) => {
            let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
            format!("one of {}", words.join(", "))
        }
        is => is.told().to_owned(),
    }
}

/// A cell that was checked.
pub(super) fn value(is: Is, cell: &Cell) -> Value {
    match (is, cell) {
        (_, Cell::None) => Value::Null,
        (Is::Yes, Cell::Number(number)) => Value::from(*number == 1),
        (Is::Word(words), Cell::Number(number)) => {
            Value::from(usize::try_from(*number).ok().and_then(|at| words.get(at)).copied())
        }
        (Is::Numbers, Cell::Text(numbers)) => {
            numbers.split(' ').map(|it| Value::from(it.parse::<u64>().ok())).collect()
        }
        (_, Cell::Number(number)) => Value::from(*number),
        (_, Cell::Text(text)) => Value::from(&**text),
        (_, Cell::Bytes(bytes)) => {
            Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
    }
}

/// `None`: nothing of that shape.
fn cell(is: Is, value: Value) -> Option<Cell> {
    Some(match (is, value) {
        (_, Value::Null) => Cell::None,
        (Is::Yes, Value::Bool(yes)) => Cell::Number(yes.into()),
        (Is::Word(words), Value::String(word)) => {
            let at = words.iter().position(|it| **it == word)?;
            Cell::Number(i64::try_from(at).ok()?)
        }
        (Is::Numbers, Value::Array(numbers)) => {
            let numbers: Option<Vec<String>> =
                numbers.iter().map(|number| Some(number.as_u64()?.to_string())).collect();
            Cell::Text(numbers?.join(" "))
        }
        (Is::Number | Is::Small | Is::Time | Is::Since, Value::Number(number)) => {
            Cell::Number(number.as_i64()?)
        }
        (Is::Text | Is::Name, Value::String(text)) => Cell::Text(text),
        (Is::Hash | Is::Bytes, Value::String(text)) => Cell::Bytes(unhex(&text)?),
        _ => return None,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            &[high, low] => u8::try_from(16 * digit(high)? + digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{EVENTS, KINDS};

    fn kind(name: &str) -> &'static Kind {
        KINDS.iter().find(|kind| kind.name == name).unwrap()
    }

    #[test]
    fn a_row_is_a_line_and_the_line_is_the_row() {
        let cells = vec![
            Cell::Number(7),
            Cell::Number(2),
            Cell::Number(-5),
            Cell::Number(3),
            Cell::Text("小明 \"x\"\n\u{0}".into()),
            Cell::Number(0),
            Cell::Text("hello".into()),
            Cell::None,
            Cell::Text("3 7".into()),
            Cell::None,
            Cell::Number(2),
        ];
        let mut line = String::new();
        write_row(&EVENTS, &cells, &mut line);
        assert_eq!(
            line,
            "{\"id\":7,\"offset\":2,\"at\":-5,\"author\":3,\"author_name\":\"小明 \\\"x\\\"\\n\\u0000\",\
             \"kind\":\"text\",\"text\":\"hello\",\"mentions\":[3,7],\"called\":\"here\"}\n"
        );
        assert_eq!(read_row(&EVENTS, &line), Ok(cells));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let hash = "00".repeat(32);
        let token = |text: &str| text.replace("HASH", &hash);
        for (name, line, why) in [
            ("tokens", "", "no JSON"),
            ("tokens", "[1]", "no object"),
            ("tokens", "{\"id\":1", "no JSON"),
            ("tokens", "{\"id\":1}", "`person` is missing"),
            ("removed_rooms", "{\"id\":1,\"colour\":2}", "no field `colour`"),
            ("removed_rooms", "{\"id\":1.5}", "`id` is not a number"),
            ("removed_rooms", "{\"id\":-1}", "`id` is not a number"),
            ("removed_rooms", "{\"id\":18446744073709551615}", "`id` is not a number"),
            ("removed_rooms", "{\"id\":\"1\"}", "`id` is not a number"),
            ("removed_rooms", "{\"id\":4611686018427387904}", "below 2^62"),
            ("announcements", "{\"id\":1,\"text\":\"x\",\"at\":253402300800000}", "before the year 10000"),
            (
                "announcements",
                "{\"id\":1,\"text\":\"x\",\"at\":-9223372036854775808}",
                "before the year 10000",
            ),
            ("removed_rooms", "{\"id\":1} {\"id\":2}", "no JSON"),
            ("unread_mentions", "{\"room\":1,\"person\":null,\"offset\":1}", "`person` is missing"),
            (
                "tokens",
                "{\"id\":1,\"person\":1,\"hash\":\"0\",\"since\":1,\"seen\":1,\"client\":\"\",\"place\":\"\"}",
                "`hash`",
            ),
            (
                "restraints",
                "{\"person\":1,\"room\":0,\"kind\":\"exile\",\"at\":1,\"reason\":\"\"}",
                "one of mute, ban",
            ),
        ] {
            let told = read_row(kind(name), &token(line)).unwrap_err();
            assert!(told.contains(why), "{line}: {told}");
        }
        for name in ["../x", "", ".x", "a/b", "a\0b", &"x".repeat(101)] {
            let picture = serde_json::json!({
                "event": 1, "id": name, "media_type": "image/png", "width": 1, "height": 1, "size": 1,
            });
            let told = read_row(kind("pictures"), &picture.to_string()).unwrap_err();
            assert!(told.contains("`id` is not a file's name"), "{name}: {told}");
        }
        let deep = "[".repeat(100_000);
        assert!(read_row(&EVENTS, &format!("{{\"id\":{deep}")).unwrap_err().contains("no JSON"));
        for text in ["0", "0g", "AA", "é"] {
            assert_eq!(unhex(text), None, "{text}");
        }
        assert_eq!(unhex("00ff7f"), Some(vec![0, 255, 127]));
    }
}
