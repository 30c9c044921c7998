//! Whether two databases say the same of what came in, what was read and what was decided: the one that is there, and
//! the one that follows from the store. What is under way in the first one is no difference.

use std::{cmp::Ordering, fmt};

use rusqlite::{OptionalExtension as _, Rows, Transaction, params_from_iter, types::Value};

use super::{Db as _, Register};
use crate::Result;

/// In which way a row differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Differs {
    /// A column has another value than it should have.
    Altered {
        /// The column.
        column: &'static str,
        /// What it says.
        says: String,
        /// What it should say.
        should: String,
    },
    /// It is not there.
    Missing,
    /// Nothing tells of it.
    Additional,
}

/// A row that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The record that it is about, where it is about one; else the row's own id.
    pub about: String,
    /// What in it: a field, the number of a decision, a document.
    pub part: String,
    /// In which way.
    pub differs: Differs,
}

/// More differences than this are not listed.
pub const MOST: usize = 1000;

/// What is compared of a table: a query in the order of its first columns, which are the row's name.
struct View {
    table: &'static str,
    name: usize,
    columns: &'static [&'static str],
    query: &'static str,
    /// The record and the part that a row is about, by the columns of its name.
    about: &'static str,
}

/// Of findings only those that hold: a database that is made anew knows no earlier ones.
const VIEWS: [View; 9] = [
    View {
        table: "batches",
        name: 1,
        columns: &["batch", "started", "finished", "paths"],
        query: "FROM batches WHERE finished IS NOT NULL ORDER BY batch",
        about: "SELECT ?1, ''",
    },
    View {
        table: "items",
        name: 1,
        columns: &[
            "item",
            "batch",
            "ordinal",
            "source",
            "member",
            "parent",
            "accessioned",
            "document",
            "record",
            "state",
            "reason_kind",
            "reason_message",
            "blake3",
            "sha256",
            "size_bytes",
        ],
        query: "FROM items WHERE state <> 'pending' ORDER BY item",
        about: "SELECT batch, ?1 FROM items WHERE item = ?1",
    },
    View {
        table: "originals",
        name: 1,
        columns: &["blake3", "sha256", "size_bytes", "media_type", "accessioned"],
        query: "FROM originals ORDER BY blake3",
        about: "SELECT record, document FROM documents WHERE original = ?1 ORDER BY document LIMIT 1",
    },
    View {
        table: "records",
        name: 1,
        columns: &["record", "created", "superseded_by"],
        query: "FROM records ORDER BY record",
        about: "SELECT ?1, ''",
    },
    View {
        table: "documents",
        name: 1,
        columns: &[
            "document",
            "record",
            "role",
            "original",
            "first_page",
            "last_page",
            "pages_read",
            "pages_blank",
            "pages_separator",
            "pages_unreadable",
            "language",
            "text_source",
            "mean_ocr_confidence",
            "engine",
            "reading_key",
            "problems",
            "archival_state",
            "archival_blake3",
        ],
        query: "FROM documents ORDER BY document",
        about: "SELECT record, document FROM documents WHERE document = ?1",
    },
    View {
        table: "findings",
        name: 1,
        columns: &["document", "findings_key", "rule_set", "found"],
        query: "FROM findings AS held WHERE generation = (SELECT max(generation) FROM findings WHERE document = held.document)
                ORDER BY document",
        about: "SELECT record, document FROM documents WHERE document = ?1",
    },
    View {
        table: "field_values",
        name: 3,
        columns: &[
            "document",
            "field",
            "ordinal",
            "value",
            "status",
            "confidence",
            "rule",
            "explanation",
            "derived_from",
            "alternatives",
            "evidence",
        ],
        query: "FROM field_values AS held
                WHERE generation >= coalesce((SELECT max(generation) FROM findings WHERE document = held.document), generation)
                ORDER BY document, field, ordinal",
        about: "SELECT record, ?2 FROM documents WHERE document = ?1",
    },
    View {
        table: "decisions",
        name: 2,
        columns: &["record", "number", "act", "field", "value", "by", "at", "note", "elsewhere"],
        query: "FROM decisions ORDER BY record, number",
        about: "SELECT ?1, ?2",
    },
    View {
        table: "holding_values",
        name: 3,
        columns: &["record", "field", "ordinal", "value"],
        query: "FROM holding_values ORDER BY record, field, ordinal",
        about: "SELECT ?1, ?2",
    },
];

impl Register {
    /// The rows in which this database says otherwise than another one that follows from the store, up to [`MOST`].
    pub fn differences(&self, truth: &Self) -> Result<Vec<Difference>> {
        let mut found = Vec::new();
        self.read(|here| truth.read(|there| VIEWS.iter().try_for_each(|view| view.compare(here, there, &mut found))))?;
        Ok(found)
    }

    /// What the database engine finds wrong with the file itself.
    pub fn damage(&self) -> Result<Option<String>> {
        let told: String = self.read(|tx| {
            tx.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).db("cannot look through the database")
        })?;
        Ok((told != "ok").then_some(told))
    }
}

