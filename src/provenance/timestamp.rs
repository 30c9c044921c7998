//! Time-stamps (RFC 3161) on checkpoints of the log: requests, and what a response proves. Whether an authority is to
//! be trusted is for people to say: with their own list of certificates, or without one not at all.

mod http;
mod signed;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use x509_cert::{
    Certificate,
    der::{AnyRef, Decode as _, Encode as _, Reader as _, SliceReader, Tag, asn1::ObjectIdentifier},
};

pub use http::ask;

use crate::{
    Error, ErrorKind, Result,
    cms::{TimeStampInfo, imprint},
    error::Fold as _,
};

/// id-sha256 (RFC 5754).
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// What a time-stamp proves: these bytes were there at that time, says that authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimeStamp {
    /// When.
    pub at: Timestamp,
    /// The subject of the certificate that signed it.
    pub authority: String,
    /// Its number at the authority, in hexadecimal.
    pub serial: String,
    /// The authority's policy.
    pub policy: String,
    /// Whether the certificate was followed to one of a list; without a list it is not known.
    pub trusted: Option<bool>,
}

/// A request for a time-stamp on bytes, DER (RFC 3161, section 2.4.1). The nonce is random.
pub fn request(bytes: &[u8]) -> Vec<u8> {
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce).expect("the operating system gives random bytes");
    // A positive number in its shortest form, whatever the bytes.
    nonce[0] = nonce[0] & 0x7f | 0x40;
    let algorithm = tlv(0x30, &[tlv(0x06, SHA256.as_bytes()), tlv(0x05, &[])].concat());
    let imprint = tlv(0x30, &[algorithm, tlv(0x04, &Sha256::digest(bytes))].concat());
    tlv(0x30, &[tlv(0x02, &[1]), imprint, tlv(0x02, &nonce), tlv(0x01, &[0xff])].concat())
}

/// One DER element; all of ours are shorter than 128 bytes.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).ok().filter(|length| *length < 128).expect("requests are short");
    [&[tag, length], content].concat()
}

/// The nonce of a request, and its imprint.
struct Asked {
    nonce: Option<Vec<u8>>,
    imprint: Vec<u8>,
}

fn read_request(der: &[u8]) -> Option<Asked> {
    let read = || -> x509_cert::der::Result<Asked> {
        let mut reader = SliceReader::new(der)?;
        reader.sequence(|reader| {
            u8::decode(reader)?;
            let imprint = by_sha256(imprint(reader)?).unwrap_or_default();
            let mut nonce = None;
            while !reader.is_finished() {
                let field = AnyRef::decode(reader)?;
                if x509_cert::der::Tagged::tag(&field) == Tag::Integer {
                    nonce = Some(field.value().to_vec());
                }
            }
            Ok(Asked { nonce, imprint })
        })
    };
    read().ok()
}

/// The imprint, where it is by SHA-256.
fn by_sha256((algorithm, imprint): (ObjectIdentifier, Vec<u8>)) -> Option<Vec<u8>> {
    (algorithm == SHA256).then_some(imprint)
}

/// A response whose signature holds, and what it is about.
pub struct Response {
    imprint: Vec<u8>,
    nonce: Option<Vec<u8>>,
    stamp: TimeStamp,
}

/// Certificates in PEM.
pub fn read_authorities(pem: &[u8]) -> Result<Vec<Certificate>> {
    Certificate::load_pem_chain(pem).fold(ErrorKind::InvalidInput, || "this is no list of certificates in PEM")
}

impl Response {
    /// Reads a response and checks its signature (RFC 3161, section 2.4.2; RFC 5652, section 5.4). With a list of
    /// authorities the certificate must lead to one of them.
    pub fn read(der: &[u8], authorities: Option<&[Certificate]>) -> Result<Self> {
        let token = token(der)?;
        let signed = signed::check(&token)?;
        let unreadable = || bad("it holds no time-stamp that can be read, or one by another digest than SHA-256");
        let info = TimeStampInfo::read(&signed.content).ok_or_else(unreadable)?;
        let imprint = by_sha256((info.algorithm, info.imprint)).ok_or_else(unreadable)?;
        let at = info.at.ok_or_else(unreadable)?;
        if !signed::is_valid_at(&signed.certificate, at) {
            return Err(bad("its time is outside the validity of the certificate that signed it"));
        }
        let trusted = authorities.map(|list| signed.leads_to(list, at));
        if trusted == Some(false) {
            return Err(bad("its certificate does not lead to one of the authorities given")
                .hint("give the file with the authority's root certificate, in PEM"));
        }
        let authority = signed.certificate.tbs_certificate.subject.to_string();
        let (serial, policy) = (hex::encode(&info.serial), info.policy.to_string());
        Ok(Self { imprint, nonce: info.nonce, stamp: TimeStamp { at, authority, serial, policy, trusted } })
    }

    /// Whether it is about these bytes.
    pub fn is_about(&self, bytes: &[u8]) -> bool {
        self.imprint == Sha256::digest(bytes).as_slice()
    }

    /// What it proves of these bytes.
    pub fn proves(&self, bytes: &[u8]) -> Result<TimeStamp> {
        if self.is_about(bytes) { Ok(self.stamp.clone()) } else { Err(bad("it is about other bytes")) }
    }

    /// Checks that it answers a request: the same imprint, and the nonce of the request.
    pub fn answers(&self, request: &[u8]) -> Result<()> {
        let asked = read_request(request)
            .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "the request is no time-stamp request (RFC 3161)"))?;
        if asked.imprint == self.imprint && (asked.nonce.is_none() || asked.nonce == self.nonce) {
            return Ok(());
        }
        Err(bad("it answers another request"))
    }
}

fn bad(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("the time-stamp does not hold: {why}"))
}

/// The token in a response; a token by itself is taken too.
fn token(der: &[u8]) -> Result<Vec<u8>> {
    let unreadable = || bad("it is no time-stamp response (RFC 3161)");
    let mut reader = SliceReader::new(der).map_err(|_| unreadable())?;
    let fields = reader
        .sequence(|reader| {
            let mut fields = Vec::new();
            while !reader.is_finished() {
                fields.push(AnyRef::decode(reader)?);
            }
            Ok(fields)
        })
        .map_err(|_| unreadable())?;
    match &fields[..] {
        [first, ..] if x509_cert::der::Tagged::tag(first) == Tag::ObjectIdentifier => Ok(der.to_vec()),
        [status, rest @ ..] => {
            let granted = status.value().get(..3).is_some_and(|status| matches!(status, [2, 1, 0 | 1]));
            match rest {
                [token] if granted => token.to_der().map_err(|_| unreadable()),
                _ => Err(Error::new(ErrorKind::Refused, "the authority refused to stamp")
                    .hint("ask it whether it takes SHA-256 and requests without a policy")),
            }
        }
        [] => Err(unreadable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back() {
        let asked = read_request(&request(b"checkpoint")).unwrap();
        assert_eq!(asked.imprint, Sha256::digest(b"checkpoint").as_slice());
        assert_eq!(asked.nonce.map(|nonce| nonce.len()), Some(8));
        assert!(read_request(b"nothing").is_none());
    }

    #[test]
    fn what_is_no_response_is_told() {
        for bytes in [&b""[..], b"\x30\x00", b"\x30\x03\x02\x01\x00", b"\x30\x05\x30\x03\x02\x01\x02", b"hello"] {
            assert!(Response::read(bytes, None).is_err(), "{bytes:?}");
        }
    }
}
