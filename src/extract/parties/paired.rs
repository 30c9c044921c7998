//! Names before roles in brackets, two or more in one paragraph: `Gemeente Westerveen (opdrachtgever) en Hovenier Bosma
//! (opdrachtnemer)`. Short contracts name their parties so and no more.

use std::ops::Range;

use super::{Cues, Found, How, describe, elsewhere, opening, written};
use crate::extract::{
    RuleSet,
    lexicon::fold,
    scene::{Scene, Thing},
};

/// The parties are named within so many bytes.
const REACH: usize = 3000;
/// A name has no more words than this.
const LONGEST: usize = 8;

/// The parties of the first paragraph that names two or more so.
pub(super) fn before_brackets(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let head = 0..opening::floor(scene.text, REACH);
    opening::paragraphs(scene.text, &head)
        .map(|paragraph| in_paragraph(rules, scene, &paragraph))
        .find(|found| {
            let roles: Vec<_> = found.iter().filter_map(|party| party.party.role.as_deref().map(fold)).collect();
            roles.len() > 1 && roles.iter().all(|role| roles.iter().filter(|other| *other == role).count() == 1)
        })
        .unwrap_or_default()
}

/// `We offer you a post with Wharfedale Membranes Ltd ("the Company")`: in a letter, whoever is called so is one party.
pub(super) fn in_letter(rules: &RuleSet, scene: &Scene<'_>) -> Vec<Found> {
    let head = 0..opening::floor(scene.text, REACH);
    let paragraphs = opening::paragraphs(scene.text, &head);
    let mut found = paragraphs.flat_map(|paragraph| in_paragraph(rules, scene, &paragraph));
    let sure = |party: &Found| party.party.legal_form.is_some();
    found.find(sure).filter(|_| elsewhere::is_letter(scene)).into_iter().collect()
}

fn in_paragraph(rules: &RuleSet, scene: &Scene<'_>, paragraph: &Range<usize>) -> Vec<Found> {
    let text = scene.text;
    let mut from = paragraph.start;
    let mut found = Vec::new();
    for find in scene.finds_in(paragraph) {
        let Thing::Role(role) = &find.thing else { continue };
        let before = &text.running[paragraph.start..find.range.start];
        let opened = ["(\"", "(the \"", "(\"the ", "(de \"", "(", "(de ", "(het ", "(the "]
            .iter()
            .find_map(|mark| before.strip_suffix(mark));
        let (Some(before), true) = (opened, closes(&text.running[find.range.end..])) else { continue };
        let open = paragraph.start + before.len();
        let before = text.running[from.min(open)..open].trim_end();
        let quoted = opened_quote(&text.running[open..]);
        let name = if quoted {
            // What is quoted need be no party: a usual role, right behind a name that surely is one.
            let usual = rules.words("role").any(|word| fold(word) == fold(role));
            let end = from.min(open) + before.len();
            let known = scene.finds_in(paragraph).find(|name| opening::is_name(name) && name.range.end == end);
            known.filter(|_| usual).map(|name| name.range.start)
        } else {
            name_before(before).map(|start| from + start)
        };
        from = find.range.end + 1;
        let Some(start) = name else { continue };
        let end = start + text.running[start..open].trim_end().len();
        let written = written(scene, start..end);
        let whole = scene.finds_in(&written.range).find(|name| opening::is_name(name) && name.range == written.range);
        let mut party = describe(scene, whole.unwrap_or(&written), start..find.range.end, &[], &Cues::default());
        party.party.role = Some(role.clone());
        party.how = if quoted { How::Placed } else { How::Label };
        found.push(party);
    }
    found
}

fn opened_quote(bracket: &str) -> bool {
    bracket.split(char::is_alphabetic).next().is_some_and(|marks| marks.contains('"'))
        || ["(the \"", "(de \"", "(het \""].iter().any(|opens| bracket.starts_with(opens))
}

/// The bracket is closed behind the role.
fn closes(behind: &str) -> bool {
    behind.strip_prefix('"').unwrap_or(behind).starts_with(')')
}

/// Where the name begins that ends a text: words with capitals, and the small ones between them.
fn name_before(text: &str) -> Option<usize> {
    const SMALL: [&str; 14] =
        ["van", "de", "der", "den", "het", "voor", "ter", "ten", "in", "op", "&", "of", "the", "for"];
    let mut start = None;
    for (count, word) in text.trim_end().rsplit(' ').enumerate() {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let capital = word.trim_start_matches(['"', '\'', '(']).starts_with(char::is_uppercase);
        let ends_other = count > 0 && word.ends_with([':', ';', ',', ')']);
        if count == LONGEST || ends_other || !(capital || SMALL.contains(&word)) {
            break;
        }
        if capital {
            start = Some(at);
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_its_capitals_hold() {
        let name = |text: &'static str| name_before(text).map(|start| text[start..].trim_end());
        assert_eq!(name("Gemeente Westerveen "), Some("Gemeente Westerveen"));
        assert_eq!(name("Partijen: Provincie Reestland "), Some("Provincie Reestland"));
        assert_eq!(name(" en Hovenier Bosma "), Some("Hovenier Bosma"));
        assert_eq!(name(" geeft in bruikleen aan Stadsarchief van de Kop "), Some("Stadsarchief van de Kop"));
        assert_eq!(name(" de aanbestedende dienst "), None);
    }
}
