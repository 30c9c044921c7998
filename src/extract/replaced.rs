//! Days that a sentence takes away: an addendum names the old end beside the new one.

use super::{
    candidate::Candidate,
    entity::{DateReading, Entity},
    lexicon::fold,
    rule::FieldId,
    scene::{Find, Scene, Thing},
};

/// Between an old day and the one that comes in its place.
const BETWEEN: [&str; 22] = [
    "vervangen door",
    "gewijzigd in",
    "gewijzigd naar",
    "gewijzigd tot",
    "aangepast naar",
    "verschoven naar",
    "verplaatst naar",
    "wordt verlengd",
    "maar op",
    "replaced by",
    "replaced with",
    "substituted by",
    "substituted with",
    "and inserting",
    "and substituting",
    "and replacing it with",
    "changed to",
    "amended to",
    "moved to",
    "brought forward to",
    "is extended",
    "is hereby extended",
];

/// What changes, before `van … naar …`.
const CHANGES: [&str; 17] = [
    "wijzig",
    "gewijzigd",
    "verschuif",
    "verschoven",
    "verplaatst",
    "aangepast",
    "vervroegd",
    "amend",
    "chang",
    "varied",
    "moved",
    "extend",
    "shorten",
    "reduced",
    "brought forward",
    "postponed",
    "replac",
];

/// Before a day that no longer holds.
const INSTEAD_OF: [&str; 4] = ["in plaats van", "in plaats van op", "instead of", "instead of on"];

/// Words that make the change one that may not come.
const MAYBE: [&str; 20] = [
    " kan ",
    " kunnen ",
    " mag ",
    " optie",
    " recht ",
    " indien ",
    " tenzij ",
    " mits ",
    " telkens ",
    " stilzwijgend ",
    " automatisch ",
    " daarna ",
    " may ",
    " option",
    " right ",
    " if ",
    " unless ",
    " provided ",
    " automatically ",
    " thereafter ",
];

/// Drops the ends that their own sentence replaces by another day.
pub(super) fn drop_replaced(scene: &Scene<'_>, candidates: &mut Vec<Candidate<'_>>) {
    candidates.retain(|candidate| {
        let at = candidate.ranges.first();
        candidate.rule.field != FieldId::EndDate || !at.is_some_and(|range| is_replaced(scene, range.start))
    });
}

fn is_replaced(scene: &Scene<'_>, day: usize) -> bool {
    let sentence = scene.sentence_at(day);
    let is_day = |find: &&Find| matches!(find.thing, Thing::Entity(Entity::Date(DateReading::Day(_))));
    let days: Vec<_> = scene.finds_in(&sentence).filter(is_day).map(Find::read_at).collect();
    let Some(own) = days.iter().position(|range| range.contains(&day)) else { return false };
    let said = |from: usize, to: usize| {
        let words = fold(scene.text.running.get(from..to).unwrap_or_default());
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.join(" ")
    };
    if MAYBE.iter().any(|maybe| format!(" {} ", said(sentence.start, sentence.end)).contains(maybe)) {
        return false;
    }
    let before = said(sentence.start, days[own].start);
    if own > 0 && INSTEAD_OF.iter().any(|instead| before.ends_with(instead)) {
        return true;
    }
    let Some(next) = days.get(own + 1) else { return false };
    let between = said(days[own].end, next.start);
    let moves = matches!(between.as_str(), "naar" | "in" | "to" | "tot" | "until" | "tot en met")
        && ["van", "from"].iter().any(|from| before.split(' ').next_back() == Some(from));
    BETWEEN.iter().any(|words| between.contains(words)) || moves && CHANGES.iter().any(|change| before.contains(change))
}

#[cfg(test)]
mod tests {
    use crate::{
        extract::{FieldId, RuleSet, candidate::Value},
        text::Text,
    };

    /// The ends that a sentence gives.
    fn ends(said: &str) -> Vec<String> {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence(said, None);
        let found = rules.candidates(&rules.scene(&text));
        let mut days: Vec<_> = found
            .iter()
            .filter(|candidate| candidate.rule.field == FieldId::EndDate)
            .map(|candidate| match &candidate.value {
                Value::Day(day) => day.to_string(),
                other => other.to_string(),
            })
            .collect();
        days.sort();
        days.dedup();
        days
    }

    #[test]
    fn an_end_that_its_own_sentence_replaces_is_none() {
        for said in [
            "De overeenkomst, die eindigt op 31 december 2023, wordt verlengd tot en met 31 december 2025.",
            "De einddatum wordt gewijzigd van 31 december 2023 naar 31 december 2025.",
            "De overeenkomst eindigt op 31 december 2025 in plaats van op 31 december 2023.",
            "De overeenkomst eindigt niet op 31 december 2023, maar op 31 december 2025.",
            "In artikel 3 wordt de einddatum \"31 december 2023\" vervangen door \"31 december 2025\".",
            "The agreement, which expires on 31 December 2023, is extended until 31 December 2025.",
            "The expiration date is amended from 31 December 2023 to 31 December 2025.",
            "In clause 3 the end date \"31 December 2023\" is replaced by \"31 December 2025\".",
        ] {
            assert_eq!(ends(said), ["2025-12-31"], "{said}");
        }
    }

    #[test]
    fn an_end_stands_where_the_later_one_may_not_come() {
        for said in [
            "De overeenkomst eindigt op 31 december 2023 en kan tot en met 31 december 2025 worden verlengd.",
            "De overeenkomst eindigt op 31 december 2023, tenzij zij wordt verlengd tot en met 31 december 2025.",
            "The agreement expires on 31 December 2023 unless it is extended until 31 December 2025.",
        ] {
            assert!(ends(said).contains(&"2023-12-31".to_owned()), "{said}");
        }
    }
}
