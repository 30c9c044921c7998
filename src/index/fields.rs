//! The fields of the index, and a unit as an entry of it.

use tantivy::{
    TantivyDocument,
    schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _},
};

use super::{IndexDocument, Unit, analysis};
use crate::model::{DocumentId, Language};

/// Name of the column of [`document_number`], which filters read.
pub(super) const NUMBER: &str = "document_number";
/// `kind` of an entry that says that a document is in the index.
pub(super) const STAMP: &str = "document";
/// `kind` of an entry that is a unit.
pub(super) const UNIT: &str = "unit";

#[derive(Clone, Copy)]
pub(super) struct IndexFields {
    pub kind: Field,
    pub stamp: Field,
    pub record: Field,
    pub document: Field,
    pub number: Field,
    pub page: Field,
    pub start: Field,
    pub clause: Field,
    /// Names of what a unit is about, each a value of its own.
    pub subject: Field,
    /// The text under Dutch stems, under English stems, and as written (lower case, accents off).
    pub dutch: Field,
    pub english: Field,
    pub exact: Field,
}

impl IndexFields {
    pub fn schema() -> Schema {
        let mut schema = Schema::builder();
        let text = |analysis: &str| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(analysis)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions);
            TextOptions::default().set_indexing_options(indexing)
        };
        schema.add_text_field("kind", STRING);
        schema.add_text_field("stamp", STRING);
        schema.add_text_field("record", STRING | STORED);
        schema.add_text_field("document", STRING | STORED);
        schema.add_u64_field(NUMBER, FAST);
        schema.add_u64_field("page", STORED);
        schema.add_u64_field("start", STORED);
        schema.add_text_field("clause", STORED);
        schema.add_text_field("subject", STRING | STORED);
        schema.add_text_field("dutch", text(analysis::DUTCH));
        schema.add_text_field("english", text(analysis::ENGLISH));
        schema.add_text_field("exact", text(analysis::EXACT).set_stored());
        schema.build()
    }

    pub fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            kind: field("kind")?,
            stamp: field("stamp")?,
            record: field("record")?,
            document: field("document")?,
            number: field(NUMBER)?,
            page: field("page")?,
            start: field("start")?,
            clause: field("clause")?,
            subject: field("subject")?,
            dutch: field("dutch")?,
            english: field("english")?,
            exact: field("exact")?,
        })
    }

    /// The three forms of the text, with how much a match in each counts.
    pub fn texts(&self) -> [(Field, f32); 3] {
        [(self.dutch, 1.0), (self.english, 1.0), (self.exact, 0.5)]
    }

    pub fn entry(&self, document: &IndexDocument, unit: &Unit) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_text(self.kind, UNIT);
        entry.add_text(self.record, document.record.as_str());
        entry.add_text(self.document, document.document.as_str());
        entry.add_u64(self.number, document_number(&document.document));
        entry.add_u64(self.page, u64::from(unit.page.get()));
        entry.add_u64(self.start, unit.range.start as u64);
        if let Some(clause) = &unit.clause {
            entry.add_text(self.clause, clause);
        }
        for subject in &unit.subjects {
            entry.add_text(self.subject, subject.name());
        }
        if unit.language != Some(Language::English) {
            entry.add_text(self.dutch, &unit.text);
        }
        if unit.language != Some(Language::Dutch) {
            entry.add_text(self.english, &unit.text);
        }
        entry.add_text(self.exact, &unit.text);
        entry
    }
}

/// What a hit shows of a unit: page, start, clause, subjects, text. Its record is the register's to tell: a person may
/// have put the document into another dossier since it was indexed.
pub(super) type Shown = (u64, u64, Option<String>, Vec<String>, String);

impl IndexFields {
    /// What an entry shows; nothing, where it is no unit.
    pub fn shown(&self, entry: &TantivyDocument) -> Option<Shown> {
        let text = |field| entry.get_first(field).and_then(|value| value.as_str()).map(str::to_owned);
        let number = |field| entry.get_first(field).and_then(|value| value.as_u64());
        let subjects = entry.get_all(self.subject).filter_map(|value| value.as_str()).map(str::to_owned).collect();
        Some((
            number(self.page)?,
            number(self.start)?,
            text(self.clause),
            subjects,
            text(self.exact).unwrap_or_default(),
        ))
    }
}

/// A document's id as a number, one for each: its twelve letters and digits are a number to the base of 36.
pub(super) fn document_number(document: &DocumentId) -> u64 {
    let (_, tail) = document.as_str().split_once('-').expect("an id has a prefix");
    u64::from_str_radix(tail, 36).expect("twelve letters and digits to the base of 36 fit into 64 bits")
}
