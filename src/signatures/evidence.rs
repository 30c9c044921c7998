//! What signatures tell a record: the day of signing, where the words tell none. Pure.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{Integrity, Kind, SignatureFact};
use crate::model::{Evidence, EvidenceKind, Field, Fields, Language, PageNo, Status};

/// Nobody measured how often a signer's clock is right: what it says waits for a person, whatever this number.
const CONFIDENCE: f64 = 0.5;

/// Proposes the day of the last signature as the signing date where the words give none, and adds the signature to the
/// evidence where they give the same. Only signatures whose bytes are unchanged count, and that cover what was read: of
/// what was added or changed after it, a signature says nothing.
pub fn propose_signing_date(fields: &mut Fields, facts: &[SignatureFact], language: Language) {
    let good = |fact: &&SignatureFact| {
        fact.kind == Kind::Signature && fact.integrity == Integrity::Holds && fact.covers_what_is_read()
    };
    let times = facts.iter().filter(good).map(|fact| (fact, fact.time()));
    let Some((fact, Some(time))) = times.max_by_key(|(_, time)| *time) else { return };
    let Some(day) = day(time) else { return };
    let signer = fact.certificate.as_ref().map(|certificate| certificate.subject.as_str()).unwrap_or_default();
    let evidence = Evidence {
        page: PageNo::from_index(0),
        quote: format!("{signer}, {time}"),
        boxes: Vec::new(),
        clause: None,
        kind: Some(EvidenceKind::Signature),
    };
    let field = &mut fields.signing_date;
    match (field.value, field.status) {
        (Some(known), _) if known == day => field.evidence.push(evidence),
        (None, Status::Absent | Status::Blank) => {
            let explanation = language.say(
                format!(
                    "elektronisch ondertekend door {signer} op {time}; het ondertekende is sindsdien niet veranderd"
                ),
                format!("signed electronically by {signer} at {time}; what was signed has not changed since"),
            );
            *field = Field {
                value: Some(day),
                status: Status::Proposed,
                confidence: CONFIDENCE,
                rule: Some("signature".into()),
                explanation: Some(explanation),
                evidence: vec![evidence],
                ..Field::absent()
            };
        }
        _ => {}
    }
}

/// The day of a moment in the Netherlands, one or two hours ahead of UTC; `None` where that is not sure.
fn day(time: Timestamp) -> Option<Date> {
    let after = |hours| Some(time.checked_add(SignedDuration::from_hours(hours)).ok()?.to_zoned(TimeZone::UTC).date());
    let (winter, summer) = (after(1)?, after(2)?);
    (winter == summer).then_some(winter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signatures::{Appended, Coverage, Extent};

    fn signed(time: &str, integrity: Integrity) -> SignatureFact {
        let coverage = Coverage { extent: Extent::WholeFile, ..Coverage::default() };
        SignatureFact { integrity, coverage, claimed_time: time.parse().ok(), ..SignatureFact::unknown(String::new()) }
    }

    #[test]
    fn only_what_is_sure_is_proposed() {
        let check = |known: Field<Date>, facts: &[SignatureFact], want: Option<&str>, status: Status| {
            let mut fields = Fields { signing_date: known, ..Fields::absent() };
            propose_signing_date(&mut fields, facts, Language::English);
            let field = fields.signing_date;
            assert_eq!((field.value.map(|day| day.to_string()).as_deref(), field.status), (want, status), "{facts:?}");
            field.evidence.len()
        };
        let holds = |time| signed(time, Integrity::Holds);
        let found = |day: &str| Field { value: day.parse().ok(), status: Status::Auto, ..Field::absent() };
        let absent = Field::absent;
        check(absent(), &[holds("2026-03-01T08:30:00Z")], Some("2026-03-01"), Status::Proposed);
        let both = [holds("2026-03-02T08:30:00Z"), holds("2026-03-01T08:30:00Z")];
        check(absent(), &both, Some("2026-03-02"), Status::Proposed);
        check(absent(), &[holds("2026-03-01T22:30:00Z")], None, Status::Absent);
        check(absent(), &[holds("2026-03-01T23:30:00Z")], Some("2026-03-02"), Status::Proposed);
        check(absent(), &[signed("2026-03-01T08:30:00Z", Integrity::Broken)], None, Status::Absent);
        check(absent(), &[holds("never")], None, Status::Absent);
        assert_eq!(check(found("2026-03-01"), &[holds("2026-03-01T08:30:00Z")], Some("2026-03-01"), Status::Auto), 1);
        assert_eq!(check(found("2026-02-01"), &[holds("2026-03-01T08:30:00Z")], Some("2026-02-01"), Status::Auto), 0);
        let later = |appended| SignatureFact {
            coverage: Coverage { extent: Extent::EarlierRevision, appended: Some(appended), ..Coverage::default() },
            ..holds("2026-03-01T08:30:00Z")
        };
        check(absent(), &[later(Appended::Signatures)], Some("2026-03-01"), Status::Proposed);
        check(absent(), &[later(Appended::Changes)], None, Status::Absent);
        assert_eq!(check(found("2026-03-01"), &[later(Appended::Changes)], Some("2026-03-01"), Status::Auto), 0);
        let conflict = || Field { status: Status::Conflict, ..Field::absent() };
        check(conflict(), &[holds("2026-03-01T08:30:00Z")], None, Status::Conflict);
    }
}