impl View {
    fn compare(&self, here: &Transaction<'_>, there: &Transaction<'_>, found: &mut Vec<Difference>) -> Result<()> {
        let doing = "cannot compare a table";
        let query = format!("SELECT {} {}", self.columns.join(", "), self.query);
        let (mut ours, mut theirs) = (here.prepare(&query).db(doing)?, there.prepare(&query).db(doing)?);
        let (mut ours, mut theirs) = (ours.query([]).db(doing)?, theirs.query([]).db(doing)?);
        let columns = self.columns.len();
        let (mut is, mut should) = (next(&mut ours, columns)?, next(&mut theirs, columns)?);
        while found.len() < MOST {
            let order = match (&is, &should) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(is), Some(should)) => by_name(&is[..self.name], &should[..self.name]),
            };
            match (order, &is, &should) {
                (Ordering::Less, Some(row), _) => found.push(self.difference(here, row, Differs::Additional)?),
                (Ordering::Greater, _, Some(row)) => {
                    if !self.is_under_way(here, row)? {
                        found.push(self.difference(there, row, Differs::Missing)?);
                    }
                }
                (_, Some(row), Some(right)) => {
                    let values = self.columns.iter().zip(row.iter().zip(right)).skip(self.name);
                    for (column, (is, right)) in values.filter(|(_, (is, right))| !same(is, right)) {
                        let (says, should) = (Shown(is).to_string(), Shown(right).to_string());
                        let differs = Differs::Altered { column, says, should };
                        found.push(self.difference(there, row, differs)?);
                    }
                }
                _ => return Ok(()),
            }
            if order != Ordering::Greater {
                is = next(&mut ours, columns)?;
            }
            if order != Ordering::Less {
                should = next(&mut theirs, columns)?;
            }
        }
        Ok(())
    }

    /// A batch that this database has not closed yet is told of by its receipt already.
    fn is_under_way(&self, here: &Transaction<'_>, row: &[Value]) -> Result<bool> {
        if self.table != "batches" {
            return Ok(false);
        }
        here.query_row("SELECT EXISTS (SELECT 1 FROM batches WHERE batch = ?1)", [&row[0]], |row| row.get(0))
            .db("cannot look up a batch")
    }

    fn difference(&self, told: &Transaction<'_>, row: &[Value], differs: Differs) -> Result<Difference> {
        let name = params_from_iter(row.iter().take(self.about.matches('?').count().clamp(1, self.name)));
        let about = told
            .prepare_cached(self.about)
            .and_then(|mut select| {
                select.query_row(name, |row| Ok((row.get::<_, Value>(0)?, row.get::<_, Value>(1)?))).optional()
            })
            .db("cannot tell what a row is about")?;
        let (about, part) = about.unwrap_or_else(|| (row[0].clone(), Value::Null));
        let plain = |value: Value| match value {
            Value::Null => String::new(),
            value => Shown(&value).to_string(),
        };
        Ok(Difference { table: self.table, about: plain(about), part: plain(part), differs })
    }
}

fn next(rows: &mut Rows<'_>, columns: usize) -> Result<Option<Vec<Value>>> {
    let doing = "cannot compare a table";
    let Some(row) = rows.next().db(doing)? else { return Ok(None) };
    (0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>().map(Some).db(doing)
}

/// The order in which the database sorts texts and numbers.
fn by_name(a: &[Value], b: &[Value]) -> Ordering {
    let one = |(a, b): (&Value, &Value)| match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        _ => Ordering::Equal,
    };
    a.iter().zip(b).map(one).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Whether two values say the same. Older programs read numbers back to fifteen digits.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Real(a), Value::Real(b)) => close(*a, *b),
        (Value::Text(a), Value::Text(b)) if a != b => {
            let json = |text| serde_json::from_str::<serde_json::Value>(text).ok();
            Option::zip(json(a), json(b)).is_some_and(|(a, b)| same_json(&a, &b))
        }
        _ => a == b,
    }
}

fn same_json(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(one), Number(other)) if one.is_f64() && other.is_f64() => {
            Option::zip(one.as_f64(), other.as_f64()).is_some_and(|(one, other)| close(one, other))
        }
        (Array(one), Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_json(one, other))
        }
        (Object(one), Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same_json(one, other)))
        }
        _ => a == b,
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

/// A value of a column for people, no longer than they read.
struct Shown<'a>(&'a Value);

