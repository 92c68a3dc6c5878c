//! A file that is one list, element by element: never more of it is in memory than one of them.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

/// # Errors
///
/// It is no list of these, or the hearer has had enough: in words, with the line.
pub(super) fn each<T: DeserializeOwned>(
    from: impl Read,
    hear: &mut dyn FnMut(T) -> Result<(), String>,
) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_reader(from);
    let heard = Elements(hear, PhantomData).deserialize(&mut json).and_then(|()| json.end());
    heard.map_err(|error| error.to_string())
}

struct Elements<'a, T>(&'a mut dyn FnMut(T) -> Result<(), String>, PhantomData<T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Elements<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Elements<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element()? {
            (self.0)(element).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
