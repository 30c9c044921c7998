//! Accepts an archival copy, or says why not: its conformance, what each page looks like beside the original's, and
//! whether the words that were read can be found in it. What fails here must not be called an archival copy.

use std::{collections::BTreeSet, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    Effort, Request,
    check::{self, Finding},
    compare::{self, PageComparison, TextComparison},
};
use crate::{
    Result,
    error::Context,
    model::{Language, MediaType, PageNo, PageReading, PageState, TextSource},
    pages::Source,
};

// What looks the same: the figures that these limits rest on stand in the documentation of [`compare`].
/// The largest mean difference of a page.
const MEAN: f64 = 0.005;
/// The largest share of a page's pixels that may differ by more than a quarter.
const BEYOND: f64 = 0.001;
/// The largest share of differing pixels in a square of a quarter of an inch.
pub(super) const PATCH: f64 = 0.025;
/// The same of a page that is an image of what the original draws: it can be coarser, but lacks nothing.
const PATCH_DRAWN: f64 = 0.1;
/// The largest difference of a color that is most of it.
pub(super) const COLOR: f64 = 0.06;
/// The largest share by which a page may be wider or higher than its original: a point on A4.
const SIZE: f64 = 0.002;
/// The least share of the characters read that the copy must give in reading order.
const CHARACTERS: f64 = 0.99;
/// The least share of the words.
const WORDS: f64 = 0.95;
/// The most findings told in a reason; all are kept in the figures.
const TOLD: usize = 3;

/// Whether a copy is an archival copy, and what that rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Acceptance {
    /// Nothing stands against it.
    pub accepted: bool,
    /// What stands against it, in English; [`Acceptance::reasons_in`] tells it in Dutch too.
    pub reasons: Vec<String>,
    /// Where it does not conform to PDF/A-2u.
    pub conformance: Vec<Finding>,
    /// How each page looks beside the original's.
    pub pages: Vec<PageComparison>,
    /// How much of the words it gives.
    pub text: TextComparison,
    /// Name and version of the checker of conformance.
    pub checker: String,
    /// Pages of the document, and pages of the copy.
    pub counts: (u32, u32),
    /// Pages that hold what neither the reading's drawing nor the copy's shows.
    #[serde(default)]
    pub unshown: Vec<PageNo>,
}

/// Problems of a page that tell of something in the original which a copy would leave out.
const UNSHOWN: [&str; 13] = [
    "xfa_form",
    "annotation_not_hidden",
    "form_value_not_shown",
    "annotation_not_shown",
    "drawing_not_shown",
    "pages_missing",
    "page_damaged",
    "page_content_damaged",
    "page_font_damaged",
    "page_font_missing",
    "content_incomplete",
    "text_not_drawn",
    "font_missing",
];

/// Checks a copy that was made with this effort against the standard and against its original. An error means that it
/// could not be judged at all.
pub fn accept(request: &Request<'_>, effort: &Effort, copy: &Path) -> Result<Acceptance> {
    let conformance = check::check(copy)?;
    let original = Source::open(request.original, request.media, request.password)?;
    let opened = Source::open(copy, MediaType::Pdf, None).doing(|| "failed to open the archival copy")?;
    let (mut pages, mut text) = (Vec::new(), TextComparison::default());
    let range = request.first_page.index()..=request.last_page.index();
    let readings = request.reading.pages.iter().filter(|reading| range.contains(&reading.page.index()));
    for (index, reading) in readings.enumerate() {
        let in_copy = PageNo::from_index(index);
        let comparison = compare::page(&original, &opened, reading, in_copy);
        pages.push(PageComparison { drawn: effort.draws(reading.page), ..comparison });
        if reading.state == PageState::Read {
            // Words laid over a scan stand where OCR saw them, on lines as crooked as the scan's: how they follow one
            // another is told by the order in which they are written.
            let given = match reading.source {
                TextSource::Ocr => opened.written(in_copy),
                TextSource::Digital | TextSource::None => opened.words(in_copy),
            };
            text.add(reading, &given.unwrap_or_default());
        }
    }
    let counts = (range.count() as u32, opened.page_count() as u32);
    let mut acceptance = Acceptance {
        accepted: false,
        reasons: Vec::new(),
        conformance,
        pages,
        text,
        checker: check::CHECKER.to_owned(),
        counts,
        unshown: request.pages().filter(|page| holds_unshown(page)).map(|page| page.page).collect(),
    };
    acceptance.reasons = acceptance.reasons_in(Language::English);
    acceptance.accepted = acceptance.reasons.is_empty();
    Ok(acceptance)
}

/// What stands against any copy of these pages, however it is made: something of the original is not shown. None where
/// nothing does.
pub fn stands_against_all<'a>(pages: impl IntoIterator<Item = &'a PageReading>, language: Language) -> Option<String> {
    pages.into_iter().find(|page| holds_unshown(page)).map(|page| not_shown(page.page, language))
}

fn not_shown(page: PageNo, language: Language) -> String {
    language.say(
        format!("het origineel bevat wat niet wordt getoond: zie de opmerkingen bij pagina {page}"),
        format!("the original holds what is not shown: see the problems of page {page}"),
    )
}

impl Acceptance {
    /// What stands against the copy, for people.
    pub fn reasons_in(&self, language: Language) -> Vec<String> {
        let against =
            [Self::against_count, Self::against_form, Self::against_looks, Self::against_words, Self::against_unshown];
        against.iter().filter_map(|against| against(self, language)).collect()
    }

