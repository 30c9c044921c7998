//! Names that griffie gives: of batches, items, documents and records. Never digests: the same bytes may come in
//! twice, and a record outlives its first document.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Crockford's base 32 in lower case: no i, l, o, u, so that an id can be read aloud and typed.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 60 random bits: a million ids collide with a chance of 4 in 10 million, and every id is also a create-only
/// name in the store, where a collision is an error and never an overwrite.
const LENGTH: usize = 12;

fn random_tail() -> String {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().map(|byte| ALPHABET[usize::from(byte & 31)] as char).collect()
}

/// A text that is not an id of the wanted kind.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is no {kind} id (it starts with `{prefix}-`, then {LENGTH} letters and digits)")]
pub struct NotAnId {
    text: String,
    kind: &'static str,
    prefix: &'static str,
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// A new random id.
            pub fn random() -> Self {
                Self(format!(concat!($prefix, "-{}"), random_tail()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let lower = text.trim().to_ascii_lowercase();
                let good = lower
                    .strip_prefix(concat!($prefix, "-"))
                    .is_some_and(|tail| tail.len() == LENGTH && tail.bytes().all(|byte| ALPHABET.contains(&byte)));
                if good { Ok(Self(lower)) } else { Err(NotAnId { text: text.into(), kind: $kind, prefix: $prefix }) }
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

id_type! {
    /// One run of `griffie ingest`: everything that came in together.
    BatchId, "b", "batch"
}
id_type! {
    /// One submission item: a file of a batch, or a member of a container.
    ItemId, "i", "item"
}
id_type! {
    /// One document: a range of an original's pages.
    DocumentId, "d", "document"
}
id_type! {
    /// One contract record of the register, with its dossier of documents.
    RecordId, "c", "record"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_another_kind_is_refused() {
        let id = DocumentId::random();
        assert_eq!(id.as_str().to_uppercase().parse::<DocumentId>().unwrap(), id);
        assert!(id.as_str().parse::<RecordId>().is_err());
        assert_ne!(id, DocumentId::random());
    }
}
