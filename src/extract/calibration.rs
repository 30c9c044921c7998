//! What rules were worth on labelled contracts: every piece of evidence about a value (its field, its rule, where it
//! stands, what agrees and what contradicts) adds to or takes from its log-odds, as far as that was measured; values
//! that are as likely as each other are pooled, and only a pool's lower bound lets a value fill the register by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    fit::{self, Row},
    labelled::Observed,
    score::probability,
};
use crate::model::Language;

/// Right values of all that were given. What was read by rules that were mended since counts for less than one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// How many were right.
    pub right: f64,
    /// How many were given.
    pub given: f64,
}

impl Tally {
    /// Counts a value that weighs so much.
    pub fn count(&mut self, right: bool, weight: f64) {
        self.right += if right { weight } else { 0.0 };
        self.given += weight;
    }

    /// Three decimals: more would only pretend.
    fn round(&mut self) {
        (self.right, self.given) = (rounded(self.right), rounded(self.given));
    }

    fn with(self, other: &Self) -> Self {
        Self { right: self.right + other.right, given: self.given + other.given }
    }
}

/// The calibration file: generated, dated, reviewed like code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Version of this format.
    pub schema: u32,
    /// The day on which it was made.
    pub made_on: String,
    /// What it was made from and how far it carries, for people; a line a set.
    pub made_from: Vec<String>,
    /// What each piece of evidence adds to the log-odds. A value's probability follows from the sum.
    #[serde(default)]
    pub evidence: BTreeMap<String, f64>,
    /// `field band` → record of the values that were so likely, each judged by families of documents that it does not
    /// belong to. Documents that a program wrote are not counted.
    #[serde(default)]
    pub pools: BTreeMap<String, Tally>,
    /// `rule` → its own record, for people; of a rule that has none nothing fills the register by itself.
    #[serde(default)]
    pub rules: BTreeMap<String, Tally>,
}

/// How much a value is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Probability that it is right.
    pub expected: f64,
    /// Of values like it at least this share is right, at 90 % confidence, one-sided.
    pub at_least: f64,
}

/// A value fills the register by itself from this lower bound.
pub const AUTO_FROM: f64 = 0.90;
/// A field's pool with fewer values is filled up to so many with those of other fields that are as likely: nearly all of
/// them. On eighteen contracts by a hand that nothing was made with, 59 of 100 values then fill by themselves and 95 of
/// 100 of these are right; with 160 it is 47, and 97 right.
const FILLED_UP: f64 = 1000.0;
/// A band with fewer values than this counts together with the one below.
const ENOUGH: f64 = 20.0;
/// Lower ends of the bands of probability, in percent. The last ones are narrow: there it is decided what goes alone.
const BANDS: [u8; 8] = [0, 50, 70, 80, 88, 93, 96, 98];
/// What one document that a program wrote says, beside one that people wrote: wordings that its author thought of
/// teach which evidence matters, but say little about how often the rules are right.
const MADE_UP: f64 = 0.1;
/// What rules read before they were mended says less about what they read now: of a document as first seen, for each
/// round of mending since. Judged by left-out families, a fifth more of the values in the last three rounds fill by
/// themselves with it than without, and no fewer of 100 are right.
const FADES: f64 = 0.8;
/// Into so many parts the families are dealt to judge each by the others.
const FOLDS: usize = 10;
/// Standard normal quantile of 0.90.
const Z: f64 = 1.2816;

/// The pieces of evidence about a value: its field, its rule, and each part of the pattern by itself, for the field and
/// for the rule. Whole patterns are too many to learn from few documents. A rule counts by language, since the same one
/// may read parties in both; what was seen seldom is shrunk to nothing, and the wider pieces speak for it.
pub fn pieces(field: &str, lang: Language, rule: &str, pattern: &str) -> Vec<String> {
    let lang = lang.code();
    let rule = format!("{rule} {lang}");
    let mut pieces = vec!["any".to_owned(), field.to_owned(), format!("{field} {lang}"), rule.clone()];
    for part in pattern.split('/') {
        pieces.extend([part.to_owned(), format!("{field} {part}"), format!("{rule} {part}")]);
    }
    pieces.sort();
    pieces.dedup();
    pieces
}

