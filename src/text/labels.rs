//! Finds labels with the values beside or below them: cover sheets, forms, tables, signature blocks. A place that
//! was left open (blank, underscores, dots) is an empty value.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{Labelled, marker, paragraphs::Paragraph};

mod boxes;

/// Labels that may stand several on a line, or without a colon before an open place.
static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)(?-u:\b)(naam|functie|datum|plaats|handtekening|paraaf(?:\ (?:ver)?huurder)?|titel|namens|adres|by|its|name|title|date|place|
        signature|address|contractnummer|contractnr\.?|kenmerk|ons\ kenmerk|uw\ kenmerk|referentie|zaaknummer|
        ingangsdatum|einddatum|looptijd|opzegtermijn|kvk(?:-?nummer|-nr\.?)?|btw(?:-?nummer)?|iban|telefoon|e-mail|d\.d\.)\s?(?::|(?:_{3}|\.{4}|…))",
    )
    .expect("the pattern is a constant that a test compiles")
});

/// What forms ask for, before a comma.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(plaats|datum|naam|handtekening|adres)( en (plaats|datum|naam))?$|(prijs|vergoeding|duur|bedrag|kosten|rent|fee|price)( (per|a) \w+)?$",
    )
    .expect("the pattern is a constant that a test compiles")
});

/// What stands at the start of the lines of a party's details, where a narrow gap parts it from its value.
static DETAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(Naam|Bedrijfsnaam|Handelsnaam|Adres|Postcode|Plaats|Vestigingsplaats|KvK(?:-?nummer)?|Rechtsvorm|Telefoon|E-mail|Contactpersoon|
        Vertegenwoordigd(?:\ door)?|Functie|IBAN|Btw(?:-?nummer)?|Name|Address|Registered\ office|Company\ number|Telephone|
        Email|Contact)\ (?-u:\b)[^:]",
    )
    .expect("the pattern is a constant that a test compiles")
});
/// So many lines of details stand below each other at least.
const DETAILS: usize = 3;

/// The labels of a text.
pub(super) fn labels(text: &str, paragraphs: &[Paragraph]) -> Vec<Labelled> {
    let mut out = Vec::new();
    let mut skip = false;
    let mut boxes = boxes::numbered(text, paragraphs).into_iter().peekable();
    let mut in_box = 0;
    for (i, paragraph) in paragraphs.iter().enumerate() {
        if std::mem::take(&mut skip) || i < in_box {
            continue;
        }
        if let Some(numbered) = boxes.next_if(|numbered| numbered.head == i) {
            let value = value(text, boxes::filled_in(paragraphs, &numbered));
            out.push(Labelled { label: numbered.label..paragraph.range.end, value });
            in_box = numbered.last + 1;
            continue;
        }
        if paragraph.row {
            skip = header_row(text, paragraphs, i, &mut out);
            if !skip {
                row(text, &paragraph.range, &mut out);
            }
        } else if let Some(end) = detail(text, paragraphs, i) {
            let label = paragraph.range.start..end;
            out.push(Labelled { value: value(text, end..paragraph.range.end), label });
        } else {
            line(text, &paragraph.range, paragraphs.get(i + 1).filter(|p| !p.row).map(|p| &p.range), &mut out);
        }
    }
    out
}

/// Where the label of a line of details ends, if it is one of several: `Naam Plandoro B.V.`, `Adres …`, `KvK …`.
fn detail(text: &str, paragraphs: &[Paragraph], i: usize) -> Option<usize> {
    let word = |i: usize| {
        let paragraph = paragraphs.get(i).filter(|p| !p.row)?;
        DETAIL.captures(&text[paragraph.range.clone()])?.get(1).map(|word| word.as_str())
    };
    let own = word(i)?;
    // `1. Verhuurder / Naam PrintPunt B.V.`
    let head = i
        .checked_sub(1)
        .and_then(|above| paragraphs.get(above))
        .is_some_and(|above| is_party_head(&text[above.range.clone()]));
    if head && matches!(own, "Naam" | "Bedrijfsnaam" | "Name") {
        return Some(paragraphs[i].range.start + own.len());
    }
    let above = (0..i).rev().take(DETAILS).take_while(|&j| word(j).is_some()).count();
    let below = (i + 1..paragraphs.len()).take(DETAILS).take_while(|&j| word(j).is_some()).count();
    (above + 1 + below >= DETAILS).then(|| paragraphs[i].range.start + own.len())
}

