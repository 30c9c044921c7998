//! Reads a page image into words with boxes and confidences, with tesseract in process. Puts the page upright and
//! straight for reading only: every box it gives lies on the page as displayed. Knows nothing of files.

use std::{collections::VecDeque, fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    Result,
    model::{PageNo, PageReading, PageState, Problem, TextSource},
    pages::PageImage,
};

mod api;
mod canvas;
mod clean;
mod even;
pub mod language;
mod library;
mod straighten;
mod upright;

use api::{ReadWord, Tesseract};
use canvas::Canvas;
pub use language::Languages;
use library::Installed;
use straighten::Rotation;
use upright::Lines;

/// Grey pages are read at this resolution: scaling averages a scanner's noise away, and costs less time to read.
const READING_DPI: f32 = 200.0;
/// Black-and-white pages are read as they are up to this resolution; finer ones are averaged to grey.
const FINEST_BILEVEL_DPI: f32 = 400.0;
/// Coarser pages are enlarged: the engine wants letters of some twenty pixels.
const COARSEST_DPI: f32 = 140.0;
/// Below this, reading errors rise steeply, and a person should know.
const LOW_DPI: f32 = 130.0;

/// A word in a picture is one where the engine is so sure of it, in percent.
const SURE: f32 = 75.0;
/// So many pictures are remembered.
const KNOWN: usize = 16;

/// A page of which this share was read for sure is upright: bad scans have half of it, pages on their head a tenth.
const TRUSTED: f32 = 0.4;

/// Where the engine is. What is absent is looked for in the usual places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineSettings {
    /// The library file.
    pub library: Option<PathBuf>,
    /// The folder with the languages' data.
    pub data: Option<PathBuf>,
}

/// What reads: said at start and kept with each reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineFacts {
    /// The engine's version.
    pub version: String,
    /// The build that `tests/setup.sh` makes for this machine; else the system's library.
    pub fast: bool,
    /// The library file.
    pub library: PathBuf,
    /// The folder with the languages' data.
    pub data: PathBuf,
    /// The languages that are installed, of those that griffie reads.
    pub languages: Vec<String>,
}

impl fmt::Display for EngineFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let build = if self.fast { "fast build" } else { "system library" };
        write!(f, "tesseract {} ({build}) {}", self.version, self.languages.join("+"))
    }
}

/// An OCR engine; one for each worker process.
pub struct Engine {
    installed: Installed,
    /// One for each choice of languages, made when first needed: loading takes a moment, and memory.
    loaded: Vec<(Languages, Tesseract)>,
    /// What the last pictures on pages of words say, by their pixels.
    pictures: VecDeque<Picture>,
}

impl Engine {
    /// Finds the engine. Fails with [`ErrorKind::MissingTool`](crate::ErrorKind::MissingTool) where there is none.
    pub fn open(settings: &EngineSettings) -> Result<Self> {
        Ok(Self { installed: Installed::find(settings)?, loaded: Vec::new(), pictures: VecDeque::new() })
    }

    /// What reads.
    pub fn facts(&self) -> &EngineFacts {
        &self.installed.facts
    }