    /// The original's pages that look otherwise in the copy or do not give their words; nothing where that cannot be
    /// said page by page.
    pub(super) fn pages_unlike(&self) -> Option<BTreeSet<PageNo>> {
        if self.against_count(Language::English).is_some() {
            return None;
        }
        let looks = self.pages.iter().filter(|page| !looks_the_same(page)).map(|page| page.page);
        let words = self.text.lacking.iter().copied().filter(|_| self.against_words(Language::English).is_some());
        Some(looks.chain(words).collect())
    }

    fn against_count(&self, language: Language) -> Option<String> {
        let (pages, copied) = self.counts;
        (pages != copied || pages as usize != self.pages.len()).then(|| {
            language.say(
                format!("de kopie heeft {copied} pagina's, het document {pages}"),
                format!("the copy has {copied} pages, the document {pages}"),
            )
        })
    }

    fn against_form(&self, language: Language) -> Option<String> {
        let count = self.conformance.len();
        let told: Vec<String> = self.conformance.iter().take(TOLD).map(Finding::to_string).collect();
        (count > 0).then(|| {
            let told = told.join("; ");
            language.say(
                format!("de kopie voldoet niet aan PDF/A-2u ({count} bevindingen): {told}"),
                format!("the copy does not conform to PDF/A-2u ({count} findings): {told}"),
            )
        })
    }

    fn against_looks(&self, language: Language) -> Option<String> {
        let other: Vec<&PageComparison> = self.pages.iter().filter(|page| !looks_the_same(page)).collect();
        let first = other.first()?;
        let (count, page) = (other.len(), first.page);
        let why = match &first.failed {
            Some(why) => {
                language.say(format!("kan niet worden vergeleken ({why})"), format!("cannot be compared ({why})"))
            }
            None => looks_other(first, language),
        };
        Some(language.say(
            format!("{count} pagina's zien er anders uit dan in het origineel; pagina {page}: {why}"),
            format!("{count} pages look different from the original; page {page}: {why}"),
        ))
    }

    fn against_unshown(&self, language: Language) -> Option<String> {
        self.unshown.first().map(|page| not_shown(*page, language))
    }

    fn against_words(&self, language: Language) -> Option<String> {
        let TextComparison { characters, share, .. } = self.text;
        (characters < CHARACTERS || share < WORDS).then(|| {
            let (words, characters) = (share * 100.0, characters * 100.0);
            language.say(
                format!(
                    "de kopie geeft {words:.1} % van de gelezen woorden en {characters:.1} % van de tekens in \
                     leesvolgorde"
                ),
                format!(
                    "the copy gives {words:.1} % of the words read and {characters:.1} % of the characters in reading \
                     order"
                ),
            )
        })
    }
}

fn holds_unshown(page: &PageReading) -> bool {
    page.problems.iter().any(|problem| UNSHOWN.contains(&problem.kind.as_str()))
}

fn looks_the_same(page: &PageComparison) -> bool {
    page.failed.is_none() && page.size <= SIZE && page.color <= COLOR && has_same_pixels(page)
}

fn has_same_pixels(page: &PageComparison) -> bool {
    let patch = if page.drawn { PATCH_DRAWN } else { PATCH };
    page.mean <= MEAN && page.beyond <= BEYOND && page.patch <= patch
}

/// In what a page of the copy looks otherwise.
fn looks_other(page: &PageComparison, language: Language) -> String {
    let [beyond, mean, patch, size] = [page.beyond, page.mean, page.patch, page.size].map(|share| share * 100.0);
    let mut other = Vec::new();
    if page.size > SIZE {
        other.push(language.say(
            format!("de bladzijde is {size:.1} % groter of kleiner"),
            format!("its width or height differs by {size:.1} %"),
        ));
    }
    if page.color > COLOR {
        other.push(language.say(
            "een kleur is verdwenen, erbij gekomen of een andere geworden".into(),
            "a color is gone, came in or is another".into(),
        ));
    }
    if !has_same_pixels(page) {
        other.push(language.say(
            format!("{beyond:.2} % van de punten is anders, op één plek {patch:.0} %, gemiddeld {mean:.2} %"),
            format!("{beyond:.2} % of its pixels differ, {patch:.0} % in one place, {mean:.2} % on average"),
        ));
    }
    other.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Problem;

    #[test]
    fn what_the_original_does_not_show_stands_against_every_copy() {
        let page = |kind: &str| {
            let page = PageNo::from_index(4);
            let mut reading = PageReading::wordless(page, PageState::Read, 595.0, 842.0);
            reading.problems.push(Problem { kind: kind.to_owned(), message: String::new(), page: Some(page) });
            reading
        };
        let against = |pages: &[PageReading]| stands_against_all(pages, Language::English);
        assert_eq!(against(&[page("low_resolution")]), None);
        for kind in ["pages_missing", "annotation_not_hidden", "xfa_form", "font_missing", "content_incomplete"] {
            let told = against(&[page("low_resolution"), page(kind)]);
            assert!(told.is_some_and(|told| told.contains("page 5")), "{kind}");
        }
        // What nobody is shown, no copy has to show.
        for kind in ["annotation_hidden", "form_value_differs", "picture_in_layer", "hidden_words"] {
            assert_eq!(against(&[page(kind)]), None, "{kind}");
        }
    }
}
