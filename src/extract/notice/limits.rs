//! What a sentence says that keeps a period from being the notice as it stands: that it does not apply, that it is the
//! longer of two bounds, that it counts working days, that it holds from some moment on.

use std::ops::Range;

use crate::{
    extract::{
        entity::{DateReading, Entity},
        lexicon::fold,
        remark::Remark,
        scene::{Find, Scene, Thing},
    },
    model::Period,
};

/// What is left of a period of notice once its sentence is heard out.
pub struct Limited {
    /// The period.
    pub period: Period,
    /// What the record cannot hold of it.
    pub remarks: Vec<Remark>,
}

/// The period that counts of one at a place in a sentence; `None` where it does not apply.
pub fn limited(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>, period: Period) -> Option<Limited> {
    // `on or after the third anniversary`: a day, not how long before.
    if fold(scene.text.slice(value)).ends_with("anniversary") {
        return None;
    }
    let mut found = Limited { period, remarks: Vec::new() };
    match denied(scene, sentence, value) {
        Some(Denial::Always) => return None,
        Some(Denial::SomeCases) => found.remarks.push(Remark::SomeCases),
        None => {}
    }
    let mut at = value.clone();
    if is_at_most(scene, sentence, value) {
        match the_least(scene, sentence, value, period) {
            Some((range, least)) => {
                found.period = least;
                found.remarks.push(Remark::NotEarlier(period));
                at = range;
            }
            None => found.remarks.push(Remark::AtMost),
        }
    } else if let Some(most) = the_most(scene, sentence, value) {
        found.remarks.push(Remark::NotEarlier(most));
    }
    if counts_working_days(scene, &at) {
        found.remarks.push(Remark::WorkingDays(found.period));
    }
    Some(found)
}

/// A time in days that is never shorter than so many working days: weeks of five, and as many days more as weekends and
/// public holidays, which differ by country, took at most in twenty years.
pub fn in_days(working: Period) -> Period {
    let days = working.days;
    let calendar = days.div_ceil(5).saturating_mul(7).saturating_add(9 + days / 15);
    Period { days: calendar, ..working }
}

/// The period at a place is one of working days.
pub fn counts_working_days(scene: &Scene<'_>, value: &Range<usize>) -> bool {
    scene
        .finds_in(value)
        .any(|find| matches!(&find.thing, Thing::Entity(Entity::Period(reading)) if reading.working_days))
}

enum Denial {
    Always,
    SomeCases,
}

