//! Builds the clause tree: which numbers really number, what their headings are, what stands in what.

use std::ops::Range;

use super::{
    Clause, Zone,
    marker::{self, Marker, MarkerKind, Style},
    paragraphs::Paragraph,
    zones::is_caps,
};

/// A way of numbering; members of one list share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Worded(u8),
    Decimal(usize),
    Letter(bool, Style),
    Roman(bool, Style),
    Heading,
}

/// A clause that is open while the text runs.
struct Open {
    class: Class,
    /// All levels of its number; the last one counts.
    levels: Vec<u32>,
    clause: usize,
}

/// The clause tree of a text.
pub(super) fn clauses(text: &str, paragraphs: &[Paragraph], zones: &[(Range<usize>, Zone)]) -> Vec<Clause> {
    let mut tree = Tree { text, clauses: Vec::new(), open: Vec::new() };
    let (mut zone_at, mut skip) = (0, false);
    for (i, paragraph) in paragraphs.iter().enumerate() {
        while zones.get(zone_at).is_some_and(|(range, _)| range.end <= paragraph.range.start) {
            zone_at += 1;
            // Numbering starts anew in every zone.
            tree.close_all(paragraph.range.start);
        }
        let zone = zones.get(zone_at).map_or(Zone::Clauses, |&(_, zone)| zone);
        if std::mem::take(&mut skip) || matches!(zone, Zone::Contents | Zone::Title) {
            continue;
        }
        skip = tree.take(paragraph, paragraphs.get(i + 1), zone);
    }
    tree.close_all(text.len());
    tree.clauses
}

struct Tree<'a> {
    text: &'a str,
    clauses: Vec<Clause>,
    open: Vec<Open>,
}

