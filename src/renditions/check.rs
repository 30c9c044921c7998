//! Checks a PDF against ISO 19005-2, level u (PDF/A-2u): tells what does not conform, where, and by which clause. A
//! checker of structure for the copies that are made here: of XMP it claims the identification and the properties
//! that describe the document, not the schemas that a file may declare itself (6.6.2.3.3).

mod annotation;
mod color;
mod content;
mod document;
mod file;
mod font;
mod image;
mod lexer;
mod metadata;
mod xml;

use std::{borrow::Cow, collections::HashMap, fmt, path::Path, sync::Arc};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Object, Stream},
};
use serde::{Deserialize, Serialize};

use crate::{
    ErrorKind, Result,
    error::{Context, Error},
};

/// What judged a copy.
pub(super) const CHECKER: &str = concat!("griffie ", env!("CARGO_PKG_VERSION"), ", ISO 19005-2:2011 level u");

/// The most findings kept of one clause: a fault of every page needs no page by page list.
const MOST_OF_A_CLAUSE: usize = 10;

/// A place that does not conform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The clause of ISO 19005-2.
    pub clause: String,
    /// What is wrong.
    pub what: String,
    /// Where.
    pub place: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.clause, self.what, self.place)
    }
}

impl Finding {
    /// The index of the page that it stands on, where it concerns one page.
    pub(super) fn page_index(&self) -> Option<usize> {
        let digits = self.place.strip_prefix("page ")?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse::<usize>().ok()?.checked_sub(1)
    }
}

/// All that does not conform in a file; none if it conforms. An error means that it cannot be read.
pub fn check(path: &Path) -> Result<Vec<Finding>> {
    let bytes = Arc::new(crate::pages::map(path)?);
    check_bytes(bytes).doing(|| format!("failed to check `{}`", path.display()))
}

/// The same of a file in memory.
pub(super) fn check_bytes<T: AsRef<[u8]> + Send + Sync + 'static>(bytes: Arc<T>) -> Result<Vec<Finding>> {
    let mut findings = Findings::default();
    let raw: &[u8] = (*bytes).as_ref();
    let opened = Pdf::new(bytes.clone());
    file::check(raw, opened.as_ref().ok(), &mut findings);
    match &opened {
        Ok(pdf) => document::check(pdf, &mut findings),
        Err(_) if findings.list.is_empty() => {
            return Err(Error::new(ErrorKind::UnsupportedDocument, "no document can be found in the file")
                .because("damaged", "er is geen document in het bestand te vinden"));
        }
        // What was found says why it cannot be opened.
        Err(_) => {}
    }
    Ok(findings.list)
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    list: Vec<Finding>,
    counts: HashMap<&'static str, usize>,
}

impl Findings {
    fn add(&mut self, clause: &'static str, what: impl Into<Cow<'static, str>>, place: impl fmt::Display) {
        let count = self.counts.entry(clause).or_default();
        if *count < MOST_OF_A_CLAUSE {
            let finding = Finding { clause: clause.to_owned(), what: what.into().into(), place: place.to_string() };
            if !self.list.contains(&finding) {
                *count += 1;
                self.list.push(finding);
            }
        }
    }
}

pub(super) use document::shown;
pub(super) use font::{completed as completed_font, is_text, standard_glyph};

/// The dictionary of an object: its own, or a stream's.
fn dict_of<'a>(object: &Object<'a>) -> Option<Dict<'a>> {
    match object {
        Object::Dict(dict) => Some(dict.clone()),
        Object::Stream(stream) => Some(stream.dict().clone()),
        _ => None,
    }
}

/// An entry's dictionary, or its stream's.
fn dict_at<'a>(dict: &Dict<'a>, key: &[u8]) -> Option<Dict<'a>> {
    dict_of(&dict.get::<Object<'a>>(key)?)
}

/// Does an entry hold this name?
fn is_name(dict: &Dict<'_>, key: &[u8], name: &[u8]) -> bool {
    dict.get::<Name<'_>>(key).is_some_and(|found| &*found == name)
}

/// A name for people.
fn said(name: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(name)
}

/// Where an object stands, for people.
fn place(dict: &Dict<'_>) -> String {
    dict.obj_id().map_or_else(|| "the file's structure".to_owned(), |id| format!("object {}", id.obj_number))
}

/// What tells a dictionary from all others of a file: its bytes' address, as the file stays mapped.
pub(super) fn identity(dict: &Dict<'_>) -> usize {
    dict.data().as_ptr() as usize
}

/// The dictionaries in an array.
fn dicts<'a>(array: &Array<'a>) -> Vec<Dict<'a>> {
    array.iter::<Object<'a>>().filter_map(|object| dict_of(&object)).collect()
}

/// The subtype of a font, an annotation or an external object.
fn subtype(dict: &Dict<'_>) -> Vec<u8> {
    dict.get::<Name<'_>>(b"Subtype").map(|name| name.to_vec()).unwrap_or_default()
}

/// A stream's data, decoded; nothing where they cannot be.
fn decoded(stream: &Stream<'_>) -> Vec<u8> {
    stream.decoded_data().map(Cow::into_owned).unwrap_or_default()
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod samples;
