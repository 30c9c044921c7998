//! Settles which of the candidates for a field holds: candidates with the same value stand together, the contract goes
//! before its annexes and general terms, and what is blank, close or doubtful goes to a person.

use std::ops::Range;

use super::{
    calibration::{AUTO_FROM, Calibration},
    candidate::{Candidate, Value},
    score,
};
use crate::{
    model::{Language, Status, record::Per},
    text::Zone,
};

/// A reading that lost.
#[derive(Clone, Debug)]
pub struct Lost {
    /// Its value.
    pub value: Value,
    /// The rule that found it.
    pub rule: String,
    /// Its probability.
    pub confidence: f64,
    /// Where it stands.
    pub ranges: Vec<Range<usize>>,
    /// Why it lost.
    pub why: Why,
}

/// Why a reading lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Another is more likely.
    LessLikely,
    /// As likely as the one that was taken.
    AsLikely,
    /// The contract itself goes before its annexes and general terms.
    OutsideContract,
}

impl Why {
    /// In words for people.
    pub fn say(self, language: Language) -> &'static str {
        match self {
            Self::LessLikely => language.say("minder waarschijnlijk", "less likely"),
            Self::AsLikely => {
                language.say("even waarschijnlijk: een mens moet kiezen", "as likely: a person must choose")
            }
            Self::OutsideContract => {
                language.say("staat buiten het contract zelf", "stands outside the contract itself")
            }
        }
    }
}

/// What holds for a field.
#[derive(Clone, Debug)]
pub struct Decision<'r> {
    /// The best candidate of the value that holds.
    pub best: Candidate<'r>,
    /// How many rules found it.
    pub agreeing: usize,
    /// Probability that it is right.
    pub confidence: f64,
    /// What may be done with it.
    pub status: Status,
    /// The kind of evidence, for calibration.
    pub pattern: String,
    /// The others, best first.
    pub lost: Vec<Lost>,
}

/// Less likely than this is not even proposed.
const PROPOSED_FROM: f64 = 0.30;
/// Two readings closer than this are a conflict.
const MARGIN: f64 = 0.15;
/// A second reading below this is no rival.
pub const RIVAL_FROM: f64 = 0.55;

struct Group<'r> {
    best: Candidate<'r>,
    score: f64,
    agreeing: usize,
}

impl Group<'_> {
    fn probability(&self) -> f64 {
        let p = score::probability(self.score);
        if self.best.features.doubtful { p.min(score::DOUBTFUL_CAP) } else { p }
    }

    fn outside(&self) -> bool {
        matches!(self.best.features.zone, Some(Zone::Annex | Zone::GeneralTerms))
    }
}

/// The score of one candidate.
pub fn score_of(candidate: &Candidate<'_>) -> f64 {
    score::logit(candidate.rule.strength.prior()) + score::features(&candidate.features)
}

/// Candidates with the same value stand together; the order of rules never matters. Of those that found it, what was
/// measured speaks for it: what was not neither takes its place nor agrees with it.
fn groups<'r>(candidates: Vec<Candidate<'r>>, calibration: &Calibration) -> Vec<Group<'r>> {
    let mut groups: Vec<(String, Group<'_>, Vec<String>)> = Vec::new();
    let measured = |candidate: &Candidate<'_>| calibration.rules.contains_key(&candidate.rule.id);
    for candidate in candidates {
        let (key, score) = (candidate.value.to_string(), score_of(&candidate));
        let Some((_, group, rules)) = groups.iter_mut().find(|(known, ..)| *known == key) else {
            let rules = vec![candidate.rule.id.clone()];
            groups.push((key, Group { best: candidate, score, agreeing: 1 }, rules));
            continue;
        };
        // Rules that share the same words are one witness.
        let shares =
            group.best.matched.start < candidate.matched.end && candidate.matched.start < group.best.matched.end;
        let (knows, known) = (measured(&candidate), measured(&group.best));
        if knows && !known {
            // As if it had been the first.
            *rules = vec![candidate.rule.id.clone()];
            group.agreeing = 1;
            group.score = score;
            group.best = candidate;
            continue;
        }
        if known && !knows {
            continue;
        }
        if !rules.contains(&candidate.rule.id) && !shares {
            rules.push(candidate.rule.id.clone());
            group.agreeing += 1;
        }
        let better = |new: f64, old: f64| new.total_cmp(&old).is_gt();
        let tie = score.total_cmp(&group.score).is_eq()
            && (candidate.matched.start, &candidate.rule.id) < (group.best.matched.start, &group.best.rule.id);
        if better(score, group.score) || tie {
            group.score = score;
            group.best = candidate;
        }
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .map(|(_, mut group, _)| {
            if group.agreeing > 1 {
                group.score += score::AGREEMENT;
            }
            group
        })
        .collect();
    groups.sort_by(|a, b| {
        b.probability()
            .total_cmp(&a.probability())
            .then(a.best.matched.start.cmp(&b.best.matched.start))
            .then_with(|| a.best.rule.id.cmp(&b.best.rule.id))
    });
    groups
}

/// What holds among the candidates for a field of one value.
pub fn decide<'r>(candidates: Vec<Candidate<'r>>, calibration: &Calibration) -> Option<Decision<'r>> {
    let mut groups = groups(candidates, calibration);
    let inside = groups.iter().any(|group| !group.outside() && group.probability() >= PROPOSED_FROM);
    if inside {
        // Stable: those of the contract itself first, in their order.
        groups.sort_by_key(Group::outside);
    }
    let mut groups = groups.into_iter();
    let first = groups.next()?;
    let p = first.probability();
    if p < PROPOSED_FROM {
        return None;
    }
    let mut rival = false;
    let lost: Vec<Lost> = groups
        .map(|group| {
            let confidence = group.probability();
            let why = if inside && group.outside() {
                Why::OutsideContract
            } else if confidence >= RIVAL_FROM && p - confidence < MARGIN {
                rival = true;
                Why::AsLikely
            } else {
                Why::LessLikely
            };
            let Candidate { rule, value, ranges, .. } = group.best;
            Lost { value, rule: rule.id.clone(), confidence, ranges, why }
        })
        .collect();
    let contested = lost.iter().any(|lost| lost.why != Why::OutsideContract && lost.confidence >= PROPOSED_FROM);
    let mut pattern = score::pattern(first.best.rule.strength, &first.best.features, first.agreeing > 1, contested);
    // A sum for a time is seldom anything but the price; one that stands alone may be any.
    if let Value::Money(money) = &first.best.value {
        pattern.push_str(if money.per == Per::Total { "/in all" } else { "/for a time" });
    }
    let rule = first.best.rule;
    let worth = calibration.worth(rule.field.name(), rule.lang, &rule.id, &pattern);
    let status = if first.best.value == Value::Blank {
        Status::Blank
    } else if rival || matches!(first.best.value, Value::EitherDay(..)) {
        Status::Conflict
    } else if first.best.features.doubtful || !first.best.features.remarks.is_empty() || first.outside() {
        Status::Proposed
    } else if worth.is_some_and(|worth| worth.at_least >= AUTO_FROM) {
        Status::Auto
    } else {
        Status::Proposed
    };
    let confidence = match worth {
        Some(worth) if !first.best.features.doubtful => worth.expected,
        _ => p,
    };
    Some(Decision { agreeing: first.agreeing, best: first.best, confidence, status, pattern, lost })
}
