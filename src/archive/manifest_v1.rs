//! A document's manifest, version 1: what it is, what it is made of and what was made from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Format, Recipe, name};
use crate::{
    model::{Blake3, Digests, DocumentId, ItemId, Language, MediaType, PageNo, Problem, RecordId},
    storage::ObjectName,
};

/// Everything about a document that is not in its bytes. The last of the series holds; the earlier ones are its past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The document.
    pub document: DocumentId,
    /// The contract record whose dossier it is in.
    pub record: RecordId,
    /// What it is in that dossier.
    pub role: DocumentRole,
    /// When this manifest was made.
    pub made: Timestamp,
    /// The program that made it, with its version.
    pub program: String,
    /// The bytes that it is a part of.
    pub original: ManifestOriginal,
    /// Its first page in the original; `None` where the original has no pages that could be told apart.
    pub first_page: Option<PageNo>,
    /// Its last page in the original.
    pub last_page: Option<PageNo>,
    /// Its pages by state.
    pub pages: PageCounts,
    /// Main language.
    pub language: Option<Language>,
    /// `digital`, `ocr`, `mixed` or `none`.
    pub text_source: String,
    /// Mean confidence (0 to 1) of the words read by OCR.
    pub mean_ocr_confidence: Option<f64>,
    /// What read it.
    pub engine: String,
    /// The key of the words read.
    pub reading: Option<Blake3>,
    /// What the rules found, one for each run, oldest first.
    pub findings: Vec<FindingsRef>,
    /// What a person should know.
    pub problems: Vec<Problem>,
    /// Other forms made from the document, each checked before it was stored.
    pub renditions: Vec<Rendition>,
    /// Forms that were made, did not pass their checks and were not stored.
    pub refused: Vec<Refusal>,
    /// Facts about electronic signatures in the original, as captured at accession.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<serde_json::Value>,
}

/// What a document is in its dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRole {
    /// The contract itself.
    Main,
    /// It changes the contract.
    Amendment,
    /// It belongs to the contract.
    Annex,
    /// It is about the contract.
    Letter,
}

/// The bytes as received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestOriginal {
    /// Their digests and length.
    #[serde(flatten)]
    pub digests: Digests,
    /// IANA media type, told by content.
    #[serde(with = "iana")]
    pub media_type: MediaType,
    /// The name of the file as it came in.
    pub name: String,
    /// The item that first brought them in.
    pub item: ItemId,
    /// When that was.
    pub accessioned: Timestamp,
}

/// How many pages are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the names are those of `PageState`
pub struct PageCounts {
    pub read: u32,
    pub blank: u32,
    pub separator: u32,
    pub unreadable: u32,
}

/// One run of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingsRef {
    /// The key of the findings.
    pub key: Blake3,
    /// Digest of the rule set.
    pub rule_set: String,
    /// When it ran.
    pub found: Timestamp,
}

/// Another form of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rendition {
    /// What it is for, e.g. `archival_copy`.
    pub kind: String,
    /// Digests and length of its bytes.
    #[serde(flatten)]
    pub digests: Digests,
    /// IANA media type.
    pub media_type: String,
    /// What made it.
    pub recipe: Recipe,
    /// The figures of the checks that it passed.
    pub acceptance: serde_json::Value,
    /// When it was made.
    pub made: Timestamp,
}

/// A form that did not pass its checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it was for, e.g. `archival_copy`.
    pub kind: String,
    /// Why it was not accepted.
    pub reason: String,
    /// When that was.
    pub at: Timestamp,
}

impl Manifest {
    /// Whether it is of the same document and the same bytes, received as the same item at the same time: what no later
    /// manifest changes.
    pub fn is_of_the_same_original(&self, other: &Self) -> bool {
        let of = |manifest: &Self| {
            let ManifestOriginal { digests, item, accessioned, .. } = &manifest.original;
            (manifest.document.clone(), *digests, item.clone(), *accessioned)
        };
        of(self) == of(other)
    }

    /// The objects that it says are there.
    pub fn refers_to(&self) -> Vec<ObjectName> {
        let mut names = vec![name::original(&self.original.digests.blake3)];
        names.extend(self.reading.as_ref().map(name::reading));
        names.extend(self.findings.iter().map(|found| name::findings(&found.key)));
        names.extend(self.renditions.iter().map(|rendition| name::rendition(&rendition.digests.blake3)));
        names
    }
}

impl Format for Manifest {
    const SCHEMA: &'static str = "griffie-manifest/1";
}

/// Media types by their IANA names, which outlive our own.
pub(super) mod iana {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::model::MediaType;

    const ALL: [MediaType; 13] = [
        MediaType::Pdf,
        MediaType::Tiff,
        MediaType::Jpeg,
        MediaType::Png,
        MediaType::Webp,
        MediaType::Doc,
        MediaType::Docx,
        MediaType::Odt,
        MediaType::Rtf,
        MediaType::Zip,
        MediaType::Eml,
        MediaType::Msg,
        MediaType::Mbox,
    ];

    pub fn serialize<S: Serializer>(media: &MediaType, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(media.iana())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MediaType, D::Error> {
        let name = String::deserialize(deserializer)?;
        ALL.into_iter()
            .find(|media| media.iana() == name)
            .ok_or_else(|| D::Error::custom(format!("unknown media type `{name}`")))
    }
}
