//! Words that a page holds and nobody sees here: not painted, white or covered, in a layer that is off, or in a font that
//! is neither in the file nor here. They are not read; that they are there is told.

use std::collections::{BTreeMap, HashMap, HashSet};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, MaybeRef, Name, ObjectIdentifier, Stream},
    page::{Page as PdfPage, Resources},
};

use super::{
    forms::text_of,
    survey::Survey,
    update::{Update, dict_with},
    words,
};
use crate::model::{PageNo, Problem};

/// A file larger than this is not held twice, to look at its layers.
const LARGEST: usize = 256 << 20;
/// Characters and layers that are told.
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
    let message =
        format!("page {page} holds words that are not painted, are white or covered, and that were not read: {count}");
    (count > 0).then(|| Problem { kind: "hidden_words".to_owned(), message, page: Some(page) })
}

/// How many words one text has more than another.
fn more(text: &str, shown: &str) -> usize {
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
    if survey.undrawn.is_empty() || !(names_font_outside(page.resources(), DEEPEST, &mut 0) || annotations_do(page)) {
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

fn annotations_do(page: &PdfPage<'_>) -> bool {
    let annotations = page.raw().get::<Array<'_>>("Annots");
    let mut annotations = annotations.iter().flat_map(|annotations| annotations.iter::<Dict<'_>>().take(MOST_FORMS));
    annotations.any(|annotation| {
        let shown = annotation.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Stream<'_>>("N"));
        let inner = shown.as_ref().and_then(|shown| shown.dict().get::<Dict<'_>>("Resources"));
        inner.is_some_and(|inner| names_font_outside(&Resources::new(inner), DEEPEST, &mut 0))
    })
}

fn names_font_outside(resources: &Resources<'_>, depth: usize, looked_at: &mut usize) -> bool {
    let is_outside = |font: Dict<'_>| {
        let inner = font.get::<Array<'_>>("DescendantFonts").and_then(|inner| inner.iter::<Dict<'_>>().next());
        let descriptor = inner.as_ref().unwrap_or(&font).get::<Dict<'_>>("FontDescriptor");
        let brings = |descriptor: Dict<'_>| {
            ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| descriptor.contains_key(*key))
        };
        font.get::<Name<'_>>("Subtype").as_deref() != Some(b"Type3") && !descriptor.is_some_and(brings)
    };
    let fonts = &resources.fonts;
    if fonts.keys().any(|name| fonts.get::<Dict<'_>>(&*name).is_some_and(is_outside)) {
        return true;
    }
    let forms = &resources.x_objects;
    depth > 0
        && forms.keys().filter_map(|name| forms.get::<Stream<'_>>(&*name)).any(|form| {
            *looked_at += 1;
            let inner = form.dict().get::<Dict<'_>>("Resources");
            *looked_at <= MOST_FORMS
                && inner.is_some_and(|inner| names_font_outside(&Resources::new(inner), depth - 1, looked_at))
        })
}

/// The layers of a file that are off, as it is opened (8.11.4.3).
pub(super) struct Layers {
    off: HashSet<ObjectIdentifier>,
    names: BTreeMap<ObjectIdentifier, String>,
}

impl Layers {
    pub(super) fn of(pdf: &Pdf) -> Option<Self> {
        let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        let properties = root.get::<Dict<'_>>("OCProperties")?;
        let settings = properties.get::<Dict<'_>>("D")?;
        let listed = |of: &Dict<'_>, key: &str| -> Vec<ObjectIdentifier> {
            let list = of.get::<Array<'_>>(key);
            list.iter().flat_map(|list| list.raw_iter()).filter_map(|item| Some(item.as_obj_ref()?.into())).collect()
        };
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
        // Forms and images name their layer themselves.
        let on_page = self.on(page);
        let ids = if on_page.is_empty() { self.off.iter().copied().collect() } else { on_page };
        (count > 0).then(|| self.told(number, &ids, &count.to_string()))
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
        let mut names: Vec<_> =
            ids.iter().filter_map(|id| self.names.get(id)).map(|name| format!("“{name}”")).collect();
        names.sort();
        names.dedup();
        names.truncate(TOLD);
        let message = format!(
            "page {number} has words in a layer that is off, which were not read (the layer, and how many words): {}, {count}",
            names.join(", ")
        );
        Problem { kind: "layer_not_shown".to_owned(), message, page: Some(number) }
    }
}
