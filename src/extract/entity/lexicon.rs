//! The word lists in the form that the grammars ask for them: by folded word, and by phrase from its first word on.
//! Known words of five letters and more are also found in their commonest misread forms, which are always told apart.

use std::sync::OnceLock;

use rustc_hash::FxHashMap as HashMap;

use super::{
    Repair,
    scan::{Kind, Scan, fold},
};
use crate::{extract::dictionary, model::Period};

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub period: Period,
    pub calendar: bool,
    pub working: bool,
}

/// What one word can mean to the grammars.
#[derive(Clone, Debug, Default)]
pub(super) struct Word {
    pub month: Option<i8>,
    pub unit: Option<Unit>,
    pub weekday: bool,
    pub currency: Option<&'static str>,
    /// The right spelling, where this is a misread form.
    pub repaired: Option<String>,
}

/// Words and phrases of all lists.
pub(super) struct Lexicon {
    words: HashMap<String, Word>,
    numbers: HashMap<String, u64>,
    ordinals: HashMap<String, u64>,
    lists: HashMap<&'static str, Phrases>,
    /// By first word: the bits of the lists that have a phrase with it.
    starts: HashMap<String, u32>,
}

/// A list of phrases.
#[derive(Default)]
pub(super) struct Phrases {
    /// By first word: the rest of the pieces, and the value.
    by_first: HashMap<String, Vec<(Vec<String>, &'static str)>>,
    /// Its own bit among the lists.
    bit: u32,
}

impl Phrases {
    fn insert(&mut self, phrase: &str, value: &'static str) {
        let scan = Scan::new(phrase);
        let mut pieces = (0..scan.pieces.len()).map(|at| scan.folded(at).to_owned());
        if let Some(first) = pieces.next() {
            let rest: Vec<String> = pieces.collect();
            let entries = self.by_first.entry(first).or_default();
            if !entries.iter().any(|(known, _)| *known == rest) {
                entries.push((rest, value));
                entries.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
            }
        }
    }

