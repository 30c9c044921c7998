//! What a PDF holds beside what its pages show: files inside it, and remarks that are no part of any page. Neither is
//! read with them; both are told of, and the files can be taken out.

use std::collections::{BTreeSet, HashSet};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Object, ObjectIdentifier, Stream},
    page::Page,
};

use super::forms::{shown_by, text_of};
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
    files.of_document(pdf);
    files.problem(PageNo::from_index(0))
}

/// The files inside a PDF, each once: what it is called, and its bytes as they are packed, where they are there.
pub(super) fn files(pdf: &Pdf) -> Vec<(String, Option<Stream<'_>>)> {
    let mut files = Files::default();
    files.of_document(pdf);
    for page in pdf.pages().iter() {
        files.of_array(page.raw());
        let annotations = page.raw().get::<Array<'_>>("Annots");
        let annotations = annotations.iter().flat_map(|annotations| annotations.iter::<Object<'_>>().take(MOST));
        for annotation in annotations.filter_map(Object::into_dict).filter(is_shown) {
            files.of_annotation(&annotation);
        }
    }
    files.found
}

fn is_shown(annotation: &Dict<'_>) -> bool {
    annotation.get::<u32>("F").unwrap_or(0) & HIDDEN == 0
}

#[derive(Default)]
struct Files<'a> {
    found: Vec<(String, Option<Stream<'a>>)>,
    /// Where what was found stands: a file is mostly named in more than one place.
    known: HashSet<ObjectIdentifier>,
    looked_at: usize,
}

impl<'a> Files<'a> {
    fn problem(self, page: PageNo) -> Option<Problem> {
        let names: BTreeSet<_> = self.found.into_iter().map(|(name, _)| name).collect();
        let more = if names.len() > MOST_TOLD { ", …" } else { "" };
        let told = names.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(", ");
        let message = format!(
            "the file has attachments, which are no part of this text; `griffie ingest` takes each in by itself: \
             {told}{more}"
        );
        let problem = Problem { kind: Problem::ATTACHED.to_owned(), message, page: Some(page) };
        (!names.is_empty()).then_some(problem)
    }

    /// Counts what is looked at. Where that is too much, something without a name stands for the rest.
    fn is_enough(&mut self) -> bool {
        self.looked_at += 1;
        if self.looked_at == MOST + 1 {
            self.found.push(("…".to_owned(), None));
        }
        self.looked_at > MOST
    }

    fn of_document(&mut self, pdf: &'a Pdf) {
        let Some(root) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return };
        if let Some(names) = root.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
            self.of_tree(names);
        }
        self.of_array(&root);
    }

    /// A name tree (7.9.6).
    fn of_tree(&mut self, root: Dict<'a>) {
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            // A tree that comes back to itself ends here too.
            if self.is_enough() {
                break;
            }
            if let Some(entries) = node.get::<Array<'_>>("Names") {
                entries.iter::<Object<'_>>().take(2 * MOST + 2).for_each(|entry| self.file(entry));
            }
            if let Some(kids) = node.get::<Array<'_>>("Kids") {
                waiting.extend(kids.iter::<Object<'_>>().filter_map(Object::into_dict).take(MOST));
            }
        }
    }

    /// Files that are said to belong to an object (PDF 2.0, 14.13).
    fn of_array(&mut self, of: &Dict<'a>) {
        if let Some(files) = of.get::<Array<'_>>("AF") {
            files.iter::<Object<'_>>().take(MOST + 1).for_each(|file| self.file(file));
        }
    }

    fn of_annotation(&mut self, annotation: &Dict<'a>) {
        let is_file = annotation.get::<Name<'_>>("Subtype").is_some_and(|name| &*name == b"FileAttachment");
        if let Some(file) = annotation.get::<Object<'_>>("FS").filter(|_| is_file) {
            self.file(file);
        }
    }

    /// A file specification (7.11.3), where it has the file itself.
    fn file(&mut self, specification: Object<'a>) {
        let Some(file) = specification.into_dict() else { return };
        if self.is_enough() {
            return;
        }
        let Some(inside) = file.get::<Dict<'_>>("EF") else { return };
        let bytes = ["UF", "F", "Unix", "Mac", "DOS"].iter().find_map(|key| inside.get::<Stream<'_>>(*key));
        if bytes.as_ref().is_some_and(|bytes| !self.known.insert(bytes.obj_id())) {
            return;
        }
        let name =
            ["UF", "F", "Desc"].iter().find_map(|key| file.get::<Object<'_>>(*key).and_then(|name| text_of(&name)));
        self.found.push((told(&name.unwrap_or_else(|| "?".to_owned())), bytes));
    }
}

/// Annotations that viewers draw of themselves, where they bring no appearance.
const DRAWN: [&[u8]; 11] = [
    b"Square",
    b"Circle",
    b"Line",
    b"PolyLine",
    b"Polygon",
    b"Ink",
    b"Stamp",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
];

/// What an annotation is that other viewers draw, and that is not drawn here. An empty list of colors is none (12.5.2).
fn undrawn(annotation: &Dict<'_>) -> Option<&'static str> {
    let subtype = annotation.get::<Name<'_>>("Subtype")?;
    let kind = DRAWN.into_iter().find(|kind| *kind == &*subtype)?;
    let is_colorless = |key: &str| annotation.get::<Array<'_>>(key).map(|colors| colors.raw_iter().next().is_none());
    let is_unseen = is_colorless("C") == Some(true) && is_colorless("IC").unwrap_or(true);
    // A border of no width is not drawn (12.5.4).
    let width = annotation.get::<Dict<'_>>("BS").and_then(|border| border.get::<f32>("W"));
    let is_unseen = is_unseen || width == Some(0.0) && is_colorless("IC").unwrap_or(true);
    let has_looks = annotation.get::<Dict<'_>>("AP").is_some_and(|looks| looks.contains_key("N"));
    if has_looks || is_unseen { None } else { str::from_utf8(kind).ok() }
}

/// What an annotation would show that is hidden, on a screen or everywhere, or in a layer that is off: what it is, its
/// layer, and its words as far as they can be told. Fields are told with their values.
fn hidden_one(annotation: &Dict<'_>) -> Option<String> {
    let subtype = annotation.get::<Name<'_>>("Subtype")?;
    let looks = annotation.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Stream<'_>>("N"));
    let drawn = looks.and_then(|looks| shown_by(&looks)).filter(|text| text.iter().all(|byte| *byte >= b' '));
    let said = annotation.get::<Object<'_>>("Contents").and_then(|contents| text_of(&contents));
    let words = drawn.as_deref().map(|text| text.iter().map(|byte| char::from(*byte)).collect()).or(said);
    let words = words.filter(|words: &String| !words.trim().is_empty());
    let is_drawn = annotation.get::<Dict<'_>>("AP").is_some_and(|looks| looks.contains_key("N"));
    if !is_drawn || matches!(&*subtype, b"Link" | b"Popup" | b"Widget") {
        return None;
    }
    let layer = annotation.get::<Dict<'_>>("OC").and_then(|layer| text_of(&layer.get("Name")?));
    let layer = layer.map(|layer| format!(" (“{}”)", told(&layer))).unwrap_or_default();
    let words = words.map(|words| format!(" {}", told(&words))).unwrap_or_default();
    Some(format!("{}{layer}{words}", told(&String::from_utf8_lossy(&subtype))))
}

/// What a page's annotations say and the page does not show (12.5.6).
pub(super) fn of_page(page: &Page<'_>, number: PageNo) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut files = Files::default();
    files.of_array(page.raw());
    let (mut unshown, mut notes, mut strikes) = (Vec::new(), Vec::new(), false);
    let mut drawings = BTreeSet::new();
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let annotations = annotations.iter().flat_map(|annotations| annotations.iter::<Object<'_>>().take(MOST));
    let mut hidden = Vec::new();
    for annotation in annotations.filter_map(Object::into_dict) {
        if !is_shown(&annotation) {
            hidden.extend(hidden_one(&annotation));
            continue;
        }
        let subtype = annotation.get::<Name<'_>>("Subtype");
        drawings.extend(undrawn(&annotation));
        let contents = || {
            let contents = annotation.get::<Object<'_>>("Contents").and_then(|contents| text_of(&contents));
            contents.map(|contents| told(&contents)).filter(|contents| !contents.trim().is_empty())
        };
        match subtype.as_deref() {
            Some(b"FileAttachment") => files.of_annotation(&annotation),
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
    if !drawings.is_empty() {
        let kinds = drawings.into_iter().collect::<Vec<_>>().join(", ");
        let what =
            "has annotations that bring no drawing of themselves, which other viewers make, and which is in no copy";
        tell("drawing_not_shown", format!("page {number} {what}: {kinds}"));
    }
    if !hidden.is_empty() {
        let more = if hidden.len() > MOST_TOLD { "; …" } else { "" };
        hidden.truncate(MOST_TOLD);
        let what = "has annotations that are not shown on a screen, which were not read";
        tell("annotation_hidden", format!("page {number} {what}: {}{more}", hidden.join("; ")));
    }
    for text in notes {
        tell("note_not_shown", format!("page {number} has a note that is no part of the page: {text}"));
    }
    if strikes {
        let what = "has text that is struck out by an annotation, which was read with the rest: make sure what binds";
        tell("struck_out", format!("page {number} {what}"));
    }
    problems.extend(files.problem(number));
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
