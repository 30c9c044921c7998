//! The word lists that are built into the program (`dictionaries/<language>/<list>.toml`): each gives a value and the
//! words that mean it. How words are folded and which misreadings are forgiven is the grammars' business.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};

use crate::model::Language;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/dictionaries");

/// One word list: a value with the words or phrases that mean it.
pub type WordList = BTreeMap<String, Vec<String>>;

/// A list of a language, as embedded; empty where the language has no such list.
pub fn list(language: Language, name: &str) -> WordList {
    let path = format!("{}/{name}.toml", language.code());
    let Some(file) = EMBEDDED.get_file(&path) else { return WordList::new() };
    toml::from_str(file.contents_utf8().unwrap_or_default()).unwrap_or_default()
}

/// Every pair of value and word of a list, of both languages: Dutch first.
pub fn pairs(name: &str) -> Vec<(String, String)> {
    [Language::Dutch, Language::English]
        .into_iter()
        .flat_map(|language| list(language, name))
        .flat_map(|(value, words)| words.into_iter().map(move |word| (value.clone(), word)))
        .collect()
}

/// The embedded lists by path and content, sorted: part of what decides a result.
pub fn sources() -> Vec<(String, &'static str)> {
    let mut files: Vec<_> = EMBEDDED
        .dirs()
        .flat_map(Dir::files)
        .filter_map(|file| Some((file.path().to_str()?.replace('\\', "/"), file.contents_utf8()?)))
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_list_is_sound() {
        let files = sources();
        assert!(files.len() > 10, "the lists are embedded");
        for (path, content) in files {
            let list: WordList = toml::from_str(content).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(content.starts_with('#'), "{path} says what it holds");
            for (value, words) in list {
                assert!(!words.is_empty(), "{path}: {value} has no words");
                assert!(words.iter().all(|word| word.trim() == word && !word.is_empty()), "{path}: {value}");
            }
        }
    }
}
