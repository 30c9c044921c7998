//! Forms of numbered boxes: what each asks for stands on a line of its own behind its number, what was filled in below it.

use std::ops::Range;

use super::{Paragraph, is_label, marker};
use crate::text::marker::MarkerKind;

/// So many boxes make a form; fewer may be headings with a short line below them.
const BOXES: usize = 4;
/// So many lines are filled in at most.
const LINES: usize = 3;

/// A box: the paragraph with its label, where that label starts, and the last paragraph of what was filled in.
pub(super) struct Numbered {
    pub head: usize,
    pub label: usize,
    pub last: usize,
}

/// The boxes of all forms in a text.
pub(super) fn numbered(text: &str, paragraphs: &[Paragraph]) -> Vec<Numbered> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < paragraphs.len() {
        let run = run(text, paragraphs, at);
        if run.len() < BOXES {
            at += 1;
            continue;
        }
        at = run.last().map_or(at, |last| last.last) + 1;
        found.extend(run);
    }
    found
}

/// The boxes from a paragraph on, each with the next number.
fn run(text: &str, paragraphs: &[Paragraph], first: usize) -> Vec<Numbered> {
    let mut run: Vec<Numbered> = Vec::new();
    let mut wanted = None;
    let mut head = first;
    while let Some((number, label)) = paragraphs.get(head).and_then(|p| asks(text, p)) {
        if wanted.is_some_and(|wanted| wanted != number) {
            break;
        }
        let is_next = |p: &Paragraph| asks(text, p).is_some_and(|(next, _)| next == number + 1);
        let filled = paragraphs[head + 1..].iter().take(LINES).take_while(|p| !is_next(p) && is_filled_in(text, p));
        let lines = filled.count();
        if lines == 0 {
            break;
        }
        run.push(Numbered { head, label, last: head + lines });
        wanted = Some(number + 1);
        head += lines + 1;
    }
    // Below the last box stands whatever comes behind the form: its first line is its own.
    if let Some(last) = run.last_mut() {
        last.last = last.head + 1;
    }
    run
}

/// The number of a box, and where the words start that ask for something.
fn asks(text: &str, paragraph: &Paragraph) -> Option<(u32, usize)> {
    let line = &text[paragraph.range.clone()];
    let mark = marker::marker(line).filter(|_| !paragraph.row)?;
    let MarkerKind::Decimal { levels, .. } = &mark.kind else { return None };
    let [number] = levels[..] else { return None };
    let words = line.get(mark.len..)?;
    let asks = words.starts_with(char::is_uppercase)
        && words.split_whitespace().count() <= 5
        && is_label(words)
        && !words.ends_with(['.', ':', ';', ',']);
    asks.then_some((number, paragraph.range.start + mark.len))
}

/// Short and no sentence: a clause below its heading ends in a full stop, or goes on over more lines.
fn is_filled_in(text: &str, paragraph: &Paragraph) -> bool {
    let line = text[paragraph.range.clone()].trim_end();
    let ends = line.ends_with(['.', ';', ':', ',']);
    let abbreviation = line.rsplit(' ').next().is_some_and(|word| word.matches('.').count() > 1);
    !paragraph.row && line.len() <= 100 && (!ends || abbreviation)
}

/// What was filled in.
pub(super) fn filled_in(paragraphs: &[Paragraph], numbered: &Numbered) -> Range<usize> {
    paragraphs[numbered.head + 1].range.start..paragraphs[numbered.last].range.end
}