    /// The longest phrase that starts at a piece: its last piece and its value.
    pub fn at(&self, scan: &Scan<'_>, first: usize) -> Option<(usize, &'static str)> {
        if !scan.may_start(first, self.bit) {
            return None;
        }
        let entries = self.by_first.get(scan.folded(first))?;
        entries.iter().find_map(|(rest, value)| {
            let fits = rest.iter().enumerate().all(|(offset, word)| {
                scan.gap(first + 1 + offset) != super::scan::Gap::Paragraph && scan.folded(first + 1 + offset) == word
            });
            fits.then_some((first + rest.len(), *value))
        })
    }
}

/// The lists that grammars use as phrases.
const PHRASE_LISTS: &[&str] = &[
    "periods",
    "legal_forms",
    "prefix_forms",
    "public_bodies",
    "states",
    "jurisdictions",
    "events",
    "titles",
    "particles",
    "roles",
    "company_words",
    "labels",
    "courts",
    "not_names",
    "given_names",
];

/// The embedded lists, made ready once.
pub(super) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(Lexicon::load)
}

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self {
            words: HashMap::default(),
            numbers: HashMap::default(),
            ordinals: HashMap::default(),
            lists: HashMap::default(),
            starts: HashMap::default(),
        };
        for (value, word) in dictionary::pairs("months") {
            lexicon.words.entry(fold(&word)).or_default().month = value.parse().ok();
        }
        for (value, word) in dictionary::pairs("units") {
            let mut parts = value.split(' ');
            let period = parts.next().and_then(|period| period.parse().ok());
            let mark = parts.next();
            lexicon.words.entry(fold(&word)).or_default().unit = period.map(|period| Unit {
                period,
                calendar: mark == Some("calendar"),
                working: mark == Some("working"),
            });
        }
        for (_, word) in dictionary::pairs("weekdays") {
            lexicon.words.entry(fold(&word)).or_default().weekday = true;
        }
        lexicon.add_misreadings();
        for (value, word) in dictionary::pairs("currencies") {
            lexicon.words.entry(fold(&word)).or_default().currency = Some(kept(value));
        }
        for (name, to) in [("numbers", &mut lexicon.numbers), ("ordinals", &mut lexicon.ordinals)] {
            for (value, word) in dictionary::pairs(name) {
                if let Ok(value) = value.parse() {
                    to.entry(fold(&word)).or_insert(value);
                }
            }
        }
        for (place, &name) in PHRASE_LISTS.iter().enumerate() {
            let phrases = lexicon.lists.entry(name).or_default();
            phrases.bit = 1 << place;
            for (value, phrase) in dictionary::pairs(name) {
                phrases.insert(&phrase, kept(value));
            }
            for first in phrases.by_first.keys() {
                *lexicon.starts.entry(first.clone()).or_default() |= phrases.bit;
            }
        }
        lexicon
    }

    /// Adds each known word of five letters and more as a scanner may misread it in one place.
    fn add_misreadings(&mut self) {
        const CONFUSED: &[(&str, &str)] = &[
            ("m", "rn"),
            ("i", "l"),
            ("l", "i"),
            ("l", "1"),
            ("i", "1"),
            ("o", "0"),
            ("e", "c"),
            ("n", "u"),
            ("u", "n"),
            ("n", "ri"),
            ("d", "cl"),
            ("t", "l"),
            ("b", "h"),
        ];
        let known: Vec<(String, Word)> = self
            .words
            .iter()
            .filter(|(word, _)| word.len() >= 5)
            .map(|(word, meaning)| (word.clone(), meaning.clone()))
            .collect();
        for (word, meaning) in known {
            for &(right, wrong) in CONFUSED {
                for (at, _) in word.match_indices(right) {
                    let misread = format!("{}{wrong}{}", &word[..at], &word[at + right.len()..]);
                    self.words
                        .entry(misread)
                        .or_insert_with(|| Word { repaired: Some(word.clone()), ..meaning.clone() });
                }
            }
        }
    }

    /// The bits of the lists that have a phrase with this first word.
    pub fn starts(&self, folded: &str) -> u32 {
        self.starts.get(folded).copied().unwrap_or(0)
    }

    /// What a piece means, where it is a known word.
    pub fn word(&self, folded: &str) -> Option<&Word> {
        self.words.get(folded)
    }
    /// A list of phrases.
    pub fn phrases(&self, name: &str) -> &Phrases {
        static NONE: OnceLock<Phrases> = OnceLock::new();
        self.lists.get(name).unwrap_or_else(|| NONE.get_or_init(Phrases::default))
    }
    /// The value of one number word, put together from parts as Dutch does (`vijfenzeventig`).
    pub fn number(&self, word: &str) -> Option<u64> {
        if let Some(&value) = self.numbers.get(word) {
            return Some(value);
        }
        if word.len() < 7 || word.len() > 60 {
            return None;
        }
        for (scale, factor) in [("duizend", 1000), ("honderd", 100)] {
            if let Some(at) = word.find(scale) {
                let (left, right) = (&word[..at], &word[at + scale.len()..]);
                let left = if left.is_empty() { 1 } else { self.number(left)? };
                let right = right.strip_prefix("en").unwrap_or(right);
                let right = if right.is_empty() { 0 } else { self.number(right)? };
                return (right < factor && left < 1000).then_some(left * factor + right);
            }
        }
        // Units before tens, joined by `en`.
        word.match_indices("en").find_map(|(at, _)| {
            let unit = *self.numbers.get(&word[..at])?;
            let tens = *self.numbers.get(&word[at + 2..])?;
            (unit < 10 && (20..100).contains(&tens)).then_some(unit + tens)
        })
    }
    /// The value of an ordinal in one word (`eenentwintigste`, `tenth`).
    pub fn ordinal(&self, word: &str) -> Option<u64> {
        if let Some(&value) = self.ordinals.get(word) {
            return Some(value);
        }
        // `op den eersten mei`: the old dative.
        if let Some(bare) = word.strip_suffix('n').filter(|bare| bare.ends_with("ste") || bare.ends_with("de")) {
            return self.ordinal(bare);
        }
        ["ste", "de"].iter().find_map(|ending| {
            let stem = word.strip_suffix(ending)?;
            self.number(stem)
                .or_else(|| self.ordinals.keys().find_map(|first| self.dutch_compound_ordinal(word, first)))
        })
    }
    fn dutch_compound_ordinal(&self, word: &str, irregular: &str) -> Option<u64> {
        let stem = word.strip_suffix(irregular)?;
        Some(self.number(stem.strip_suffix("en").unwrap_or(stem))? + self.ordinals[irregular])
    }
}

/// Values of embedded lists live as long as the program.
fn kept(value: String) -> &'static str {
    Box::leak(value.into_boxed_str())
}

/// The repair that a misread known word rests on.
pub(super) fn repair_of(scan: &Scan<'_>, at: usize, word: &Word) -> Option<Repair> {
    word.repaired.as_ref().map(|right| Repair { read: scan.raw(at).to_owned(), taken: right.clone() })
}

/// Digits of a piece in a numeric place, with letters that a scanner reads for digits folded back.
pub(super) fn digits(scan: &Scan<'_>, at: usize) -> Option<(String, Option<Repair>)> {
    let raw = scan.raw(at);
    match scan.kind(at)? {
        Kind::Number => Some((raw.to_owned(), None)),
        Kind::Mixed | Kind::Word if raw.len() <= 12 => {
            let taken: Option<String> = raw
                .chars()
                .map(|char| match char {
                    '0'..='9' => Some(char),
                    'l' | 'I' | 'i' | 'ì' | 'Ì' | '|' => Some('1'),
                    'O' | 'o' | 'Q' => Some('0'),
                    'S' | 's' => Some('5'),
                    'B' => Some('8'),
                    'Z' | 'z' => Some('2'),
                    _ => None,
                })
                .collect();
            let taken = taken?;
            Some((taken.clone(), Some(Repair { read: raw.to_owned(), taken })))
        }
        _ => None,
    }
}
