//! The register as a table for spreadsheets.

use jiff::civil::Date;
use serde_json::Value;

use crate::{
    Result,
    cli::{Outcome, print_line, table},
    model::{Fields, RecordId},
    pipeline::App,
};

/// One line a record; columns are the fields, then lifecycle, current end and the next deadline.
pub(super) fn print(app: &App, ids: &[RecordId], as_of: Date) -> Result<Outcome> {
    let mut header = vec!["id".to_owned()];
    header.extend(Fields::NAMES.iter().map(|&name| name.to_owned()));
    header.extend(
        ["lifecycle", "current_end", "next_deadline", "next_deadline_kind", "next_deadline_party"].map(str::to_owned),
    );
    header.extend(
        ["next_deadline_certain", "next_deadline_why", "deadlines", "not_certain", "files", "documents"]
            .map(str::to_owned),
    );
    print_line(csv_line(&header))?;
    let language = app.config.language;
    for id in ids {
        let entry = super::entry(app, id, as_of)?;
        let mut line = vec![id.to_string()];
        let fields = super::to_json(&entry.fields)?;
        for name in Fields::NAMES {
            let text = match &fields[name] {
                Value::Array(many) => {
                    many.iter().map(|one| table::value_text(&one["value"])).collect::<Vec<_>>().join("; ")
                }
                one if one["value"].is_null() => String::new(),
                one => table::value_text(&one["value"]),
            };
            line.push(text);
        }
        let next = entry.outlook.deadlines.first();
        line.push(table::name_of(&entry.outlook.lifecycle));
        line.push(entry.outlook.current_end.map(|day| day.to_string()).unwrap_or_default());
        line.push(next.map(|next| next.date.to_string()).unwrap_or_default());
        line.push(next.map(|next| table::name_of(&next.kind)).unwrap_or_default());
        line.push(next.and_then(|next| next.party.clone()).unwrap_or_default());
        line.push(next.map(|next| next.certain.to_string()).unwrap_or_default());
        line.push(next.map(|next| next.explanation.clone()).unwrap_or_default());
        let deadlines = entry.outlook.deadlines.iter().map(|deadline| table::deadline_head(deadline, language));
        line.push(crate::cli::one_line(&deadlines.collect::<Vec<_>>().join("; ")));
        line.push(not_certain(&fields));
        line.push(crate::cli::one_line(&files(app, id)?));
        line.push(entry.documents.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        print_line(csv_line(&line))?;
    }
    Ok(Outcome::Done)
}

/// Which values nobody has confirmed and no rule is sure of: `notice conflict; value proposed`.
fn not_certain(fields: &Value) -> String {
    let mut told = Vec::new();
    for name in Fields::NAMES {
        let values = fields[name].as_array().map_or(std::slice::from_ref(&fields[name]), Vec::as_slice);
        let mut statuses: Vec<&str> = values.iter().filter_map(|value| value["status"].as_str()).collect();
        statuses.retain(|status| !matches!(*status, "auto" | "absent"));
        statuses.dedup();
        told.extend(statuses.into_iter().map(|status| format!("{name} {status}")));
    }
    told.join("; ")
}

/// The files that a record's documents came in as.
pub(super) fn files(app: &App, id: &RecordId) -> Result<String> {
    let mut names = Vec::new();
    for document in app.register.record(id)?.documents {
        names.extend(app.register.arrivals(&document)?.first().map(crate::register::Item::path));
    }
    Ok(names.join("; "))
}

/// RFC 4180; a cell that a spreadsheet would take for a formula is disarmed.
pub(super) fn csv_line(cells: &[String]) -> String {
    let cell = |text: &String| {
        let text = if text.starts_with(['=', '+', '@', '\t']) { format!("'{text}") } else { text.clone() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_certain_is_named_once() {
        let mut fields = Fields::absent();
        fields.title.status = crate::model::Status::Proposed;
        fields.signing_date.status = crate::model::Status::Blank;
        fields.notice =
            vec![crate::model::Field { status: crate::model::Status::Conflict, ..crate::model::Field::absent() }; 2];
        let told = not_certain(&serde_json::to_value(fields).unwrap());
        assert_eq!(told, "title proposed; signing_date blank; notice conflict");
    }

    #[test]
    fn cells_are_quoted_and_disarmed() {
        let line = csv_line(&["a,b".into(), "say \"no\"".into(), "=1+1".into(), "plain".into()]);
        assert_eq!(line, "\"a,b\",\"say \"\"no\"\"\",'=1+1,plain");
    }
}