/// One word behind a number, as heads of the parts of a form are: `2. Huurder`.
fn is_party_head(line: &str) -> bool {
    let Some(mark) = marker::marker(line) else { return false };
    let word = line[mark.len.min(line.len())..].trim();
    word.len() > 3 && word.chars().all(char::is_alphabetic) && word.starts_with(char::is_uppercase)
}

/// The cells of a row; open places are cells too.
fn cells(text: &str, row: &Range<usize>) -> Vec<Range<usize>> {
    let mut at = row.start;
    let cells = text[row.clone()].split('\t').map(|cell| {
        let range = at..at + cell.len();
        at += cell.len() + 1;
        range
    });
    cells.collect()
}

/// A row: `label ⇥ value`, and cells that hold `label: value` themselves.
fn row(text: &str, range: &Range<usize>, out: &mut Vec<Labelled>) {
    let cells = cells(text, range);
    // `4 ⇥ Ingangsdatum ⇥ 1 mei 2019`
    let numbered = |cell: &Range<usize>| {
        let cell = text[cell.clone()].trim().trim_end_matches(['.', ')']);
        (1..=2).contains(&cell.len()) && cell.chars().all(|c| c.is_ascii_digit())
    };
    let first = usize::from(cells.len() == 3 && cells.first().is_some_and(numbered));
    let mut i = first;
    while i < cells.len() {
        let cell = &text[cells[i].clone()];
        let next = cells.get(i + 1);
        let colon = cell.trim_end().ends_with(':');
        if let Some(next) = next.filter(|n| {
            (colon || i == first || cells.len() == 4 && i == 2)
                && is_label(cell)
                && !text[(*n).clone()].trim_end().ends_with(':')
        }) {
            out.push(Labelled { label: label_range(text, &cells[i]), value: value(text, next.clone()) });
            i += 2;
        } else {
            line(text, &cells[i], None, out);
            i += 1;
        }
    }
}

/// A row of labels above a single row of values; whether these are such rows. Rows with other numbers of cells belong to
/// other parts of a form.
fn header_row(text: &str, paragraphs: &[Paragraph], i: usize, out: &mut Vec<Labelled>) -> bool {
    let Some(below) = paragraphs.get(i + 1).filter(|p| p.row) else { return false };
    let (heads, values) = (cells(text, &paragraphs[i].range), cells(text, &below.range));
    let colon = |cell: &Range<usize>| text[cell.clone()].trim_end().ends_with(':');
    // Boxes that stand side by side: `3. Ingangsdatum: ⇥ 4. Looptijd:`, filled in below.
    let asked = heads.len() > 1 && heads.iter().all(|h| colon(h) && is_label(&text[h.clone()]));
    if asked && heads.len() == values.len() && !values.iter().any(colon) {
        let pairs = heads.iter().zip(values);
        out.extend(pairs.map(|(h, v)| Labelled { label: label_range(text, h), value: value(text, v) }));
        return true;
    }
    let other = |p: &Paragraph| !p.row || cells(text, &p.range).len() != heads.len();
    if !(i.checked_sub(1).is_none_or(|b| other(&paragraphs[b])) && paragraphs.get(i + 2).is_none_or(other)) {
        return false;
    }
    let all_labels = heads.iter().all(|h| is_label(&text[h.clone()]) && !text[h.clone()].contains([':', '_']));
    if heads.len() < 3 || heads.len() != values.len() || !all_labels {
        return false;
    }
    let pairs = heads.iter().zip(values);
    out.extend(pairs.map(|(h, v)| Labelled { label: label_range(text, h), value: value(text, v) }));
    true
}

