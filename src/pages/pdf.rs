//! PDF: opening, and what each page gives: its words, its scan's own pixels, or a rendering. Reads, changes nothing.

use std::{
    cell::RefCell,
    path::Path,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hayro::{
    RenderCache,
    hayro_interpret::{
        Context, InterpreterCache, InterpreterSettings, InterpreterWarning, TransformExt, interpret_page,
    },
    hayro_syntax::{
        DecryptionError, LoadPdfError, Pdf, PdfData,
        object::{Name, Stream, dict::keys},
        page::{Page as PdfPage, Pages},
    },
    kurbo::{Point, Rect},
    vello_cpu::{Pixmap, peniko::ImageAlphaType},
};

use memmap2::Mmap;
use rustc_hash::FxHashMap;

use super::{
    MAX_DECODED, MAX_PIXELS, Page, PageImage, Painted, Proof, Samples, Scaled, beside,
    blank::Look,
    damaged, divisor, drawn, hidden,
    layers::Layers,
    map,
    marks::{self, Marks},
    mend, nested,
    plain::{Canvas, Glyphs},
    raster::{Raster, luma_of},
    scaled_down,
    scan::{Lifter, Scan, steps},
    soundness::{self, Fault},
    survey::{Form, Survey, Surveyor},
    uses::Uses,
    whole, words, xfa,
};
use crate::{
    Error, ErrorKind, Result,
    model::{
        Blake3, PageBox, PageNo, PageReading, PageState, Problem, TextSource,
        unread::{self, Refusal},
    },
};

/// Resolution of renderings that are read by OCR, where no image on the page asks for more.
const RENDER_DPI: f64 = 200.0;
/// Paper left around the pictures of a page that are read, in pixels.
const PAPER_AROUND: u32 = 40;
/// Renderings stay below this many pixels: each takes four bytes while it is drawn.
const MAX_RENDERED: f64 = 24e6;
/// What the interpreter keeps of the pages seen (it never forgets) before the file is opened afresh, in bytes.
const MAX_KEPT: usize = 24 << 20;
/// What a drawing keeps at least, as far as is known.
const DRAWING_KEPT: usize = 64 << 10;

/// An open PDF.
pub(super) struct Document {
    open: RefCell<Open>,
    bytes: PdfData,
    password: String,
    pages: usize,
    /// What pages do not show, found when the file was opened.
    problems: Vec<Problem>,
    /// The layers that are off, and the file with all of them on, where it can be made.
    layers: Option<(Layers, Option<RefCell<Open>>)>,
    /// The layers that are not shown alike everywhere.
    uses: Option<Uses>,
}

/// A file as viewers read it.
pub(super) struct Parsed {
    pub(super) pdf: Pdf,
    /// What opened it.
    password: String,
    /// What pages do not show.
    problems: Vec<Problem>,
}

/// The parsed file with the fonts and images that its pages share.
struct Open {
    // Dropped before `pdf`, which they borrow from.
    fonts: InterpreterCache<'static>,
    render: Option<RenderCache<'static>>,
    pdf: Rc<Pdf>,
    /// What was drawn of the pages' letters.
    glyphs: Glyphs,
    /// By a glyph's key: what its form tells.
    forms: FxHashMap<u128, Form>,
    /// All that stands on the page that was drawn last.
    surveyed: Option<(PageNo, Survey)>,
    /// The page of words that was read last, if it has pictures too.
    pictured: Option<PageNo>,
    kept: usize,
}

impl Open {
    fn new(pdf: Pdf) -> Self {
        Self {
            fonts: InterpreterCache::new(),
            render: None,
            pdf: Rc::new(pdf),
            glyphs: Glyphs::default(),
            forms: FxHashMap::default(),
            surveyed: None,
            pictured: None,
            kept: 0,
        }
    }

    /// The pages, with a lifetime that lets caches stand beside them.
    #[expect(unsafe_code, reason = "the caches borrow from the file that stands beside them")]
    fn pages(&self) -> &'static Pages<'static> {
        let pdf: *const Pdf = Rc::as_ptr(&self.pdf);
        // SAFETY: the `Pdf` lives on the heap behind an `Rc` that is never given away, changed or replaced, so it
        // stays where it is as long as this `Open`; what borrows from it (`fonts`, `render`) is private, stands
        // before it in the struct and so is dropped first; no function of this module lets the lifetime out.
        unsafe { &*pdf }.pages()
    }
}

impl Document {
    pub(super) fn open(path: &Path, password: Option<&str>) -> Result<Self> {
        let Parsed { pdf, password, problems } = parse(&Arc::new(map(path)?), password)?;
        let pages = pdf.pages().len();
        if pages == 0 && !has_end(pdf.data().as_ref()) {
            return Err(cut_off());
        }
        if pages == 0 {
            return Err(refused("the PDF has no pages").because("no_pages", "de PDF heeft geen pagina's"));
        }
        let bytes = pdf.data().clone();
        let layers = Layers::of(&pdf).map(|layers| {
            let all_on =
                Layers::all_on(&pdf).and_then(|bytes| Pdf::new(bytes).ok()).filter(|all| all.pages().len() == pages);
            (layers, all_on.map(|pdf| RefCell::new(Open::new(pdf))))
        });
        let uses = Uses::of(&pdf);
        Ok(Self { layers, uses, open: RefCell::new(Open::new(pdf)), bytes, password, pages, problems })
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages
    }

    /// Opens the file afresh: after a fault, or when too much was kept.
    pub(super) fn reopen(&self) -> Result<()> {
        let pdf = Pdf::new_with_password(self.bytes.clone(), &self.password)
            .map_err(|_| refused("the PDF cannot be opened again"))?;
        *self.open.borrow_mut() = Open::new(pdf);
        Ok(())
    }

    pub(super) fn page(&self, number: PageNo) -> Result<Page> {
        let read = |page: &Leaf, open: &mut Open| {
            let mut beside = beside::of_page(page.pdf, number);
            beside.extend(self.uses.as_ref().and_then(|uses| uses.problem(page.pdf, number)));
            Ok((page.read(open)?, beside))
        };
        let (mut page, beside) = self.with_leaf(number, read)?;
        let in_layers = self.in_layers(number)?;
        let problems = page.problems();
        problems.extend(beside);
        problems.extend(in_layers);
        problems.extend(self.problems.iter().filter(|problem| problem.page == Some(number)).cloned());
        Ok(page)
    }

    /// Says that a page has words or pictures in layers that are off.
    fn in_layers(&self, number: PageNo) -> Result<Vec<Problem>> {
        let Some((layers, all_on)) = &self.layers else { return Ok(Vec::new()) };
        let words = |page: &Leaf, open: &mut Open| {
            let survey = page.survey(open);
            (words::group(&survey, page.width, page.height).text, survey.images.len())
        };
        let (shown, pictures) = self.with_leaf(number, |page, open| Ok(words(page, open)))?;
        let Some(all_on) = all_on else {
            return self.with_leaf(number, |page, _| Ok(layers.unknown(page.pdf, number).into_iter().collect()));
        };
        let open = &mut *all_on.borrow_mut();
        let Some(page) = open.pages().get(number.index()) else { return Ok(Vec::new()) };
        let (all, all_pictures) = words(&Leaf::new(number, page), open);
        let more_pictures = layers.pictures(page, number, all_pictures.saturating_sub(pictures));
        Ok(layers.problem(page, number, &all, &shown).into_iter().chain(more_pictures).collect())
    }

    /// What else a page of words shows: its image without them, where it has pictures that may hold others.
    pub(super) fn pictures(&self, words: &PageReading) -> Result<Option<PageImage>> {
        if self.open.borrow().pictured != Some(words.page) {
            return Ok(None);
        }
        self.with_leaf(words.page, |page, open| page.pictures(open, words))
    }

    /// A page drawn into so many pixels across and down.
    pub(super) fn proof(&self, number: PageNo, size: (u32, u32)) -> Result<Proof> {
        self.with_leaf(number, |page, open| page.proof(open, size))
    }

    /// The same of a page of plain text, lines and areas, in fewer steps; nothing of any other.
    pub(super) fn plain_proof(&self, number: PageNo, size: (u32, u32)) -> Result<Option<Proof>> {
        self.with_leaf(number, |page, open| Ok(page.plain_proof(open, size)))
    }

    /// What such a page paints; `with_words` surveys it in the same walk.
    pub(super) fn painted(&self, number: PageNo, with_words: bool) -> Result<Option<Painted>> {
        self.with_leaf(number, |page, open| Ok(page.painted(open, with_words)))
    }

    /// All words of a page, painted or not.
    pub(super) fn words(&self, number: PageNo) -> Result<String> {
        self.with_leaf(number, |page, open| Ok(page.all_words(open)))
    }

    /// All words of a page, in the order in which they are written.
    pub(super) fn written(&self, number: PageNo) -> Result<String> {
        self.with_leaf(number, |page, open| Ok(page.written(open)))
    }

    fn with_leaf<T>(&self, number: PageNo, work: impl FnOnce(&Leaf, &mut Open) -> Result<T>) -> Result<T> {
        if self.open.borrow().kept > MAX_KEPT {
            self.reopen()?;
        }
        let open = &mut *self.open.borrow_mut();
        let page = open.pages().get(number.index()).ok_or_else(|| Error::new(ErrorKind::NotFound, "no such page"))?;
        let page = Leaf::new(number, page);
        let answer = work(&page, open);
        open.kept += page.pdf.page_stream().map_or(0, <[u8]>::len) + 2_000;
        answer
    }
}

fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::UnsupportedDocument, message)
}

