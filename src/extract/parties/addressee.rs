//! Who a letter is written to: the name that opens its address, above the greeting. A letter that is a contract names its
//! second party nowhere else.

use std::ops::Range;

use super::{Cues, Found, How, describe, name_key, opening, written};
use crate::extract::{
    lexicon::fold,
    scene::{Find, Scene},
};

/// The address stands within so many lines.
const LINES: usize = 25;
/// The letterhead takes the first lines.
const LETTERHEAD: usize = 2;
/// A name has no more words.
const WORDS: usize = 8;

/// Adds the addressee of a letter to its only other party.
pub(super) fn add(found: &mut Vec<Found>, scene: &Scene<'_>) {
    let [other] = &found[..] else { return };
    let Some(addressee) = addressee(scene) else { return };
    let mut party = described(scene, &addressee);
    if opening::has_form(&addressee) {
        party.how = How::Placed;
    }
    if name_key(&party.party.name) != name_key(&other.party.name) {
        found.push(party);
    }
}

fn described(scene: &Scene<'_>, find: &Find) -> Found {
    let mut party = describe(scene, find, find.range.clone(), &[], &Cues::default());
    party.how = How::Elsewhere;
    party
}

fn addressee(scene: &Scene<'_>) -> Option<Find> {
    let text = scene.text;
    let lines: Vec<Range<usize>> = opening::paragraphs(text, &(0..text.running.len())).take(LINES).collect();
    let said = |line: &Range<usize>| text.slice(line).trim().to_owned();
    let greets = |line: &Range<usize>| {
        let line = fold(&said(line));
        ["geachte", "beste ", "mijne heren", "dear "].iter().any(|greeting| line.starts_with(greeting))
    };
    let above = &lines[..lines.iter().position(greets)?];
    above.iter().enumerate().skip(1).find_map(|(at, line)| {
        // `Volleybalvereniging VC Spiek / t.a.v. de secretaris`
        let folded = fold(&said(line));
        if ["t.a.v.", "ter attentie", "attn", "for the attention"].iter().any(|cue| folded.starts_with(cue)) {
            return organization(scene, &above[at - 1]);
        }
        firm(scene, line, &above[at + 1..])
            .filter(|_| at >= LETTERHEAD)
            .or_else(|| person(scene, line, &above[at + 1..]))
    })
}

/// The organization that a line names and no more, whether a grammar knows it or not.
fn organization(scene: &Scene<'_>, line: &Range<usize>) -> Option<Find> {
    let said = scene.text.slice(line).trim_end();
    let name = line.start..line.start + said.len();
    let words = said.split_whitespace().count();
    let looks = said.starts_with(char::is_uppercase) && !said.contains([':', '\t', '@']);
    let known = scene.finds_in(&name).find(|find| opening::is_name(find) && find.range == name).cloned();
    known.or_else(|| ((2..=WORDS).contains(&words) && looks).then(|| written(scene, name)))
}

/// The organization with a legal form that a line names and no more, above its own address.
fn firm(scene: &Scene<'_>, line: &Range<usize>, below: &[Range<usize>]) -> Option<Find> {
    let text = scene.text;
    let end = line.start + text.slice(line).trim_end().len();
    let find = scene.finds_in(line).find(|find| opening::has_form(find) && find.range == (line.start..end))?;
    let block = &below[..below.len().min(4)];
    let numbers = block.iter().filter(|line| text.slice(line).contains(|c: char| c.is_ascii_digit())).count();
    (numbers >= 2).then(|| find.clone())
}

/// The person that a line names and no more, above a street and a town: not one who is written to for a firm.
fn person(scene: &Scene<'_>, line: &Range<usize>, below: &[Range<usize>]) -> Option<Find> {
    let text = scene.text;
    let said = text.slice(line).trim_end().trim_end_matches(',');
    let find = scene.finds_in(line).find(|find| opening::is_name(find) && !opening::is_organization(find))?;
    let whole = find.range.start - line.start <= TITLES && find.range.end >= line.start + said.len();
    let block = &below[..below.len().min(3)];
    let lives = block.iter().any(|line| text.slice(line).contains(|c: char| c.is_ascii_digit()));
    let for_firm = block.iter().any(|line| scene.finds_in(line).any(opening::has_form));
    (whole && lives && !for_firm).then(|| find.clone())
}

/// Forms of address before a name take so many bytes at most.
const TITLES: usize = 20;

#[cfg(test)]
mod tests {
    use super::addressee;
    use crate::{extract::RuleSet, model::Language, text::Text};

    #[test]
    fn a_letter_names_its_second_party_in_the_address() {
        let rules = RuleSet::embedded().unwrap();
        let check = |address: &str, want: Option<&str>| {
            let address = address.replace('\n', "\n\n");
            let letter = format!(
                "Koekfabriek Van Aspert B.V.\n\nOssekade 2\n\n{address}\n\nHierbij bevestigen wij de overeenkomst."
            );
            let text = Text::of_sentence(&letter, Some(Language::Dutch));
            let found = addressee(&rules.scene(&text)).map(|find| text.slice(&find.range).to_owned());
            assert_eq!(found.as_deref(), want, "{address}");
        };
        check(
            "Volleybalvereniging Spiek\nt.a.v. de secretaris\nLangstraat 77\nGeachte secretaris,",
            Some("Volleybalvereniging Spiek"),
        );
        check("Mevrouw Anna Kok\nLoonsebaan 118\n5263 CX Vught\nBeste Anna,", Some("Mevrouw Anna Kok"));
        check("Mevrouw F. Kok\nDirecteur\nVerf Noord B.V.\nKade 14\nGeachte mevrouw Kok,", None);
        check("Verf Noord B.V.\nKade 14\n9711 AA Groningen\nGeachte heer Kok,", Some("Verf Noord B.V."));
        check("Loonsebaan 118\n5263 CX Vught\nBeste Joris,", None);
    }
}