impl Tree<'_> {
    /// Takes a paragraph; whether the next one was taken with it, as its heading.
    fn take(&mut self, paragraph: &Paragraph, next: Option<&Paragraph>, zone: Zone) -> bool {
        let text = &self.text[paragraph.range.clone()];
        let Some(marker) = marker::marker(text) else {
            if zone != Zone::Signatures && stands_as_heading(text, paragraph) && next.is_some() {
                self.heading(paragraph);
            }
            return false;
        };
        let Some((class, levels)) = self.place(&marker, text) else { return false };
        let rest = &text[marker.len.min(text.len())..];
        let from = paragraph.range.start + marker.len.min(text.len());
        let listed = matches!(class, Class::Letter(..) | Class::Roman(..));
        let (mut heading, mut body, mut took_next) = (None, from, false);
        if rest.is_empty() {
            // The heading stands on the next line.
            if let Some(next) = next.filter(|n| !listed && is_heading(&self.text[n.range.clone()], n)) {
                heading = Some(self.text[next.range.clone()].to_owned());
                body = next.range.end;
                took_next = true;
            }
        } else if let Some(len) = heading_len(rest, paragraph, listed) {
            heading = Some(rest[..len].trim_end_matches([' ', '.', ':', '-']).to_owned());
            let after = rest[len..].trim_start_matches(['.', ':', ' ', '-', '\t']);
            body = paragraph.range.end - after.len();
        }
        self.push(class, levels, Some(marker.printed), heading, paragraph.range.start, body);
        took_next
    }

    /// An unnumbered heading: a clause of its own, beside others like it.
    fn heading(&mut self, paragraph: &Paragraph) {
        let text = &self.text[paragraph.range.clone()];
        // Inside numbered clauses it is one more level.
        if let Some(at) = self.open.iter().position(|o| o.class == Class::Heading) {
            self.close_to(at, paragraph.range.start);
        }
        let heading = Some(text.trim_end_matches([':', ' ']).to_owned());
        self.push(Class::Heading, vec![0], None, heading, paragraph.range.start, paragraph.range.end);
    }

    /// Whether a marker continues or opens a sequence; closes what its place closes.
    fn place(&mut self, marker: &Marker, text: &str) -> Option<(Class, Vec<u32>)> {
        let start = text.as_ptr() as usize - self.text.as_ptr() as usize;
        match &marker.kind {
            MarkerKind::Bullet => None,
            MarkerKind::Worded(word, levels) => {
                let goes_on = text[marker.len.min(text.len())..].starts_with(char::is_lowercase);
                if goes_on && !text[..marker.len].trim_end().ends_with(['.', ':', '-']) {
                    return None;
                }
                let rank = rank(word);
                let outer = |o: &Open| matches!(o.class, Class::Worded(r) if r < rank);
                let keep = self.open.iter().rposition(outer).map_or(0, |at| at + 1);
                self.close_to(keep, start);
                Some((Class::Worded(rank), levels.clone()))
            }
            MarkerKind::Decimal { levels, .. } if levels.len() > 1 => self.place_decimal(levels, start),
            MarkerKind::Decimal { levels, bare } => {
                let value = levels[0];
                let class = Class::Decimal(1);
                let fits = self.place_in(class, value, start)?;
                // A bare number must go on a list or open one with a heading.
                let short = text.split_whitespace().count() <= 10 && !text.ends_with('.');
                (!bare || (fits && short)).then(|| (class, vec![value]))
            }
            &MarkerKind::Letter { place, roman, capital, style } => {
                let as_letter = Class::Letter(capital, style);
                let as_roman = Class::Roman(capital, style);
                let continues = |class, value: u32| {
                    self.open.iter().any(|o| o.class == class && o.levels.last().is_some_and(|&l| l + 1 == value))
                };
                let (class, value) = match roman {
                    Some(value) if continues(as_roman, value) && !continues(as_letter, place) => (as_roman, value),
                    Some(1) if !continues(as_letter, place) => (as_roman, 1),
                    _ => (as_letter, place),
                };
                self.place_in(class, value, start)?;
                Some((class, vec![value]))
            }
            &MarkerKind::Roman { value, capital, style } => {
                let class = Class::Roman(capital, style);
                self.place_in(class, value, start)?;
                Some((class, vec![value]))
            }
        }
    }

    /// Finds the list that a value goes on, else opens one inside. Whether it went on.
    fn place_in(&mut self, class: Class, value: u32, start: usize) -> Option<bool> {
        let last = |o: &Open| o.levels.last().copied().unwrap_or(0);
        let same = |o: &Open| o.class == class;
        let next = self.open.iter().rposition(|o| same(o) && last(o) + 1 == value);
        // One or two numbers may have been lost in reading.
        let near = || self.open.iter().rposition(|o| same(o) && (2..=3).contains(&value.saturating_sub(last(o))));
        if let Some(at) = next {
            self.close_to(at, start);
            return Some(true);
        }
        if value == 1 {
            // A list inside an unnumbered heading of the same list's end starts anew there.
            return Some(false);
        }
        if let Some(at) = near() {
            self.close_to(at, start);
            return Some(true);
        }
        (value <= 3 && !self.open.iter().any(same)).then_some(false)
    }

    /// `12.3`: stands in 12 or in `Artikel 12`, after 12.2 or first.
    fn place_decimal(&mut self, levels: &[u32], start: usize) -> Option<(Class, Vec<u32>)> {
        let class = Class::Decimal(levels.len());
        let (&value, above) = levels.split_last()?;
        let found = self.open.iter().rposition(|o| {
            let parent = matches!(o.class, Class::Decimal(_) | Class::Worded(_)) && o.levels == above;
            let sibling = o.class == class && o.levels.split_last().is_some_and(|(_, a)| a == above);
            parent || sibling
        });
        match found {
            Some(at) if self.open[at].class == class => {
                let last = self.open[at].levels.last().copied().unwrap_or(0);
                if value <= last || value > last + 4 {
                    return None;
                }
                self.close_to(at, start);
            }
            Some(at) => {
                if value > 4 {
                    return None;
                }
                self.close_to(at + 1, start);
            }
            None => {
                // The number above was not read, or does not exist: the first of a new group.
                let before = self.open.iter().rev().find(|o| o.class == class);
                let grows = before.is_none_or(|o| o.levels.as_slice() < levels && levels[0] <= o.levels[0] + 2);
                if value > 2 || !grows {
                    return None;
                }
                let keep = self.open.iter().rposition(|o| {
                    matches!(o.class, Class::Worded(_))
                        || o.class == Class::Heading
                        || matches!(o.class, Class::Decimal(n) if n < levels.len()) && levels.starts_with(&o.levels)
                });
                self.close_to(keep.map_or(0, |at| at + 1), start);
            }
        }
        Some((class, levels.to_vec()))
    }

    fn push(
        &mut self,
        class: Class,
        levels: Vec<u32>,
        number: Option<String>,
        heading: Option<String>,
        start: usize,
        body: usize,
    ) {
        // Lists nested deeper than this are numbers of something else.
        if self.open.len() >= 12 {
            self.close_to(11, start);
        }
        let clause = Clause {
            number,
            heading,
            depth: u8::try_from(self.open.len()).unwrap_or(u8::MAX),
            parent: self.open.last().map(|o| o.clause),
            range: start..self.text.len(),
            body: body.max(start),
        };
        self.open.push(Open { class, levels, clause: self.clauses.len() });
        self.clauses.push(clause);
    }

    /// Closes all open clauses but the first `keep`, before `end`.
    fn close_to(&mut self, keep: usize, end: usize) {
        for open in self.open.drain(keep.min(self.open.len())..) {
            let clause = &mut self.clauses[open.clause];
            let end = clause.range.start + self.text[clause.range.start..end].trim_end().len();
            clause.range.end = end;
            clause.body = clause.body.min(end);
        }
    }

    fn close_all(&mut self, end: usize) {
        self.close_to(0, end);
    }
}

