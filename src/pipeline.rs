//! The steps of a document in order, on one screen.

pub mod read;
