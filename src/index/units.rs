//! A document's text as units: its clauses, cut at every page.

use super::Unit;
use crate::text::Text;

/// Clauses deeper than this stay with the one they stand in: a single line of a list tells little.
const DEEPEST: u8 = 1;

/// The units of a text, in its order: together all of its words, each word in one unit. What each is about is left to
/// the caller.
pub fn units(text: &Text) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut open: Option<(u32, Option<usize>)> = None;
    for token in &text.tokens {
        let Some(page) = text.page_at(token.range.start) else { continue };
        let mut clause = text.clause_at(token.range.start);
        while let Some(inner) = clause.map(|index| &text.clauses[index]).filter(|clause| clause.depth > DEEPEST) {
            if inner.parent.is_none() {
                break;
            }
            clause = inner.parent;
        }
        let key = (page.get(), clause);
        match units.last_mut().filter(|_| open == Some(key)) {
            Some(unit) => unit.range.end = token.range.end,
            None => units.push(Unit {
                page,
                clause: clause.map(|index| text.clause_name(index)).filter(|name| !name.is_empty()),
                range: token.range.clone(),
                text: String::new(),
                language: text.language_at(token.range.start),
                subjects: Vec::new(),
            }),
        }
        open = Some(key);
    }
    for unit in &mut units {
        unit.text = text.slice(&unit.range).to_owned();
    }
    units
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{Language, PageBox, PageNo, PageReading, PageState, Reading, TextSource, Word};

    /// A digital page with one block of these lines.
    pub(crate) fn page(index: usize, lines: &[&str]) -> PageReading {
        let mut page = PageReading::wordless(PageNo::from_index(index), PageState::Read, 595.0, 842.0);
        page.source = TextSource::Digital;
        for (line, words) in lines.iter().enumerate() {
            for (place, word) in words.split(' ').enumerate() {
                if !page.text.is_empty() {
                    page.text.push(if place == 0 { '\n' } else { ' ' });
                }
                let (start, x, y) = (page.text.len() as u32, 0.1 + place as f32 * 0.1, 0.1 + line as f32 * 0.02);
                page.text.push_str(word);
                page.words.push(Word {
                    start,
                    end: page.text.len() as u32,
                    bounds: PageBox::new(x, y, x + 0.09, y + 0.015),
                    confidence: 100,
                    size: 44,
                    bold: false,
                    block: 0,
                    line: line as u16,
                });
            }
        }
        page
    }

    #[test]
    fn every_word_is_in_one_unit_and_no_unit_spans_two_pages() {
        let pages = vec![
            page(0, &["Artikel 1 Duur", "De huur duurt een jaar.", "Artikel 2 Opzegging", "Opzegging is schriftelijk"]),
            page(1, &["en gebeurt tijdig."]),
        ];
        let reading = Reading { pages, language: Some(Language::Dutch), engine: String::new(), problems: Vec::new() };
        let text = Text::build(&reading);
        let units = units(&text);
        for token in &text.tokens {
            let holders =
                units.iter().filter(|unit| unit.range.start <= token.range.start && token.range.end <= unit.range.end);
            assert_eq!(holders.count(), 1, "{}", text.slice(&token.range));
        }
        for unit in &units {
            assert_eq!(text.slice(&unit.range), unit.text);
            assert_eq!(text.page_at(unit.range.end - 1), Some(unit.page));
        }
        assert!(units.len() >= 2);
    }
}