const SHOWN: usize = 120;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("–"),
            Value::Integer(number) => number.fmt(f),
            Value::Real(number) => number.fmt(f),
            Value::Text(text) if text.chars().count() > SHOWN => {
                write!(f, "{}…", text.chars().take(SHOWN).collect::<String>())
            }
            Value::Text(text) => f.write_str(text),
            Value::Blob(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Fields,
        register::{
            Request,
            testing::{TestRegister, archived, auto, moment, party},
        },
    };

    #[test]
    fn numbers_are_the_same_to_fifteen_digits_and_texts_to_the_letter() {
        let text = |text: &str| Value::Text(text.into());
        assert!(same(&Value::Real(0.980_997_511_899_102), &Value::Real(0.980_997_511_899_101_9)));
        assert!(!same(&Value::Real(0.98), &Value::Real(0.97)));
        assert!(same(&text("[{\"c\":0.9809975118991020}]"), &text("[{\"c\":0.9809975118991019}]")));
        assert!(!same(&text("[{\"c\":0.98}]"), &text("[{\"c\":0.97}]")));
        assert!(!same(&text("[1]"), &text("[1, 2]")) && !same(&text("Huur"), &text("huur")));
    }

    #[test]
    fn every_row_that_says_otherwise_is_named_by_record_and_field() {
        let here = TestRegister::new();
        let fields =
            Fields { title: auto("Huur".into()), parties: vec![party("Jansen B.V.", "Huurder")], ..Fields::absent() };
        let (batch, items) = here.batch(&["a.pdf"]);
        let completion = archived(&items[0], b"a", fields);
        here.complete_items(std::slice::from_ref(&completion)).unwrap();
        let request = Request::Correct { field: "title".into(), value: "Huurovereenkomst".into() };
        let decision = here.prepare_decision(&items[0].record, request, "J.", moment(), None).unwrap();
        here.add_decision(&decision, &[]).unwrap();
        let there = TestRegister::new();
        here.all_batches().unwrap().iter().for_each(|batch| there.begin_batch(batch).unwrap());
        there.restore_items(&here.items(&batch).unwrap()).unwrap();
        there.restore_completions(&[completion]).unwrap();
        there.add_decision(&decision, &[]).unwrap();
        assert_eq!(here.differences(&there).unwrap(), []);
        // What is under way, here or there, is no difference.
        there.finish_batch(&batch, moment()).unwrap();
        here.batch(&["b.pdf"]);
        assert_eq!(here.differences(&there).unwrap(), []);
        assert_eq!(here.damage().unwrap(), None);

        let record = items[0].record.as_str();
        for (change, table, part, differs) in [
            ("UPDATE field_values SET value = '\"Koop\"' WHERE field = 'title'", "field_values", "title", "value"),
            ("UPDATE decisions SET by = 'De Vries'", "decisions", "1", "by"),
            ("DELETE FROM decisions", "decisions", "1", "missing"),
            ("DELETE FROM field_values WHERE field = 'parties'", "field_values", "parties", "missing"),
            ("UPDATE records SET created = '2020'", "records", "", "created"),
            ("UPDATE holding_values SET value = 'koop' WHERE field = 'title'", "holding_values", "title", "value"),
            ("UPDATE documents SET role = 'annex'", "documents", items[0].document.as_str(), "role"),
            (
                "INSERT INTO decisions SELECT record, 2, act, field, value, by, at, note, elsewhere FROM decisions",
                "decisions",
                "2",
                "additional",
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("copy.sqlite");
            let connection = rusqlite::Connection::open(&here.path).unwrap();
            connection.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
            let copy = Register::open(&path).unwrap();
            copy.write(|tx| tx.execute_batch(change).db("test")).unwrap();
            let found = copy.differences(&there).unwrap();
            let [one] = &found[..] else { panic!("{change}: {found:?}") };
            let how = match &one.differs {
                Differs::Altered { column, .. } => column,
                Differs::Missing => "missing",
                Differs::Additional => "additional",
            };
            assert_eq!((one.table, one.part.as_str(), how), (table, part, differs), "{change}");
            assert_eq!(one.about, record, "{change}");
        }
    }

    /// A row that belongs to no document, or to findings that are not there, is additional too.
    #[test]
    fn a_row_that_hangs_on_nothing_is_additional() {
        let here = TestRegister::new();
        let (_, items) = here.batch(&["a.pdf"]);
        let fields = Fields { title: auto("Huur".into()), ..Fields::absent() };
        here.complete_items(&[archived(&items[0], b"a", fields)]).unwrap();
        for (document, generation) in [("'d-nowhere'", "1"), ("document", "generation + 1")] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("copy.sqlite");
            let connection = rusqlite::Connection::open(&here.path).unwrap();
            connection.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
            let stranger = rusqlite::Connection::open(&path).unwrap();
            let columns = "ordinal, value, status, confidence, rule, explanation, derived_from, alternatives, evidence";
            let sql = format!(
                "PRAGMA foreign_keys = OFF; INSERT INTO field_values (document, generation, field, {columns})
                 SELECT {document}, {generation}, 'court', {columns} FROM field_values WHERE field = 'title'"
            );
            stranger.execute_batch(&sql).unwrap();
            let found = Register::open(&path).unwrap().differences(&here).unwrap();
            let [one] = &found[..] else { panic!("{document}: {found:?}") };
            assert_eq!((one.table, &one.differs), ("field_values", &Differs::Additional), "{document}");
        }
    }
}
