//! The values that a form's fields hold beside what pages show of them: a value that is not what the page shows is told.

use std::collections::{BTreeMap, HashSet};

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Stream};

use super::{Form, MOST_PARENTS, PASSWORD, PUSHBUTTON, inherited, is_hidden, letters, normal, shown_by, text_of, told};
use crate::model::{PageNo, Problem};

/// Fields that are looked at, and those that are told.
const MOST: usize = 5_000;
const MOST_TOLD: usize = 50;

/// What a text field holds.
pub(super) fn written(widget: &Dict<'_>) -> String {
    inherited::<Object<'_>>(widget, "V").and_then(|value| text_of(&value)).unwrap_or_default()
}

/// The choices made, as the field shows them (12.7.4.4).
pub(super) fn chosen(widget: &Dict<'_>) -> Vec<String> {
    let options: Vec<(String, String)> = inherited::<Array<'_>>(widget, "Opt")
        .iter()
        .flat_map(|options| options.iter::<Object<'_>>())
        .filter_map(|option| match option {
            Object::Array(pair) => {
                let mut pair = pair.iter::<Object<'_>>().filter_map(|part| text_of(&part));
                let export = pair.next()?;
                Some((export.clone(), pair.next().unwrap_or(export)))
            }
            other => text_of(&other).map(|text| (text.clone(), text)),
        })
        .collect();
    let values: Vec<String> = match inherited::<Object<'_>>(widget, "V") {
        Some(Object::Array(values)) => values.iter::<Object<'_>>().filter_map(|value| text_of(&value)).collect(),
        Some(value) => text_of(&value).into_iter().collect(),
        None => Vec::new(),
    };
    let shown = |value: String| match options.iter().find(|(export, _)| *export == value) {
        Some((_, shown)) => shown.clone(),
        None => value,
    };
    values.into_iter().map(shown).collect()
}

/// What a field's value is to who reads it: fields for texts and choices have one.
fn value(field: &Dict<'_>) -> Option<String> {
    let value = match inherited::<Name<'_>>(field, "FT").as_deref() {
        Some(b"Tx") => written(field),
        Some(b"Ch") => chosen(field).join(", "),
        _ => return None,
    };
    (!value.trim().is_empty()).then_some(value)
}

/// A field's full name (12.7.3.2).
fn name(field: &Dict<'_>) -> String {
    let (mut names, mut at) = (Vec::new(), Some(field.clone()));
    while let Some(field) = at.filter(|_| names.len() < MOST_PARENTS) {
        names.push(field.get::<Object<'_>>("T").and_then(|name| text_of(&name)));
        at = field.get::<Dict<'_>>("Parent");
    }
    names.into_iter().rev().flatten().collect::<Vec<_>>().join(".")
}

/// A field whose value some page may not show.
struct Seen {
    page: PageNo,
    value: String,
    /// A page shows it.
    is_shown: bool,
    /// A page shows something else in its place.
    is_other: bool,
}

/// The fields of a file's pages.
#[derive(Default)]
pub(in crate::pages) struct Values(BTreeMap<String, Seen>);

impl Values {
    pub(super) fn add<'a>(&mut self, form: &Form<'a>, widget: &Dict<'a>, page: PageNo) {
        let is_widget = widget.get::<Name<'_>>("Subtype").as_deref() == Some(b"Widget");
        if !is_widget || self.0.len() >= MOST {
            return;
        }
        if let Some(value) = button(widget).filter(|_| !is_hidden(widget) && !form.is_off(widget)) {
            self.0.entry(name(widget)).or_insert(Seen { page, value, is_shown: true, is_other: true }).is_other = true;
            return;
        }
        let Some(value) = value(widget) else { return };
        let is_secret = inherited::<u32>(widget, "Ff").unwrap_or(0) & PASSWORD != 0
            && inherited::<Name<'_>>(widget, "FT").as_deref() == Some(b"Tx");
        let is_unseen = is_secret || is_hidden(widget) || form.is_off(widget);
        let is_other = !is_unseen && !form.is_stale && shows_other(widget, &value);
        let value = if is_secret { "******".to_owned() } else { told(&value) };
        let seen = self.0.entry(name(widget)).or_insert(Seen { page, value, is_shown: false, is_other });
        seen.is_shown |= !is_unseen && !is_other;
        seen.is_other |= is_other;
    }

    /// Tells of the values that no page shows, or of which one shows something else.
    pub(in crate::pages) fn problems(mut self, form: &Form<'_>) -> Vec<Problem> {
        self.add_fields_without_place(form);
        let other = self.0.into_iter().filter(|(_, seen)| seen.is_other || !seen.is_shown);
        let problem = |(name, Seen { page, value, .. }): (String, Seen)| {
            let name = told(&name);
            let message =
                format!("page {page} has a form field whose value is not what the page shows: {name}: {value}");
            Problem { kind: "form_value_differs".to_owned(), message, page: Some(page) }
        };
        other.take(MOST_TOLD).map(problem).collect()
    }

    /// Fields that the form lists and no page has; told with the first page.
    fn add_fields_without_place(&mut self, form: &Form<'_>) {
        let mut waiting: Vec<Dict<'_>> = dicts(&form.dict, "Fields");
        let (mut known, mut looked_at) = (HashSet::<ObjectIdentifier>::new(), 0);
        while let Some(field) = waiting.pop() {
            looked_at += 1;
            if looked_at > MOST || field.obj_id().is_some_and(|id| !known.insert(id)) {
                continue;
            }
            let kids = dicts(&field, "Kids");
            if kids.iter().any(|kid| kid.contains_key("T")) {
                waiting.extend(kids.into_iter().take(MOST));
            } else if let Some(value) = value(&field) {
                let value = told(&value);
                let page = PageNo::from_index(0);
                self.0.entry(name(&field)).or_insert(Seen { page, value, is_shown: false, is_other: false });
            }
        }
    }
}

