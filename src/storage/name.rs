//! Names of objects: plain enough to be the same on every file system and object store.

use std::{fmt, str::FromStr};

use object_store::path::Path;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Error, ErrorKind};

/// The name of an object: folders and a last part, separated by `/`, of ASCII letters, digits, `.`, `_` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName(Box<str>);

impl ObjectName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first folder.
    pub fn folder(&self) -> &str {
        self.as_str().split('/').next().unwrap_or("")
    }

    /// The last part.
    pub fn last(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or("")
    }

    /// As the object store's library wants it.
    pub(super) fn path(&self) -> Path {
        Path::from(self.as_str())
    }
}

impl FromStr for ObjectName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let good = text.len() <= 512
            && text.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain));
        if good {
            return Ok(Self(text.into()));
        }
        Err(refused(text))
    }
}

/// What has a name that no object can have.
pub(super) fn refused(text: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("`{text}` cannot be the name of an object"))
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl Serialize for ObjectName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for ObjectName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_inside_the_store() {
        let check = |text: &str, want: bool| assert_eq!(text.parse::<ObjectName>().is_ok(), want, "{text}");
        check("originals/ab/abcdef", true);
        check("log/tile/0/x001/234.p/17", true);
        check("README.txt", true);
        assert_eq!("a/b.p/3_x-y".parse::<ObjectName>().unwrap().path().as_ref(), "a/b.p/3_x-y");
        for bad in ["", "/etc", "a//b", "../a", "a/../b", "a/.b", "a b", "a#1", "a\\b", "é"] {
            check(bad, false);
        }
    }
}
