//! Word-processor files are read through a PDF that LibreOffice makes of them, in a process of its own with limits.
//! The original stays the record; the PDF is kept beside it, since the words' places are on its pages.

mod fields;
mod notes;
mod package;
mod rtf;
mod settle;
mod xml;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

pub use notes::Notes;

use crate::{
    Error, ErrorKind, Result,
    error::{Context as _, Fold as _},
    model::MediaType,
    tools::{self, CancelFlag, Program},
};

/// A PDF made of a word-processor file, or of a mail; gone when this is dropped.
pub struct MadePdf {
    folder: TempDir,
    /// What made it, with its version.
    pub maker: String,
    /// What a person should know about how the file was read.
    pub notes: Notes,
}

impl MadePdf {
    /// A PDF that is yet to be written where this says.
    pub(super) fn new(folder: TempDir, maker: String, notes: Notes) -> Self {
        Self { folder, maker, notes }
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("original.pdf")
    }
}

/// Makes a PDF of a word-processor file.
pub fn to_pdf(path: &Path, media: MediaType, cancel: &CancelFlag) -> Result<MadePdf> {
    convert(path, media, cancel)
        .doing(|| format!("failed to make a PDF of the {} file", media.extension().to_uppercase()))
}

fn convert(path: &Path, media: MediaType, cancel: &CancelFlag) -> Result<MadePdf> {
    let soffice = tools::find("soffice", "libreoffice-writer-nogui")?;
    let folder = tempfile::tempdir().fold(ErrorKind::Storage, || "cannot make a temporary folder")?;
    // Under a name of our own: the sender's may be anything, and the ending must fit the content.
    let input = folder.path().join(format!("original.{}", media.extension()));
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let program = || {
        let mut program = Program::new(&soffice, folder.path());
        program.cancel = cancel.clone();
        program
    };
    let version = tools::run(&program().arguments([profile.as_str(), "--version"]))?;
    let convert = |input: &Path, to: &str, place: &str| {
        let arguments = [&*profile, "--headless", "--norestore", "--convert-to", to, "--outdir", place];
        tools::run(&program().arguments(arguments).arguments([input]))
    };
    let (input, notes) = match media {
        MediaType::Doc => {
            // What an old file holds is settled in the form in which it can be: the same, packed anew.
            let (old, input) = (folder.path().join("old"), input.with_extension("docx"));
            std::fs::create_dir(&old).fold(ErrorKind::Storage, || "cannot make a temporary folder")?;
            std::fs::copy(path, old.join("original.doc")).fold(ErrorKind::Storage, || "cannot copy the original")?;
            convert(&old.join("original.doc"), "docx", "old")?;
            let packed = old.join("original.docx");
            if !packed.is_file() {
                return Err(not_converted());
            }
            let notes = settle::settle(&packed, MediaType::Docx, &input)?;
            if !notes.as_stored.is_empty() || !notes.without_value.is_empty() {
                return Err(worked_out_anew());
            }
            (input, notes)
        }
        _ => {
            let notes = settle::settle(path, media, &input)?;
            (input, notes)
        }
    };
    convert(&input, "pdf", ".")?;
    let made = MadePdf::new(folder, String::from_utf8_lossy(&version).trim().to_owned(), notes);
    match made.path().try_exists() {
        Ok(true) => Ok(made),
        _ => Err(not_converted()),
    }
}

fn not_converted() -> Error {
    Error::new(ErrorKind::UnsupportedDocument, "LibreOffice could not read it")
        .hint("open and save it with a word processor, or hand in a PDF of it")
        .because(
            "not_converted",
            "LibreOffice kon het niet lezen: sla het opnieuw op met een tekstverwerker, of lever er een PDF van aan",
        )
}

/// Whoever opens such an old file sees the day on which that is done, in the place of what was last stored.
fn worked_out_anew() -> Error {
    Error::new(
        ErrorKind::UnsupportedDocument,
        "it holds fields, as for today's date, that every opening works out anew",
    )
    .hint("hand in the PDF that was made of it at the time, or a scan")
    .because(
        "field_worked_out_anew",
        "er staan velden in, zoals de datum van vandaag, die bij elk openen anders worden: lever de PDF aan die er \
             destijds van is gemaakt, of een scan",
    )
}
