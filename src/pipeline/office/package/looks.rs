//! How text looks, where that says something of it: struck out, hidden, or a comment.

use std::collections::HashMap;

use super::{Format, Part};
use crate::pipeline::office::{
    notes::Notes,
    xml::{self, Tag},
};

/// What is said of how text looks; nothing of what is not spoken of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) struck: Option<bool>,
    pub(super) hidden: Option<bool>,
}

impl Look {
    /// What this says, and of the rest what the other says.
    fn or(self, other: Self) -> Self {
        Self { struck: self.struck.or(other.struck), hidden: self.hidden.or(other.hidden) }
    }
}

/// The styles of a package, by name.
#[derive(Default)]
pub(super) struct Styles(HashMap<Vec<u8>, Style>);

#[derive(Default)]
struct Style {
    own: Look,
    parent: Option<Vec<u8>>,
}

impl Styles {
    /// Styles within one another that are followed: more are a ring.
    const DEEPEST: usize = 32;

    pub(super) fn add(&mut self, xml: &[u8], format: Format) {
        let mut style: Option<&[u8]> = None;
        for tag in xml::pieces(xml).filter_map(Tag::of) {
            if tag.name == b"style" {
                style = match tag.closes {
                    true => None,
                    false => tag.attribute(if format == Format::Docx { "styleId" } else { "name" }),
                };
            }
            let (look, parent) = (format.look(&tag), format.parent_style(&tag));
            if let Some(name) = style.filter(|_| look != Look::default() || parent.is_some()) {
                let known = self.0.entry(name.to_owned()).or_default();
                known.own = look.or(known.own);
                known.parent = parent.map(<[u8]>::to_owned).or(known.parent.take());
            }
        }
    }

    fn look(&self, name: Option<&[u8]>) -> Look {
        let mut look = Look::default();
        let mut next = name;
        for _ in 0..Self::DEEPEST {
            let Some(style) = next.and_then(|name| self.0.get(name)) else { break };
            look = look.or(style.own);
            next = style.parent.as_deref();
        }
        look
    }
}

/// How the text that comes next looks, and whether it is a comment.
#[derive(Default)]
pub(super) struct Looks {
    /// Inside an element of DOCX that has text.
    in_text: bool,
    /// Inside the properties of a paragraph, or properties as they were before a change.
    in_paragraph_properties: bool,
    in_old: bool,
    paragraph: Look,
    run: Look,
    /// Open elements of ODT that have text, and open sections: is each hidden?
    open: Vec<Look>,
    sections: Vec<bool>,
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
            return;
        }
        let look = self.open.last().copied().unwrap_or_else(|| self.run.or(self.paragraph));
        if look.hidden == Some(true) || self.sections.contains(&true) {
            notes.hidden.push(text);
            return;
        }
        if look.struck == Some(true) {
            notes.struck.push(text);
        } else if !text.trim().is_empty() {
            notes.struck.end();
        }
        if !text.trim().is_empty() {
            notes.hidden.end();
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
                self.paragraph = Look::default();
                notes.end_of_paragraph();
            }
            b"comment" => notes.comments.end(),
            b"pPr" => self.in_paragraph_properties = tag.opens(),
            b"r" => self.run = Look::default(),
            b"pStyle" => self.paragraph = part.styles.look(tag.attribute("val")),
            b"rStyle" if !self.in_paragraph_properties => {
                self.run = self.run.or(part.styles.look(tag.attribute("val")))
            }
            _ if !self.in_paragraph_properties => {
                let own = part.format.look(tag);
                // Two kinds of strike: either strikes.
                let is_struck_already = tag.name == b"dstrike" && self.run.struck == Some(true);
                self.run = if is_struck_already { self.run } else { own.or(self.run) };
            }
            _ => {}
        }
    }

    fn see_odt(&mut self, tag: &Tag<'_>, part: &Part<'_>, notes: &mut Notes) {
        match tag.name {
            b"annotation" if tag.opens() => self.comments = Some(self.open.len()),
            b"annotation" => {
                self.comments = None;
                notes.comments.end();
            }
            b"section" if tag.opens() => {
                let display = tag.attribute("display").unwrap_or_default();
                // Where it does not say whether its condition is met, a person must look.
                let is_met = || tag.attribute("is-hidden") != Some(b"false");
                self.sections.push(display == b"none" || (display == b"condition" && is_met()));
            }
            b"section" if tag.closes => _ = self.sections.pop(),
            b"p" | b"h" | b"span" | b"a" if tag.opens() => {
                let outer = self.open.last().copied().unwrap_or_default();
                self.open.push(part.styles.look(tag.attribute("style-name")).or(outer));
            }
            b"p" | b"h" | b"span" | b"a" if tag.closes => {
                self.open.pop();
                if matches!(tag.name, b"p" | b"h") {
                    notes.end_of_paragraph();
                }
            }
            _ => {}
        }
    }
}