/// Parses the file, and what viewers make of it; with no password first, as most encrypted files want none for reading.
pub(super) fn parse(bytes: &Arc<Mmap>, password: Option<&str>) -> Result<Parsed> {
    let with_tree = |(pdf, password): (Pdf, String)| {
        let tree = mend::Tree::of(&pdf);
        (pdf, password, tree)
    };
    let mut parsed = parse_as_it_is(bytes.clone().into(), password).map(with_tree);
    if parsed.as_ref().map_or(true, |(pdf, _, tree)| pdf.pages().is_empty() || tree.has_unread())
        && let Some(plain) = mend::plain_numbers(bytes)
    {
        parsed = parse_as_it_is(plain.into(), password).map(with_tree).or(parsed);
    }
    let (mut pdf, password, tree) = parsed.map_err(|error| why_not(bytes, error, password.is_some()))?;
    let mend::Mended { bytes, mut problems } = mend::mend(&pdf, &tree);
    if let Some(mended) = bytes.and_then(|bytes| Pdf::new_with_password(bytes, &password).ok())
        && mended.pages().len() >= pdf.pages().len()
    {
        pdf = mended;
    }
    problems.extend(beside::attached(&pdf));
    problems.extend(xfa::problem(&pdf));
    Ok(Parsed { pdf, password, problems })
}

