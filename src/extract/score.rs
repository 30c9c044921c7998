//! How sure a candidate is: the trust in its rule and a few documented features, added up as log-odds. The weights
//! are fixed; what is measured on labelled contracts is the trust (see `calibration`).

use super::{candidate::Features, rule::Strength};
use crate::text::Zone;

/// A heading above names what the rule looks for.
pub const HEADING: f64 = 0.8;
/// It stands in a zone that the rule prefers.
pub const PREFERRED_ZONE: f64 = 0.6;
/// Annexes describe details and quote other contracts.
pub const ANNEX: f64 = -1.5;
/// General terms are written for all contracts; this contract goes before them.
pub const GENERAL_TERMS: f64 = -2.0;
/// Recitals tell what went before.
pub const RECITALS: f64 = -1.0;
/// For each repair of a reading error.
pub const REPAIR: f64 = -0.7;
/// A word of the value was read with less than 60 % confidence.
pub const UNSURE_WORD: f64 = -1.0;
/// A rule that looks at other words found the same value.
pub const AGREEMENT: f64 = 1.0;
/// Start, term and end are stated and fit together.
pub const ADDS_UP: f64 = 1.0;
/// A value that is implausible or disputed is never more likely than not.
pub const DOUBTFUL_CAP: f64 = 0.5;

/// Log-odds of a probability.
pub fn logit(p: f64) -> f64 {
    let p = p.clamp(0.001, 0.999);
    (p / (1.0 - p)).ln()
}

/// Probability of log-odds.
pub fn probability(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// The sum of a candidate's features, without agreement.
pub fn features(features: &Features) -> f64 {
    parts(features).iter().map(|&(_, weight)| weight).sum()
}

/// The features that count for a candidate, named, for explanations.
pub fn parts(features: &Features) -> Vec<(&'static str, f64)> {
    let zone = match features.zone {
        Some(Zone::Annex) => ("annex", ANNEX),
        Some(Zone::GeneralTerms) => ("general terms", GENERAL_TERMS),
        Some(Zone::Recitals) => ("recitals", RECITALS),
        _ => ("zone", 0.0),
    };
    let all = [
        ("heading", if features.heading { HEADING } else { 0.0 }),
        ("preferred zone", if features.preferred_zone { PREFERRED_ZONE } else { 0.0 }),
        zone,
        ("repairs", REPAIR * features.repairs as f64),
        ("unsure words", if features.ocr < 0.6 { UNSURE_WORD } else { 0.0 }),
        ("adds up", if features.adds_up { ADDS_UP } else { 0.0 }),
    ];
    all.into_iter().filter(|&(_, weight)| weight != 0.0).collect()
}

/// The kind of evidence for a value, by whose parts it is weighed when rules are measured: how the rule is trusted, where
/// the value stands, whether another rule agrees, whether anything was repaired, whether another value was read too.
pub fn pattern(strength: Strength, features: &Features, agreed: bool, contested: bool) -> String {
    let zone = match features.zone {
        Some(Zone::Annex | Zone::GeneralTerms) => "outside",
        Some(Zone::Recitals) => "recitals",
        Some(Zone::Signatures) => "signatures",
        Some(Zone::Title | Zone::Preamble) => "opening",
        _ => "clauses",
    };
    let head = match (features.heading, features.preferred_zone) {
        (true, _) => "under its heading",
        (_, true) => "where expected",
        _ => "anywhere",
    };
    let agreed = if agreed { "agreed" } else { "alone" };
    let clean = if features.repairs > 0 || features.ocr < 0.6 { "repaired" } else { "clean" };
    let contested = if contested { "contested" } else { "only" };
    let doubt = if features.doubtful { "/doubtful" } else { "" };
    let sum = if features.adds_up { "/adds up" } else { "" };
    let sole = match features.sole {
        Some(true) => "/the only one",
        Some(false) => "/one of several",
        None => "",
    };
    format!("{}/{zone}/{head}/{agreed}/{clean}/{contested}{doubt}{sum}{sole}", strength.name())
}
