//! What viewers read in a PDF that its objects, taken by the letter, do not say: form fields that nobody drew,
//! annotations in layers that are off, boxes without an area, one page named many times. Laid over the file in memory,
//! so that reading, drawing and copying see the same; the file itself stays as it is.

use std::collections::{BTreeMap, HashSet};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Rect},
    page::Page,
};

use super::{
    forms::{Form, Values},
    further::pages_missing,
    update::{Update, dict_with, reference},
};
use crate::model::{PageNo, Problem};

/// Larger files are not held in memory: they stay as they are, and what they do not show is told.
const LARGEST: usize = 96 << 20;
/// The most pages that a file has beyond those it holds, by naming them again.
const MOST_REPEATED: usize = 2_000;
/// Nodes of a page tree within one another that are followed.
const DEEPEST: usize = 256;
/// The page of a box without an area (pdfium, poppler): US Letter.
const LETTER: &str = "[0 0 612 792]";
/// So many bytes are gone through for ends that are not there: a file with more of them is no PDF to be put right.
const MOST_IN_VAIN: usize = 256 << 20;
/// Sides below this are no page's.
const LEAST_SIDE: f64 = 0.5;

/// What was done.
#[derive(Default)]
pub(super) struct Mended {
    /// The file as it is to be read, where it is another.
    pub(super) bytes: Option<Vec<u8>>,
    /// What of a page is not shown.
    pub(super) problems: Vec<Problem>,
}

/// Says what a file with this page tree is to be read as.
pub(super) fn mend(pdf: &Pdf, tree: &Tree) -> Mended {
    let form = Form::of(pdf);
    let mut changed: BTreeMap<usize, Vec<(&str, String)>> =
        pdf.pages().iter().enumerate().filter_map(|(at, page)| Some((at, sound_boxes(page)?))).collect();
    if form.is_none() && tree.is_plain() && changed.is_empty() {
        return Mended::default();
    }
    let file: &[u8] = pdf.data().as_ref();
    // What is written anew would have to be encrypted as the rest is.
    let can_write = file.len() <= LARGEST && !file.windows(8).any(|window| window == b"/Encrypt");
    let mut update = Update::of(pdf);
    let mut problems = Vec::new();
    if let Some(form) = &form {
        let mut values = Values::default();
        for (at, page) in pdf.pages().iter().enumerate() {
            let can_change = can_write && own_object(pdf, page).is_some();
            let number = PageNo::from_index(at);
            let drawn = form.draw(page, number, can_change.then_some(&mut update), &mut values);
            problems.extend((drawn.shown > 0).then(|| not_hidden(number, drawn.shown)));
            problems.extend(drawn.unshown.into_iter().map(|value| unshown(number, &value)));
            if let Some(annotations) = drawn.annotations {
                changed.entry(at).or_default().push(("Annots", annotations));
            }
        }
        problems.extend(values.problems(form));
    }
    let mut pages = BTreeMap::new();
    for (at, entries) in changed.iter().filter(|_| can_write) {
        let page = &pdf.pages()[*at];
        if let Some(id) = own_object(pdf, page) {
            let body = dict_with(page.raw(), entries);
            pages.insert(id, body.clone());
            update.replace(id, body);
        }
    }
    let mut again = Again { pdf, pages: &pages, left: if can_write { MOST_REPEATED } else { 0 }, within: Vec::new() };
    let mut missing = tree.unread;
    for (id, kids) in tree.nodes.iter().filter(|(_, kids)| kids.iter().any(|kid| matches!(kid, Kid::Again(_)))) {
        let Some(node) = pdf.xref().get::<Dict<'_>>(*id) else { continue };
        again.within = vec![*id];
        let mut items = String::from("[");
        for kid in kids {
            match kid {
                Kid::First(item) => items += item,
                Kid::Again(id) => match again.copy(*id, &mut update) {
                    Some(number) => items += &format!("{number} 0 R"),
                    None => missing += 1,
                },
            }
            items.push(' ');
        }
        if can_write {
            update.replace(*id, dict_with(&node, &[("Kids", items + "]")]));
        }
    }
    if missing > 0 {
        problems.push(pages_missing(missing));
    }
    let bytes = (can_write && !update.is_empty()).then(|| update.finish());
    Mended { bytes, problems }
}

