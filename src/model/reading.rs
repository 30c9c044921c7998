//! What was read from an original: words with boxes, page by page. The product of the rooms `pages` and `ocr`,
//! and all that `text` and `extract` see of a document.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Blake3, Language, PageBox, PageNo, PageState, TextSource, unread::Refusal};

/// One word as read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Where its characters start in [`PageReading::text`], in bytes.
    pub start: u32,
    /// Where they end, in bytes.
    pub end: u32,
    /// Its place on the page as displayed.
    pub bounds: PageBox,
    /// How sure the reader is, in percent; 100 for born-digital words.
    pub confidence: u8,
    /// Height of its type in quarter points (48 = 12 points), 0 where unknown.
    pub size: u8,
    /// Set in bold (born digital only).
    pub bold: bool,
    /// The column or block that the reader saw it in, from 0.
    pub block: u16,
    /// The line on the page that the reader saw it in, from 0; never shared by two blocks.
    pub line: u16,
}

/// One page as read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageReading {
    /// Its number in the original.
    pub page: PageNo,
    /// Its accounted state.
    pub state: PageState,
    /// Where its words come from.
    pub source: TextSource,
    /// Width as displayed, in points (1/72 inch).
    pub width_pt: f32,
    /// Height as displayed, in points.
    pub height_pt: f32,
    /// Degrees clockwise (0, 90, 180, 270) by which the displayed page must be turned to stand upright.
    pub turn: u16,
    /// Skew that was taken out for reading, in degrees clockwise.
    pub skew: f32,
    /// Resolution of the scan in dots per inch, where the page is one.
    pub dpi: Option<u16>,
    /// OCR languages used (`nld`, `eng`, `nld+eng`), where OCR was used.
    pub ocr_language: Option<String>,
    /// The words in the reader's order, parted by single spaces, lines by `\n`.
    pub text: String,
    /// The words' places; `start`/`end` point into `text`.
    pub words: Vec<Word>,
    /// What went wrong or in a lesser way.
    pub problems: Vec<Problem>,
    /// The digest of what a page of words paints, for who compares a copy with it in the same run; it is not kept.
    pub marks: Option<Blake3>,
}

impl PageReading {
    /// The characters of a word.
    pub fn word_text(&self, word: &Word) -> &str {
        self.text.get(word.start as usize..word.end as usize).unwrap_or("")
    }

    /// A word's box on the page turned upright.
    pub fn upright(&self, word: &Word) -> PageBox {
        word.bounds.turned(self.turn)
    }

    /// Width and height in points of the page turned upright.
    pub fn upright_size(&self) -> (f32, f32) {
        if self.turn % 180 == 90 { (self.height_pt, self.width_pt) } else { (self.width_pt, self.height_pt) }
    }

    /// A page without words.
    pub fn wordless(page: PageNo, state: PageState, width_pt: f32, height_pt: f32) -> Self {
        Self {
            page,
            state,
            source: TextSource::None,
            width_pt,
            height_pt,
            turn: 0,
            skew: 0.0,
            dpi: None,
            ocr_language: None,
            text: String::new(),
            words: Vec::new(),
            problems: Vec::new(),
            marks: None,
        }
    }
}

/// Something that a person should know about a document: it was read all the same, or only partly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A typed kind in snake_case, e.g. `page_too_large`, `low_resolution`, `bad_text_layer`.
    pub kind: String,
    /// A sentence for people; that of a page is in English, as the stored words are the same for all.
    pub message: String,
    /// The page concerned.
    pub page: Option<PageNo>,
}

impl Problem {
    /// The kind of the problem that a PDF has files in it.
    pub const ATTACHED: &str = "attachments_not_read";
    /// The same of a word-processor file.
    pub const EMBEDDED: &str = "embedded_left_out";

    /// What a fault of an original or of its reader makes of a page, by the fault's name.
    pub fn of_page(fault: Option<&str>, page: PageNo, why: &str) -> Self {
        let refusal = fault.and_then(Refusal::of_fault);
        let kind = refusal.map_or("page_unreadable", |refusal| refusal.kind);
        let plain = || why.strip_prefix(&format!("failed to read page {page}: ")).unwrap_or(why);
        let why = refusal.and_then(|refusal| refusal.english).unwrap_or_else(plain);
        let message = format!("page {page} could not be read: {why}");
        Self { kind: kind.to_owned(), message, page: Some(page) }
    }

    /// Something that stands in the original was not read: what is told beside it was read another way.
    pub fn is_loss(&self) -> bool {
        const LOSSES: [&str; 4] = ["content_incomplete", "image_incomplete", "pages_missing", "nothing_read"];
        LOSSES.contains(&self.kind.as_str()) || self.kind.starts_with("page_")
    }

