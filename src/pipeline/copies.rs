//! Archival copies of archived documents: made, examined and only then stored, with the figures of the examination
//! in the manifest. What is not accepted is not stored, and the manifest says why.

use std::sync::Arc;

use super::{
    App, events,
    examine::Examiner,
    read::CopySource,
    standing_work,
    stop::reached,
    stored::{ARCHIVAL_COPY, PROGRAM, READ_THROUGH, document, lies_in_the_way},
};
use crate::{
    Error, ErrorKind, Result,
    archive::{Manifest, Recipe, Refusal, Rendition, Stored, name},
    error::Context as _,
    model::{Blake3, Digests, DocumentId, MediaType, Reading},
    provenance::Work,
    register::{ArchivalCopy, Document},
    renditions,
    tools::CancelFlag,
};

/// Raised whenever a copy could come out otherwise from the same original and words.
const COPY_VERSION: &str = "12";

/// How many signatures of the original a copy does not bear, beside the figures of its examination.
const SIGNATURES_LEFT_OUT: &str = "signatures_left_out";

/// What a copy is made of.
pub(super) struct Subject<'a> {
    pub digests: &'a Digests,
    pub media: MediaType,
    pub reading: &'a Arc<Reading>,
    pub reading_key: Blake3,
    /// The PDF through which a word-processor file was read.
    pub read_through: Option<Blake3>,
    pub title: Option<&'a str>,
    /// How many electronic signatures the original bears.
    pub signatures: usize,
    /// Times come from the item, so that a second try after a crash makes the same copy.
    pub made: jiff::Timestamp,
}

/// What came of it.
pub(super) enum Made {
    Accepted(Box<(Stored, Rendition)>),
    Refused(Refusal),
}

/// Makes the archival copy of a document.
pub(super) fn archival_copy(
    app: &App,
    examiner: &Examiner<'_>,
    subject: &Subject<'_>,
    cancel: &CancelFlag,
) -> Result<Made> {
    let (file, media) = match &subject.read_through {
        Some(made) => (app.archive.rendition_file(made)?, MediaType::Pdf),
        None => (app.archive.original_file(&subject.digests.blake3)?, subject.media),
    };
    let source = |password: Option<&str>| CopySource {
        path: file.to_path_buf(),
        media,
        password: password.map(str::to_owned),
        reading: Arc::clone(subject.reading),
        digests: *subject.digests,
        title: subject.title.map(str::to_owned),
        made: subject.made,
    };
    let refused = |reason| Ok(Made::Refused(Refusal { kind: ARCHIVAL_COPY.into(), reason, at: subject.made }));
    let mut problems = subject.reading.pages.iter().flat_map(|page| &page.problems);
    if let Some(slow) = problems.find(|problem| problem.kind == "page_too_slow") {
        // Each page of a copy is compared with the original's as drawn.
        return refused(slow.told(app.config.language).into_owned());
    }
    if let Some(against) = renditions::stands_against_all(&subject.reading.pages, app.config.language) {
        return refused(against);
    }
    let copied = match examiner.passwords.try_each(|password| examiner.reader.copy(source(password), cancel)) {
        Ok(copied) => copied,
        Err(error) if matches!(error.kind(), ErrorKind::Engine | ErrorKind::UnsupportedDocument) => {
            return refused(error.explain(app.config.language));
        }
        Err(error) => return Err(error),
    };
    if !copied.acceptance.accepted {
        return refused(copied.acceptance.reasons_in(app.config.language).join("; "));
    }
    let stored = app.archive.store_rendition(&copied.path())?;
    let mut figures = serde_json::json!({ "built": copied.built, "examination": copied.acceptance });
    if subject.signatures > 0 {
        // They stand for the original's bytes, which no copy has.
        figures[SIGNATURES_LEFT_OUT] = subject.signatures.into();
    }
    let rendition = Rendition {
        kind: ARCHIVAL_COPY.into(),
        digests: *stored.digests(),
        media_type: MediaType::Pdf.iana().into(),
        recipe: Recipe {
            step: ARCHIVAL_COPY.into(),
            version: COPY_VERSION.into(),
            settings: Blake3::of(copied.acceptance.checker.as_bytes()),
            inputs: vec![subject.digests.blake3, subject.reading_key],
        },
        acceptance: figures,
        made: subject.made,
    };
    Ok(Made::Accepted(Box::new((stored, rendition))))
}

/// How many copies were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accepted and stored.
    pub accepted: usize,
    /// Made, and refused.
    pub refused: usize,
}

