//! How text becomes terms: words in lower case, under their stem, and only then without accents. (Stemming after
//! folding takes `coöperatie` apart like a plural.) Compounds are not split: that needs a lexicon, and guesses would
//! be hits that nobody can explain; a word is found at the beginning of a longer one instead (see `matching`).

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer, Token, TokenFilter, TokenStream,
    Tokenizer, TokenizerManager,
};

pub(super) const DUTCH: &str = "dutch";
pub(super) const ENGLISH: &str = "english";
pub(super) const EXACT: &str = "exact";

/// Words that take another word's stem.
static STEMS: LazyLock<Arc<HashMap<String, String>>> = LazyLock::new(|| {
    let lines: HashMap<String, Vec<String>> = toml::from_str(include_str!("../../dictionaries/nl/stems.toml"))
        .expect("the embedded list of stems is read by a test");
    let words = lines.into_iter().flat_map(|(base, forms)| forms.into_iter().map(move |form| (form, base.clone())));
    Arc::new(words.collect())
});

/// Makes the analyses known to an index.
pub(super) fn register(tokenizers: &TokenizerManager) {
    tokenizers.register(DUTCH, dutch());
    tokenizers.register(ENGLISH, english());
    tokenizers.register(EXACT, exact());
}

pub(super) fn dutch() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Reword(STEMS.clone()))
        .filter(Stemmer::new(Language::Dutch))
        .filter(AsciiFoldingFilter)
        .build()
}

pub(super) fn english() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::English))
        .filter(AsciiFoldingFilter)
        .build()
}

pub(super) fn exact() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build()
}

/// The terms of a text, with their places.
pub(super) fn tokens(mut analyzer: TextAnalyzer, text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    analyzer.token_stream(text).process(&mut |token| tokens.push(token.clone()));
    tokens
}

/// Puts one word in the place of another.
#[derive(Clone)]
struct Reword(Arc<HashMap<String, String>>);

#[derive(Clone)]
struct RewordTokenizer<T> {
    words: Arc<HashMap<String, String>>,
    inner: T,
}

struct RewordStream<'a, T> {
    words: &'a HashMap<String, String>,
    tail: T,
}

impl TokenFilter for Reword {
    type Tokenizer<T: Tokenizer> = RewordTokenizer<T>;

    fn transform<T: Tokenizer>(self, inner: T) -> RewordTokenizer<T> {
        RewordTokenizer { words: self.0, inner }
    }
}

impl<T: Tokenizer> Tokenizer for RewordTokenizer<T> {
    type TokenStream<'a> = RewordStream<'a, T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        RewordStream { words: &self.words, tail: self.inner.token_stream(text) }
    }
}

impl<T: TokenStream> TokenStream for RewordStream<'_, T> {
    fn advance(&mut self) -> bool {
        if !self.tail.advance() {
            return false;
        }
        if let Some(base) = self.words.get(&self.tail.token().text) {
            self.tail.token_mut().text.clone_from(base);
        }
        true
    }

    fn token(&self) -> &Token {
        self.tail.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.tail.token_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_have_one_stem() {
        let stem = |word: &str| tokens(dutch(), word).remove(0).text;
        for forms in [
            &["verlengen", "verlengd", "Verlenging", "verlengingen"][..],
            &["opzeggen", "opgezegd", "opzegging", "OPZEGGING"],
            &["beëindigen", "beëindiging", "beeindiging", "beëindigd"],
            &["coöperatie", "coöperaties"],
            &["overeenkomst", "overeenkomsten"],
        ] {
            for form in forms {
                assert_eq!(stem(form), stem(forms[0]), "{form}");
            }
        }
        assert_ne!(stem("huurder"), stem("verhuurder"));
        assert!(stem("coöperatie").starts_with("cooper"));
    }
}
