//! The fonts by which text is drawn whose own font is not embedded: what their names are and what a descriptor tells of
//! them. They are the ones that PDFium brings for the standard 14, handed on by `hayro-font`.

use hayro_font::StandardFont::{self, *};

/// What must go with the programs wherever they go: their licence (BSD, three clauses) asks for it, and allows that they
/// are changed and handed on in this way.
pub(super) const NOTICE: &str = include_str!("notice.txt");

// Flags of a font descriptor (ISO 32000-1, table 123).
const FIXED_PITCH: u32 = 1;
const SERIF: u32 = 1 << 1;
pub(super) const SYMBOLIC: u32 = 1 << 2;
const NONSYMBOLIC: u32 = 1 << 5;
const ITALIC: u32 = 1 << 6;

/// A substitute.
pub(super) struct Face {
    pub(super) name: &'static str,
    pub(super) flags: u32,
    pub(super) italic_angle: f64,
    pub(super) ascent: f64,
    pub(super) descent: f64,
    pub(super) cap_height: f64,
    /// How thick its upright strokes are.
    pub(super) stem: f64,
}

/// The metrics of the standard fonts (Adobe Core 14 AFM), whose looks the substitutes have.
pub(super) fn face(font: StandardFont) -> Face {
    let (name, stem) = match font {
        Helvetica => ("FoxitSans", 76.0),
        HelveticaBold => ("FoxitSans-Bold", 118.0),
        HelveticaOblique => ("FoxitSans-Italic", 76.0),
        HelveticaBoldOblique => ("FoxitSans-BoldItalic", 118.0),
        Courier => ("FoxitFixed", 51.0),
        CourierBold => ("FoxitFixed-Bold", 106.0),
        CourierOblique => ("FoxitFixed-Italic", 51.0),
        CourierBoldOblique => ("FoxitFixed-BoldItalic", 106.0),
        TimesRoman => ("FoxitSerif", 84.0),
        TimesBold => ("FoxitSerif-Bold", 139.0),
        TimesItalic => ("FoxitSerif-Italic", 76.0),
        TimesBoldItalic => ("FoxitSerif-BoldItalic", 121.0),
        ZapfDingBats => ("FoxitDingbats", 90.0),
        Symbol => ("FoxitSymbol", 85.0),
    };
    let (flags, [ascent, descent, cap_height]) = match font {
        Helvetica | HelveticaBold | HelveticaOblique | HelveticaBoldOblique => (NONSYMBOLIC, [718.0, -207.0, 718.0]),
        Courier | CourierBold | CourierOblique | CourierBoldOblique => {
            (NONSYMBOLIC | FIXED_PITCH | SERIF, [629.0, -157.0, 562.0])
        }
        TimesRoman | TimesBold | TimesItalic | TimesBoldItalic => (NONSYMBOLIC | SERIF, [683.0, -217.0, 662.0]),
        ZapfDingBats => (SYMBOLIC, [820.0, -143.0, 820.0]),
        Symbol => (SYMBOLIC, [1010.0, -293.0, 1010.0]),
    };
    let italic_angle = match font {
        HelveticaOblique | HelveticaBoldOblique | CourierOblique | CourierBoldOblique => -12.0,
        TimesItalic => -15.5,
        TimesBoldItalic => -15.0,
        _ => 0.0,
    };
    let flags = if italic_angle == 0.0 { flags } else { flags | ITALIC };
    Face { name, flags, italic_angle, ascent, descent, cap_height, stem }
}