    /// Reads a page, in the languages of the document where they are known.
    pub fn read(&mut self, image: PageImage, languages: Option<Languages>) -> Result<PageReading> {
        let mut reading = PageReading::wordless(image.page, PageState::Read, image.width_pt, image.height_pt);
        reading.source = TextSource::Ocr;
        reading.dpi = image.own_pixels.then_some(image.dpi.round().clamp(0.0, f32::from(u16::MAX)) as u16);
        reading.problems.clone_from(&image.problems);
        if image.own_pixels && image.dpi < LOW_DPI {
            let message = format!("page {} was scanned at only {:.0} dots per inch", image.page, image.dpi);
            reading.problems.push(Problem { kind: "low_resolution".to_owned(), message, page: Some(image.page) });
        }
        let (place, is_doubtful) = (image.place, image.is_doubtful);
        let Ready { mut page, dpi } = image.into();
        if is_doubtful {
            page.darken();
        }
        if !page.has_ink() {
            if !is_doubtful {
                reading.problems.push(nothing_read(reading.page));
            }
            reading.state = if is_doubtful { PageState::Blank } else { PageState::Read };
            return Ok(reading);
        }
        let languages = self.installed.available(languages.unwrap_or_default());
        let attempt = self.read_upright(page, dpi, languages)?;
        reading.turn = attempt.turn;
        reading.skew = attempt.skew;
        let mut words = attempt.words;
        let mut used = languages;
        if language::other_language(languages, &words) {
            used = self.installed.available(Languages::Both);
            words = self.engine(used)?.read(&attempt.page, dpi)?;
        }
        if attempt.skew != 0.0 {
            let rotation = Rotation::of(&attempt.page, attempt.skew);
            words.iter_mut().for_each(|word| word.bounds = rotation.skewed_box(word.bounds));
        }
        reading.ocr_language = Some(used.code().to_owned());
        // What the engine guesses of show-through is none of this page's: that is better read from behind.
        if is_doubtful && trust(&words) < TRUSTED {
            let behind = self.engine(used)?.read(&attempt.page.mirrored(), dpi)?;
            if letters(&words) <= letters(&behind) {
                reading.state = PageState::Blank;
                return Ok(reading);
            }
        }
        clean::enter_words(&words, place, &attempt.page, &mut reading);
        if reading.words.is_empty() {
            reading.problems.push(nothing_read(reading.page));
        }
        Ok(reading)
    }

    /// What a page of words says in pictures, if that is more than it says in words: it is told, not read.
    pub fn unread_words(
        &mut self,
        image: PageImage,
        page: &PageReading,
        languages: Option<Languages>,
    ) -> Result<Option<Problem>> {
        let languages = self.installed.available(languages.unwrap_or_default());
        // Letterheads are the same on page after page.
        let pixels = blake3::hash(&image.luma);
        let said = match self.pictures.iter().find(|known| (known.languages, known.pixels) == (languages, pixels)) {
            Some(known) => &known.said,
            None => {
                let Ready { page, dpi } = image.into();
                let words = if page.has_ink() { self.engine(languages)?.read(&page, dpi)? } else { Vec::new() };
                let sure = words.into_iter().filter(|word| word.confidence >= SURE);
                if self.pictures.len() >= KNOWN {
                    self.pictures.pop_front();
                }
                self.pictures.push_back(Picture { languages, pixels, said: sure.map(|word| word.text).collect() });
                &self.pictures[self.pictures.len() - 1].said
            }
        };
        Ok(said_in_pictures(said, &page.text).map(|said| picture_not_read(page.page, &said)))
    }

    /// How many words the engine alone finds, without any of griffie's own steps: what [`read`](Self::read) is
    /// measured against.
    pub fn read_bare(&mut self, ready: &Ready, languages: Languages) -> Result<usize> {
        let languages = self.installed.available(languages);
        Ok(self.engine(languages)?.read(&ready.page, ready.dpi)?.len())
    }

    /// Reads a page in the direction that gives words. An upright page is read once, and at once: only a page whose
    /// lines run down, or that gives no words that can be trusted, is tried in other directions.
    fn read_upright(&mut self, page: Canvas, dpi: f32, languages: Languages) -> Result<Attempt> {
        // 72 dots per inch keep lines apart, and leave few pixels to count.
        let small = page.scaled((72.0 / dpi).min(1.0));
        let lines = upright::lines(&small);
        let first = if lines == Lines::Down { self.best_turn(&page, &small, dpi, languages, &[90, 270])? } else { 0 };
        let mut attempt = self.read_turned(&page, &small, first, dpi, languages)?;
        // The engine reads columns of lying text too, but then its lines run down the page: a page on its head is tried
        // as such before it is tried on its sides.
        let across: &[&[u16]] = if lines == Lines::Across { &[&[0, 180]] } else { &[] };
        for &turns in across.iter().chain(&[&[0, 90, 180, 270][..]]) {
            if trust(&attempt.words) >= TRUSTED {
                break;
            }
            let best = self.best_turn(&page, &small, dpi, languages, turns)?;
            if best != attempt.turn {
                let other = self.read_turned(&page, &small, best, dpi, languages)?;
                if letters(&other.words) > letters(&attempt.words) {
                    attempt = other;
                }
            }
        }
        Ok(attempt)
    }

