//! How an entry is written in JSON where serde does not know it: hashes as base64, kinds of pictures as one of those that
//! are known.

use serde::{Deserialize, Deserializer};

/// Of a token or a key.
pub(super) mod hash {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(hash: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(hash))
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(from)?;
        let bytes = BASE64.decode(text).map_err(|_| D::Error::custom("a hash is no base64"))?;
        <[u8; 32]>::try_from(bytes).map_err(|_| D::Error::custom("a hash has not 32 bytes"))
    }
}

/// Of a token that there may be.
pub(super) mod maybe_hash {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Hash(#[serde(with = "super::hash")] [u8; 32]);

    pub(crate) fn serialize<S: Serializer>(hash: &Option<[u8; 32]>, to: S) -> Result<S::Ok, S::Error> {
        hash.map(|hash| BASE64.encode(hash)).serialize(to)
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Option<[u8; 32]>, D::Error> {
        Ok(Option::<Hash>::deserialize(from)?.map(|Hash(hash)| hash))
    }
}

/// A kind of picture that nobody here knows is not shown as another one: a newer program knows what it is.
pub(super) fn media_type<'a, D: Deserializer<'a>>(from: D) -> Result<&'static str, D::Error> {
    let name = String::deserialize(from)?;
    known_media_type(&name).ok_or_else(|| serde::de::Error::custom("a picture is of an unknown kind"))
}

/// Those that browsers show; and what we do not know.
pub(super) fn known_media_type(name: &str) -> Option<&'static str> {
    const KNOWN: [&str; 7] =
        ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", ONLY_BYTES];
    KNOWN.into_iter().find(|known| *known == name)
}

pub(super) const ONLY_BYTES: &str = "application/octet-stream";

/// People in their order: the first one, and of each other by how much it is more than the one before. Those who read the same are
/// often many, and near each other.
pub(super) mod gaps {
    use std::collections::BTreeSet;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(people: &BTreeSet<u64>, to: S) -> Result<S::Ok, S::Error> {
        let before = std::iter::once(&0).chain(people);
        to.collect_seq(people.iter().zip(before).map(|(person, before)| person - before))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<u64>, D::Error> {
        let mut people = BTreeSet::new();
        let mut last: u64 = 0;
        for gap in Vec::<u64>::deserialize(from)? {
            last = last.checked_add(gap).ok_or_else(|| D::Error::custom("nobody has such a number"))?;
            if !people.insert(last) {
                return Err(D::Error::custom("somebody is there twice"));
            }
        }
        Ok(people)
    }
}
