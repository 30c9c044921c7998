//! The back-end for S3: objects are written by conditional requests that refuse a name that is taken, with a checksum
//! and, where that is configured, a retention. Reading is object_store's.

mod client;
mod lock;
mod probe;
mod profile;

use std::{fs::File, future::Future, path::Path, sync::Arc, sync::OnceLock};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, StaticCredentialProvider,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    client::{HttpConnector as _, ReqwestConnector},
    prefix::PrefixStore,
};
use tokio::runtime::Runtime;

pub(super) use self::client::denied;
use self::client::{Client, Request};
use self::lock::Retention;
use super::{INCOMING, ObjectName, Put, probe::TAKEN_ONCE, read_parts};
use crate::{
    Error, ErrorKind, Result,
    clock::Clock,
    config,
    error::Fold as _,
    model::{Blake3, Digests, digest::Hasher},
};

/// Size of the parts of a large object; S3 takes ten thousand of them, of at least 5 MiB.
const PART_BYTES: usize = 8 << 20;
const PARTS: usize = 10_000;

/// A store on an S3 server.
pub(super) struct S3 {
    runtime: Runtime,
    client: Client,
    retention: config::S3,
    /// What the server does with a put under a name that is taken; found out at the first put.
    guard: OnceLock<Guard>,
}

/// What keeps a name from being taken twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// The server refuses the second put (`If-None-Match: *`).
    Server,
    /// The server ignores that condition, but keeps every version: the first one under a name counts, and whoever
    /// came second puts its bytes back on top. Between the two a reader may see the second one's.
    Versions,
}

