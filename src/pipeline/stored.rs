//! Between the register's rows and the archive's objects: what an item became, told in both. A rebuild takes the same
//! way back.

use std::sync::Arc;

use super::{
    App, elsewhere, events,
    examine::{self, Examiner},
    read::PageDone,
    remarks,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{
        self, Accession, AccessionState, Archive, DocumentRole, FindingsRef, Manifest, ManifestOriginal, Original,
        Recipe, Refusal, Rendition, Stored,
    },
    error::Fold as _,
    extract::RuleSet,
    model::{Blake3, Digests, Fields, Language, MediaType, PageNo, Problem, Reading, record::ContractType},
    register::{
        self, ArchivalCopy, Batch, Document, Item, ItemState, NewDocument, Outcome, PageCounts, Reason, Receipt, Role,
        Totals,
    },
    signatures::{self, SignatureFact},
    storage::{FOREIGN, STORED_CHANGED},
    text::Text,
    tools::CancelFlag,
};

/// Raised whenever reading could give other words from the same bytes and settings.
const READ_VERSION: &str = "13";
/// Raised whenever text or rule engine could give other fields from the same words and rules.
const EXTRACT_VERSION: &str = "12";
/// So many objects fit an event of the log.
const OBJECTS_AN_EVENT: usize = 200;
/// The program that made an object.
pub(super) const PROGRAM: &str = concat!("griffie ", env!("CARGO_PKG_VERSION"));

/// The kind of rendition that an archival copy is.
pub(super) const ARCHIVAL_COPY: &str = "archival_copy";

/// The kind of rendition through which a word-processor file was read, and of the note in the reading that names it.
pub(super) const READ_THROUGH: &str = "read_through_pdf";

/// Words read, and the key they are stored under.
pub(super) struct Read {
    pub reading: Arc<Reading>,
    pub key: Blake3,
    pub stored: Stored,
    pub original: Blake3,
    pub signatures: Vec<SignatureFact>,
}

/// What a run of the rules left, and the key it is stored under.
pub(super) struct Findings {
    pub fields: Fields,
    pub key: Blake3,
    pub rule_set: Blake3,
    pub stored: Stored,
}

impl Findings {
    /// As a manifest names them.
    pub fn at(&self, found: jiff::Timestamp) -> FindingsRef {
        FindingsRef { key: self.key, rule_set: self.rule_set.hex(), found }
    }
}

/// The words of an original: those that this archive read before with the same settings, or read now and stored. Words
/// that somebody else laid there are read anew, and refused where they are others.
pub(super) fn reading(
    app: &App,
    examiner: &Examiner<'_>,
    original: &Original,
    media: MediaType,
    page_done: &dyn Fn(PageDone),
    cancel: &CancelFlag,
) -> Result<Read> {
    let recipe = read_recipe(examiner.settings_digest(), original.digests().blake3);
    let key = recipe.key();
    let file = app.archive.original_file(&original.digests().blake3)?;
    let signatures = examiner.signatures(&file, media, cancel)?;
    if let Some(reading) = app.archive.reading(&key)? {
        let (stored, reading) = app.archive.put_reading(&recipe, &reading)?;
        return Ok(Read { reading: reading.into(), key, stored, original: original.digests().blake3, signatures });
    }
    let (mut reading, made) = examiner.read(&file, media, page_done, cancel)?;
    if let Some(made) = made {
        // The words' places are on its pages: it is stored before them, and they name it.
        let copy = app.archive.store_rendition(&made.path())?;
        reading.problems.push(Problem {
            kind: READ_THROUGH.into(),
            message: format!("read through a PDF made by {}: rendition {}", made.maker, copy.digests().blake3),
            page: None,
        });
    }
    if reading.pages.is_empty() {
        return Err(Error::new(ErrorKind::UnsupportedDocument, "it has no pages")
            .because("no_pages", "het heeft geen pagina's"));
    }
    let (stored, mut kept) = app.archive.put_reading(&recipe, &reading)?;
    // What is kept of the pages, and what this run knows beside.
    kept.pages.iter_mut().zip(&reading.pages).for_each(|(kept, read)| kept.marks = read.marks);
    Ok(Read { reading: kept.into(), key, stored, original: original.digests().blake3, signatures })
}

