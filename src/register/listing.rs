//! The register as `griffie register` prints it: each record with the values that hold, where it is in its life on a
//! given day, and its next deadlines.

use jiff::civil::Date;
use serde::Serialize;

use super::{
    Filter, Register, Related, current, dossier,
    lifecycle::{Outlook, Standing, outlook},
};
use crate::{
    Result,
    model::{DocumentId, Fields, Language, RecordId},
};

/// One record of the register on a given day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: RecordId,
    /// Its dossier.
    pub documents: Vec<DocumentId>,
    /// The values that hold now.
    pub fields: Fields,
    /// The records that it seems to belong with.
    pub related: Vec<Related>,
    /// Where it is in its life, its present end and its next deadlines.
    #[serde(flatten)]
    pub outlook: Outlook,
}

impl Register {
    /// The records that a filter means, oldest first, as they stand on a day. `own_organizations` says who we are.
    pub fn entries(
        &self,
        filter: &Filter,
        as_of: Date,
        own_organizations: &[String],
        language: Language,
    ) -> Result<Vec<Entry>> {
        let records = self.select(filter)?;
        records.iter().map(|record| self.entry(record, as_of, own_organizations, language)).collect()
    }

    /// One record, as it stands on a day.
    pub fn entry(
        &self,
        record: &RecordId,
        as_of: Date,
        own_organizations: &[String],
        language: Language,
    ) -> Result<Entry> {
        let (current, related) = self.read(|tx| {
            let current = current::of_record(tx, record, language)?;
            let related = dossier::related(tx, record, &current.fields, language)?;
            Ok((current, related))
        })?;
        let standing = Standing {
            fields: &current.fields,
            closure: current.closure,
            superseded: current.record.superseded_by.is_some(),
        };
        let outlook = outlook(standing, as_of, own_organizations, language);
        let documents = current.record.documents.into_iter().map(|document| document.id).collect();
        Ok(Entry { id: current.record.id, documents, fields: current.fields, related, outlook })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::register::testing::{TestRegister, auto};

    #[test]
    fn an_entry_has_the_parts_that_its_format_names() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", Fields { end_date: auto(date(2026, 12, 31)), ..Fields::absent() });
        let entries = register.entries(&Filter::default(), date(2026, 3, 1), &[], Language::Dutch).unwrap();
        let json: serde_json::Value = serde_json::from_str(&serde_json::to_string(&entries[0]).unwrap()).unwrap();
        let parts: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(parts, ["id", "documents", "fields", "related", "lifecycle", "as_of", "current_end", "deadlines"]);
        assert_eq!(json["documents"][0], item.document.as_str());
        let deadline = serde_json::json!({
            "kind": "end", "party": null, "date": "2026-12-31", "certain": true,
            "explanation": "laatste dag van de looptijd",
        });
        assert_eq!((&json["current_end"], &json["deadlines"]), (&"2026-12-31".into(), &vec![deadline].into()));
        assert_eq!(json["fields"]["end_date"]["evidence"][0]["boxes"][0], serde_json::json!([0.1, 0.2, 0.3, 0.25]));
    }
}
