//! The words that all rooms share: ids, digests, pages, words read, evidence, records. No I/O, no clock.

pub mod digest;
pub mod elsewhere;
pub mod evidence;
pub mod id;
pub mod language;
pub mod media;
pub mod page;
pub mod period;
pub mod raised;
pub mod reading;
pub mod reckon;
pub mod record;
pub mod subject;
pub mod unread;

pub use digest::{Blake3, Digests, Sha256};
pub use elsewhere::Elsewhere;
pub use evidence::{Evidence, EvidenceKind};
pub use id::{BatchId, DocumentId, ItemId, RecordId};
pub use language::Language;
pub use media::MediaType;
pub use page::{PageBox, PageNo, PageState, TextSource};
pub use period::Period;
pub use reading::{PageReading, Problem, Reading, Word};
pub use record::{Field, Fields, Status};
pub use subject::Subject;
