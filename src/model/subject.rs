//! What a clause is about, as far as people look for it.

use serde::{Deserialize, Serialize};

/// What a clause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are the documentation
pub enum Subject {
    Termination,
    Renewal,
    Indexation,
    Liability,
    Penalty,
    Confidentiality,
    DataProtection,
    Assignment,
    Insurance,
    Payment,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Termination,
        Self::Renewal,
        Self::Indexation,
        Self::Liability,
        Self::Penalty,
        Self::Confidentiality,
        Self::DataProtection,
        Self::Assignment,
        Self::Insurance,
        Self::Payment,
    ];

    /// Its name in word lists, queries and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Termination => "termination",
            Self::Renewal => "renewal",
            Self::Indexation => "indexation",
            Self::Liability => "liability",
            Self::Penalty => "penalty",
            Self::Confidentiality => "confidentiality",
            Self::DataProtection => "data_protection",
            Self::Assignment => "assignment",
            Self::Insurance => "insurance",
            Self::Payment => "payment",
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let plain = name.trim().to_lowercase().replace(['-', ' '], "_");
        Self::ALL.into_iter().find(|subject| subject.name() == plain).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|subject| subject.name()).collect();
            format!("`{name}` is no subject of clauses; known are {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_subject() {
        for subject in Subject::ALL {
            assert_eq!(subject.name().parse(), Ok(subject));
            assert_eq!(serde_json::to_value(subject).unwrap(), subject.name());
        }
        assert_eq!("data-protection".parse(), Ok(Subject::DataProtection));
        assert!("weather".parse::<Subject>().is_err());
    }
}
