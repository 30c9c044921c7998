//! Finds the terms that a contract defines, in the forms that lawyers use. What a term stands for is a place in the
//! text, not yet a value.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::DefinedTerm;

/// `hierna te noemen: "X"`, `verder aangeduid als X`, `hereinafter referred to as the "X"`; a scan may have lost the mark
/// that closes.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?-u:\b)(?i:hierna|verder|nader|voortaan|hereinafter|hereafter|herein)(?-u:\b)
        (?i:[\s,:]+(?:ook|steeds|voor\ zich|gezamenlijk|samen|tezamen|ieder|elk|afzonderlijk|individueel|verder|nader|hierna|te|
            noemen|genoemd|aan|duiden|aangeduid|als|called|referred|to|as|collectively|individually|be|each|also|
            sometimes|known|and|en|a|an))*
        [\s,:]*(?i:(?:de|het|the|een|an?)\s)?
        (?:["'](?P<quoted>[^"'\n\t]{2,60})["']|["'](?P<lost>\p{Lu}\p{L}{2,30})[,;]|(?P<plain>\p{Lu}[\p{L}\p{N}&-]+(?:\ \p{Lu}[\p{L}\p{N}&-]+){0,2}))"#,
    )
    .expect("the pattern is a constant that a test compiles")
});

/// `aan te duiden als "X"`, `gezamenlijk aangeduid als 'X'`, `referred to as "X"`, where no `hierna` goes before.
static DESIGNATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i:aan\s+te\s+duiden\s+als|aangeduid\s+als|gezamenlijk(?:\s+als)?|referred\s+to\s+as|te\s+noemen)[\s,:]*(?i:(?:de|het|the)\s)?["']([^"'\n\t]{2,60})["']"#,
    )
    .expect("constant, compiled by a test")
});

/// `nader aangeduid als opdrachtgeefster`, `hierna: vereniging,`: in small letters and without quotes, up to a mark.
static PLAINLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?-u:\b)(?i:hierna|verder|nader|voortaan)
        (?:(?:\s+ook)?\s*:|(?:[\s,]+(?i:ook|steeds|verder|nader|hierna|gezamenlijk|samen|tezamen|te|aan))*[\s,]+
            (?i:noemen|genoemd|duiden\s+als|aangeduid\s+als)[\s,:]*)
        \s*(?:(?:de|het)\s)?(\p{Ll}{4,25})\s*(?:[;,.:)\n]|$)",
    )
    .expect("constant, compiled by a test")
});

/// `(the "X")`, `("X" or "Y")`, `(hierna "X")`; a scan may have lost the mark that closes: `(the "X";`.
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\((?:([^()\n\t]{0,60}?"[^()\n\t]{1,120})\)|([^"()\n\t]{0,20}"[^"()\n\t]{1,60}")\s?;)"#)
        .expect("constant, compiled by a test")
});

/// `('Werkgever')`: in single quotes nothing else stands in the brackets, or an apostrophe would open it.
static IN_SINGLE_QUOTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\((?:(?:de|het|the)\ )?'(\p{Lu}[\p{L} -]{1,38})'\)").expect("constant, compiled by a test")
});

/// What goes before a term that joins what other words stand for.
static WIDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i:together\s+with|tezamen\s+met|samen\s+met)[^;]*$").expect("constant, compiled by a test")
});

/// A term in quotes.
static QUOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""([^"\n\t]{1,60})""#).expect("constant, compiled by a test"));

/// `"X" means …`, `"X": …`.
static MEANS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"["']([^"'\n\t]{2,60})["']\s?(?i:(?:shall\s|zal\s)?(?:mean|means|betekent|betekenen|has\sthe\smeaning|have\sthe\smeaning|heeft\sde\sbetekenis|wordt\sverstaan|wil\szeggen)(?-u:\b)|:\s)"#,
    )
    .expect("constant, compiled by a test")
});