fn band(p: f64) -> u8 {
    BANDS.into_iter().rev().find(|&lowest| p * 100.0 >= f64::from(lowest)).unwrap_or(0)
}

fn pool_key(field: &str, band: u8) -> String {
    format!("{field} {band}")
}

const ALL_FIELDS: &str = "any";

impl Calibration {
    /// What a value is worth, where its field and its rule were measured.
    pub fn worth(&self, field: &str, lang: Language, rule: &str, pattern: &str) -> Option<Worth> {
        self.rules.get(rule)?;
        let known = |piece: &String| self.evidence.get(piece);
        let expected = probability(pieces(field, lang, rule, pattern).iter().filter_map(known).sum());
        let from = self.enough(band(expected));
        let bands = || BANDS.into_iter().filter(|&other| from <= other && other <= band(expected));
        let record = |field: &str| {
            bands().filter_map(|band| self.pools.get(&pool_key(field, band))).fold(Tally::default(), Tally::with)
        };
        let (own, all) = (record(field), record(ALL_FIELDS));
        let others = (all.given - own.given).max(0.0);
        let lent = (FILLED_UP - own.given).clamp(0.0, others);
        let share = if others > 0.0 { (all.right - own.right).max(0.0) / others } else { 0.0 };
        let at_least = lower_bound(own.right + share * lent, own.given + lent);
        Some(Worth { expected, at_least })
    }

    /// The highest band from which on, up to this one, enough values were seen. What all documents teach is surer than
    /// what was taught without a part of them: the last band may have been reached by no value that was judged.
    fn enough(&self, band: u8) -> u8 {
        let mut seen = 0.0;
        let mut from = BANDS.into_iter().rev().filter(|&lower| lower <= band);
        from.find(|&lower| {
            seen += self.pools.get(&pool_key(ALL_FIELDS, lower)).map_or(0.0, |tally| tally.given);
            seen >= ENOUGH
        })
        .unwrap_or(BANDS[0])
    }

    /// Such a value may fill the register by itself.
    pub fn is_sure(&self, field: &str, lang: Language, rule: &str, pattern: &str) -> bool {
        self.worth(field, lang, rule, pattern).is_some_and(|worth| worth.at_least >= AUTO_FROM)
    }
}

/// Lower end of the Wilson score interval (one-sided) for `right` of `given`.
fn lower_bound(right: f64, given: f64) -> f64 {
    if given <= 0.0 {
        return 0.0;
    }
    let share = right / given;
    let z2 = Z * Z;
    let center = share + z2 / (2.0 * given);
    let spread = Z * (share * (1.0 - share) / given + z2 / (4.0 * given * given)).sqrt();
    ((center - spread) / (1.0 + z2 / given)).max(0.0)
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
    /// Kind of evidence, its parts between slashes.
    pub pattern: String,
    /// The label says the same.
    pub right: bool,
}

/// Makes a calibration from what was observed. Pure; the caller says what it comes from and when.
pub fn calibrate(documents: &[&Observed]) -> Calibration {
    let mut made = Calibration { schema: 2, evidence: evidence(documents), ..Calibration::default() };
    for (out, rest) in folds(documents) {
        // A single family can't be judged by others.
        if rest.is_empty() {
            continue;
        }
        let taught = evidence(&rest);
        let counted = out.iter().filter(|document| !document.made_up);
        for (document, seen) in
            counted.flat_map(|document| document.observations.iter().map(move |seen| (document, seen)))
        {
            let sum =
                pieces(seen.field, seen.lang, &seen.rule, &seen.pattern).iter().filter_map(|p| taught.get(p)).sum();
            let band = band(probability(sum));
            for field in [seen.field, ALL_FIELDS] {
                made.pools.entry(pool_key(field, band)).or_default().count(seen.right, weight(document));
            }
            made.rules.entry(seen.rule.clone()).or_default().count(seen.right, weight(document));
        }
    }
    made.pools.values_mut().chain(made.rules.values_mut()).for_each(Tally::round);
    made
}

