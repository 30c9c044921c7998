//! griffie turns stacks of scanned and digital contracts into an archive that can prove itself and a contract
//! register that fills itself.
//!
//! # The way of a document
//!
//! ```text
//! intake → archive → pages → ocr → text → extract → register → index
//!             ↑________ renditions ____|
//! ```
//!
//! A room (module) may use only the product types of the rooms to its left:
//! `Submission → Original → Page → PageReading → Text → Fields → Record`. Ground floor for all: [`model`], [`error`],
//! [`clock`], [`plain`] (small files). Beneath: [`config`], [`tools`] (child processes), [`storage`] (bytes at rest), [`provenance`] (the
//! append-only log), [`bagit`] (packages of files), [`cms`] (signed envelopes). Beside the flow: [`export`]. On top: [`pipeline`] (the steps in
//! order, on one screen) and [`cli`].
//!
//! # What must not happen
//!
//! 1. The archive never overwrites. Storing bytes that are there already succeeds without writing; other bytes
//!    under one name are an error.
//! 2. Commit order: hash while reading → create-only put → read back and compare → database and provenance commit →
//!    only then is the sender's file released (moved to a done folder, never deleted). At every kill point between
//!    these, nothing is lost and nothing is counted twice.
//! 3. Every input of a batch, and every page, ends in exactly one accounted state, and the totals reconcile. Seeing
//!    the same bytes again costs no new reading, but it is a new accession.
//! 4. Nothing is destroyed: there is no function that removes an object from the store.
//! 5. No register value without evidence: a finding (rule, words, page, box) or a named person's decision.
//!    Corrections add; they never replace. A person's decision is never overwritten by a re-run.
//! 6. An empty field is better than a wrong one. What is ambiguous, blank, conflicting or only in an annex goes to a
//!    person. A notice deadline never comes out later than it is.
//! 7. [`text`] and [`extract`] do no I/O and read no clock. The same bytes, settings and rules give the same result,
//!    byte for byte.
//! 8. The index holds no truth: throw it away and rebuild. The database can be rebuilt from the object store alone.
//! 9. Stored formats are versioned structs of their own, with a kept example of every version.
//! 10. One bad file never stalls or kills the rest. The unit of fault is the page: tried again once, then
//!     `unreadable`, and the document goes on. Limits count CPU time and memory, not the clock.
//! 11. Memory does not grow with the number of documents, and with the number of pages only by their words.

pub mod archive;
pub mod bagit;
pub mod cli;
pub mod clock;
pub mod cms;
pub mod config;
pub mod error;
pub mod export;
pub mod extract;
pub mod index;
pub mod intake;
pub mod model;
pub mod ocr;
pub mod pages;
pub mod pipeline;
pub mod plain;
pub mod provenance;
pub mod register;
pub mod renditions;
pub mod signatures;
pub mod storage;
pub mod text;
pub mod tools;

pub use error::{Error, ErrorKind, Result};
