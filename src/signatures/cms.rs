//! What the envelopes in which signatures come (CMS, RFC 5652) tell: whether they hold, and of whom they are.

use jiff::Timestamp;
use x509_cert::{
    Certificate as X509,
    der::{
        Decode as _, Encode as _, Tagged as _,
        asn1::{ObjectIdentifier, OctetString, PrintableStringRef, TeletexStringRef, Utf8StringRef},
    },
    name::Name,
    time::Time,
};

use super::{Certificate, Integrity};
use crate::cms::{self, Envelope, Hash, Strictness, Verdict};

const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const TIMESTAMP_TOKEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");

/// What an envelope told.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub integrity: Integrity,
    pub reason_not: Option<String>,
    pub certificate: Option<Certificate>,
    pub signing_time: Option<Timestamp>,
    /// The bytes of the signature, which a time-stamp is about.
    pub signature: Vec<u8>,
    /// A time-stamp over them.
    pub timestamp_token: Option<Vec<u8>>,
}

impl Default for Checked {
    fn default() -> Self {
        Self {
            integrity: Integrity::NotChecked,
            reason_not: None,
            certificate: None,
            signing_time: None,
            signature: Vec::new(),
            timestamp_token: None,
        }
    }
}

impl Checked {
    /// It could not be checked.
    pub(super) fn not(why: &str) -> Self {
        Self { reason_not: Some(why.into()), ..Self::default() }
    }

    fn found(mut self, verdict: Verdict) -> Self {
        let (integrity, why) = match verdict {
            Verdict::Holds => (Integrity::Holds, None),
            Verdict::Changed => (Integrity::Broken, Some("changed_after_signing")),
            Verdict::Wrong => (Integrity::Broken, Some("signature")),
            Verdict::NoCertificate => (Integrity::NotChecked, Some("no_certificate")),
            Verdict::Algorithm => (Integrity::NotChecked, Some("unknown_algorithm")),
        };
        (self.integrity, self.reason_not) = (integrity, why.map(str::to_owned));
        self
    }
}

/// Checks an envelope over its content, and what it tells beside.
pub(super) fn check(envelope: &Envelope, content: &[&[u8]]) -> Checked {
    let checked = Checked {
        certificate: envelope.certificate().map(facts),
        signing_time: envelope
            .signed_attribute(SIGNING_TIME)
            .and_then(|value| time(&Time::from_der(&value.to_der().ok()?).ok()?)),
        signature: envelope.signature().to_vec(),
        timestamp_token: envelope.added_attribute(TIMESTAMP_TOKEN).and_then(|value| value.to_der().ok()),
        ..Checked::default()
    };
    checked.found(envelope.check(content, Strictness::AsSigned))
}

/// A signature over the bytes themselves.
pub(super) fn detached(contents: &[u8], signed: &[&[u8]]) -> Checked {
    match Envelope::open(contents) {
        Ok(envelope) => check(&envelope, signed),
        Err(why) => Checked::not(why),
    }
}

/// A signature over the SHA-1 of the bytes, which stands inside the envelope.
pub(super) fn digest_inside(contents: &[u8], signed: &[&[u8]]) -> Checked {
    let envelope = match Envelope::open(contents) {
        Ok(envelope) => envelope,
        Err(why) => return Checked::not(why),
    };
    let Some(inside) = envelope.inside() else { return Checked::not("unreadable_envelope") };
    let checked = check(&envelope, &[&inside]);
    if checked.integrity == Integrity::Holds && inside != Hash::Sha1.digest(signed) {
        return checked.found(Verdict::Changed);
    }
    checked
}

/// A bare RSA signature with SHA-1; the certificate stands beside it.
pub(super) fn bare(contents: &[u8], certificate: Option<&[u8]>, signed: &[&[u8]]) -> Checked {
    let signature = cms::to_der(contents).and_then(|der| Some(OctetString::from_der(&der).ok()?.into_bytes()));
    let certificate = certificate.and_then(|bytes| X509::from_der(&cms::to_der(bytes)?).ok());
    let (Some(signature), Some(certificate)) = (signature, certificate) else {
        return Checked::not("unreadable_envelope");
    };
    let key = &certificate.tbs_certificate.subject_public_key_info;
    // The bytes themselves are under the signature: what does not hold there was changed.
    let verdict =
        match cms::holds(key, &key.algorithm, Some(Hash::Sha1), &signed.concat(), &signature, Strictness::AsSigned) {
            Some(true) => Verdict::Holds,
            Some(false) => Verdict::Changed,
            None => Verdict::Algorithm,
        };
    Checked { certificate: Some(facts(&certificate)), signature, ..Checked::default() }.found(verdict)
}

/// What a certificate says of itself.
fn facts(certificate: &X509) -> Certificate {
    let tbs = &certificate.tbs_certificate;
    let part = |name: &Name, oid| {
        let mut parts = name.0.iter().flat_map(|names| names.0.iter());
        text(&parts.find(|part| part.oid == oid)?.value)
    };
    let called = |name: &Name| part(name, COMMON_NAME).unwrap_or_else(|| clean(&name.to_string()));
    Certificate {
        subject: called(&tbs.subject),
        organization: part(&tbs.subject, ORGANIZATION),
        subject_serial: part(&tbs.subject, SERIAL_NUMBER),
        issuer: called(&tbs.issuer),
        number: hex::encode(tbs.serial_number.as_bytes()),
        not_before: time(&tbs.validity.not_before),
        not_after: time(&tbs.validity.not_after),
    }
}

fn text(value: &x509_cert::der::Any) -> Option<String> {
    use x509_cert::der::Tag;
    let text = match value.tag() {
        Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>().ok()?.as_str().to_owned(),
        Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>().ok()?.as_str().to_owned(),
        Tag::TeletexString => value.decode_as::<TeletexStringRef<'_>>().ok()?.as_str().to_owned(),
        // UCS-2, which some certificates of the past have.
        Tag::BmpString => {
            let units: Vec<u16> =
                value.value().chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => return None,
    };
    Some(clean(&text))
}

/// As it may be shown: no control characters, not endless.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect::<String>().trim().to_owned()
}

fn time(time: &Time) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
}
