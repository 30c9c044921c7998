//! Finds running headers, footers and page numbers by their return on other pages, and takes them out of the lines.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use regex::Regex;

use super::{
    RunningHead,
    lines::{Line, PlacedWord},
    marker,
    source::Source,
};

/// How far from the edge, as a share of the page's height, and how many rows deep a head may stand.
const MARGIN: f32 = 0.16;
const ROWS: usize = 4;

/// A page's number by itself, digits masked.
static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[-–\s(\[]*(?:(?:pagina|page|blad|bladzijde|blz\.?|pag\.?|pg\.?|p\.)\s*)?#(?:\s*(?:van|of|/|-)\s*#)?[-–\s)\]]*$")
        .expect("the pattern is a constant that a test compiles")
});

/// A line that returns, as on its first page.
pub(super) struct Head {
    page: usize,
    line: Line,
    pages: usize,
}

impl Head {
    /// The head for people, with its place.
    pub(super) fn shown(&self, pages: &[Vec<PlacedWord<'_>>], source: &Source) -> Option<RunningHead> {
        let words = pages.get(self.page)?;
        let ids: Vec<usize> = self.line.words.iter().map(|&w| words[w].id).collect();
        let evidence = source.line_evidence(&ids)?;
        Some(RunningHead { text: self.line.text(words), evidence, pages: self.pages })
    }
}

/// A line near the top or bottom of a page.
struct Candidate {
    page: usize,
    row: usize,
    cell: usize,
    masked: String,
    /// Its height on the page in fiftieths.
    band: i32,
    /// The outermost row of its margin that is not yet a page number.
    outer: bool,
    exact: String,
}

/// Takes the heads out of the rows of all pages.
pub(super) fn take(rows: &mut [Vec<Vec<Line>>], pages: &[Vec<PlacedWord<'_>>], heights: &[f32]) -> Vec<Head> {
    let candidates = candidates(rows, pages, heights);
    let with_words = rows.iter().filter(|rows| !rows.is_empty()).count();
    let needed = match with_words {
        0 | 1 => usize::MAX,
        2 | 3 => 2,
        n => n.div_ceil(2).max(3),
    };
    // How many pages have this line at this height.
    let mut counts: HashMap<(&str, i32), Vec<usize>> = HashMap::new();
    for candidate in &candidates {
        let pages = counts.entry((&candidate.masked, candidate.band)).or_default();
        if pages.last() != Some(&candidate.page) {
            pages.push(candidate.page);
        }
    }
    // On pages that end early the outermost line stands at another height.
    let mut outermost: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for candidate in candidates.iter().filter(|c| c.outer && c.masked.contains('#')) {
        outermost.entry(&candidate.masked).or_default().insert(candidate.page);
    }
    // Pages, not lines: the dates below two signatures stand on one page.
    let count = |masked: &str, band: i32| -> usize {
        let here: BTreeSet<&usize> = (band - 1..=band + 1).filter_map(|b| counts.get(&(masked, b))).flatten().collect();
        outermost.get(masked).map_or(0, BTreeSet::len).max(here.len())
    };
    // Reading errors make one head look like several: the frequent ones draw the others to them.
    let mut frequent: Vec<(&str, i32, usize)> = counts
        .iter()
        .map(|(&(masked, band), pages)| (masked, band, pages.len()))
        .filter(|&(masked, _, n)| n >= 2 && 5 * n >= with_words && (8..=120).contains(&masked.len()))
        .collect();
    frequent.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(b.0)).then(a.1.cmp(&b.1)));
    frequent.truncate(8);
    let standing = |c: &Candidate| -> (String, i32) {
        let alike = |&&(masked, band, _): &&(&str, i32, usize)| {
            (band - c.band).abs() <= 1
                && masked.len().abs_diff(c.masked.len()) * 4 <= masked.len()
                && strsim::normalized_levenshtein(masked, &c.masked) >= 0.75
        };
        match frequent.iter().find(alike) {
            Some(&(masked, band, _)) => (masked.to_owned(), band),
            None => (c.masked.clone(), c.band),
        }
    };
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, candidate) in candidates.iter().enumerate() {
        let (masked, band) = standing(candidate);
        let drawn = masked != candidate.masked;
        let number = is_page_number(candidate, pages.len());
        let often = count(&masked, band) + usize::from(drawn) >= needed;
        if number || (often && may_return(candidate, with_words)) {
            let key = if number { "#".to_owned() } else { masked };
            groups.entry(key).or_default().push(i);
        }
    }
    // Too few pages, all told, for a group that only its drawn members made.
    let mut found: Vec<Vec<usize>> = groups.into_values().collect();
    found.sort();
    let mut heads = Vec::new();
    let mut out: Vec<(usize, usize, usize)> = Vec::new();
    for group in found {
        let first = &candidates[group[0]];
        let mut on: Vec<usize> = group.iter().map(|&i| candidates[i].page).collect();
        on.dedup();
        heads.push(Head { page: first.page, line: rows[first.page][first.row][first.cell].clone(), pages: on.len() });
        out.extend(group.iter().map(|&i| (candidates[i].page, candidates[i].row, candidates[i].cell)));
    }
    // From the back, so that places before stay right.
    out.sort_unstable();
    for &(page, row, cell) in out.iter().rev() {
        rows[page][row].remove(cell);
    }
    rows.iter_mut().for_each(|rows| rows.retain(|row| !row.is_empty()));
    heads
}

