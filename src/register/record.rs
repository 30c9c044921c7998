//! Records with their dossiers, looked up by id or by the start of one.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction};

use super::{Db as _, Document, Findings, Register, dossier, fields, parsed, parsed_option};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Fields, RecordId},
};

/// A contract of the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// When it was made.
    pub created: Timestamp,
    /// The contract that took its place.
    pub superseded_by: Option<RecordId>,
    /// Its dossier: the contract, then the rest in the order in which it came in.
    pub documents: Vec<Document>,
}

/// What an id given by a person stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Named {
    /// A contract.
    Record(RecordId),
    /// One of its documents.
    Document(DocumentId),
}

impl Register {
    /// A record, with its dossier.
    pub fn record(&self, id: &RecordId) -> Result<Record> {
        self.read(|tx| record(tx, id))
    }

    /// The record in whose dossier the documents are that came in as this record: itself, if nobody joined them to
    /// another.
    pub fn dossier_of(&self, id: &RecordId) -> Result<RecordId> {
        Ok(self.read(|tx| dossier::of(tx, id))?.unwrap_or_else(|| id.clone()))
    }

    /// The documents that came in as this record, in whichever dossier they are now.
    pub fn came_in_as(&self, id: &RecordId) -> Result<Vec<Document>> {
        self.read(|tx| {
            tx.prepare_cached(
                "SELECT documents.* FROM documents JOIN items USING (document) WHERE items.record = ?1 ORDER BY document",
            )
            .and_then(|mut statement| statement.query_map([id.as_str()], Document::of_row)?.collect())
            .db("cannot look up the documents of a record")
        })
    }

    /// The other records as which documents of this one's dossier came in: what was decided about them before they were
    /// joined, and that they were, is in their series.
    pub fn joined(&self, id: &RecordId) -> Result<Vec<RecordId>> {
        self.read(|tx| dossier::joined(tx, id))
    }

    /// A document.
    pub fn document(&self, id: &DocumentId) -> Result<Document> {
        self.read(|tx| document(tx, id))
    }

    /// All documents, in the order of their ids: for rebuilding the index and for checking the whole archive.
    pub fn documents(&self) -> Result<Vec<Document>> {
        self.read(|tx| {
            tx.prepare_cached("SELECT * FROM documents ORDER BY document")
                .and_then(|mut statement| statement.query_map([], Document::of_row)?.collect())
                .db("cannot list documents")
        })
    }

    /// The same, each with what it was made of: the key of its words, and that of its findings where the rules were
    /// applied to those words again.
    pub fn documents_as_read(&self) -> Result<Vec<(Document, String)>> {
        self.read(|tx| as_read(tx, None))
    }

    /// What a document was made of, in the same words.
    pub fn read_as(&self, document: &DocumentId) -> Result<String> {
        let found = self.read(|tx| as_read(tx, Some(document)))?.pop();
        found
            .map(|(_, made_of)| made_of)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no document `{document}`")))
    }

    /// What the latest run of the rules found in a document, where they have run.
    pub fn findings(&self, document: &DocumentId) -> Result<Option<Findings>> {
        self.read(|tx| findings(tx, document))
    }

    /// The record or document that a person means by an id or by the start of one (`c-7k`, `7k2`), in any case.
    /// With the start of one, exactly one must fit.
    pub fn resolve(&self, text: &str) -> Result<Named> {
        let start = text.trim().to_ascii_lowercase();
        let starts: Vec<String> = if start.starts_with("c-") || start.starts_with("d-") {
            vec![start.clone()]
        } else {
            vec![format!("c-{start}"), format!("d-{start}")]
        };
        let found = self.read(|tx| {
            let mut found = Vec::new();
            for start in &starts {
                // `~` sorts after every letter and digit of an id, so this is a range of the primary key.
                let end = format!("{start}~");
                let mut statement = tx
                    .prepare_cached(
                        "SELECT record AS id FROM records WHERE record BETWEEN ?1 AND ?2
                         UNION ALL SELECT document FROM documents WHERE document BETWEEN ?1 AND ?2 LIMIT 6",
                    )
                    .db("cannot look up an id")?;
                let ids =
                    statement.query_map([start, &end], |row| row.get::<_, String>(0)).db("cannot look up an id")?;
                for id in ids {
                    found.push(id.db("cannot look up an id")?);
                }
            }
            Ok(found)
        })?;
        match &found[..] {
            [] => Err(Error::new(ErrorKind::NotFound, format!("no record and no document has the id `{start}`"))
                .hint("`griffie register` lists the records")
                .dutch(format!(
                    "geen dossier en geen document heeft het kenmerk `{start}`: `griffie register` noemt de dossiers"
                ))),
            [id] if id.starts_with("c-") => Ok(Named::Record(id.parse().fold(ErrorKind::Storage, || "a stored id")?)),
            [id] => Ok(Named::Document(id.parse().fold(ErrorKind::Storage, || "a stored id")?)),
            several => {
                let message = format!("`{start}` is the start of several ids: {}", several.join(", "));
                Err(Error::new(ErrorKind::InvalidInput, message).hint("give more of the id").dutch(format!(
                    "met `{start}` beginnen er meer: {}; geef meer van het kenmerk",
                    several.join(", ")
                )))
            }
        }
    }
}

