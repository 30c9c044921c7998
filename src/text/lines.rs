//! Joins the words of a page into lines by their places on the upright page. Knows nothing of columns and text.

use std::borrow::Cow;

use super::normal;
use crate::model::{PageReading, Word};

/// A gap wider than this many ems parts two lines that stand beside each other.
const WIDE_GAP: f32 = 1.25;

/// A word ready for layout: normal form and place in points on the page turned upright, skew taken out.
#[derive(Debug)]
pub(super) struct PlacedWord<'a> {
    /// Counts through the document.
    pub id: usize,
    pub text: Cow<'a, str>,
    pub area: Area,
    pub em: f32,
    pub bold: bool,
    /// Block and line that the reader saw it in.
    block_line: (u16, u16),
}

/// A rectangle in points; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
}

impl Area {
    pub(super) fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    pub(super) fn width(self) -> f32 {
        self.x1 - self.x0
    }

    pub(super) fn height(self) -> f32 {
        self.y1 - self.y0
    }

    pub(super) fn middle(self) -> f32 {
        f32::midpoint(self.y0, self.y1)
    }

    /// Share of the lower of both heights at which they stand beside each other.
    pub(super) fn beside(self, other: Self) -> f32 {
        let shared = self.y1.min(other.y1) - self.y0.max(other.y0);
        shared / self.height().min(other.height()).max(0.1)
    }
}

/// Words that stand on one line, without a wide gap between them.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Indexes into the page's words, from left to right.
    pub words: Vec<usize>,
    pub area: Area,
    /// Size of its type in points.
    pub em: f32,
    /// All of its words are bold.
    pub bold: bool,
}

/// The words of a page in the reader's order, those that are empty in normal form left out. `first_id` is the id of
/// the page's first word.
pub(super) fn placed(page: &PageReading, first_id: usize) -> Vec<PlacedWord<'_>> {
    let (width, height) = page.upright_size();
    let (width, height) = (sane(width, 595.0), sane(height, 842.0));
    let slope = if page.skew.is_finite() { page.skew.clamp(-20.0, 20.0).to_radians().tan() } else { 0.0 };
    let place = |word: &Word| {
        let b = page.upright(word);
        let (x0, x1) = (b.x0 * width, b.x1 * width);
        // On a page turned clockwise by the skew, lines sink to the right.
        let sunk = f32::midpoint(x0, x1) * slope;
        Area { x0, x1, y0: b.y0 * height - sunk, y1: b.y1 * height - sunk }
    };
    let mut heights: Vec<f32> = page.words.iter().map(|w| place(w).height()).collect();
    let usual = median(&mut heights).clamp(2.0, 60.0);
    let words = page.words.iter().enumerate().map(|(i, word)| {
        let area = place(word);
        let em = if word.size > 0 { f32::from(word.size) / 4.0 } else { area.height().clamp(usual * 0.6, usual * 3.0) };
        let text = normal::word(page.word_text(word));
        PlacedWord { id: first_id + i, text, area, em, bold: word.bold, block_line: (word.block, word.line) }
    });
    words.filter(|word| !word.text.is_empty()).collect()
}

fn sane(length: f32, usual: f32) -> f32 {
    if length.is_finite() && length >= 1.0 { length } else { usual }
}