impl S3 {
    /// Opens a bucket that must be there, and the object_store that reads from it.
    pub fn open(bucket: &str, prefix: &str, config: &config::S3) -> Result<(Arc<Self>, Arc<dyn ObjectStore>)> {
        let doing = || format!("cannot open the bucket `{bucket}`");
        // Small: requests wait for the network, and whoever asks waits for them.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .fold(ErrorKind::Storage, doing)?;
        let options = ClientOptions::new().with_allow_http(true).with_timeout(std::time::Duration::from_secs(120));
        let retry = RetryConfig {
            max_retries: 6,
            retry_timeout: std::time::Duration::from_secs(60),
            backoff: BackoffConfig::default(),
        };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_client_options(options.clone())
            .with_retry(retry)
            .with_virtual_hosted_style_request(false);
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_config(AmazonS3ConfigKey::S3Endpoint, endpoint);
        }
        if let Some(region) = &config.region {
            builder = builder.with_region(region);
        }
        if config.profile.is_some() || config.credentials_file.is_some() {
            let profile = config.profile.as_deref().unwrap_or("default");
            let credentials = profile::credentials(profile, config.credentials_file.as_deref())?;
            builder = builder.with_credentials(Arc::new(StaticCredentialProvider::new(credentials)));
        }
        let set = |key| builder.get_config_value(&key);
        let region = set(AmazonS3ConfigKey::Region).unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = set(AmazonS3ConfigKey::S3Endpoint).or_else(|| set(AmazonS3ConfigKey::Endpoint));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let store = builder.build().fold(ErrorKind::Config, doing)?;
        let client = Client {
            http: ReqwestConnector::default().connect(&options).fold(ErrorKind::Config, doing)?,
            credentials: store.credentials().clone(),
            region,
            bucket_url: format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            prefix: prefix.to_owned(),
        };
        let s3 = Self { runtime, client, retention: config.clone(), guard: OnceLock::new() };
        let found = s3.wait(s3.client.send(Request::new("HEAD", "").tries(3)))?;
        match found.status {
            200..300 => {}
            404 => return Err(client::no_bucket(&s3.client.bucket_url)),
            _ => return Err(s3.client.refusal(&found, doing())),
        }
        Ok((Arc::new(s3), Arc::new(PrefixStore::new(store, prefix))))
    }

    /// Waits for what is under way on the network.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Names and lengths of what lies below folders, as far as a page goes, and where the next one begins.
    pub fn page(&self, folders: &str, after: Option<&str>) -> Result<lock::Page> {
        self.wait(self.client.page(folders, after))
    }

    /// The retention that everything put now gets.
    fn retention(&self, now: Timestamp) -> Option<Retention> {
        let days = SignedDuration::from_hours(24 * i64::from(self.retention.retention_days));
        Some(Retention { mode: self.retention.retention?, until: now.saturating_add(days).ok()? })
    }

    fn key(&self, name: &ObjectName) -> String {
        self.client.full_key(name.as_str())
    }

    /// Puts bytes under a name that is free.
    pub fn put_new(&self, name: &ObjectName, bytes: Bytes) -> Result<Put> {
        let guard = self.guard()?;
        let key = self.key(name);
        if guard == Guard::Versions && self.is_taken(&key)? {
            return Ok(Put::AlreadyThere);
        }
        let request = Request::new("PUT", &key)
            .header("if-none-match", "*")
            .retention(self.retention(Clock::System.now()))
            .body(bytes);
        let answer = self.wait(self.client.send(request))?;
        match answer.status {
            // After a lost answer the second try finds what the first one put: reading back tells that it is ours.
            412 => Ok(Put::AlreadyThere),
            _ if !answer.is_ok() => Err(self.client.refusal(&answer, format!("cannot write `{name}`"))),
            _ => self.first_counts(&key, answer.version()),
        }
    }

    /// Sends a file in parts and publishes it under a name that is free. `None` where it does not have these digests:
    /// then nothing is published.
    ///
    /// Of two writers at the same time the second one's publication is refused, as with a small object. A server that
    /// ignores the condition here keeps both as versions, and the first counts; where it keeps no versions either, the
    /// second replaces the first, which the digest in a large object's name makes the same bytes.
    pub fn put_file(&self, name: &ObjectName, path: &Path, digests: &Digests) -> Result<Option<Put>> {
        self.guard()?;
        let key = self.key(name);
        let cannot = |answer| self.client.refusal(answer, format!("cannot write `{name}`"));
        let begin = Request::new("POST", &key)
            .query("uploads", "")
            .header("x-amz-checksum-algorithm", "SHA256")
            .retention(self.retention(Clock::System.now()));
        let begun = self.wait(self.client.send(begin))?;
        let upload = begun.text("UploadId").filter(|_| begun.is_ok()).ok_or_else(|| cannot(&begun))?.to_owned();
        let abort = || {
            // What stays behind when this fails as well is an upload that no listing shows.
            let _ = self.wait(self.client.send(Request::new("DELETE", &key).query("uploadId", &upload)));
        };
        let part_bytes = PART_BYTES.max((digests.size_bytes as usize).div_ceil(PARTS - 1));
        let sent = self.send_parts(&key, &upload, path, part_bytes, name);
        let parts = match sent {
            Ok((parts, found)) if found == *digests => parts,
            Ok(_) => {
                abort();
                return Ok(None);
            }
            Err(error) => {
                abort();
                return Err(error);
            }
        };
        if self.is_taken(&key)? {
            abort();
            return Ok(Some(Put::AlreadyThere));
        }
        let request = Request::new("POST", &key).query("uploadId", &upload).header("if-none-match", "*");
        let body = format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.concat());
        let done = self.wait(self.client.send(request.header("content-type", "application/xml").plain_body(body)))?;
        match done.status {
            412 => {
                abort();
                Ok(Some(Put::AlreadyThere))
            }
            // Published by an earlier try whose answer was lost.
            404 if done.text("Code") == Some("NoSuchUpload") && self.is_taken(&key)? => Ok(Some(Put::AlreadyThere)),
            _ if !done.is_ok() => {
                abort();
                Err(cannot(&done))
            }
            _ => self.first_counts(&key, done.version()).map(Some),
        }
    }

    fn send_parts(
        &self,
        key: &str,
        upload: &str,
        path: &Path,
        part_bytes: usize,
        name: &ObjectName,
    ) -> Result<(Vec<String>, Digests)> {
        let file = File::open(path).fold(ErrorKind::InvalidInput, || format!("cannot read `{}`", path.display()))?;
        let (mut hasher, mut parts, mut waiting) = (Hasher::default(), Vec::new(), Vec::with_capacity(part_bytes));
        let mut send = |bytes: Vec<u8>| -> Result<()> {
            let number = (parts.len() + 1).to_string();
            let checksum = lock::checksum(&bytes);
            let request = Request::new("PUT", key).query("partNumber", &number).query("uploadId", upload).body(bytes);
            let answer = self.wait(self.client.send(request))?;
            let tag = answer.header("etag").filter(|_| answer.is_ok());
            let tag = tag.ok_or_else(|| self.client.refusal(&answer, format!("cannot write `{name}`")))?;
            parts.push(format!(
                "<Part><ChecksumSHA256>{checksum}</ChecksumSHA256><ETag>{tag}</ETag><PartNumber>{number}</PartNumber></Part>"
            ));
            Ok(())
        };
        read_parts(file, super::READ_BYTES, |bytes| {
            hasher.update(bytes);
            waiting.extend_from_slice(bytes);
            if waiting.len() >= part_bytes {
                let rest = waiting.split_off(part_bytes);
                send(std::mem::replace(&mut waiting, rest))?;
            }
            Ok(())
        })?;
        if !waiting.is_empty() {
            send(waiting)?;
        }
        Ok((parts, hasher.finish()))
    }

    fn is_taken(&self, key: &str) -> Result<bool> {
        let answer = self.wait(self.client.send(Request::new("HEAD", key)))?;
        match answer.status {
            200..300 => Ok(true),
            404 => Ok(false),
            _ => Err(self.client.refusal(&answer, format!("cannot look up `{key}`"))),
        }
    }

    /// Where the server lets a second version come over the first, the first counts, and its bytes go back on top.
    fn first_counts(&self, key: &str, ours: Option<String>) -> Result<Put> {
        let (Guard::Versions, Some(ours)) = (self.guard()?, ours) else { return Ok(Put::Written) };
        let listed = self.wait(self.client.versions(key, None))?;
        let Some(first) = listed.versions.iter().rfind(|version| version.key == key) else { return Ok(Put::Written) };
        if first.id == ours {
            return Ok(Put::Written);
        }
        let bytes = self.wait(self.client.get_version(key, &first.id))?;
        if !bytes.is_ok() {
            return Err(self.client.refusal(&bytes, format!("cannot read the first version of `{key}`")));
        }
        let again = Request::new("PUT", key).retention(self.retention(Clock::System.now())).body(bytes.body);
        let answer = self.wait(self.client.send(again))?;
        if answer.is_ok() {
            Ok(Put::AlreadyThere)
        } else {
            Err(self.client.refusal(&answer, format!("cannot write `{key}`")))
        }
    }

    /// Tries on one object that is there for this alone whether a taken name is refused.
    fn guard(&self) -> Result<Guard> {
        if let Some(guard) = self.guard.get() {
            return Ok(*guard);
        }
        let key = self.client.full_key(&format!("{INCOMING}/{TAKEN_ONCE}"));
        for _ in 0..2 {
            let request = Request::new("PUT", &key).header("if-none-match", "*").body("This name may be taken once.\n");
            let answer = self.wait(self.client.send(request))?;
            if answer.status == 412 {
                return Ok(*self.guard.get_or_init(|| Guard::Server));
            }
            if !answer.is_ok() {
                return Err(self.client.refusal(&answer, "cannot write to the store"));
            }
            if answer.version().is_some() && self.has_two_versions(&key)? {
                return Ok(*self.guard.get_or_init(|| Guard::Versions));
            }
        }
        Err(Error::new(
            ErrorKind::Refused,
            "the server overwrites objects: it ignores `If-None-Match` and keeps no versions",
        )
        .hint("switch versioning on for the bucket (Object Lock does), or use a server that knows conditional writes"))
    }

    /// The line of the AWS command line that lays the version of an object with these bytes on top again, where there is one.
    pub fn puts_back(&self, name: &ObjectName, blake3: &Blake3) -> Result<Option<(String, String)>> {
        let key = self.key(name);
        let bucket = self.client.bucket_url.rsplit('/').next().unwrap_or_default();
        for version in self.wait(self.client.versions(&key, None))?.versions {
            if version.key != key {
                continue;
            }
            let bytes = self.wait(self.client.get_version(&key, &version.id))?;
            if bytes.is_ok() && Blake3::of(&bytes.body) == *blake3 {
                let id = version.id;
                let line = format!(
                    "aws s3api copy-object --bucket {bucket} --key {key} --copy-source '{bucket}/{key}?versionId={id}'"
                );
                return Ok(Some((id, line)));
            }
        }
        Ok(None)
    }

    fn has_two_versions(&self, key: &str) -> Result<bool> {
        let listed = self.wait(self.client.versions(key, None))?;
        Ok(listed.versions.iter().filter(|version| version.key == key).count() > 1)
    }
}
