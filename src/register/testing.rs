//! What the tests of this room share: a register in a temporary folder, and contracts to put into it.

use jiff::Timestamp;

use super::*;
use crate::model::{
    BatchId, Blake3, Digests, Evidence, Field, Fields, Language, MediaType, PageBox, PageNo, Status, record::Party,
};

/// A register that is gone after the test.
pub struct TestRegister {
    pub register: Register,
    _folder: tempfile::TempDir,
}

impl TestRegister {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { register: Register::open(&folder.path().join("griffie.db")).unwrap(), _folder: folder }
    }

    /// A batch with an item for each path.
    pub fn batch(&self, paths: &[&str]) -> (BatchId, Vec<Item>) {
        let id = BatchId::random();
        let paths_owned = paths.iter().map(|&path| path.to_owned()).collect();
        let batch = Batch { id: id.clone(), started: moment(), finished: None, paths: paths_owned };
        self.register.begin_batch(&batch).unwrap();
        let new: Vec<_> = paths.iter().map(|path| place(path)).collect();
        (id.clone(), self.register.reserve_items(&id, &new).unwrap())
    }

    /// Archives one contract, and gives its ids.
    pub fn archive(&self, path: &str, fields: Fields) -> Item {
        let (_, items) = self.batch(&[path]);
        let item = items.into_iter().next().unwrap();
        self.register.complete_items(&[archived(&item, path.as_bytes(), fields)]).unwrap();
        item
    }
}

impl std::ops::Deref for TestRegister {
    type Target = Register;
    fn deref(&self) -> &Register {
        &self.register
    }
}

pub fn moment() -> Timestamp {
    "2026-03-02T09:30:00Z".parse().unwrap()
}

pub fn place(path: &str) -> NewItem {
    NewItem { source: path.into(), member: None, parent: None, accessioned: moment() }
}

/// Item archived as one document of two pages, one of them blank.
pub fn archived(item: &Item, bytes: &[u8], fields: Fields) -> Completion {
    let digests = Digests::of(bytes);
    let document = Document {
        id: item.document.clone(),
        record: item.record.clone(),
        role: Role::Main,
        original: digests.blake3,
        first_page: PageNo::from_index(0),
        last_page: PageNo::from_index(1),
        pages: PageCounts { read: 1, blank: 1, ..PageCounts::default() },
        language: Some(Language::Dutch),
        text_source: "ocr".into(),
        mean_ocr_confidence: Some(0.93),
        engine: "tesseract 5.3.0".into(),
        reading_key: "reading".into(),
        problems: Vec::new(),
        archival_copy: ArchivalCopy::None,
    };
    let findings = Findings { key: "rules 1".into(), rule_set: Blake3::of(b"rules 1"), found: moment(), fields };
    Completion {
        item: item.id.clone(),
        outcome: Outcome::Archived {
            original: Original { digests, media_type: MediaType::Pdf, accessioned: moment() },
            documents: vec![NewDocument { document, created: moment(), findings: Some(findings) }],
        },
        events: vec![Event { id: format!("ingestion of {}", item.id), json: "{}".into() }],
    }
}

/// A value that fills the register by itself.
pub fn auto<T>(value: T) -> Field<T> {
    Field {
        value: Some(value),
        status: Status::Auto,
        confidence: 0.97,
        rule: Some("nl#a rule".into()),
        explanation: Some("it says so".into()),
        evidence: vec![Evidence {
            page: PageNo::from_index(0),
            quote: "zoals overeengekomen".into(),
            boxes: vec![PageBox::new(0.1, 0.2, 0.3, 0.25)],
            clause: Some("3.1 Duur".into()),
            kind: None,
        }],
        ..Field::absent()
    }
}

pub fn party(name: &str, role: &str) -> Field<Party> {
    auto(Party { name: name.into(), role: Some(role.into()), ..Party::default() })
}
