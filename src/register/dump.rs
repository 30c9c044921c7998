//! Everything that the database says, as text: two databases that say the same dump the same.

use rusqlite::{Row, Transaction, types::ValueRef};
use serde_json::{Map, Value, json};

use super::{Db as _, Register};
use crate::Result;

impl Register {
    /// All rows of all tables, one JSON object a line, ordered. Left out are the outbox and where it began: events
    /// are kept by the log, and a rebuilt database has none to hand on.
    pub fn dump(&self) -> Result<String> {
        self.read(|tx| {
            let tables: Vec<String> = tx
                .prepare(
                    "SELECT name FROM sqlite_schema
                     WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN ('outbox', 'log_begin') ORDER BY name",
                )
                .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
                .db("cannot list the tables")?;
            let mut lines = Vec::new();
            for table in tables {
                rows(tx, &table, &mut lines).db("cannot read a table")?;
            }
            lines.sort_unstable();
            Ok(lines.concat())
        })
    }
}

fn rows(tx: &Transaction<'_>, table: &str, lines: &mut Vec<String>) -> rusqlite::Result<()> {
    // The table's name comes from the schema, not from outside.
    let mut statement = tx.prepare(&format!("SELECT * FROM {table}"))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        lines.push(format!("{}\n", json!({ table: object(row, &columns)? })));
    }
    Ok(())
}

fn object(row: &Row<'_>, columns: &[String]) -> rusqlite::Result<Value> {
    let mut object = Map::new();
    for (index, column) in columns.iter().enumerate() {
        let value = match row.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            ValueRef::Blob(bytes) => hex::encode(bytes).into(),
        };
        object.insert(column.clone(), value);
    }
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Fields,
        register::{
            ItemState, Request,
            testing::{TestRegister, archived, auto, moment, party},
        },
    };

    #[test]
    fn a_database_rebuilt_in_another_order_says_the_same() {
        let fields =
            Fields { title: auto("Huur".into()), parties: vec![party("Jansen B.V.", "Huurder")], ..Fields::absent() };
        let first = TestRegister::new();
        let (batch, items) = first.batch(&["a.pdf", "b.pdf"]);
        let completions = [archived(&items[0], b"a", fields.clone()), archived(&items[1], b"b", fields)];
        first.complete_items(&completions).unwrap();
        first.finish_batch(&batch, moment()).unwrap();
        let request = Request::Correct { field: "title".into(), value: "Huurovereenkomst".into() };
        let decision = first.prepare_decision(&items[1].record, request, "J.", moment(), None).unwrap();
        first.add_decision(&decision, &[]).unwrap();

        let rebuilt = TestRegister::new();
        let batches = first.all_batches().unwrap();
        batches.iter().for_each(|batch| rebuilt.begin_batch(batch).unwrap());
        rebuilt.restore_items(&first.items(&batch).unwrap()).unwrap();
        assert_eq!(rebuilt.items(&batch).unwrap()[0].state, ItemState::Pending);
        completions
            .iter()
            .rev()
            .for_each(|completion| rebuilt.complete_items(std::slice::from_ref(completion)).unwrap());
        rebuilt.add_decision(&decision, &[]).unwrap();
        assert_eq!(rebuilt.dump().unwrap(), first.dump().unwrap());

        rebuilt.write(|tx| tx.execute("UPDATE decisions SET note = 'x'", []).db("test")).unwrap();
        assert_ne!(rebuilt.dump().unwrap(), first.dump().unwrap(), "a dump shows every column");
    }
}
