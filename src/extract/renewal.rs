//! What a sentence says of a renewal besides its kind and period: how often, until when at the latest, and whether the
//! parties must agree on it first.

use std::ops::Range;

use jiff::civil::Date;

use super::{
    candidate::Candidate,
    entity::{DateReading, Entity},
    lexicon::fold,
    scene::{Scene, Thing},
};
use crate::model::{Period, record::Term};

/// A limit beyond which a contract is not renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It ends on this day at the latest.
    Day(Date),
    /// It runs so long at most, all renewals included.
    InAll(Period),
}

/// Words that end what was said before them.
fn ends_with_any(said: &str, phrases: &[&str]) -> bool {
    let said = said.trim_end_matches([' ', ',', '(', ':']);
    phrases.iter().any(|phrase| {
        said.strip_suffix(phrase).is_some_and(|rest| rest.is_empty() || rest.ends_with(|c: char| !c.is_alphanumeric()))
    })
}

/// What tells of a day or a number what it is, stands in so much text before it.
const ROOM: usize = 160;

fn before(scene: &Scene<'_>, range: &Range<usize>, at: usize) -> String {
    let mut from = at.saturating_sub(ROOM).max(range.start).min(at);
    while !scene.text.running.is_char_boundary(from) {
        from += 1;
    }
    fold(scene.text.slice(&(from..at)))
}

/// A sentence in small letters, each in its place.
fn plain(scene: &Scene<'_>, range: &Range<usize>) -> String {
    scene.text.slice(range).to_ascii_lowercase()
}

/// How often a contract is renewed at most: `maximaal driemaal`, `for two further periods`, `up to a maximum of three (3)
/// renewals`.
pub fn most_times(candidate: &Candidate<'_>, scene: &Scene<'_>) -> Option<u16> {
    const NEAR: usize = 50;
    const AT_MOST: [&str; 14] = [
        "maximaal",
        "ten hoogste",
        "hoogstens",
        "niet vaker dan",
        "niet meer dan",
        "maximum van",
        "met een maximum van",
        "up to",
        "maximum of",
        "at most",
        "no more than",
        "not more than",
        "limited to",
        "not exceeding",
    ];
    const TIMES: [&str; 15] = [
        "maal",
        "keer",
        "malen",
        "keren",
        "x",
        "times",
        "renewals",
        "extensions",
        "verlengingen",
        "renewal",
        "extension",
        "verlenging",
        "occasions",
        "such",
        "dergelijke",
    ];
    const ANOTHER: [&str; 14] = [
        "further",
        "additional",
        "successive",
        "consecutive",
        "subsequent",
        "extra",
        "more",
        "extension",
        "renewal",
        "aansluitende",
        "opeenvolgende",
        "achtereenvolgende",
        "nieuwe",
        "verdere",
    ];
    const SPANS: [&str; 12] = [
        "period",
        "periods",
        "term",
        "terms",
        "perioden",
        "periodes",
        "periode",
        "termijnen",
        "termijn",
        "times",
        "jaren",
        "contractperiodes",
    ];
    let sentence = scene.sentence_at(candidate.matched.start);
    let counts = |find: &super::scene::Find, number: u16| {
        let said = fold(scene.text.slice(&find.range));
        // `een aansluitende periode` counts nothing.
        if scene.text.slice(&find.range) == "een" {
            return false;
        }
        let behind = &scene.text.running[find.range.end..sentence.end];
        let words: Vec<String> = behind
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty() && word.parse::<u16>() != Ok(number))
            .take(3)
            .map(fold)
            .collect();
        let at_most = ends_with_any(&before(scene, &sentence, find.range.start), &AT_MOST);
        // `driemaal`
        let whole = said.ends_with("maal");
        let times = words.first().is_some_and(|word| TIMES.contains(&word.as_str()));
        let spans = words.first().is_some_and(|word| ANOTHER.contains(&word.as_str()))
            && words[1..].iter().any(|word| SPANS.contains(&word.as_str()))
            && words.iter().position(|word| SPANS.contains(&word.as_str()))
                < words.iter().position(|word| *word == "of").or(Some(9));
        // `de prijs wordt eenmaal per jaar aangepast` is said of something else.
        let near = find.range.start + NEAR >= candidate.matched.start && find.range.end <= candidate.matched.end + NEAR;
        let yearly = words.first().is_some_and(|word| word == "per");
        near && !yearly && (whole || spans || at_most && times)
    };
    scene.finds_in(&sentence).find_map(|find| match find.thing {
        Thing::Number(number) if (1..=50).contains(&number) && counts(find, number) => Some(number),
        _ => None,
    })
}

