//! A small store with everything in it that an archive can hold; the same bytes every time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use griffie::{
    archive::{
        Access, Accession, AccessionState, Act, Archive, Batch, Decision, DocumentRole, Findings, FindingsRef, Hold,
        Manifest, ManifestOriginal, PageCounts, Reason, Recipe, Rendition, Stored, Totals,
    },
    model::{
        Blake3, DocumentId, Fields, Language, MediaType, PageBox, PageNo, PageReading, PageState, Reading, TextSource,
        Word,
    },
    provenance::{Event, EventKind, Log, note::SignerKey},
    storage::{Store, digests_of_file},
};
use jiff::Timestamp;

/// When everything happened.
pub fn moment() -> Timestamp {
    "2026-03-01T09:30:00Z".parse().unwrap()
}

/// The key that signs its log.
pub fn signer() -> SignerKey {
    SignerKey::from_secret([7; 32])
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str, number: usize) -> T {
    format!("{prefix}-{number:012}").parse().unwrap()
}

/// Makes the store in a folder: four documents in a batch, with a file in quarantine and a duplicate; a log of several
/// appends, of which one fills a bundle.
pub fn make(folder: &Path) -> Archive {
    let archive = Archive::open(Store::folder(&folder.join("store")).unwrap()).unwrap();
    let log = Log::with_key(archive.store(), signer()).unwrap();
    for number in 1..=4 {
        let stored = document(&archive, folder, number);
        let mut events = vec![Event::new(EventKind::Ingestion, moment(), [format!("d-{number:012}")]).objects(&stored)];
        let checks = if number == 3 { 300 } else { number };
        events.extend((0..checks).map(|n| Event::new(EventKind::FixityCheck, moment(), [format!("{number}-{n}")])));
        log.append(&events).unwrap();
    }
    let last = [
        quarantined(&archive),
        archive.put_batch(&batch()).unwrap(),
        archive.put_decision(&decision(1, "2027-02-28")).unwrap(),
        archive.put_decision(&decision(2, "2028-02-29")).unwrap(),
    ];
    log.append(&[Event::new(EventKind::Ingestion, moment(), ["b-000000000001".into()]).objects(&last)]).unwrap();
    archive
}

/// A document with everything that belongs to it; the third has a second manifest.
fn document(archive: &Archive, folder: &Path, number: usize) -> Vec<Stored> {
    let file = |name: String, text: String| -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let path = file(format!("{number}.pdf"), format!("%PDF-1.7 contract {number}"));
    let digests = digests_of_file(&path).unwrap();
    let original = archive.store_original(&path, &digests).unwrap();
    let copy = archive.store_rendition(&file(format!("{number}-copy.pdf"), format!("%PDF copy {number}"))).unwrap();
    let recipe = |step: &str, input: Blake3| Recipe {
        step: step.into(),
        version: "1".into(),
        settings: Blake3::of(b"settings"),
        inputs: vec![input],
    };
    let read = recipe("read", digests.blake3);
    let (reading, _) = archive.put_reading(&read, &words(number)).unwrap();
    let extract = recipe("extract", read.key());
    let rule_set = Blake3::of(b"rules").hex();
    let findings =
        Findings { recipe: extract.clone(), reading: read.key(), rule_set: rule_set.clone(), fields: Fields::absent() };
    let (findings, _) = archive.put_findings(&findings).unwrap();
    let mut manifest = Manifest {
        document: id("d", number),
        record: id("c", number),
        role: DocumentRole::Main,
        made: moment(),
        program: "griffie".into(),
        original: ManifestOriginal {
            digests,
            media_type: MediaType::Pdf,
            name: format!("{number}.pdf"),
            item: id("i", number),
            accessioned: moment(),
        },
        first_page: Some(PageNo::from_index(0)),
        last_page: Some(PageNo::from_index(0)),
        pages: PageCounts { read: 1, ..PageCounts::default() },
        language: Some(Language::Dutch),
        text_source: "ocr".into(),
        mean_ocr_confidence: Some(0.9),
        engine: "test".into(),
        reading: Some(read.key()),
        findings: vec![FindingsRef { key: extract.key(), rule_set, found: moment() }],
        problems: Vec::new(),
        renditions: Vec::new(),
        refused: Vec::new(),
        signatures: Vec::new(),
    };
    let mut stored = vec![original.stored().clone(), reading, findings, copy.clone()];
    if number == 3 {
        stored.push(archive.put_manifest(&manifest).unwrap());
    }
    manifest.renditions.push(Rendition {
        kind: "archival_copy".into(),
        digests: *copy.digests(),
        media_type: "application/pdf".into(),
        recipe: recipe("archival_copy", digests.blake3),
        acceptance: serde_json::json!({ "pages_compared": 1 }),
        made: moment(),
    });
    stored.push(archive.put_manifest(&manifest).unwrap());
    stored.push(archive.put_accession(&accession(number, AccessionState::Archived, Some(digests))).unwrap());
    if number == 4 {
        let again = Accession { documents: vec![id("d", 4)], ..accession(5, AccessionState::Duplicate, Some(digests)) };
        stored.push(archive.put_accession(&again).unwrap());
    }
    let (by, at) = ("A. Archivist".to_owned(), moment());
    let document: DocumentId = id("d", number);
    stored.push(archive.put_access(&Access { document, departments: None, by: by.clone(), at }).unwrap());
    let hold = Hold { record: id("c", number), hold: "inquiry".into(), on: true, reason: "claim".into(), by, at };
    stored.push(archive.put_hold(&hold).unwrap());
    stored
}

fn words(number: usize) -> Reading {
    let mut page = PageReading::wordless(PageNo::from_index(0), PageState::Read, 595.0, 842.0);
    page.source = TextSource::Ocr;
    page.text = format!("Contract {number}");
    let bounds = PageBox::new(0.1, 0.1, 0.3, 0.12);
    page.words = vec![Word { start: 0, end: 8, bounds, confidence: 90, size: 48, bold: false, block: 0, line: 0 }];
    Reading { pages: vec![page], language: Some(Language::Dutch), engine: "test".into(), problems: Vec::new() }
}

fn accession(number: usize, state: AccessionState, digests: Option<griffie::model::Digests>) -> Accession {
    Accession {
        batch: id("b", 1),
        item: id("i", number),
        ordinal: number as u32 - 1,
        source: format!("/in/{number}.pdf"),
        member: None,
        parent: None,
        department: None,
        accessioned: moment(),
        state,
        reason: None,
        digests,
        media_type: Some("application/pdf".into()),
        documents: vec![id("d", number)],
        reserved_document: id("d", number),
        reserved_record: id("c", number),
        remarks: Vec::new(),
    }
}

fn quarantined(archive: &Archive) -> Stored {
    let reason = Some(Reason { kind: "empty".into(), message: "the file is empty".into() });
    let accession = Accession {
        reason,
        media_type: None,
        documents: Vec::new(),
        ..accession(6, AccessionState::Quarantined, None)
    };
    archive.put_accession(&accession).unwrap()
}

fn batch() -> Batch {
    Batch {
        batch: id("b", 1),
        started: moment(),
        finished: moment(),
        program: "griffie".into(),
        paths: vec!["/in".into()],
        totals: Totals { files: 6, archived: 4, duplicate: 1, quarantined: 1, ..Totals::default() },
    }
}

fn decision(number: u32, day: &str) -> Decision {
    Decision {
        record: id("c", 1),
        number,
        act: Act::Correct,
        field: Some("end_date".into()),
        value: Some(day.into()),
        by: "A. Archivist".into(),
        at: moment(),
        note: None,
        elsewhere: None,
    }
}
