//! The languages of contracts and of people who use griffie.

use serde::{Deserialize, Serialize};

/// A language that griffie reads and speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Dutch.
    #[serde(rename = "nl")]
    Dutch,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// Chooses between the two forms of a text that a person sees.
    pub fn say<T>(self, dutch: T, english: T) -> T {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }

    /// So many of something, each language with its singular and its plural.
    pub fn count(self, number: usize, dutch: [&str; 2], english: [&str; 2]) -> String {
        let [one, many] = self.say(dutch, english);
        format!("{number} {}", if number == 1 { one } else { many })
    }
}

impl std::str::FromStr for Language {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "nl" => Ok(Self::Dutch),
            "en" => Ok(Self::English),
            other => Err(format!("unknown language `{other}`: nl or en")),
        }
    }
}
