//! The steps of a document in order, on one screen.

pub mod examine;
pub mod office;
pub mod read;
