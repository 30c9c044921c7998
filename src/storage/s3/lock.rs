//! Object Lock: retentions, legal holds and versions of objects, as requests.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::client::{Answer, Client, Request, element};
use crate::{Result, config::RetentionMode};

/// Until when a version must be kept, and how strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Retention {
    pub mode: RetentionMode,
    pub until: Timestamp,
}

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// Its key, prefix included.
    pub key: String,
    pub id: String,
}

/// A part of the list of all versions.
pub(super) struct Versions {
    /// Newest first under each key; delete markers are not among them.
    pub versions: Vec<Version>,
    /// Where the list goes on.
    pub next: Option<(String, String)>,
}

pub(super) fn mode_name(mode: RetentionMode) -> &'static str {
    match mode {
        RetentionMode::Governance => "GOVERNANCE",
        RetentionMode::Compliance => "COMPLIANCE",
    }
}

fn mode_of(name: &str) -> Option<RetentionMode> {
    match name {
        "GOVERNANCE" => Some(RetentionMode::Governance),
        "COMPLIANCE" => Some(RetentionMode::Compliance),
        _ => None,
    }
}

impl Request {
    /// Asks for a retention with what is put.
    pub fn retention(self, retention: Option<Retention>) -> Self {
        match retention {
            Some(Retention { mode, until }) => self
                .header("x-amz-object-lock-mode", mode_name(mode))
                .header("x-amz-object-lock-retain-until-date", until.to_string()),
            None => self,
        }
    }

    /// Asks to go past a retention in governance mode.
    pub fn bypass(self, bypass: bool) -> Self {
        if bypass { self.header("x-amz-bypass-governance-retention", "true") } else { self }
    }
}

impl Client {
    /// The retention of a version, where it has one.
    pub async fn retention(&self, key: &str, version: &str) -> Result<Option<Retention>> {
        let answer = self.send(Request::new("HEAD", key).query("versionId", version)).await?;
        if !answer.is_ok() {
            return Err(self.refusal(&answer, format!("cannot ask how long `{key}` is kept")));
        }
        let mode = answer.header("x-amz-object-lock-mode").and_then(mode_of);
        let until = answer.header("x-amz-object-lock-retain-until-date").and_then(|until| until.parse().ok());
        Ok(mode.zip(until).map(|(mode, until)| Retention { mode, until }))
    }

    /// Asks to set the retention of a version. Whether a shorter one is refused is the server's affair: only the probe
    /// asks for that.
    pub async fn put_retention(&self, key: &str, version: &str, to: Retention, bypass: bool) -> Result<Answer> {
        let body = format!(
            "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>{}</Mode>\
             <RetainUntilDate>{}</RetainUntilDate></Retention>",
            mode_name(to.mode),
            to.until
        );
        let request = Request::new("PUT", key).query("retention", "").query("versionId", version);
        self.send(request.bypass(bypass).body(body)).await
    }

    /// Lays or lifts the legal hold on a version.
    pub async fn put_hold(&self, key: &str, version: &str, on: bool) -> Result<Answer> {
        let status = if on { "ON" } else { "OFF" };
        let body = format!(
            "<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>{status}</Status></LegalHold>"
        );
        self.send(Request::new("PUT", key).query("legal-hold", "").query("versionId", version).body(body)).await
    }

    /// Versions of all keys that begin so, a thousand at a time.
    pub async fn versions(&self, prefix: &str, after: Option<&(String, String)>) -> Result<Versions> {
        let mut request = Request::new("GET", "").query("versions", "").query("prefix", prefix);
        if let Some((key, version)) = after {
            request = request.query("key-marker", key).query("version-id-marker", version);
        }
        let answer = self.send(request).await?;
        if !answer.is_ok() {
            return Err(self.refusal(&answer, "cannot list the versions of objects"));
        }
        let text = String::from_utf8_lossy(&answer.body);
        let mut versions = Vec::new();
        for block in text.split("<Version>").skip(1) {
            if let (Some(key), Some(id)) = (element(block, "Key"), element(block, "VersionId")) {
                versions.push(Version { key: key.to_owned(), id: id.to_owned() });
            }
        }
        let truncated = element(&text, "IsTruncated") == Some("true");
        let next = element(&text, "NextKeyMarker").zip(element(&text, "NextVersionIdMarker"));
        let next = next.filter(|_| truncated).map(|(key, version)| (key.to_owned(), version.to_owned()));
        Ok(Versions { versions, next })
    }

    /// Names and lengths of what lies below folders of the prefix, a thousand at a time, and where the next page begins.
    pub async fn page(&self, folders: &str, after: Option<&str>) -> Result<Page> {
        let all = self.full_key("");
        let mut request = Request::new("GET", "").query("encoding-type", "url").query("list-type", "2");
        request = request.query("prefix", &format!("{all}{folders}"));
        if let Some(after) = after {
            request = request.query("continuation-token", after);
        }
        let answer = self.send(request).await?;
        if !answer.is_ok() {
            return Err(self.refusal(&answer, "cannot list the store"));
        }
        let text = String::from_utf8_lossy(&answer.body);
        let is_encoded = element(&text, "EncodingType") == Some("url");
        let mut page = Vec::new();
        for block in text.split("<Contents>").skip(1) {
            let (Some(key), Some(size)) = (element(block, "Key"), element(block, "Size")) else { continue };
            let key = if is_encoded { decode(key) } else { key.to_owned() };
            let name = key.strip_prefix(&all).unwrap_or(&key);
            // Consoles put such markers where somebody makes a folder.
            if name != folders {
                page.push((name.to_owned(), size.parse().unwrap_or(0)));
            }
        }
        let truncated = element(&text, "IsTruncated") == Some("true");
        let next = element(&text, "NextContinuationToken").filter(|_| truncated).map(unescape);
        Ok((page, next))
    }

    /// The bytes of one version.
    pub async fn get_version(&self, key: &str, version: &str) -> Result<Answer> {
        self.send(Request::new("GET", key).query("versionId", version)).await
    }
}

/// Names with lengths, and where the next ones begin.
pub(super) type Page = (Vec<(String, u64)>, Option<String>);

/// The key that a server percent-encoded, a `+` for a space among it.
fn decode(encoded: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(encoded.len()), encoded.as_bytes());
    while let Some((first, more)) = rest.split_first() {
        let hex = (*first == b'%').then(|| more.get(..2)).flatten().and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Text of XML without its entities.
fn unescape(text: &str) -> String {
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    plain.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// The checksum of a part or of a whole put, as S3 writes it.
pub(super) fn checksum(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}
