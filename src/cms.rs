//! Signed envelopes (CMS, RFC 5652): opens them, and checks the digest of what was signed and the signature itself with
//! the key of the certificate that stands in the envelope. Whom to trust is for others to say.

mod algorithm;
mod ber;
mod stamp;

use ::cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use x509_cert::{
    Certificate,
    attr::{Attribute, Attributes},
    der::{
        Any, Decode as _, Encode as _,
        asn1::{ObjectIdentifier, OctetString},
    },
    ext::pkix::SubjectKeyIdentifier,
};

pub use algorithm::{Hash, Strictness, holds};
pub use ber::to_der;
pub use stamp::{TimeStampInfo, imprint};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

/// Whether a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The bytes are those that were signed, with the key of the certificate.
    Holds,
    /// They are not those that were signed.
    Changed,
    /// The signature is not that of the certificate's key.
    Wrong,
    /// No certificate in the envelope is the signer's.
    NoCertificate,
    /// By an algorithm that is not known, or not strong enough.
    Algorithm,
}

/// An opened envelope with its one signer.
pub struct Envelope {
    data: SignedData,
    signer: SignerInfo,
}

impl Envelope {
    /// Opens an envelope; the bytes after it are padding. Why it cannot be opened is a typed reason.
    pub fn open(contents: &[u8]) -> Result<Self, &'static str> {
        let der = to_der(contents).ok_or("unreadable_envelope")?;
        let info = ContentInfo::from_der(&der).map_err(|_| "unreadable_envelope")?;
        if info.content_type != SIGNED_DATA {
            return Err("unreadable_envelope");
        }
        let data: SignedData = info.content.decode_as().map_err(|_| "unreadable_envelope")?;
        // PDF (ISO 32000-1, 12.8.3.3.1) and time-stamps (RFC 3161, 2.4.2) allow one signer in an envelope.
        match data.signer_infos.0.as_slice() {
            [signer] => Ok(Self { signer: signer.clone(), data: data.clone() }),
            [] => Err("no_signer"),
            _ => Err("several_signers"),
        }
    }

    /// What is inside, where it is not detached.
    pub fn inside(&self) -> Option<Vec<u8>> {
        let content = self.data.encap_content_info.econtent.as_ref()?;
        Some(content.decode_as::<OctetString>().ok()?.into_bytes())
    }

    /// The kind of what is inside.
    pub fn kind(&self) -> ObjectIdentifier {
        self.data.encap_content_info.econtent_type
    }

    /// The bytes of the signature, which a time-stamp may be about.
    pub fn signature(&self) -> &[u8] {
        self.signer.signature.as_bytes()
    }

    /// The one value of an attribute that was signed along.
    pub fn signed_attribute(&self, kind: ObjectIdentifier) -> Option<&Any> {
        only_value(self.signer.signed_attrs.as_ref()?, kind)
    }

    /// The first value of an attribute that was added to the signature.
    pub fn added_attribute(&self, kind: ObjectIdentifier) -> Option<&Any> {
        let found = self.signer.unsigned_attrs.as_ref()?.iter().find(|attribute| attribute.oid == kind)?;
        found.values.get(0)
    }

    /// All certificates in it.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.data.certificates.iter().flat_map(|set| set.0.iter()).filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate),
            CertificateChoices::Other(_) => None,
        })
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificates().find(|certificate| {
            let tbs = &certificate.tbs_certificate;
            match &self.signer.sid {
                SignerIdentifier::IssuerAndSerialNumber(id) => {
                    tbs.issuer == id.issuer && tbs.serial_number == id.serial_number
                }
                SignerIdentifier::SubjectKeyIdentifier(id) => {
                    matches!(tbs.get::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *id)
                }
            }
        })
    }

    /// Checks digest and signature over the content, which may lie in several pieces.
    pub fn check(&self, content: &[&[u8]], strictness: Strictness) -> Verdict {
        let Some(certificate) = self.certificate() else { return Verdict::NoCertificate };
        let Some(hash) = Hash::of(self.signer.digest_alg.oid, strictness) else { return Verdict::Algorithm };
        let key = &certificate.tbs_certificate.subject_public_key_info;
        let holds = |message: &[u8]| match holds(
            key,
            &self.signer.signature_algorithm,
            Some(hash),
            message,
            self.signature(),
            strictness,
        ) {
            Some(true) => Verdict::Holds,
            Some(false) => Verdict::Wrong,
            None => Verdict::Algorithm,
        };
        let Some(attributes) = &self.signer.signed_attrs else { return holds(&content.concat()) };
        let stated = only_value(attributes, MESSAGE_DIGEST)
            .and_then(|value| Some(value.decode_as::<OctetString>().ok()?.into_bytes()));
        if stated != Some(hash.digest(content)) {
            return Verdict::Changed;
        }
        // RFC 5652, 5.4: what is signed is the DER encoding of the attributes as a SET OF.
        attributes.to_der().map_or(Verdict::Algorithm, |message| holds(&message))
    }
}

fn only_value(attributes: &Attributes, kind: ObjectIdentifier) -> Option<&Any> {
    let found: &Attribute = attributes.iter().find(|attribute| attribute.oid == kind)?;
    match found.values.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}
