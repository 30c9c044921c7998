//! What an archival copy may take over from an original: for each kind of object the keys that ISO 32000-1 gives it and
//! ISO 19005-2 does not forbid, and of what kind their values are. Whatever is not listed stays behind.

/// A kind of object, by the part it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Resources,
    /// An image or a form, as its `Subtype` says.
    XObject,
    /// What an annotation shows: a form, though it may not say so.
    Appearance,
    GraphicsState,
    SoftMask,
    Group,
    Font,
    Descriptor,
    Encoding,
    CharacterMap,
    System,
    Glyphs,
    Pattern,
    Shading,
    ColorSpace,
    Calibration,
    Profile,
    Colorants,
    Process,
    Function,
    /// A stream that stands for its bytes alone: a lookup table, a glyph map, the shared part of JBIG2 images.
    Bytes,
    FontFile,
    Parameters,
    /// A property list of marked content, or a layer.
    Properties,
    Layer,
}

/// Of what kind an entry's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Numbers, names, strings, and arrays of them.
    Plain,
    /// An object of a kind, or an array of such.
    Is(Kind),
    /// A dictionary of objects of a kind by name.
    Map(Kind),
}

use Shape::{Is, Map, Plain};

type Keys = &'static [(&'static str, Shape)];

/// Entries of every stream (7.3.8.2) that are taken over; a file outside the PDF is not (ISO 19005-2, 6.1.7.1).
pub(super) const STREAM: Keys = &[("Filter", Plain), ("DecodeParms", Is(Kind::Parameters))];

/// 8.9.5.1, without alternates, OPI and interpolation (ISO 19005-2, 6.2.8).
pub(super) const IMAGE: Keys = &[
    ("Type", Plain),
    ("Subtype", Plain),
    ("Width", Plain),
    ("Height", Plain),
    ("ColorSpace", Is(Kind::ColorSpace)),
    ("BitsPerComponent", Plain),
    ("Intent", Plain),
    ("ImageMask", Plain),
    ("Mask", Is(Kind::XObject)),
    ("Decode", Plain),
    ("SMask", Is(Kind::XObject)),
    ("SMaskInData", Plain),
    ("Matte", Plain),
    ("OC", Is(Kind::Layer)),
];

/// 8.10.2, without reference XObjects, PostScript and OPI (ISO 19005-2, 6.2.9).
pub(super) const FORM: Keys = &[
    ("Type", Plain),
    ("Subtype", Plain),
    ("FormType", Plain),
    ("BBox", Plain),
    ("Matrix", Plain),
    ("Resources", Is(Kind::Resources)),
    ("Group", Is(Kind::Group)),
    ("OC", Is(Kind::Layer)),
];