/// `Een opzegtermijn van drie maanden is niet van toepassing`, `No notice period of three months shall apply`
fn denied(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> Option<Denial> {
    const DENIALS: [&str; 26] = [
        "is niet van toepassing",
        "zijn niet van toepassing",
        "niet van toepassing is",
        "geldt niet",
        "gelden niet",
        "geldt hier niet",
        "is uitgesloten",
        "wordt uitgesloten",
        "is hierbij uitgesloten",
        "wordt hierbij uitgesloten",
        "is niet vereist",
        "is niet nodig",
        "is niet verschuldigd",
        "vervalt",
        "komt te vervallen",
        "hoeft niet",
        "behoeft niet",
        "wordt niet in acht genomen",
        "shall not apply",
        "does not apply",
        "will not apply",
        "is excluded",
        "is hereby excluded",
        "is disapplied",
        "is not applicable",
        "is not required",
    ];
    const CASES: [&str; 14] = [
        "voor", "bij", "indien", "in geval", "als", "wanneer", "ingeval", "tenzij", "for", "if", "where", "in case",
        "in the", "to",
    ];
    let behind = fold(scene.text.slice(&(value.end..sentence.end)));
    let behind = behind.trim_start_matches([' ', ')', '\'']);
    if let Some(rest) = DENIALS.iter().find_map(|denial| behind.strip_prefix(denial)) {
        let rest = rest.trim_start();
        let some = CASES.iter().any(|case| rest.strip_prefix(case).is_some_and(|rest| rest.starts_with(' ')));
        return Some(if some { Denial::SomeCases } else { Denial::Always });
    }
    let before = fold(shortly_before(scene, sentence, value.start));
    // `Daarbij is de opzegtermijn van twee maanden in acht genomen`: it was, once.
    let was = |word: &str| matches!(word, "is" | "zijn" | "heeft" | "hebben");
    if behind.strip_prefix("in acht genomen").is_some_and(|rest| !rest.trim_start().starts_with(['t', 'w', 'd']))
        && before.split_whitespace().any(was)
        && !before.split_whitespace().any(|word| matches!(word, "wordt" | "worden" | "dient" | "moet"))
    {
        return Some(Denial::Always);
    }
    let words: Vec<&str> = before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let last = &words[words.len().saturating_sub(5)..];
    let names_it = |word: &&str| word.starts_with("opzeg") || matches!(*word, "notice" | "period");
    let no = last.iter().position(|word| matches!(*word, "geen" | "no"))?;
    // `no less than`, `not later than` bound it.
    let bounds = last.get(no + 1).is_some_and(|word| matches!(*word, "less" | "fewer" | "later" | "shorter" | "more"));
    (!bounds && last[no..].iter().any(names_it)).then_some(Denial::Always)
}

const AT_MOST: [&str; 23] = [
    "no more than",
    "not more than",
    "nor more than",
    "at most",
    "a maximum of",
    "maximum of",
    "no earlier than",
    "not earlier than",
    "nor earlier than",
    "not exceeding",
    "no longer than",
    "not longer than",
    "ten hoogste",
    "hoogstens",
    "maximaal",
    "niet meer dan",
    "niet langer dan",
    "niet eerder dan",
    "niet vroeger dan",
    "maximum van",
    "maximaal van",
    "op zijn vroegst",
    "op zijn hoogst",
];

const AT_LEAST: [&str; 24] = [
    "at least",
    "not less than",
    "no less than",
    "nor less than",
    "not fewer than",
    "no fewer than",
    "a minimum of",
    "minimum of",
    "not later than",
    "no later than",
    "nor later than",
    "ten minste",
    "tenminste",
    "minimaal",
    "minstens",
    "niet later dan",
    "uiterlijk",
    "niet minder dan",
    "niet korter dan",
    "op zijn minst",
    "minimum van",
    "ten laatste",
    "op zijn laatst",
    "uiterst",
];

/// Words that say what a period is, right before it, take no more room than this.
const ROOM: usize = 48;

/// The words before a place in a sentence, as far as they can tell what it is.
fn shortly_before<'a>(scene: &'a Scene<'_>, sentence: &Range<usize>, at: usize) -> &'a str {
    let mut from = at.saturating_sub(ROOM).max(sentence.start).min(at);
    while !scene.text.running.is_char_boundary(from) {
        from += 1;
    }
    scene.text.slice(&(from..at))
}

fn said_before(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>, phrases: &[&str]) -> bool {
    let before = fold(shortly_before(scene, sentence, value.start));
    let before = before.trim_end_matches([' ', ',', '(']);
    phrases.iter().any(|phrase| {
        before
            .strip_suffix(phrase)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(|c: char| !c.is_alphanumeric()))
    })
}

fn is_at_most(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> bool {
    said_before(scene, sentence, value, &AT_MOST) || range_starts(scene, sentence, value).is_some()
}

/// `between 90 and 180 days`, `tussen drie en zes maanden`: the number that the range starts with.
fn range_starts<'a>(scene: &'a Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> Option<&'a Find> {
    let before = near(sentence, value).start..value.start;
    let from = scene
        .finds_in(&before)
        .filter(|find| matches!(find.thing, Thing::Number(_) | Thing::Entity(Entity::Period(_))))
        .last()?;
    let joined = matches!(fold(scene.text.slice(&(from.range.end..value.start))).trim(), "and" | "en" | "to" | "tot");
    let opens = said_before(scene, sentence, &from.range, &["between", "tussen", "from", "van"]);
    (joined && opens).then_some(from)
}

/// Bounds of one notice stand so close together.
const NEAR: usize = 60;

/// The part of a sentence around a period in which its other bound stands.
fn near(sentence: &Range<usize>, value: &Range<usize>) -> Range<usize> {
    value.start.saturating_sub(2 * NEAR).max(sentence.start)..(value.end + 2 * NEAR).min(sentence.end)
}

fn neighbours<'a>(scene: &'a Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> Vec<(&'a Find, Period)> {
    let other = |find: &&Find| find.range.end <= value.start || find.range.start >= value.end;
    let apart =
        |find: &Find| find.range.start.saturating_sub(value.end).max(value.start.saturating_sub(find.range.end));
    scene
        .finds_in(&near(sentence, value))
        .filter(other)
        .filter_map(|find| match &find.thing {
            Thing::Entity(Entity::Period(reading)) if apart(find) <= NEAR => Some((find, reading.period?)),
            _ => None,
        })
        .collect()
}