fn parse_as_it_is(bytes: PdfData, password: Option<&str>) -> std::result::Result<(Pdf, String), LoadPdfError> {
    let mut error = LoadPdfError::Invalid;
    for password in std::iter::once("").chain(password.filter(|password| !password.is_empty())) {
        match Pdf::new_with_password(bytes.clone(), password) {
            Ok(pdf) => return Ok((pdf, password.to_owned())),
            Err(found) => error = found,
        }
    }
    Err(error)
}

/// Why a file does not open.
fn why_not(bytes: &Mmap, error: LoadPdfError, has_password: bool) -> Error {
    let bytes: &[u8] = bytes;
    let has = |within: &[u8], mark: &[u8]| within.windows(mark.len()).any(|window| window == mark);
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) if has_password => {
            refused("the PDF is protected with a password, and the one given does not open it")
                .hint("check the password, or ask the sender for a copy without one")
                .because(
                    "wrong_password",
                    "de PDF is met een wachtwoord beveiligd, en het gegeven wachtwoord opent hem niet: kijk het na, of \
                     vraag de afzender om een kopie zonder",
                )
        }
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => refused("the PDF is protected with a password")
            .hint("give the password, or ask the sender for a copy without one")
            .because(
                "encrypted",
                "de PDF is met een wachtwoord beveiligd: geef het op, of vraag de afzender om een kopie zonder",
            ),
        LoadPdfError::Decryption(_) => refused("the PDF is encrypted in a way that cannot be read")
            .hint("ask the sender for a copy that is not encrypted")
            .because(
                "unsupported_encryption",
                "de PDF is versleuteld op een manier die niet kan worden gelezen: vraag de afzender om een kopie die \
                 niet versleuteld is",
            ),
        LoadPdfError::Invalid if bytes.is_empty() => {
            refused("the file is empty").because("empty", "het bestand is leeg")
        }
        LoadPdfError::Invalid if !has(&bytes[..bytes.len().min(4096)], b"%PDF-") => {
            refused("the file is not a PDF").because("not_a_pdf", "het bestand is geen PDF")
        }
        LoadPdfError::Invalid if !has_end(bytes) => cut_off(),
        LoadPdfError::Invalid => refused("the PDF is damaged: no page can be found in it")
            .hint("ask the sender for another copy, or print it to a new PDF")
            .because(
                "damaged",
                "de PDF is beschadigd, er is geen pagina in te vinden: vraag de afzender om een andere kopie, of druk \
                 hem af naar een nieuwe PDF",
            ),
    }
}

