//! Digests and signature algorithms by their object identifiers, and how strong they must be.

use aws_lc_rs::{
    digest::{self, Context},
    signature::{self as sign, UnparsedPublicKey, VerificationAlgorithm},
};
use x509_cert::{
    der::asn1::ObjectIdentifier,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
};

/// What is asked of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// All that signers have used: what an old signature says is told as it is.
    AsSigned,
    /// What a proof may rest on that is made today: no SHA-1, no RSA keys under 2048 bits.
    Proof,
}

/// A digest algorithm that signatures use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the documentation
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

impl Hash {
    /// The digest algorithm, or that of a signature algorithm that names one.
    pub fn of(algorithm: ObjectIdentifier, strictness: Strictness) -> Option<Self> {
        const ALL: [(Hash, [ObjectIdentifier; 3]); 4] = [
            (Hash::Sha1, [oid("1.3.14.3.2.26"), oid("1.2.840.113549.1.1.5"), oid("1.2.840.10045.4.1")]),
            (Hash::Sha256, [oid("2.16.840.1.101.3.4.2.1"), oid("1.2.840.113549.1.1.11"), oid("1.2.840.10045.4.3.2")]),
            (Hash::Sha384, [oid("2.16.840.1.101.3.4.2.2"), oid("1.2.840.113549.1.1.12"), oid("1.2.840.10045.4.3.3")]),
            (Hash::Sha512, [oid("2.16.840.1.101.3.4.2.3"), oid("1.2.840.113549.1.1.13"), oid("1.2.840.10045.4.3.4")]),
        ];
        let (hash, _) = ALL.into_iter().find(|(_, names)| names.contains(&algorithm))?;
        (strictness == Strictness::AsSigned || hash != Self::Sha1).then_some(hash)
    }

    /// The digest of bytes that lie in several pieces.
    pub fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        let mut context = Context::new(match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        });
        pieces.iter().for_each(|piece| context.update(piece));
        context.finish().as_ref().to_vec()
    }
}

const RSA_ENCRYPTION: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
const P521: ObjectIdentifier = oid("1.3.132.0.35");
const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// Whether a key made a signature over a message; `None` where the algorithm is not known, the key cannot be, or either is
/// weaker than asked. `beside` is the digest that stands beside an algorithm which names none.
pub fn holds(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    beside: Option<Hash>,
    message: &[u8],
    signature: &[u8],
    strictness: Strictness,
) -> Option<bool> {
    let verify = verification(key, algorithm, beside, strictness)?;
    let key = UnparsedPublicKey::new(verify, key.subject_public_key.raw_bytes());
    key.parse().ok()?;
    Some(key.verify(message, signature).is_ok())
}

fn verification(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    beside: Option<Hash>,
    strictness: Strictness,
) -> Option<&'static dyn VerificationAlgorithm> {
    if key.algorithm.oid == ED25519 {
        return Some(&sign::ED25519);
    }
    let is_old = strictness == Strictness::AsSigned;
    let named = Hash::of(algorithm.oid, Strictness::AsSigned);
    let hash = named.or(beside).filter(|hash| is_old || *hash != Hash::Sha1)?;
    let curve = || key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok();
    Some(match (key.algorithm.oid, hash) {
        (RSA_ENCRYPTION | RSA_PSS, hash) if algorithm.oid == RSA_PSS => match hash {
            Hash::Sha1 => return None,
            Hash::Sha256 => &sign::RSA_PSS_2048_8192_SHA256,
            Hash::Sha384 => &sign::RSA_PSS_2048_8192_SHA384,
            Hash::Sha512 => &sign::RSA_PSS_2048_8192_SHA512,
        },
        (RSA_ENCRYPTION, Hash::Sha1) => &sign::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (RSA_ENCRYPTION, Hash::Sha256) if is_old => &sign::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (RSA_ENCRYPTION, Hash::Sha256) => &sign::RSA_PKCS1_2048_8192_SHA256,
        (RSA_ENCRYPTION, Hash::Sha384) => &sign::RSA_PKCS1_2048_8192_SHA384,
        (RSA_ENCRYPTION, Hash::Sha512) if is_old => &sign::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        (RSA_ENCRYPTION, Hash::Sha512) => &sign::RSA_PKCS1_2048_8192_SHA512,
        (EC, hash) => match (curve()?, hash) {
            (P256, Hash::Sha1) => &sign::ECDSA_P256_SHA1_ASN1,
            (P256, Hash::Sha256) => &sign::ECDSA_P256_SHA256_ASN1,
            (P256, Hash::Sha384) => &sign::ECDSA_P256_SHA384_ASN1,
            (P256, Hash::Sha512) => &sign::ECDSA_P256_SHA512_ASN1,
            (P384, Hash::Sha256) => &sign::ECDSA_P384_SHA256_ASN1,
            (P384, Hash::Sha384) => &sign::ECDSA_P384_SHA384_ASN1,
            (P384, Hash::Sha512) => &sign::ECDSA_P384_SHA512_ASN1,
            (P521, Hash::Sha1) => &sign::ECDSA_P521_SHA1_ASN1,
            (P521, Hash::Sha256) => &sign::ECDSA_P521_SHA256_ASN1,
            (P521, Hash::Sha384) => &sign::ECDSA_P521_SHA384_ASN1,
            (P521, Hash::Sha512) => &sign::ECDSA_P521_SHA512_ASN1,
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proof_rests_on_sha1() {
        for (name, hash) in [("1.3.14.3.2.26", Hash::Sha1), ("1.2.840.113549.1.1.11", Hash::Sha256)] {
            let of = |strictness| Hash::of(oid(name), strictness);
            assert_eq!(of(Strictness::AsSigned), Some(hash));
            assert_eq!(of(Strictness::Proof), (hash != Hash::Sha1).then_some(hash));
        }
    }
}