fn candidates(rows: &[Vec<Vec<Line>>], pages: &[Vec<PlacedWord<'_>>], heights: &[f32]) -> Vec<Candidate> {
    let mut out = Vec::new();
    for (page, rows) in rows.iter().enumerate() {
        let height = heights.get(page).copied().filter(|h| *h >= 1.0).unwrap_or(842.0);
        for (row, lines) in rows.iter().enumerate() {
            let from_end = rows.len() - 1 - row;
            if row >= ROWS && from_end >= ROWS {
                continue;
            }
            for (cell, line) in lines.iter().enumerate() {
                let at = line.area.middle() / height;
                let top = row < ROWS && at < MARGIN;
                let bottom = from_end == 0 || from_end < ROWS && at > 1.0 - MARGIN;
                if !(top || bottom) || line.words.len() > 30 {
                    continue;
                }
                let exact = line.text(&pages[page]);
                let outer = top && row == 0 || bottom && from_end == 0;
                #[expect(clippy::cast_possible_truncation, reason = "a share of the page's height")]
                let band = (at * 50.0).round() as i32;
                out.push(Candidate { page, row, cell, masked: masked(&exact), band, outer, exact });
            }
        }
    }
    out
}

/// Lower case, numbers as `#`, without dots, lines and brackets.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => {
                if !out.ends_with('#') {
                    out.push('#');
                }
            }
            '.' | '_' | '|' | ',' | '\'' | '"' => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    out.trim().to_owned()
}

/// A page number stands in an outermost row; bare digits are one only where they are near the page's own number.
fn is_page_number(candidate: &Candidate, pages: usize) -> bool {
    if !candidate.outer
        || !PAGE_NUMBER.is_match(&candidate.masked)
        || marker::marker(&candidate.exact).is_some_and(|m| m.printed.contains('.'))
    {
        return false;
    }
    let digits: String =
        candidate.exact.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let value: usize = digits.parse().unwrap_or(usize::MAX);
    let told = candidate.masked.contains(char::is_alphabetic) || candidate.masked.starts_with(['-', '(', '[']);
    told || (value <= pages + 5 && value.abs_diff(candidate.page + 1) <= 3)
}

/// Guards against headings that only look alike (`Bijlage 1`, `Bijlage 2`).
fn may_return(candidate: &Candidate, pages: usize) -> bool {
    let heading = candidate.exact.starts_with(char::is_uppercase)
        && ["artikel #", "article #", "section #", "bijlage", "annex", "schedule", "exhibit", "appendix"]
            .iter()
            .any(|word| candidate.masked.starts_with(word))
        && candidate.masked.split_whitespace().count() <= 3;
    let letters = candidate.masked.chars().filter(|c| c.is_alphabetic()).count();
    // An entry form repeats its lines of dots; only words and numbers make a head.
    let says = letters >= 3 || candidate.masked.contains('#');
    says && !(heading && pages < 6) && (pages > 3 || candidate.outer || letters >= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_seen_by_their_form() {
        for text in ["- 3 -", "Pagina 3 van 10", "3", "blad 2", "page 3 of 4", "(3)", "3/10"] {
            assert!(PAGE_NUMBER.is_match(&masked(text)), "{text}");
        }
        for text in ["Artikel 3", "3 maanden", "€ 3"] {
            assert!(!PAGE_NUMBER.is_match(&masked(text)), "{text}");
        }
    }
}
