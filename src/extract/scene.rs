//! A text made ready for matching: its words as rule words, its values as blanks can hold them, and the terms that
//! stand for values elsewhere. It decides nothing about fields.

use std::{collections::HashMap, ops::Range};

use super::{
    entity::{self, DateReading, Entity, Repair},
    lexicon::{Lexicon, Sense, fold},
    pattern::Kind,
};
use crate::{
    model::Language,
    text::{Text, Token, TokenKind, Zone},
};

/// A word of the text.
#[derive(Clone, Debug)]
pub struct SceneWord {
    /// Its place in the running text.
    pub range: Range<usize>,
    /// The rule words that it matches.
    pub senses: Vec<Sense>,
    /// The rule words that it matches together with the next word (`opzeg termijn`).
    pub joined: Vec<Sense>,
}

/// Something that can fill a blank.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    /// What the entity grammars found.
    Entity(Entity),
    /// A small number.
    Number(u16),
    /// What the contract calls a party.
    Role(String),
}

/// A value in the text and the words that it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    /// Its place in the running text.
    pub range: Range<usize>,
    /// Where its value is read, where that is elsewhere (a defined term's definition).
    pub defined_at: Option<Range<usize>>,
    /// The value.
    pub thing: Thing,
    /// Repairs that it rests on.
    pub repairs: Vec<Repair>,
    /// Its first word.
    pub first: usize,
    /// The word after its last.
    pub end: usize,
}

impl Find {
    /// The kind of blank that it can fill.
    pub fn kind(&self) -> Kind {
        match &self.thing {
            Thing::Number(_) => Kind::Number,
            Thing::Role(_) => Kind::Role,
            Thing::Entity(entity) => match entity {
                Entity::Date(_) => Kind::Date,
                Entity::Period(_) => Kind::Period,
                Entity::Amount(_) => Kind::Amount,
                Entity::Organization(_) => Kind::Organization,
                Entity::Person(_) => Kind::Person,
                Entity::Registration(_) => Kind::Registration,
                Entity::Jurisdiction(_) => Kind::Jurisdiction,
                Entity::Court(_) => Kind::Court,
                Entity::Arbiters(_) => Kind::Arbiters,
                Entity::Event(_) => Kind::Event,
                Entity::Reference(_) => Kind::Reference,
            },
        }
    }

    /// Where its value is read: its definition, or its own place.
    pub fn read_at(&self) -> Range<usize> {
        self.defined_at.clone().unwrap_or_else(|| self.range.clone())
    }
}

/// A text ready for matching.
pub struct Scene<'t> {
    /// The text itself.
    pub text: &'t Text,
    /// Its words; marks, and what the boxes of a form leave unsaid, are left out.
    pub words: Vec<SceneWord>,
    /// Its values, by first word.
    pub finds: Vec<Find>,
    /// Where the signatures stand, where no words announce them: from the first `place, date` near the end.
    unannounced: Option<Range<usize>>,
    /// Sentences that end in a colon, each with the items that go on with it.
    pub lists: Vec<Range<usize>>,
}

/// A line with a place and a date has at most so many words.
const PLACE_AND_DATE: usize = 7;
/// A line that says who signs for whom has at most so many words.
const SIGNED_FOR: usize = 16;

/// Items that go on with a sentence are so many at most, and have so many letters together.
const ITEMS: usize = 6;
const LETTERS_OF_ITEMS: usize = 700;

/// `De opzegtermijn bedraagt:`, `a. voor de huurder drie maanden;`, `b. voor de verhuurder zes maanden.`
fn lists(text: &Text) -> Vec<Range<usize>> {
    let item = |sentence: &Range<usize>| {
        let said = text.slice(sentence).trim_start_matches('(');
        let number: String = said.chars().take_while(|c| c.is_alphanumeric()).collect();
        let behind = &said[number.len()..];
        let decimal = behind.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let numbers = (1..=3).contains(&number.len()) && behind.starts_with([')', '.', ' ']) && !decimal;
        said.starts_with(['-', '•', '–', '·', '*']) || numbers && !number.chars().any(|c| c.is_uppercase())
    };
    let mut lists: Vec<Range<usize>> = Vec::new();
    for (number, lead) in text.sentences.iter().enumerate() {
        let inside = lists.last().is_some_and(|list| lead.start < list.end);
        if inside || !text.slice(lead).ends_with(':') {
            continue;
        }
        let near = |sentence: &&Range<usize>| item(sentence) && sentence.end - lead.end <= LETTERS_OF_ITEMS;
        if let Some(last) = text.sentences[number + 1..].iter().take_while(near).take(ITEMS).last() {
            lists.push(lead.start..last.end);
        }
    }
    lists
}

