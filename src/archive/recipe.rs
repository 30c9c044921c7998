//! What made a result: the step, its settings and what it was given. Results are stored under the recipe's digest, so
//! that the same step on the same input is done once.

use serde::{Deserialize, Serialize};

use crate::model::Blake3;

/// How a result came about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recipe {
    /// The step (`read`, `extract`, `archival_copy`).
    pub step: String,
    /// Its version: raised whenever the step could give another result.
    pub version: String,
    /// Digest of the settings that bear on the result.
    pub settings: Blake3,
    /// Digests of what it was given, in order: an original, a reading, a rule set.
    pub inputs: Vec<Blake3>,
}

impl Recipe {
    /// The digest under which the result is stored.
    pub fn key(&self) -> Blake3 {
        let mut hasher = blake3::Hasher::new();
        // Lengths first: no two recipes give the same bytes.
        for text in ["griffie-recipe/1", &self.step, &self.version] {
            hasher.update(&(text.len() as u64).to_be_bytes()).update(text.as_bytes());
        }
        hasher.update(&self.settings.0);
        for input in &self.inputs {
            hasher.update(&input.0);
        }
        Blake3(*hasher.finalize().as_bytes())
    }
}