/// Whether a file ends as a PDF does: what was cut off may lack the list of its pages, or have lost them all.
fn has_end(bytes: &[u8]) -> bool {
    const END: &[u8] = b"%%EOF";
    bytes[bytes.len().saturating_sub(2048)..].windows(END.len()).any(|window| window == END)
}

fn cut_off() -> Error {
    refused("the PDF is cut off: its end is missing")
        .hint("ask the sender for the whole file")
        .because("truncated", "de PDF is afgekapt, het einde ontbreekt: vraag de afzender om het hele bestand")
}

/// One page and its measures.
struct Leaf {
    number: PageNo,
    pdf: &'static PdfPage<'static>,
    /// Size as displayed, in the page's own units.
    width: f64,
    height: f64,
    /// Points in such a unit (ISO 32000-1, 14.11.2).
    unit: f64,
    /// An image could not be decoded.
    undecoded: Arc<AtomicBool>,
    /// A font could not be read.
    unset: Arc<AtomicBool>,
}

impl Leaf {
    fn new(number: PageNo, pdf: &'static PdfPage<'static>) -> Self {
        let (width, height) = pdf.render_dimensions();
        let unit = pdf.raw().get::<f32>("UserUnit").filter(|unit| (0.01..1e4).contains(unit)).unwrap_or(1.0);
        let (undecoded, unset) = Default::default();
        Self { number, pdf, width: width.into(), height: height.into(), unit: unit.into(), undecoded, unset }
    }

    fn bounds(&self) -> Rect {
        Rect::new(0.0, 0.0, self.width, self.height)
    }

    fn size_pt(&self) -> (f32, f32) {
        ((self.width * self.unit) as f32, (self.height * self.unit) as f32)
    }

