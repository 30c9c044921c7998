//! What a PDF holds beside what its pages show: files inside it, and remarks that are no part of any page. Neither is
//! read; both are told of.

use std::collections::BTreeSet;

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Object},
    page::Page,
};

use super::forms::text_of;
use crate::model::{PageNo, Problem};

/// Nodes of a name tree, and files, that are looked at.
const MOST: usize = 2_000;
/// Names that are told.
const MOST_TOLD: usize = 20;
/// The most of a remark that is told.
const TOLD: usize = 300;
/// Flags of an annotation that is not shown (ISO 32000-1, 12.5.3): hidden, and without view.
const HIDDEN: u32 = 1 << 1 | 1 << 5;

/// The files inside a PDF (7.11.4): those that the document lists, or a page. Told with the first page, as what
/// concerns the whole.
pub(super) fn attached(pdf: &Pdf) -> Option<Problem> {
    let mut files = Files::default();
    if let Some(root) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) {
        if let Some(names) = root.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
            files.of_tree(names);
        }
        files.of_array(&root);
    }
    let names: Vec<_> = files.names.into_iter().collect();
    let first = PageNo::from_index(0);
    (!names.is_empty()).then(|| attachment(first, &names))
}

fn attachment(page: PageNo, names: &[String]) -> Problem {
    let more = if names.len() > MOST_TOLD { ", …" } else { "" };
    let names = names.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(", ");
    let message =
        format!("the file has attachments, which are not read and must be handed in by themselves: {names}{more}");
    Problem { kind: "attachments_not_read".to_owned(), message, page: Some(page) }
}

#[derive(Default)]
struct Files {
    names: BTreeSet<String>,
    looked_at: usize,
}

impl Files {
    /// A name tree (7.9.6).
    fn of_tree(&mut self, root: Dict<'_>) {
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            // A tree that comes back to itself ends here too.
            self.looked_at += 1;
            if self.looked_at > MOST {
                break;
            }
            if let Some(entries) = node.get::<Array<'_>>("Names") {
                entries.iter::<Object<'_>>().take(2 * MOST).for_each(|entry| self.file(entry));
            }
            if let Some(kids) = node.get::<Array<'_>>("Kids") {
                waiting.extend(kids.iter::<Object<'_>>().filter_map(Object::into_dict).take(MOST));
            }
        }
    }

    /// Files that are said to belong to an object (PDF 2.0, 14.13).
    fn of_array(&mut self, of: &Dict<'_>) {
        if let Some(files) = of.get::<Array<'_>>("AF") {
            files.iter::<Object<'_>>().take(MOST).for_each(|file| self.file(file));
        }
    }

    /// A file specification (7.11.3), where it has the file itself.
    fn file(&mut self, specification: Object<'_>) {
        self.looked_at += 1;
        if self.looked_at > MOST {
            return;
        }
        let Some(file) = specification.into_dict() else { return };
        if file.get::<Dict<'_>>("EF").is_some() {
            let name =
                ["UF", "F", "Desc"].iter().find_map(|key| file.get::<Object<'_>>(*key).and_then(|name| text_of(&name)));
            self.names.insert(told(&name.unwrap_or_else(|| "?".to_owned())));
        }
    }
}

/// What a page's annotations say and the page does not show (12.5.6).
pub(super) fn of_page(page: &Page<'_>, number: PageNo) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut files = Files::default();
    files.of_array(page.raw());
    let (mut unshown, mut notes, mut strikes) = (Vec::new(), Vec::new(), false);
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let annotations = annotations.iter().flat_map(|annotations| annotations.iter::<Object<'_>>().take(MOST));
    for annotation in annotations.filter_map(Object::into_dict) {
        if annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0 {
            continue;
        }
        let subtype = annotation.get::<Name<'_>>("Subtype");
        let contents = || {
            let contents = annotation.get::<Object<'_>>("Contents").and_then(|contents| text_of(&contents));
            contents.map(|contents| told(&contents)).filter(|contents| !contents.trim().is_empty())
        };
        match subtype.as_deref() {
            Some(b"FileAttachment") => {
                if let Some(file) = annotation.get::<Object<'_>>("FS") {
                    files.file(file);
                }
            }
            // Viewers make an appearance of what it says.
            Some(b"FreeText") if annotation.get::<Dict<'_>>("AP").is_none() => unshown.extend(contents()),
            Some(b"FreeText" | b"Link" | b"Widget" | b"Popup" | b"Watermark") => {}
            subtype => {
                strikes |= subtype == Some(b"StrikeOut");
                notes.extend(contents());
            }
        }
    }
    let mut tell = |kind: &str, message| {
        problems.push(Problem { kind: kind.to_owned(), message, page: Some(number) });
    };
    for text in unshown {
        tell("annotation_not_shown", format!("page {number} has text in an annotation that is not drawn: {text}"));
    }
    for text in notes {
        tell("note_not_shown", format!("page {number} has a note that is no part of the page: {text}"));
    }
    if strikes {
        let what = "has text that is struck out by an annotation, which was read with the rest: make sure what binds";
        tell("struck_out", format!("page {number} {what}"));
    }
    if !files.names.is_empty() {
        problems.push(attachment(number, &files.names.into_iter().collect::<Vec<_>>()));
    }
    problems
}

fn told(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut told: String = text.chars().take(TOLD).map(clean).collect();
    if text.chars().nth(TOLD).is_some() {
        told.push('…');
    }
    told
}
