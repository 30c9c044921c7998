//! The layers of a file that are off, as it is opened (ISO 32000-1, 8.11.4.3): what is in them is neither shown nor
//! read. That it is there is told.

use std::collections::{BTreeMap, HashSet};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, MaybeRef, Name, ObjectIdentifier},
    page::Page as PdfPage,
};

use super::{
    forms::text_of,
    hidden::more,
    update::{Update, dict_with},
};
use crate::model::{PageNo, Problem};

/// A file larger than this is not held twice, to look at its layers.
const LARGEST: usize = 256 << 20;
/// Layers that are told.
const TOLD: usize = 20;

/// The layers that are off.
pub(super) struct Layers {
    off: HashSet<ObjectIdentifier>,
    names: BTreeMap<ObjectIdentifier, String>,
}

impl Layers {
    pub(super) fn of(pdf: &Pdf) -> Option<Self> {
        let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        let properties = root.get::<Dict<'_>>("OCProperties")?;
        let settings = properties.get::<Dict<'_>>("D")?;
        let mut off = HashSet::new();
        if settings.get::<Name<'_>>("BaseState").as_deref() == Some(b"OFF") {
            off.extend(listed(&properties, "OCGs"));
            listed(&settings, "ON").iter().for_each(|on| _ = off.remove(on));
        }
        off.extend(listed(&settings, "OFF"));
        let name = |id: &ObjectIdentifier| Some((*id, text_of(&pdf.xref().get::<Dict<'_>>(*id)?.get("Name")?)?));
        let names = off.iter().filter_map(name).collect();
        (!off.is_empty()).then_some(Self { off, names })
    }

    /// Is an annotation in one of them (8.11.3.3)?
    pub(super) fn hides(&self, annotation: &Dict<'_>) -> bool {
        let Some(layer) = annotation.get::<Dict<'_>>("OC") else { return false };
        let members = members(annotation, "OC");
        let is_off = |id: &ObjectIdentifier| self.off.contains(id);
        let is_shown = match layer.get::<Name<'_>>("P").filter(|_| is_membership(&layer)).as_deref() {
            Some(b"AllOn") => !members.iter().any(is_off),
            Some(b"AnyOff") => members.iter().any(is_off),
            Some(b"AllOff") => members.iter().all(is_off),
            _ => members.is_empty() || !members.iter().all(is_off),
        };
        !is_shown && !members.is_empty()
    }

    /// The file with all of them on. None where it cannot be written anew.
    pub(super) fn all_on(pdf: &Pdf) -> Option<Vec<u8>> {
        let file: &[u8] = pdf.data().as_ref();
        let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        if file.len() > LARGEST || file.windows(8).any(|window| window == b"/Encrypt") {
            return None;
        }
        let mut update = Update::of(pdf);
        update.replace(pdf.xref().root_id(), dict_with(&root, &[("OCProperties", "null".to_owned())]));
        Some(update.finish())
    }

    /// Says that a page has words in layers that are off: all the words that it would show, beside those that it shows.
    pub(super) fn problem(&self, page: &PdfPage<'_>, number: PageNo, all: &str, shown: &str) -> Option<Problem> {
        let count = more(all, shown);
        (count > 0).then(|| self.told(number, &self.concerned(page), &count.to_string()))
    }

    /// The layers that what a page does not show may be in.
    fn concerned(&self, page: &PdfPage<'_>) -> Vec<ObjectIdentifier> {
        let on_page = self.on(page);
        // Forms and images name their layer themselves.
        if on_page.is_empty() { self.off.iter().copied().collect() } else { on_page }
    }

    /// Says that a page has pictures in layers that are off, and how many.
    pub(super) fn pictures(&self, page: &PdfPage<'_>, number: PageNo, count: usize) -> Option<Problem> {
        let names = self.named(&self.concerned(page));
        let message = format!(
            "page {number} has pictures in a layer that is off, which were not read (the layer, and how many): {names}, \
             {count}"
        );
        (count > 0).then(|| Problem { kind: "picture_in_layer".to_owned(), message, page: Some(number) })
    }

    /// The same where the layers cannot be looked at.
    pub(super) fn unknown(&self, page: &PdfPage<'_>, number: PageNo) -> Option<Problem> {
        let on_page = self.on(page);
        (!on_page.is_empty()).then(|| self.told(number, &on_page, "?"))
    }

    /// Those that are off of the layers that a page's content names.
    fn on(&self, page: &PdfPage<'_>) -> Vec<ObjectIdentifier> {
        let named = page.resources().properties.entries().filter_map(|(_, entry)| match entry {
            MaybeRef::Ref(reference) => Some(ObjectIdentifier::from(reference)),
            MaybeRef::NotRef(_) => None,
        });
        named.filter(|id| self.off.contains(id)).collect()
    }

    fn told(&self, number: PageNo, ids: &[ObjectIdentifier], count: &str) -> Problem {
        let names = self.named(ids);
        let message = format!(
            "page {number} has words in a layer that is off, which were not read (the layer, and how many words): {names}, \
             {count}"
        );
        Problem { kind: "layer_not_shown".to_owned(), message, page: Some(number) }
    }

    fn named(&self, ids: &[ObjectIdentifier]) -> String {
        let mut names: Vec<_> =
            ids.iter().filter_map(|id| self.names.get(id)).map(|name| format!("“{name}”")).collect();
        names.sort();
        names.dedup();
        names.truncate(TOLD);
        names.join(", ")
    }
}

/// The layers that a list names.
pub(super) fn listed(of: &Dict<'_>, key: &str) -> Vec<ObjectIdentifier> {
    let list = of.get::<Array<'_>>(key);
    list.iter().flat_map(|list| list.raw_iter()).filter_map(|item| Some(item.as_obj_ref()?.into())).collect()
}

/// The layers by which it is decided whether something is shown: one, or those of a membership (8.11.2.2).
pub(super) fn members(of: &Dict<'_>, key: impl AsRef<[u8]>) -> Vec<ObjectIdentifier> {
    let key = key.as_ref();
    match of.get::<Dict<'_>>(key) {
        Some(layer) if is_membership(&layer) => match layer.get::<Array<'_>>("OCGs") {
            Some(_) => listed(&layer, "OCGs"),
            None => layer.get_ref("OCGs").map(ObjectIdentifier::from).into_iter().collect(),
        },
        Some(_) => of.get_ref(key).map(ObjectIdentifier::from).into_iter().collect(),
        None => Vec::new(),
    }
}

fn is_membership(layer: &Dict<'_>) -> bool {
    layer.get::<Name<'_>>("Type").as_deref() == Some(b"OCMD")
}