/// What the rules are applied to.
pub(super) struct Words<'a> {
    /// The key of the reading.
    pub key: Blake3,
    pub text: &'a Text,
    pub signatures: &'a [SignatureFact],
}

/// What the rules find in the words, found before or now; stored by [`keep`].
pub(super) fn find(app: &App, rules: &RuleSet, language: Language, words: &Words<'_>) -> Result<archive::Findings> {
    let recipe = extract_recipe(rules, language, &words.key, words.signatures)?;
    let fields = match app.archive.findings(&recipe.key())? {
        Some(earlier) => earlier.fields,
        None => {
            let mut fields = examine::guarded(|| rules.extract(words.text, language))?;
            signatures::propose_signing_date(&mut fields, words.signatures, language);
            fields
        }
    };
    Ok(archive::Findings { recipe, reading: words.key, rule_set: rules.digest().hex(), fields })
}

fn extract_recipe(
    rules: &RuleSet,
    language: Language,
    reading: &Blake3,
    signatures: &[SignatureFact],
) -> Result<Recipe> {
    let mut recipe = Recipe {
        step: "extract".into(),
        version: EXTRACT_VERSION.into(),
        settings: Blake3::of(language.code().as_bytes()),
        inputs: vec![*reading, rules.digest()],
    };
    if !signatures.is_empty() {
        let facts = serde_json::to_vec(signatures).fold(ErrorKind::Internal, || "facts do not serialize")?;
        recipe.inputs.push(Blake3::of(&facts));
    }
    Ok(recipe)
}

/// Stores what the rules found.
pub(super) fn keep(app: &App, findings: &archive::Findings, rules: &RuleSet) -> Result<Findings> {
    let (stored, findings) = app.archive.put_findings(findings)?;
    Ok(Findings { key: findings.recipe.key(), rule_set: rules.digest(), fields: findings.fields, stored })
}

/// Whether the last findings in a document were made by these rules and by this version of the program. In what language
/// they are explained does not matter.
pub(super) fn is_found_by(app: &App, rules: &RuleSet, document: &Document, found: &register::Findings) -> Result<bool> {
    if found.rule_set != rules.digest() {
        return Ok(false);
    }
    let key: Blake3 = found.key.parse().fold(ErrorKind::Storage, || "the key of findings")?;
    // Where there are no signatures the key itself tells, and nothing need be fetched.
    if let Ok(reading) = document.reading_key.parse() {
        for language in [Language::Dutch, Language::English] {
            if extract_recipe(rules, language, &reading, &[])?.key() == key {
                return Ok(true);
            }
        }
    }
    let stored = app.archive.findings(&key)?;
    Ok(stored.is_some_and(|findings| findings.recipe.version == EXTRACT_VERSION))
}

/// Whether a document's words were read as this program reads, by the engine that read it then.
pub(super) fn is_read_as_now(document: &Document) -> bool {
    let recipe = read_recipe(Blake3::of(document.engine.as_bytes()), document.original);
    document.reading_key == recipe.key().hex()
}

fn read_recipe(settings: Blake3, original: Blake3) -> Recipe {
    Recipe { step: "read".into(), version: READ_VERSION.into(), settings, inputs: vec![original] }
}

/// Forms made of an original on the way to its words, which the reading names.
pub(super) fn renditions(app: &App, item: &Item, read: &Read) -> Result<Vec<(Stored, Rendition)>> {
    let notes = read.reading.problems.iter().filter(|problem| problem.kind == READ_THROUGH);
    notes
        .map(|note| {
            let digest = note.message.rsplit(' ').next().unwrap_or_default();
            let digest: Blake3 = digest.parse().fold(ErrorKind::FixityMismatch, || "a reading names no rendition")?;
            let name = archive::name::rendition(&digest);
            app.archive.must_be_whole(&name, &digest)?;
            let stored = app.archive.stored(name)?;
            let rendition = Rendition {
                kind: READ_THROUGH.into(),
                digests: *stored.digests(),
                media_type: MediaType::Pdf.iana().into(),
                recipe: Recipe {
                    step: READ_THROUGH.into(),
                    version: note.message.clone(),
                    settings: Blake3::of(b""),
                    inputs: vec![read.original],
                },
                acceptance: serde_json::Value::Null,
                made: item.accessioned,
            };
            Ok((stored, rendition))
        })
        .collect()
}

