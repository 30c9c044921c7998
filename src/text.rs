//! The one text model: joins the words of a reading into running text and keeps every character traceable to a box
//! on a page. Pure: no I/O, no clock.

use std::ops::Range;

mod captions;
mod choices;
mod clauses;
mod heads;
mod join;
mod labels;
mod language;
mod layout;
mod lines;
mod margin;
mod marker;
mod normal;
mod paragraphs;
mod sentences;
mod source;
mod terms;
mod tokens;
mod zones;

#[cfg(test)]
mod tests;

use self::{
    join::{Joiner, Lexicon},
    paragraphs::Paragraph,
    source::Source,
};
use crate::model::{Evidence, Language, PageNo, PageReading, Reading};

/// A document's text.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Normalized running text: hyphens joined, running headers and footers left out, columns in reading order,
    /// words parted by single spaces, cells of a table's row by `\t`, paragraphs (a table's row is one) by `\n`.
    /// All positions below are byte offsets into it.
    pub running: String,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// Sentences (never across a paragraph or a cell), in order, without gaps that hold tokens.
    pub sentences: Vec<Range<usize>>,
    /// Zones, in order, covering all of `running`; none for sentences given by hand.
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
    /// What the boxes of a form leave unsaid, in order: choices that are not ticked, and the ticks themselves.
    pub unsaid: Vec<Range<usize>>,
    /// Paragraphs that are set apart in larger letters, in bold type or in the middle of the page, in order.
    pub displayed: Vec<Range<usize>>,
    /// Pages that were read from their image since their own text says otherwise, or may hide something.
    pub doubtful_pages: Vec<PageNo>,
    /// The way back to the words as read.
    source: Source,
    /// Where each paragraph ends and what language it speaks.
    languages: Vec<(usize, Option<Language>)>,
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
    pub fn build(reading: &Reading) -> Self {
        let source = Source::of(reading);
        let mut first_id = 0;
        let mut pages = Vec::with_capacity(reading.pages.len());
        for page in &reading.pages {
            pages.push(lines::placed(page, first_id));
            first_id += page.words.len();
        }
        let (mut lexicon, mut votes) = (Lexicon::default(), language::Votes::default());
        for word in pages.iter().flatten() {
            lexicon.note(&word.text);
            votes.add(&word.text);
        }
        let language = votes.most().or(reading.language);
        let mut rows: Vec<_> = pages.iter().map(|words| lines::rows(words)).collect();
        let heights: Vec<f32> = reading.pages.iter().map(|page| page.upright_size().1).collect();
        let heads = heads::take(&mut rows, &pages, &heights);
        let ordered = rows.into_iter().zip(&pages).enumerate();
        let flows: Vec<_> = ordered.flat_map(|(i, (rows, words))| layout::order(i, rows, words)).collect();
        let running_heads = heads.into_iter().filter_map(|head| head.shown(&pages, &source)).collect();
        let mut joiner = Joiner::new(source, &lexicon, language);
        let paragraphs = paragraphs::write(&flows, &pages, &mut joiner);
        let is_doubtful = |page: &&PageReading| page.problems.iter().any(|problem| problem.kind == "bad_text_layer");
        let doubtful_pages = reading.pages.iter().filter(is_doubtful).map(|page| page.page).collect();
        Self { running_heads, doubtful_pages, ..Self::of_parts(joiner, &paragraphs, language) }
    }

    /// A text without pages, for sentences given by hand (examples in rule files, `rules explain --text`). A `\n` is
    /// the end of a line, an empty line that of a paragraph, a `\t` that of a table's cell.
    pub fn of_sentence(text: &str, language: Option<Language>) -> Self {
        let language = language.or_else(|| language::votes(text).most());
        let lexicon = Lexicon::default();
        let mut joiner = Joiner::new(Source::default(), &lexicon, language);
        let paragraphs = paragraphs::write_lines(text, &mut joiner);
        Self::of_parts(joiner, &paragraphs, language)
    }

    fn of_parts(joiner: Joiner<'_>, paragraphs: &[Paragraph], language: Option<Language>) -> Self {
        let Joiner { running, source, .. } = joiner;
        let tokens = tokens::tokens(&running);
        let sentences = sentences::sentences(&running, &tokens);
        let zones = if source.is_empty() { Vec::new() } else { zones::zones(&running, paragraphs) };
        let clauses = clauses::clauses(&running, paragraphs, &zones);
        let terms = terms::terms(&running, &sentences);
        let labels = labels::labels(&running, paragraphs);
        let speaks = |p: &Paragraph| language::votes(&running[p.range.clone()]).decide(3);
        let languages = paragraphs.iter().map(|p| (p.range.end, speaks(p))).collect();
        let unsaid = choices::unsaid(&running);
        let displayed = paragraphs::displayed(paragraphs);
        let running_heads = Vec::new();
        let doubtful_pages = Vec::new();
        Self {
            doubtful_pages,
            unsaid,
            displayed,
            running,
            tokens,
            sentences,
            zones,
            clauses,
            terms,
            labels,
            running_heads,
            language,
            source,
            languages,
        }
    }

    /// Whether a paragraph that starts here is set apart.
    pub fn is_displayed(&self, start: usize) -> bool {
        self.displayed.binary_search_by_key(&start, |range| range.start).is_ok()
    }

    /// Whether it is a mail: it begins with two lines of a mail's head.
    pub fn is_mail(&self) -> bool {
        self.mail_head().count() >= 2
    }

    /// Whether it is a mail that names attachments.
    pub fn brings_attachments(&self) -> bool {
        self.is_mail() && self.mail_head().any(|label| label == "Attachments:")
    }

    /// Where a mail's head says what it is about.
    pub fn mail_subject(&self) -> Option<Range<usize>> {
        const LABEL: &str = "Subject: ";
        let mut start = 0;
        for line in self.running.split('\n').take(self.mail_head().count()) {
            if line.starts_with(LABEL) {
                return Some(start + LABEL.len()..start + line.len());
            }
            start += line.len() + 1;
        }
        None
    }

    /// What the lines of a mail's head say before each colon, as far as it goes.
    fn mail_head(&self) -> impl Iterator<Item = &str> {
        let labels = self.running.split('\n').map(|line| line.split(' ').next().unwrap_or_default());
        labels.take_while(|label| paragraphs::MAIL_HEAD.contains(label))
    }

    /// The running text of a range.
    pub fn slice(&self, range: &Range<usize>) -> &str {
        self.running.get(range.clone()).unwrap_or("")
    }

    /// Where the line of the running text starts in which a place is.
    pub fn line_start(&self, position: usize) -> usize {
        self.running[..position].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where a range stands: one entry a page, the words as read, one box a line.
    pub fn evidence(&self, range: &Range<usize>) -> Vec<Evidence> {
        self.source.evidence(range)
    }

    /// The page of a position.
    pub fn page_at(&self, position: usize) -> Option<PageNo> {
        self.source.page_at(position)
    }

    /// Lowest confidence (0 to 1) of the words in a range; 1 for born-digital words.
    pub fn confidence(&self, range: &Range<usize>) -> f64 {
        self.source.confidence(range)
    }

    /// The zone of a position.
    pub fn zone_at(&self, position: usize) -> Zone {
        let at = self.zones.partition_point(|(range, _)| range.end <= position);
        self.zones.get(at).map_or(Zone::Clauses, |&(_, zone)| zone)
    }

    /// The innermost clause of a position, as an index into `clauses`.
    pub fn clause_at(&self, position: usize) -> Option<usize> {
        let after = self.clauses.partition_point(|c| c.range.start <= position);
        let mut at = after.checked_sub(1);
        while let Some(clause) = at.and_then(|i| self.clauses.get(i)) {
            if position < clause.range.end {
                return at;
            }
            at = clause.parent;
        }
        None
    }

    /// Number and heading of a clause for people: `12.3 Opzegging`.
    pub fn clause_name(&self, clause: usize) -> String {
        let Some(clause) = self.clauses.get(clause) else { return String::new() };
        let parts = [clause.number.as_deref(), clause.heading.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Headings from the outermost clause to this one.
    pub fn headings(&self, clause: usize) -> Vec<&str> {
        let mut out = Vec::new();
        let mut at = Some(clause);
        while let Some(clause) = at.and_then(|i| self.clauses.get(i)) {
            out.extend(clause.heading.as_deref());
            at = clause.parent;
        }
        out.reverse();
        out
    }

    /// Whether a form's boxes leave unsaid what stands at a position.
    pub fn is_unsaid(&self, position: usize) -> bool {
        let at = self.unsaid.partition_point(|range| range.end <= position);
        self.unsaid.get(at).is_some_and(|range| range.start <= position)
    }

    /// The language of the clause or paragraph at a position.
    pub fn language_at(&self, position: usize) -> Option<Language> {
        let at = self.languages.partition_point(|&(end, _)| end <= position);
        self.languages.get(at).and_then(|&(_, language)| language).or(self.language)
    }
}
