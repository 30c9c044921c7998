//! Forms whose captions stand in small letters above what was entered: each box of the grid becomes a row of its own,
//! caption and entry, as if they stood beside each other.

use super::{
    layout::MOST_COLUMNS,
    lines::{Line, PlacedWord},
};

/// A caption's letters are at most so large, beside those of the entry below.
const SMALLER: f32 = 0.85;
/// An entry starts at most so many of its ems left or right of its caption.
const ALIGNED: f32 = 0.7;
/// An entry's first line stands at most so many ems below its caption, its other lines below each other.
const NEAR: f32 = 1.1;
/// Two entries of a row stand at least so many ems apart.
const APART: f32 = 0.6;
/// Words of a caption at most: longer ones are notes and headings.
const MOST_WORDS: usize = 12;

/// `nos.`, `approx.`: the full stop of a longer word ends a sentence.
const LONGEST_SHORT: usize = 7;

/// A box of the grid: the caption, and the lines of its entry.
pub(super) struct Box {
    pub caption: Line,
    pub entry: Vec<Line>,
    /// Edges of the column.
    pub left: f32,
    pub right: f32,
}

/// The boxes of a form that starts with the first of these rows, row after row, and how many rows it takes. A single
/// caption above an entry is none: any small line above a larger one looks so.
pub(super) fn form(rows: &[Vec<Line>], words: &[PlacedWord<'_>]) -> Option<(usize, Vec<Box>)> {
    let mut boxes = Vec::new();
    let mut at = 0;
    while let Some(len) = strip(&rows[at..], words, &mut boxes) {
        at += len;
    }
    let filled = boxes.iter().filter(|one| !one.entry.is_empty()).count();
    (filled > 1).then_some((at, boxes))
}

/// One row of captions with the rows of entries below it; how many rows.
fn strip(rows: &[Vec<Line>], words: &[PlacedWord<'_>], boxes: &mut Vec<Box>) -> Option<usize> {
    let (captions, below) = (rows.first()?, rows.get(1)?);
    let small = captions.iter().map(|line| line.em).fold(0.0, f32::max);
    let large = below.iter().map(|line| line.em).fold(f32::MAX, f32::min);
    let is_caption = |line: &Line| {
        let text = line.text(words);
        let ends = text.rsplit(' ').next().is_some_and(|last| last.len() > LONGEST_SHORT && last.ends_with('.'));
        line.words.len() <= MOST_WORDS && !ends && !text.ends_with([';', ',']) && text.contains(char::is_alphabetic)
    };
    if small > SMALLER * large || captions.len() > MOST_COLUMNS || !captions.iter().all(is_caption) {
        return None;
    }
    let lefts: Vec<f32> = captions.iter().map(|line| line.area.x0).collect();
    let mut entries: Vec<Vec<Line>> = vec![Vec::new(); captions.len()];
    let mut len = 1;
    let mut bottom = captions.iter().map(|line| line.area.y1).fold(f32::MIN, f32::max);
    for row in &rows[1..] {
        let em = row.iter().map(|line| line.em).fold(1.0, f32::max);
        let top = row.iter().map(|line| line.area.y0).fold(f32::MAX, f32::min);
        let is_entry = row.iter().all(|line| small <= SMALLER * line.em);
        // What starts a row of its own further down is no entry of this one.
        let Some(cells) = (is_entry && top - bottom <= NEAR * em).then(|| cells(row, words, &lefts)).flatten() else {
            break;
        };
        cells.into_iter().for_each(|(column, line)| entries[column].push(line));
        bottom = row.iter().map(|line| line.area.y1).fold(bottom, f32::max);
        len += 1;
    }
    if len == 1 {
        return None;
    }
    let rights = lefts.iter().skip(1).copied().chain([f32::INFINITY]).collect::<Vec<_>>();
    for (i, (caption, entry)) in captions.iter().zip(entries).enumerate() {
        let widest = entry.iter().chain([caption]).map(|line| line.area.x1).fold(0.0, f32::max);
        let right = if rights[i].is_finite() { rights[i] } else { widest };
        boxes.push(Box { caption: caption.clone(), entry, left: lefts[i], right });
    }
    Some(len)
}

/// A row's words by the captions that they stand under; none where a column's first word is not aligned with its
/// caption. What stood close together may have been taken for one line: `20 £ 987.45`.
fn cells(row: &[Line], words: &[PlacedWord<'_>], lefts: &[f32]) -> Option<Vec<(usize, Line)>> {
    let mut out: Vec<(usize, Line)> = Vec::new();
    let mut end = f32::MIN;
    for &word in row.iter().flat_map(|line| &line.words) {
        let (area, em) = (words[word].area, words[word].em);
        let column = lefts.iter().rposition(|&left| left <= area.x0 + ALIGNED * em)?;
        let piece = Line { words: vec![word], area, em, bold: words[word].bold };
        let apart = area.x0 - end > APART * em;
        match out.last_mut().filter(|(last, _)| *last == column || !apart) {
            Some((_, line)) => line.absorb(piece),
            None if (area.x0 - lefts[column]).abs() <= ALIGNED * em => out.push((column, piece)),
            None => return None,
        }
        end = area.x1;
    }
    Some(out)
}
