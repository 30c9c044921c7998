//! Writes a font program in the Compact Font Format (Adobe TN 5176) with charstrings of type 2 (TN 5177): glyphs by
//! name, each as wide as is asked, with nothing to adjust them to pixels.

use hayro_font::kurbo::{BezPath, PathEl, Point};

/// Coordinates beyond this are no letters; differences between two of them still fit 16 bits.
const FARTHEST: f64 = 16_000.0;
/// How many standard strings there are before a program's own (TN 5176, appendix A).
const STANDARD_STRINGS: usize = 391;

/// A glyph to be written.
pub(super) struct Glyph {
    pub(super) name: String,
    /// The name's number, where it is a standard string.
    pub(super) standard: Option<u16>,
    /// Thousandths of an em.
    pub(super) width: f64,
    pub(super) outline: BezPath,
}

/// A program, and the box that all its glyphs fit in.
pub(super) struct Program {
    pub(super) data: Vec<u8>,
    pub(super) bounds: [f64; 4],
}

/// Writes a program of these glyphs and of an empty one for what is missing. Nothing comes of a glyph that is too large or
/// too wide to be written.
pub(super) fn program(name: &str, notice: &str, glyphs: &[Glyph]) -> Option<Program> {
    let (mut strings, mut names, mut bounds) = (vec![notice.as_bytes()], Vec::new(), Bounds::default());
    let mut charstrings = vec![charstring(0.0, &BezPath::new(), &mut bounds)?];
    for glyph in glyphs {
        charstrings.push(charstring(glyph.width, &glyph.outline, &mut bounds)?);
        names.push(glyph.standard.unwrap_or_else(|| {
            strings.push(glyph.name.as_bytes());
            (STANDARD_STRINGS + strings.len() - 1) as u16
        }));
    }
    let bounds = bounds.0.unwrap_or_default();
    // Widths are told glyph by glyph, as differences from zero.
    let private = [number(0.0), vec![20], number(0.0), vec![21]].concat();
    let (charset, charstrings) =
        ([vec![0], names.iter().flat_map(|name| name.to_be_bytes()).collect()].concat(), index(&charstrings));
    let top = |at: usize| {
        let charstrings_at = at + charset.len();
        let private_at = charstrings_at + charstrings.len();
        index(&[[
            number(STANDARD_STRINGS as f64),
            vec![1],
            bounds.iter().flat_map(|side| number(*side)).collect(),
            vec![5],
            offset(at),
            vec![15],
            offset(charstrings_at),
            vec![17],
            offset(private.len()),
            offset(private_at),
            vec![18],
        ]
        .concat()])
    };
    let (head, strings) = ([&[1, 0, 4, 4][..], &index(&[name.as_bytes()])].concat(), index(&strings));
    // The dictionary is as long wherever the rest stands. There are no subroutines.
    let at = head.len() + top(0).len() + strings.len() + 2;
    let data = [head, top(at), strings, vec![0, 0], charset, charstrings, private].concat();
    Some(Program { data, bounds })
}

/// An INDEX (TN 5176, section 5), with offsets of four bytes.
fn index<T: AsRef<[u8]>>(items: &[T]) -> Vec<u8> {
    let mut out = (items.len() as u16).to_be_bytes().to_vec();
    out.push(4);
    let mut at = 1_u32;
    out.extend(at.to_be_bytes());
    for item in items {
        at += item.as_ref().len() as u32;
        out.extend(at.to_be_bytes());
    }
    items.iter().for_each(|item| out.extend(item.as_ref()));
    out
}

/// An offset in a dictionary, always of the same length.
fn offset(at: usize) -> Vec<u8> {
    [&[29][..], &(at as i32).to_be_bytes()].concat()
}

