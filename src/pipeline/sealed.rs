//! Small notes of a data folder under a seal by the log's key: anybody who may write there can lay another one in their
//! place, and nobody without the key one that counts.

use std::{io, path::Path};

use crate::{
    plain,
    provenance::note::{SignerKey, VerifierKey},
};

/// What a note says. Its text begins with what it is: no seal of one note passes for that of another.
pub(super) struct Note {
    pub text: String,
    /// Whether one of the keys sealed it.
    pub is_sealed: bool,
}

/// Puts a note in the place of the one that is there.
pub(super) fn write(path: &Path, signer: &SignerKey, text: &str) -> io::Result<()> {
    plain::replace(path, format!("{}\n{text}", signer.seal(text)).as_bytes())
}

/// Reads a note; its first line is the seal.
pub(super) fn read(path: &Path, keys: &[VerifierKey]) -> io::Result<Note> {
    let whole = plain::read_to_string(path)?;
    let (seal, text) = whole.split_once('\n').unwrap_or_default();
    let is_sealed = keys.iter().any(|key| key.has_sealed(text, seal));
    Ok(Note { text: text.to_owned(), is_sealed })
}
