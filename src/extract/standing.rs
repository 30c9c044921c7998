//! How rules stand on documents: what each gave, how much of it was right, where rules contradict each other, and what
//! another rule set would change. It reads no documents and decides no value.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::labelled::{Observed, Trace, observe};
use crate::model::{Fields, Language};

/// What one rule did in a set of documents.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Standing {
    /// Field.
    pub field: String,
    /// Rule.
    pub rule: String,
    /// Values that it gave and that a label judges.
    pub given: u32,
    /// Those that are right.
    pub right: u32,
    /// Of the values of the field that labels name, the share that it gave rightly.
    pub coverage: f64,
    /// Times that another rule gave another value for the same field, whichever won.
    pub conflicts: u32,
    /// Times that the other one won.
    pub lost: u32,
}

impl Standing {
    /// Share of right values; `None` where none was judged.
    pub fn precision(&self) -> Option<f64> {
        (self.given > 0).then(|| f64::from(self.right) / f64::from(self.given))
    }
}

/// The standing of every rule that gave anything, by field and rule.
pub fn of_rules<'a>(documents: impl Iterator<Item = (&'a Fields, &'a Observed)>) -> Vec<Standing> {
    let mut rules: BTreeMap<(String, String), Standing> = BTreeMap::new();
    let mut labelled: BTreeMap<&str, u32> = BTreeMap::new();
    for (fields, observed) in documents {
        for (field, count) in &observed.labelled {
            *labelled.entry(field).or_default() += count;
        }
        for seen in &observed.observations {
            let rule = rules.entry((seen.field.to_owned(), seen.rule.clone())).or_default();
            rule.given += 1;
            rule.right += u32::from(seen.right);
        }
        for (field, winner, loser) in contradictions(fields) {
            rules.entry((field.clone(), winner)).or_default().conflicts += 1;
            let loser = rules.entry((field, loser)).or_default();
            loser.conflicts += 1;
            loser.lost += 1;
        }
    }
    rules
        .into_iter()
        .map(|((field, rule), standing)| {
            let all = labelled.get(field.as_str()).copied().unwrap_or_default();
            let coverage = if all == 0 { 0.0 } else { f64::from(standing.right) / f64::from(all) };
            Standing { field, rule, coverage, ..standing }
        })
        .collect()
}

/// Each pair of rules that read different values for a field: the field, the rule that won, the one that lost.
fn contradictions(fields: &Fields) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (name, values) in by_name(fields) {
        for value in values {
            let Some(winner) = value["rule"].as_str() else { continue };
            // A rule that read several values contradicts itself once.
            let losers: BTreeSet<&str> = value["alternatives"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|lost| lost["rule"].as_str())
                .collect();
            found.extend(losers.into_iter().map(|loser| (name.to_owned(), winner.to_owned(), loser.to_owned())));
        }
    }
    found
}

/// The fields of a record as JSON, each as a list of values.
fn by_name(fields: &Fields) -> Vec<(&'static str, Vec<Json>)> {
    let mut json = serde_json::to_value(fields).unwrap_or_default();
    Fields::NAMES
        .iter()
        .map(|&name| match json[name].take() {
            Json::Array(values) => (name, values),
            value => (name, vec![value]),
        })
        .collect()
}

/// The rules as a table for people, those that are wrong most often first within their field.
pub fn table(rules: &[Standing], language: Language) -> String {
    let mut rules: Vec<&Standing> = rules.iter().collect();
    let wrong = |rule: &Standing| rule.given - rule.right;
    rules.sort_by(|a, b| {
        a.field.cmp(&b.field).then(wrong(b).cmp(&wrong(a))).then(b.given.cmp(&a.given)).then(a.rule.cmp(&b.rule))
    });
    let width = rules.iter().map(|rule| rule.rule.chars().count()).max().unwrap_or_default().max(5);
    let head = language.say(
        ["veld", "regel", "goed/gegeven", "precisie", "dekking", "strijdig", "verloor"],
        ["field", "rule", "right/given", "precision", "coverage", "conflicts", "lost"],
    );
    let [field, rule, right, precision, coverage, conflicts, lost] = head;
    let mut told =
        format!("{field:<16} {rule:<width$} {right:>12} {precision:>9} {coverage:>9} {conflicts:>9} {lost:>8}\n");
    for rule in rules {
        let share = format!("{}/{}", rule.right, rule.given);
        let precision = rule.precision().map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
        let (coverage, conflicts, lost) = (rule.coverage, rule.conflicts, rule.lost);
        let (field, rule) = (&rule.field, &rule.rule);
        told += &format!(
            "{field:<16} {rule:<width$} {share:>12} {precision:>9} {coverage:>9.2} {conflicts:>9} {lost:>8}\n"
        );
    }
    told
}

