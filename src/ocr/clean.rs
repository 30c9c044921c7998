//! Enters the engine's words into the page's reading: boxes on the page as displayed, blocks and lines in order.

use super::{api::ReadWord, canvas::Canvas};
use crate::model::{PageBox, PageReading, Word};

/// Enters the words that were read on `upright`, which is `place` of the displayed page turned by `reading.turn`.
pub fn enter_words(words: &[ReadWord], place: PageBox, upright: &Canvas, reading: &mut PageReading) {
    let mut line = None;
    for word in words {
        let text = word.text.trim();
        if text.is_empty() || is_scratch(text, word.confidence) {
            continue;
        }
        if let Some(before) = line {
            reading.text.push(if before == word.line { ' ' } else { '\n' });
        }
        line = Some(word.line);
        let start = reading.text.len() as u32;
        reading.text.push_str(text);
        let [x0, y0, x1, y1] = word.bounds;
        let (w, h) = (upright.width as f32, upright.height as f32);
        let on_image = PageBox::new(x0 / w, y0 / h, x1 / w, y1 / h).turned(360 - reading.turn);
        let x = |fraction: f32| place.x0 + fraction * place.width();
        let y = |fraction: f32| place.y0 + fraction * place.height();
        reading.words.push(Word {
            start,
            end: reading.text.len() as u32,
            bounds: PageBox::new(x(on_image.x0), y(on_image.y0), x(on_image.x1), y(on_image.y1)),
            confidence: word.confidence.clamp(0.0, 100.0).round() as u8,
            size: u8::try_from(u32::from(word.points) * 4).unwrap_or(u8::MAX),
            bold: false,
            block: word.block,
            line: word.line,
        });
    }
}

/// Whether a "word" is a line, a speck or a stamp's edge: marks without a letter or digit that the engine itself
/// doubts. Dots and underscores stay whatever their confidence: an open place in a contract says something.
fn is_scratch(text: &str, confidence: f32) -> bool {
    let says_something = |c: char| c.is_alphanumeric() || ".…_".contains(c);
    confidence < 50.0 && !text.chars().any(says_something)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_doubtful_marks_are_dropped() {
        assert!(is_scratch("|", 20.0) && is_scratch("—~", 40.0));
        assert!(!is_scratch("|", 90.0) && !is_scratch("........", 5.0) && !is_scratch("€1", 3.0));
    }
}
