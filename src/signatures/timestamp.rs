//! Time-stamps of an authority (RFC 3161): the time, and whether it is about these bytes.

use jiff::Timestamp;
use x509_cert::{
    der::{
        Decode as _, Reader as _, SliceReader, Tag, Tagged as _,
        asn1::{Any, Int, ObjectIdentifier, OctetString},
    },
    spki::AlgorithmIdentifierOwned,
};

use super::{
    Integrity, TimestampFact,
    algorithm::Hash,
    cms::{Checked, Envelope},
};

const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// What the authority signed (RFC 3161, 2.4.2), as far as it is needed.
struct Stamp {
    algorithm: ObjectIdentifier,
    imprint: Vec<u8>,
    time: Option<Timestamp>,
}

/// Checks a token that should be about these bytes.
pub(super) fn check(token: &[u8], about: &[&[u8]]) -> TimestampFact {
    let not = |why: &str| TimestampFact {
        time: None,
        certificate: None,
        integrity: Integrity::NotChecked,
        reason_not: Some(why.into()),
    };
    let envelope = match Envelope::open(token) {
        Ok(envelope) if envelope.kind() == TST_INFO => envelope,
        Ok(_) => return not("no_timestamp"),
        Err(why) => return not(why),
    };
    let Some((inside, stamp)) = envelope.inside().and_then(|inside| Some((inside.clone(), stamp(&inside)?))) else {
        return not("unreadable_timestamp");
    };
    let Checked { integrity, reason_not, certificate, .. } = envelope.check(&[&inside]);
    let fact = TimestampFact { time: stamp.time, certificate, integrity, reason_not };
    match Hash::of(stamp.algorithm) {
        Some(hash) if hash.digest(about) == stamp.imprint => fact,
        Some(_) => TimestampFact { integrity: Integrity::Broken, reason_not: Some("other_imprint".into()), ..fact },
        None => {
            TimestampFact { integrity: Integrity::NotChecked, reason_not: Some("unknown_algorithm".into()), ..fact }
        }
    }
}

fn stamp(der: &[u8]) -> Option<Stamp> {
    let mut reader = SliceReader::new(der).ok()?;
    reader
        .sequence(|fields| {
            Int::decode(fields)?;
            ObjectIdentifier::decode(fields)?;
            let (algorithm, imprint) = fields.sequence(|imprint| {
                Ok((AlgorithmIdentifierOwned::decode(imprint)?.oid, OctetString::decode(imprint)?.into_bytes()))
            })?;
            Int::decode(fields)?;
            let time = Any::decode(fields)?;
            let time = if time.tag() == Tag::GeneralizedTime { generalized(time.value()) } else { None };
            // Accuracy, nonce and the rest follow; they bear on nothing here.
            while !fields.is_finished() {
                Any::decode(fields)?;
            }
            Ok(Stamp { algorithm, imprint, time })
        })
        .ok()
}

/// `20260301093000.123Z`: the fraction, which RFC 3161 allows and this has no use for, is left out.
fn generalized(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let whole = text.split('.').next()?;
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
