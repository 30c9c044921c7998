//! A server that speaks S3, for tests: moto's, which `tests/setup.sh` installs. It stops when this is dropped.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and start programs")]
#![allow(dead_code, reason = "every test file uses its own part")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The version that `tests/setup.sh` installs.
const VERSION: &str = "5.2.5";

/// A running server.
pub struct Moto {
    child: Child,
    host: String,
    files: tempfile::TempDir,
}

impl Moto {
    /// Starts a server with nothing in it, on a port that is free.
    pub fn start() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache"))).unwrap();
        let python = cache.join(format!("griffie/moto-{VERSION}/bin/python"));
        let mut child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: run `bash tests/setup.sh` first", python.display()));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let host = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("Running on http://")?.1.trim().to_owned()))
            .expect("moto's server tells where it listens");
        // It stops when nobody reads what it says.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("credentials"), "[default]\naws_access_key_id=a\naws_secret_access_key=b\n")
            .unwrap();
        Self { child, host, files }
    }

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Credentials that it takes; it takes any.
    pub fn credentials_file(&self) -> PathBuf {
        self.files.path().join("credentials")
    }

    /// Makes a bucket, with Object Lock or without.
    pub fn make_bucket(&self, bucket: &str, lock: bool) {
        let lock = if lock { "x-amz-bucket-object-lock-enabled: true\r\n" } else { "" };
        let answer = self.ask(&format!("PUT /{bucket} HTTP/1.1\r\nHost: {}\r\n{lock}", self.host));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Lays other bytes over an object, as somebody may who has the keys of the bucket.
    pub fn overwrite(&self, bucket: &str, key: &str, bytes: &str) {
        let answer = self.send(&format!("PUT /{bucket}/{key} HTTP/1.1\r\nHost: {}\r\n", self.host), bytes);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Lays a delete marker over an object.
    pub fn hide(&self, bucket: &str, key: &str) {
        let answer = self.ask(&format!("DELETE /{bucket}/{key} HTTP/1.1\r\nHost: {}\r\n", self.host));
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }

    /// Does what a line `aws s3api copy-object` asks for: this client is not installed everywhere.
    pub fn copy_object(&self, line: &str) {
        let after =
            |option: &str| line.split_once(option).unwrap().1.split_whitespace().next().unwrap().trim_matches('\'');
        assert!(line.starts_with("aws s3api copy-object "), "{line}");
        let (bucket, key, source) = (after("--bucket "), after("--key "), after("--copy-source "));
        let request = format!("PUT /{bucket}/{key} HTTP/1.1\r\nHost: {}\r\nx-amz-copy-source: {source}\r\n", self.host);
        let answer = self.ask(&request);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn ask(&self, request: &str) -> String {
        self.send(request, "")
    }

    fn send(&self, request: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        // It looks whether somebody signed, and not how.
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=0";
        let length = body.len();
        write!(stream, "{request}{signed}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Writes a configuration for a store on this server, with these lines under `[s3]`.
    pub fn write_config(&self, folder: &Path, more: &str) {
        std::fs::create_dir_all(folder).unwrap();
        let (endpoint, credentials) = (self.endpoint(), self.credentials_file());
        let text = format!(
            "[s3]\nendpoint = \"{endpoint}\"\nregion = \"us-east-1\"\ncredentials_file = \"{}\"\n{more}",
            credentials.display()
        );
        std::fs::write(folder.join("griffie.toml"), text).unwrap();
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
