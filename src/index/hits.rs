//! Searching: the units that match, best first, with the places of the matched words.

use std::{collections::HashSet, ops::Range, sync::Arc};

use tantivy::{
    TantivyDocument,
    collector::{Count, FilterCollector, TopDocs},
    schema::{Field, Value as _},
};

use super::{
    Index, Query, analysis,
    fields::{self, document_number},
    matching::{self, Forms},
    query::{Phrase, Wanted},
};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, PageNo, RecordId, Subject},
};

/// From here on documents that are meant are many.
const FEW: usize = 200;
/// About how many bytes a snippet has.
const SNIPPET: usize = 240;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// At most so many hits.
    pub limit: usize,
    /// After skipping so many.
    pub offset: usize,
    /// Also find words of five letters and more with one letter read wrongly, from nine letters with two.
    pub ocr_tolerant: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { limit: 20, offset: 0, ocr_tolerant: false }
    }
}

/// A unit that matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The contract record, as it was when the document was indexed.
    pub record: RecordId,
    /// The document.
    pub document: DocumentId,
    /// The page.
    pub page: PageNo,
    /// Number and heading of the clause.
    pub clause: Option<String>,
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// The words around the first match, in one line.
    pub snippet: String,
    /// The places of the matched words in the document's running text, in bytes and in order. The text model of the
    /// stored reading gives their boxes.
    pub ranges: Vec<Range<usize>>,
    /// How well it matches; only good for comparing hits of one query.
    pub score: f32,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// How many units match.
    pub total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

impl Index {
    /// Searches in the documents that are meant (`None`: in all). The caller resolves [`Query::filter`] and the rights
    /// of who asks into `among`.
    pub fn search(&self, query: &Query, among: Option<&[DocumentId]>, options: Options) -> Result<Found> {
        if among.is_some_and(<[_]>::is_empty) {
            return Ok(Found { total: 0, hits: Vec::new() });
        }
        self.guarded(|| self.find(query, among, options))
    }

    fn find(&self, query: &Query, among: Option<&[DocumentId]>, options: Options) -> Result<Found> {
        let searcher = self.reader.searcher();
        // A few documents narrow the search itself; many are looked up for each unit that matches.
        let few = among.filter(|among| among.len() <= FEW);
        let whole = matching::whole(&self.fields, query, few, options.ocr_tolerant);
        let best = TopDocs::with_limit(options.limit.max(1)).and_offset(options.offset).order_by_score();
        let collector = (best, Count);
        let found = match among.filter(|_| few.is_none()) {
            None => searcher.search(&whole, &collector),
            Some(many) => {
                let many: Arc<HashSet<u64>> = Arc::new(many.iter().map(document_number).collect());
                let is_meant = move |number: u64| many.contains(&number);
                searcher.search(&whole, &FilterCollector::new(fields::NUMBER.into(), is_meant, collector))
            }
        };
        let (best, total) = found.fold(ErrorKind::Storage, || "cannot search the index")?;
        let mut phrases = Vec::new();
        if let Some(wanted) = &query.wanted {
            collect(wanted, &mut phrases);
        }
        let mut hits = Vec::with_capacity(best.len());
        for (score, address) in best.into_iter().take(options.limit) {
            let entry = searcher.doc(address).fold(ErrorKind::Storage, || "cannot read a hit")?;
            hits.push(self.hit(&entry, score, &phrases, options.ocr_tolerant)?);
        }
        // Equal scores come in the order of the text, whatever order the index has them in.
        hits.sort_by(|a, b| {
            let place = |hit: &Hit| (hit.document.clone(), hit.page, hit.ranges.first().map(|range| range.start));
            b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
        });
        Ok(Found { total, hits })
    }

