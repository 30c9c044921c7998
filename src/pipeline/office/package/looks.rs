//! How text looks, where that says something of it: struck out, or a comment.

use super::{Format, Part};
use crate::pipeline::office::{notes::Notes, xml::Tag};

/// How the text that comes next looks, and whether it is a comment.
#[derive(Default)]
pub(super) struct Looks {
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
    /// Before a part's first text.
    pub(super) fn of(part: &Part<'_>) -> Self {
        Self { comments: part.is_comments.then_some(0), ..Self::default() }
    }

    pub(super) fn is_text(&self, format: Format) -> bool {
        match format {
            Format::Docx => self.in_text,
            Format::Odt => self.open.len() > self.comments.unwrap_or(0),
        }
    }

    pub(super) fn text(&mut self, text: &str, notes: &mut Notes) {
        if self.comments.is_some() {
            notes.comments.push(text);
        } else if self.open.last().copied().unwrap_or_else(|| self.run.unwrap_or(self.paragraph)) {
            notes.struck.push(text);
        } else if !text.trim().is_empty() {
            notes.struck.end();
        }
    }

    pub(super) fn see(&mut self, tag: &Tag<'_>, part: &Part<'_>, notes: &mut Notes) {
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
