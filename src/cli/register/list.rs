//! The register at a glance: one line a contract, the nearest deadline first, no wider than a terminal.

use jiff::civil::Date;

use super::{
    csv::files,
    waiting::{may_have_gone_on, waiting},
};
use crate::{
    Result,
    cli::{one_line, print_line},
    model::{Language, RecordId, record::Fields},
    pipeline::App,
    register::{Entry, lifecycle},
};

/// How wide title and party are: the line has a hundred columns.
const TITLE: usize = 27;
const PARTY: usize = 24;

pub(super) fn print(app: &App, ids: &[RecordId], as_of: Date) -> Result<()> {
    let language = app.config.language;
    let head = language.say(
        ["kenmerk", "titel", "wederpartij", "einde", "termijn", "open"],
        ["id", "title", "other party", "end", "deadline", "open"],
    );
    print_line(line(&head.map(str::to_owned)))?;
    for id in ids {
        let entry = super::entry(app, id, as_of)?;
        // What says nothing of itself is known by its file.
        let name = entry.fields.title.value.clone().map_or_else(|| files(app, id), Ok)?;
        print_line(line(&cells(&entry, name, &app.config.own_organizations)?))?;
    }
    Ok(())
}

/// Below the list: what its marks mean.
pub(super) fn legend(language: Language) -> &'static str {
    language.say(
        "termijn: de eerstvolgende dag waarop een recht vervalt of het contract eindigt, met ? waar die niet zeker is; \
         open: wat op een mens wacht",
        "deadline: the next day on which a right is lost or the contract ends, with ? where it is not certain; open: \
         what waits for a person",
    )
}

fn cells(entry: &Entry, name: String, own: &[String]) -> Result<[String; 6]> {
    let dash = || "–".to_owned();
    let next = entry.outlook.deadlines.first();
    let certain = |certain: bool| if certain { "" } else { "?" };
    Ok([
        entry.id.to_string(),
        one_line(&name),
        one_line(&other_party(&entry.fields, own).unwrap_or_else(dash)),
        entry.outlook.current_end.or(entry.fields.end_date.value).map_or_else(dash, |day| day.to_string()),
        next.map_or_else(dash, |next| format!("{}{}", next.date, certain(next.certain))),
        (waiting(&entry.fields)?.len() + usize::from(may_have_gone_on(entry))).to_string(),
    ])
}

/// Whom the contract is with: the first party that is not ours, and how many there are beside it.
fn other_party(fields: &Fields, own: &[String]) -> Option<String> {
    let names: Vec<_> = fields.parties.iter().filter_map(|party| Some(party.value.as_ref()?.name.as_str())).collect();
    let others: Vec<_> = names.iter().copied().filter(|name| !lifecycle::is_own(name, own)).collect();
    // Of two of our own the contract is between them; where nobody is ours the first is as good as another.
    let others = if others.is_empty() { names } else { others };
    let (first, more) = others.split_first()?;
    match more.len() {
        0 => Some((*first).to_owned()),
        more => Some(format!("{} +{more}", cut(first, PARTY - 2 - more.to_string().len()))),
    }
}

fn line(cells: &[String; 6]) -> String {
    let [id, title, party, end, next, open] = cells;
    let (title, party) = (cut(title, TITLE), cut(party, PARTY));
    format!("{id:<14}  {title:<TITLE$}  {party:<PARTY$}  {end:<10}  {next:<11}  {open:>4}").trim_end().to_owned()
}

/// So many characters of a text, which says that there are more.
fn cut(text: &str, most: usize) -> String {
    match text.chars().count() <= most {
        true => text.to_owned(),
        false => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, record::Party};

    #[test]
    fn a_line_fits_and_the_other_party_is_not_ours() {
        let party =
            |name: &str| Field { value: Some(Party { name: name.into(), ..Party::default() }), ..Field::absent() };
        let check = |names: &[&str], own: &[&str], want: Option<&str>| {
            let fields = Fields { parties: names.iter().copied().map(party).collect(), ..Fields::absent() };
            let own: Vec<_> = own.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(other_party(&fields, &own).as_deref(), want, "{names:?}");
        };
        check(&["Gemeente Westerveen", "Jansen B.V."], &["gemeente westerveen"], Some("Jansen B.V."));
        check(&["Jansen B.V.", "Pot B.V."], &[], Some("Jansen B.V. +1"));
        check(&["Gemeente Westerveen"], &["Gemeente Westerveen"], Some("Gemeente Westerveen"));
        check(&["Een heel lange naam van een stichting", "Pot"], &[], Some("Een heel lange naam … +1"));
        check(&[], &[], None);
        let wide = ["c-kb9x7jmkjzpm", &"é".repeat(90), &"W".repeat(90), "2027-12-31", "2027-12-31?", "15"];
        assert_eq!(line(&wide.map(str::to_owned)).chars().count(), 100);
    }
}
