//! One field for all parties, each name right behind what it is called, as leases for the Land Registry have it.

use super::{Found, How, beside::called, opening, written};
use crate::{
    extract::{
        lexicon::fold,
        scene::{Find, Scene, Thing},
    },
    text::Labelled,
};

/// `LR3. Parties to this lease ⇥ Landlord A LIMITED (company number …) … Tenant B TRUST (…)`: one field for all parties, each
/// name right behind what it is called.
pub(super) fn parties(scene: &Scene<'_>) -> Vec<Found> {
    const ASKS: [&str; 4] = ["parties", "parties to this lease", "partijen", "the parties"];
    let text = scene.text;
    let asks = |label: &&Labelled| {
        let said = fold(text.slice(&label.label));
        let bare = said.split_once(". ").filter(|(mark, _)| mark.len() <= 4).map_or(said.as_str(), |(_, rest)| rest);
        ASKS.contains(&bare.trim())
    };
    let Some(field) = text.labels.iter().find(asks) else { return Vec::new() };
    let roles: Vec<&Find> = scene
        .finds_in(&field.value)
        .filter(|find| matches!(find.thing, Thing::Role(_)) && text.slice(&find.range).starts_with(char::is_uppercase))
        .collect();
    let named: Vec<(&Find, Find)> = roles
        .into_iter()
        .filter_map(|role| {
            let behind = &text.running[role.range.end..field.value.end];
            let start = role.range.end + (behind.len() - behind.trim_start_matches([' ', ':', '\t']).len());
            let known = scene
                .finds_in(&(start..field.value.end))
                .find(|find| opening::is_name(find) && find.range.start == start);
            let name = known.cloned().or_else(|| {
                shouted(&text.running[start..field.value.end]).map(|len| written(scene, start..start + len))
            });
            (start > role.range.end).then(|| name.map(|name| (role, name)))?
        })
        .collect();
    let sure = named.iter().any(|(_, name)| opening::has_form(name));
    if named.len() < 2 || !sure {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, (role, name)) in named.iter().enumerate() {
        let Thing::Role(said) = &role.thing else { continue };
        let end = named.get(at + 1).map_or(field.value.end, |(next, _)| next.range.start);
        let mut party = called(scene, name, said.clone(), name.range.start..end);
        party.how = How::Placed;
        found.push(party);
    }
    found
}

/// How long the name in capitals is that opens a text.
fn shouted(said: &str) -> Option<usize> {
    let mut end = 0;
    let mut words = 0;
    for word in said.split_inclusive(' ') {
        let bare = word.trim_end();
        let capital = bare.contains(char::is_uppercase) && !bare.contains(char::is_lowercase) && !bare.starts_with('(');
        if !(capital || bare == "&") {
            break;
        }
        end += bare.trim_end_matches([',', '.', ';']).len();
        words += 1;
        if bare.ends_with([',', ';']) {
            return (words >= 2).then_some(end);
        }
        end += word.len() - bare.trim_end_matches([',', '.', ';']).len();
    }
    (words >= 2).then(|| said[..end].trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::shouted;

    #[test]
    fn a_name_in_capitals_ends_with_them() {
        let check =
            |said: &str, want: Option<&str>| assert_eq!(shouted(said).map(|len| &said[..len]), want, "{said:?}");
        check("THE WHARFEDALE TRUST (registered charity)", Some("THE WHARFEDALE TRUST"));
        check("FELL & DALE, of Otley", Some("FELL & DALE"));
        check("None", None);
        check("A Name", None);
    }
}
