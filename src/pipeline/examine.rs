//! From a file to what it says: read its pages, build the text, apply the rules. Stores nothing.

use std::{fs::File, io::Read as _, path::Path};

use super::{
    App, letter,
    office::{self, MadePdf},
    read::{PageDone, Reader},
};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    extract::RuleSet,
    intake,
    model::{
        Blake3, Digests, Fields, Language, MediaType, PageState, Problem, Reading,
        digest::Hasher,
        record::{DocumentFacts, RecordLine},
    },
    register::Document,
    signatures::{self, SignatureFact},
    text::Text,
    tools::CancelFlag,
};

/// Passwords to try on encrypted originals.
#[derive(Clone, Default)]
pub struct Passwords(Vec<String>);

impl Passwords {
    /// Reads a file with one password a line.
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .fold(ErrorKind::InvalidInput, || format!("cannot read the passwords in `{}`", path.display()))?;
        Ok(Self(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()))
    }

    /// Tries without a password, then with each in the order of the file, as long as another may help.
    pub(super) fn try_each<T>(&self, mut attempt: impl FnMut(Option<&str>) -> Result<T>) -> Result<T> {
        let mut outcome = attempt(None);
        for password in &self.0 {
            match outcome {
                Err(error) if matches!(error.reason(), Some("encrypted" | "wrong_password")) => {
                    outcome = attempt(Some(password));
                }
                _ => break,
            }
        }
        outcome
    }
}

/// Reads files and says what is in them.
pub struct Examiner<'a> {
    /// Reads pages.
    pub reader: &'a Reader,
    /// The rules; without them only the words are read.
    pub rules: Option<&'a RuleSet>,
    /// Passwords for encrypted originals.
    pub passwords: Passwords,
    /// Language of explanations.
    pub language: Language,
    /// A file of more bytes is not read.
    pub original_bytes: u64,
}

/// What is in a file.
pub struct Examined {
    /// Digests of its bytes.
    pub digests: Digests,
    /// Its kind, where it is one that can be read.
    pub media: Option<MediaType>,
    /// The words read.
    pub reading: Reading,
    /// What the rules found.
    pub fields: Fields,
}

impl Examiner<'_> {
    /// Reads a file as it lies.
    pub fn examine(&self, path: &Path, page_done: &dyn Fn(PageDone), cancel: &CancelFlag) -> Result<Examined> {
        self.check_size(path)?;
        let digests = digest_file(path)?;
        let media = intake::identify(path)?;
        let (reading, _) = self.read(path, media, page_done, cancel)?;
        let fields = guarded(|| self.find(&reading))?;
        Ok(Examined { digests, media: Some(media), reading, fields })
    }

    /// Refuses what the archive would not take either.
    fn check_size(&self, path: &Path) -> Result<()> {
        let doing = || format!("cannot read `{}`", path.display());
        let metadata = std::fs::metadata(path).fold(ErrorKind::InvalidInput, doing)?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorKind::InvalidInput, "it is a folder")
                .hint("name the files in it; `griffie ingest` takes folders")
                .dutch("het is een map: noem de bestanden erin; `griffie ingest` neemt mappen op"));
        }
        if metadata.len() <= self.original_bytes {
            return Ok(());
        }
        Err(intake::refusal(&intake::Reason::TooLarge(self.original_bytes)))
    }

    /// Reads the pages of an original, trying the known passwords; word-processor files and mails through a PDF,
    /// which is handed back since the words' places are on its pages.
    pub fn read(
        &self,
        path: &Path,
        media: MediaType,
        page_done: &dyn Fn(PageDone),
        cancel: &CancelFlag,
    ) -> Result<(Reading, Option<MadePdf>)> {
        let made = match media {
            media if media.is_mail() => letter::to_pdf(path, media)?,
            media if media.is_office() => Some(office::to_pdf(path, media, cancel)?),
            _ => None,
        };
        if let Some(made) = made {
            let mut reading = self.reader.read(&made.path(), MediaType::Pdf, None, page_done, cancel)?;
            reading.problems.extend(made.notes.problems(self.language));
            return Ok((reading, Some(made)));
        }
        if media.is_container() || media.is_mail() {
            return Err(Error::new(ErrorKind::UnsupportedDocument, "it holds other files and is no document itself")
                .hint("`griffie ingest` takes the members of archives and e-mails")
                .because(
                    "container",
                    "er zitten andere bestanden in: `griffie ingest` neemt op wat er in archiefbestanden en e-mails zit",
                ));
        }
        let reading = self.passwords.try_each(|password| {
            let mut reading = self.reader.read(path, media, password, page_done, cancel)?;
            reading.problems.extend(password.map(|_| self.read_with_password()));
            Ok(reading)
        })?;
        Ok((reading, None))
    }

    /// Which password it was is told nowhere.
    fn read_with_password(&self) -> Problem {
        let message = self.language.say("gelezen met een wachtwoord", "read with a password").to_owned();
        Problem { kind: "read_with_password".into(), message, page: None }
    }

    /// What electronic signatures a file has, trying the known passwords.
    pub fn signatures(&self, path: &Path, media: MediaType, cancel: &CancelFlag) -> Result<Vec<SignatureFact>> {
        if media != MediaType::Pdf || !signatures::may_be_signed(path)? {
            return Ok(Vec::new());
        }
        let mut facts = self.reader.signatures(path, None, cancel)?;
        for password in &self.passwords.0 {
            if facts.iter().any(SignatureFact::is_of_unreadable_file) {
                facts = self.reader.signatures(path, Some(password), cancel)?;
            }
        }
        Ok(facts)
    }

    /// Digest of everything beside an original's bytes that decides which words are read in it.
    pub fn settings_digest(&self) -> Blake3 {
        Blake3::of(self.reader.engine_facts().to_string().as_bytes())
    }

    /// Applies the rules to what was read.
    pub fn find(&self, reading: &Reading) -> Fields {
        self.rules.map_or_else(Fields::absent, |rules| rules.extract(&Text::build(reading), self.language))
    }
}

