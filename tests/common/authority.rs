//! A time-stamping authority.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and start programs")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// `openssl ts` with a certificate of its own authority.
pub struct Authority(tempfile::TempDir);

impl Authority {
    /// An authority whose keys are of this kind.
    pub fn new(key: &[&str]) -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        authority.write("usage", "extendedKeyUsage=critical,timeStamping\n");
        authority.write("serial", "0A\n");
        let config = "[tsa]\ndefault_tsa = own\n[own]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n\
                      signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n\
                      accuracy = secs:1\nordering = no\ntsa_name = yes\n";
        authority.write("ts.cnf", config);
        let root = ["req", "-x509", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root"];
        authority.openssl(&[&root[..], &["-days", "30", "-newkey"], key].concat());
        let request = ["req", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Clock", "-newkey"];
        authority.openssl(&[&request[..], key].concat());
        let issue =
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile usage -out tsa.pem";
        authority.openssl(&issue.split(' ').collect::<Vec<_>>());
        authority
    }

    /// A file of its own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl").current_dir(&self.0).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The answer to a request.
    pub fn answer(&self, request: &Path) -> PathBuf {
        let out = self.path("answer.tsr");
        let files = ["-queryfile", request.to_str().unwrap(), "-out", out.to_str().unwrap()];
        self.openssl(&[&["ts", "-reply", "-config", "ts.cnf"][..], &files].concat());
        out
    }
}