/// A number as dictionaries and charstrings both have it, where it is whole; else as charstrings have it.
fn number(number: f64) -> Vec<u8> {
    if number.fract() != 0.0 {
        return [&[255][..], &((number * 65_536.0).round() as i32).to_be_bytes()].concat();
    }
    match number as i16 {
        whole @ -107..=107 => vec![(whole + 139) as u8],
        whole @ 108..=1131 => vec![((whole - 108) / 256 + 247) as u8, ((whole - 108) % 256) as u8],
        whole @ -1131..=-108 => vec![((-whole - 108) / 256 + 251) as u8, ((-whole - 108) % 256) as u8],
        whole => [&[28][..], &whole.to_be_bytes()].concat(),
    }
}

/// A charstring: the width, the outline by differences between whole units, the end.
fn charstring(width: f64, outline: &BezPath, bounds: &mut Bounds) -> Option<Vec<u8>> {
    if !(-FARTHEST..=FARTHEST).contains(&width) {
        return None;
    }
    let mut out = number(width);
    let (mut pen, mut drawn) = (Point::ZERO, Point::ZERO);
    for element in outline.elements() {
        let (points, operator): (Vec<Point>, u8) = match *element {
            PathEl::MoveTo(to) => (vec![to], 21),
            PathEl::LineTo(to) => (vec![to], 5),
            PathEl::CurveTo(first, second, to) => (vec![first, second, to], 8),
            PathEl::QuadTo(bend, to) => (vec![pen.lerp(bend, 2.0 / 3.0), to.lerp(bend, 2.0 / 3.0), to], 8),
            // Charstrings close by themselves.
            PathEl::ClosePath => continue,
        };
        for point in &points {
            let rounded = point.round();
            if !(rounded.x.abs() <= FARTHEST && rounded.y.abs() <= FARTHEST) {
                return None;
            }
            bounds.hold(rounded);
            out.extend(number(rounded.x - drawn.x));
            out.extend(number(rounded.y - drawn.y));
            drawn = rounded;
        }
        out.push(operator);
        pen = points[points.len() - 1];
    }
    out.push(14);
    Some(out)
}

/// The box around all points.
#[derive(Default)]
struct Bounds(Option<[f64; 4]>);

impl Bounds {
    fn hold(&mut self, Point { x, y }: Point) {
        let [x0, y0, x1, y1] = self.0.unwrap_or([x, y, x, y]);
        self.0 = Some([x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_shortest_form() {
        let check = |given: f64, want: &[u8]| assert_eq!(number(given), want, "{given}");
        check(0.0, &[139]);
        check(-0.0, &[139]);
        check(-107.0, &[32]);
        check(108.0, &[247, 0]);
        check(1131.0, &[250, 255]);
        check(-108.0, &[251, 0]);
        check(-1131.0, &[254, 255]);
        check(1132.0, &[28, 4, 108]);
        check(-32_000.0, &[28, 0x83, 0]);
        check(229.5, &[255, 0, 229, 0x80, 0]);
    }

    #[test]
    fn rounding_does_not_add_up() {
        let steps = (1..=100).map(|step| PathEl::LineTo(Point::new(0.4 * f64::from(step), 0.0)));
        let outline = BezPath::from_vec(std::iter::once(PathEl::MoveTo(Point::ZERO)).chain(steps).collect());
        let mut bounds = Bounds::default();
        charstring(500.0, &outline, &mut bounds).unwrap();
        assert_eq!(bounds.0, Some([0.0, 0.0, 40.0, 0.0]));
    }

    #[test]
    fn what_is_no_letter_is_not_written() {
        let far = |x: f64| {
            let outline = BezPath::from_vec(vec![PathEl::MoveTo(Point::new(x, 0.0))]);
            charstring(500.0, &outline, &mut Bounds::default()).is_some()
        };
        assert!(far(15_999.0) && !far(16_001.0) && !far(f64::NAN) && !far(f64::INFINITY));
        let wide = |width: f64| charstring(width, &BezPath::new(), &mut Bounds::default()).is_some();
        assert!(wide(-250.0) && wide(0.5) && !wide(1e6) && !wide(f64::NAN));
    }
}