/// A value that another rule set changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Field.
    pub field: &'static str,
    /// The values as they were; none where the field was empty.
    pub old: Vec<Json>,
    /// The values as they would be.
    pub new: Vec<Json>,
    /// Where a label judges it: right values more than before (negative: fewer).
    pub better_by: Option<i32>,
}

impl Change {
    /// In words for people.
    pub fn say(&self, language: Language) -> String {
        let told = |values: &[Json]| match values {
            [] => "-".to_owned(),
            values => values.iter().map(in_short).collect::<Vec<_>>().join("; "),
        };
        let verdict = match self.better_by {
            Some(1..) => language.say("  (beter)", "  (better)"),
            Some(..=-1) => language.say("  (slechter)", "  (worse)"),
            Some(0) => language.say("  (even goed)", "  (no better)"),
            None => "",
        };
        format!("{}: {} → {}{verdict}", self.field, told(&self.old), told(&self.new))
    }
}

/// A value in a line: of one with parts, those that are there.
fn in_short(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Object(parts) => parts.values().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// The values that differ between two readings of one document.
pub fn changes(old: &(Fields, Vec<Trace>), new: &(Fields, Vec<Trace>), label: Option<&Json>) -> Vec<Change> {
    let right = |reading: &(Fields, Vec<Trace>), field: &str| {
        let (seen, _) = observe(label?, &reading.0, &reading.1);
        let judged: Vec<_> = seen.into_iter().filter(|seen| seen.field == field).collect();
        // A value given wrongly is worse than none.
        Some(judged.iter().map(|seen| if seen.right { 1 } else { -1 }).sum::<i32>())
    };
    let values = |fields: &Fields| -> Vec<(&'static str, Vec<Json>)> {
        let only_value = |mut field: Json| field["value"].take();
        by_name(fields)
            .into_iter()
            .map(|(name, fields)| (name, fields.into_iter().map(only_value).filter(|value| !value.is_null()).collect()))
            .collect()
    };
    let (before, after) = (values(&old.0), values(&new.0));
    before
        .into_iter()
        .zip(after)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((field, before), (_, after))| {
            let better_by = right(new, field).zip(right(old, field)).map(|(new, old)| new - old);
            Change { field, old: before, new: after, better_by }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Field, Period, Status,
        record::{Alternative, Term},
    };

    fn term(years: u16, rule: &str) -> Field<Term> {
        Field {
            value: Some(Term::Period(Period::of_years(years))),
            status: Status::Proposed,
            rule: Some(rule.into()),
            ..Field::absent()
        }
    }

    fn fields(term: Field<Term>) -> Fields {
        Fields { term, ..Fields::absent() }
    }

    fn trace(rule: &str) -> Trace {
        Trace { field: "term", lang: Language::Dutch, rule: rule.into(), pattern: "strong".into() }
    }

    #[test]
    fn a_rule_stands_by_what_it_gave_and_what_it_contradicts() {
        let mut contested = term(4, "a");
        contested.alternatives.push(Alternative {
            value: Term::Indefinite,
            rule: Some("b".into()),
            confidence: 0.4,
            explanation: None,
            evidence: Vec::new(),
        });
        let label = serde_json::json!({ "term": "P48M" });
        let contested = fields(contested);
        let (observations, labelled) = observe(&label, &contested, &[trace("a")]);
        let observed =
            Observed { set: "s".into(), family: "f".into(), made_up: false, rounds_ago: 0, observations, labelled };
        let standing = of_rules([(&contested, &observed)].into_iter());
        let [a, b] = &standing[..] else { panic!("{standing:?}") };
        assert_eq!((a.right, a.given, a.conflicts, a.lost, a.coverage), (1, 1, 1, 0, 1.0));
        assert_eq!((b.right, b.given, b.conflicts, b.lost), (0, 0, 1, 1));
        assert_eq!(b.precision(), None);
    }

    #[test]
    fn a_change_is_judged_by_the_label() {
        let old = (fields(term(3, "a")), vec![trace("a")]);
        let new = (fields(term(4, "b")), vec![trace("b")]);
        let label = serde_json::json!({ "term": "P4Y" });
        let check = |from, to, want: &str| {
            let told: Vec<_> =
                changes(from, to, Some(&label)).iter().map(|change| change.say(Language::English)).collect();
            assert_eq!(told, [want]);
        };
        check(&old, &new, "term: P3Y → P4Y  (better)");
        check(&new, &old, "term: P4Y → P3Y  (worse)");
        assert!(changes(&old, &old, Some(&label)).is_empty());
    }
}
