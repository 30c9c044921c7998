//! The document as a whole: catalog, page tree, forms, optional content, and each page with what belongs to it.

use std::collections::HashMap;

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Object, ObjectIdentifier, Stream},
    page::Page,
};

use super::{
    Findings, annotation, color,
    content::{Inherited, Walker},
    dict_at, dicts, metadata, place,
};

/// The least and the largest size of a page box (6.1.13), in units.
const BOX_SIZES: std::ops::RangeInclusive<f64> = 3.0..=14_400.0;

/// Checks a document.
pub(super) fn check(pdf: &Pdf, findings: &mut Findings) {
    let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else {
        findings.add("6.1.3", "the file has no catalog", "the trailer");
        return;
    };
    metadata::check(&catalog, findings);
    let intent = color::intent(&catalog, findings);
    catalog_entries(&catalog, findings);
    form(&catalog, findings);
    optional_content(&catalog, findings);
    let mut walker = Walker::new(intent, findings);
    for (index, page) in pdf.pages().iter().enumerate() {
        check_page(&mut walker, page, index + 1);
    }
    walker.finish();
    embedded_files(pdf, findings);
}

/// The codes that pages and their annotations show in each font that text is painted in, by the font's identity.
pub(in super::super) fn shown(pdf: &Pdf, pages: &[usize]) -> HashMap<usize, Vec<u32>> {
    let mut findings = Findings::default();
    let mut walker = Walker::new(color::Intent::None, &mut findings);
    for index in pages {
        if let Some(page) = pdf.pages().get(*index) {
            check_page(&mut walker, page, index + 1);
        }
    }
    walker.into_codes()
}

fn catalog_entries(catalog: &Dict<'_>, findings: &mut Findings) {
    let at = "the catalog";
    if catalog.contains_key(b"AA") {
        findings.add("6.5.2", "the catalog has additional actions", at);
    }
    if catalog.contains_key(b"NeedsRendering") {
        findings.add("6.4.2", "the catalog has NeedsRendering", at);
    }
    if catalog.contains_key(b"Requirements") {
        findings.add("6.11", "the catalog has Requirements", at);
    }
    if let Some(action) = catalog.get::<Dict<'_>>(b"OpenAction") {
        annotation::action(&action, findings);
    }
    if let Some(names) = catalog.get::<Dict<'_>>(b"Names") {
        if names.contains_key(b"AlternatePresentations") {
            findings.add("6.10", "the catalog has alternate presentations", at);
        }
        if names.contains_key(b"JavaScript") {
            findings.add("6.5.1", "the document has scripts", at);
        }
    }
    if let Some(permissions) = catalog.get::<Dict<'_>>(b"Perms") {
        if permissions.keys().any(|key| !matches!(&*key, b"UR3" | b"DocMDP")) {
            findings.add("6.1.12", "the permissions have keys other than UR3 and DocMDP", at);
        }
        let references = permissions.get::<Dict<'_>>(b"DocMDP").and_then(|mdp| mdp.get::<Array<'_>>(b"Reference"));
        for reference in references.iter().flat_map(dicts) {
            if [&b"DigestLocation"[..], b"DigestMethod", b"DigestValue"].iter().any(|key| reference.contains_key(key)) {
                findings.add("6.1.12", "a signature reference has a digest of its own", place(&reference));
            }
        }
    }
    outlines(catalog, findings);
}

/// Actions of bookmarks.
fn outlines(catalog: &Dict<'_>, findings: &mut Findings) {
    let mut open: Vec<Dict<'_>> =
        dict_at(catalog, b"Outlines").and_then(|root| dict_at(&root, b"First")).into_iter().collect();
    let mut seen = std::collections::HashSet::new();
    while let Some(item) = open.pop() {
        if !seen.insert(super::identity(&item)) {
            continue;
        }
        if let Some(action) = item.get::<Dict<'_>>(b"A") {
            annotation::action(&action, findings);
        }
        open.extend([&b"First"[..], b"Next"].iter().filter_map(|key| dict_at(&item, key)));
    }
}

