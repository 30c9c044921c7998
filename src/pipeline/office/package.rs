//! DOCX and ODT: parts of XML in a package. Changes are accepted (what was deleted is no part of the text any more, but
//! converters print it), and fields that a converter would work out anew become the text that stands in them.

use std::{
    collections::HashSet,
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    fields::{Field, Fields},
    notes::Notes,
    xml::{self, Tag},
};
use crate::{Error, ErrorKind, Result, error::Fold as _};

/// The largest part of a file, unpacked, that is looked through.
const LARGEST: u64 = 256 << 20;

/// The two kinds of package.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// ISO/IEC 29500-1.
    Docx,
    /// OpenDocument 1.3, part 3.
    Odt,
}

impl Format {
    /// Parts that have text or say how it looks.
    fn is_text(self, name: &str) -> bool {
        name.ends_with(".xml")
            && match self {
                Self::Docx => name.starts_with("word/") && !name.contains("/_rels/"),
                Self::Odt => matches!(name, "content.xml" | "styles.xml"),
            }
    }

    /// Parts in which styles have their names.
    fn style_parts(self) -> &'static [&'static str] {
        match self {
            Self::Docx => &["word/styles.xml"],
            Self::Odt => &["content.xml", "styles.xml"],
        }
    }

    /// What a part is called as a file of its own inside the document, where it is one: what converters show of such is
    /// a picture at best.
    fn embedded(self, name: &str) -> Option<&str> {
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
    fn drops(self, tag: &Tag<'_>) -> bool {
        match self {
            // 17.13.5.
            Self::Docx => matches!(tag.name, b"del" | b"moveFrom"),
            // 5.5: what was deleted stands apart, and a mark where it was.
            Self::Odt => tag.name == b"tracked-changes",
        }
    }

    /// Marks of changes: gone, but not what is in them.
    fn opens(self, tag: &Tag<'_>) -> bool {
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

    /// Does a tag of a style, or of a run, strike its text out? Nothing where it does not speak of that.
    fn strikes(self, tag: &Tag<'_>) -> Option<bool> {
        match self {
            Self::Docx if matches!(tag.name, b"strike" | b"dstrike") && !tag.closes => {
                Some(!matches!(tag.attribute("val"), Some(b"0" | b"false" | b"off" | b"none")))
            }
            Self::Odt if tag.name == b"text-properties" => {
                let line = tag.attribute("text-line-through-style").or(tag.attribute("text-line-through-type"))?;
                Some(line != b"none")
            }
            _ => None,
        }
    }
}

/// Elements of OpenDocument whose text a converter works out anew (7.3 and 7.5).
fn is_odt_field(tag: &Tag<'_>) -> bool {
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
                    | b"author-initials"
                    | b"template-name"
            ))
}

/// Tells whether it made a copy: it does not where the file is no package.
pub(super) fn settle(path: &Path, copy: &Path, format: Format, notes: &mut Notes) -> Result<bool> {
    let file = File::open(path).fold(ErrorKind::Storage, || "cannot open the original")?;
    let Ok(mut package) = ZipArchive::new(file) else { return Ok(false) };
    let mut struck = HashSet::new();
    for name in format.style_parts() {
        if let Some(index) = package.index_for_name(name)
            && let Some(bytes) = part(&mut package, index)?
        {
            struck.extend(struck_styles(&bytes, format));
        }
    }
    let out = File::create(copy).fold(ErrorKind::Storage, || "cannot copy the original")?;
    let mut out = ZipWriter::new(out);
    for index in 0..package.len() {
        let Ok(found) = package.by_index_raw(index) else { return Ok(false) };
        let name = found.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        drop(found);
        notes.inside.extend(format.embedded(&name).filter(|name| !name.is_empty()).map(str::to_owned));
        if format.is_text(&name) {
            let Some(bytes) = part(&mut package, index)? else { return Ok(false) };
            let is_comments = name.ends_with("/comments.xml");
            if let Some(settled) = settle_xml(&bytes, &Part { format, struck: &struck, is_comments }, notes) {
                out.start_file(name, SimpleFileOptions::default())
                    .and_then(|()| Ok(out.write_all(&settled)?))
                    .fold(ErrorKind::Storage, || "cannot copy the original")?;
                continue;
            }
        }
        let Ok(part) = package.by_index_raw(index) else { return Ok(false) };
        out.raw_copy_file(part).fold(ErrorKind::Storage, || "cannot copy the original")?;
    }
    out.finish().fold(ErrorKind::Storage, || "cannot copy the original")?;
    Ok(true)
}