/// `For Kestrel: A. Grayling, Director, 22 September 2020`, `Accepted for the Customer: D. Haigh`.
fn signs(line: &str) -> bool {
    let line = fold(line);
    ["for ", "accepted for ", "agreed for ", "signed "].iter().any(|opens| line.trim_start().starts_with(opens))
        && line.contains(':')
}

const DUTCH_NUMBERS: [&str; 13] =
    ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"];
const ENGLISH_NUMBERS: [&str; 13] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// True for a term that can stand for a date or a period (`Effective Date`, `Looptijd`). `Licensee` cannot, though a
/// date may stand in the sentence that defines it.
fn names_a_time(term: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "date",
        "datum",
        "dag",
        "day",
        "term",
        "termijn",
        "period",
        "periode",
        "duur",
        "duration",
        "looptijd",
        "start",
        "begin",
        "commencement",
        "aanvang",
        "ingang",
        "einde",
        "end",
        "expiry",
        "expiration",
        "jaar",
        "year",
        "closing",
        "phase",
        "fase",
    ];
    fold(term).split_whitespace().any(|word| ENDINGS.iter().any(|ending| word.ends_with(ending)))
}

/// A small number in words or figures; also `driemaal`, `twice`.
pub fn small_number(folded: &str) -> Option<u16> {
    if let Ok(number) = folded.parse() {
        return Some(number).filter(|&number| number <= 100);
    }
    let stem = folded.strip_suffix("maal").or_else(|| folded.strip_suffix("malen")).unwrap_or(folded);
    let place = |names: &[&str]| names.iter().position(|&name| name == stem).and_then(|at| u16::try_from(at).ok());
    match folded {
        "once" | "eens" | "eenmalig" | "eenmalige" => Some(1),
        "twice" => Some(2),
        "thrice" => Some(3),
        _ => place(&DUTCH_NUMBERS).or_else(|| place(&ENGLISH_NUMBERS)),
    }
}

impl<'t> Scene<'t> {
    /// Prepares a text. `roles` are words that usually name a party.
    pub fn new(text: &'t Text, lexicon: &Lexicon, roles: &[String]) -> Self {
        let says = |token: &&Token| token.kind != TokenKind::Mark && !text.is_unsaid(token.range.start);
        let tokens: Vec<_> = text.tokens.iter().filter(says).collect();
        let folded: Vec<String> = tokens.iter().map(|token| fold(text.slice(&token.range))).collect();
        let mut known: HashMap<&str, Vec<Sense>> = HashMap::new();
        let words: Vec<SceneWord> = tokens
            .iter()
            .enumerate()
            .map(|(at, token)| {
                // Only a gap of one space may be OCR's: `opzeg termijn`, not `opzeg\ntermijn`.
                let joined = match tokens.get(at + 1) {
                    Some(next)
                        if folded[at].len() + folded[at + 1].len() >= 8
                            && text.slice(&(token.range.end..next.range.start)) == " " =>
                    {
                        lexicon.whole_only(&format!("{}{}", folded[at], folded[at + 1]))
                    }
                    _ => Vec::new(),
                };
                let senses = known.entry(&folded[at]).or_insert_with(|| lexicon.senses(&folded[at])).clone();
                SceneWord { range: token.range.clone(), senses, joined }
            })
            .collect();
        let mut scene = Self { text, words, finds: Vec::new(), unannounced: None, lists: lists(text) };
        let mut finds: Vec<Find> = entity::find(text)
            .into_iter()
            .filter_map(|spot| if text.is_unsaid(spot.range.start) { unit_of_another(text, &spot) } else { Some(spot) })
            .map(|spot| scene.find(spot.range, None, Thing::Entity(spot.entity), spot.repairs))
            .collect();
        finds.extend(scene.numbers(&folded));
        finds.extend(scene.roles(&folded, roles, &finds));
        finds.extend(scene.defined_values(&finds));
        finds.sort_by(|a, b| (a.first, b.end, a.kind()).cmp(&(b.first, a.end, b.kind())));
        scene.finds = finds;
        scene.unannounced = scene.unannounced_signatures();
        scene
    }

    /// The zone of a position.
    pub fn zone_at(&self, position: usize) -> Zone {
        match self.text.zone_at(position) {
            Zone::Clauses | Zone::Preamble
                if self.unannounced.as_ref().is_some_and(|tail| tail.contains(&position)) =>
            {
                Zone::Signatures
            }
            zone => zone,
        }
    }

