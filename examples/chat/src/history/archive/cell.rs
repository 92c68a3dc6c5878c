//! One value of a row, on its way between a table and a line.

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    None,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    /// `None`: no pollcat has written this.
    pub(super) fn read(value: ValueRef<'_>) -> Option<Cell> {
        Some(match value {
            ValueRef::Null => Cell::None,
            ValueRef::Integer(number) => Cell::Number(number),
            ValueRef::Text(text) => Cell::Text(String::from_utf8(text.into()).ok()?),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.into()),
            ValueRef::Real(_) => return None,
        })
    }

    pub(crate) fn number(&self) -> Option<i64> {
        if let Cell::Number(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Cell::Text(text) = self { Some(text) } else { None }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::None => ToSqlOutput::Owned(Value::Null),
            Cell::Number(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