pub(super) fn record(tx: &Transaction<'_>, id: &RecordId) -> Result<Record> {
    let head = |row: &Row<'_>| {
        Ok(Record {
            id: id.clone(),
            created: parsed(row, "created")?,
            superseded_by: parsed_option(row, "superseded_by")?,
            documents: Vec::new(),
        })
    };
    let record = tx
        .prepare_cached("SELECT * FROM records WHERE record = ?1")
        .and_then(|mut statement| statement.query_row([id.as_str()], head).optional())
        .db("cannot look up a record")?
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no record `{id}`")))?;
    let documents = tx
        .prepare_cached(
            "SELECT documents.* FROM documents JOIN originals ON blake3 = original WHERE record = ?1
             ORDER BY role <> 'main', accessioned, document",
        )
        .and_then(|mut statement| statement.query_map([id.as_str()], Document::of_row)?.collect())
        .db("cannot list the dossier of a record")?;
    Ok(Record { documents, ..record })
}

fn as_read(tx: &Transaction<'_>, only: Option<&DocumentId>) -> Result<Vec<(Document, String)>> {
    tx.prepare_cached(
        "SELECT *, reading_key || ifnull((SELECT ' ' || findings_key FROM findings
             WHERE findings.document = documents.document AND generation > 1
             ORDER BY generation DESC LIMIT 1), '') AS made_of
         FROM documents WHERE ?1 IS NULL OR document = ?1 ORDER BY document",
    )
    .and_then(|mut statement| {
        let row = |row: &Row<'_>| Ok((Document::of_row(row)?, row.get("made_of")?));
        statement.query_map([only.map(DocumentId::as_str)], row)?.collect()
    })
    .db("cannot list documents")
}

pub(super) fn document(tx: &Transaction<'_>, id: &DocumentId) -> Result<Document> {
    tx.prepare_cached("SELECT * FROM documents WHERE document = ?1")
        .and_then(|mut statement| statement.query_row([id.as_str()], Document::of_row).optional())
        .db("cannot look up a document")?
        .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no document `{id}`")))
}

pub(super) fn findings(tx: &Transaction<'_>, document: &DocumentId) -> Result<Option<Findings>> {
    let head = |row: &Row<'_>| {
        let generation: u32 = row.get("generation")?;
        let (key, rule_set, found) = (row.get("findings_key")?, parsed(row, "rule_set")?, parsed(row, "found")?);
        Ok((generation, Findings { key, rule_set, found, fields: Fields::absent() }))
    };
    let latest = tx
        .prepare_cached("SELECT * FROM findings WHERE document = ?1 ORDER BY generation DESC LIMIT 1")
        .and_then(|mut statement| statement.query_row([document.as_str()], head).optional())
        .db("cannot look up findings")?;
    latest
        .map(|(generation, head)| Ok(Findings { fields: fields::of_generation(tx, document, generation)?, ..head }))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Blake3,
        register::{
            Role,
            testing::{TestRegister, auto, moment, party},
        },
    };

    fn fields() -> Fields {
        Fields {
            title: auto("Huurovereenkomst".into()),
            parties: vec![party("Gemeente Diemen", "Verhuurder"), party("Bakkerij Jansen B.V.", "Huurder")],
            ..Fields::absent()
        }
    }

    #[test]
    fn findings_read_back_as_they_were_put_in() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", fields());
        assert_eq!(register.findings(&item.document).unwrap().unwrap().fields, fields());
    }

    #[test]
    fn a_new_run_of_the_rules_adds_a_generation_and_the_same_run_adds_nothing() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", fields());
        let mut again = register.findings(&item.document).unwrap().unwrap();
        let first = again.clone();
        again.fields.title = auto("Iets anders".into());
        register.add_findings(&item.document, Role::Main, &again, &[]).unwrap();
        assert_eq!(register.findings(&item.document).unwrap().unwrap().fields, fields(), "the same key");
        let newer = Findings { key: "rules 2".into(), rule_set: Blake3::of(b"2"), found: moment(), ..again };
        register.add_findings(&item.document, Role::Main, &newer, &[]).unwrap();
        assert_eq!(register.findings(&item.document).unwrap().unwrap(), newer);
        let titles: u32 = register
            .read(|tx| {
                tx.query_row("SELECT count(*) FROM field_values WHERE field = 'title'", [], |row| row.get(0)).db("")
            })
            .unwrap();
        assert_eq!(titles, 2, "what was found before stays");
        let made_of = register.read_as(&item.document).unwrap();
        assert!(made_of.ends_with(" rules 2"), "{made_of}");
        let earlier = Findings { found: moment(), fields: fields(), ..first };
        register.add_findings(&item.document, Role::Amendment, &earlier, &[]).unwrap();
        assert_eq!(register.findings(&item.document).unwrap().unwrap(), earlier, "the rules of an earlier day again");
        assert_eq!(register.document(&item.document).unwrap().role, Role::Amendment);
    }

    #[test]
    fn an_id_is_found_by_its_start_if_only_one_fits() {
        let register = TestRegister::new();
        let (a, b) = (register.archive("a.pdf", fields()), register.archive("b.pdf", fields()));
        assert_eq!(register.resolve(a.record.as_str()).unwrap(), Named::Record(a.record.clone()));
        assert_eq!(register.resolve(&b.document.as_str().to_uppercase()).unwrap(), Named::Document(b.document));
        assert_eq!(register.resolve(&a.record.as_str()[2..]).unwrap(), Named::Record(a.record));
        assert_eq!(register.resolve("c-").unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(register.resolve("c-%").unwrap_err().kind(), ErrorKind::NotFound);
    }
}
