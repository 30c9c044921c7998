//! What a word-processor file holds is not yet its text: deleted words are printed, days become today, struck-out words
//! look like others once they are read. Copies a file with that settled, and says what there was. The original stays
//! as it is.

use std::path::Path;

use super::{notes::Notes, package, rtf};
use crate::{ErrorKind, Result, error::Fold as _, model::MediaType};

/// Copies a file so that a converter gives its text; tells what it had that a person should know of.
pub(super) fn settle(path: &Path, media: MediaType, copy: &Path) -> Result<Notes> {
    let mut notes = Notes::default();
    let copied = match media {
        MediaType::Docx => package::settle(path, copy, package::Format::Docx, &mut notes)?,
        MediaType::Odt => package::settle(path, copy, package::Format::Odt, &mut notes)?,
        MediaType::Rtf => rtf::settle(path, copy, &mut notes)?,
        _ => false,
    };
    // What is no package is for the converter to refuse.
    if !copied {
        std::fs::copy(path, copy).fold(ErrorKind::Storage, || "cannot copy the original")?;
    }
    Ok(notes)
}