    fn unannounced_signatures(&self) -> Option<Range<usize>> {
        if self.text.zones.is_empty() {
            return None;
        }
        if let Some((signed, _)) = self.text.zones.iter().find(|(_, zone)| *zone == Zone::Signatures) {
            return self.entries_before(signed.start);
        }
        let after = |zone: &Zone| matches!(zone, Zone::Annex | Zone::GeneralTerms);
        let end =
            self.text.zones.iter().find(|(_, zone)| after(zone)).map_or(self.text.running.len(), |(r, _)| r.start);
        let from = end - end / 4;
        let short = |sentence: &Range<usize>| {
            let most = if signs(self.text.slice(sentence)) { SIGNED_FOR } else { PLACE_AND_DATE };
            self.words_in(sentence).len() <= most
        };
        let first = self.text.sentences.iter().find(|sentence| {
            sentence.start >= from
                && sentence.end <= end
                && short(sentence)
                && self.finds_in(sentence).any(|find| find.kind() == Kind::Date)
        })?;
        Some(first.start..end)
    }

    /// Lines of a signature block that stand before what announces it: `Namens X`, `Naam:`, `Plaats:`, `Datum:`.
    fn entries_before(&self, signed: usize) -> Option<Range<usize>> {
        const ENTRIES: [&str; 9] =
            ["naam", "plaats", "datum", "functie", "namens", "voor ", "getekend voor", "name", "date"];
        let mut start = signed;
        while let Some(end) = start.checked_sub(1).filter(|_| start > 0) {
            let line_start = self.text.line_start(end);
            let line = fold(&self.text.running[line_start..end]);
            let short = line.split_whitespace().count() <= PLACE_AND_DATE && !line.ends_with('.');
            if line_start == end || !short || !ENTRIES.iter().any(|entry| line.starts_with(entry)) {
                break;
            }
            start = line_start;
        }
        (start < signed).then_some(start..signed)
    }

    fn find(&self, range: Range<usize>, defined_at: Option<Range<usize>>, thing: Thing, repairs: Vec<Repair>) -> Find {
        let first = self.word_from(range.start);
        let end = self.word_from(range.end).max(first);
        Find { range, defined_at, thing, repairs, first, end }
    }

    fn numbers<'a>(&'a self, folded: &'a [String]) -> impl Iterator<Item = Find> + 'a {
        folded.iter().enumerate().filter_map(|(at, word)| {
            let number = small_number(word)?;
            Some(self.find(self.words[at].range.clone(), None, Thing::Number(number), Vec::new()))
        })
    }

    /// Roles: words that usually name a party, and terms that this contract binds to one.
    fn roles(&self, folded: &[String], usual: &[String], finds: &[Find]) -> Vec<Find> {
        let names_party = |range: &Range<usize>| {
            finds.iter().any(|find| {
                matches!(find.kind(), Kind::Organization | Kind::Person)
                    && find.range.start >= range.start
                    && find.range.end <= range.end
            })
        };
        let mut names: Vec<Vec<String>> = usual.iter().map(|role| vec![fold(role)]).collect();
        for term in self.text.terms.iter().filter(|term| names_party(&term.meaning)) {
            let words: Vec<String> = super::pattern::words_of(&term.term).into_iter().map(fold).collect();
            if (1..=3).contains(&words.len()) {
                names.push(words);
            }
        }
        names.sort();
        names.dedup();
        let mut by_first: HashMap<&str, Vec<&Vec<String>>> = HashMap::new();
        for name in &names {
            by_first.entry(name[0].as_str()).or_default().push(name);
        }
        let mut found = Vec::new();
        for at in 0..folded.len() {
            let longest = by_first
                .get(folded[at].as_str())
                .into_iter()
                .flatten()
                .filter(|name| folded[at..].starts_with(name))
                .max_by_key(|name| name.len());
            if let Some(name) = longest {
                let range = self.words[at].range.start..self.words[at + name.len() - 1].range.end;
                let role = self.text.slice(&range).to_owned();
                found.push(self.find(range, None, Thing::Role(role), Vec::new()));
            }
        }
        found
    }

    /// Occurrences of terms that stand for one date or one period: `the Effective Date`, `the Initial Term`.
    fn defined_values(&self, finds: &[Find]) -> Vec<Find> {
        let mut found = Vec::new();
        for term in &self.text.terms {
            if term.term.len() < 4 || !names_a_time(&term.term) {
                continue;
            }
            let near = |kind: Kind| {
                let mut inside = finds.iter().filter(|find| {
                    find.kind() == kind
                        && find.range.start >= term.meaning.start
                        && find.range.end <= term.meaning.end
                        && !matches!(
                            find.thing,
                            Thing::Entity(Entity::Date(DateReading::Partial | DateReading::Span { .. }))
                        )
                });
                // Definitions that stand behind the value bind the nearest one before them; those in front, the first.
                if term.meaning.end <= term.range.start { inside.next_back() } else { inside.next() }
            };
            // `commences on 1 September 2016 and continues for two years (the "Initial Period")` is the two years.
            let last = fold(term.term.split_whitespace().last().unwrap_or_default());
            let spans =
                ["period", "term", "periode", "termijn", "looptijd", "duur"].iter().any(|end| last.ends_with(end));
            let (first, then) = if spans { (Kind::Period, Kind::Date) } else { (Kind::Date, Kind::Period) };
            let Some(value) = near(first).or_else(|| near(then)) else { continue };
            for (at, _) in self.text.running.match_indices(term.term.as_str()) {
                let range = at..at + term.term.len();
                let whole = self.words.get(self.word_from(at)).is_some_and(|word| word.range.start == at);
                if whole && range != term.range && !(value.range.start <= at && at < value.range.end) {
                    let source = Some(value.range.clone());
                    found.push(self.find(range, source, value.thing.clone(), value.repairs.clone()));
                }
            }
        }
        found
    }