fn dicts<'a>(of: &Dict<'a>, key: &str) -> Vec<Dict<'a>> {
    of.get::<Array<'a>>(key).iter().flat_map(|list| list.iter::<Dict<'a>>().take(MOST)).collect()
}

/// The value of a box or button that shows another one: some viewers go by what it shows, some by its value (12.7.4.2.3).
fn button(widget: &Dict<'_>) -> Option<String> {
    let flags = inherited::<u32>(widget, "Ff").unwrap_or(0);
    if inherited::<Name<'_>>(widget, "FT").as_deref() != Some(b"Btn") || flags & PUSHBUTTON != 0 {
        return None;
    }
    let (value, state) = (inherited::<Name<'_>>(widget, "V")?, widget.get::<Name<'_>>("AS")?);
    let Some(Object::Dict(states)) = normal(widget) else { return None };
    let is_other = match &*state {
        // Another of the field's buttons may be the one that is on.
        b"Off" => &*value != b"Off" && states.get::<Stream<'_>>(&*value).is_some(),
        state => states.get::<Stream<'_>>(state).is_some() && *value != *state,
    };
    is_other.then(|| told(&String::from_utf8_lossy(&value)))
}

/// Does a field's appearance show a text that is not its value, as far as its codes are letters?
fn shows_other(widget: &Dict<'_>, value: &str) -> bool {
    let Some(Object::Stream(appearance)) = normal(widget) else { return false };
    let Some(shown) = shown_by(&appearance) else { return false };
    let is_plain = !shown.is_empty() && shown.iter().all(|byte| *byte >= b' ') && !has_composite_font(&appearance);
    let (shown, value) = (letters(&shown), letters(value.as_bytes()));
    is_plain && !shown.is_empty() && !value.is_empty() && !shown.contains(&value) && !value.contains(&shown)
}

/// Where a font is composite or encoded in a way of its own, codes are no letters.
fn has_composite_font(appearance: &Stream<'_>) -> bool {
    let resources = appearance.dict().get::<Dict<'_>>("Resources");
    let fonts = resources.and_then(|resources| resources.get::<Dict<'_>>("Font"));
    fonts.is_some_and(|fonts| {
        let mut named = fonts.keys().filter_map(|name| fonts.get::<Dict<'_>>(&*name));
        named.any(|font| font.get::<Name<'_>>("Subtype").as_deref() == Some(b"Type0") || font.contains_key("ToUnicode"))
    })
}
