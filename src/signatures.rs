//! Electronic signatures in PDFs: who signed which bytes, when, and whether those bytes are still the ones that were
//! signed. Facts for the record: whether a certificate was to be trusted is for others to say, and never said here.

mod cms;
mod coverage;
mod evidence;
mod field;
mod revised;
mod timestamp;

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use evidence::propose_signing_date;

use crate::{ErrorKind, Result, error::Fold as _, model::PageNo};

/// Larger files are not taken apart; that they hold signatures is said all the same.
const LARGEST: u64 = 128 << 20;
/// More signatures than this are not looked at: nobody signs so often, and each costs a pass over the file.
const MOST: usize = 64;
/// What every signature has in clear text in the file (ISO 32000-1, 12.8.1).
const MARK: &[u8] = b"/ByteRange";

const UNREADABLE: &str = "unreadable_pdf";

/// What is known of one signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureFact {
    /// Name and version of this format.
    pub schema: String,
    /// The name of the signature field.
    pub field: String,
    /// A person's signature, or the time-stamp of an authority over the document.
    pub kind: Kind,
    /// How it is encoded (`adbe.pkcs7.detached`, `ETSI.CAdES.detached`, …).
    pub sub_filter: Option<String>,
    /// Which bytes it covers.
    pub coverage: Coverage,
    /// Whether they are the bytes that were signed.
    pub integrity: Integrity,
    /// Why it is broken or was not checked: a typed reason.
    pub reason_not: Option<String>,
    /// The certificate that the signature names. Whether it was trusted is not said.
    pub certificate: Option<Certificate>,
    /// The time that the signer's program claims.
    pub claimed_time: Option<Timestamp>,
    /// The time that stands in what was signed.
    pub signing_time: Option<Timestamp>,
    /// The signer's name as its program wrote it.
    pub name: Option<String>,
    /// The reason that the signer gave.
    pub reason: Option<String>,
    /// Where the signer says to have been.
    pub location: Option<String>,
    /// How the signer says to be reached.
    pub contact: Option<String>,
    /// The time-stamp of an authority over the signature, or over the document where it is one itself.
    pub timestamp: Option<TimestampFact>,
}

/// What a signature field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation
pub enum Kind {
    Signature,
    DocumentTimestamp,
}

/// Whether what was signed is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Integrity {
    /// The bytes that it covers are those that were signed, with the key of the certificate.
    Holds,
    /// They are not.
    Broken,
    /// That could not be found out.
    NotChecked,
}

/// Which bytes of the file a signature covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// How much of the file.
    pub extent: Extent,
    /// Bytes that are covered.
    pub signed_bytes: u64,
    /// Bytes that were appended after it.
    pub appended_bytes: u64,
    /// What was appended.
    pub appended: Option<Appended>,
    /// The pages that are not what they were when it was signed.
    #[serde(default)]
    pub changed_pages: Vec<PageNo>,
}

/// How much of a file a signature covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// All of it, but the signature's own place.
    WholeFile,
    /// All of an earlier state of it; more was appended.
    EarlierRevision,
    /// The ranges leave out more than the signature, or lie.
    #[default]
    Unclear,
}

/// What was appended to a signed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appended {
    /// Only what proves signatures for longer: time-stamps, certificates and their status.
    ProofOnly,
    /// Further signatures, and what proves them; nothing else.
    Signatures,
    /// Something that may change what is seen.
    Changes,
    /// Bytes that no reader of the file looks at: no further state of it.
    ForeignBytes,
    /// That could not be found out.
    Unknown,
}

/// A certificate, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Common name of the subject, else the whole name.
    pub subject: String,
    /// Its organization.
    pub organization: Option<String>,
    /// Its serial number, which identifies a person or an organization.
    pub subject_serial: Option<String>,
    /// Name of the issuer.
    pub issuer: String,
    /// The certificate's number, in hexadecimal.
    pub number: String,
    /// From when on it may be used.
    pub not_before: Option<Timestamp>,
    /// Until when.
    pub not_after: Option<Timestamp>,
}

/// A time-stamp of an authority (RFC 3161).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimestampFact {
    /// The time.
    pub time: Option<Timestamp>,
    /// The authority's certificate.
    pub certificate: Option<Certificate>,
    /// Whether it is about these bytes and signed with the certificate's key.
    pub integrity: Integrity,
    /// Why not.
    pub reason_not: Option<String>,
}

impl SignatureFact {
    /// Name and version of the format.
    pub const SCHEMA: &str = "griffie-signature/1";

    /// A fact of which nothing is known yet.
    fn unknown(field: String) -> Self {
        Self {
            schema: Self::SCHEMA.into(),
            field,
            kind: Kind::Signature,
            sub_filter: None,
            coverage: Coverage::default(),
            integrity: Integrity::NotChecked,
            reason_not: None,
            certificate: None,
            claimed_time: None,
            signing_time: None,
            name: None,
            reason: None,
            location: None,
            contact: None,
            timestamp: None,
        }
    }

    /// The file could not be read as it is: perhaps it wants a password.
    pub fn is_of_unreadable_file(&self) -> bool {
        self.reason_not.as_deref() == Some(UNREADABLE)
    }

    /// Of a file that ended whoever looked for its signatures.
    pub fn of_hostile_file() -> Self {
        Self::not_checked("", "ends_its_reader")
    }

    fn not_checked(field: &str, why: &str) -> Self {
        Self { reason_not: Some(why.into()), ..Self::unknown(field.into()) }
    }

