//! What an authority signs of a time (RFC 3161, 2.4.2).

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use x509_cert::{
    der::{
        AnyRef, Decode as _, Reader as _, SliceReader, Tag, Tagged as _,
        asn1::{ObjectIdentifier, OctetStringRef},
    },
    spki::AlgorithmIdentifierRef,
};

/// A TSTInfo, as far as it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampInfo {
    /// The authority's policy.
    pub policy: ObjectIdentifier,
    /// By what the imprint was made.
    pub algorithm: ObjectIdentifier,
    /// The digest of what is stamped.
    pub imprint: Vec<u8>,
    /// Its number at the authority.
    pub serial: Vec<u8>,
    /// When; `None` where that cannot be read.
    pub at: Option<Timestamp>,
    /// The number that the request had.
    pub nonce: Option<Vec<u8>>,
}

impl TimeStampInfo {
    /// The kind of content that an envelope with a time-stamp has.
    pub const KIND: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

    /// Reads what was signed.
    pub fn read(der: &[u8]) -> Option<Self> {
        let mut reader = SliceReader::new(der).ok()?;
        reader
            .sequence(|fields| {
                AnyRef::decode(fields)?;
                let policy = ObjectIdentifier::decode(fields)?;
                let (algorithm, imprint) = imprint(fields)?;
                let serial = AnyRef::decode(fields)?.value().to_vec();
                let time = AnyRef::decode(fields)?;
                let at = if time.tag() == Tag::GeneralizedTime { generalized(time.value()) } else { None };
                let mut nonce = None;
                // Accuracy, ordering and the authority's name bear on nothing here.
                while !fields.is_finished() {
                    let field = AnyRef::decode(fields)?;
                    if field.tag() == Tag::Integer {
                        nonce = Some(field.value().to_vec());
                    }
                }
                Ok(Self { policy, algorithm, imprint, serial, at, nonce })
            })
            .ok()
    }
}

/// A digest, and by what it was made.
pub fn imprint<'a, R: x509_cert::der::Reader<'a>>(
    reader: &mut R,
) -> x509_cert::der::Result<(ObjectIdentifier, Vec<u8>)> {
    reader.sequence(|reader| {
        let algorithm = AlgorithmIdentifierRef::decode(reader)?;
        Ok((algorithm.oid, OctetStringRef::decode(reader)?.as_bytes().to_vec()))
    })
}

/// A GeneralizedTime, which here may have fractions of a second; they are left out.
fn generalized(text: &[u8]) -> Option<Timestamp> {
    let (whole, fraction) = std::str::from_utf8(text).ok()?.split_at_checked(14)?;
    if !fraction.ends_with('Z') {
        return None;
    }
    DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_may_have_fractions() {
        let check = |text: &str, want: Option<&str>| {
            assert_eq!(generalized(text.as_bytes()).map(|at| at.to_string()).as_deref(), want, "{text}");
        };
        check("20261122053000Z", Some("2026-11-22T05:30:00Z"));
        check("20261122053000.25Z", Some("2026-11-22T05:30:00Z"));
        check("20261122053000", None);
        check("2026", None);
    }
}