/// The terms of a text, in order of their place.
pub(super) fn terms(text: &str, sentences: &[Range<usize>]) -> Vec<DefinedTerm> {
    let mut out: Vec<DefinedTerm> = Vec::new();
    let sentence_at = |at: usize| {
        let i = sentences.partition_point(|s| s.end <= at);
        sentences.get(i).filter(|s| s.start <= at).cloned().unwrap_or(at..at)
    };
    let mut add = |range: Range<usize>, meaning: Range<usize>| {
        let term = text[range.clone()].trim_matches([',', '.', ' ', ';', ':']);
        if term.chars().any(char::is_alphabetic) {
            let start = range.start + (term.as_ptr() as usize - text[range].as_ptr() as usize);
            let meaning = if meaning.start < meaning.end { meaning } else { meaning.start..meaning.start };
            out.push(DefinedTerm { term: term.to_owned(), range: start..start + term.len(), meaning });
        }
    };
    for found in CALLED.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        if let Some(term) = ["quoted", "lost", "plain"].iter().find_map(|kind| found.name(kind)) {
            add(term.range(), before(text, sentence_at(whole.start()).start, whole.start()));
        }
    }
    for found in PLAINLY.captures_iter(text).chain(DESIGNATED.captures_iter(text)) {
        let (Some(whole), Some(term)) = (found.get(0), found.get(1)) else { continue };
        add(term.range(), before(text, sentence_at(whole.start()).start, whole.start()));
    }
    for found in BRACKETED.captures_iter(text) {
        let (Some(whole), Some(inner)) = (found.get(0), found.get(1).or(found.get(2))) else { continue };
        for term in QUOTED.captures_iter(inner.as_str()).filter_map(|c| c.get(1)) {
            let range = inner.start() + term.start()..inner.start() + term.end();
            let mut meaning = before(text, sentence_at(whole.start()).start, whole.start());
            // `(each a "Renewal Term"; together with the Initial Term, the "Term")`: the last one stands for more than
            // the words before it.
            if WIDER.is_match(&inner.as_str()[..term.start()]) {
                meaning.start = meaning.end;
            }
            add(range, meaning);
        }
    }
    for found in IN_SINGLE_QUOTES.captures_iter(text) {
        let (Some(whole), Some(term)) = (found.get(0), found.get(1)) else { continue };
        add(term.range(), before(text, sentence_at(whole.start()).start, whole.start()));
    }
    for found in MEANS.captures_iter(text) {
        let (Some(whole), Some(term)) = (found.get(0), found.get(1)) else { continue };
        let end = sentence_at(whole.end().saturating_sub(1)).end.max(whole.end());
        let body = &text[whole.end()..end];
        let start = whole.end() + (body.len() - body.trim_start().len());
        add(term.range(), start..end);
    }
    out.sort_by_key(|t| (t.range.start, t.range.end));
    out.dedup_by_key(|t| t.range.clone());
    out
}

/// The words before a term, without the marks and spaces that part them from it.
fn before(text: &str, start: usize, end: usize) -> Range<usize> {
    let words = text.get(start..end).unwrap_or("").trim_end_matches([' ', ',', '(', ';', ':', '-']);
    start..start + words.len()
}

#[cfg(test)]
mod tests {
    use crate::text::Text;

    fn check(sentence: &str, want: &[(&str, &str)]) {
        let text = Text::of_sentence(sentence, None);
        let got: Vec<_> = text.terms.iter().map(|t| (t.term.as_str(), text.slice(&t.meaning))).collect();
        assert_eq!(got, want, "{sentence}");
    }

    #[test]
    fn terms_bind_the_words_before_or_after_them() {
        check("De gemeente Best, hierna te noemen: \"Opdrachtgever\";", &[("Opdrachtgever", "De gemeente Best")]);
        check("Jansen B.V., verder te noemen Leverancier;", &[("Leverancier", "Jansen B.V.")]);
        check("Jansen B.V., hierna: “Leverancier, vertegenwoordigd door", &[("Leverancier", "Jansen B.V.")]);
        check("G. Vos ('Werknemer'),", &[("Werknemer", "G. Vos")]);
        check("Jansen B.V., hierna verder aan te duiden als: ‘de Huurder’", &[("de Huurder", "Jansen B.V.")]);
        check("as of May 1, 2013 (the “Effective Date”).", &[("Effective Date", "as of May 1, 2013")]);
        check("Vos B.V., aangeduid als 'Vervoerder';", &[("Vervoerder", "Vos B.V.")]);
        check("A Inc. (\"A\" or the \"Seller\")", &[("A", "A Inc."), ("Seller", "A Inc.")]);
        check("“Term” means two years.", &[("Term", "two years.")]);
        check("Jansen B.V., nader aangeduid als aanneemster", &[("aanneemster", "Jansen B.V.")]);
        check("De vereniging Rohda, hierna: vereniging,", &[("vereniging", "De vereniging Rohda")]);
        check(
            "de gemeenten, elk 'Gemeente' en gezamenlijk als 'Opdrachtgever'",
            &[("Opdrachtgever", "de gemeenten, elk 'Gemeente' en")],
        );
        check("Partijen komen hierna bijeen.", &[]);
        check("zoals verder in artikel 3 genoemd.", &[]);
    }
}
