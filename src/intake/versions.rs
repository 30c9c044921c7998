//! A mail in two versions, plain and as a page of HTML: mail programs show the page, and the two may not say the same.

use std::{collections::HashMap, sync::LazyLock};

use regex::Regex;

use super::html::{self, Shown};

/// What a mail says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub text: String,
    /// Words of its page that the page does not show.
    pub hidden: String,
    /// Words of its page that are struck out.
    pub struck: String,
    /// Words that only its page has, and words that only its plain text has.
    pub differing: Option<(String, String)>,
}

/// Stands above the plain text where both are given.
pub(super) const PLAIN: &str = "[The plain text of this e-mail, which differs from the above:]";

/// Words that are told, of each.
const TOLD: usize = 30;

impl Said {
    /// Of a mail's plain text and of its pages, where it has them.
    pub fn of(plain: &str, pages: &[&str]) -> Self {
        let shown: Vec<Shown> = pages.iter().map(|page| html::shown(page)).collect();
        let joined = |of: fn(&Shown) -> &str| {
            let texts: Vec<&str> = shown.iter().map(of).filter(|text| !text.is_empty()).collect();
            texts.join("\n\n")
        };
        let (page, hidden, struck) = (joined(|one| &one.text), joined(|one| &one.hidden), joined(|one| &one.struck));
        if page.is_empty() {
            return Self { text: plain.to_owned(), hidden, struck, differing: None };
        }
        if plain.trim().is_empty() {
            return Self { text: page, hidden, struck, differing: None };
        }
        let pictures = joined(|one| &one.pictures);
        let has_lists = shown.iter().any(|one| one.has_lists);
        match differing(plain, &page, &pictures, has_lists) {
            None => Self { text: plain.to_owned(), hidden: String::new(), struck, differing: None },
            differing => Self { text: format!("{page}\n\n{PLAIN}\n\n{plain}"), hidden, struck, differing },
        }
    }
}

/// The words that one has and not the other; those that have digits must follow one another in the same order as well. Links
/// and pictures are no words, nor are the numbers that a program makes for a list.
fn differing(plain: &str, page: &str, pictures: &str, has_lists: bool) -> Option<(String, String)> {
    static LISTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?m)^[\s>*]*(\d{1,3}|\p{L})[.)]\s").ok());
    let mut free: HashMap<String, usize> = HashMap::new();
    let mut count = |word: String| *free.entry(word).or_default() += 1;
    words(pictures).into_iter().for_each(&mut count);
    if let Some(listed) = LISTED.as_ref().filter(|_| has_lists) {
        listed.captures_iter(plain).for_each(|found| count(found[1].to_lowercase()));
    }
    let (plain, page) = (words(plain), words(page));
    let only_page = surplus(&page, &plain, &mut HashMap::new());
    let only_plain = surplus(&plain, &page, &mut free);
    let told = |words: &[&str]| {
        let more = if words.len() > TOLD { " …" } else { "" };
        words.iter().take(TOLD).copied().collect::<Vec<_>>().join(" ") + more
    };
    if !only_page.is_empty() || !only_plain.is_empty() {
        return Some((told(&only_page), told(&only_plain)));
    }
    let numbers = |words: &[String]| -> Vec<String> {
        words.iter().filter(|word| word.chars().any(|c| c.is_ascii_digit())).cloned().collect()
    };
    let (in_plain, in_page) = (numbers(&plain), numbers(&page));
    let is_moved = in_plain != in_page && in_plain.len() == in_page.len();
    let all = |numbers: &[String]| told(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
    is_moved.then(|| (all(&in_page), all(&in_plain)))
}

/// The words that one text has more of than another, but for those that are free.
fn surplus<'w>(of: &'w [String], other: &[String], free: &mut HashMap<String, usize>) -> Vec<&'w str> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    other.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let is_more = |word: &&str| {
        let take = |count: Option<&mut usize>| match count {
            Some(count @ 1..) => {
                *count -= 1;
                true
            }
            _ => false,
        };
        !take(left.get_mut(*word)) && !take(free.get_mut(*word))
    };
    of.iter().map(String::as_str).filter(is_more).collect()
}

/// The words of a text in small letters, without links and what stands for pictures.
fn words(text: &str) -> Vec<String> {
    static LINKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)<(?:https?:|mailto:|cid:|tel:)[^<>]{0,2000}>|\[(?:image|cid|https?|afbeelding)\s?:[^\[\]]{0,2000}\]|(?:https?://|www\.|mailto:)[^\s<>]+",
        )
        .ok()
    });
    let text = match LINKS.as_ref() {
        Some(links) => links.replace_all(text, " "),
        None => text.into(),
    };
    let is_seen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let text: String = text.chars().filter(is_seen).flat_map(char::to_lowercase).collect();
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(plain: &str, page: &str, want: Option<(&str, &str)>) {
        let said = Said::of(plain, &[page]);
        let found = said.differing.as_ref().map(|(page, plain)| (page.as_str(), plain.as_str()));
        assert_eq!(found, want, "{said:?}");
        assert_eq!(said.text == plain, want.is_none());
    }

    #[test]
    fn two_versions_that_say_the_same_are_one() {
        check("Prijs *EUR 100*\nper jaar", "<p>Prijs <b>EUR&nbsp;100</b> per jaar</p>", None);
        check("Zie onze site <https://example.org/?x=9>, groet", "Zie <a href='x'>onze site</a>, groet", None);
        check("[image: Logo 24/7]\nDag\n[cid:a@b]", "<img alt='x'>Dag", None);
        check("Logo Dag", "<img alt='Logo'>Dag", None);
        check("1. een\n2. twee", "<ol><li>een</li><li>twee</li></ol>", None);
        check("een", "een<div style='display:none'>vooraf 3</div>", None);
    }

    #[test]
    fn what_the_page_says_otherwise_is_told_and_stands_first() {
        check("Prijs EUR 100 per jaar", "<p>Prijs EUR 900 per jaar</p>", Some(("900", "100")));
        check("Huur 100, service 900", "Huur 900, service 100", Some(("900 100", "100 900")));
        check("Wij gaan akkoord", "Wij gaan <b>niet</b> akkoord", Some(("niet", "")));
        let said = Said::of("Prijs 100", &["Prijs 900"]);
        assert_eq!(said.text, format!("Prijs 900\n\n{PLAIN}\n\nPrijs 100"));
        // One that has but a page is that page.
        assert_eq!(Said::of(" \n", &["<p>Prijs 900</p>"]).text, "Prijs 900");
    }
}