/// What a document is in its dossier, by what was found in it. A mail in which no two parties make a contract is about
/// one.
pub(super) fn role_of(fields: &Fields, media: MediaType) -> DocumentRole {
    match fields.contract_type.value {
        _ if media.is_mail() && !fields.are_of_a_contract() => DocumentRole::Letter,
        Some(ContractType::Amendment) => DocumentRole::Amendment,
        _ => DocumentRole::Main,
    }
}

/// The manifest of a document that has all pages of an original. Times come from the item, so that a second try after
/// a crash makes the same object.
pub(super) fn manifest(
    item: &Item,
    original: &Digests,
    media: MediaType,
    read: &Read,
    found: &Findings,
    renditions: Vec<Rendition>,
    refused: Vec<Refusal>,
) -> Manifest {
    let reading = &read.reading;
    let name = item.member.as_deref().unwrap_or(&item.source);
    Manifest {
        document: item.document.clone(),
        record: item.record.clone(),
        role: role_of(&found.fields, media),
        made: item.accessioned,
        program: PROGRAM.into(),
        original: ManifestOriginal {
            digests: *original,
            media_type: media,
            name: name.rsplit(['/', '!']).next().unwrap_or(name).to_owned(),
            item: item.id.clone(),
            accessioned: item.accessioned,
        },
        first_page: Some(PageNo::from_index(0)),
        last_page: Some(PageNo::from_index(reading.pages.len().saturating_sub(1))),
        pages: stored_counts(PageCounts::of(reading)),
        language: reading.language,
        text_source: reading.text_source().into(),
        mean_ocr_confidence: reading.mean_ocr_confidence(),
        engine: reading.engine.clone(),
        reading: Some(read.key),
        findings: vec![found.at(item.accessioned)],
        problems: reading.all_problems().cloned().collect(),
        renditions,
        refused,
        signatures: read.signatures.iter().filter_map(|fact| serde_json::to_value(fact).ok()).collect(),
    }
}

/// Whether bytes lie in the store, in the way of those that were to be stored or in place of those that were: that costs
/// the file that they belong to, and no other.
pub(super) fn lies_in_the_way(error: &Error) -> bool {
    matches!(error.reason(), Some(FOREIGN | STORED_CHANGED))
}

/// A role as rows name it.
pub(super) fn role(role: DocumentRole) -> Role {
    match role {
        DocumentRole::Main => Role::Main,
        DocumentRole::Amendment => Role::Amendment,
        DocumentRole::Annex => Role::Annex,
        DocumentRole::Letter => Role::Letter,
    }
}

/// The row of a document, as its manifest tells of it.
pub(super) fn document(manifest: &Manifest) -> Document {
    let first = PageNo::from_index(0);
    let copy = manifest.renditions.iter().rev().find(|rendition| rendition.kind == ARCHIVAL_COPY);
    let archival_copy = match copy {
        Some(copy) => ArchivalCopy::Accepted(copy.digests.blake3),
        None if manifest.refused.iter().any(|refusal| refusal.kind == ARCHIVAL_COPY) => ArchivalCopy::Refused,
        None => ArchivalCopy::None,
    };
    let archive::PageCounts { read, blank, separator, unreadable } = manifest.pages;
    Document {
        id: manifest.document.clone(),
        record: manifest.record.clone(),
        role: role(manifest.role),
        original: manifest.original.digests.blake3,
        first_page: manifest.first_page.unwrap_or(first),
        last_page: manifest.last_page.unwrap_or(first),
        pages: PageCounts { read, blank, separator, unreadable },
        language: manifest.language,
        text_source: manifest.text_source.clone(),
        mean_ocr_confidence: manifest.mean_ocr_confidence,
        engine: manifest.engine.clone(),
        reading_key: manifest.reading.map(|key| key.hex()).unwrap_or_default(),
        problems: manifest.problems.clone(),
        archival_copy,
    }
}

/// The row of an original, as the manifest of one of its documents tells of it.
pub(super) fn original(manifest: &Manifest) -> register::Original {
    let ManifestOriginal { digests, media_type, accessioned, .. } = &manifest.original;
    register::Original { digests: *digests, media_type: *media_type, accessioned: *accessioned }
}

