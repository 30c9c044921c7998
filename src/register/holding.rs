//! The values that hold now in a form that filters compare, kept in step with findings and decisions, and the filters
//! themselves. A corrected value is found the moment it is corrected, without any re-indexing.

use jiff::civil::Date;
use rusqlite::{Transaction, params_from_iter};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{Db as _, Register, current, dossier};
use crate::{
    ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Fields, Language, RecordId, record::ContractType},
};

/// Which records are meant; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name of one of its parties.
    pub party: Option<String>,
    /// Its type.
    pub contract_type: Option<ContractType>,
    /// It started on this day or later (its effective date, else the day of signing).
    pub starts_from: Option<Date>,
    /// It started on this day or before.
    pub starts_until: Option<Date>,
    /// Its initial term ends on this day or later.
    pub ends_from: Option<Date>,
    /// Its initial term ends on this day or before.
    pub ends_until: Option<Date>,
    /// Part of its title, of its reference or of a party's name.
    pub text: Option<String>,
}

impl Filter {
    /// True if every record is meant.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Its conditions on `record`, and their parameters.
    fn sql(&self) -> Result<(String, Vec<String>)> {
        // A record whose documents have joined another dossier is a record no more.
        let mut conditions = vec!["record IN (SELECT record FROM documents)".to_owned()];
        let mut values = Vec::new();
        let mut add = |fields: &str, test: &str, value: String| {
            values.push(value);
            let test = test.replace('?', &format!("?{}", values.len()));
            conditions
                .push(format!("record IN (SELECT record FROM holding_values WHERE field IN ({fields}) AND {test})"));
        };
        if let Some(party) = &self.party {
            add("'party'", "instr(value, ?) > 0", fold(party));
        }
        if let Some(text) = &self.text {
            add("'party', 'title', 'reference'", "instr(value, ?) > 0", fold(text));
        }
        if let Some(kind) = &self.contract_type {
            add("'contract_type'", "value = ?", super::name(kind)?);
        }
        let days = [
            ("'start'", ">=", self.starts_from),
            ("'start'", "<=", self.starts_until),
            ("'end_date'", ">=", self.ends_from),
            ("'end_date'", "<=", self.ends_until),
        ];
        for (field, order, day) in days {
            if let Some(day) = day {
                add(field, &format!("value {order} ?"), day.to_string());
            }
        }
        Ok((conditions.join(" AND "), values))
    }
}

impl Register {
    /// The records that a filter means, oldest first.
    pub fn select(&self, filter: &Filter) -> Result<Vec<RecordId>> {
        let (conditions, values) = filter.sql()?;
        self.read(|tx| {
            let query = format!("SELECT record FROM records WHERE {conditions} ORDER BY created, record");
            ids(tx, &query, &values)?.iter().map(|id| id.parse().fold(ErrorKind::Storage, || "a stored id")).collect()
        })
    }

    /// The documents of the records that a filter means, in the order of their ids.
    pub fn select_documents(&self, filter: &Filter) -> Result<Vec<DocumentId>> {
        let (conditions, values) = filter.sql()?;
        self.read(|tx| {
            let query = format!("SELECT document FROM documents WHERE {conditions} ORDER BY document");
            ids(tx, &query, &values)?.iter().map(|id| id.parse().fold(ErrorKind::Storage, || "a stored id")).collect()
        })
    }
}

fn ids(tx: &Transaction<'_>, query: &str, values: &[String]) -> Result<Vec<String>> {
    tx.prepare_cached(query)
        .and_then(|mut statement| statement.query_map(params_from_iter(values), |row| row.get(0))?.collect())
        .db("cannot select records")
}

/// Lower case, accents off, white space single: how names and titles are compared.
pub(super) fn fold(text: &str) -> String {
    let bare: String = text.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn refresh_of_document(tx: &Transaction<'_>, document: &DocumentId) -> Result<()> {
    let record: String = tx
        .query_row("SELECT record FROM documents WHERE document = ?1", [document.as_str()], |row| row.get(0))
        .db("cannot look up the record of a document")?;
    refresh(tx, &record.parse().fold(ErrorKind::Storage, || "a stored id")?)
}

/// Writes the values that hold now of every record.
pub(super) fn refresh_all(tx: &Transaction<'_>) -> Result<()> {
    let all = ids(tx, "SELECT record FROM records", &[])?;
    all.iter().try_for_each(|id| refresh(tx, &id.parse().fold(ErrorKind::Storage, || "a stored id")?))
}

/// Writes the values of a record that hold now.
pub(super) fn refresh(tx: &Transaction<'_>, record: &RecordId) -> Result<()> {
    let fields = current::of_record(tx, record, Language::English)?.fields;
    tx.execute("DELETE FROM holding_values WHERE record = ?1", [record.as_str()]).db("cannot refresh a record")?;
    let mut statement = tx
        .prepare_cached("INSERT INTO holding_values (record, field, ordinal, value) VALUES (?1, ?2, ?3, ?4)")
        .db("cannot refresh a record")?;
    for (field, ordinal, value) in comparable(&fields)? {
        statement.execute(rusqlite::params![record.as_str(), field, ordinal, value]).db("cannot refresh a record")?;
    }
    Ok(())
}

fn comparable(fields: &Fields) -> Result<Vec<(&'static str, u32, String)>> {
    let mut values = Vec::new();
    let mut add = |field, value: Option<String>| values.extend(value.map(|value| (field, 0, value)));
    add("title", fields.title.value.as_deref().map(fold));
    add("reference", fields.reference.value.as_deref().map(fold));
    add("contract_type", fields.contract_type.value.as_ref().map(super::name).transpose()?);
    add("start", fields.effective_date.value.or(fields.signing_date.value).map(|day| day.to_string()));
    add("end_date", fields.end_date.value.map(|day| day.to_string()));
    add("signed", fields.signing_date.value.map(|day| day.to_string()));
    add("reference_key", fields.reference.value.as_deref().and_then(dossier::key));
    let about = fields.relates_to.value.as_ref();
    add("about_reference", about.and_then(|about| dossier::key(about.reference.as_deref()?)));
    add("about_date", about.and_then(|about| about.date).map(|day| day.to_string()));
    let names = fields.parties.iter().filter_map(|party| party.value.as_ref()).map(|party| fold(&party.name));
    values.extend((0..).zip(names).map(|(ordinal, name)| ("party", ordinal, name)));
    Ok(values)
}