    /// The sentence in a language.
    pub fn told(&self, language: Language) -> Cow<'_, str> {
        let Some(page) = self.page.filter(|_| language == Language::Dutch) else { return Cow::from(&self.message) };
        let unread = |why: &str| Cow::from(format!("pagina {page} kon niet worden gelezen: {why}"));
        if let Some(refusal) = Refusal::of_kind(&self.kind) {
            return unread(refusal.dutch);
        }
        match self.kind.as_str() {
            "page_unreadable" => unread(&format!("het leesproces kwam er niet uit ({})", self.message)),
            "image_incomplete" => Cow::from(format!(
                "een beeld op pagina {page} is afgekapt of beschadigd: wat ontbreekt kon niet worden gelezen"
            )),
            "low_resolution" => {
                Cow::from(format!("pagina {page} is met te lage resolutie gescand: scan opnieuw met 300 dpi"))
            }
            "scaled_for_reading" => {
                Cow::from(format!("pagina {page} is voor het lezen verkleind; het origineel is zoals het was"))
            }
            "bad_text_layer" => {
                Cow::from(format!("de tekstlaag van pagina {page} deugt niet; de pagina is van haar beeld gelezen"))
            }
            "form_value_not_shown" => {
                let value = self.told_after_colon();
                Cow::from(format!(
                    "pagina {page} heeft een formulierveld waarvan de waarde niet wordt getoond: {value}"
                ))
            }
            "content_incomplete" => Cow::from(format!(
                "een deel van wat pagina {page} toont is in het bestand afgekapt of beschadigd: het kon niet worden gelezen"
            )),
            "text_not_drawn" => Cow::from(format!(
                "een lettertype op pagina {page} is beschadigd: tekst die erin is gezet kon niet worden gelezen"
            )),
            "font_missing" if self.message.contains("numbers of its forms") => Cow::from(format!(
                "pagina {page} heeft tekst in een lettertype dat niet in het bestand zit, geschreven als nummers van \
                 vormen: wat er staat is niet bekend, en andere programma's tonen mogelijk andere tekens (hoeveel): {}",
                self.told_after_colon().rsplit(' ').next().unwrap_or_default()
            )),
            "font_missing" if self.message.contains("a font of signs") => Cow::from(format!(
                "pagina {page} heeft tekst in een lettertype met tekens, zoals aangekruiste vakjes, dat niet in het bestand \
                 zit: programma's die het hebben tonen andere tekens dan hier zijn gelezen"
            )),
            "font_missing" => Cow::from(format!(
                "pagina {page} heeft tekens in een lettertype dat niet in het bestand zit en hier niet is; ze worden niet \
                 getekend, ook niet in een kopie: {}",
                self.told_after_colon()
            )),
            "hidden_words" => Cow::from(format!(
                "pagina {page} bevat woorden die niet zijn getekend, wit zijn, bedekt of afgesneden, en die niet zijn gelezen: {}",
                self.told_after_colon()
            )),
            "layer_not_shown" => Cow::from(format!(
                "pagina {page} heeft woorden in een laag die uit staat, en die niet zijn gelezen (de laag, en hoeveel \
                 woorden): {}",
                self.told_after_colon()
            )),
            "layer_by_use" => Cow::from(format!(
                "pagina {page} heeft iets in lagen die programma's op een scherm anders kunnen tonen dan op papier; ze zijn \
                 gelezen, en staan in een kopie, zoals het bestand opent: {}",
                self.told_after_colon()
            )),
            "picture_in_layer" => Cow::from(format!(
                "pagina {page} heeft afbeeldingen in een laag die uit staat, en die niet zijn gelezen (de laag, en hoeveel): \
                 {}",
                self.told_after_colon()
            )),
            "annotation_not_shown" => Cow::from(format!(
                "pagina {page} heeft tekst in een annotatie die niet wordt getekend: {}",
                self.told_after_colon()
            )),
            "drawing_not_shown" => Cow::from(format!(
                "pagina {page} heeft annotaties die geen tekening van zichzelf meebrengen; andere programma's maken er een, \
                 die in geen kopie staat: {}",
                self.told_after_colon()
            )),
            "annotation_hidden" => Cow::from(format!(
                "pagina {page} heeft annotaties die niet op een scherm worden getoond, en die niet zijn gelezen: {}",
                self.told_after_colon()
            )),
            "annotation_not_hidden" => Cow::from(format!(
                "pagina {page} heeft annotaties in een laag die uit staat, en die toch tussen het gelezene staan: {}",
                self.told_after_colon()
            )),
            "form_value_differs" => Cow::from(format!(
                "pagina {page} heeft een formulierveld waarvan de waarde niet is wat de pagina toont: {}",
                self.told_after_colon()
            )),
            "xfa_form" => Cow::from(format!(
                "het bestand is een formulier dat alleen een programma voor XFA-formulieren toont: zijn pagina's zijn niet \
                 wat zo'n programma toont; druk het daarmee (Adobe Reader) af naar PDF en neem die ook op. De waarden \
                 erin: {}",
                self.message.rsplit_once("The values in it: ").map_or("", |(_, told)| told)
            )),
            "note_not_shown" => Cow::from(format!(
                "pagina {page} heeft een notitie die geen deel van de pagina is: {}",
                self.told_after_colon()
            )),
            "struck_out" => Cow::from(format!(
                "pagina {page} heeft tekst die met een annotatie is doorgehaald, en die is meegelezen: ga na wat geldt"
            )),
            Self::ATTACHED => Cow::from(format!(
                "het bestand heeft bijlagen, die geen deel van deze tekst zijn; `griffie ingest` neemt elk apart op: {}",
                self.told_after_colon()
            )),
            "nothing_read" => Cow::from(format!(
                "er staat iets op pagina {page}, maar geen woord ervan kon worden gelezen: bekijk haar"
            )),
            "picture_not_read" => {
                let said = self.message.split_once(": ").map_or("", |(_, said)| said);
                Cow::from(format!("een afbeelding op pagina {page} heeft woorden die niet in de tekst staan: {said}"))
            }
            "pictures_behind" => Cow::from(format!(
                "het bestand heeft achter het beeld van pagina {page} nog andere, die niet zijn gelezen: {}",
                self.told_after_colon()
            )),
            "pages_missing" => Cow::from("het bestand noemt meer pagina's dan er te vinden of te tonen zijn"),
            _ => Cow::from(&self.message),
        }
    }

    /// What the file itself says, behind the sentence about it.
    fn told_after_colon(&self) -> &str {
        self.message.split_once(": ").map_or("", |(_, told)| told)
    }
}