/// The interactive form (6.4).
fn form(catalog: &Dict<'_>, findings: &mut Findings) {
    let Some(form) = catalog.get::<Dict<'_>>(b"AcroForm") else { return };
    if form.get::<bool>(b"NeedAppearances") == Some(true) {
        findings.add("6.4.1", "the form asks the reader to draw its fields", place(&form));
    }
    if form.contains_key(b"XFA") {
        findings.add("6.4.2", "the form has XFA data", place(&form));
    }
    let mut open: Vec<Dict<'_>> = form.get::<Array<'_>>(b"Fields").iter().flat_map(dicts).collect();
    let mut seen = std::collections::HashSet::new();
    while let Some(field) = open.pop() {
        if !seen.insert(super::identity(&field)) {
            continue;
        }
        let widget = super::is_name(&field, b"Subtype", b"Widget");
        if field.contains_key(b"AA") || (field.contains_key(b"A") && !widget) {
            findings.add("6.4.1", "a form field has actions", place(&field));
        }
        open.extend(field.get::<Array<'_>>(b"Kids").iter().flat_map(dicts));
    }
}

/// Optional content (6.9).
fn optional_content(catalog: &Dict<'_>, findings: &mut Findings) {
    let Some(properties) = catalog.get::<Dict<'_>>(b"OCProperties") else { return };
    let groups: Vec<ObjectIdentifier> = references(&properties, b"OCGs");
    let default = properties.get::<Dict<'_>>(b"D");
    let others = properties.get::<Array<'_>>(b"Configs");
    let mut names = Vec::new();
    for config in default.into_iter().chain(others.iter().flat_map(dicts)) {
        match config.get::<Object<'_>>(b"Name") {
            Some(Object::String(name)) if !name.is_empty() && !names.contains(&name.to_vec()) => {
                names.push(name.to_vec())
            }
            _ => findings.add("6.9", "a configuration of optional content has no name of its own", place(&config)),
        }
        if config.contains_key(b"AS") {
            findings.add("6.9", "optional content changes by itself (AS)", place(&config));
        }
        let mut ordered = Vec::new();
        if let Some(order) = config.get::<Array<'_>>(b"Order") {
            order_of(&order, &mut ordered, 0);
            if groups.iter().any(|group| !ordered.contains(group)) {
                findings.add("6.9", "the order of optional content does not name every group", place(&config));
            }
        }
    }
}

fn references(dict: &Dict<'_>, key: &[u8]) -> Vec<ObjectIdentifier> {
    let array = dict.get::<Array<'_>>(key);
    array.iter().flat_map(Array::raw_iter).filter_map(|item| item.as_obj_ref()).map(Into::into).collect()
}

fn order_of(order: &Array<'_>, ordered: &mut Vec<ObjectIdentifier>, depth: usize) {
    ordered.extend(order.raw_iter().filter_map(|item| item.as_obj_ref()).map(ObjectIdentifier::from));
    if depth < 16 {
        for inner in order.iter::<Object<'_>>().filter_map(Object::into_array) {
            order_of(&inner, ordered, depth + 1);
        }
    }
}

fn check_page<'a>(walker: &mut Walker<'a, '_>, page: &'a Page<'a>, number: usize) {
    let at = format!("page {number}");
    let dict = page.raw();
    if dict.contains_key(b"AA") {
        walker.findings.add("6.5.2", "a page has additional actions", &at);
    }
    if dict.contains_key(b"PresSteps") {
        walker.findings.add("6.10", "a page has presentation steps", &at);
    }
    boxes(walker.findings, page, &at);
    let own = dict.get::<Dict<'a>>(b"Resources");
    let resources = own.clone().or_else(|| inherited(dict, b"Resources"));
    walker.start_page(at.clone());
    if let Some(data) = page.page_stream() {
        let inherited = Inherited::page(resources.clone(), own.is_none());
        walker.content(data, &inherited);
    }
    if let Some(group) = dict.get::<Dict<'a>>(b"Group") {
        walker.group(&group, resources.as_ref());
    }
    let annotations = dict.get::<Array<'a>>(b"Annots");
    for annotation in annotations.iter().flat_map(dicts) {
        annotation::check(&annotation, &at, walker);
    }
    walker.end_page(dict);
}

/// An entry that a page takes from the nodes above it (ISO 32000-1, 7.7.3.4).
fn inherited<'a>(page: &Dict<'a>, key: &[u8]) -> Option<Dict<'a>> {
    let mut node = page.get::<Dict<'a>>(b"Parent")?;
    for _ in 0..64 {
        if let Some(found) = node.get::<Dict<'a>>(key) {
            return Some(found);
        }
        node = node.get::<Dict<'a>>(b"Parent")?;
    }
    None
}

fn boxes(findings: &mut Findings, page: &Page<'_>, at: &str) {
    let own = [&b"MediaBox"[..], b"CropBox", b"BleedBox", b"TrimBox", b"ArtBox"]
        .into_iter()
        .filter_map(|key| page.raw().get::<hayro::hayro_syntax::object::Rect>(key));
    for rect in own.chain([page.media_box(), page.crop_box()]) {
        let sizes = [(rect.x1 - rect.x0).abs(), (rect.y1 - rect.y0).abs()];
        if sizes.iter().any(|size| !BOX_SIZES.contains(&f64::from(*size as f32))) {
            findings.add("6.1.13", "a page box is smaller than 3 or larger than 14400 units", at);
        }
    }
}

/// Files in the file must be PDF/A themselves (6.8), which is not looked into: none are let through.
fn embedded_files(pdf: &Pdf, findings: &mut Findings) {
    for object in pdf.objects() {
        let Object::Dict(dict) = object else { continue };
        let specification = dict.contains_key(b"EF")
            && dict.get::<Name<'_>>(b"Type").is_none_or(|name| matches!(&*name, b"Filespec" | b"F"));
        if specification
            && dict
                .get::<Dict<'_>>(b"EF")
                .is_some_and(|files| files.keys().any(|key| files.get::<Stream<'_>>(&*key).is_some()))
        {
            findings.add("6.8", "a file is embedded", place(&dict));
        }
    }
}