impl Counts {
    fn add(&mut self, copy: ArchivalCopy) {
        match copy {
            ArchivalCopy::Accepted(_) => self.accepted += 1,
            ArchivalCopy::Refused => self.refused += 1,
            ArchivalCopy::None => {}
        }
    }
}

/// Makes the archival copies that are missing; those that were refused are tried again where `again` asks for it.
/// `told` hears of each document. Stopped, it goes on the next time.
pub fn make_missing(
    app: &App,
    examiner: &Examiner<'_>,
    again: bool,
    told: &dyn Fn(&Manifest, ArchivalCopy),
    cancel: &CancelFlag,
) -> Result<Counts> {
    let completed = standing_work::complete(app)?;
    let mut counts = Counts::default();
    for (_, manifest) in completed.manifests.iter().filter(|(work, _)| *work == Work::Copying) {
        let copy = document(manifest).archival_copy;
        counts.add(copy);
        told(manifest, copy);
    }
    let wanted = |row: &Document| match row.archival_copy {
        ArchivalCopy::None => true,
        ArchivalCopy::Refused => again,
        ArchivalCopy::Accepted(_) => false,
    };
    let missing: Vec<_> = app.register.documents()?.into_iter().filter(wanted).map(|row| row.id).collect();
    let was_stopped = completed.open.contains(&Work::Copying);
    if missing.is_empty() && !was_stopped {
        return Ok(counts);
    }
    let mut damaged = None;
    let counts = standing_work::within(app, Work::Copying, || {
        for id in &missing {
            cancel.check()?;
            let made =
                make_one(app, examiner, id, told, cancel).doing(|| format!("cannot make the archival copy of `{id}`"));
            match made {
                // It lies in what is stored of this document: the others get theirs.
                Err(error) if lies_in_the_way(&error) => damaged = damaged.take().or(Some(error)),
                made => counts.add(made?),
            }
        }
        Ok(counts)
    })?;
    damaged.map_or(Ok(counts), Err)
}

fn make_one(
    app: &App,
    examiner: &Examiner<'_>,
    id: &DocumentId,
    told: &dyn Fn(&Manifest, ArchivalCopy),
    cancel: &CancelFlag,
) -> Result<ArchivalCopy> {
    let lost = |what| Error::new(ErrorKind::FixityMismatch, format!("{what} of `{id}` is not in the store"));
    let made = app.clock.now();
    let mut manifest = app.archive.manifests(id)?.pop().ok_or_else(|| lost("the manifest"))?;
    let Some(reading_key) = manifest.reading else { return Ok(ArchivalCopy::None) };
    let reading = Arc::new(app.archive.reading(&reading_key)?.ok_or_else(|| lost("the reading"))?);
    let findings = match manifest.findings.last() {
        Some(last) => app.archive.findings(&last.key)?,
        None => None,
    };
    let title = findings.as_ref().and_then(|findings| findings.fields.title.value.as_deref());
    let read_through = manifest.renditions.iter().find(|rendition| rendition.kind == READ_THROUGH);
    let digests = manifest.original.digests;
    // What it is made of must be what is archived: the copy would outlast the bytes that were laid there for it.
    app.archive.must_be_whole(&name::original(&digests.blake3), &digests.blake3)?;
    if let Some(made) = read_through {
        app.archive.must_be_whole(&name::rendition(&made.digests.blake3), &made.digests.blake3)?;
    }
    let subject = Subject {
        digests: &digests,
        media: manifest.original.media_type,
        reading: &reading,
        reading_key,
        read_through: read_through.map(|rendition| rendition.digests.blake3),
        title,
        signatures: manifest.signatures.len(),
        made,
    };
    let mut objects = Vec::new();
    match archival_copy(app, examiner, &subject, cancel)? {
        Made::Accepted(copy) => {
            let (stored, rendition) = *copy;
            objects.push(stored);
            manifest.renditions.push(rendition);
        }
        Made::Refused(refusal) => manifest.refused.push(refusal),
    }
    reached("missing-copy-stored");
    manifest.made = made;
    manifest.program = PROGRAM.into();
    objects.push(app.archive.put_manifest(&manifest)?);
    reached("copied-manifest-stored");
    let copy = document(&manifest).archival_copy;
    app.register.set_archival_copy(id, copy, &[events::copied(&manifest, copy, &objects)])?;
    reached("copied-database-committed");
    app.log_now_and_then()?;
    told(&manifest, copy);
    Ok(copy)
}