/// The middle value; 0 for none. Reorders the values.
pub(super) fn median(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The lines of a page in rows from the top: each row holds the lines that stand beside each other, from the left.
pub(super) fn rows(words: &[PlacedWord<'_>]) -> Vec<Vec<Line>> {
    let mut pieces = pieces(words);
    pieces.sort_by(|a, b| a.area.middle().total_cmp(&b.area.middle()).then(a.area.x0.total_cmp(&b.area.x0)));
    let mut rows: Vec<(Area, Vec<Line>)> = Vec::new();
    for piece in pieces {
        // The row is as high as its first line: a tall stamp beside it does not draw other rows into it.
        match rows.last_mut().filter(|(area, _)| same_row(*area, &piece)) {
            Some((_, row)) => row.push(piece),
            None => rows.push((piece.area, vec![piece])),
        }
    }
    rows.into_iter().map(|(_, row)| merged(row, words)).collect()
}

fn same_row(row: Area, piece: &Line) -> bool {
    row.beside(piece.area) > 0.5
        && (piece.area.middle() - row.middle()).abs() < 0.6 * row.height().max(piece.area.height())
}

/// Runs of words that the reader saw on one line and that also stand so.
fn pieces(words: &[PlacedWord<'_>]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut last: Option<&PlacedWord<'_>> = None;
    for (i, word) in words.iter().enumerate() {
        let goes_on = last.is_some_and(|last| {
            last.block_line == word.block_line
                && (last.area.beside(word.area) > 0.4
                    || (last.area.middle() - word.area.middle()).abs() < 0.6 * last.em.min(word.em))
                && word.area.x0 > last.area.x0
                && word.area.x0 - last.area.x1 < WIDE_GAP * last.em.max(word.em)
        });
        match out.last_mut().filter(|_| goes_on) {
            Some(line) => {
                line.words.push(i);
                line.area = line.area.union(word.area);
            }
            None => out.push(Line { words: vec![i], area: word.area, em: word.em, bold: false }),
        }
        last = Some(word);
    }
    out
}

/// A row's pieces from left to right, those without a wide gap between them made one line.
fn merged(mut row: Vec<Line>, words: &[PlacedWord<'_>]) -> Vec<Line> {
    row.sort_by(|a, b| a.area.x0.total_cmp(&b.area.x0));
    let row = with_raised(row, words);
    let stretched = is_stretched(&row, words);
    let mut out: Vec<Line> = Vec::new();
    for piece in row {
        let near = |line: &Line| stretched || piece.area.x0 - line.area.x1 < WIDE_GAP * line.em.max(piece.em).max(1.0);
        match out.last_mut().filter(|line| near(line)) {
            Some(line) => line.absorb(piece),
            None => out.push(piece),
        }
    }
    for line in &mut out {
        line.measure(words);
    }
    out
}

/// Small letters that stand raised in a line are part of it where they stand: `the 14ᵗʰ day`.
fn with_raised(row: Vec<Line>, words: &[PlacedWord<'_>]) -> Vec<Line> {
    const RAISED: f32 = 0.25;
    let mut out: Vec<Line> = Vec::new();
    for piece in row {
        let over = |line: &&mut Line| {
            piece.words.len() == 1
                && line.words.len() > 1
                && words[line.words[0]].area.middle() - piece.area.middle() > RAISED * piece.area.height()
                && piece.area.x1 < line.area.x1
        };
        match out.last_mut().filter(over) {
            Some(line) => {
                let at = line.words.iter().position(|&word| words[word].area.x0 > piece.area.x0);
                line.words.insert(at.unwrap_or(line.words.len()), piece.words[0]);
            }
            None => out.push(piece),
        }
    }
    out
}

/// A line that a forced break ends in justified text has all its gaps alike, however wide: no columns.
fn is_stretched(row: &[Line], words: &[PlacedWord<'_>]) -> bool {
    /// Wider gaps part columns, even in a row of words that stand evenly.
    const WIDEST: f32 = 10.0;
    const ALIKE: f32 = 0.12;
    let areas: Vec<Area> = row.iter().flat_map(|line| &line.words).map(|&word| words[word].area).collect();
    let mut gaps: Vec<f32> = areas.windows(2).map(|pair| pair[1].x0 - pair[0].x1).collect();
    if row.len() < 2 || gaps.len() < 2 {
        return false;
    }
    let usual = median(&mut gaps);
    let em = row.iter().map(|line| line.em).fold(1.0, f32::max);
    usual < WIDEST * em && gaps.iter().all(|gap| (gap - usual).abs() <= ALIKE * usual)
}

impl Line {
    /// Of words from left to right.
    pub(super) fn of(words: Vec<usize>, all: &[PlacedWord<'_>]) -> Self {
        let area = words.iter().map(|&word| all[word].area).reduce(Area::union);
        let area = area.expect("a line has words");
        let mut line = Self { words, area, em: 1.0, bold: false };
        line.measure(all);
        line
    }

    /// Takes in a line to the right.
    pub(super) fn absorb(&mut self, right: Self) {
        self.words.extend(right.words);
        self.area = self.area.union(right.area);
        self.em = self.em.max(right.em);
        self.bold &= right.bold;
    }

    fn measure(&mut self, words: &[PlacedWord<'_>]) {
        let mut ems: Vec<f32> = self.words.iter().map(|&w| words[w].em).collect();
        self.em = median(&mut ems);
        self.bold = self.words.iter().all(|&w| words[w].bold);
    }

    /// Its words with single spaces.
    pub(super) fn text(&self, words: &[PlacedWord<'_>]) -> String {
        self.words.iter().map(|&w| &*words[w].text).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_letters_stand_where_they_are_printed() {
        let place = |x0: f32, y0: f32, height: f32| Area { x0, y0, x1: x0 + 4.0 * height, y1: y0 + height };
        // A PDF names the raised letters first.
        let words: Vec<PlacedWord<'_>> = [
            ("th", 122.0, 99.0, 6.0),
            ("the", 40.0, 100.0, 10.0),
            ("14", 81.0, 100.0, 10.0),
            ("day", 150.0, 100.0, 10.0),
        ]
        .into_iter()
        .enumerate()
        .map(|(id, (text, x0, y0, height))| PlacedWord {
            id,
            text: Cow::Borrowed(text),
            area: place(x0, y0, height),
            em: height,
            bold: false,
            block_line: (0, u16::from(id > 0)),
        })
        .collect();
        let rows = rows(&words);
        assert_eq!(rows[0][0].text(&words), "the 14 th day");
    }

    #[test]
    fn a_stretched_line_is_one_line_and_columns_are_not() {
        let check = |places: &[(f32, f32)], lines: usize| {
            let words: Vec<PlacedWord<'_>> = places
                .iter()
                .enumerate()
                .map(|(id, &(x0, x1))| PlacedWord {
                    id,
                    text: Cow::Borrowed("woord"),
                    area: Area { x0, y0: 100.0, x1, y1: 110.0 },
                    em: 10.0,
                    bold: false,
                    block_line: (0, u16::try_from(id).unwrap()),
                })
                .collect();
            let rows = rows(&words);
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].len(), lines, "{places:?}");
        };
        check(&[(60.0, 110.0), (150.0, 190.0), (230.0, 300.0), (340.0, 400.0)], 1);
        check(&[(60.0, 110.0), (150.0, 190.0), (250.0, 300.0), (350.0, 400.0)], 4);
        check(&[(60.0, 110.0), (290.0, 340.0)], 2);
    }
}
