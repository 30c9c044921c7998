//! The words read by OCR as invisible text (rendering mode 3) on their places, in the reader's order, line by line, so
//! that searching, copying and extracting give them as they were read. Programs that extract text go by its layout and
//! not by the order in which it is written: lines are therefore level and without holes, whatever the paper was.

use super::{
    font::{ADVANCE, ASCENT, Font},
    frame::{Frame, Upright},
    value::{write_literal, write_number},
};
use crate::model::{PageReading, Word};

/// Lines whose type is within this share of the page's usual one are set in that: programs that put extracted text in
/// order take a change of size for a change of column.
const USUAL: f64 = 0.3;
/// A gap between two words of a line that is larger than this share of the type's size is taken for one between columns.
const GAP: f64 = 0.5;
/// What is left of such a gap.
const SPACE: f64 = 0.3;

/// The page's words as content: a text object that names the font `name`. Empty where there are none.
pub(super) fn layer(page: &PageReading, frame: &Frame, name: &[u8], font: &mut Font) -> Vec<u8> {
    let lines = lines(page, frame);
    if lines.is_empty() {
        return Vec::new();
    }
    let usual = median(lines.iter().map(|line| line.size).collect());
    let upright = frame.upright(page.turn);
    let mut text = TextObject::new(&upright, name, font);
    for line in &lines {
        let size = if (line.size / usual - 1.0).abs() < USUAL { usual } else { line.size };
        text.line(line, (size * 10.0).round() / 10.0);
    }
    text.out.extend(b"ET\n");
    text.out
}

/// A line of words in upright coordinates.
struct Line<'a> {
    words: Vec<Placed<'a>>,
    size: f64,
}

/// A word as it stands on the (perhaps skewed) upright page.
struct Placed<'a> {
    text: &'a str,
    /// The middle of its box.
    middle: (f64, f64),
    /// Along the line.
    length: f64,
    /// Across the line.
    height: f64,
}

fn lines<'a>(page: &'a PageReading, frame: &Frame) -> Vec<Line<'a>> {
    let upright = frame.upright(page.turn);
    let key = |word: &Word| (word.block, word.line);
    let mut lines = Vec::new();
    for words in page.words.chunk_by(|a, b| key(a) == key(b)) {
        let words: Vec<_> = words.iter().filter_map(|word| place(page, word, &upright)).collect();
        if words.is_empty() {
            continue;
        }
        // As high as the line's tall words, but a blot that was taken for a word makes no line of giants.
        let middle = median(words.iter().map(|word| word.height).collect());
        let tall = words.iter().map(|word| word.height).fold(0.0, f64::max);
        lines.push(Line { words, size: tall.min(middle * 1.6).max(1.0) });
    }
    lines
}

fn place<'a>(page: &'a PageReading, word: &Word, upright: &Upright) -> Option<Placed<'a>> {
    let text = page.word_text(word);
    if text.trim().is_empty() {
        return None;
    }
    let bounds = page.upright(word);
    let across = |x: f32| f64::from(x) * upright.width;
    let down = |y: f32| f64::from(y) * upright.height;
    let (width, height) = (across(bounds.width()), down(bounds.height()));
    let middle = (across((bounds.x0 + bounds.x1) / 2.0), down((bounds.y0 + bounds.y1) / 2.0));
    // A page that lies askew is sheared level: words keep their place across, and move up or down by what their line
    // climbs from the page's middle.
    let climb = f64::from(page.skew).to_radians().tan();
    let middle = (middle.0, middle.1 - climb * (middle.0 - upright.width / 2.0));
    // The box stands around the word's slanted one: its height holds a part of the length.
    let slant = climb.abs();
    let height = (height - width * slant).max(height / 1.5);
    Some(Placed { text, middle, length: (width - height * slant).max(1.0), height: height.max(1.0) })
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(1.0)
}

/// A text object that is being written.
struct TextObject<'a> {
    out: Vec<u8>,
    upright: &'a Upright,
    name: &'a [u8],
    font: &'a mut Font,
    size: f64,
    scale: f64,
}

impl<'a> TextObject<'a> {
    fn new(upright: &'a Upright, name: &'a [u8], font: &'a mut Font) -> Self {
        Self { out: b"BT\n3 Tr\n".to_vec(), upright, name, font, size: 0.0, scale: 0.0 }
    }

    fn line(&mut self, line: &Line<'_>, size: f64) {
        if size != self.size {
            self.out.push(b'/');
            self.out.extend(self.name);
            self.operator(&[size], "Tf");
            self.size = size;
        }
        let bottom = |word: &Placed<'_>| word.middle.1 + word.height / 2.0;
        let lowest = median(line.words.iter().map(bottom).collect()) + 0.2 * size;
        let floor = line.words.iter().map(bottom).fold(f64::MIN, f64::max).min(lowest);
        let start = |word: &Placed<'_>| word.middle.0 - word.length / 2.0;
        let mut pen = None;
        for (i, word) in line.words.iter().enumerate() {
            // On the line's base; a word that is far from it was put into the line by mistake.
            let base = floor.clamp(bottom(word) - size, bottom(word) + size) - (1.0 - ASCENT) * size;
            let at = (start(word), base);
            match pen {
                None => {
                    let (right, up) = (self.upright.direction(1.0, 0.0), self.upright.direction(0.0, -1.0));
                    let (x, y) = self.upright.point(at.0, at.1);
                    let matrix = [right.0, right.1, up.0, up.1, tenth(x), tenth(y)];
                    self.operator(&matrix, "Tm");
                    pen = Some(at);
                }
                // Upwards is positive in the text's own coordinates.
                Some(from) => {
                    let by = (tenth(at.0 - from.0), tenth(from.1 - at.1));
                    self.operator(&[by.0, by.1], "Td");
                    pen = Some((from.0 + by.0, from.1 - by.1));
                }
            }
            let next = line.words.get(i + 1);
            let hole = next.map(|next| start(next) - at.0 - word.length).filter(|gap| *gap > GAP * size);
            let length = word.length + hole.map_or(0.0, |gap| gap - SPACE * size);
            self.show(word.text, length, size, next.is_some());
        }
    }

    fn show(&mut self, word: &str, length: f64, size: f64, space: bool) {
        let mut codes: Vec<u8> = Vec::new();
        let font = &mut *self.font;
        codes.extend(word.chars().filter_map(|character| font.code(character)).flat_map(u16::to_be_bytes));
        let count = codes.len() / 2;
        if count == 0 {
            return;
        }
        if space {
            codes.extend(font.code(' ').into_iter().flat_map(u16::to_be_bytes));
        }
        let scale = (length / (count as f64 * ADVANCE * size) * 100.0).round().max(1.0);
        if scale != self.scale {
            self.operator(&[scale], "Tz");
            self.scale = scale;
        }
        write_literal(&codes, &mut self.out);
        self.out.extend(b"Tj\n");
    }

    fn operator(&mut self, operands: &[f64], operator: &str) {
        for operand in operands {
            if self.out.last().is_some_and(|byte| !byte.is_ascii_whitespace()) {
                self.out.push(b' ');
            }
            write_number(*operand, &mut self.out);
        }
        self.out.push(b' ');
        self.out.extend(operator.bytes());
        self.out.push(b'\n');
    }
}

fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