fn rank(word: &str) -> u8 {
    match word {
        "part" | "deel" => 0,
        "hoofdstuk" | "chapter" => 1,
        "artikel" | "article" => 2,
        "lid" => 4,
        _ => 3,
    }
}

/// Whether a paragraph without a number is a heading: short, set apart by bold type or capitals, no sentence.
fn stands_as_heading(text: &str, paragraph: &Paragraph) -> bool {
    (paragraph.bold || is_caps(text)) && is_heading(text, paragraph) && !text.ends_with(':')
}

fn is_heading(text: &str, paragraph: &Paragraph) -> bool {
    !paragraph.row
        && text.len() <= 120
        && text.starts_with(|c: char| c.is_uppercase() || c == '\'' || c == '"')
        && text.split_whitespace().count() <= 12
        && !text.ends_with([';', ','])
        && (!text.ends_with('.') || is_caps(text))
        && marker::marker(text).is_none()
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !text.contains("__")
        && !text.contains("....")
}

/// How much of the text after a number is its heading.
fn heading_len(rest: &str, paragraph: &Paragraph, listed: bool) -> Option<usize> {
    let words = marker::clip(rest, 200).split_whitespace().count();
    let upper = rest.starts_with(char::is_uppercase);
    // The whole line.
    if rest.len() <= 120 && words <= 12 && !paragraph.row && !rest.ends_with([';', ',']) {
        let plain = upper
            && !listed
            && !rest.ends_with(':')
            && (words <= 10 && !rest.ends_with('.') || words <= 6 && is_titled(rest));
        if plain || ((paragraph.bold || is_caps(rest)) && words >= 1) {
            return Some(rest.len());
        }
    }
    // `Term. This Agreement …`, `Looptijd: de huur …`, `TERM - This`.
    let head = marker::clip(rest, 90);
    let mut ends = head.char_indices().filter(|&(_, c)| matches!(c, '.' | ':' | '-'));
    let end = ends.find_map(|(at, c)| {
        let after = &rest[at + 1..];
        let spaced = after.starts_with(char::is_whitespace);
        let dash = c != '-' || rest[..at].ends_with(' ');
        (spaced
            && dash
            && after.trim_start().starts_with(|c: char| {
                c.is_uppercase() || matches!(c, '(' | '"' | '\'') || (c.is_lowercase() && at > 0)
            }))
        .then_some((at, c))
    });
    let (at, c) = end?;
    let heading = &rest[..at];
    let count = heading.split_whitespace().count();
    let after_upper = rest[at + 1..].trim_start().starts_with(|c: char| !c.is_lowercase());
    let small = |w: &str| w.len() <= 3 || matches!(w, "with" | "from" | "upon" | "over" | "tegen" | "voor");
    let titled = heading.split_whitespace().all(|w| w.starts_with(|c: char| !c.is_lowercase()) || small(w));
    let good =
        upper && after_upper && c != ':' && (titled && count <= 9 || count <= 4) || (upper && c == ':' && count <= 4);
    let last_is_abbreviation =
        heading.rsplit(' ').next().is_some_and(|w| w.chars().count() <= 2 && c == '.' && count > 1);
    (good && !last_is_abbreviation && heading.chars().filter(|c| c.is_alphabetic()).count() >= 3).then_some(at)
}

