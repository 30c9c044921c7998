//! The signature of a time-stamp token: CMS (RFC 5652) with one signer, whose certificate is in it and is for stamping
//! times only.

use aws_lc_rs::{digest, signature};
use cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use jiff::Timestamp;
use x509_cert::{
    Certificate,
    der::{
        AnyRef, Decode as _, Encode as _, Reader as _, SliceReader, Tag, Tagged as _,
        asn1::{ObjectIdentifier, OctetString, OctetStringRef},
    },
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, SubjectKeyIdentifier},
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
};

use super::bad;
use crate::Result;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
const P521: ObjectIdentifier = oid("1.3.132.0.35");

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
    let unreadable = |error: x509_cert::der::Error| bad(format!("its signature cannot be read ({error})"));
    let outer = ContentInfo::from_der(token).map_err(unreadable)?;
    if outer.content_type != SIGNED_DATA {
        return Err(bad("it is not signed"));
    }
    let data: SignedData = outer.content.decode_as().map_err(unreadable)?;
    if data.encap_content_info.econtent_type != TST_INFO {
        return Err(bad("what is signed is no time-stamp"));
    }
    let content = data.encap_content_info.econtent.as_ref().ok_or_else(|| bad("it has no content"))?;
    let content: OctetString = content.decode_as().map_err(unreadable)?;
    let [signer] = data.signer_infos.0.as_slice() else { return Err(bad("it has not exactly one signer")) };
    let certificates: Vec<Certificate> = data
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        })
        .collect();
    let certificate = certificates
        .iter()
        .find(|certificate| is_of(&signer.sid, certificate))
        .ok_or_else(|| bad("the certificate that signed it is not in it"))?
        .clone();
    check_attributes(signer, content.as_bytes(), &certificate)?;
    if !is_for_time_stamping(&certificate) {
        return Err(bad("its certificate is not one for stamping times"));
    }
    // RFC 5652, section 5.4: what is signed is the attributes as a SET OF, not under the tag that they have here.
    let attributes = signer.signed_attrs.as_ref().and_then(|attributes| attributes.to_der().ok());
    let message = attributes.ok_or_else(|| bad("it has no signed attributes"))?;
    let key = &certificate.tbs_certificate.subject_public_key_info;
    let algorithm = verification(&signer.signature_algorithm, Some(&signer.digest_alg), key);
    if !holds(algorithm, key, &message, signer.signature.as_bytes()) {
        return Err(bad("its signature is wrong"));
    }
    Ok(Signed { content: content.as_bytes().to_vec(), certificate, others: certificates })
}

fn is_of(sid: &SignerIdentifier, certificate: &Certificate) -> bool {
    let tbs = &certificate.tbs_certificate;
    match sid {
        SignerIdentifier::IssuerAndSerialNumber(id) => id.issuer == tbs.issuer && id.serial_number == tbs.serial_number,
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            matches!(tbs.get::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *id)
        }
    }
}

