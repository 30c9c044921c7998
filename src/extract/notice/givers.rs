//! Who gives a notice, as the record calls him.

use crate::{
    extract::parties::bare,
    model::{
        Field,
        record::{Notice, Party},
    },
};

/// A notice names a party as its sentence does (`de gemeente`); the record names it by its role (`Opdrachtgever`).
pub fn name_the_givers(notices: &mut [Field<Notice>], parties: &[Field<Party>]) {
    let known: Vec<&Party> = parties.iter().filter_map(|party| party.value.as_ref()).collect();
    for notice in notices.iter_mut().filter_map(|field| field.value.as_mut()).filter(|notice| notice.by != "any") {
        let by = bare(&notice.by);
        if let Some(role) = known.iter().filter_map(|party| party.role.as_ref()).find(|role| bare(role) == by) {
            notice.by.clone_from(role);
            continue;
        }
        let mut roles: Vec<&String> = known
            .iter()
            .filter(|party| bare(&party.name).split_whitespace().next() == Some(by.as_str()))
            .filter_map(|party| party.role.as_ref())
            .collect();
        roles.dedup();
        if let [role] = roles[..] {
            notice.by = role.clone();
        }
    }
}

/// `You must give us six weeks' notice. We will give you six weeks' notice.` The same for both sides is one notice of
/// any party.
pub fn join_the_givers(notices: &mut Vec<Field<Notice>>, parties: &[Field<Party>]) {
    let [Field { value: Some(one), .. }, Field { value: Some(other), .. }] = &notices[..] else { return };
    let sides = |one: &str, other: &str| match (one, other) {
        ("you" | "u" | "je" | "jij", "we" | "us" | "wij") => true,
        _ => {
            let is_side = |by: &str| {
                parties.iter().filter_map(|party| party.value.as_ref()?.role.as_ref()).any(|role| bare(role) == by)
            };
            parties.len() == 2 && one != other && is_side(one) && is_side(other)
        }
    };
    let (first, second) = (bare(&one.by), bare(&other.by));
    let both = sides(&first, &second) || sides(&second, &first);
    if !both || (one.period, one.against) != (other.period, other.against) {
        return;
    }
    let Some(other) = notices.pop() else { return };
    let field = &mut notices[0];
    field.value.iter_mut().for_each(|notice| notice.by = "any".into());
    field.status = field.status.min(other.status);
    field.confidence = field.confidence.min(other.confidence);
    field.evidence.extend(other.evidence);
}
