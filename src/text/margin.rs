//! Sets apart what stands in the margin of a page of running text: a notary's repertory number and registration, a
//! receipt stamp, the heading of a deed. It runs on with no line of the text beside it.

use std::ops::Range;

use super::lines::{Line, PlacedWord, median};

/// A text with fewer lines has no margin that could be told from a label.
const LEAST_LINES: usize = 12;
/// So many of the lines begin at the text's edge.
const AT_EDGE: f32 = 0.75;
/// How far from the edge, in ems, a line may begin, and how wide the white strip left of it is at least.
const NEAR: f32 = 0.5;
const STRIP: f32 = 0.5;
/// The margin takes at most so much of the width.
const WIDEST: f32 = 0.4;
/// Type of the margin is at most so large beside the text's.
const SMALLER: f32 = 0.93;
/// A line in the margin stands off the baselines of the text by more than this, in ems.
const OFF: f32 = 0.12;

/// A page whose text has a margin along some of its rows.
pub(super) struct Apart {
    /// The rows above those.
    pub above: Vec<Vec<Line>>,
    /// What stands in the margin.
    pub margin: Vec<Vec<Line>>,
    /// The rows of the text beside it, and those below.
    pub text: Vec<Vec<Line>>,
}

/// Sets the margin apart, where there is one.
pub(super) fn apart(mut rows: Vec<Vec<Line>>, words: &[PlacedWord<'_>]) -> Apart {
    let Some((beside, edge)) = find(&rows, words) else {
        return Apart { above: Vec::new(), margin: Vec::new(), text: rows };
    };
    let below = rows.split_off(beside.end);
    let beside = rows.split_off(beside.start);
    let side = |row: &[Line], of_margin: bool| -> Vec<Line> {
        let parts = row.iter().map(|line| {
            let of_side = line.words.iter().copied().filter(|&word| (words[word].area.x1 < edge) == of_margin);
            of_side.collect::<Vec<_>>()
        });
        parts.filter(|part| !part.is_empty()).map(|part| Line::of(part, words)).collect()
    };
    let full = |of_margin: bool| -> Vec<Vec<Line>> {
        beside.iter().map(|row| side(row, of_margin)).filter(|row| !row.is_empty()).collect()
    };
    let (margin, mut text) = (full(true), full(false));
    text.extend(below);
    Apart { above: rows, margin, text }
}

type Row<'w, 'a> = Vec<&'w PlacedWord<'a>>;

/// The rows along which a text has a margin, and its edge.
fn find(rows: &[Vec<Line>], words: &[PlacedWord<'_>]) -> Option<(Range<usize>, f32)> {
    let ordered = |row: &Vec<Line>| {
        let mut row: Row<'_, '_> = row.iter().flat_map(|line| &line.words).map(|&word| &words[word]).collect();
        row.sort_by(|a, b| a.area.x0.total_cmp(&b.area.x0));
        row
    };
    let rows: Vec<Row<'_, '_>> = rows.iter().map(ordered).collect();
    let all = || rows.iter().flatten();
    let em = median(&mut all().map(|word| word.em).collect::<Vec<_>>()).max(1.0);
    let left = all().map(|word| word.area.x0).fold(f32::MAX, f32::min);
    let right = all().map(|word| word.area.x1).fold(0.0, f32::max);
    // Words after white, well inside the page; where most of them stand the text may have its edge.
    let begins = rows.iter().flat_map(|row| {
        row.iter().enumerate().filter(|&(i, word)| i == 0 || word.area.x0 - row[i - 1].area.x1 > STRIP * em)
    });
    let inside = left + 2.0 * em..left + WIDEST * (right - left);
    let mut begins: Vec<f32> = begins.map(|(_, word)| word.area.x0).filter(|x0| inside.contains(x0)).collect();
    begins.sort_by(f32::total_cmp);
    let as_many = |i: usize| begins[i..].partition_point(|x0| *x0 <= begins[i] + NEAR * em);
    let edge = begins[(0..begins.len()).max_by_key(|&i| (as_many(i), std::cmp::Reverse(i)))?] - 0.01;
    // Along these rows nothing stands in the strip left of it.
    let clear = |row: &Row<'_, '_>| !row.iter().any(|word| word.area.x0 < edge && word.area.x1 > edge - STRIP * em);
    let mut at = 0;
    let runs = rows.chunk_by(|a, b| clear(a) == clear(b)).map(|run| {
        at += run.len();
        at - run.len()..at
    });
    let run = runs.filter(|run| clear(&rows[run.start])).max_by_key(ExactSizeIterator::len)?;
    has_margin(&rows[run.clone()], edge, em).then_some((run, edge))
}

/// Whether rows are a text that flows, with a margin left of an edge.
fn has_margin(rows: &[Row<'_, '_>], edge: f32, em: f32) -> bool {
    let side = |in_margin: bool| {
        let sides = rows.iter().map(move |row| {
            let side = row.iter().copied().filter(|word| (word.area.x1 < edge) == in_margin);
            side.collect::<Row<'_, '_>>()
        });
        sides.filter(|side| !side.is_empty()).collect::<Vec<_>>()
    };
    let (text, margin) = (side(false), side(true));
    let at_edge = text.iter().filter(|line| line[0].area.x0 <= edge + NEAR * em).count();
    let flows = text.iter().filter(|line| line[0].text.starts_with(char::is_lowercase)).count();
    let long = text.iter().filter(|line| line.len() >= 5).count();
    let is_text = text.len() >= LEAST_LINES
        && at_edge as f32 >= AT_EDGE * text.len() as f32
        && 3 * flows >= text.len()
        && 3 * long >= 2 * text.len();
    if !is_text || margin.len() < 2 || 3 * margin.len() > 2 * text.len() {
        return false;
    }
    // Labels, numbers and heads stand level with the text that they belong to, in its type.
    let level =
        |word: &&PlacedWord<'_>| text.iter().any(|line| (line[0].area.middle() - word.area.middle()).abs() <= OFF * em);
    let (text, margin) = (text.concat(), margin.concat());
    let size = |words: &[&PlacedWord<'_>]| median(&mut words.iter().map(|word| word.em).collect::<Vec<_>>());
    let off = margin.iter().filter(|word| !level(word)).count();
    size(&margin) <= SMALLER * size(&text) && 2 * off >= margin.len()
}
