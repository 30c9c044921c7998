//! What rules were worth on labelled contracts: values are pooled by field, language and evidence pattern, a rule's own
//! record is shrunk to its pool, and only a lower bound that carries it lets a value fill the register by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::labelled::Observed;
use crate::model::Language;

/// Right values of all that were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// How many were right.
    pub right: u32,
    /// How many were given.
    pub given: u32,
}

impl Tally {
    fn share(self) -> f64 {
        if self.given == 0 { 0.0 } else { f64::from(self.right) / f64::from(self.given) }
    }

    /// Counts one value.
    pub fn count(&mut self, right: bool) {
        self.right += u32::from(right);
        self.given += 1;
    }
}

/// The calibration file: generated, dated, reviewed like code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Version of this format.
    pub schema: u32,
    /// What it was made from, for people.
    pub made_from: Vec<String>,
    /// The day on which it was made.
    pub made_on: String,
    /// How many labelled documents.
    pub documents: u32,
    /// `field` → record, in all languages.
    #[serde(default)]
    pub fields: BTreeMap<String, Tally>,
    /// `field lang pattern` → record.
    #[serde(default)]
    pub pools: BTreeMap<String, Tally>,
    /// `rule pattern` → record.
    #[serde(default)]
    pub rules: BTreeMap<String, Tally>,
}

/// How much a rule is worth on one kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Expected share of right values.
    pub expected: f64,
    /// It is at least this, at 90 % confidence, one-sided.
    pub at_least: f64,
}

/// A value fills the register by itself from this lower bound.
pub const AUTO_FROM: f64 = 0.90;
/// So many observations of the pool count beside a rule's own.
const SHRINK: f64 = 20.0;
/// Standard normal quantile of 0.90.
const Z: f64 = 1.2816;

/// The name of a pool.
pub fn pool_key(field: &str, lang: Language, pattern: &str) -> String {
    format!("{field} {} {pattern}", lang.code())
}

/// The name of a rule's own record.
pub fn rule_key(rule: &str, pattern: &str) -> String {
    format!("{rule} {pattern}")
}

impl Calibration {
    /// What a rule is worth on a kind of evidence, where that was measured.
    pub fn worth(&self, field: &str, lang: Language, rule: &str, pattern: &str) -> Option<Worth> {
        let pool = *self.pools.get(&pool_key(field, lang, pattern))?;
        let own = self.rules.get(&rule_key(rule, pattern)).copied().unwrap_or_default();
        let whole = self.fields.get(field).copied().unwrap_or(pool);
        // A rule's record is shrunk to that of its kind of evidence, and that one to the record of the field.
        let lent = SHRINK.min(f64::from(whole.given.saturating_sub(pool.given)));
        let pooled = f64::from(pool.given) + lent;
        let mean = if pooled > 0.0 { (f64::from(pool.right) + whole.share() * lent) / pooled } else { 0.0 };
        let borrowed = SHRINK.min(pooled - f64::from(own.given.min(pool.given)));
        let weight = f64::from(own.given) + borrowed;
        let right = f64::from(own.right) + mean * borrowed;
        Some(wilson(right, weight))
    }

    /// Values with such evidence may fill the register by themselves.
    pub fn is_sure(&self, field: &str, lang: Language, rule: &str, pattern: &str) -> bool {
        self.worth(field, lang, rule, pattern).is_some_and(|worth| worth.at_least >= AUTO_FROM)
    }
}

/// Wilson score interval (one-sided) for `right` of `given`.
fn wilson(right: f64, given: f64) -> Worth {
    if given <= 0.0 {
        return Worth { expected: 0.5, at_least: 0.0 };
    }
    let share = right / given;
    let z2 = Z * Z;
    let center = share + z2 / (2.0 * given);
    let spread = Z * (share * (1.0 - share) / given + z2 / (4.0 * given * given)).sqrt();
    let at_least = ((center - spread) / (1.0 + z2 / given)).max(0.0);
    Worth { expected: (right + 1.0) / (given + 2.0), at_least }
}

/// One value of a labelled document: what found it, and whether it was right.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Field.
    pub field: &'static str,
    /// Language of the rule.
    pub lang: Language,
    /// Rule.
    pub rule: String,
    /// Kind of evidence.
    pub pattern: String,
    /// The label says the same.
    pub right: bool,
}

/// Makes a calibration from what was observed. Pure; the caller says what it comes from and when.
pub fn calibrate<'a>(documents: impl Iterator<Item = &'a Observed>) -> Calibration {
    let mut made = Calibration { schema: 2, ..Calibration::default() };
    for document in documents {
        made.documents += 1;
        for seen in &document.observations {
            made.fields.entry(seen.field.to_owned()).or_default().count(seen.right);
            made.pools.entry(pool_key(seen.field, seen.lang, &seen.pattern)).or_default().count(seen.right);
            made.rules.entry(rule_key(&seen.rule, &seen.pattern)).or_default().count(seen.right);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(pool: (u32, u32), own: (u32, u32)) -> Worth {
        let tally = |(right, given)| Tally { right, given };
        let made = Calibration {
            pools: BTreeMap::from([(pool_key("term", Language::Dutch, "strong"), tally(pool))]),
            rules: BTreeMap::from([(rule_key("r", "strong"), tally(own))]),
            ..Calibration::default()
        };
        made.worth("term", Language::Dutch, "r", "strong").unwrap()
    }

    #[test]
    fn a_new_rule_never_fills_by_itself_on_few_hits() {
        assert!(worth((5, 5), (5, 5)).at_least < AUTO_FROM);
        assert!(worth((200, 200), (40, 40)).at_least >= AUTO_FROM);
        assert!(worth((190, 200), (10, 40)).at_least < 0.6);
    }

    #[test]
    fn what_was_not_measured_has_no_worth() {
        assert_eq!(Calibration::default().worth("term", Language::Dutch, "r", "strong"), None);
    }
}