    /// The file is now what was signed, but for further signatures and what proves them; as far as that is known.
    pub fn covers_what_is_read(&self) -> bool {
        match self.coverage.extent {
            Extent::WholeFile => true,
            Extent::EarlierRevision => !matches!(self.coverage.appended, Some(Appended::Changes | Appended::Unknown)),
            Extent::Unclear => false,
        }
    }

    /// The time at which it was signed, best witness first: an authority, the signed attributes, the signer's program.
    pub fn time(&self) -> Option<Timestamp> {
        let stamped = self.timestamp.as_ref().filter(|stamp| stamp.integrity == Integrity::Holds);
        stamped.and_then(|stamp| stamp.time).or(self.signing_time).or(self.claimed_time)
    }
}

impl Certificate {
    /// It was issued by whom it names itself: nobody else says who that is.
    pub fn vouches_for_itself(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether it might be used at a time, by what it says itself.
    pub fn held_at(&self, time: Timestamp) -> bool {
        self.not_before.is_none_or(|from| from <= time) && self.not_after.is_none_or(|until| time <= until)
    }
}

/// The signatures in a PDF, in the order in which they were made; none in a file that has none. Meant for untrusted
/// bytes: run it where a fault costs nothing but the process.
pub fn facts(path: &Path, password: Option<&str>) -> Result<Vec<SignatureFact>> {
    let doing = || format!("cannot read `{}`", path.display());
    let mut file = File::open(path).fold(ErrorKind::InvalidInput, doing)?;
    let size = file.metadata().fold(ErrorKind::InvalidInput, doing)?.len();
    if !has_mark(&mut file).fold(ErrorKind::InvalidInput, doing)? {
        return Ok(Vec::new());
    }
    if size > LARGEST {
        return Ok(vec![SignatureFact::not_checked("", "file_too_large")]);
    }
    let bytes = std::fs::read(path).fold(ErrorKind::InvalidInput, doing)?;
    Ok(of_bytes(&bytes, password))
}

/// Whether a file may hold signatures: only then it need be taken apart. Safe to ask of any bytes.
pub fn may_be_signed(path: &Path) -> Result<bool> {
    let doing = || format!("cannot read `{}`", path.display());
    let mut file = File::open(path).fold(ErrorKind::InvalidInput, doing)?;
    has_mark(&mut file).fold(ErrorKind::InvalidInput, doing)
}

fn of_bytes(bytes: &[u8], password: Option<&str>) -> Vec<SignatureFact> {
    let Some(pdf) = field::load(bytes, password) else {
        return vec![SignatureFact::not_checked("", UNREADABLE)];
    };
    let mut fields = field::signed(&pdf);
    let more = fields.len() > MOST;
    fields.truncate(MOST);
    let mut facts: Vec<_> = fields.iter().map(|field| fact(bytes, &pdf, password, field)).collect();
    if more {
        facts.push(SignatureFact::not_checked("", "too_many_signatures"));
    }
    facts.sort_by_key(|fact| fact.coverage.signed_bytes);
    facts
}

/// Whether the file has the mark that every signature has. Reads it part by part.
fn has_mark(file: &mut File) -> io::Result<bool> {
    let finder = |bytes: &[u8]| bytes.windows(MARK.len()).any(|window| window == MARK);
    let mut part = vec![0; 1 << 18];
    let mut kept = 0;
    loop {
        let length = match file.read(&mut part[kept..]) {
            Ok(0) => return Ok(false),
            Ok(length) => kept + length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if finder(&part[..length]) {
            return Ok(true);
        }
        // The mark may be cut in two.
        kept = length.min(MARK.len() - 1);
        part.copy_within(length - kept..length, 0);
    }
}

fn fact(bytes: &[u8], pdf: &lopdf::Document, password: Option<&str>, field: &field::Signed<'_>) -> SignatureFact {
    let mut fact = field.described();
    let ranges = match coverage::ranges(bytes, field.dictionary) {
        Ok(ranges) => ranges,
        Err(why) => return SignatureFact { reason_not: Some(why.into()), ..fact },
    };
    fact.coverage = coverage::of(bytes, pdf, password, &ranges);
    let signed = [&bytes[ranges.before.clone()], &bytes[ranges.after.clone()]];
    let checked = match fact.sub_filter.as_deref() {
        Some("adbe.x509.rsa_sha1") => cms::bare(&ranges.contents, field.certificate().as_deref(), &signed),
        Some("adbe.pkcs7.sha1") => cms::digest_inside(&ranges.contents, &signed),
        Some("ETSI.RFC3161") => {
            fact.kind = Kind::DocumentTimestamp;
            let stamp = timestamp::check(&ranges.contents, &signed);
            let checked = cms::Checked {
                integrity: stamp.integrity,
                reason_not: stamp.reason_not.clone(),
                certificate: stamp.certificate.clone(),
                ..cms::Checked::default()
            };
            fact.timestamp = Some(stamp);
            checked
        }
        Some("adbe.pkcs7.detached" | "ETSI.CAdES.detached") => cms::detached(&ranges.contents, &signed),
        _ => cms::Checked::not("unknown_encoding"),
    };
    if let Some(token) = &checked.timestamp_token {
        fact.timestamp = Some(timestamp::check(token, &[&checked.signature]));
    }
    let cms::Checked { integrity, reason_not, certificate, signing_time, .. } = checked;
    // A range that leaves out more than the signature proves nothing of what it leaves out.
    let (integrity, reason_not) = match (fact.coverage.extent, integrity) {
        (Extent::Unclear, Integrity::Holds) => (Integrity::NotChecked, Some("unclear_range".into())),
        _ => (integrity, reason_not),
    };
    SignatureFact { integrity, reason_not, certificate, signing_time, ..fact }
}