/// The bytes of a part; nothing where they cannot be unpacked.
fn part(package: &mut ZipArchive<File>, index: usize) -> Result<Option<Vec<u8>>> {
    let Ok(part) = package.by_index(index) else { return Ok(None) };
    let mut bytes = Vec::new();
    if part.take(LARGEST + 1).read_to_end(&mut bytes).is_err() {
        return Ok(None);
    }
    if bytes.len() as u64 > LARGEST {
        return Err(Error::new(ErrorKind::UnsupportedDocument, "a part of it is too large to read")
            .because("too_large", "een onderdeel ervan is te groot om te lezen"));
    }
    Ok(Some(bytes))
}

/// Names of the styles that strike text out.
fn struck_styles(xml: &[u8], format: Format) -> HashSet<Vec<u8>> {
    let mut found = HashSet::new();
    let mut style: Option<&[u8]> = None;
    for tag in xml::pieces(xml).filter_map(Tag::of) {
        match tag.name {
            b"style" if tag.closes => style = None,
            b"style" => style = tag.attribute(if format == Format::Docx { "styleId" } else { "name" }),
            _ => {
                if let Some(name) = style.filter(|_| format.strikes(&tag) == Some(true)) {
                    found.insert(name.to_owned());
                }
            }
        }
    }
    found
}

/// A part of a package, and what is known of all of it.
struct Part<'a> {
    format: Format,
    /// Styles that strike text out.
    struck: &'a HashSet<Vec<u8>>,
    /// All its text is that of comments.
    is_comments: bool,
}

/// The document without its changes and without fields that a converter works out anew; nothing where it has none, or
/// is not in a form of ASCII.
fn settle_xml(xml: &[u8], part: &Part<'_>, notes: &mut Notes) -> Option<Vec<u8>> {
    let format = part.format;
    let mut out = Vec::with_capacity(xml.len());
    let mut changes = false;
    // The dropped element that is open, and how many of its name.
    let mut dropped: Option<(&[u8], usize)> = None;
    let mut fields = Fields::default();
    let mut looks = Looks { comments: part.is_comments.then_some(0), ..Looks::default() };
    // Where the mark of a field that is open starts, and which it is.
    let mut mark: Option<(usize, Mark)> = None;
    for piece in xml::pieces(xml) {
        let Some(tag) = Tag::of(piece) else {
            if dropped.is_none() {
                if matches!(mark, Some((_, Mark::Instruction))) {
                    if let Some(field) = fields.open.last_mut() {
                        field.instruct(piece);
                    }
                } else if !piece.starts_with(b"<") && looks.is_text(format) {
                    if !piece.trim_ascii().is_empty() {
                        fields.text();
                    }
                    looks.text(&xml::text(piece), notes);
                }
                out.extend_from_slice(piece);
            }
            continue;
        };
        if let Some((name, depth)) = &mut dropped {
            if tag.name == *name && !tag.is_empty {
                *depth = if tag.closes { *depth - 1 } else { *depth + 1 };
                if *depth == 0 {
                    dropped = None;
                }
            }
            continue;
        }
        if format.drops(&tag) {
            changes = true;
            dropped = tag.opens().then_some((tag.name, 1));
            continue;
        }
        if format.opens(&tag) {
            changes = true;
            continue;
        }
        looks.see(&tag, part, notes);
        let start = out.len();
        out.extend_from_slice(piece);
        match (format, tag.name) {
            (Format::Docx, b"fldSimple") if tag.closes => {
                if let Some(field) = fields.open.last_mut().filter(|field| field.is_element) {
                    field.marks.push(start..out.len());
                    fields.close(notes);
                }
            }
            (Format::Docx, b"fldSimple") => {
                let mut field = Field { is_element: true, in_result: true, ..Field::default() };
                field.instruct(tag.attribute("instr").unwrap_or_default());
                field.marks.push(start..out.len());
                fields.open.push(field);
                if tag.is_empty {
                    fields.close(notes);
                }
            }
            (Format::Docx, b"fldChar") if !tag.closes => match tag.attribute("fldCharType") {
                Some(b"begin") => {
                    fields.open.push(Field::default());
                    mark = Some((start, Mark::Part));
                }
                Some(b"separate") => {
                    if let Some(field) = fields.open.last_mut() {
                        field.in_result = true;
                    }
                    mark = Some((start, Mark::Part));
                }
                Some(b"end") if fields.open.last().is_some_and(|field| !field.is_element) => {
                    mark = Some((start, Mark::End));
                }
                _ => {}
            },
            (Format::Docx, b"instrText") if tag.opens() => mark = Some((start, Mark::Instruction)),
            (Format::Odt, _) if is_odt_field(&tag) => {
                if !tag.closes {
                    let mut field = Field { is_element: true, in_result: true, ..Field::default() };
                    field.named = Some(String::from_utf8_lossy(tag.name).into_owned());
                    fields.open.push(field);
                }
                if let Some(field) = fields.open.last_mut() {
                    field.marks.push(start..out.len());
                }
                if !tag.opens() {
                    fields.close(notes);
                }
            }
            _ => {}
        }
        // A mark ends with its element.
        if let Some((from, which)) = mark.filter(|_| matches!(tag.name, b"fldChar" | b"instrText") && !tag.opens()) {
            mark = None;
            if let Some(field) = fields.open.last_mut() {
                field.marks.push(from..out.len());
            }
            if which == Mark::End {
                fields.close(notes);
            }
        }
    }
    notes.changes |= changes;
    notes.struck.end();
    notes.comments.end();
    let is_settled = changes || !fields.cuts.is_empty();
    is_settled.then(|| fields.cut(out))
}