    /// Index of the first word that starts at or after a position.
    pub fn word_from(&self, position: usize) -> usize {
        self.words.partition_point(|word| word.range.start < position)
    }

    /// The words of a range of the running text.
    pub fn words_in(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.word_from(range.start);
        first..self.word_from(range.end).max(first)
    }

    /// The values that start at a word.
    pub fn finds_at(&self, word: usize) -> impl Iterator<Item = (usize, &Find)> {
        let start = self.finds.partition_point(|find| find.first < word);
        self.finds[start..]
            .iter()
            .take_while(move |find| find.first == word)
            .enumerate()
            .map(move |(n, f)| (start + n, f))
    }

    /// The values inside a range of the running text.
    pub fn finds_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Find> {
        let start = self.finds.partition_point(|find| find.first < self.word_from(range.start));
        let range = range.clone();
        self.finds[start..]
            .iter()
            .take_while({
                let end = range.end;
                move |find| find.range.start < end
            })
            .filter(move |find| find.range.start >= range.start && find.range.end <= range.end)
    }

    /// The sentence of a position, with the list that goes on with it.
    pub fn said_at(&self, position: usize) -> Range<usize> {
        let after = self.lists.partition_point(|list| list.end <= position);
        let list = self.lists.get(after).filter(|list| list.start <= position);
        list.cloned().unwrap_or_else(|| self.sentence_at(position))
    }

    /// The sentence of a position.
    pub fn sentence_at(&self, position: usize) -> Range<usize> {
        let after = self.text.sentences.partition_point(|sentence| sentence.end <= position);
        match self.text.sentences.get(after) {
            Some(sentence) if sentence.start <= position => sentence.clone(),
            _ => position..position,
        }
    }
}

/// A form offers at most so many choices between which a unit is shared.
const MOST_CHOICES: usize = 20;

/// `☐ 36 ☒ 60 ☐ 72 maanden`: a choice that is ticked may take its unit from one behind it that is not.
fn unit_of_another(text: &Text, unsaid: &entity::Spot) -> Option<entity::Spot> {
    let Entity::Period(_) = unsaid.entity else { return None };
    let unit = text.slice(&unsaid.range).split_whitespace().last()?;
    let before = text.unsaid.partition_point(|range| range.end <= unsaid.range.start);
    let is_tick = |range: &&Range<usize>| {
        text.slice(range).contains(['☑', '☒', '✓', '✔', '■', 'x', 'X', 'v', 'V']) && range.len() <= 7
    };
    let first = before.saturating_sub(MOST_CHOICES);
    let at = first + text.unsaid[first..before].iter().rposition(|range| is_tick(&range))?;
    let said = text.unsaid[at].end..text.unsaid.get(at + 1)?.start;
    let number = text.slice(&said).trim();
    let whole = said.start + (text.slice(&said).len() - text.slice(&said).trim_start().len());
    let apart = text.running[said.start..unsaid.range.start].contains('\n');
    let read = format!("{number} {unit}");
    let language = text.language_at(unsaid.range.start).unwrap_or(Language::Dutch);
    let spot = entity::find_in(&read, language).into_iter().find(|spot| {
        matches!(spot.entity, Entity::Period(_)) && spot.range == (0..read.len()) && !number.is_empty() && !apart
    })?;
    Some(entity::Spot { range: whole..whole + number.len(), ..spot })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::RuleSet;

    #[test]
    fn a_ticked_number_has_the_unit_of_the_choices_behind_it() {
        let rules = RuleSet::embedded().unwrap();
        let check = |said: &str, want: &[&str]| {
            let text = Text::of_sentence(said, Some(Language::English));
            let scene = rules.scene(&text);
            let got: Vec<&str> = scene
                .finds
                .iter()
                .filter(|find| matches!(find.thing, Thing::Entity(Entity::Period(_))))
                .map(|find| text.slice(&find.range))
                .collect();
            assert_eq!(got, want, "{said}");
        };
        check("The term is ☐ twelve (12) ☒ thirty-six (36) ☐ sixty (60) months.", &["thirty-six (36)"]);
        check("The term is ☐ 12 ☐ 36 ☒ 60 months.", &["60 months"]);
        check("The term is ☐ 12 ☒ other ☐ 60 months.", &[]);
    }
}