/// The latest end that the sentence of a renewal, or one behind it in its clause, sets to all renewals.
pub fn limit(candidate: &Candidate<'_>, scene: &Scene<'_>) -> Option<Limit> {
    let sentence = scene.sentence_at(candidate.matched.start);
    let clause = scene.text.clause_at(candidate.matched.start).map(|clause| scene.text.clauses[clause].range.end);
    let until = clause.unwrap_or(scene.text.running.len()).max(sentence.end);
    let behind =
        scene.text.sentences.iter().filter(|other| other.start >= sentence.start && other.end <= until).take(3);
    behind.into_iter().find_map(|other| {
        // What the sentence says before it speaks of renewal is said of the first term.
        let from = if other.start == sentence.start { first_word(scene, candidate) } else { other.start };
        let found = limit_in(scene, &(from..other.end), other.start == sentence.start);
        // `… derhalve tot en met 31 maart 2026. Deze wordt vervolgens voortgezet …`
        let goes_on =
            scene.text.sentences.iter().filter(|next| next.start >= other.end && next.end <= until).take(2).any(
                |next| {
                    let said = fold(scene.text.slice(next));
                    ["vervolgens", "daarna", "nadien", "thereafter", "then"].iter().any(|word| said.contains(word))
                        && ["voortgezet", "verlengd", "renew", "continu", "extend"]
                            .iter()
                            .any(|stem| said.contains(stem))
                },
            );
        found.filter(|_| !goes_on)
    })
}

fn first_word(scene: &Scene<'_>, candidate: &Candidate<'_>) -> usize {
    let value = candidate.ranges.first().map_or(candidate.matched.start, |range| range.start);
    let sentence = scene.sentence_at(candidate.matched.start);
    value.clamp(sentence.start, sentence.end)
}

const LATEST: [&str; 24] = [
    "ten hoogste tot",
    "hoogstens tot",
    "maximaal tot",
    "niet verder dan",
    "in ieder geval",
    "in elk geval",
    "in alle gevallen",
    "uiterlijk",
    "op zijn laatst",
    "niet langer dan",
    "niet later dan",
    "in any event",
    "in any case",
    "in all events",
    "at the latest",
    "no later than",
    "not later than",
    "not beyond",
    "not extend beyond",
    "in no event",
    "definitief",
    "finally",
    "ultimately",
    "onherroepelijk",
];
// Behind `wordt voortgezet voor vijf jaar`: so until then.
const SO: [&str; 12] = [
    "derhalve",
    "dus",
    "mitsdien",
    "zodat",
    "te weten",
    "namelijk",
    "that is",
    "i.e",
    "therefore",
    "ie",
    "thus",
    "hence",
];
/// By then something is told, nothing ends.
const TOLD: [&str; 6] = ["opzeg", "opgezegd", "notice", "mededel", "meegedeeld", "kennis"];

fn limit_in(scene: &Scene<'_>, range: &Range<usize>, same_sentence: bool) -> Option<Limit> {
    const ENDS: [&str; 11] =
        ["eindig", "afloop", "verstrijk", "loop", "duur", "tot", "end", "expire", "terminate", "extend", "until"];
    scene.finds_in(range).find_map(|find| {
        let before = before(scene, range, find.range.start);
        // The words since the last mark that parts a sentence.
        let near = before.rsplit([';', ',']).next().unwrap_or_default();
        let nearer = if near.trim().len() < 12 { before.as_str() } else { near };
        let latest = LATEST.iter().any(|word| nearer.contains(word)) && ENDS.iter().any(|word| nearer.contains(word));
        let told = TOLD.iter().any(|stem| nearer.contains(stem));
        match &find.thing {
            Thing::Entity(Entity::Date(DateReading::Day(day))) => {
                let so = same_sentence && SO.iter().any(|word| nearer.contains(word));
                let after = &scene.text.running[find.range.end..range.end];
                let behind = after.trim_start().starts_with("at the latest");
                let exclusive = ends_with_any(&before, &["tot", "until", "voor", "before"]);
                let last = if exclusive { day.yesterday().ok()? } else { *day };
                ((latest || so || behind) && !told).then_some(Limit::Day(last))
            }
            Thing::Entity(Entity::Period(reading)) => {
                const IN_ALL: [&str; 12] = [
                    "maximale looptijd",
                    "maximale duur",
                    "maximale contractduur",
                    "maximale totale",
                    "totale looptijd",
                    "totale duur",
                    "totale contractduur",
                    "maximum term",
                    "maximum total",
                    "maximum duration",
                    "total term",
                    "total duration",
                ];
                IN_ALL.iter().any(|words| before.contains(words)).then_some(Limit::InAll(reading.period?))
            }
            _ => None,
        }
    })
}