/// A document with what the last run of the rules found, as it comes into the register.
pub(super) fn new_document(manifest: &Manifest, fields: Fields) -> Result<NewDocument> {
    let findings = manifest.findings.last().map(|reference| register_findings(reference, fields)).transpose()?;
    Ok(NewDocument { document: document(manifest), created: manifest.original.accessioned, findings })
}

/// A document as its manifest and the objects that this names tell of it.
pub(super) fn restored_document(archive: &Archive, manifest: &Manifest) -> Result<NewDocument> {
    let Some(last) = manifest.findings.last() else {
        return Ok(NewDocument {
            document: document(manifest),
            created: manifest.original.accessioned,
            findings: None,
        });
    };
    let findings = archive.findings(&last.key)?.ok_or_else(|| {
        archive.in_its_place(&archive::name::findings(&last.key)).unwrap_or_else(|| {
            Error::new(ErrorKind::FixityMismatch, format!("the findings `{}` are not in the store", last.key))
                .hint("`griffie verify` names everything that is missing")
        })
    })?;
    new_document(manifest, findings.fields)
}

/// What a run of the rules left, with the time at which the document's manifest says that it ran.
pub(super) fn register_findings(reference: &FindingsRef, fields: Fields) -> Result<register::Findings> {
    let rule_set = reference.rule_set.parse().fold(ErrorKind::FixityMismatch, || "a rule set's digest")?;
    Ok(register::Findings { key: reference.key.hex(), rule_set, found: reference.found, fields })
}

/// The accession object of an item and what became of it.
pub(super) fn accession(
    item: &Item,
    outcome: &Outcome,
    media: Option<MediaType>,
    duplicates: &[Document],
) -> Accession {
    let (state, reason, digests) = match outcome {
        Outcome::Archived { original, .. } => (AccessionState::Archived, None, Some(original.digests)),
        Outcome::Duplicate(digests) => (AccessionState::Duplicate, None, Some(*digests)),
        Outcome::Quarantined { digests, reason } => (AccessionState::Quarantined, Some(reason.clone()), *digests),
        Outcome::Container(digests) => (AccessionState::Container, None, *digests),
    };
    let documents = match outcome {
        Outcome::Archived { documents, .. } => documents.iter().map(|new| new.document.id.clone()).collect(),
        Outcome::Duplicate(_) => duplicates.iter().map(|document| document.id.clone()).collect(),
        Outcome::Quarantined { .. } | Outcome::Container(_) => Vec::new(),
    };
    Accession {
        batch: item.batch.clone(),
        item: item.id.clone(),
        ordinal: item.ordinal,
        source: item.source.clone(),
        member: item.member.clone(),
        parent: item.parent.clone(),
        department: None,
        accessioned: item.accessioned,
        state,
        reason: reason.map(|Reason { kind, message }| archive::Reason { kind, message }),
        digests,
        media_type: media.map(|media| media.iana().to_owned()),
        documents,
        reserved_document: item.document.clone(),
        reserved_record: item.record.clone(),
        remarks: Vec::new(),
    }
}

/// The row of an item, as its accession tells of it, before it gets its state.
pub(super) fn item(accession: &Accession) -> Item {
    Item {
        id: accession.item.clone(),
        batch: accession.batch.clone(),
        ordinal: accession.ordinal,
        source: accession.source.clone(),
        member: accession.member.clone(),
        parent: accession.parent.clone(),
        accessioned: accession.accessioned,
        document: accession.reserved_document.clone(),
        record: accession.reserved_record.clone(),
        state: ItemState::Pending,
        reason: None,
        digests: None,
    }
}

/// What became of an item, as its accession and the objects that this names tell.
pub(super) fn outcome(archive: &Archive, accession: &Accession) -> Result<Outcome> {
    let digests = accession.digests;
    let known = || {
        digests.ok_or_else(|| {
            Error::new(ErrorKind::FixityMismatch, format!("the accession of `{}` has no digests", accession.item))
        })
    };
    Ok(match accession.state {
        AccessionState::Duplicate => Outcome::Duplicate(known()?),
        AccessionState::Container => Outcome::Container(digests),
        AccessionState::Quarantined => {
            let reason = accession.reason.clone().map(|reason| Reason { kind: reason.kind, message: reason.message });
            let unknown = || Reason { kind: "unknown".into(), message: String::new() };
            Outcome::Quarantined { digests, reason: reason.unwrap_or_else(unknown) }
        }
        AccessionState::Archived => {
            let mut documents = Vec::new();
            let mut original = None;
            for id in &accession.documents {
                let manifests = archive.manifests(id)?;
                let manifest = manifests.last().ok_or_else(|| {
                    archive.in_its_place(&archive::name::manifest(id, 1)).unwrap_or_else(|| {
                        Error::new(ErrorKind::FixityMismatch, format!("document `{id}` has no manifest"))
                            .hint("`griffie verify` names everything that is missing")
                    })
                })?;
                documents.push(restored_document(archive, manifest)?);
                original = Some(self::original(manifest));
            }
            let original = original.ok_or_else(|| {
                Error::new(
                    ErrorKind::FixityMismatch,
                    format!("the accession of `{}` names no document", accession.item),
                )
            })?;
            Outcome::Archived { original, documents }
        }
    })
}

