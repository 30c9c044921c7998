//! Field values as rows, and rows as field values. A row holds one value of one field from one run of the rules.

use rusqlite::{Row, Transaction, params};
use serde_json::{Map, Value};

use super::{Db as _, json_column, to_json};
use crate::{
    ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Fields},
};

/// Fields as the record format writes them. Through text: numbers keep the digits that are written.
pub(super) fn to_value(fields: &Fields) -> Result<Map<String, Value>> {
    serde_json::from_str(&to_json(fields)?).fold(ErrorKind::Internal, || "fields do not serialize")
}

/// The other way round.
pub(super) fn from_value(fields: Map<String, Value>) -> Result<Fields> {
    serde_json::from_value(Value::Object(fields)).fold(ErrorKind::Storage, || "stored fields do not read back")
}

pub(super) fn insert(tx: &Transaction<'_>, document: &DocumentId, generation: u32, fields: &Fields) -> Result<()> {
    let mut statement = tx
        .prepare_cached(
            "INSERT INTO field_values (document, generation, field, ordinal, value, status, confidence, rule, explanation,
                                       derived_from, alternatives, evidence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )
        .db("cannot add field values")?;
    for (name, values) in to_value(fields)? {
        let values = match values {
            Value::Array(values) => values,
            single => vec![single],
        };
        for (ordinal, value) in values.into_iter().enumerate() {
            let text = |key: &str| value[key].as_str().map(str::to_owned);
            let list = |key: &str| value.get(key).map_or_else(|| "[]".into(), Value::to_string);
            let found = &value["value"];
            statement
                .execute(params![
                    document.as_str(),
                    generation,
                    name,
                    u32::try_from(ordinal).unwrap_or(u32::MAX),
                    (!found.is_null()).then(|| found.to_string()),
                    text("status"),
                    value["confidence"].as_f64(),
                    text("rule"),
                    text("explanation"),
                    list("derived_from"),
                    list("alternatives"),
                    list("evidence"),
                ])
                .db("cannot add a field value")?;
        }
    }
    Ok(())
}

/// What one run of the rules found in a document, as it was put in.
pub(super) fn of_generation(tx: &Transaction<'_>, document: &DocumentId, generation: u32) -> Result<Fields> {
    let mut fields = to_value(&Fields::absent())?;
    let mut statement = tx
        .prepare_cached("SELECT * FROM field_values WHERE document = ?1 AND generation = ?2 ORDER BY field, ordinal")
        .db("cannot read field values")?;
    let rows = statement
        .query_map(params![document.as_str(), generation], |row| Ok((row.get::<_, String>("field")?, of_row(row)?)))
        .db("cannot read field values")?;
    for row in rows {
        let (name, value) = row.db("cannot read a field value")?;
        match fields.get_mut(&name) {
            Some(Value::Array(values)) => values.push(value),
            Some(single) => *single = value,
            // A field of an older program that the record format has no more.
            None => {}
        }
    }
    from_value(fields)
}

fn of_row(row: &Row<'_>) -> rusqlite::Result<Value> {
    let value: Option<String> = row.get("value")?;
    Ok(serde_json::json!({
        "value": if value.is_some() { json_column(row, "value")? } else { Value::Null },
        "status": row.get::<_, String>("status")?,
        "confidence": row.get::<_, f64>("confidence")?,
        "rule": row.get::<_, Option<String>>("rule")?,
        "derived_from": json_column::<Value>(row, "derived_from")?,
        "explanation": row.get::<_, Option<String>>("explanation")?,
        "alternatives": json_column::<Value>(row, "alternatives")?,
        "evidence": json_column::<Value>(row, "evidence")?,
    }))
}