/// The keys that an object of a kind may have.
pub(super) fn keys(kind: Kind) -> Keys {
    match kind {
        Kind::Resources => &[
            ("ColorSpace", Map(Kind::ColorSpace)),
            ("ExtGState", Map(Kind::GraphicsState)),
            ("Font", Map(Kind::Font)),
            ("Pattern", Map(Kind::Pattern)),
            ("Properties", Map(Kind::Properties)),
            ("Shading", Map(Kind::Shading)),
            ("XObject", Map(Kind::XObject)),
        ],
        // 8.4.5; transfer functions, halftones, black generation and undercolor removal belong to a press (6.2.5).
        Kind::GraphicsState => &[
            ("Type", Plain),
            ("LW", Plain),
            ("LC", Plain),
            ("LJ", Plain),
            ("ML", Plain),
            ("D", Plain),
            ("RI", Plain),
            ("OP", Plain),
            ("op", Plain),
            ("OPM", Plain),
            ("Font", Is(Kind::Font)),
            ("FL", Plain),
            ("SM", Plain),
            ("SA", Plain),
            ("BM", Plain),
            ("SMask", Is(Kind::SoftMask)),
            ("CA", Plain),
            ("ca", Plain),
            ("AIS", Plain),
            ("TK", Plain),
        ],
        Kind::SoftMask => {
            &[("Type", Plain), ("S", Plain), ("G", Is(Kind::XObject)), ("BC", Plain), ("TR", Is(Kind::Function))]
        }
        Kind::Group => &[("Type", Plain), ("S", Plain), ("CS", Is(Kind::ColorSpace)), ("I", Plain), ("K", Plain)],
        // 9.6 and 9.7.
        Kind::Font => &[
            ("Type", Plain),
            ("Subtype", Plain),
            ("BaseFont", Plain),
            ("FirstChar", Plain),
            ("LastChar", Plain),
            ("Widths", Plain),
            ("FontDescriptor", Is(Kind::Descriptor)),
            ("Encoding", Is(Kind::Encoding)),
            ("ToUnicode", Is(Kind::CharacterMap)),
            ("DescendantFonts", Is(Kind::Font)),
            ("CIDSystemInfo", Is(Kind::System)),
            ("DW", Plain),
            ("W", Plain),
            ("DW2", Plain),
            ("W2", Plain),
            ("CIDToGIDMap", Is(Kind::Bytes)),
            ("FontBBox", Plain),
            ("FontMatrix", Plain),
            ("CharProcs", Map(Kind::Glyphs)),
            ("Resources", Is(Kind::Resources)),
        ],
        // 9.8; the lists of glyphs in a subset are optional, and often wrong (ISO 19005-2, 6.2.11.4.2).
        Kind::Descriptor => &[
            ("Type", Plain),
            ("FontName", Plain),
            ("FontFamily", Plain),
            ("FontStretch", Plain),
            ("FontWeight", Plain),
            ("Flags", Plain),
            ("FontBBox", Plain),
            ("ItalicAngle", Plain),
            ("Ascent", Plain),
            ("Descent", Plain),
            ("Leading", Plain),
            ("CapHeight", Plain),
            ("XHeight", Plain),
            ("StemV", Plain),
            ("StemH", Plain),
            ("AvgWidth", Plain),
            ("MaxWidth", Plain),
            ("MissingWidth", Plain),
            ("FontFile", Is(Kind::FontFile)),
            ("FontFile2", Is(Kind::FontFile)),
            ("FontFile3", Is(Kind::FontFile)),
        ],
        Kind::FontFile => &[("Subtype", Plain), ("Length1", Plain), ("Length2", Plain), ("Length3", Plain)],
        Kind::Encoding => &[
            ("Type", Plain),
            ("BaseEncoding", Plain),
            ("Differences", Plain),
            ("CMapName", Plain),
            ("CIDSystemInfo", Is(Kind::System)),
            ("WMode", Plain),
            ("UseCMap", Is(Kind::CharacterMap)),
        ],
        Kind::CharacterMap => &[
            ("Type", Plain),
            ("CMapName", Plain),
            ("CIDSystemInfo", Is(Kind::System)),
            ("WMode", Plain),
            ("UseCMap", Is(Kind::CharacterMap)),
        ],
        Kind::System => &[("Registry", Plain), ("Ordering", Plain), ("Supplement", Plain)],
        // 8.7.3 and 8.7.4.
        Kind::Pattern => &[
            ("Type", Plain),
            ("PatternType", Plain),
            ("PaintType", Plain),
            ("TilingType", Plain),
            ("BBox", Plain),
            ("XStep", Plain),
            ("YStep", Plain),
            ("Resources", Is(Kind::Resources)),
            ("Matrix", Plain),
            ("Shading", Is(Kind::Shading)),
            ("ExtGState", Is(Kind::GraphicsState)),
        ],
        Kind::Shading => &[
            ("ShadingType", Plain),
            ("ColorSpace", Is(Kind::ColorSpace)),
            ("Background", Plain),
            ("BBox", Plain),
            ("AntiAlias", Plain),
            ("Domain", Plain),
            ("Matrix", Plain),
            ("Coords", Plain),
            ("Extend", Plain),
            ("Function", Is(Kind::Function)),
            ("BitsPerCoordinate", Plain),
            ("BitsPerComponent", Plain),
            ("BitsPerFlag", Plain),
            ("Decode", Plain),
            ("VerticesPerRow", Plain),
        ],
        // 8.6.5 and 8.6.6.
        Kind::Calibration => {
            &[("WhitePoint", Plain), ("BlackPoint", Plain), ("Gamma", Plain), ("Matrix", Plain), ("Range", Plain)]
        }
        Kind::Profile => &[("N", Plain), ("Range", Plain)],
        Kind::Colorants => &[("Subtype", Plain), ("Colorants", Map(Kind::ColorSpace)), ("Process", Is(Kind::Process))],
        Kind::Process => &[("ColorSpace", Is(Kind::ColorSpace)), ("Components", Plain)],
        // 7.10.
        Kind::Function => &[
            ("FunctionType", Plain),
            ("Domain", Plain),
            ("Range", Plain),
            ("Size", Plain),
            ("BitsPerSample", Plain),
            ("Order", Plain),
            ("Encode", Plain),
            ("Decode", Plain),
            ("C0", Plain),
            ("C1", Plain),
            ("N", Plain),
            ("Functions", Is(Kind::Function)),
            ("Bounds", Plain),
        ],
        // 7.4.
        Kind::Parameters => &[
            ("Predictor", Plain),
            ("Colors", Plain),
            ("BitsPerComponent", Plain),
            ("Columns", Plain),
            ("EarlyChange", Plain),
            ("K", Plain),
            ("EndOfLine", Plain),
            ("EncodedByteAlign", Plain),
            ("Rows", Plain),
            ("EndOfBlock", Plain),
            ("BlackIs1", Plain),
            ("DamagedRowsBeforeError", Plain),
            ("ColorTransform", Plain),
            ("JBIG2Globals", Is(Kind::Bytes)),
        ],
        // 14.6.2: of the properties, those that say what the drawn text means; else 8.11.
        // Other text than what is shown would be found in the copy, and was not read.
        Kind::Properties => &[("Alt", Plain), ("E", Plain), ("Lang", Plain), ("MCID", Plain)],
        Kind::Layer => {
            &[("Type", Plain), ("Name", Plain), ("OCGs", Is(Kind::Layer)), ("P", Plain), ("VE", Is(Kind::Layer))]
        }
        Kind::Appearance => FORM,
        Kind::XObject | Kind::ColorSpace | Kind::Glyphs | Kind::Bytes => &[],
    }
}
