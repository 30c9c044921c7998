//! How versioned structs become objects: JSON that a person can read, headed by the name and version of its format.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, ErrorKind, Result, error::Fold};

/// A stored format. A change that old objects do not fit is a new struct with a new version; this one stays and
/// converts, and its kept example in `tests/formats` is never edited.
pub trait Format: Serialize + DeserializeOwned {
    /// Name and version, e.g. `griffie-manifest/1`.
    const SCHEMA: &'static str;

    /// The object's bytes: the same value always gives the same.
    fn encode(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(&Headed { schema: Self::SCHEMA, body: self })
            .fold(ErrorKind::Internal, || format!("a `{}` does not serialize", Self::SCHEMA))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads an object's bytes.
    fn decode(bytes: &[u8]) -> Result<Self> {
        check_schema(bytes, Self::SCHEMA)?;
        serde_json::from_slice(bytes).fold(ErrorKind::FixityMismatch, || format!("this is no `{}`", Self::SCHEMA))
    }
}

#[derive(Serialize)]
pub(super) struct Headed<'a, T> {
    pub schema: &'static str,
    #[serde(flatten)]
    pub body: &'a T,
}

/// Refuses bytes of another format, or of a version that this program does not know.
pub(super) fn check_schema(bytes: &[u8], want: &str) -> Result<()> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    let head: Head =
        serde_json::from_slice(bytes).fold(ErrorKind::FixityMismatch, || format!("this is no `{want}`"))?;
    if head.schema == want {
        return Ok(());
    }
    let error = Error::new(ErrorKind::FixityMismatch, format!("its format is `{}`, not `{want}`", head.schema));
    let (known, theirs) = (want.rsplit_once('/'), head.schema.rsplit_once('/'));
    Err(match (known, theirs) {
        (Some((name, _)), Some((theirs, _))) if name == theirs => error.hint("a newer griffie wrote it: use that one"),
        _ => error,
    })
}
