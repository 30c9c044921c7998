//! Parts the lines of a page into blocks and columns, by where their words lie. Pure geometry.

use std::ops::Range;

/// A line: its baseline, its type size, and from where to where each of its words runs, in order.
pub(super) struct Line {
    pub(super) v: f64,
    pub(super) size: f64,
    pub(super) words: Vec<(f64, f64)>,
}

/// Some words of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) line: usize,
    pub(super) pieces: Range<usize>,
}

/// Lines of a column in this number make a column.
const LEAST_LINES: usize = 5;

/// The blocks of a page in reading order, each with its lines. Two columns are read one after the other only where
/// both are set as running text: a table's rows and two signatories side by side stay lines.
pub(super) fn blocks(lines: &[Line]) -> Vec<Vec<Part>> {
    let mut out = Vec::new();
    let mut from = 0;
    while from < lines.len() {
        match gutter(lines, from) {
            Some((region, gutter)) => {
                paragraphs(lines, whole(lines, from..region.start), &mut out);
                let part = |side: Side| {
                    region.clone().filter_map(move |line| {
                        let cut = lines[line].words.partition_point(|word| word.0 < gutter);
                        let pieces = match side {
                            Side::Left => 0..cut,
                            Side::Right => cut..lines[line].words.len(),
                        };
                        (!pieces.is_empty()).then_some(Part { line, pieces })
                    })
                };
                paragraphs(lines, part(Side::Left), &mut out);
                paragraphs(lines, part(Side::Right), &mut out);
                from = region.end;
            }
            None => {
                paragraphs(lines, whole(lines, from..lines.len()), &mut out);
                from = lines.len();
            }
        }
    }
    out
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

fn whole(lines: &[Line], range: Range<usize>) -> impl Iterator<Item = Part> {
    range.map(|line| Part { line, pieces: 0..lines[line].words.len() })
}

/// Parts consecutive lines where the space between them is wide.
fn paragraphs(lines: &[Line], parts: impl Iterator<Item = Part>, out: &mut Vec<Vec<Part>>) {
    let mut before: Option<&Line> = None;
    for part in parts {
        let line = &lines[part.line];
        let near = before.is_some_and(|before| line.v - before.v < 1.75 * line.size.max(before.size));
        match out.last_mut() {
            Some(block) if near => block.push(part),
            _ => out.push(vec![part]),
        }
        before = Some(line);
    }
}

/// The first region of lines from `from` on that is set in two columns, and where the space between them is.
fn gutter(lines: &[Line], from: usize) -> Option<(Range<usize>, f64)> {
    let (left, right) = lines[from..]
        .iter()
        .flat_map(|line| &line.words)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(left, right), word| (left.min(word.0), right.max(word.1)));
    let width = right - left;
    // Columns are wide: the space between two of them lies well inside the page.
    let inside = left + 0.25 * width..right - 0.25 * width;
    for start in from..lines.len() {
        for pair in lines[start].words.windows(2) {
            let (a, b) = (pair[0].1, pair[1].0);
            if b - a < 0.9 * lines[start].size || !inside.contains(&((a + b) / 2.0)) {
                continue;
            }
            if let Some(found) = region(lines, from, start, (a, b), (left, right)) {
                return Some(found);
            }
        }
    }
    None
}

/// Follows a gap up and down the lines; a region if both sides hold running text.
fn region(
    lines: &[Line],
    from: usize,
    start: usize,
    gap: (f64, f64),
    (left, right): (f64, f64),
) -> Option<(Range<usize>, f64)> {
    let (mut a, mut b) = gap;
    let mut narrow = |line: &Line| {
        let (mut low, mut high) = (a, b);
        for word in &line.words {
            if word.0 < (a + b) / 2.0 { low = low.max(word.1) } else { high = high.min(word.0) }
        }
        let open = high - low >= 0.6 * line.size;
        if open {
            (a, b) = (low, high);
        }
        open
    };
    let mut end = start;
    while end < lines.len() && narrow(&lines[end]) {
        end += 1;
    }
    let mut begin = start;
    while begin > from && narrow(&lines[begin - 1]) {
        begin -= 1;
    }
    let middle = (a + b) / 2.0;
    // How many lines a side has, and how much of the side's width they fill.
    let side = |inside: &dyn Fn(&(f64, f64)) -> bool, width: f64| {
        let mut fills = Vec::new();
        let mut words = 0;
        for line in &lines[begin..end] {
            let of_side: Vec<_> = line.words.iter().filter(|word| inside(word)).collect();
            if let (Some(first), Some(last)) = (of_side.first(), of_side.last()) {
                fills.push((last.1 - first.0) / width.max(1.0));
                words += of_side.len();
            }
        }
        let full = fills.iter().filter(|fill| **fill > 0.6).count();
        fills.len() >= LEAST_LINES && 2 * full >= fills.len() && words >= 3 * fills.len()
    };
    let running = side(&|word| word.0 < middle, a - left) && side(&|word| word.0 >= middle, right - b);
    running.then_some((begin..end, middle))
}