/// A whole original as read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Its pages, from 1 without gaps.
    pub pages: Vec<PageReading>,
    /// Main language of the words, where there are enough to tell.
    pub language: Option<Language>,
    /// What read it: engine, version, data; e.g. `tesseract 5.3.0 (fast build) nld+eng`.
    pub engine: String,
    /// Problems of the document as a whole (those of pages stand with the pages).
    pub problems: Vec<Problem>,
}

impl Reading {
    /// How many pages are in a state.
    pub fn count(&self, state: PageState) -> usize {
        self.pages.iter().filter(|page| page.state == state).count()
    }

    /// `digital`, `ocr`, `mixed` or `none`, as the record format names it.
    pub fn text_source(&self) -> &'static str {
        let has = |source| self.pages.iter().any(|page| page.source == source && !page.words.is_empty());
        match (has(TextSource::Digital), has(TextSource::Ocr)) {
            (true, true) => "mixed",
            (true, false) => "digital",
            (false, true) => "ocr",
            (false, false) => "none",
        }
    }

    /// Mean confidence (0 to 1) of the words read by OCR.
    pub fn mean_ocr_confidence(&self) -> Option<f64> {
        let (mut sum, mut n) = (0_u64, 0_u64);
        for word in self.pages.iter().filter(|page| page.source == TextSource::Ocr).flat_map(|page| &page.words) {
            sum += u64::from(word.confidence);
            n += 1;
        }
        (n > 0).then(|| sum as f64 / n as f64 / 100.0)
    }

    /// All problems, those of the document first.
    pub fn all_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().chain(self.pages.iter().flat_map(|page| &page.problems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_read_says_why_once() {
        let page = PageNo::from_index(2);
        let check = |fault, why: &str, want: &str| {
            assert_eq!(Problem::of_page(fault, page, why).message, format!("page 3 could not be read: {want}"));
        };
        let decoder = "failed to read page 3: the image is damaged: it cannot be decoded: CRC error: expected 0xf3";
        check(Some("damaged"), decoder, "its image is damaged: ask for another copy");
        check(None, "failed to read page 3: no space for it", "no space for it");
        check(Some("too_slow"), "it takes too long", "it takes too long");
        let said = |fault| {
            let problem = Problem::of_page(Some(fault), page, "it cannot be told");
            assert!(problem.is_loss() && !problem.message.contains("told"), "{problem:?}");
            (problem.kind.clone(), problem.told(Language::Dutch).into_owned())
        };
        let (kind, dutch) = said("font_missing");
        assert_eq!(kind, "page_font_missing");
        assert!(dutch.starts_with("pagina 3 kon niet worden gelezen: de tekst is gezet in een lettertype"), "{dutch}");
        assert_eq!(said("content_damaged").0, "page_content_damaged");
        assert_eq!(said("font_damaged").0, "page_font_damaged");
    }
}