/// RFC 5652, section 11 and RFC 5816: the attributes name the content, its digest and the certificate.
fn check_attributes(signer: &SignerInfo, content: &[u8], certificate: &Certificate) -> Result<()> {
    let attribute = |wanted: ObjectIdentifier| {
        let found = signer.signed_attrs.as_ref()?.iter().find(|attribute| attribute.oid == wanted)?;
        let [value] = found.values.as_slice() else { return None };
        Some(value)
    };
    let content_type = attribute(CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    if content_type != Some(TST_INFO) {
        return Err(bad("its signature is not for a time-stamp"));
    }
    let signed_digest = attribute(MESSAGE_DIGEST).and_then(|value| value.decode_as::<OctetString>().ok());
    let own_digest = digest_by(&signer.digest_alg.oid).map(|algorithm| digest::digest(algorithm, content));
    let same = matches!((&signed_digest, &own_digest), (Some(signed), Some(own)) if signed.as_bytes() == own.as_ref());
    if !same {
        return Err(bad("what it says is not what was signed"));
    }
    let named = [(SIGNING_CERTIFICATE_V2, None), (SIGNING_CERTIFICATE, Some(&digest::SHA1_FOR_LEGACY_USE_ONLY))]
        .into_iter()
        .find_map(|(oid, old)| names_certificate(&attribute(oid)?.to_der().ok()?, certificate, old));
    if named == Some(true) { Ok(()) } else { Err(bad("its signature does not name its certificate")) }
}

/// Whether an ESS signing-certificate attribute (RFC 5035) names this certificate first. Version 1 is by SHA-1, version
/// 2 says by what, or SHA-256.
fn names_certificate(der: &[u8], certificate: &Certificate, old: Option<&'static digest::Algorithm>) -> Option<bool> {
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
    let algorithm = match (old, algorithm) {
        (Some(old), _) => old,
        (None, Some(oid)) => digest_by(&oid)?,
        (None, None) => &digest::SHA256,
    };
    Some(digest::digest(algorithm, &certificate.to_der().ok()?).as_ref() == hash)
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
    tbs.subject == certificate.tbs_certificate.issuer
        && is_authority
        && is_valid_at(issuer, at)
        && holds(
            verification(&certificate.signature_algorithm, None, key),
            key,
            &message,
            certificate.signature.raw_bytes(),
        )
}

fn holds(
    algorithm: Option<&'static dyn signature::VerificationAlgorithm>,
    key: &SubjectPublicKeyInfoOwned,
    message: &[u8],
    signature: &[u8],
) -> bool {
    algorithm.is_some_and(|algorithm| {
        let key = signature::UnparsedPublicKey::new(algorithm, key.subject_public_key.raw_bytes());
        key.verify(message, signature).is_ok()
    })
}

fn digest_by(oid: &ObjectIdentifier) -> Option<&'static digest::Algorithm> {
    match oid.to_string().as_str() {
        "2.16.840.1.101.3.4.2.1" => Some(&digest::SHA256),
        "2.16.840.1.101.3.4.2.2" => Some(&digest::SHA384),
        "2.16.840.1.101.3.4.2.3" => Some(&digest::SHA512),
        _ => None,
    }
}

/// How a signature is checked, by its algorithm, the digest beside it where the algorithm names none, and the key's
/// curve. SHA-1 is none of them.
fn verification(
    algorithm: &AlgorithmIdentifierOwned,
    beside: Option<&AlgorithmIdentifierOwned>,
    key: &SubjectPublicKeyInfoOwned,
) -> Option<&'static dyn signature::VerificationAlgorithm> {
    let oid = algorithm.oid.to_string();
    let bits = match oid.as_str() {
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => 256,
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => 384,
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => 512,
        "1.3.101.112" => 0,
        // rsaEncryption names no digest, and RSASSA-PSS does so in parameters which agree with the one beside it.
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => match beside?.oid.to_string().as_str() {
            "2.16.840.1.101.3.4.2.1" => 256,
            "2.16.840.1.101.3.4.2.2" => 384,
            "2.16.840.1.101.3.4.2.3" => 512,
            _ => return None,
        },
        _ => return None,
    };
    let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    let family = oid.rsplit_once('.').map_or("", |(family, _)| family);
    Some(match (family, oid.as_str(), curve, bits) {
        (_, "1.3.101.112", ..) => &signature::ED25519,
        (_, "1.2.840.113549.1.1.10", _, 256) => &signature::RSA_PSS_2048_8192_SHA256,
        (_, "1.2.840.113549.1.1.10", _, 384) => &signature::RSA_PSS_2048_8192_SHA384,
        (_, "1.2.840.113549.1.1.10", _, 512) => &signature::RSA_PSS_2048_8192_SHA512,
        ("1.2.840.113549.1.1", _, _, 256) => &signature::RSA_PKCS1_2048_8192_SHA256,
        ("1.2.840.113549.1.1", _, _, 384) => &signature::RSA_PKCS1_2048_8192_SHA384,
        ("1.2.840.113549.1.1", _, _, 512) => &signature::RSA_PKCS1_2048_8192_SHA512,
        ("1.2.840.10045.4.3", _, Some(P256), 256) => &signature::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3", _, Some(P256), 384) => &signature::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3", _, Some(P384), 256) => &signature::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3", _, Some(P384), 384) => &signature::ECDSA_P384_SHA384_ASN1,
        ("1.2.840.10045.4.3", _, Some(P521), 256) => &signature::ECDSA_P521_SHA256_ASN1,
        ("1.2.840.10045.4.3", _, Some(P521), 384) => &signature::ECDSA_P521_SHA384_ASN1,
        ("1.2.840.10045.4.3", _, Some(P521), 512) => &signature::ECDSA_P521_SHA512_ASN1,
        _ => return None,
    })
}