    fn context(&self, open: &Open) -> Context<'static> {
        let transform = self.pdf.initial_transform(true).to_kurbo();
        Context::new(transform, self.bounds(), &open.fonts, self.pdf.xref(), self.settings())
    }

    fn settings(&self) -> InterpreterSettings {
        let (undecoded, unset) = (Arc::clone(&self.undecoded), Arc::clone(&self.unset));
        let note = move |warning| match warning {
            InterpreterWarning::ImageDecodeFailure => undecoded.store(true, Ordering::Relaxed),
            InterpreterWarning::UnsupportedFont => unset.store(true, Ordering::Relaxed),
            _ => {}
        };
        InterpreterSettings { warning_sink: Arc::new(note), ..InterpreterSettings::default() }
    }

    fn blank(&self) -> Page {
        let (width, height) = self.size_pt();
        Page::Digital(PageReading::wordless(self.number, PageState::Blank, width, height))
    }

    fn read(&self, open: &mut Open) -> Result<Page> {
        // Who compares a copy with the page in the same run walks it once less.
        let (mut survey, marks) =
            if self.names_image() { (self.survey(open), None) } else { self.survey_and_marks(open, |plain| plain) };
        let glyphs = survey.glyphs.len() + survey.invisible + survey.outside;
        let is_veiled = survey.drop_hidden();
        let numbered = hidden::drop_numbered(self.pdf, self.number, &mut survey);
        if numbered.is_some() && survey.glyphs.is_empty() && survey.images.is_empty() {
            return Err(unseen(&unread::FONT_MISSING));
        }
        let is_cut = whole::is_cut_content(self.pdf) || nested::is_too_deep(self.pdf);
        let is_unset = self.unset.load(Ordering::Relaxed);
        if survey.glyphs.is_empty() && survey.images.is_empty() && survey.strokes == 0 {
            let is_read = || glyphs > 0 || !whole::shows_something(self.pdf);
            if is_cut || is_unset || !is_read() {
                let is_font = is_unset && !is_cut;
                return Err(unseen(if is_font { &unread::FONT_DAMAGED } else { &unread::CONTENT_DAMAGED }));
            }
            let mut page = self.blank();
            page.problems().extend(hidden::unseen(self.number, &survey, "", (self.width, self.height)));
            return Ok(page);
        }
        let mut problems = Vec::from_iter(numbered);
        let undrawn = || hidden::undrawn(self.pdf, self.number, &survey);
        problems.extend(hidden::signs_missing(self.pdf, self.number).or_else(undrawn));
        problems.extend(is_cut.then(|| whole::content_incomplete(self.number)));
        problems.extend(is_unset.then(|| whole::text_not_drawn(self.number)));
        if !survey.glyphs.is_empty() {
            let grouped = words::group(&survey, self.width, self.height);
            let misnamed = (survey.misnamed > 0).then_some(Fault::Misnamed);
            let veiled = is_veiled.then_some(Fault::Veiled);
            let fault = soundness::fault(&grouped.text).or(misnamed).or(veiled);
            // The words under a scan are those that can be seen on it.
            let is_digital = !is_scan_with_stamp(&survey, grouped.words.len(), self.bounds());
            if is_digital {
                problems.extend(hidden::unseen(self.number, &survey, &grouped.text, (self.width, self.height)));
            }
            match fault {
                Some(fault) => problems.push(Problem {
                    kind: "bad_text_layer".to_owned(),
                    message: fault.sentence().to_owned(),
                    page: Some(self.number),
                }),
                None if is_digital => {
                    problems.extend((survey.has_cut_image && !is_cut).then(|| whole::content_incomplete(self.number)));
                    open.pictured = may_hold_words(&survey).then_some(self.number);
                    return Ok(Page::Digital(PageReading { problems, marks, ..self.reading(grouped) }));
                }
                None => {}
            }
        }
        self.check_images(&survey)?;
        let has = |kind: &str| problems.iter().any(|problem| problem.kind == kind);
        let lacking = match () {
            () if problems.is_empty() => None,
            () if has("font_missing") => Some(&unread::FONT_MISSING),
            () if is_unset && !is_cut => Some(&unread::FONT_DAMAGED),
            () => Some(&unread::CONTENT_DAMAGED),
        };
        let large =
            survey.images.iter().map(|image| (image.width, image.height)).find(|size| divisor(size.0, size.1) > 1);
        if let Some(scan) = Scan::of(&survey)
            && let Some((raster, scaled)) = self.lift(open, &survey, &scan)
        {
            problems.extend(scaled.map(|scaled| scaled_down(self.number, scaled)));
            self.check_ink(&raster, &survey)?;
            let page = self.image(raster, scan.area, scaled.is_none(), problems);
            return self.complete(page, &survey, lacking);
        }
        problems.extend(large.map(|from| scaled_down(self.number, Scaled { from, divisor: divisor(from.0, from.1) })));
        let raster = self.render(open, &survey);
        self.check_ink(&raster, &survey)?;
        let page = self.image(raster, self.bounds(), false, problems);
        self.complete(page, &survey, lacking)
    }

    fn survey(&self, open: &mut Open) -> Survey {
        let mut context = self.context(open);
        let mut surveyor = Surveyor::new(self.bounds(), &mut open.forms);
        interpret_page(self.pdf, &mut context, &mut surveyor);
        surveyor.survey
    }

    /// What stands on the page for one who looks so, and the digest of what the page paints, if that can be.
    fn survey_and_marks<'o>(
        &self,
        open: &'o mut Open,
        looks: impl FnOnce(Surveyor<'o>) -> Surveyor<'o>,
    ) -> (Survey, Option<Blake3>) {
        let mut context = self.context(open);
        let surveyor = looks(Surveyor::new(self.bounds(), &mut open.forms));
        let mut both = marks::Surveyed { marks: Marks::new(), surveyor };
        interpret_page(self.pdf, &mut context, &mut both);
        (both.surveyor.survey, both.marks.finish())
    }

    fn reading(&self, grouped: words::Words) -> PageReading {
        let (width, height) = self.size_pt();
        let mut reading = PageReading::wordless(self.number, PageState::Read, width, height);
        reading.source = if grouped.words.is_empty() { TextSource::None } else { TextSource::Digital };
        reading.turn = grouped.turn;
        reading.text = grouped.text;
        reading.words = grouped.words;
        reading
    }

    /// Refuses a page whose images would take more memory than a worker may have: the decoder gives them whole.
    fn check_images(&self, survey: &Survey) -> Result<()> {
        let most = if survey.images.len() == 1 { MAX_DECODED } else { MAX_PIXELS };
        match survey.images.iter().find(|image| u64::from(image.width) * u64::from(image.height) > most) {
            Some(image) => Err(refused_image(image.width, image.height)),
            None => Ok(()),
        }
    }

    /// Refuses a page of which nothing was drawn though an image on it holds something.
    fn check_ink(&self, raster: &Raster, survey: &Survey) -> Result<()> {
        let dpi = (f64::from(raster.width) * 72.0 / (self.width * self.unit)) as f32;
        let is_blank = survey.has_inked_image && raster.look(dpi) == Look::Blank;
        if is_blank { Err(damaged("the image on it cannot be decoded")) } else { Ok(()) }
    }

    fn lift(&self, open: &Open, survey: &Survey, scan: &Scan) -> Option<(Raster, Option<Scaled>)> {
        let mut context = self.context(open);
        let mut lifter = Lifter::new(scan, &survey.images);
        interpret_page(self.pdf, &mut context, &mut lifter);
        let scaled = lifter.scaled;
        lifter.finish().map(|raster| (raster, scaled))
    }

    fn render(&self, open: &mut Open, survey: &Survey) -> Raster {
        // As fine as the finest image of some size on the page, within what OCR can use.
        let page = self.bounds().area();
        let finest = survey
            .images
            .iter()
            .filter(|image| image.visible.area() > 0.1 * page)
            .map(|image| {
                let (across, down) = steps(image.matrix);
                72.0 / across.min(down).max(1e-6)
            })
            .fold(0.0, f64::max);
        let dpi = if finest > 0.0 { finest.clamp(RENDER_DPI, 300.0) } else { RENDER_DPI } * self.unit.min(10.0);
        let limit = (MAX_RENDERED / page).sqrt().min(16_000.0 / self.width.max(self.height));
        let scale = (dpi / 72.0).min(limit);
        let pixels = self.draw(open, (scale, scale));
        let luma = pixels.data().iter().map(|pixel| luma_of(pixel.r, pixel.g, pixel.b)).collect();
        Raster::new(u32::from(pixels.width()), u32::from(pixels.height()), luma)
    }

    fn draw(&self, open: &mut Open, scale: (f64, f64)) -> Pixmap {
        let cache = open.render.get_or_insert_with(RenderCache::new);
        let pixels = drawn::page(self.pdf, cache, &self.settings(), scale);
        // Small pages keep little: a file of thousands of them must not be opened afresh for every few.
        open.kept += (pixels.data().len() * 4 + DRAWING_KEPT).min(1 << 20);
        pixels
    }

    fn proof(&self, open: &mut Open, (width, height): (u32, u32)) -> Result<Proof> {
        let survey = self.survey_of_all(open);
        self.check_images(&survey)?;
        let pixels = self.draw(open, (drawn::scale(width, self.width), drawn::scale(height, self.height)));
        let (width_pt, height_pt) = self.size_pt();
        // Who looks at a page mostly asks for its words next.
        open.surveyed = Some((self.number, survey));
        let samples = Samples::Color(pixels.take_rgba8(ImageAlphaType::AlphaPremultiplied));
        Ok(Proof { width_pt, height_pt, samples })
    }

    /// Draws the page without the renderer, if that can be.
    fn plain_proof(&self, open: &mut Open, (width, height): (u32, u32)) -> Option<Proof> {
        if self.names_image() {
            return None;
        }
        let mut context = self.context(open);
        let scale = (drawn::scale(width, self.width), drawn::scale(height, self.height));
        let mut canvas = Canvas::new((width, height), scale, &mut open.glyphs);
        interpret_page(self.pdf, &mut context, &mut canvas);
        let (width_pt, height_pt) = self.size_pt();
        canvas.finish().map(|samples| Proof { width_pt, height_pt, samples })
    }

    fn painted(&self, open: &mut Open, with_words: bool) -> Option<Painted> {
        if self.names_image() {
            return None;
        }
        let marks = if with_words {
            let (survey, marks) = self.survey_and_marks(open, Surveyor::with_unpainted);
            open.surveyed = Some((self.number, survey));
            marks
        } else {
            let (mut context, mut marks) = (self.context(open), Marks::new());
            interpret_page(self.pdf, &mut context, &mut marks);
            marks.finish()
        };
        let (width_pt, height_pt) = self.size_pt();
        marks.map(|marks| Painted { width_pt, height_pt, marks })
    }

    /// Has the page a picture to show?
    fn names_image(&self) -> bool {
        let objects = &self.pdf.resources().x_objects;
        let is_image = |form: Stream<'_>| form.dict().get::<Name<'_>>(keys::SUBTYPE).as_deref() == Some(b"Image");
        objects.keys().any(|name| objects.get::<Stream<'_>>(&*name).is_some_and(is_image))
    }

    fn all_words(&self, open: &mut Open) -> String {
        words::group(&self.survey_of_all(open), self.width, self.height).text
    }

    fn written(&self, open: &mut Open) -> String {
        let survey = self.survey_of_all(open);
        let mut text = String::new();
        let mut reached = None;
        for glyph in &survey.glyphs {
            // Whoever goes elsewhere begins another word.
            let near = glyph.up.hypot() * 0.5;
            if reached.is_some_and(|reached: Point| (glyph.origin - reached).hypot() > near) {
                text.push(' ');
            }
            text.push_str(survey.text_of(glyph));
            reached = Some(glyph.origin + glyph.advance);
        }
        text
    }

    fn pictures(&self, open: &mut Open, words: &PageReading) -> Result<Option<PageImage>> {
        let survey = self.survey(open);
        self.check_images(&survey)?;
        let mut raster = self.render(open, &survey);
        if self.undecoded.load(Ordering::Relaxed) {
            return Err(damaged("a picture on it cannot be decoded"));
        }
        let (width, height) = (raster.width as f32, raster.height as f32);
        for word in &words.words {
            // Accents, descenders and what slants reach beyond a word's box.
            let place = word.bounds;
            let reach = (place.y1 - place.y0) * height * 0.3;
            let (left, right) = (place.x0 * width - reach, place.x1 * width + reach);
            raster.wipe((left, place.y0 * height - reach), (right, place.y1 * height + reach));
        }
        // What the engine takes, it takes for each pixel: most pictures on a page of words are a letterhead.
        let Some((left, top)) = raster.trim(PAPER_AROUND) else { return Ok(None) };
        let unit = (self.width / f64::from(width), self.height / f64::from(height));
        let corner = |x: u32, y: u32| Point::new(f64::from(x) * unit.0, f64::from(y) * unit.1);
        let area = Rect::from_points(corner(left, top), corner(left + raster.width, top + raster.height));
        match self.image(raster, area, false, Vec::new()) {
            Page::Image(image) => Ok(Some(image)),
            Page::Digital(_) => Ok(None),
        }
    }

    /// What stands on the page, painted or not.
    fn survey_of_all(&self, open: &mut Open) -> Survey {
        if let Some((_, survey)) = open.surveyed.take().filter(|(number, _)| *number == self.number) {
            return survey;
        }
        let mut context = self.context(open);
        let mut surveyor = Surveyor::new(self.bounds(), &mut open.forms).with_unpainted();
        interpret_page(self.pdf, &mut context, &mut surveyor);
        surveyor.survey
    }

    /// The page, once all of its images that were looked at have all of their pixels. One that has words which cannot be
    /// drawn is not blank.
    fn complete(&self, page: Page, survey: &Survey, lacking: Option<&Refusal>) -> Result<Page> {
        if let (Page::Digital(_), Some(why)) = (&page, lacking) {
            return Err(unseen(why));
        }
        let part_missing = survey.has_cut_image || self.undecoded.load(Ordering::Relaxed);
        if part_missing { whole::with_part_missing(page, self.number) } else { Ok(page) }
    }

    fn image(&self, raster: Raster, area: Rect, own_pixels: bool, problems: Vec<Problem>) -> Page {
        let points = area.width() * self.unit;
        let dpi = (f64::from(raster.width) * 72.0 / points.max(1e-6)) as f32;
        let look = raster.look(dpi);
        if look == Look::Blank {
            return self.blank();
        }
        let (width_pt, height_pt) = self.size_pt();
        let place = PageBox::new(
            (area.x0 / self.width) as f32,
            (area.y0 / self.height) as f32,
            (area.x1 / self.width) as f32,
            (area.y1 / self.height) as f32,
        );
        Page::Image(PageImage {
            page: self.number,
            width_pt,
            height_pt,
            place,
            width: raster.width,
            height: raster.height,
            bilevel: raster.is_bilevel(),
            luma: raster.luma,
            dpi,
            own_pixels,
            is_doubtful: look == Look::Doubtful,
            problems,
        })
    }
}

