//! Layers that programs may show otherwise on a screen than on paper (ISO 32000-1, 8.11.4.4). Here, and in a copy, they are
//! as the file opens; that others may see something else is told.

use std::collections::{BTreeSet, HashMap};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, ObjectIdentifier, Stream},
    page::{Page as PdfPage, Resources},
};

use super::{
    forms::text_of,
    layers::{listed, members},
};
use crate::model::{PageNo, Problem};

/// Forms within one another that are looked into, and how many; annotations.
const DEEPEST: usize = 5;
const MOST: usize = 2_000;
/// Layers that are told.
const TOLD: usize = 20;

/// The layers, each with its name and how its uses differ from how the file opens.
pub(super) struct Uses(HashMap<ObjectIdentifier, String>);

impl Uses {
    pub(super) fn of(pdf: &Pdf) -> Option<Self> {
        let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        let properties = root.get::<Dict<'_>>("OCProperties")?;
        let settings = properties.get::<Dict<'_>>("D").unwrap_or_default();
        let base_is_off = settings.get::<Name<'_>>("BaseState").as_deref() == Some(b"OFF");
        let (on, off) = (listed(&settings, "ON"), listed(&settings, "OFF"));
        let told = |id: &ObjectIdentifier| {
            let layer = pdf.xref().get::<Dict<'_>>(*id)?;
            let usage = layer.get::<Dict<'_>>("Usage")?;
            let is_on = !off.contains(id) && (!base_is_off || on.contains(id));
            let state = |of: &str, key: &str| {
                let state = usage.get::<Dict<'_>>(of)?.get::<Name<'_>>(key)?;
                let is_shown = match &*state {
                    b"ON" => true,
                    b"OFF" => false,
                    _ => return None,
                };
                (is_shown != is_on).then(|| format!("{key} {}", if is_shown { "ON" } else { "OFF" }))
            };
            let states: Vec<String> =
                [state("View", "ViewState"), state("Print", "PrintState")].into_iter().flatten().collect();
            let name = layer.get("Name").and_then(|name| text_of(&name)).unwrap_or_default();
            (!states.is_empty()).then(|| (*id, format!("“{name}” ({})", states.join(", "))))
        };
        let layers: HashMap<_, _> = listed(&properties, "OCGs").iter().take(MOST).filter_map(told).collect();
        (!layers.is_empty()).then_some(Self(layers))
    }

    /// Says that a page has something in such layers.
    pub(super) fn problem(&self, page: &PdfPage<'_>, number: PageNo) -> Option<Problem> {
        let mut found = BTreeSet::new();
        self.named(page.resources(), DEEPEST, &mut 0, &mut found);
        let annotations = page.raw().get::<Array<'_>>("Annots");
        for annotation in annotations.iter().flat_map(|annotations| annotations.iter::<Dict<'_>>().take(MOST)) {
            found.extend(members(&annotation, "OC").iter().filter_map(|id| self.0.get(id)));
        }
        if found.is_empty() {
            return None;
        }
        let more = if found.len() > TOLD { ", …" } else { "" };
        let names: Vec<&str> = found.into_iter().take(TOLD).map(String::as_str).collect();
        let message = format!(
            "page {number} has something in layers that programs may show otherwise on a screen than on paper; they were \
             read, and stand in a copy, as the file opens: {}{more}",
            names.join(", ")
        );
        Some(Problem { kind: "layer_by_use".to_owned(), message, page: Some(number) })
    }

    fn named<'s>(
        &'s self,
        resources: &Resources<'_>,
        depth: usize,
        looked_at: &mut usize,
        found: &mut BTreeSet<&'s String>,
    ) {
        let properties = &resources.properties;
        for name in properties.keys().take(MOST) {
            found.extend(members(properties, &name).iter().filter_map(|id| self.0.get(id)));
        }
        let objects = &resources.x_objects;
        for object in objects.keys().filter_map(|name| objects.get::<Stream<'_>>(&*name)) {
            *looked_at += 1;
            if *looked_at > MOST {
                return;
            }
            found.extend(members(object.dict(), "OC").iter().filter_map(|id| self.0.get(id)));
            if depth > 0
                && let Some(inner) = object.dict().get::<Dict<'_>>("Resources")
            {
                self.named(&Resources::new(inner), depth - 1, looked_at, found);
            }
        }
    }
}