/// All words have capitals but those that join them: `Entire Agreement.`, `Duur en Opzegging.`
fn is_titled(text: &str) -> bool {
    let joins = |w: &str| {
        matches!(w, "and" | "of" | "the" | "or" | "to" | "for" | "in" | "by" | "en" | "van" | "de" | "het" | "&")
    };
    text.split_whitespace().all(|w| w.starts_with(char::is_uppercase) || joins(w))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{join::*, paragraphs, source::Source};

    fn check(text: &str, want: &[&str]) {
        let lexicon = Lexicon::default();
        let mut joiner = Joiner::new(Source::default(), &lexicon, None);
        let paragraphs = paragraphs::write_lines(&text.replace('\n', "\n\n"), &mut joiner);
        let whole = [(0..joiner.running.len(), Zone::Clauses)];
        let got: Vec<_> = clauses(&joiner.running, &paragraphs, &whole)
            .iter()
            .map(|c| {
                let (number, heading) = (c.number.as_deref().unwrap_or("-"), c.heading.as_deref().unwrap_or("-"));
                format!(
                    "{} {number} | {heading} | {}",
                    c.depth,
                    &joiner.running[c.body..c.range.end].replace('\n', "¶")
                )
            })
            .collect();
        assert_eq!(got, want);
    }

    #[test]
    fn dutch_articles_hold_their_paragraphs() {
        check(
            "Artikel 1 - Duur\n1. De huur gaat in.\n2. Zij eindigt.\na. door opzegging;\nb. door ontbinding.\nArtike1 2 \
             Prijs\nDe prijs is vast.",
            &[
                "0 Artikel 1 | Duur | ¶1. De huur gaat in.¶2. Zij eindigt.¶a. door opzegging;¶b. door ontbinding.",
                "1 1 | - | De huur gaat in.",
                "1 2 | - | Zij eindigt.¶a. door opzegging;¶b. door ontbinding.",
                "2 a | - | door opzegging;",
                "2 b | - | door ontbinding.",
                "0 Artike1 2 | Prijs | ¶De prijs is vast.",
            ],
        );
    }

    #[test]
    fn decimal_numbers_nest_and_inline_headings_are_seen() {
        check(
            "1. Term. This Agreement runs one year.\n1.1 It may be renewed.\nl.2 It may end:\n(i) by notice; or\n(ii) by \
             breach.\n2. Fees. The fee is due.",
            &[
                "0 1 | Term | This Agreement runs one year.¶1.1 It may be renewed.¶l.2 It may end:¶(i) by notice; or¶(ii) by breach.",
                "1 1.1 | - | It may be renewed.",
                "1 l.2 | - | It may end:¶(i) by notice; or¶(ii) by breach.",
                "2 i | - | by notice; or",
                "2 ii | - | by breach.",
                "0 2 | Fees | The fee is due.",
            ],
        );
    }

    #[test]
    fn numbers_out_of_sequence_number_nothing() {
        check("1. Eerst dit.\n17. dat.\n2. Dan dat.", &["0 1 | - | Eerst dit.¶17. dat.", "0 2 | - | Dan dat."]);
        check("Artikel 7 van de Wet geldt.", &[]);
    }
}