/// A page that is not blank, though nothing of it is seen.
fn unseen(why: &Refusal) -> Error {
    refused(why.english.unwrap_or("nothing of it is seen")).because(why.fault, why.dutch)
}

/// An image too large to decode.
pub(super) fn refused_image(width: u32, height: u32) -> Error {
    Error::new(ErrorKind::UnsupportedDocument, format!("an image of {width} × {height} pixels is too large to read"))
        .hint("scan the page again at 300 dots per inch")
        .because(
            "too_large",
            format!("een beeld van {width} × {height} pixels is te groot om te lezen: scan opnieuw met 300 dpi"),
        )
}

/// Has a page of words pictures as high as a line and as wide as a word, or shapes of as many pieces as a few letters?
fn may_hold_words(survey: &Survey) -> bool {
    const LINE: f64 = 11.0;
    const WORD: f64 = 30.0;
    const LETTERS: usize = 50;
    let is_picture = |area: Rect| area.width().min(area.height()) >= LINE && area.width().max(area.height()) >= WORD;
    survey.outlined >= LETTERS || survey.images.iter().any(|image| is_picture(image.visible))
}

/// Is the page a scan that carries some digital text: a stamp, a number, a header? Then all of it is read by OCR,
/// since the scan's own words are the page. What tells is how much of the page images cover, how much of that has
/// no digital word on it, and how few digital words there are.
fn is_scan_with_stamp(survey: &Survey, words: usize, page: Rect) -> bool {
    let free: f64 = survey
        .images
        .iter()
        .filter(|image| {
            let on_it = survey.glyphs.iter().filter(|glyph| image.visible.contains(glyph.origin)).count();
            // A background under the page's own text is no scan; a scan with a stamp on it is.
            on_it < 200
        })
        .map(|image| image.visible.area())
        .sum();
    let share = free / page.area().max(1.0);
    (share > 0.5 && words < 120) || (share > 0.25 && words < 40)
}
