//! The one text model: joins the words of a reading into running text and keeps every character traceable to a box
//! on a page. Pure: no I/O, no clock.

use std::ops::Range;

use crate::model::{Evidence, Language, PageNo, Reading};

/// A document's text.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Normalized running text: hyphens joined, running headers and footers left out, columns in reading order,
    /// paragraphs parted by `\n`. All positions below are byte offsets into it.
    pub running: String,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// Sentences (never across a paragraph), in order, without gaps that hold tokens.
    pub sentences: Vec<Range<usize>>,
    /// Zones, in order, covering all of `running`.
    pub zones: Vec<(Range<usize>, Zone)>,
    /// The clause tree in the order of the text; `parent` points into this list.
    pub clauses: Vec<Clause>,
    /// Terms that the contract defines.
    pub terms: Vec<DefinedTerm>,
    /// Label and value pairs of forms, cover sheets, tables and signature blocks.
    pub labels: Vec<Labelled>,
    /// Lines that stand on most pages (headers, footers), digits as on their first page.
    pub running_heads: Vec<RunningHead>,
    /// Main language.
    pub language: Option<Language>,
}

/// A piece of the running text without spaces in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its place in `running`.
    pub range: Range<usize>,
    /// Word, number or mark.
    pub kind: TokenKind,
}

/// Kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with inner apostrophes and hyphens (`'s-Gravenhage`), and letters mixed with digits (`2O19`).
    Word,
    /// Digits only.
    Number,
    /// One punctuation character.
    Mark,
}

/// Part of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation
pub enum Zone {
    Title,
    Contents,
    Preamble,
    Recitals,
    Clauses,
    Signatures,
    Annex,
    GeneralTerms,
}

/// A numbered or headed part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Number as printed (`12.3`, `Artikel 4`), where it has one.
    pub number: Option<String>,
    /// Heading, where it has one.
    pub heading: Option<String>,
    /// 0 for the outermost.
    pub depth: u8,
    /// The clause that this one stands in.
    pub parent: Option<usize>,
    /// All of it, with number, heading and the clauses inside.
    pub range: Range<usize>,
    /// Where the text after number and heading starts.
    pub body: usize,
}

/// A term that the contract defines: `hierna te noemen: "Opdrachtgever"`, `"Effective Date" means …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedTerm {
    /// The term without quotes.
    pub term: String,
    /// Where the term stands.
    pub range: Range<usize>,
    /// What it stands for: the words before (`… ("X")`) or after (`"X" means …`) it, within the sentence.
    pub meaning: Range<usize>,
}

/// A label with the value beside or below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The label's place.
    pub label: Range<usize>,
    /// The value's place; empty where the place was left open.
    pub value: Range<usize>,
}

/// A line that stands on most pages.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningHead {
    /// Its words on its first page.
    pub text: String,
    /// Where it stands there.
    pub evidence: Evidence,
    /// On how many pages it stands.
    pub pages: usize,
}

impl Text {
    /// Builds the text model of a reading.
    pub fn build(_reading: &Reading) -> Self {
        Self::default()
    }

    /// A text without pages, for sentences given by hand (examples in rule files, `rules explain --text`).
    pub fn of_sentence(_text: &str, _language: Option<Language>) -> Self {
        Self::default()
    }

    /// The running text of a range.
    pub fn slice(&self, range: &Range<usize>) -> &str {
        self.running.get(range.clone()).unwrap_or("")
    }

    /// Where a range stands: one entry a page, the words as read, one box a line.
    pub fn evidence(&self, _range: &Range<usize>) -> Vec<Evidence> {
        Vec::new()
    }

    /// The page of a position.
    pub fn page_at(&self, _position: usize) -> Option<PageNo> {
        None
    }

    /// Lowest confidence (0 to 1) of the words in a range; 1 for born-digital words.
    pub fn confidence(&self, _range: &Range<usize>) -> f64 {
        1.0
    }

    /// The zone of a position.
    pub fn zone_at(&self, position: usize) -> Zone {
        self.zones.iter().find(|(range, _)| range.contains(&position)).map_or(Zone::Clauses, |&(_, zone)| zone)
    }

    /// The innermost clause of a position, as an index into `clauses`.
    pub fn clause_at(&self, _position: usize) -> Option<usize> {
        None
    }

    /// Number and heading of a clause for people: `12.3 Opzegging`.
    pub fn clause_name(&self, _clause: usize) -> String {
        String::new()
    }

    /// Headings from the outermost clause to this one.
    pub fn headings(&self, _clause: usize) -> Vec<&str> {
        Vec::new()
    }

    /// The language of the clause or paragraph at a position.
    pub fn language_at(&self, _position: usize) -> Option<Language> {
        self.language
    }
}
