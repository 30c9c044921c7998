//! What a later manifest of a document may say otherwise than the one before it, field by field; all else is a finding, and
//! nothing is made of such a series.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Manifest;

/// What may become of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    /// It stays what it was.
    Never,
    /// More may stand behind what stood there.
    Grow,
    /// Any other value: it says something of the manifest and nothing of the document.
    Change,
    /// Any other value where the rules found something anew.
    ChangeWithFindings,
}

/// Every field of a manifest.
const FIELDS: [(&str, May); 20] = [
    ("schema", May::Never),
    ("document", May::Never),
    ("record", May::Never),
    ("role", May::ChangeWithFindings),
    ("made", May::Change),
    ("program", May::Change),
    ("original", May::Never),
    ("first_page", May::Never),
    ("last_page", May::Never),
    ("pages", May::Never),
    ("language", May::Never),
    ("text_source", May::Never),
    ("mean_ocr_confidence", May::Never),
    ("engine", May::Never),
    ("reading", May::Never),
    ("findings", May::Grow),
    ("problems", May::Never),
    ("renditions", May::Grow),
    ("refused", May::Grow),
    ("signatures", May::Never),
];

impl Manifest {
    /// The fields in which it says what it may not, after the manifest before it. One that FIELDS does not know may not
    /// change.
    pub fn says_otherwise(&self, before: &Self) -> Vec<String> {
        let both = (serde_json::to_value(before), serde_json::to_value(self));
        let (Ok(Value::Object(old)), Ok(Value::Object(new))) = both else { return vec!["schema".to_owned()] };
        let found_anew = self.findings.len() > before.findings.len();
        let may = |field: &str| FIELDS.iter().find(|(name, _)| *name == field).map_or(May::Never, |(_, may)| *may);
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let is_wrong = |field: &&&String| {
            let (old, new) = (old.get(**field), new.get(**field));
            match may(field) {
                May::Change => false,
                May::ChangeWithFindings => old != new && !found_anew,
                May::Never => old != new,
                May::Grow => match (old, new) {
                    (Some(Value::Array(old)), Some(Value::Array(new))) => !new.starts_with(old),
                    _ => true,
                },
            }
        };
        names.iter().filter(is_wrong).map(|field| (*field).clone()).collect()
    }

    /// Whether what it adds to the manifest before it was done when it was made, as far as clocks agree.
    pub fn adds_in_time(&self, before: &Self, tolerance: SignedDuration) -> bool {
        let found = self.findings.iter().skip(before.findings.len()).map(|found| found.found);
        let made = self.renditions.iter().skip(before.renditions.len()).map(|made| made.made);
        let refused = self.refused.iter().skip(before.refused.len()).map(|refusal| refusal.at);
        let is_in_time = |time: Timestamp| time.duration_since(self.made).abs() <= tolerance;
        found.chain(made).chain(refused).all(is_in_time)
    }

    /// Whether its copies were made of its own original.
    pub fn has_its_own_copies(&self) -> bool {
        let original = &self.original.digests.blake3;
        self.renditions.iter().all(|rendition| rendition.recipe.inputs.contains(original))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        archive::{DocumentRole, FindingsRef, Format as _, Refusal, tests::manifest},
        model::Blake3,
    };

    #[test]
    fn every_field_has_its_rule() {
        let bytes = manifest().encode().unwrap();
        let Value::Object(fields) = serde_json::from_slice(&bytes).unwrap() else { panic!("no object") };
        for field in fields.keys() {
            assert!(FIELDS.iter().any(|(name, _)| name == field), "`{field}` is in no table");
        }
    }

    #[test]
    fn a_later_manifest_adds_and_changes_nothing() {
        let first = manifest();
        let check = |change: &dyn Fn(&mut Manifest), want: &[&str]| {
            let mut later = first.clone();
            later.made = first.made.saturating_add(SignedDuration::from_hours(48)).unwrap();
            change(&mut later);
            assert_eq!(later.says_otherwise(&first), want);
        };
        let day = |hours| first.made.saturating_add(SignedDuration::from_hours(hours)).unwrap();
        let found = |hours| FindingsRef { key: Blake3::of(b"x"), rule_set: "r".into(), found: day(hours) };
        let refusal = |hours| Refusal { kind: "archival_copy".into(), reason: "r".into(), at: day(hours) };
        check(&|_| {}, &[]);
        check(&|later| later.program = "griffie 9".into(), &[]);
        check(&|later| later.findings.push(found(48)), &[]);
        check(&|later| later.refused.push(refusal(48)), &[]);
        check(&|later| later.role = DocumentRole::Annex, &["role"]);
        check(&|later| later.record = "c-0000000000zz".parse().unwrap(), &["record"]);
        check(&|later| later.last_page = None, &["last_page"]);
        check(&|later| later.original.name = "other.pdf".into(), &["original"]);
        check(&|later| later.engine = "none".into(), &["engine"]);
        check(&|later| later.signatures.push(Value::Null), &["signatures"]);
        let tolerance = SignedDuration::from_hours(1);
        for (hours, in_time) in [(48, true), (-48, false), (480, false)] {
            let findings = [first.findings.clone(), vec![found(hours)]].concat();
            let later = Manifest { made: day(48), findings, ..first.clone() };
            assert_eq!(later.adds_in_time(&first, tolerance), in_time, "{hours}");
        }
    }
}
