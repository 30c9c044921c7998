//! What a filled form field looks like where its file does not say: its value set in Helvetica within its rectangle, the
//! way viewers make it (ISO 32000-1, 12.7.3.3). Nothing is cut off: what does not fit is set smaller.

use std::fmt::Write as _;

/// Space between a field's edge and its text.
const PADDING: f64 = 2.0;
/// From one baseline to the next, in sizes of the type.
const LEADING: f64 = 1.15;
/// The height of capitals and the depth of descenders, in sizes of the type.
const CAPITAL: f64 = 0.72;
const DESCENT: f64 = 0.22;
/// The largest and the smallest type that is chosen where the field leaves that open.
const USUAL: f64 = 12.0;
const SMALLEST: f64 = 1.0;

/// The widths of Helvetica's characters from space to tilde, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

/// Characters of the Windows code page 1252 from 0x80; a space where it has none.
const WINDOWS: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/// How a value is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// On one line.
    Line,
    /// On as many lines as it takes.
    Lines,
    /// Each character in a cell of its own, of so many.
    Comb(u32),
    /// A check mark.
    Check,
    /// A filled circle.
    Dot,
}

/// What a field's rectangle shows.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) setting: Setting,
    /// The value; nothing for marks.
    pub(super) text: String,
    /// The type's size, where the field says so.
    pub(super) size: Option<f64>,
    /// Operators that set the type's color.
    pub(super) color: String,
    /// 0 from the left, 1 centered, 2 from the right.
    pub(super) quadding: u8,
    /// Operators that paint what lies below the value.
    pub(super) ground: String,
}

impl Face {
    /// The content of an appearance stream, with the names `H` for Helvetica and `Z` for Zapf Dingbats; none where a
    /// character of the value is not in Helvetica.
    pub(super) fn content(&self) -> Option<Vec<u8>> {
        let mut out = format!("{}/Tx BMC\nq BT\n{}\n", self.ground, self.color).into_bytes();
        match self.setting {
            Setting::Check => self.mark(b'4', 0.84, &mut out),
            Setting::Dot => self.mark(b'l', 0.79, &mut out),
            Setting::Comb(cells) => self.cells(cells, &mut out)?,
            Setting::Line | Setting::Lines => self.lines(&mut out)?,
        }
        out.extend_from_slice(b"ET Q\nEMC\n");
        Some(out)
    }

    /// A mark of Zapf Dingbats in the middle; its width in sizes of the type.
    fn mark(&self, code: u8, width: f64, out: &mut Vec<u8>) {
        let size = self.width.min(self.height) * 0.8;
        let (x, y) = ((self.width - width * size) / 2.0, (self.height - 0.7 * size) / 2.0);
        show("Z", size, (x, y), &[code], out);
    }

    fn cells(&self, cells: u32, out: &mut Vec<u8>) -> Option<()> {
        let codes = encoded(&self.text)?;
        let cell = self.width / f64::from(cells.max(codes.len() as u32).max(1));
        let size = self.size.unwrap_or(USUAL).min(self.height * 0.8).min(cell * 1.2);
        let y = (self.height - CAPITAL * size) / 2.0;
        for (index, code) in codes.iter().enumerate() {
            let x = cell * (index as f64 + 0.5) - width(&[*code]) * size / 2.0;
            show("H", size, (x, y), &[*code], out);
        }
        Some(())
    }

    fn lines(&self, out: &mut Vec<u8>) -> Option<()> {
        let room = (self.width - 2.0 * PADDING).max(1.0);
        let given = self.size.unwrap_or(USUAL);
        let (lines, size) = if self.setting == Setting::Lines {
            let paragraphs: Vec<Vec<u8>> = self.text.lines().map(encoded).collect::<Option<_>>()?;
            fitted(&paragraphs, given, room, self.height - PADDING)
        } else {
            let line = encoded(&self.text.split_whitespace().collect::<Vec<_>>().join(" "))?;
            let high = given.min((self.height / (CAPITAL + 2.0 * DESCENT)).max(SMALLEST));
            let size = high.min(room / width(&line).max(1e-3)).max(SMALLEST);
            (vec![line], size)
        };
        let top = match self.setting {
            Setting::Lines => self.height - PADDING - CAPITAL * size,
            _ => (self.height - CAPITAL * size) / 2.0,
        };
        for (index, line) in lines.iter().enumerate() {
            let free = room - width(line) * size;
            let x = PADDING + free.max(0.0) * f64::from(self.quadding.min(2)) / 2.0;
            show("H", size, (x, top - index as f64 * LEADING * size), line, out);
        }
        Some(())
    }
}

