//! Which pages of a file are not what they were in the state that a signature covers.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::field::{is_field, resolve};
use crate::model::{Blake3, PageNo};

/// Objects within one another that are looked into: what lies deeper is taken for the same.
const DEEPEST: usize = 60;
/// Nodes of the tree above a page.
const HIGHEST: usize = 50;

/// The pages that were changed, added or taken away since, by the numbers they have now or had then.
pub(super) fn pages(earlier: &Document, later: &Document) -> Vec<PageNo> {
    let (before, after) = (earlier.get_pages(), later.get_pages());
    let (mut then, mut now) = (Prints::of(earlier), Prints::of(later));
    let numbers = 1..=before.len().max(after.len());
    let is_changed = |number: &usize| {
        let number = *number as u32;
        let print = |pages: &std::collections::BTreeMap<u32, ObjectId>, prints: &mut Prints<'_>| {
            pages.get(&number).map(|id| prints.page(*id))
        };
        print(&before, &mut then) != print(&after, &mut now)
    };
    numbers.filter(is_changed).map(|number| PageNo::from_index(number - 1)).collect()
}

/// Digests of a document's objects with all that they refer to.
struct Prints<'d> {
    pdf: &'d Document,
    known: HashMap<ObjectId, Option<Blake3>>,
}

impl<'d> Prints<'d> {
    fn of(pdf: &'d Document) -> Self {
        Self { pdf, known: HashMap::new() }
    }

    /// What a page shows, with what it has from the nodes above it (ISO 32000-1, 7.7.3.4).
    fn page(&mut self, id: ObjectId) -> Blake3 {
        let mut hasher = blake3::Hasher::new();
        let node = self.pdf.get_dictionary(id).ok();
        for key in [&b"Contents"[..], b"Resources", b"MediaBox", b"CropBox", b"Rotate", b"UserUnit", b"Annots"] {
            let (mut at, mut steps) = (node, 0);
            let value = loop {
                let Some(dictionary) = at.filter(|_| steps < HIGHEST) else { break None };
                if let Ok(value) = dictionary.get(key) {
                    break Some(value);
                }
                (at, steps) =
                    (dictionary.get(b"Parent").ok().and_then(|up| resolve(self.pdf, up).as_dict().ok()), steps + 1);
            };
            hasher.update(key).update(&[0]);
            match value.map(|value| resolve(self.pdf, value)) {
                // Signing adds fields for signatures, which are told by themselves.
                Some(Object::Array(annotations)) if key == b"Annots" => {
                    let shown = annotations
                        .iter()
                        .filter(|one| !resolve(self.pdf, one).as_dict().is_ok_and(|field| is_field(self.pdf, field)));
                    shown.for_each(|one| self.add(one, 0, &mut hasher));
                }
                Some(value) => self.add(value, 0, &mut hasher),
                None => {}
            }
        }
        Blake3(*hasher.finalize().as_bytes())
    }

    fn add(&mut self, object: &'d Object, depth: usize, hasher: &mut blake3::Hasher) {
        if depth > DEEPEST {
            return;
        }
        match object {
            Object::Reference(id) => {
                let print = match self.known.get(id) {
                    // One that is being looked into refers to itself.
                    Some(known) => *known,
                    None => {
                        self.known.insert(*id, None);
                        let mut own = blake3::Hasher::new();
                        if let Ok(object) = self.pdf.get_object(*id) {
                            self.add(object, depth + 1, &mut own);
                        }
                        let print = Some(Blake3(*own.finalize().as_bytes()));
                        self.known.insert(*id, print);
                        print
                    }
                };
                hasher.update(b"R").update(&print.map_or([0; 32], |print| print.0));
            }
            Object::Array(items) => {
                hasher.update(b"[").update(&(items.len() as u64).to_le_bytes());
                items.iter().for_each(|item| self.add(item, depth + 1, hasher));
            }
            Object::Dictionary(dictionary) => self.dictionary(dictionary, depth, hasher),
            Object::Stream(stream) => {
                self.dictionary(&stream.dict, depth, hasher);
                hasher.update(b"s").update(&(stream.content.len() as u64).to_le_bytes()).update(&stream.content);
            }
            simple => {
                let text = format!("{simple:?}");
                hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
            }
        }
    }

    fn dictionary(&mut self, dictionary: &'d Dictionary, depth: usize, hasher: &mut blake3::Hasher) {
        /// What leads away from the page, to the page itself, or to what is not drawn.
        const AWAY: [&[u8]; 9] =
            [b"Parent", b"P", b"Dest", b"A", b"AA", b"StructParent", b"StructParents", b"Metadata", b"Popup"];
        let mut keys: Vec<_> = dictionary.iter().filter(|(key, _)| !AWAY.contains(&key.as_slice())).collect();
        keys.sort_unstable_by_key(|(key, _)| key.as_slice());
        hasher.update(b"<").update(&(keys.len() as u64).to_le_bytes());
        for (key, value) in keys {
            hasher.update(&(key.len() as u64).to_le_bytes()).update(key);
            self.add(value, depth + 1, hasher);
        }
    }
}
