//! DOCX and ODT: parts of XML in a package. Changes are accepted (what was deleted is no part of the text any more, but
//! converters print it), and fields that a converter would work out anew become the text that stands in them.

mod format;
mod looks;

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

pub(super) use format::Format;
use format::is_odt_field;
use looks::{Looks, Styles};

use super::{
    fields::{Field, Fields, Targets},
    notes::Notes,
    xml::{self, Tag},
};
use crate::{Error, ErrorKind, Result, error::Fold as _};

/// The largest part of a file, unpacked, that is looked through.
const LARGEST: u64 = 256 << 20;

/// Tells whether it made a copy: it does not where the file is no package.
pub(super) fn settle(path: &Path, copy: &Path, format: Format, notes: &mut Notes) -> Result<bool> {
    let file = File::open(path).fold(ErrorKind::Storage, || "cannot open the original")?;
    let Ok(mut package) = ZipArchive::new(file) else { return Ok(false) };
    let mut styles = Styles::default();
    for name in format.style_parts() {
        if let Some(index) = package.index_for_name(name)
            && let Some(bytes) = part(&mut package, index)?
        {
            styles.add(&bytes, format);
        }
    }
    let mut targets = Targets::default();
    for index in 0..package.len() {
        let name = package.by_index_raw(index).ok().and_then(|found| Some(found.name().ok()?.into_owned()));
        if name.is_some_and(|name| format.is_text(&name))
            && let Some(bytes) = part(&mut package, index)?
        {
            targets.extend(xml::pieces(&bytes).filter_map(Tag::of).filter_map(|tag| format.target(&tag)));
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
            if let Some(settled) =
                settle_xml(&bytes, &Part { format, styles: &styles, targets: &targets, is_comments }, notes)
            {
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

/// A part of a package, and what is known of all of it.
struct Part<'a> {
    format: Format,
    /// How text looks by its style.
    styles: &'a Styles,
    /// What fields may refer to.
    targets: &'a Targets,
    /// All its text is that of comments.
    is_comments: bool,
}

/// The document without its changes and without fields that a converter works out anew; nothing where it has none, or
/// is not in a form of ASCII.
fn settle_xml(xml: &[u8], part: &Part<'_>, notes: &mut Notes) -> Option<Vec<u8>> {
    let format = part.format;
    let mut out = Vec::with_capacity(xml.len());
    let (mut changes, mut is_mended) = (false, false);
    // The dropped element that is open, and how many of its name.
    let mut dropped: Option<(&[u8], usize)> = None;
    let mut fields = Fields::default();
    let mut looks = Looks::of(part);
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
                let start = out.len();
                out.extend_from_slice(piece);
                if looks.is_text(format) && !piece.starts_with(b"<") {
                    fields.wrote(start..out.len());
                }
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
        if format.misleads(&tag) {
            is_mended = true;
            continue;
        }
        if let Some(sign) = format.symbol(&tag) {
            is_mended = true;
            out.extend_from_slice(sign.as_bytes());
            continue;
        }
        looks.see(&tag, part, notes);
        let start = out.len();
        out.extend_from_slice(piece);
        match (format, tag.name) {
            (Format::Docx, b"fldSimple") if tag.closes => {
                if let Some(field) = fields.open.last_mut().filter(|field| field.is_element) {
                    field.marks.push(start..out.len());
                    fields.close(part.targets, notes);
                }
            }
            (Format::Docx, b"fldSimple") => {
                let mut field = Field { is_element: true, in_result: true, ..Field::default() };
                field.instruct(tag.attribute("instr").unwrap_or_default());
                field.marks.push(start..out.len());
                fields.open.push(field);
                if tag.is_empty {
                    fields.close(part.targets, notes);
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
            (Format::Docx, b"checkBox" | b"default" | b"checked") if !tag.closes => {
                if let Some(field) = fields.open.last_mut().filter(|field| !field.in_result) {
                    let is_on = !matches!(tag.attribute("val"), Some(b"0" | b"false" | b"off"));
                    field.ticked = match tag.name {
                        b"checkBox" => Some(false),
                        _ => field.ticked.map(|_| is_on),
                    };
                }
            }
            (Format::Docx, b"instrText") if tag.opens() => mark = Some((start, Mark::Instruction)),
            (Format::Odt, _) if is_odt_field(&tag) => {
                if !tag.closes {
                    let mut field = Field { is_element: true, in_result: true, ..Field::default() };
                    field.named = Some(String::from_utf8_lossy(tag.name).into_owned());
                    field.target = tag.attribute("ref-name").map(<[u8]>::to_vec);
                    fields.open.push(field);
                }
                if let Some(field) = fields.open.last_mut() {
                    field.marks.push(start..out.len());
                }
                if !tag.opens() {
                    fields.close(part.targets, notes);
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
            if which == Mark::End
                && let Some(sign) = fields.close(part.targets, notes)
            {
                let prefix = String::from_utf8_lossy(tag.prefix);
                let colon = if prefix.is_empty() { "" } else { ":" };
                out.extend(format!("<{prefix}{colon}t>{sign}</{prefix}{colon}t>").bytes());
            }
        }
    }
    notes.changes |= changes;
    notes.end_of_paragraph();
    notes.comments.end();
    let is_settled = changes || is_mended || !fields.cuts.is_empty();
    is_settled.then(|| fields.cut(out))
}

/// What an element says of the field that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Part,
    Instruction,
    End,
}

#[cfg(test)]
mod tests;