/// `Label: value`, with several labels on a line; a label alone takes the next line.
fn line(text: &str, range: &Range<usize>, below: Option<&Range<usize>>, out: &mut Vec<Labelled>) {
    let line = &text[range.clone()];
    if line.len() > 600 {
        return;
    }
    // Where each label starts and its value starts.
    let mut marks: Vec<(usize, usize, usize)> = KNOWN
        .captures_iter(line)
        .filter_map(|c| c.get(1).zip(c.get(0)))
        .map(|(label, whole)| {
            let colon = whole.as_str().ends_with(':');
            (label.start(), label.end(), if colon { whole.end() } else { label.end() })
        })
        .collect();
    let first = line.find(':').filter(|&at| {
        let after = &line[at + 1..];
        (after.is_empty() || after.starts_with(char::is_whitespace)) && is_label(&line[..at])
    });
    if let Some(at) = first {
        // A known word inside a longer label (`Datum ingang:`) is no label of its own.
        marks.retain(|&(start, ..)| start > at);
        let start = marker::marker(line).map_or(0, |m| m.len.min(at));
        marks.insert(0, (start, at, at + 1));
    } else if marks.first().is_some_and(|&(start, ..)| start > 0) {
        // Sentences that happen to hold such a word.
        return;
    }
    for (k, &(start, end, from)) in marks.iter().enumerate() {
        let until = marks.get(k + 1).map_or(line.len(), |&(next, ..)| next).max(from);
        let mut range_of_value = value(text, range.start + from..range.start + until);
        let nothing_beside = line[from..until].trim().is_empty();
        if let Some(below) =
            below.filter(|b| nothing_beside && k + 1 == marks.len() && stands_below(&text[(*b).clone()]))
        {
            range_of_value = value(text, below.clone());
        }
        // A colon with nothing after it opens a list or a sentence, unless its word asks for an entry.
        let asks = KNOWN.find(&line[start..]).is_some_and(|m| m.start() == 0) || line[from..until].contains(['_', '.']);
        if !range_of_value.is_empty() || asks {
            out.push(Labelled { label: range.start + start..range.start + end, value: range_of_value });
        }
    }
}

/// A line that may be the value of the label above it: short, and neither label nor numbered itself.
fn stands_below(text: &str) -> bool {
    let label = text.find(':').is_some_and(|at| is_label(&text[..at]));
    text.len() <= 120 && !label && marker::marker(text).is_none() && !text.ends_with(':')
}

/// Up to six words, no sentence, not only digits. What follows in brackets or after a dash only explains:
/// `LANDLORD (NAME, STATE AND FORM OF ORGANIZATION)`, `Rent - Years 1 thru 3`.
fn is_label(text: &str) -> bool {
    let text = text.trim().trim_end_matches(':').trim_end();
    let text = marker::marker(text).map_or(text, |m| &text[m.len.min(text.len())..]);
    let text = behind_prescribed(text);
    let text = text.split_once(" (").filter(|_| text.ends_with(')')).map_or(text, |(label, _)| label);
    let text = text.split_once(" - ").map_or(text, |(label, _)| label);
    // `Plaats en datum, handtekening`, `Abonnementsprijs per jaar, excl. btw`
    let text = text.split_once(", ").filter(|(head, _)| ASKS.is_match(head)).map_or(text, |(label, _)| label);
    (2..=60).contains(&text.len())
        && text.split_whitespace().count() <= 6
        && text.chars().filter(|c| c.is_alphabetic()).count() * 2 >= text.len().min(40)
        && !text.contains(['"', ';', '_', '?'])
        && !text.contains("..")
        // `datum: 17 april 2014` holds a label and its value.
        && !text.contains(": ")
        && !abbreviations_aside(text).contains(". ")
        && !text.contains(", ")
        && !text.ends_with(',')
}

/// `LR3. Parties to this lease`: the numbers of the clauses that the Land Registry prescribes for leases.
fn behind_prescribed(text: &str) -> &str {
    let number = text.strip_prefix("LR").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    number.filter(|rest| rest.len() + 2 < text.len()).and_then(|rest| rest.strip_prefix(". ")).unwrap_or(text)
}

/// `Leaseprijs per maand excl. btw`: the full stop of an abbreviation ends no sentence.
fn abbreviations_aside(text: &str) -> String {
    let mut text = text.trim_end_matches('.').to_owned();
    for short in ["xcl.", "ncl."] {
        text = text.replace(&format!("{short} "), " ");
    }
    text
}

fn label_range(text: &str, cell: &Range<usize>) -> Range<usize> {
    let whole = &text[cell.clone()];
    let label = whole.trim().trim_end_matches([':', ' ']);
    let start = cell.start + (whole.len() - whole.trim_start().len());
    start..start + label.len()
}

