//! Checks the envelopes in which signatures come (CMS, RFC 5652): digest of what was signed, and the signature itself
//! with the key of the certificate that stands in the envelope.

use cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use jiff::Timestamp;
use x509_cert::{
    Certificate as X509,
    attr::Attributes,
    der::{
        Decode as _, Encode as _, Tagged as _,
        asn1::{ObjectIdentifier, OctetString, PrintableStringRef, TeletexStringRef, Utf8StringRef},
    },
    ext::pkix::SubjectKeyIdentifier,
    name::Name,
    time::Time,
};

use super::{
    Certificate, Integrity,
    algorithm::{self, Hash},
    ber,
};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const TIMESTAMP_TOKEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
const KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
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

    fn found(mut self, right: Option<bool>, broken: &str) -> Self {
        (self.integrity, self.reason_not) = match right {
            Some(true) => (Integrity::Holds, None),
            Some(false) => (Integrity::Broken, Some(broken.into())),
            None => (Integrity::NotChecked, Some("unknown_algorithm".into())),
        };
        self
    }
}

/// An opened envelope with its one signer.
pub(super) struct Envelope {
    data: SignedData,
    signer: SignerInfo,
}

impl Envelope {
    /// Opens an envelope; the bytes after it are padding.
    pub(super) fn open(contents: &[u8]) -> Result<Self, &'static str> {
        let der = ber::to_der(contents).ok_or("unreadable_envelope")?;
        let info = ContentInfo::from_der(&der).map_err(|_| "unreadable_envelope")?;
        if info.content_type != SIGNED_DATA {
            return Err("unreadable_envelope");
        }
        let data: SignedData = info.content.decode_as().map_err(|_| "unreadable_envelope")?;
        // PDF allows one signer in an envelope (ISO 32000-1, 12.8.3.3.1).
        match data.signer_infos.0.as_slice() {
            [signer] => Ok(Self { signer: signer.clone(), data: data.clone() }),
            [] => Err("no_signer"),
            _ => Err("several_signers"),
        }
    }

    /// What is inside, where it is not detached.
    pub(super) fn inside(&self) -> Option<Vec<u8>> {
        let content = self.data.encap_content_info.econtent.as_ref()?;
        Some(content.decode_as::<OctetString>().ok()?.into_bytes())
    }

    /// The kind of what is inside.
    pub(super) fn kind(&self) -> ObjectIdentifier {
        self.data.encap_content_info.econtent_type
    }

    /// Checks digest and signature over the content.
    pub(super) fn check(&self, content: &[&[u8]]) -> Checked {
        let signer = &self.signer;
        let attribute = |attributes: &Option<Attributes>, oid| {
            let found = attributes.as_ref()?.iter().find(|attribute| attribute.oid == oid)?;
            found.values.get(0).cloned()
        };
        let certificate = self.certificate();
        let checked = Checked {
            certificate: certificate.map(facts),
            signing_time: attribute(&signer.signed_attrs, SIGNING_TIME)
                .and_then(|value| time(&Time::from_der(&value.to_der().ok()?).ok()?)),
            signature: signer.signature.as_bytes().to_vec(),
            timestamp_token: attribute(&signer.unsigned_attrs, TIMESTAMP_TOKEN).and_then(|value| value.to_der().ok()),
            ..Checked::default()
        };
        let Some(certificate) = certificate else {
            return Checked { reason_not: Some("no_certificate".into()), ..checked };
        };
        let Some(hash) = Hash::of(signer.digest_alg.oid) else { return checked.found(None, "") };
        let key = &certificate.tbs_certificate.subject_public_key_info;
        let holds = |message: &[u8]| {
            algorithm::holds(key, &signer.signature_algorithm, hash, message, signer.signature.as_bytes())
        };
        let Some(attributes) = &signer.signed_attrs else {
            return checked.found(holds(&content.concat()), "signature");
        };
        let stated = attribute(&signer.signed_attrs, MESSAGE_DIGEST)
            .and_then(|value| Some(value.decode_as::<OctetString>().ok()?.into_bytes()));
        if stated != Some(hash.digest(content)) {
            return checked.found(Some(false), "changed_after_signing");
        }
        // RFC 5652, 5.4: what is signed is the DER encoding of the attributes as a SET OF.
        match attributes.to_der() {
            Ok(message) => checked.found(holds(&message), "signature"),
            Err(_) => checked.found(None, ""),
        }
    }

    fn certificate(&self) -> Option<&X509> {
        let certificates = self.data.certificates.as_ref()?.0.iter().filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate),
            CertificateChoices::Other(_) => None,
        });
        certificates.into_iter().find(|certificate| {
            let tbs = &certificate.tbs_certificate;
            match &self.signer.sid {
                SignerIdentifier::IssuerAndSerialNumber(id) => {
                    tbs.issuer == id.issuer && tbs.serial_number == id.serial_number
                }
                SignerIdentifier::SubjectKeyIdentifier(id) => {
                    let extensions = tbs.extensions.iter().flatten();
                    let mut ids = extensions.filter(|extension| extension.extn_id == KEY_IDENTIFIER);
                    ids.any(|found| {
                        SubjectKeyIdentifier::from_der(found.extn_value.as_bytes()).is_ok_and(|found| found == *id)
                    })
                }
            }
        })
    }
}

/// A signature over the bytes themselves.
pub(super) fn detached(contents: &[u8], signed: &[&[u8]]) -> Checked {
    match Envelope::open(contents) {
        Ok(envelope) => envelope.check(signed),
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
    let checked = envelope.check(&[&inside]);
    if checked.integrity == Integrity::Holds && inside != Hash::Sha1.digest(signed) {
        return checked.found(Some(false), "changed_after_signing");
    }
    checked
}

/// A bare RSA signature with SHA-1; the certificate stands beside it.
pub(super) fn bare(contents: &[u8], certificate: Option<&[u8]>, signed: &[&[u8]]) -> Checked {
    let signature = ber::to_der(contents).and_then(|der| Some(OctetString::from_der(&der).ok()?.into_bytes()));
    let certificate = certificate.and_then(|bytes| X509::from_der(&ber::to_der(bytes)?).ok());
    let (Some(signature), Some(certificate)) = (signature, certificate) else {
        return Checked::not("unreadable_envelope");
    };
    let key = &certificate.tbs_certificate.subject_public_key_info;
    let right = algorithm::holds(key, &key.algorithm, Hash::Sha1, &signed.concat(), &signature);
    Checked { certificate: Some(facts(&certificate)), signature, ..Checked::default() }
        .found(right, "changed_after_signing")
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
