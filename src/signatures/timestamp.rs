//! Time-stamps of an authority (RFC 3161) in signed PDFs: the time, and whether it is about these bytes.

use super::{
    Integrity, TimestampFact,
    cms::{self, Checked},
};
use crate::cms::{Envelope, Hash, Strictness, TimeStampInfo};

/// Checks a token that should be about these bytes.
pub(super) fn check(token: &[u8], about: &[&[u8]]) -> TimestampFact {
    let not = |why: &str| TimestampFact {
        time: None,
        certificate: None,
        integrity: Integrity::NotChecked,
        reason_not: Some(why.into()),
    };
    let envelope = match Envelope::open(token) {
        Ok(envelope) if envelope.kind() == TimeStampInfo::KIND => envelope,
        Ok(_) => return not("no_timestamp"),
        Err(why) => return not(why),
    };
    let Some(inside) = envelope.inside() else { return not("unreadable_timestamp") };
    let Some(stamp) = TimeStampInfo::read(&inside) else { return not("unreadable_timestamp") };
    let Checked { integrity, reason_not, certificate, .. } = cms::check(&envelope, &[&inside]);
    let fact = TimestampFact { time: stamp.at, certificate, integrity, reason_not };
    match Hash::of(stamp.algorithm, Strictness::AsSigned) {
        Some(hash) if hash.digest(about) == stamp.imprint => fact,
        Some(_) => TimestampFact { integrity: Integrity::Broken, reason_not: Some("other_imprint".into()), ..fact },
        None => {
            TimestampFact { integrity: Integrity::NotChecked, reason_not: Some("unknown_algorithm".into()), ..fact }
        }
    }
}
