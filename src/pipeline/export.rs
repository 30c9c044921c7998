//! Hands out records as a bag: what the register says goes along with what the archive holds, and the log is told.

use std::path::Path;

use super::{App, compare, events, examine, stored::PROGRAM};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    export::{self, Chosen, ChosenDocument, Sender, Written},
    model::RecordId,
    provenance::ObjectRef,
    register::{Document, ItemState},
};

/// Writes a bag with these records as the folder `target`, which must not be there.
pub fn export(app: &mut App, records: &[RecordId], target: &Path) -> Result<Written> {
    if records.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "no record was chosen, so there is nothing to export")
            .dutch("er is geen record gekozen, dus er is niets om uit te voeren"));
    }
    let _stays = if app.register.is_read_only() { None } else { Some(app.stays()?) };
    // What people decided just now must be in the log before the log goes along, and the register must say what the
    // archive does: an event vouches for every object in a bag, and for no row.
    if !app.register.is_read_only() {
        app.must_be_in_time()?;
    }
    app.log_soon()?;
    compare::must_agree(&app.data, &app.register, &app.archive)?;
    let sender = Sender {
        organization: app.config.own_organizations.first().cloned(),
        program: PROGRAM.into(),
        at: app.clock.now(),
    };
    let told = |object: &ObjectRef| {
        // Asked in this order, no event passes from the one to the other unseen.
        let waits = app.waiting_events()?.iter().any(|event| event.objects.contains(object));
        Ok(waits || app.archive.witness()?.has(object)?)
    };
    let records = records.iter().map(|record| chosen(app, record));
    let written = export::bag(&app.archive, records, target, &sender, told)?;
    let told: Vec<_> = written.about.iter().map(|about| events::exported(about, &written.seal, sender.at)).collect();
    // A copy of an archive that may only be read hands out what it holds, and keeps no log of that.
    if !app.register.is_read_only() {
        app.register.add_events(&told)?;
        app.log_if_free()?;
    }
    Ok(written)
}

fn chosen(app: &App, record: &RecordId) -> Result<Chosen> {
    let dossier = app.register.record(record)?.documents;
    let main = dossier.first().ok_or_else(|| Error::new(ErrorKind::NotFound, format!("`{record}` has no document")))?;
    let entry = app.register.entry(record, app.clock.today(), &app.config.own_organizations, app.config.language)?;
    let line = examine::stored_line(app, main, entry.fields)?;
    let json = serde_json::to_value(line).fold(ErrorKind::Internal, || "a record does not serialize")?;
    let documents = dossier.iter().map(|document| along(app, document)).collect::<Result<_>>()?;
    Ok(Chosen { record: record.clone(), json, documents, joined: app.register.joined(record)? })
}

/// A document with the items as which its bytes came in, and what these were in.
fn along(app: &App, document: &Document) -> Result<ChosenDocument> {
    let mut items = Vec::new();
    for mut item in app.register.arrivals(document)? {
        loop {
            let named = (item.batch, item.id);
            // A container of a batch that is still open has no accession yet.
            if item.state != ItemState::Pending && !items.contains(&named) {
                items.push(named);
            }
            match &item.parent {
                Some(parent) => item = app.register.item(parent)?,
                None => break,
            }
        }
    }
    Ok(ChosenDocument { id: document.id.clone(), items })
}
