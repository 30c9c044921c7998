//! How wide the codes of a font are that is not embedded. Changes no width that a document states.

use std::collections::BTreeSet;

use hayro::hayro_syntax::object::{Array, Dict as SourceDict};
use hayro_font::Font;

/// Widths of a font's codes: the document's own, else those by which it is drawn.
pub(super) struct Widths {
    pub(super) first: u8,
    pub(super) list: Vec<f64>,
    pub(super) missing: f64,
}

impl Widths {
    pub(super) fn of(source: &SourceDict<'_>, font: &Font<'_>, codes: &BTreeSet<u8>) -> Self {
        let missing = source.get::<SourceDict<'_>>("FontDescriptor").and_then(|of| of.get::<f64>("MissingWidth"));
        let missing = missing.filter(|width| width.is_finite()).unwrap_or(0.0);
        if let Some((first, list)) = stated(source) {
            return Self { first, list, missing };
        }
        let (first, last) = (codes.first().copied().unwrap_or(0), codes.last().copied().unwrap_or(0));
        // Thousandths of a unit: the standard metrics have whole ones.
        let advance = |code: u8| (font.code_advance(code.into()).x * 1000.0).round() / 1000.0;
        let list = (first..=last).map(|code| if codes.contains(&code) { advance(code) } else { 0.0 }).collect();
        Self { first, list, missing: 0.0 }
    }

    pub(super) fn of_code(&self, code: u8) -> f64 {
        let at = code.checked_sub(self.first).map(usize::from);
        at.and_then(|at| self.list.get(at)).copied().unwrap_or(self.missing)
    }
}

/// The first code and the widths that a font states, where it states one for each code from the first to the last.
fn stated(source: &SourceDict<'_>) -> Option<(u8, Vec<f64>)> {
    let (first, last) = (source.get::<u8>("FirstChar")?, source.get::<u8>("LastChar")?);
    let widths = source.get::<Array<'_>>("Widths")?;
    let count = usize::from(last.checked_sub(first)?) + 1;
    let list: Vec<f64> = widths.iter::<f64>().take(count + 1).collect();
    (list.len() == count && widths.raw_iter().take(count + 1).count() == count).then_some((first, list))
}

#[cfg(test)]
mod tests {
    use hayro::hayro_syntax::object::FromBytes as _;

    use super::*;

    #[test]
    fn widths_that_are_not_one_a_code_are_not_taken() {
        let check = |widths: &str, want: Option<(u8, Vec<f64>)>| {
            let text = format!("<</FirstChar 65/LastChar 66{widths}>>");
            assert_eq!(stated(&SourceDict::from_bytes(text.as_bytes()).unwrap()), want, "{widths}");
        };
        check("/Widths[1 2.5]", Some((65, vec![1.0, 2.5])));
        check("/Widths[1]", None);
        check("/Widths[1 2 3]", None);
        check("/Widths[1/A 2]", None);
        check("/LastChar 64/Widths[]", None);
        check("", None);
    }
}