/// The object that a page is, where it is one by itself.
fn own_object(pdf: &Pdf, page: &Page<'_>) -> Option<ObjectIdentifier> {
    let id = page.raw().obj_id()?;
    let object = pdf.xref().get::<Dict<'_>>(id)?;
    (object.data().as_ptr() == page.raw().data().as_ptr()).then_some(id)
}

/// Boxes for a page whose own leave nothing of it: viewers then go by the media box, and by US Letter where that has no
/// area either.
fn sound_boxes(page: &Page<'_>) -> Option<Vec<(&'static str, String)>> {
    let has_area = |area: Rect| area.width() >= LEAST_SIDE && area.height() >= LEAST_SIDE;
    let media = page.media_box();
    if has_area(page.intersected_crop_box()) {
        return None;
    }
    let shown = if has_area(media) {
        format!("[{} {} {} {}]", media.x0, media.y0, media.x1, media.y1)
    } else {
        LETTER.to_owned()
    };
    Some(vec![("MediaBox", shown.clone()), ("CropBox", shown)])
}

fn unshown(page: PageNo, value: &str) -> Problem {
    let message = format!("page {page} has a form field whose value is not drawn: {value}");
    Problem { kind: "form_value_not_shown".to_owned(), message, page: Some(page) }
}

fn not_hidden(page: PageNo, count: usize) -> Problem {
    let message = format!(
        "page {page} has annotations in a layer that is off, which stand in what was read all the same: {count}"
    );
    Problem { kind: "annotation_not_hidden".to_owned(), message, page: Some(page) }
}

/// What a node of the page tree names.
enum Kid {
    /// As the file has it.
    First(String),
    /// What was named before.
    Again(ObjectIdentifier),
}

/// The page tree (ISO 32000-1, 7.7.3).
#[derive(Default)]
pub(super) struct Tree {
    nodes: BTreeMap<ObjectIdentifier, Vec<Kid>>,
    has_repeats: bool,
    /// Kids that are no pages nor nodes.
    unread: usize,
    seen: HashSet<ObjectIdentifier>,
}

impl Tree {
    pub(super) fn of(pdf: &Pdf) -> Self {
        let mut tree = Self::default();
        let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
        if let Some(id) = root.and_then(|root| root.get_ref("Pages")) {
            let id = id.into();
            tree.seen.insert(id);
            tree.walk(pdf, id, &mut Vec::new());
        }
        tree
    }

    /// Does it name what cannot be read?
    pub(super) fn has_unread(&self) -> bool {
        self.unread > 0
    }

    fn is_plain(&self) -> bool {
        !self.has_repeats && self.unread == 0
    }

    fn walk(&mut self, pdf: &Pdf, id: ObjectIdentifier, above: &mut Vec<ObjectIdentifier>) {
        let node = pdf.xref().get::<Dict<'_>>(id);
        let Some(kids) = node.and_then(|node| node.get::<Array<'_>>("Kids")) else { return };
        if above.len() >= DEEPEST {
            return;
        }
        above.push(id);
        let mut items = Vec::new();
        for kid in kids.raw_iter() {
            let MaybeRef::Ref(object) = kid else {
                // A page written within its node is nobody else's.
                if let MaybeRef::NotRef(Object::Dict(page)) = kid {
                    items.push(Kid::First(String::from_utf8_lossy(&dict_with(&page, &[])).into_owned()));
                }
                continue;
            };
            let kid = ObjectIdentifier::from(object);
            let Some(dict) = pdf.xref().get::<Dict<'_>>(kid) else {
                self.unread += 1;
                continue;
            };
            if self.seen.insert(kid) {
                items.push(Kid::First(reference(object)));
                if is_node(&dict) {
                    self.walk(pdf, kid, above);
                }
            } else if !above.contains(&kid) {
                self.has_repeats = true;
                items.push(Kid::Again(kid));
            }
        }
        above.pop();
        self.nodes.insert(id, items);
    }
}

fn is_node(dict: &Dict<'_>) -> bool {
    dict.get::<Name<'_>>("Type").as_deref() == Some(b"Pages")
}

/// Copies of what the page tree names again: a page has one place, so each needs an object of its own.
struct Again<'a> {
    pdf: &'a Pdf,
    /// Pages that were written anew.
    pages: &'a BTreeMap<ObjectIdentifier, Vec<u8>>,
    /// How many more are made.
    left: usize,
    within: Vec<ObjectIdentifier>,
}