    fn read_turned(
        &mut self,
        page: &Canvas,
        small: &Canvas,
        turn: u16,
        dpi: f32,
        languages: Languages,
    ) -> Result<Attempt> {
        let turned = page.turned(turn);
        let skew = straighten::skew(&small.turned(turn));
        let page = straightened(turned, skew);
        let words = self.engine(languages)?.read(&page, dpi)?;
        Ok(Attempt { page, turn, skew, words })
    }

    /// The direction in which the page's most telling band gives most letters.
    fn best_turn(
        &mut self,
        page: &Canvas,
        small: &Canvas,
        dpi: f32,
        languages: Languages,
        turns: &[u16],
    ) -> Result<u16> {
        let mut best = (0, turns.first().copied().unwrap_or(0));
        for &turn in turns {
            // Lines that are far from level fall into no band.
            let skew = straighten::skew(&small.turned(turn));
            let skew = if skew.abs() > upright::FAR_FROM_LEVEL { skew } else { 0.0 };
            let band = upright::telling_band(&straightened(page.turned(turn), skew));
            let letters = letters(&self.engine(languages)?.read(&band, dpi)?);
            if letters > best.0 {
                best = (letters, turn);
            }
        }
        Ok(best.1)
    }

    fn engine(&mut self, languages: Languages) -> Result<&mut Tesseract> {
        let at = match self.loaded.iter().position(|(loaded, _)| *loaded == languages) {
            Some(at) => at,
            None => {
                self.loaded.push((languages, self.installed.load(languages)?));
                self.loaded.len() - 1
            }
        };
        Ok(&mut self.loaded[at].1)
    }
}

/// An image at the resolution that it is read best at.
pub struct Ready {
    page: Canvas,
    dpi: f32,
}

impl From<PageImage> for Ready {
    fn from(image: PageImage) -> Self {
        let page = Canvas { width: image.width as usize, height: image.height as usize, luma: image.luma };
        let (page, dpi) = for_reading(page, image.dpi, image.bilevel);
        Self { page, dpi }
    }
}

impl Ready {
    /// The page with a skew (degrees clockwise) taken out.
    pub fn straightened(self, skew: f32) -> Self {
        Self { page: straightened(self.page, skew), ..self }
    }
}

fn straightened(page: Canvas, skew: f32) -> Canvas {
    if skew == 0.0 { page } else { Rotation::of(&page, skew).straighten(&page) }
}

/// A picture on a page of words.
struct Picture {
    languages: Languages,
    pixels: blake3::Hash,
    /// The words in it that the engine is sure of.
    said: Vec<String>,
}

/// A page read in one direction.
struct Attempt {
    /// As it was read: upright and straight.
    page: Canvas,
    turn: u16,
    skew: f32,
    words: Vec<ReadWord>,
}

/// What pictures say beyond the page's own text: words of three letters and more, that are no part of it.
fn said_in_pictures(words: &[String], text: &str) -> Option<String> {
    /// Fewer letters and digits are no words but the rests of some.
    const LEAST: usize = 5;
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let text = plain(text);
    let is_new = |word: &&String| {
        let word = plain(word);
        word.chars().count() > 2 && !text.contains(&word)
    };
    let letters: usize = words.iter().filter(is_new).map(|word| plain(word).chars().count()).sum();
    (letters >= LEAST).then(|| words.join(" "))
}

/// Says that pictures on a page of words hold others.
fn picture_not_read(page: PageNo, said: &str) -> Problem {
    /// So many characters tell a person where to look.
    const TOLD: usize = 80;
    let more = if said.chars().count() > TOLD { " …" } else { "" };
    let said: String = said.chars().take(TOLD).collect();
    let message = format!("a picture on page {page} holds words that are not in the text: {said}{more}");
    Problem { kind: "picture_not_read".to_owned(), message, page: Some(page) }
}

/// Says that a page which is not empty gave no word.
fn nothing_read(page: PageNo) -> Problem {
    let message = format!("something stands on page {page}, but no word of it could be read: look at it");
    Problem { kind: "nothing_read".to_owned(), message, page: Some(page) }
}

