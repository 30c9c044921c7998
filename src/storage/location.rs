//! Where a store is, as people write it: a folder, or `s3://bucket/prefix`.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{Error, ErrorKind};

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A local folder.
    Folder(PathBuf),
    /// A bucket of an S3 server, and the folders in it below which everything lies.
    S3 {
        /// The bucket.
        bucket: String,
        /// `archive/contracts`, or nothing.
        prefix: String,
    },
}

impl Location {
    /// The folder, where it is one.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::S3 { .. } => None,
        }
    }
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::new(ErrorKind::Config, format!("`{text}` is no place for a store: {why}"));
        let Some((scheme, rest)) = text.split_once("://") else {
            let folder = std::path::absolute(text).map_err(|error| wrong("no such folder can be").source(error))?;
            return Ok(Self::Folder(folder));
        };
        if scheme != "s3" {
            return Err(wrong("only folders and s3:// are known").hint("write s3://BUCKET or s3://BUCKET/PREFIX"));
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        let plain = |text: &str, more: &[u8]| {
            !text.is_empty()
                && !text.starts_with('.')
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
        };
        if !plain(bucket, b"-.") {
            return Err(wrong("the name of a bucket is letters, digits, `-` and `.`"));
        }
        if !prefix.is_empty() && !prefix.split('/').all(|part| plain(part, b"-._")) {
            return Err(wrong("a prefix is folders of letters, digits, `-`, `_` and `.`"));
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(text.parse::<Location>().ok().map(|place| place.to_string()).as_deref(), want, "{text}");
        };
        check("/srv/store", Some("/srv/store"));
        check("s3://archief", Some("s3://archief"));
        check("s3://archief/", Some("s3://archief"));
        check("s3://archief/griffie/2026/", Some("s3://archief/griffie/2026"));
        for bad in ["s3://", "s3:///x", "s3://a b", "s3://a/../b", "s3://a//b", "gs://a", "https://host/a"] {
            check(bad, None);
        }
    }
}