impl Examined {
    /// A file of which nothing could be read, and why.
    pub fn unreadable(path: &Path, error: &Error, language: Language) -> Self {
        let problem = Problem { kind: fault_name(error), message: error.explain(language), page: None };
        Self {
            digests: digest_file(path).unwrap_or_else(|_| Digests::of(b"")),
            media: intake::identify(path).ok(),
            reading: Reading { pages: Vec::new(), language: None, engine: String::new(), problems: vec![problem] },
            fields: Fields::absent(),
        }
    }

    /// Not all of it was read.
    pub fn is_partial(&self) -> bool {
        self.reading.pages.is_empty() || self.reading.count(PageState::Unreadable) > 0
    }

    /// The line of the record format.
    pub fn into_line(self, path: &Path, language: Language) -> RecordLine {
        RecordLine {
            schema: RecordLine::SCHEMA.into(),
            document: facts(path.display().to_string(), &self.digests, self.media, &self.reading, language),
            fields: self.fields,
        }
    }
}

/// Runs pure work on words that come from an untrusted file: a fault in it costs the file and nothing else.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|_| {
        Error::new(ErrorKind::Engine, "its words led to a fault in the program")
            .hint("the original is kept; report this file, and hand it in again when the fault is mended")
    })
}

/// What the record format says of a document.
pub fn facts(
    path: String,
    digests: &Digests,
    media: Option<MediaType>,
    reading: &Reading,
    language: Language,
) -> DocumentFacts {
    DocumentFacts {
        path,
        blake3: digests.blake3,
        sha256: digests.sha256,
        media_type: media.map_or("application/octet-stream", MediaType::iana).into(),
        pages: reading.pages.len(),
        language: reading.language,
        text_source: reading.text_source().into(),
        mean_ocr_confidence: reading.mean_ocr_confidence().map(|mean| (mean * 1000.0).round() / 1000.0),
        problems: reading.all_problems().map(|problem| told(problem, language)).collect(),
    }
}

/// The same of an archived document, from what is stored.
pub fn stored_facts(app: &App, document: &Document) -> Result<DocumentFacts> {
    let manifests = app.archive.manifests(&document.id)?;
    let manifest = manifests.last().ok_or_else(|| {
        Error::new(ErrorKind::FixityMismatch, format!("document `{}` has no manifest in the store", document.id))
    })?;
    Ok(DocumentFacts {
        path: manifest.original.name.clone(),
        blake3: manifest.original.digests.blake3,
        sha256: manifest.original.digests.sha256,
        media_type: manifest.original.media_type.iana().into(),
        pages: document.pages.total() as usize,
        language: document.language,
        text_source: document.text_source.clone(),
        mean_ocr_confidence: document.mean_ocr_confidence,
        problems: document.problems.iter().map(|problem| told(problem, app.config.language)).collect(),
    })
}

/// A problem with its sentence in a language.
fn told(problem: &Problem, language: Language) -> Problem {
    Problem { message: problem.told(language).into_owned(), ..problem.clone() }
}

/// The line of the record format for an archived record, whose main document this is.
pub fn stored_line(app: &App, main: &Document, fields: Fields) -> Result<RecordLine> {
    Ok(RecordLine { schema: RecordLine::SCHEMA.into(), document: stored_facts(app, main)?, fields })
}

/// What reasons and problems call an error: the document's own fault where that is known, else the error's kind.
pub fn fault_name(error: &Error) -> String {
    match (error.reason(), serde_json::to_value(error.kind())) {
        (Some(reason), _) => reason.to_owned(),
        (None, Ok(serde_json::Value::String(kind))) => kind,
        (None, _) => "internal".into(),
    }
}

fn digest_file(path: &Path) -> Result<Digests> {
    let doing = || format!("cannot read `{}`", path.display());
    let mut file = File::open(path).fold(ErrorKind::InvalidInput, doing)?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).fold(ErrorKind::InvalidInput, doing)? {
            0 => return Ok(hasher.finish()),
            n => hasher.update(&buffer[..n]),
        }
    }
}