/// The documents dealt into parts, whole families to each: a part, and all the others.
pub(super) fn folds<'a>(documents: &[&'a Observed]) -> Vec<(Vec<&'a Observed>, Vec<&'a Observed>)> {
    let mut families: Vec<&str> = documents.iter().map(|document| document.family.as_str()).collect();
    families.sort_unstable();
    families.dedup();
    (0..FOLDS.min(families.len()))
        .map(|fold| {
            documents.iter().partition(|document| {
                families.binary_search(&document.family.as_str()).is_ok_and(|number| number % FOLDS == fold)
            })
        })
        .collect()
}

/// How much the values of a document count.
fn weight(document: &Observed) -> f64 {
    let faded = FADES.powi(i32::try_from(document.rounds_ago).unwrap_or(i32::MAX));
    if document.made_up { MADE_UP * faded } else { faded }
}

fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// What each piece of evidence adds, as far as these documents show.
fn evidence(documents: &[&Observed]) -> BTreeMap<String, f64> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for document in documents {
        let weight = weight(document);
        for seen in &document.observations {
            let pieces = pieces(seen.field, seen.lang, &seen.rule, &seen.pattern).into_iter().map(|piece| {
                let next = numbers.len();
                *numbers.entry(piece).or_insert(next)
            });
            rows.push(Row { pieces: pieces.collect(), right: seen.right, weight });
        }
    }
    let weights = fit::log_odds(&rows, numbers.len());
    numbers.into_iter().map(|(piece, at)| (piece, rounded(weights[at]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(field: &'static str, rule: &str, right: bool) -> Observation {
        Observation { field, lang: Language::Dutch, rule: rule.into(), pattern: "strong/clauses".into(), right }
    }

    /// Twenty families with these values each.
    fn families(made_up: bool, values: &[(&str, bool)]) -> Vec<Observed> {
        let observations: Vec<_> = values.iter().map(|(rule, right)| seen("term", rule, *right)).collect();
        (0..20)
            .map(|number| Observed {
                set: "set".into(),
                family: format!("{made_up} {number}"),
                made_up,
                rounds_ago: 0,
                observations: observations.clone(),
                labelled: BTreeMap::new(),
            })
            .collect()
    }

    fn is_sure(documents: &[Observed], rule: &str) -> bool {
        let documents: Vec<_> = documents.iter().collect();
        calibrate(&documents).is_sure("term", Language::Dutch, rule, "strong/clauses")
    }

    #[test]
    fn a_rule_that_is_right_everywhere_fills_by_itself_and_one_that_is_not_does_not() {
        let documents = families(false, &[("good", true), ("good", true), ("bad", true), ("bad", false)]);
        assert!(is_sure(&documents, "good"));
        assert!(!is_sure(&documents, "bad"));
    }

    #[test]
    fn what_was_read_before_the_rules_were_mended_counts_for_less() {
        let values = [("mended", true), ("mended", true), ("mended", true)];
        let documents = families(false, &values);
        // Read wrongly by as many other documents, long ago or in the last round.
        let mut misread = families(false, &values.map(|(rule, _)| (rule, false)));
        for (number, document) in misread.iter_mut().enumerate() {
            document.family = format!("misread {number}");
        }
        let with = |rounds_ago: u32| {
            let misread = misread.iter().cloned().map(|document| Observed { rounds_ago, ..document });
            is_sure(&documents.iter().cloned().chain(misread).collect::<Vec<_>>(), "mended")
        };
        assert!(!with(0));
        assert!(with(20));
    }

    #[test]
    fn what_was_not_measured_never_fills_by_itself() {
        let documents = families(false, &[("good", true), ("good", true)]);
        assert!(!is_sure(&documents, "new"));
        assert!(!is_sure(&documents[..3], "good"), "too few");
        assert_eq!(Calibration::default().worth("term", Language::Dutch, "r", "strong"), None);
    }

    #[test]
    fn documents_that_a_program_wrote_never_lift_a_pool_over_the_bound() {
        let mut documents = families(true, &[("good", true), ("good", true)]);
        assert!(!is_sure(&documents, "good"));
        documents.extend_from_slice(&families(false, &[("good", true)])[..3]);
        assert!(!is_sure(&documents, "good"));
    }
}