/// What is told of an item whose accession a stopped run had stored: every object is named.
pub(super) fn story<'a>(app: &App, item: &'a Item, accession: &Accession) -> Result<events::Story<'a>> {
    let story = events::Story::of(item);
    let mut objects = accession.refers_to();
    let mut story = match accession.state {
        AccessionState::Archived => {
            let manifest = accession.documents.first().map(|id| app.archive.manifests(id)).transpose()?;
            let manifest = manifest.and_then(|mut manifests| manifests.pop()).ok_or_else(|| {
                Error::new(ErrorKind::FixityMismatch, format!("the accession of `{}` has no manifest", item.id))
                    .hint("`griffie verify` names everything that is missing")
            })?;
            objects.extend(manifest.refers_to());
            story.archived(&manifest)
        }
        AccessionState::Duplicate => story.duplicate(),
        AccessionState::Container => story.container(),
        AccessionState::Quarantined => {
            let reason = accession.reason.clone();
            let reason = reason.map(|reason| Reason { kind: reason.kind, message: reason.message });
            story.quarantined(&reason.unwrap_or_else(|| Reason { kind: "unknown".into(), message: String::new() }))
        }
    };
    objects.push(archive::name::accession(&accession.batch, &accession.item));
    for name in objects {
        story.stored(app.archive.stored(name)?);
    }
    Ok(story)
}

/// Ends a batch all of whose items have their state: the receipt becomes an object, then the batch is closed.
pub(super) fn finish_batch(app: &App, batch: &Batch) -> Result<Receipt> {
    let mut receipt = app.register.receipt(&batch.id)?;
    let stored = match app.archive.batch(&batch.id)? {
        // A run that was stopped had come so far; what follows does nothing twice.
        Some(stored) => stored,
        None => batch_object(app, batch, &receipt),
    };
    let object = app.archive.put_batch(&stored)?;
    app.register.add_events(&[events::finished(&stored, &object)])?;
    app.log_waiting_events()?;
    app.register.finish_batch(&batch.id, stored.finished)?;
    if app.register.open_batches()?.is_empty() {
        log_left_over(app, batch.id.as_str(), stored.finished)?;
    }
    app.index_now()?;
    remarks::add_to(app, &mut receipt);
    elsewhere::add_to(app, &mut receipt);
    Ok(receipt)
}

/// Tells the log of the objects that a run of this data folder stored and no document has: what was stopped, or refused
/// later. To be called when no batch is open.
pub(super) fn log_left_over(app: &App, about: &str, at: jiff::Timestamp) -> Result<()> {
    let left = app.archive.left_over()?;
    let events: Vec<_> = left.chunks(OBJECTS_AN_EVENT).map(|left| events::left_over(about, left, at)).collect();
    app.register.add_events(&events)?;
    app.log_waiting_events()
}

fn batch_object(app: &App, batch: &Batch, receipt: &Receipt) -> archive::Batch {
    let Totals { files, archived, duplicate, quarantined, container, pages, pending: _ } = receipt.totals;
    archive::Batch {
        batch: batch.id.clone(),
        started: batch.started,
        finished: app.clock.now(),
        program: PROGRAM.into(),
        paths: batch.paths.clone(),
        totals: archive::Totals { files, archived, duplicate, quarantined, container, pages: stored_counts(pages) },
    }
}

fn stored_counts(counts: PageCounts) -> archive::PageCounts {
    let PageCounts { read, blank, separator, unreadable } = counts;
    archive::PageCounts { read, blank, separator, unreadable }
}
