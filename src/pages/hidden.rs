//! Words that a page holds and nobody sees here: not painted, white, covered or cut off, or in a font that is neither in the file
//! nor here. They are not read; that they are there is told.

use std::collections::HashMap;

use hayro::hayro_syntax::{
    object::{Array, Dict, Name, Stream},
    page::{Page as PdfPage, Resources},
};

use super::{
    survey::{Glyph, Survey},
    words,
};
use crate::model::{PageNo, Problem};

/// Characters that are told.
const TOLD: usize = 20;
/// Forms within one another that are looked into, and how many.
const DEEPEST: usize = 5;
const MOST_FORMS: usize = 2_000;

/// The words of a survey's unseen glyphs that the page does not show elsewhere.
pub(super) fn unseen(page: PageNo, survey: &Survey, shown: &str, (width, height): (f64, f64)) -> Option<Problem> {
    if survey.unseen.is_empty() {
        return None;
    }
    let unseen = Survey { text: survey.text.clone(), glyphs: survey.unseen.clone(), ..Survey::default() };
    let count = more(&words::group(&unseen, width, height).text, shown);
    let message = format!(
        "page {page} holds words that are not painted, are white, covered or cut off, and that were not read: {count}"
    );
    (count > 0).then(|| Problem { kind: "hidden_words".to_owned(), message, page: Some(page) })
}

/// How many words one text has more than another.
pub(super) fn more(text: &str, shown: &str) -> usize {
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    let mut left: HashMap<&str, usize> = HashMap::new();
    shown.split_whitespace().filter(is_word).for_each(|word| *left.entry(word).or_default() += 1);
    let is_more = |word: &&str| match left.get_mut::<str>(word) {
        Some(count @ 1..) => {
            *count -= 1;
            false
        }
        _ => true,
    };
    text.split_whitespace().filter(is_word).filter(is_more).count()
}

/// Characters that a page shows and that no font draws, where it names a font that the file does not bring.
pub(super) fn undrawn(page: &PdfPage<'_>, number: PageNo, survey: &Survey) -> Option<Problem> {
    let names = |resources: &Resources<'_>| names_font(resources, &is_outside, DEEPEST, &mut 0);
    if survey.undrawn.is_empty() || !(names(page.resources()) || annotations_do(page, &is_outside)) {
        return None;
    }
    let more = if survey.undrawn.len() > TOLD { "…" } else { "" };
    let told: String = survey.undrawn.iter().take(TOLD).collect();
    let message = format!(
        "page {number} has {} characters in a font that the file does not bring and that is not here; they are not drawn, \
         in a copy neither: {told}{more}",
        survey.undrawn.len()
    );
    Some(Problem { kind: "font_missing".to_owned(), message, page: Some(number) })
}

/// Does a font by this name draw signs where its encoding has letters? Those of the fourteen standard fonts are here.
pub fn draws_signs(name: &str) -> bool {
    const SIGNS: [&str; 8] =
        ["dingbat", "symbol", "wingding", "webding", "marlett", "barcode", "mtextra", "monotypesorts"];
    let name = name.split_once('+').filter(|(tag, _)| tag.len() == 6).map_or(name, |(_, name)| name);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    !matches!(name, "Symbol" | "ZapfDingbats") && SIGNS.iter().any(|sign| plain.contains(sign))
}

/// Text in a font of signs that the file does not bring: letters of another font would be drawn in their place.
pub(super) fn signs_missing(page: &PdfPage<'_>, number: PageNo) -> Option<Problem> {
    let is_of_signs = |font: &Dict<'_>| {
        let name = font.get::<Name<'_>>("BaseFont");
        name.is_some_and(|name| draws_signs(&String::from_utf8_lossy(&name))) && is_outside(font)
    };
    if !(names_font(page.resources(), &is_of_signs, DEEPEST, &mut 0) || annotations_do(page, &is_of_signs)) {
        return None;
    }
    let message = format!(
        "page {number} has text in a font of signs, such as ticked boxes, that the file does not bring: viewers that have \
         it show other signs than are read here"
    );
    Some(Problem { kind: "font_missing".to_owned(), message, page: Some(number) })
}

/// Takes away the glyphs of which nothing but a number is known, where the page names a font whose codes are numbers of
/// forms and that the file does not bring: what is drawn for them is whatever another font has there.
pub(super) fn drop_numbered(page: &PdfPage<'_>, number: PageNo, survey: &mut Survey) -> Option<Problem> {
    let is_unknown = |survey: &Survey, glyph: &Glyph| survey.text_of(glyph).starts_with(char::REPLACEMENT_CHARACTER);
    let count = survey.glyphs.iter().filter(|glyph| is_unknown(survey, glyph)).count();
    let names = |resources: &Resources<'_>| names_font(resources, &is_numbered, DEEPEST, &mut 0);
    if count == 0 || !(names(page.resources()) || annotations_do(page, &is_numbered)) {
        return None;
    }
    let glyphs = std::mem::take(&mut survey.glyphs);
    survey.glyphs = glyphs.into_iter().filter(|glyph| !is_unknown(survey, glyph)).collect();
    let message = format!(
        "page {number} has text in a font that the file does not bring, written as numbers of its forms: what it says is \
         not known, and other viewers may show other signs (how many): {count}"
    );
    Some(Problem { kind: "font_missing".to_owned(), message, page: Some(number) })
}

fn annotations_do(page: &PdfPage<'_>, is: &dyn Fn(&Dict<'_>) -> bool) -> bool {
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let mut annotations = annotations.iter().flat_map(|annotations| annotations.iter::<Dict<'_>>().take(MOST_FORMS));
    annotations.any(|annotation| {
        let shown = annotation.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Stream<'_>>("N"));
        let inner = shown.as_ref().and_then(|shown| shown.dict().get::<Dict<'_>>("Resources"));
        inner.is_some_and(|inner| names_font(&Resources::new(inner), is, DEEPEST, &mut 0))
    })
}

/// Does the file not bring a font's program?
fn is_outside(font: &Dict<'_>) -> bool {
    let inner = font.get::<Array<'_>>("DescendantFonts").and_then(|inner| inner.iter::<Dict<'_>>().next());
    let descriptor = inner.as_ref().unwrap_or(font).get::<Dict<'_>>("FontDescriptor");
    let brings =
        |descriptor: Dict<'_>| ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(*key));
    font.get::<Name<'_>>("Subtype").as_deref() != Some(b"Type3") && !descriptor.is_some_and(brings)
}

/// Are a font's codes numbers of forms in a program that the file does not bring, without a word of what they mean?
fn is_numbered(font: &Dict<'_>) -> bool {
    let encoding = font.get::<Name<'_>>("Encoding");
    matches!(encoding.as_deref(), Some(b"Identity-H" | b"Identity-V"))
        && !font.contains_key("ToUnicode")
        && is_outside(font)
}

fn names_font(resources: &Resources<'_>, is: &dyn Fn(&Dict<'_>) -> bool, depth: usize, looked_at: &mut usize) -> bool {
    let fonts = &resources.fonts;
    if fonts.keys().any(|name| fonts.get::<Dict<'_>>(&*name).is_some_and(|font| is(&font))) {
        return true;
    }
    let forms = &resources.x_objects;
    depth > 0
        && forms.keys().filter_map(|name| forms.get::<Stream<'_>>(&*name)).any(|form| {
            *looked_at += 1;
            let inner = form.dict().get::<Dict<'_>>("Resources");
            *looked_at <= MOST_FORMS
                && inner.is_some_and(|inner| names_font(&Resources::new(inner), is, depth - 1, looked_at))
        })
}