/// A day that a sentence about renewal calls the latest end: no end of the first term.
pub fn is_latest_end(candidate: &Candidate<'_>, scene: &Scene<'_>) -> bool {
    const RENEWS: [&str; 5] = ["verleng", "voortgezet", "doorlo", "renew", "extend"];
    let sentence = scene.sentence_at(candidate.matched.start);
    let Some(day) = candidate.ranges.first() else { return false };
    let said = before(scene, &sentence, day.start);
    let Some(at) = RENEWS.iter().filter_map(|stem| said.find(stem)).min() else { return false };
    let since = &said[at..];
    LATEST.iter().chain(&SO).any(|words| since.contains(words)) && !TOLD.iter().any(|stem| since.contains(stem))
}

/// `stilzwijgend verlengd voor een zelfde termijn`, `renewed for like periods`: as long as the term.
pub fn as_long_again(candidate: &Candidate<'_>, scene: &Scene<'_>) -> bool {
    const AS: [&str; 9] =
        ["eenzelfde", "dezelfde", "zelfde", "gelijke", "gelijk", "like", "equal", "same", "identical"];
    const LONG: [&str; 14] = [
        "periode",
        "perioden",
        "periodes",
        "termijn",
        "termijnen",
        "duur",
        "tijdvak",
        "tijd",
        "looptijd",
        "contractduur",
        "period",
        "periods",
        "term",
        "terms",
    ];
    const BEHIND: usize = 8;
    let sentence = scene.sentence_at(candidate.matched.start);
    let words = &scene.words[scene.words_in(&(candidate.matched.start..sentence.end.max(candidate.matched.end)))];
    let within = words.iter().take_while(|word| word.range.start < candidate.matched.end).count();
    let said: Vec<String> =
        words.iter().take(within + BEHIND).map(|word| fold(scene.text.slice(&word.range))).collect();
    said.windows(2).any(|pair| AS.contains(&pair[0].as_str()) && LONG.contains(&pair[1].as_str()))
}

/// How often a contract can be renewed until a limit; `None` where its first end is not known.
pub fn times_until(limit: Limit, start: Option<Date>, end: Option<Date>, period: Option<Term>) -> Option<u16> {
    let (Some(Term::Period(period)), Some(end)) = (period, end) else { return None };
    let last = match limit {
        Limit::Day(day) => day,
        Limit::InAll(all) => all.after(start?, 1)?.yesterday().ok()?,
    };
    let next = end.tomorrow().ok()?;
    if period.is_zero() || last < end {
        return None;
    }
    let fits = |times: &u16| {
        period.after(next, *times).and_then(|day| day.yesterday().ok()).is_some_and(|until| until <= last)
    };
    Some((1..=200).take_while(fits).last().unwrap_or(0))
}

/// `kan in onderling overleg worden verlengd`, `renewed if the parties so agree`: nobody has a right to it, and silence
/// does not bring it.
pub fn needs_agreement(candidate: &Candidate<'_>, scene: &Scene<'_>) -> bool {
    const AGREE: [&str; 32] = [
        "onderling overleg",
        "gezamenlijk overleg",
        "gemeenschappelijk overleg",
        "wederzijds goedvinden",
        "wederzijdse instemming",
        "wederzijds akkoord",
        "onderlinge overeenstemming",
        "schriftelijke overeenstemming",
        "instemming van beide partijen",
        "instemming van partijen",
        "goedkeuring van beide partijen",
        "akkoord van beide partijen",
        "akkoord van partijen",
        "indien partijen dat",
        "indien partijen dit",
        "indien partijen zulks",
        "indien beide partijen",
        "als partijen dat",
        "als partijen dit",
        "als beide partijen",
        "mits partijen dat",
        "mits partijen dit",
        "mutual agreement",
        "mutual consent",
        "mutual written",
        "mutually agree",
        "agreement of the parties",
        "agreement of both parties",
        "if the parties so agree",
        "if the parties agree",
        "if both parties",
        "consent of both parties",
    ];
    const OTHERWISE: [&str; 8] = [
        "tenzij",
        "unless",
        "behoudens",
        "anders overeenkomen",
        "anders overeen",
        "agree otherwise",
        "opzeg",
        "terminat",
    ];
    const NEAR: usize = 90;
    let sentence = scene.sentence_at(candidate.matched.start);
    let said = plain(scene, &sentence);
    let place = |at: usize| at.clamp(sentence.start, sentence.end) - sentence.start;
    let (from, to) = (place(candidate.matched.start), place(candidate.matched.end));
    AGREE.iter().any(|words| {
        said.match_indices(words).any(|(at, _)| {
            let near = at + words.len() + NEAR >= from && at <= to + NEAR;
            let mut start = at.saturating_sub(40);
            let mut end = (at + words.len() + 40).min(said.len());
            while !said.is_char_boundary(start) {
                start -= 1;
            }
            while !said.is_char_boundary(end) {
                end += 1;
            }
            near && !OTHERWISE.iter().any(|word| said[start..end].contains(word))
        })
    })
}

#[cfg(test)]
mod tests;