    fn hit(
        &self,
        entry: &TantivyDocument,
        score: f32,
        phrases: &[(&Phrase, Forms)],
        ocr_tolerant: bool,
    ) -> Result<Hit> {
        let broken =
            || Error::new(ErrorKind::Storage, "the index has an entry without its parts").hint("griffie rebuild");
        let text = |field: Field| entry.get_first(field).and_then(|value| value.as_str());
        let number = |field: Field| entry.get_first(field).and_then(|value| value.as_u64());
        let body = text(self.fields.exact).ok_or_else(broken)?;
        let start = number(self.fields.start).ok_or_else(broken)? as usize;
        let page = number(self.fields.page).filter(|&page| page > 0).ok_or_else(broken)?;
        let matches = matches(body, phrases, ocr_tolerant);
        Ok(Hit {
            record: text(self.fields.record).and_then(|id| id.parse().ok()).ok_or_else(broken)?,
            document: text(self.fields.document).and_then(|id| id.parse().ok()).ok_or_else(broken)?,
            page: PageNo::from_index(page as usize - 1),
            clause: text(self.fields.clause).map(str::to_owned),
            subjects: entry.get_all(self.fields.subject).filter_map(|value| value.as_str()?.parse().ok()).collect(),
            snippet: snippet(body, matches.first().map_or(0, |first| first.start)),
            ranges: matches.into_iter().map(|found| start + found.start..start + found.end).collect(),
            score,
        })
    }
}

/// The phrases that must or may be there; not those that must not.
fn collect<'a>(wanted: &'a Wanted, phrases: &mut Vec<(&'a Phrase, Forms)>) {
    match wanted {
        Wanted::Words(phrase) => phrases.push((phrase, Forms::of(&phrase.text))),
        Wanted::All(parts) | Wanted::Any(parts) => parts.iter().for_each(|part| collect(part, phrases)),
        Wanted::Not(_) => {}
    }
}

/// The places of the wanted words in a text: a phrase as a whole, words near each other one by one.
fn matches(body: &str, phrases: &[(&Phrase, Forms)], ocr_tolerant: bool) -> Vec<Range<usize>> {
    let tokens = analysis::tokens(analysis::exact(), body);
    let text = Forms::of(body);
    let mut found: Vec<Range<usize>> = Vec::new();
    for (phrase, forms) in phrases {
        let n = forms.exact.len();
        if n == 0 {
            continue;
        }
        let is_at = |word, place| forms.is_at(word, &text, place, phrase, ocr_tolerant);
        if phrase.slop == 0 {
            let starts =
                (0..(tokens.len() + 1).saturating_sub(n)).filter(|&at| (0..n).all(|word| is_at(word, at + word)));
            found.extend(starts.map(|at| tokens[at].offset_from..tokens[at + n - 1].offset_to));
            continue;
        }
        // Every window that is as wide as the phrase may be, and holds all of its words.
        let width = n + phrase.slop as usize;
        for at in (0..tokens.len()).filter(|&at| (0..n).any(|word| is_at(word, at))) {
            let window = at..(at + width).min(tokens.len());
            if (0..n).all(|word| window.clone().any(|place| is_at(word, place))) {
                let inside = window.filter(|&place| (0..n).any(|word| is_at(word, place)));
                found.extend(inside.map(|place| tokens[place].offset_from..tokens[place].offset_to));
            }
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    found.dedup();
    found
}

/// The text around a place, cut between words, in one line.
fn snippet(body: &str, place: usize) -> String {
    let before = place.saturating_sub(SNIPPET / 3);
    let start = if before == 0 { 0 } else { word_start(body, before).min(place) };
    let wanted_end = (start + SNIPPET).min(body.len());
    let end = if wanted_end == body.len() { wanted_end } else { word_start(body, wanted_end) };
    let line = body[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let (open, close) = (if start > 0 { "… " } else { "" }, if end < body.len() { " …" } else { "" });
    format!("{open}{line}{close}")
}

/// The first place from `from` on where a word may start.
fn word_start(body: &str, from: usize) -> usize {
    let from = (from..body.len()).find(|&place| body.is_char_boundary(place)).unwrap_or(body.len());
    body[from..].find(char::is_whitespace).map_or(body.len(), |gap| from + gap)
}
