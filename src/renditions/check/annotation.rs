//! Annotations, their appearances and actions (ISO 19005-2, 6.3 to 6.5).

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::{
    Findings,
    content::{Inherited, Walker},
    dict_at, is_name, place, said, subtype,
};

/// The types of ISO 32000-1, table 169, without 3D, Sound, Screen and Movie.
const TYPES: [&[u8]; 22] = [
    b"Text",
    b"Link",
    b"FreeText",
    b"Line",
    b"Square",
    b"Circle",
    b"Polygon",
    b"PolyLine",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Stamp",
    b"Caret",
    b"Ink",
    b"Popup",
    b"FileAttachment",
    b"Widget",
    b"PrinterMark",
    b"TrapNet",
    b"Watermark",
    b"Redact",
];

/// Actions that are not allowed are all but these (6.5.1).
const ACTIONS: [&[u8]; 7] = [b"GoTo", b"GoToR", b"GoToE", b"Thread", b"URI", b"Named", b"SubmitForm"];

/// Flags of an annotation (ISO 32000-1, table 165).
const INVISIBLE: u32 = 1;
const HIDDEN: u32 = 1 << 1;
const PRINT: u32 = 1 << 2;
const NO_VIEW: u32 = 1 << 5;
const TOGGLE_NO_VIEW: u32 = 1 << 8;

/// Checks an annotation of a page.
pub(super) fn check<'a>(annotation: &Dict<'a>, page: &str, walker: &mut Walker<'a, '_>) {
    let kind = subtype(annotation);
    let at = format!("{page}, {} annotation", said(&kind));
    let findings = &mut *walker.findings;
    if !TYPES.contains(&&kind[..]) {
        findings.add("6.3.1", format!("annotations of type {} are not allowed", said(&kind)), &at);
    }
    flags(annotation, &kind, &at, findings);
    if annotation.contains_key(b"AA") || (kind == b"Widget" && annotation.contains_key(b"A")) {
        findings.add(if kind == b"Widget" { "6.4.1" } else { "6.5.2" }, "an annotation has additional actions", &at);
    }
    if let Some(chosen) = annotation.get::<Dict<'_>>(b"A") {
        action(&chosen, findings);
    }
    appearance(annotation, &kind, &at, walker);
}

fn flags(annotation: &Dict<'_>, kind: &[u8], at: &str, findings: &mut Findings) {
    if kind == b"Popup" {
        return;
    }
    let Some(flags) = annotation.get::<i64>(b"F").map(|flags| flags as u32) else {
        findings.add("6.3.2", "an annotation has no flags", at);
        return;
    };
    if flags & PRINT == 0 || flags & (INVISIBLE | HIDDEN | NO_VIEW | TOGGLE_NO_VIEW) != 0 {
        findings.add("6.3.2", "an annotation is not shown and printed at all times", at);
    }
}

fn appearance<'a>(annotation: &Dict<'a>, kind: &[u8], at: &str, walker: &mut Walker<'a, '_>) {
    let rect: Vec<f64> =
        annotation.get::<Array<'_>>(b"Rect").map_or_else(Vec::new, |rect| rect.iter::<f64>().collect());
    let empty = matches!(rect[..], [x0, y0, x1, y1] if x0 == x1 && y0 == y1);
    let Some(appearances) = annotation.get::<Dict<'a>>(b"AP") else {
        if !empty && !matches!(kind, b"Popup" | b"Link") {
            walker.findings.add("6.3.3", "an annotation has no appearance", at);
        }
        return;
    };
    if appearances.keys().any(|key| &*key != b"N") {
        walker.findings.add("6.3.3", "an annotation has appearances other than the normal one", at);
    }
    let button = kind == b"Widget" && inherits_name(annotation, b"FT", b"Btn");
    match appearances.get::<Object<'a>>(b"N") {
        Some(Object::Stream(form)) => {
            if button {
                walker.findings.add("6.3.3", "a button has one appearance for all its states", at);
            }
            walker.form(&form, &Inherited::default());
        }
        Some(Object::Dict(states)) => {
            if !button {
                walker.findings.add("6.3.3", "an annotation that is no button has several appearances", at);
            }
            for form in states.keys().filter_map(|key| states.get::<Stream<'a>>(&*key)) {
                walker.form(&form, &Inherited::default());
            }
        }
        _ => {
            if !empty && !matches!(kind, b"Popup" | b"Link") {
                walker.findings.add("6.3.3", "an annotation has no normal appearance", at);
            }
        }
    }
}

/// Does a field, or one above it, hold this name?
fn inherits_name(field: &Dict<'_>, key: &[u8], name: &[u8]) -> bool {
    let mut node = Some(field.clone());
    for _ in 0..32 {
        let Some(field) = node else { return false };
        if field.contains_key(key) {
            return is_name(&field, key, name);
        }
        node = field.get::<Dict<'_>>(b"Parent");
    }
    false
}

/// Checks an action and those that follow it (6.5.1).
pub(super) fn action(first: &Dict<'_>, findings: &mut Findings) {
    let mut next = Some(first.clone());
    for _ in 0..64 {
        let Some(action) = next else { return };
        let kind = action.get::<Name<'_>>(b"S").map(|name| name.to_vec()).unwrap_or_default();
        if !ACTIONS.contains(&&kind[..]) {
            findings.add("6.5.1", format!("actions of type {} are not allowed", said(&kind)), place(&action));
        }
        let named = [&b"NextPage"[..], b"PrevPage", b"FirstPage", b"LastPage"];
        if kind == b"Named" && !named.iter().any(|name| is_name(&action, b"N", name)) {
            findings.add("6.5.1", "a named action is not one of turning pages", place(&action));
        }
        for other in action.get::<Array<'_>>(b"Next").iter().flat_map(super::dicts).take(64) {
            if super::identity(&other) != super::identity(&action) && !other.contains_key(b"Next") {
                self::action(&other, findings);
            }
        }
        next = dict_at(&action, b"Next");
    }
}
