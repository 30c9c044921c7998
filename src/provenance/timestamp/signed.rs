//! What a time-stamp token asks of its signature (RFC 3161) beyond that it holds: a certificate for stamping times only,
//! which the signature names and which leads to an authority.

use jiff::Timestamp;
use x509_cert::{
    Certificate,
    der::{
        AnyRef, Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _,
        asn1::{ObjectIdentifier, OctetStringRef},
    },
    ext::pkix::{BasicConstraints, ExtendedKeyUsage},
};

use super::bad;
use crate::{
    Result,
    cms::{Envelope, Hash, Strictness, TimeStampInfo, Verdict, holds},
};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");

/// How many certificates may stand between the authority's own and one of the list.
const CHAIN: usize = 5;

/// A token whose signature holds.
pub(super) struct Signed {
    /// What was signed.
    pub content: Vec<u8>,
    /// Who signed.
    pub certificate: Certificate,
    others: Vec<Certificate>,
}

/// Checks the signature of a token.
pub(super) fn check(token: &[u8]) -> Result<Signed> {
    let envelope = Envelope::open(token).map_err(|why| bad(format!("its signature cannot be read ({why})")))?;
    if envelope.kind() != TimeStampInfo::KIND {
        return Err(bad("what is signed is no time-stamp"));
    }
    let content = envelope.inside().ok_or_else(|| bad("it has no content"))?;
    match envelope.check(&[&content], Strictness::Proof) {
        Verdict::Holds => {}
        Verdict::Changed => return Err(bad("what it says is not what was signed")),
        Verdict::Wrong => return Err(bad("its signature is wrong")),
        Verdict::NoCertificate => return Err(bad("the certificate that signed it is not in it")),
        Verdict::Algorithm => return Err(bad("its signature is by an algorithm that is unknown or too weak")),
    }
    let certificate = envelope.certificate().ok_or_else(|| bad("it has no certificate"))?;
    check_attributes(&envelope, certificate)?;
    if !is_for_time_stamping(certificate) {
        return Err(bad("its certificate is not one for stamping times"));
    }
    Ok(Signed { content, certificate: certificate.clone(), others: envelope.certificates().cloned().collect() })
}

/// RFC 5652, section 11 and RFC 5816: the attributes name the kind of content and the certificate.
fn check_attributes(envelope: &Envelope, certificate: &Certificate) -> Result<()> {
    let content_type = envelope.signed_attribute(CONTENT_TYPE);
    if content_type.and_then(|value| value.decode_as::<ObjectIdentifier>().ok()) != Some(TimeStampInfo::KIND) {
        return Err(bad("its signature is not for a time-stamp"));
    }
    let named = [(SIGNING_CERTIFICATE_V2, None), (SIGNING_CERTIFICATE, Some(Hash::Sha1))]
        .into_iter()
        .find_map(|(oid, old)| names_certificate(&envelope.signed_attribute(oid)?.to_der().ok()?, certificate, old));
    if named == Some(true) { Ok(()) } else { Err(bad("its signature does not name its certificate")) }
}

/// Whether an ESS signing-certificate attribute (RFC 5035) names this certificate first. Version 1 is by SHA-1, version
/// 2 says by what, or SHA-256.
fn names_certificate(der: &[u8], certificate: &Certificate, old: Option<Hash>) -> Option<bool> {
    let read = || -> x509_cert::der::Result<(Vec<u8>, Option<ObjectIdentifier>)> {
        let mut reader = SliceReader::new(der)?;
        reader.sequence(|attribute| {
            let found = attribute.sequence(|ids| {
                let found = ids.sequence(|id| {
                    let mut algorithm = None;
                    let mut field = AnyRef::decode(id)?;
                    if field.tag() == Tag::Sequence {
                        algorithm = Some(SliceReader::new(field.value())?.decode::<ObjectIdentifier>()?);
                        field = AnyRef::decode(id)?;
                    }
                    let hash = field.decode_as::<OctetStringRef<'_>>()?.as_bytes().to_vec();
                    skip(id)?;
                    Ok((hash, algorithm))
                })?;
                skip(ids)?;
                Ok(found)
            })?;
            skip(attribute)?;
            Ok(found)
        })
    };
    let (hash, algorithm) = read().ok()?;
    let by = match (old, algorithm) {
        (Some(old), _) => old,
        (None, Some(oid)) => Hash::of(oid, Strictness::Proof)?,
        (None, None) => Hash::Sha256,
    };
    Some(by.digest(&[&certificate.to_der().ok()?]) == hash)
}

fn skip<'a, R: x509_cert::der::Reader<'a>>(reader: &mut R) -> x509_cert::der::Result<()> {
    while !reader.is_finished() {
        AnyRef::decode(reader)?;
    }
    Ok(())
}

/// RFC 3161, section 2.3: time-stamping is its only use, and critical.
fn is_for_time_stamping(certificate: &Certificate) -> bool {
    matches!(certificate.tbs_certificate.get::<ExtendedKeyUsage>(), Ok(Some((true, usage))) if usage.0 == [TIME_STAMPING])
}

/// Whether a moment is within a certificate's validity.
pub(super) fn is_valid_at(certificate: &Certificate, at: Timestamp) -> bool {
    let validity = &certificate.tbs_certificate.validity;
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
    u64::try_from(at.as_second())
        .is_ok_and(|at| (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&at))
}

impl Signed {
    /// Whether the certificate is one of the list, or was issued by one of them, directly or through others in the
    /// token.
    pub fn leads_to(&self, list: &[Certificate], at: Timestamp) -> bool {
        let mut present = &self.certificate;
        for _ in 0..CHAIN {
            if list.contains(present) || list.iter().any(|issuer| issued(issuer, present, at)) {
                return true;
            }
            match self.others.iter().find(|issuer| *issuer != present && issued(issuer, present, at)) {
                Some(issuer) => present = issuer,
                None => return false,
            }
        }
        false
    }
}

fn issued(issuer: &Certificate, certificate: &Certificate, at: Timestamp) -> bool {
    let (tbs, key) = (&issuer.tbs_certificate, &issuer.tbs_certificate.subject_public_key_info);
    let is_authority = matches!(tbs.get::<BasicConstraints>(), Ok(Some((_, constraints))) if constraints.ca);
    let Ok(message) = certificate.tbs_certificate.to_der() else { return false };
    let (algorithm, signature) = (&certificate.signature_algorithm, certificate.signature.raw_bytes());
    tbs.subject == certificate.tbs_certificate.issuer
        && is_authority
        && is_valid_at(issuer, at)
        && holds(key, algorithm, None, &message, signature, Strictness::Proof) == Some(true)
}