/// The lines that paragraphs make, and the largest size at which they fit.
fn fitted(paragraphs: &[Vec<u8>], largest: f64, room: f64, height: f64) -> (Vec<Vec<u8>>, f64) {
    let mut size = largest;
    loop {
        let lines: Vec<Vec<u8>> = paragraphs.iter().flat_map(|line| broken(line, room / size)).collect();
        let high = lines.len() as f64 * LEADING * size <= height;
        let wide = lines.iter().all(|line| width(line) * size <= room * 1.001);
        if (high && wide) || size <= SMALLEST {
            return (lines, size);
        }
        size = (size * 0.9).max(SMALLEST);
    }
}

/// A paragraph in lines no wider than `most`, in sizes of the type, where its words allow that.
fn broken(paragraph: &[u8], most: f64) -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = vec![Vec::new()];
    for word in paragraph.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
        let line = lines.last_mut().expect("there is always a line");
        let joined = if line.is_empty() { word.to_vec() } else { [line, &b" "[..], word].concat() };
        if line.is_empty() || width(&joined) <= most {
            *line = joined;
        } else {
            lines.push(word.to_vec());
        }
    }
    lines
}

fn show(font: &str, size: f64, (x, y): (f64, f64), codes: &[u8], out: &mut Vec<u8>) {
    let text = hex::encode(codes);
    out.extend_from_slice(format!("/{font} {size:.2} Tf 1 0 0 1 {x:.2} {y:.2} Tm <{text}> Tj\n").as_bytes());
}

/// How wide a line is, in sizes of the type.
fn width(codes: &[u8]) -> f64 {
    let of = |code: &u8| {
        WIDTHS.get(usize::from(code.wrapping_sub(b' '))).copied().unwrap_or(match code {
            0x85 | 0x89 | 0x97 | 0x99 => 1000,
            _ => 667,
        })
    };
    codes.iter().map(of).map(f64::from).sum::<f64>() / 1000.0
}

/// Text in Windows' code page 1252, which is how Helvetica is encoded here (ISO 32000-1, annex D).
fn encoded(text: &str) -> Option<Vec<u8>> {
    let code = |c: char| match c {
        '\t' => Some(b' '),
        ' '..='~' => Some(c as u8),
        '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(c)).ok(),
        c => WINDOWS.chars().position(|other| other == c).map(|at| 0x80 + at as u8),
    };
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).map(code).collect()
}

/// Operators for a color of an appearance's characteristics (12.5.6.19): none, grey, red-green-blue or process colors.
pub(super) fn color(components: &[f32], operators: [&str; 3]) -> Option<String> {
    let operator = match components.len() {
        1 => operators[0],
        3 => operators[1],
        4 => operators[2],
        _ => return None,
    };
    let mut out = String::new();
    for component in components {
        // Writing to memory does not fail.
        let _ = write!(out, "{component:.3} ");
    }
    Some(out + operator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(setting: Setting, text: &str, size: Option<f64>) -> Face {
        let (color, ground) = ("0 g".to_owned(), String::new());
        Face { width: 100.0, height: 20.0, setting, text: text.to_owned(), size, color, quadding: 0, ground }
    }

    #[track_caller]
    fn check(face: &Face, want: &str) {
        let content = String::from_utf8(face.content().unwrap()).unwrap();
        assert_eq!(content, format!("/Tx BMC\nq BT\n0 g\n{want}ET Q\nEMC\n"));
    }

    #[test]
    fn a_value_is_set_as_large_as_its_field_allows() {
        check(&face(Setting::Line, "31 mei", None), "/H 12.00 Tf 1 0 0 1 2.00 5.68 Tm <3331206d6569> Tj\n");
        let small = face(Setting::Line, &"m".repeat(50), Some(12.0));
        let content = String::from_utf8(small.content().unwrap()).unwrap();
        assert!(content.contains("/H 2.30 Tf"), "{content}");
        assert_eq!(face(Setting::Line, "žluť ř", None).content(), None);
    }

    #[test]
    fn a_longer_value_is_broken_into_lines_that_fit() {
        let lines = face(Setting::Lines, "een twee\ndrie vier vijf zes zeven acht negen tien", None);
        let content = String::from_utf8(lines.content().unwrap()).unwrap();
        assert_eq!(content.matches("Tj").count(), 2, "{content}");
        assert!(content.lines().filter(|line| line.contains(" Tm ")).all(|line| !line.contains(" -")), "{content}");
    }

    #[test]
    fn combs_and_marks_stand_in_the_middle_of_their_cells() {
        check(
            &face(Setting::Comb(2), "12", Some(10.0)),
            "/H 10.00 Tf 1 0 0 1 22.22 6.40 Tm <31> Tj\n/H 10.00 Tf 1 0 0 1 72.22 6.40 Tm <32> Tj\n",
        );
        check(&face(Setting::Check, "", None), "/Z 16.00 Tf 1 0 0 1 43.28 4.40 Tm <34> Tj\n");
    }

    #[test]
    fn dutch_and_english_signs_have_their_codes() {
        assert_eq!(encoded("€ é – ’"), Some(vec![0x80, b' ', 0xe9, b' ', 0x96, b' ', 0x92]));
    }
}
