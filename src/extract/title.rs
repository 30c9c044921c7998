//! Finds the title: the first short paragraph before the parties that names a kind of contract.

use std::ops::Range;

use super::{RuleSet, scene::Scene};
use crate::text::Zone;

const LONGEST: usize = 40;

/// The place of the title, where there is one.
pub fn find(rules: &RuleSet, scene: &Scene<'_>) -> Option<Range<usize>> {
    let text = scene.text;
    let top = text
        .zones
        .iter()
        .find(|(_, zone)| !matches!(zone, Zone::Title | Zone::Contents))
        .map_or(text.running.len(), |(range, _)| range.end);
    let mut start = 0;
    let mut paragraphs = Vec::new();
    for line in text.running[..top].split('\n').take(40) {
        paragraphs.push(start..start + line.len());
        start += line.len() + 1;
    }
    let is_label = |range: &Range<usize>| text.labels.iter().any(|label| label.label.start == range.start);
    let names_kind = |range: &Range<usize>| !rules.in_title(scene, range).is_empty();
    let short = |range: &Range<usize>| (1..=LONGEST).contains(&scene.words_in(range).len());
    let number = paragraphs.iter().position(|range| short(range) && !is_label(range) && names_kind(range))?;
    let range = sentence_start(scene, &paragraphs[number]);
    Some(trim(&text.running, range))
}

/// A title may run on into the text (`Overeenkomst … De ondergetekenden`): its own sentence only.
fn sentence_start(scene: &Scene<'_>, paragraph: &Range<usize>) -> Range<usize> {
    let sentence = scene.sentence_at(paragraph.start);
    if sentence.end > paragraph.start && sentence.end < paragraph.end && sentence.start <= paragraph.start {
        paragraph.start..sentence.end
    } else {
        paragraph.clone()
    }
}

fn trim(running: &str, range: Range<usize>) -> Range<usize> {
    let text = &running[range.clone()];
    let left = text.len() - text.trim_start().len();
    let right = text.len() - text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',')).len();
    range.start + left..(range.end - right).max(range.start + left)
}
