//! Puts the lines of a page into reading order. Reads no language.

use super::lines::{Line, PlacedWord, median, rows};

/// A gap of this many ems between two lines of one row makes them cells, whatever stands above and below.
const CELL_GAP: f32 = 3.0;

/// A line in reading order.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Index of the page.
    pub page: usize,
    pub line: Line,
    pub start: Start,
    /// Edges of the column that it stands in.
    pub left: f32,
    pub right: f32,
    /// Usual distance of two lines of the page.
    pub pitch: f32,
}

/// How a line follows the one before it in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// By its place and words.
    Free,
    /// A new cell of the same row.
    Cell,
    /// A new paragraph.
    Paragraph,
    /// The same cell or paragraph.
    Same,
}

/// The lines of a page in reading order.
pub(super) fn order(page: usize, words: &[PlacedWord<'_>]) -> Vec<Flow> {
    let rows = rows(words);
    let mut out = Vec::new();
    for row in rows {
        let mut cells: Vec<Line> = Vec::new();
        for line in row {
            let near = |last: &Line| line.area.x0 - last.area.x1 < CELL_GAP * last.em.max(line.em);
            match cells.last_mut().filter(|last| near(last)) {
                Some(last) => last.absorb(line),
                None => cells.push(line),
            }
        }
        let many = cells.len() > 1;
        for (i, line) in cells.into_iter().enumerate() {
            let start = match (i, many) {
                (0, false) => Start::Free,
                (0, true) => Start::Paragraph,
                _ => Start::Cell,
            };
            out.push(Flow { page, line, start, left: 0.0, right: 0.0, pitch: 0.0 });
        }
    }
    measure(&mut out);
    out
}

/// Fills in the column's edges and the usual distance of lines.
fn measure(flows: &mut [Flow]) {
    let long = flows.iter().any(|f| f.line.words.len() > 5);
    let body = || flows.iter().filter(|f| !long || f.line.words.len() > 5);
    let left = body().map(|f| f.line.area.x0).fold(f32::MAX, f32::min);
    let right = body().map(|f| f.line.area.x1).fold(0.0, f32::max);
    let steps = flows.windows(2).map(|w| (w[1].line.area.middle() - w[0].line.area.middle(), w[0].line.em));
    let mut steps: Vec<f32> = steps.filter(|&(step, em)| step > 0.5 * em && step < 3.0 * em).map(|(s, _)| s).collect();
    let pitch = median(&mut steps);
    for flow in flows {
        (flow.left, flow.right) = (left, right);
        flow.pitch = if pitch > 0.0 { pitch } else { 1.2 * flow.line.em };
    }
}
