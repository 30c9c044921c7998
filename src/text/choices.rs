//! Boxes to tick on forms: finds the choices that a form offers and nobody ticked. What a choice means is left to the rules.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

/// A box, with its tick if it has one.
static BOX: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[ {0,3}([xXvV✓✔])? {0,3}\]|[☐□]|([☑☒✓✔■])").expect("the pattern is a constant"));

/// What is not said: each choice that is not ticked, with its box, and the ticks of the others. In order. A text in which
/// nothing is ticked offers no choice: its boxes are bullets, or places left open.
pub(super) fn unsaid(text: &str) -> Vec<Range<usize>> {
    if !BOX.captures_iter(text).any(|found| is_ticked(&found)) {
        return Vec::new();
    }
    let (mut out, mut start) = (Vec::new(), 0);
    for cell in text.split(['\n', '\t']) {
        in_cell(cell, start, &mut out);
        start += cell.len() + 1;
    }
    out
}

fn is_ticked(found: &regex::Captures<'_>) -> bool {
    found.get(1).or(found.get(2)).is_some()
}

/// A choice goes from its box to the next one: `[ ] 1 jaar [X] 3 jaar`; or, where a box ends the cell, from box to box before
/// it: `ja ☐ nee ☒`.
fn in_cell(cell: &str, start: usize, out: &mut Vec<Range<usize>>) {
    let boxes: Vec<(Range<usize>, bool)> =
        BOX.captures_iter(cell).filter_map(|found| Some((found.get(0)?.range(), is_ticked(&found)))).collect();
    let (Some((first, _)), Some((last, _))) = (boxes.first(), boxes.last()) else { return };
    let before = cell[..first.start].trim_end();
    let trailing = cell[last.end..].trim().is_empty() && !before.is_empty() && !before.ends_with(':');
    for (at, (place, ticked)) in boxes.iter().enumerate() {
        let range = if *ticked {
            place.clone()
        } else if trailing {
            let after_label = cell[..place.start].rfind(':').map_or(0, |colon| colon + 1);
            let after_last = at.checked_sub(1).map_or(0, |last| boxes[last].0.end);
            after_label.max(after_last)..place.end
        } else {
            place.start..boxes.get(at + 1).map_or(cell.len(), |(next, _)| next.start)
        };
        out.push(start + range.start..start + range.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ticked_is_not_said() {
        let check = |text: &str, want: &str| {
            let mut said = text.to_owned();
            for range in unsaid(text).into_iter().rev() {
                said.replace_range(range, "");
            }
            assert_eq!(said.split_whitespace().collect::<Vec<_>>().join(" "), want, "{text}");
        };
        check("Contractduur: [ ] 1 jaar [X] 3 jaar [ ] 5 jaar", "Contractduur: 3 jaar");
        check("☐ per maand\n☒ per kwartaal\n☐ per jaar", "per kwartaal");
        check("Verlenging: ja ☐ nee ☒", "Verlenging: nee");
        check("Duur\t□ een jaar\t■ twee jaar", "Duur twee jaar");
        check("☐ De huurder betaalt.\n☐ De verhuurder levert.", "☐ De huurder betaalt. ☐ De verhuurder levert.");
        check("a term of [ ] months", "a term of [ ] months");
    }
}