/// What an element says of the field that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Part,
    Instruction,
    End,
}

/// How the text that comes next looks, and whether it is a comment.
#[derive(Default)]
struct Looks {
    /// Inside an element of DOCX that has text.
    in_text: bool,
    /// Inside the properties of a paragraph, or properties as they were before a change.
    in_paragraph_properties: bool,
    in_old: bool,
    paragraph: bool,
    run: Option<bool>,
    /// Open elements of ODT that have text: is each struck out?
    open: Vec<bool>,
    /// Inside a comment, which began with so many open.
    comments: Option<usize>,
}

impl Looks {
    fn is_text(&self, format: Format) -> bool {
        match format {
            Format::Docx => self.in_text,
            Format::Odt => self.open.len() > self.comments.unwrap_or(0),
        }
    }

    fn text(&mut self, text: &str, notes: &mut Notes) {
        if self.comments.is_some() {
            notes.comments.push(text);
        } else if self.open.last().copied().unwrap_or_else(|| self.run.unwrap_or(self.paragraph)) {
            notes.struck.push(text);
        } else if !text.trim().is_empty() {
            notes.struck.end();
        }
    }

    fn see(&mut self, tag: &Tag<'_>, part: &Part<'_>, notes: &mut Notes) {
        match part.format {
            Format::Docx => self.see_docx(tag, part, notes),
            Format::Odt => self.see_odt(tag, part, notes),
        }
    }

    fn see_docx(&mut self, tag: &Tag<'_>, part: &Part<'_>, notes: &mut Notes) {
        match tag.name {
            b"rPrChange" | b"pPrChange" => self.in_old = tag.opens(),
            _ if self.in_old => {}
            b"t" => self.in_text = tag.opens(),
            b"p" => {
                self.paragraph = false;
                notes.struck.end();
            }
            b"comment" => notes.comments.end(),
            b"pPr" => self.in_paragraph_properties = tag.opens(),
            b"r" => self.run = None,
            b"pStyle" => self.paragraph = tag.attribute("val").is_some_and(|style| part.struck.contains(style)),
            b"rStyle" if !self.in_paragraph_properties => {
                if tag.attribute("val").is_some_and(|style| part.struck.contains(style)) {
                    self.run = Some(true);
                }
            }
            _ => {
                if let Some(strikes) = part.format.strikes(tag).filter(|_| !self.in_paragraph_properties) {
                    self.run = Some(strikes || (tag.name == b"dstrike" && self.run == Some(true)));
                }
            }
        }
    }

    fn see_odt(&mut self, tag: &Tag<'_>, part: &Part<'_>, notes: &mut Notes) {
        match tag.name {
            b"annotation" if tag.opens() => self.comments = Some(self.open.len()),
            b"annotation" => {
                self.comments = None;
                notes.comments.end();
            }
            b"p" | b"h" | b"span" | b"a" if tag.opens() => {
                let outer = self.open.last().copied().unwrap_or(false);
                let own = tag.attribute("style-name").is_some_and(|style| part.struck.contains(style));
                self.open.push(outer || own);
            }
            b"p" | b"h" | b"span" | b"a" if tag.closes => {
                self.open.pop();
                if matches!(tag.name, b"p" | b"h") {
                    notes.struck.end();
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