/// Letters and digits in words of more than two that the engine is sure of: garbage has few of them.
fn letters(words: &[ReadWord]) -> usize {
    let sure = words.iter().filter(|word| word.confidence >= 70.0);
    sure.map(|word| word.text.chars().filter(|c| c.is_alphanumeric()).count()).filter(|&n| n > 2).sum()
}

/// The share (0 to 1) of what was read that can be trusted.
fn trust(words: &[ReadWord]) -> f32 {
    let all: usize = words.iter().map(|word| word.text.chars().count()).sum();
    letters(words) as f32 / all.max(1) as f32
}

/// The page at the resolution that it is read best at.
fn for_reading(page: Canvas, dpi: f32, bilevel: bool) -> (Canvas, f32) {
    let keep = if bilevel { dpi < FINEST_BILEVEL_DPI } else { dpi <= READING_DPI * 1.05 };
    let (mut page, dpi) = match keep && dpi >= COARSEST_DPI {
        true => (page, dpi),
        false => (page.scaled(READING_DPI / dpi), READING_DPI),
    };
    if !bilevel {
        even::lighten(&mut page, dpi);
    }
    (page, dpi)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ErrorKind,
        model::{PageBox, PageNo},
    };

    const PAGE: &[u8] = include_bytes!("../tests/fixtures/lease-page.png");

    fn engine() -> Engine {
        Engine::open(&EngineSettings::default()).expect("tests/setup.sh installs the engine")
    }

    fn lease() -> Canvas {
        let page = image::load_from_memory(PAGE).unwrap().into_luma8();
        Canvas { width: page.width() as usize, height: page.height() as usize, luma: page.into_raw() }
    }

    fn image(page: Canvas) -> PageImage {
        let points = |pixels: usize| pixels as f32 * 72.0 / 200.0;
        PageImage {
            page: PageNo::from_index(0),
            width_pt: points(page.width),
            height_pt: points(page.height),
            place: PageBox::new(0.0, 0.0, 1.0, 1.0),
            width: page.width as u32,
            height: page.height as u32,
            luma: page.luma,
            dpi: 200.0,
            bilevel: false,
            own_pixels: true,
            is_doubtful: false,
            problems: Vec::new(),
        }
    }

    /// Where `maanden.`, the last word of the first part, stands on the upright page.
    const MONTHS: PageBox = PageBox { x0: 0.639, y0: 0.379, x1: 0.757, y1: 0.404 };

    #[track_caller]
    fn check(page: Canvas, turn: u16, skew: f32) {
        let reading = engine().read(image(page), None).unwrap();
        assert_eq!(reading.turn, turn);
        assert!((reading.skew - skew).abs() < 0.3, "skew {} is not {skew}", reading.skew);
        assert!(reading.text.contains("opgezegd met een termijn van ten minste zes maanden."), "{}", reading.text);
        let months = reading.words.iter().find(|word| reading.word_text(word) == "maanden.").unwrap();
        let upright = reading.upright(months);
        // A skewed page's boxes are compared roughly: they have moved around the page's middle.
        let near = if skew == 0.0 { 0.01 } else { 0.03 };
        for (got, want) in <[f64; 4]>::from(upright).into_iter().zip(<[f64; 4]>::from(MONTHS)) {
            assert!((got - want).abs() < near, "{upright:?}");
        }
        assert!((40..=56).contains(&months.size), "{}", months.size);
        assert_eq!(reading.problems, []);
    }

    #[test]
    fn a_page_is_read_in_every_direction() {
        check(lease(), 0, 0.0);
        check(lease().turned(90), 270, 0.0);
        check(lease().turned(180), 180, 0.0);
        check(lease().turned(270), 90, 0.0);
    }

    #[test]
    fn a_skewed_page_is_read_straight() {
        let page = lease();
        let skewed = Rotation::of(&page, -3.0).straighten(&page);
        check(skewed, 0, 3.0);
    }

    #[test]
    fn a_part_of_a_page_has_its_boxes_on_the_page() {
        let place = PageBox::new(0.5, 0.5, 1.0, 1.0);
        let reading = engine().read(PageImage { place, ..image(lease()) }, Some(Languages::Dutch)).unwrap();
        assert!(reading.words.iter().all(|word| word.bounds.x0 > 0.5 && word.bounds.y0 > 0.5));
        assert_eq!(reading.ocr_language.as_deref(), Some("nld"));
    }

    #[test]
    fn a_page_that_gives_no_word_says_so_unless_it_may_be_empty() {
        let check = |page: &Canvas, is_doubtful, state, problems: &[&str]| {
            let reading = engine().read(PageImage { is_doubtful, ..image(page.clone()) }, None).unwrap();
            let kinds: Vec<&str> = reading.problems.iter().map(|problem| problem.kind.as_str()).collect();
            assert_eq!((reading.state, &*kinds, reading.words.len()), (state, problems, 0));
        };
        let white = Canvas { luma: vec![250; 600 * 800], width: 600, height: 800 };
        check(&white, true, PageState::Blank, &[]);
        check(&white, false, PageState::Read, &["nothing_read"]);
        let mut logo = white;
        for (x, y) in (0..120_usize).flat_map(|x| (0..120_usize).map(move |y| (x, y))) {
            if x.abs_diff(60).pow(2) + y.abs_diff(60).pow(2) < 3_600 {
                logo.luma[(300 + y) * 600 + 240 + x] = 30;
            }
        }
        check(&logo, true, PageState::Blank, &[]);
        check(&logo, false, PageState::Read, &["nothing_read"]);
    }

    #[test]
    fn a_page_far_from_level_is_read_straight() {
        // Paper around it, so that its corners stay on the page.
        let page = lease();
        let (width, height) = (page.width + 400, page.height + 400);
        let mut wide = Canvas { width, height, luma: vec![page.luma[0]; width * height] };
        for (y, row) in page.luma.chunks_exact(page.width).enumerate() {
            wide.luma[(y + 200) * width + 200..][..row.len()].copy_from_slice(row);
        }
        for degrees in [-12.0, 9.0] {
            let skewed = Rotation::of(&wide, -degrees).straighten(&wide);
            let reading = engine().read(image(skewed.clone()), None).unwrap();
            assert!((reading.skew - degrees).abs() < 0.3, "{}", reading.skew);
            assert!(reading.text.contains("opgezegd met een termijn van ten minste zes maanden."), "{}", reading.text);
            let months = reading.words.iter().find(|word| reading.word_text(word) == "maanden.").unwrap().bounds;
            let place = |x: f32, y: f32| (200.0 + x * page.width as f32, 200.0 + y * page.height as f32);
            let middle = |b: PageBox| ((b.x0 + b.x1) / 2.0, (b.y0 + b.y1) / 2.0);
            let (x, y) = middle(MONTHS);
            let (x, y) = place(x, y);
            let [x, y, ..] = Rotation::of(&wide, degrees).skewed_box([x, y, x, y]);
            let got = middle(months);
            assert!((got.0 * width as f32 - x).abs() < 25.0 && (got.1 * height as f32 - y).abs() < 25.0, "{got:?}");
        }
    }

    #[test]
    fn words_in_pictures_are_told_unless_the_page_has_them() {
        let mut page = PageReading::wordless(PageNo::from_index(0), PageState::Read, 446.0, 324.0);
        let mut engine = engine();
        let told = engine.unread_words(image(lease()), &page, None).unwrap().unwrap();
        assert_eq!(told.kind, "picture_not_read");
        assert!(told.message.contains("HUUROVEREENKOMST BEDRIJFSRUIMTE Partijen zijn op"), "{}", told.message);
        page.text = engine.read(image(lease()), None).unwrap().text;
        assert_eq!(engine.unread_words(image(lease()), &page, None).unwrap(), None);
    }

    #[test]
    fn a_missing_engine_names_its_packages() {
        let check = |settings: EngineSettings| {
            let error = Engine::open(&settings).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::MissingTool);
            assert!(error.advice().unwrap().contains("apt-get install tesseract-ocr tesseract-ocr-nld"));
        };
        check(EngineSettings { library: Some("/nowhere/libtesseract.so.5".into()), ..EngineSettings::default() });
    }
}