/// Of `ten minste drie en ten hoogste zes maanden` the least is what must be observed.
fn the_least(
    scene: &Scene<'_>,
    sentence: &Range<usize>,
    value: &Range<usize>,
    period: Period,
) -> Option<(Range<usize>, Period)> {
    if let Some(from) = range_starts(scene, sentence, value) {
        let least = match &from.thing {
            Thing::Number(number) => super::shares::in_unit_of(period, *number)?,
            Thing::Entity(Entity::Period(reading)) => reading.period?,
            _ => return None,
        };
        return (least.rough_days() < period.rough_days()).then(|| (value.clone(), least));
    }
    let stated = neighbours(scene, sentence, value)
        .into_iter()
        .find(|(find, _)| said_before(scene, sentence, &find.range, &AT_LEAST))
        .map(|(find, least)| (find.range.clone(), least));
    let bare = || {
        // `ten minste drie, doch ten hoogste zes maanden`
        scene.finds_in(&near(sentence, value)).find_map(|find| {
            let Thing::Number(number) = find.thing else { return None };
            let near = find.range.end <= value.start && value.start - find.range.end <= NEAR;
            let least = super::shares::in_unit_of(period, number)?;
            (near && said_before(scene, sentence, &find.range, &AT_LEAST)).then(|| (value.clone(), least))
        })
    };
    stated.or_else(bare).filter(|(_, least)| least.rough_days() < period.rough_days())
}

/// The upper bound that stands beside a period.
fn the_most(scene: &Scene<'_>, sentence: &Range<usize>, value: &Range<usize>) -> Option<Period> {
    let this = scene.finds_in(value).find_map(|find| match &find.thing {
        Thing::Entity(Entity::Period(reading)) => reading.period,
        _ => None,
    })?;
    let least = said_before(scene, sentence, value, &AT_LEAST);
    neighbours(scene, sentence, value)
        .into_iter()
        .find(|(find, most)| {
            least && most.rough_days() > this.rough_days() && said_before(scene, sentence, &find.range, &AT_MOST)
        })
        .map(|(_, most)| most)
}

/// `voor het eerst per 31 december 2028`, `doch eerst na het eerste jaar`, `but not before the second anniversary`
pub fn not_from_the_start(scene: &Scene<'_>, sentence: &Range<usize>) -> bool {
    const FIRST: [&str; 28] = [
        "voor het eerst",
        "voor de eerste maal",
        "voor de eerste keer",
        "eerst na ",
        "pas na ",
        "eerst vanaf ",
        "pas vanaf ",
        "eerst mogelijk",
        "niet eerder dan na",
        "niet eerder dan met ingang",
        "niet eerder dan per ",
        "niet eerder dan op ",
        "niet eerder dan tegen ",
        "niet voor het verstrijken",
        "met ingang van het tweede",
        "vanaf het tweede",
        "met ingang van het derde",
        "vanaf het derde",
        "for the first time",
        "not before ",
        "no earlier than the ",
        "not earlier than the ",
        "but only after",
        "from the second",
        "not prior to ",
        "the earliest on ",
        "at the earliest",
        "on or after the ",
    ];
    let said = fold(scene.text.slice(sentence));
    if FIRST.iter().any(|words| said.contains(words)) {
        return true;
    }
    // `niet eerder dan drie jaar na de ingangsdatum`, `niet eerder dan 1 januari 2028`: no bound of a period of notice.
    scene.finds_in(sentence).any(|find| {
        let after = fold(&scene.text.running[find.range.end..sentence.end]);
        let since =
            ["na ", "after ", "from ", "following ", "vanaf "].iter().any(|w| after.trim_start().starts_with(w));
        let moment = match &find.thing {
            Thing::Entity(Entity::Date(DateReading::Day(_))) => true,
            Thing::Entity(Entity::Period(_)) => since,
            _ => false,
        };
        moment
            && said_before(
                scene,
                sentence,
                &find.range,
                &[
                    "niet eerder dan",
                    "niet voor",
                    "not earlier than",
                    "no earlier than",
                    "earlier than",
                    "niet vroeger dan",
                ],
            )
    })
}

#[cfg(test)]
mod tests;
