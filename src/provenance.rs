//! The append-only log: what was done to which object, by whom, with what result. A Merkle tree (RFC 6962) in the
//! layout of C2SP tlog-tiles, with signed checkpoints; it holds no document content and outlives the documents.

mod clock_note;
mod event_v1;
pub mod keys;
mod log;
pub mod merkle;
pub mod note;
pub mod proof;
mod restoration;
pub(crate) mod successor;
pub mod tiles;
pub mod timestamp;

pub use clock_note::ClockNote;
pub use event_v1::{Agent, BATCH_BEGUN, BATCH_RECEIPT, Event, EventKind, LEFT_OVER, ObjectRef, Outcome, Work};
pub use keys::{Accepted, KeyChange};
pub use log::{GREW, Log, checkpoints, entries, signed_size, signer_of};
pub use restoration::{Restoration, beyond, newest_whole};

pub(crate) use log::{peak_root, push_leaf};

/// An entry of a bundle: the index of the first event of its append, and the event.
pub(crate) fn decode_entry(bytes: &[u8]) -> crate::Result<(u64, Event)> {
    event_v1::Entry::decode(bytes)
}
