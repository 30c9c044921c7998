//! Where DOCX and ODT have their text, and which marks mean what in it.

use super::looks::Look;
use crate::pipeline::office::xml::Tag;

/// The two kinds of package.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Format {
    /// ISO/IEC 29500-1.
    Docx,
    /// OpenDocument 1.3, part 3.
    Odt,
}

impl Format {
    /// Parts that have text or say how it looks.
    pub(super) fn is_text(self, name: &str) -> bool {
        name.ends_with(".xml")
            && match self {
                Self::Docx => name.starts_with("word/") && !name.contains("/_rels/"),
                Self::Odt => matches!(name, "content.xml" | "styles.xml"),
            }
    }

    /// Parts in which styles have their names.
    pub(super) fn style_parts(self) -> &'static [&'static str] {
        match self {
            Self::Docx => &["word/styles.xml"],
            Self::Odt => &["content.xml", "styles.xml"],
        }
    }

    /// What a part is called as a file of its own inside the document, where it is one: what converters show of such is
    /// a picture at best.
    pub(super) fn embedded(self, name: &str) -> Option<&str> {
        match self {
            Self::Docx => {
                let below = name.strip_prefix("word/embeddings/");
                // Text that another program put there, in place of paragraphs (17.17.2.1).
                let is_chunk = || {
                    [".html", ".htm", ".mht", ".mhtml", ".rtf", ".docx", ".txt", ".pdf"]
                        .iter()
                        .any(|end| name.ends_with(end))
                };
                below
                    .or_else(|| name.strip_prefix("word/").filter(|_| is_chunk()))
                    .filter(|name| !name.contains("_rels/"))
            }
            Self::Odt => name.starts_with("Object ").then_some(name).filter(|name| !name.contains('/')),
        }
    }

    /// Marks of changes: gone with all that is in them.
    pub(super) fn drops(self, tag: &Tag<'_>) -> bool {
        match self {
            // 17.13.5.
            Self::Docx => matches!(tag.name, b"del" | b"moveFrom"),
            // 5.5: what was deleted stands apart, and a mark where it was.
            Self::Odt => tag.name == b"tracked-changes",
        }
    }

    /// Marks of changes: gone, but not what is in them.
    pub(super) fn opens(self, tag: &Tag<'_>) -> bool {
        match self {
            Self::Docx => matches!(
                tag.name,
                b"ins"
                    | b"moveTo"
                    | b"moveFromRangeStart"
                    | b"moveFromRangeEnd"
                    | b"moveToRangeStart"
                    | b"moveToRangeEnd"
            ),
            Self::Odt => matches!(tag.name, b"change" | b"change-start" | b"change-end"),
        }
    }

    /// Marks that hide text from readers on the web only (17.3.2.44), which LibreOffice hides from all.
    pub(super) fn misleads(self, tag: &Tag<'_>) -> bool {
        self == Self::Docx && tag.name == b"webHidden"
    }

    /// A sign that is named by its place in a font of signs (17.3.3.30), as text: what converters make of these fonts is a
    /// place in some other font, that nobody can read. Those of Wingdings itself they know.
    pub(super) fn symbol(self, tag: &Tag<'_>) -> Option<String> {
        if self != Self::Docx || tag.name != b"sym" || !tag.is_empty || tag.prefix != b"w" {
            return None;
        }
        let place = u16::from_str_radix(std::str::from_utf8(tag.attribute("char")?).ok()?, 16).ok()?;
        let sign = match (tag.attribute("font")?, place & 0xff) {
            (b"Wingdings 2", 0x4f) => '✗',
            (b"Wingdings 2", 0x50) => '✓',
            (b"Wingdings 2", 0x52) => '☑',
            (b"Wingdings 2", 0x51 | 0x53 | 0x54) => '☒',
            (b"Wingdings 2", 0xa3) => '☐',
            (b"Symbol", 0xa3) => '≤',
            (b"Symbol", 0xb3) => '≥',
            (b"Symbol", 0xb1) => '±',
            (b"Symbol", 0xb4) => '×',
            (b"Symbol", 0xb9) => '≠',
            _ => return None,
        };
        Some(format!("<w:t>{sign}</w:t>"))
    }

    /// The name under which fields may refer to what stands here.
    pub(super) fn target(self, tag: &Tag<'_>) -> Option<Vec<u8>> {
        let name = match (self, tag.name) {
            (Self::Docx, b"bookmarkStart") => "name",
            (
                Self::Odt,
                b"bookmark" | b"bookmark-start" | b"reference-mark" | b"reference-mark-start" | b"sequence",
            ) => {
                if tag.name == b"sequence" {
                    "ref-name"
                } else {
                    "name"
                }
            }
            _ => return None,
        };
        tag.attribute(name).filter(|_| !tag.closes).map(<[u8]>::to_vec)
    }

    /// What a tag of a style, or of a run, says of how its text looks.
    pub(super) fn look(self, tag: &Tag<'_>) -> Look {
        let is_on = || !matches!(tag.attribute("val"), Some(b"0" | b"false" | b"off" | b"none"));
        match (self, tag.name) {
            _ if tag.closes => Look::default(),
            (Self::Docx, b"strike" | b"dstrike") => Look { struck: Some(is_on()), ..Look::default() },
            (Self::Docx, b"vanish") => Look { hidden: Some(is_on()), ..Look::default() },
            (Self::Odt, b"text-properties") => Look {
                struck: tag
                    .attribute("text-line-through-style")
                    .or(tag.attribute("text-line-through-type"))
                    .map(|line| line != b"none"),
                hidden: tag.attribute("display").map(|display| display == b"none"),
            },
            _ => Look::default(),
        }
    }

    /// The style that a style goes on from, where this tag of it says so.
    pub(super) fn parent_style<'t>(self, tag: &Tag<'t>) -> Option<&'t [u8]> {
        match (self, tag.name) {
            (Self::Docx, b"basedOn") => tag.attribute("val"),
            (Self::Odt, b"style") => tag.attribute("parent-style-name"),
            _ => None,
        }
    }
}

/// Elements of OpenDocument whose text a converter works out anew (7.3 and 7.5).
pub(super) fn is_odt_field(tag: &Tag<'_>) -> bool {
    tag.prefix == b"text"
        && (tag.name.starts_with(b"sender-")
            || matches!(
                tag.name,
                b"date"
                    | b"time"
                    | b"print-date"
                    | b"print-time"
                    | b"printed-by"
                    | b"modification-date"
                    | b"modification-time"
                    | b"creation-date"
                    | b"creation-time"
                    | b"creator"
                    | b"initial-creator"
                    | b"editing-duration"
                    | b"editing-cycles"
                    | b"file-name"
                    | b"author-name"
                    | b"bookmark-ref"
                    | b"conditional-text"
                    | b"database-display"
                    | b"expression"
                    | b"reference-ref"
                    | b"sequence-ref"
                    | b"user-defined"
                    | b"user-field-get"
                    | b"variable-get"
                    | b"author-initials"
                    | b"template-name"
            ))
}