/// A value without the spaces around it; empty where the place was left open.
fn value(text: &str, range: Range<usize>) -> Range<usize> {
    let whole = &text[range.clone()];
    let open = |c: char| c.is_whitespace() || matches!(c, '_' | '.' | '…' | ':' | '-');
    if whole.chars().all(open) {
        return range.start..range.start;
    }
    // People who type put the colon before the value: `LESSOR ⇥ : Ravelijn Autolease B.V.`
    let own = whole.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
    let start = range.end - own.len();
    start..start + own.trim_end().len()
}

#[cfg(test)]
mod tests {
    use crate::text::Text;

    fn check(input: &str, want: &[(&str, &str)]) {
        let text = Text::of_sentence(input, None);
        let got: Vec<_> = text.labels.iter().map(|l| (text.slice(&l.label), text.slice(&l.value))).collect();
        assert_eq!(got, want, "{input}");
    }

    #[test]
    fn values_stand_beside_or_below_their_labels() {
        check(
            "Opzegtermijn\t: 3 maanden\nHuurder\tGemeente Best",
            &[("Opzegtermijn", "3 maanden"), ("Huurder", "Gemeente Best")],
        );
        check("Datum ingang: 1 mei 2019", &[("Datum ingang", "1 mei 2019")]);
        check("datum: 17 april 2014\tdatum: 22 april 2014", &[("datum", "17 april 2014"), ("datum", "22 april 2014")]);
        check("Prijs per maand excl. btw\t€ 412,87", &[("Prijs per maand excl. btw", "€ 412,87")]);
        check("By: /s/ J. Doe Name: J. Doe Title: CEO", &[("By", "/s/ J. Doe"), ("Name", "J. Doe"), ("Title", "CEO")]);
        check("Prijs per jaar, excl. btw\t€ 412,87", &[("Prijs per jaar, excl. btw", "€ 412,87")]);
        check("Ingangsdatum:\n\n1 mei 2019", &[("Ingangsdatum", "1 mei 2019")]);
        check("4.\tDuur\t5 jaar\n5.\tPlaats\tBest", &[("Duur", "5 jaar"), ("Plaats", "Best")]);
        check("3. Ingang:\t4. Duur:\n1 mei 2020\t5 jaar", &[("3. Ingang", "1 mei 2020"), ("4. Duur", "5 jaar")]);
        check("Nr\tDatum\tPlaats\n1a\t2 mei 2019\tBest", &[("Nr", "1a"), ("Datum", "2 mei 2019"), ("Plaats", "Best")]);
    }

    #[test]
    fn details_stand_below_each_other() {
        check(
            "Verwerker\n\nNaam Plandoro B.V.\n\nAdres Europalaan 312\n\nKvK 63847219",
            &[("Naam", "Plandoro B.V."), ("Adres", "Europalaan 312"), ("KvK", "63847219")],
        );
        check("Naam en faam\n\ngaan hem vooruit.", &[]);
    }

    #[test]
    fn numbered_boxes_hold_what_stands_below_them() {
        let form = "1 Verhuurder\n\nBouw B.V.\n\nte Assen\n\n2 Huurder\n\nBest\n\n3 Ingangsdatum\n\n1 mei 2020\n\n4 Duur\n\n5 jaar\n\nBest, 1 april 2020";
        check(
            form,
            &[
                ("Verhuurder", "Bouw B.V.\nte Assen"),
                ("Huurder", "Best"),
                ("Ingangsdatum", "1 mei 2020"),
                ("Duur", "5 jaar"),
            ],
        );
        check("1. Duur\n\nVijf jaar.\n\n2. Prijs\n\nTien.\n\n3. Recht\n\nNederlands.\n\n4. Slot\n\nGeen.", &[]);
        check("1. Duur\n\nvijf jaar\n\n2. Prijs\n\ntien euro", &[]);
    }

    #[test]
    fn open_places_are_empty_values() {
        check("Datum: ______ Plaats: ........", &[("Datum", ""), ("Plaats", "")]);
        check("Naam ________", &[("Naam", "")]);
        check("Naam:\t________", &[("Naam", "")]);
    }

    #[test]
    fn sentences_are_no_labels() {
        check(
            "Op de datum: 1 mei gaat, zoals gezegd, de huur in.",
            &[("Op de datum", "1 mei gaat, zoals gezegd, de huur in.")],
        );
        check("Partijen, in aanmerking nemende: dat", &[]);
    }
}
