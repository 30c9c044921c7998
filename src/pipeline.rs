//! The steps of a document in order, on one screen ([`ingest`]), and what stands around them.

pub mod app;
pub mod compare;
pub mod copies;
pub mod decide;
pub mod elsewhere;
mod events;
pub mod examine;
pub mod export;
pub mod handed_out;
pub mod head;
pub mod history;
pub mod ingest;
mod journal;
pub mod keeping;
mod letter;
mod lock;
pub mod log_key;
pub mod note;
pub mod office;
pub mod paper;
pub mod pending;
pub mod read;
pub mod rebuild;
mod release;
pub mod remarks;
pub mod reread;
pub mod restored;
mod sealed;
mod standing;
mod standing_work;
pub mod stop;
mod stored;
pub mod told;
mod typed;
mod units;

pub use app::App;
