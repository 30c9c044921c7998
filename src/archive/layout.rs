//! Where in the store everything lies. `README.txt` tells the same to a person who has only the store.

use crate::{
    model::Blake3,
    provenance::tiles::{self, LOG},
    storage::{Grows, ObjectName, grows},
};

/// A part of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // `README.txt` says what lies in each
pub enum Area {
    Originals,
    Renditions,
    Manifests,
    Accessions,
    Batches,
    Readings,
    Findings,
    Decisions,
    Holds,
    Access,
    Probes,
    Timestamps,
}

impl Area {
    /// All parts.
    pub const ALL: [Self; 12] = [
        Self::Originals,
        Self::Renditions,
        Self::Manifests,
        Self::Accessions,
        Self::Batches,
        Self::Readings,
        Self::Findings,
        Self::Decisions,
        Self::Holds,
        Self::Access,
        Self::Probes,
        Self::Timestamps,
    ];

    /// Its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Renditions => "renditions",
            Self::Manifests => "manifests",
            Self::Accessions => "accessions",
            Self::Batches => "batches",
            Self::Readings => "readings",
            Self::Findings => "findings",
            Self::Decisions => "decisions",
            Self::Holds => "holds",
            Self::Access => "access",
            Self::Probes => "probes",
            Self::Timestamps => "timestamps",
        }
    }

    /// The part that an object is in, by its name.
    pub fn of(name: &ObjectName) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.folder() == name.folder())
    }

    /// The folder of one series in it.
    pub(super) fn folder_of(self, id: &str) -> String {
        format!("{}/{id}", self.folder())
    }
}

/// Whether an archive gives objects such names: in one of its parts, and there by the digest of its bytes where all are.
pub fn is_of_ours(object: &ObjectName) -> bool {
    let by_digest = |right: fn(&Blake3) -> ObjectName| {
        let digest = object.last().split('.').next().and_then(|digest| digest.parse().ok());
        digest.is_some_and(|digest| right(&digest) == *object)
    };
    match Area::of(object) {
        Some(Area::Originals) => by_digest(name::original),
        Some(Area::Renditions) => by_digest(name::rendition),
        Some(Area::Readings) => by_digest(name::reading),
        Some(Area::Findings) => by_digest(name::findings),
        Some(_) => object.as_str().contains('/'),
        None => object.folder() == LOG || object.as_str() == name::README,
    }
}

/// Whether objects of an archive lie in a folder of such a name.
pub fn is_folder_of_ours(folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    let (first, rest) = folder.split_once('/').unwrap_or((folder, ""));
    let is_hex = rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    match Area::ALL.into_iter().find(|area| area.folder() == first) {
        Some(Area::Originals | Area::Renditions | Area::Readings | Area::Findings) => rest.is_empty() || is_hex,
        Some(_) => !rest.contains('/'),
        None => tiles::is_folder(folder),
    }
}

/// Whether an unfinished write, or an empty folder, may be what a program left that wrote into this archive.
pub fn is_left_of_ours(name: &str) -> bool {
    match grows(name) {
        Some(Grows::Upload) => true,
        Some(Grows::For(object)) => is_of_ours(&object),
        None => is_folder_of_ours(name),
    }
}

/// Names of objects.
pub mod name {
    use super::Area;
    use crate::{
        model::{BatchId, Blake3, DocumentId, ItemId},
        storage::ObjectName,
    };

    /// The text that explains the store.
    pub const README: &str = "README.txt";

    fn of(text: String) -> ObjectName {
        text.parse().expect("ids and digests are plain")
    }

    fn by_digest(area: Area, digest: &Blake3, extension: &str) -> ObjectName {
        let hex = digest.hex();
        of(format!("{}/{}/{hex}{extension}", area.folder(), &hex[..2]))
    }

    /// An original.
    pub fn original(digest: &Blake3) -> ObjectName {
        by_digest(Area::Originals, digest, "")
    }

    /// A rendition.
    pub fn rendition(digest: &Blake3) -> ObjectName {
        by_digest(Area::Renditions, digest, "")
    }

    /// Words read.
    pub fn reading(key: &Blake3) -> ObjectName {
        by_digest(Area::Readings, key, ".json.zst")
    }

    /// Findings.
    pub fn findings(key: &Blake3) -> ObjectName {
        by_digest(Area::Findings, key, ".json")
    }

    /// A document's manifest of a number.
    pub fn manifest(document: &DocumentId, number: u32) -> ObjectName {
        numbered(Area::Manifests, document.as_str(), number)
    }

    /// What became of an item.
    pub fn accession(batch: &BatchId, item: &ItemId) -> ObjectName {
        of(format!("{}/{batch}/{item}.json", Area::Accessions.folder()))
    }

    /// The receipt of a batch.
    pub fn batch(batch: &BatchId) -> ObjectName {
        of(format!("{}/{batch}.json", Area::Batches.folder()))
    }

    /// What a probe of the store found.
    pub fn probe(number: u32) -> ObjectName {
        of(format!("{}/{number:06}.json", Area::Probes.folder()))
    }

    /// A time-stamp on the checkpoint of a size.
    pub fn timestamp(size: u64, digest: &Blake3) -> ObjectName {
        of(format!("{}/{size:012}/{}.tsr", Area::Timestamps.folder(), digest.hex()))
    }

    /// One number of a series.
    pub fn numbered(area: Area, id: &str, number: u32) -> ObjectName {
        of(format!("{}/{number:06}.json", area.folder_of(id)))
    }
}