impl Again<'_> {
    fn copy(&mut self, id: ObjectIdentifier, update: &mut Update<'_>) -> Option<u32> {
        let dict = self.pdf.xref().get::<Dict<'_>>(id)?;
        if self.left == 0 || self.within.contains(&id) || self.within.len() >= DEEPEST {
            return None;
        }
        self.left -= 1;
        if !is_node(&dict) {
            let body = self.pages.get(&id).cloned().unwrap_or_else(|| dict_with(&dict, &[]));
            return Some(update.add(body));
        }
        self.within.push(id);
        let kids = dict.get::<Array<'_>>("Kids")?;
        let kids = kids.raw_iter().filter_map(|kid| self.copy(kid.as_obj_ref()?.into(), update));
        let kids: Vec<String> = kids.map(|number| format!("{number} 0 R")).collect();
        self.within.pop();
        Some(update.add(dict_with(&dict, &[("Kids", format!("[{}]", kids.join(" ")))])))
    }
}

/// Numbers as no PDF has them, which viewers read all the same (`8.42e2`, `595..0`), written as one has them, in the
/// same places; nothing where there are none. Strings, streams and comments stay as they are.
pub(super) fn plain_numbers(file: &[u8]) -> Option<Vec<u8>> {
    if file.len() > LARGEST {
        return None;
    }
    let mut out: Option<Vec<u8>> = None;
    let (mut at, mut in_vain) = (0, 0);
    while at < file.len() {
        let rest = &file[at..];
        let length = match rest[0] {
            b'%' => rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len()),
            b'(' => string_length(rest),
            b'<' if rest.get(1) != Some(&b'<') => rest.iter().position(|byte| *byte == b'>').unwrap_or(0) + 1,
            b'/' => 1 + rest[1..].iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len() - 1),
            byte if is_regular(byte) => {
                let token = &rest[..rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len())];
                if token == b"stream" {
                    let end = b"endstream";
                    rest.windows(end.len()).position(|window| window == end).unwrap_or(rest.len())
                } else {
                    if let Some(plain) = plain_number(token) {
                        let out = out.get_or_insert_with(|| file.to_vec());
                        out[at..at + token.len()].copy_from_slice(&plain);
                    }
                    token.len()
                }
            }
            b'<' => 2,
            _ => 1,
        };
        if length == 1 && matches!(rest[0], b'(' | b'<') {
            in_vain += rest.len();
            if in_vain > MOST_IN_VAIN {
                return None;
            }
        }
        at += length.max(1);
    }
    out
}

fn is_regular(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && byte != 0 && !b"()<>[]{}/%".contains(&byte)
}

/// Length of a literal string (7.3.4.2).
fn string_length(bytes: &[u8]) -> usize {
    let (mut open, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'(' => open += 1,
            b')' if open == 1 => return at + 1,
            b')' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    // Without an end it is no string.
    1
}

/// The number that is meant, in as many characters.
fn plain_number(token: &[u8]) -> Option<Vec<u8>> {
    let is_odd = token.len() <= 24
        && token[0].is_ascii_digit()
        && token.iter().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(byte))
        && (token.windows(2).any(|pair| pair == b"..") || token.iter().any(|byte| matches!(byte, b'e' | b'E')));
    let text = std::str::from_utf8(token).ok().filter(|_| is_odd)?;
    let number: f64 = match text.split_once("..") {
        Some((whole, part)) => format!("{whole}.{part}0").parse().ok()?,
        None => text.parse().ok()?,
    };
    let plain = format!("{number}");
    (plain.len() <= token.len()).then(|| format!("{plain:<0$}", token.len()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_right_where_they_stand() {
        let check = |file: &str, want: Option<&str>| {
            let plain = plain_numbers(file.as_bytes());
            assert_eq!(plain.map(|bytes| String::from_utf8(bytes).unwrap()).as_deref(), want, "{file}");
        };
        check("[0 0 595 8.42e2]", Some("[0 0 595 842   ]"));
        check("[0 0 595..0 842]", Some("[0 0 595    842]"));
        check("[0 0 595.5 842]", None);
        check("(8.42e2 \\) 1..2) <8e2> % 8e2\n/8e2 stream 8e2 endstream", None);
        check("<< /A [1e1] >>", Some("<< /A [10 ] >>"));
        check("( [80e1", Some("( [800 "));
        check(&("(".repeat(24_000) + "8e2"), None);
    }
}
