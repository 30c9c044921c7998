//! The deadlines as a calendar (RFC 5545), one event each. The same register on the same day gives the same bytes.

use std::{fmt::Write as _, io::Write as _};

use jiff::civil::Date;

use crate::{
    Result,
    cli::{Outcome, output_failed, table},
    model::{Language, RecordId},
    pipeline::App,
    register::{Entry, lifecycle::Deadline},
};

/// Reminds of each deadline so many days before its day; 0: not at all.
pub(super) fn print(app: &App, ids: &[RecordId], as_of: Date, alarm_days: u16) -> Result<Outcome> {
    let mut stdout = std::io::stdout().lock();
    let mut write = |text: &str| stdout.write_all(text.as_bytes()).map_err(output_failed);
    write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//griffie//register//EN\r\nCALSCALE:GREGORIAN\r\n")?;
    for id in ids {
        let entry = super::entry(app, id, as_of)?;
        for deadline in &entry.outlook.deadlines {
            write(&event(&entry, deadline, alarm_days, app.config.language))?;
        }
    }
    write("END:VCALENDAR\r\n")?;
    Ok(Outcome::Done)
}

/// A deadline as an event of the whole day. Its id stays the same when the day moves, so that a calendar moves it.
fn event(entry: &Entry, deadline: &Deadline, alarm_days: u16, language: Language) -> String {
    let Deadline { kind, party, date, certain, explanation } = deadline;
    let id = &entry.id;
    let party_key = party.as_deref().map(|party| format!(".{}", hex::encode(party))).unwrap_or_default();
    let what = table::deadline_name(*kind, language);
    let party = party.as_deref().map(|party| format!(" ({party})")).unwrap_or_default();
    let title = entry.fields.title.value.as_deref().unwrap_or(id.as_str());
    let doubt = if *certain { "" } else { language.say(" (onzeker)", " (uncertain)") };
    let parties: Vec<_> =
        entry.fields.parties.iter().filter_map(|party| Some(party.value.as_ref()?.name.as_str())).collect();
    let next = date.tomorrow().unwrap_or(*date);
    let mut out = String::new();
    let mut line = |text: String| fold(&mut out, &text);
    line("BEGIN:VEVENT".into());
    line(format!("UID:{id}.{}{party_key}@griffie", table::name_of(kind)));
    line(format!("DTSTAMP:{}T000000Z", entry.outlook.as_of.strftime("%Y%m%d")));
    line(format!("DTSTART;VALUE=DATE:{}", date.strftime("%Y%m%d")));
    line(format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")));
    line(format!("SUMMARY:{}", escaped(&format!("{what}{party}{doubt}: {title}"))));
    line(format!("DESCRIPTION:{}", escaped(&format!("{explanation}\n{}\n{id}", parties.join("; ")))));
    line("TRANSP:TRANSPARENT".into());
    if alarm_days > 0 {
        line("BEGIN:VALARM".into());
        line("ACTION:DISPLAY".into());
        line(format!("TRIGGER:-P{alarm_days}D"));
        line(format!("DESCRIPTION:{}", escaped(&format!("{what}{party}: {title}"))));
        line("END:VALARM".into());
    }
    line("END:VEVENT".into());
    out
}

/// Text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, folded at 75 bytes between characters (RFC 5545, 3.1).
fn fold(out: &mut String, text: &str) {
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    let _ = write!(out, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters_and_values_escaped() {
        let mut out = String::new();
        fold(&mut out, &format!("SUMMARY:{}", escaped(&"é,".repeat(40))));
        assert!(out.split("\r\n").all(|line| line.len() <= 75), "{out}");
        assert_eq!(out.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "é\\,".repeat(40)));
        assert_eq!(escaped("a\\b;c\r\nd"), "a\\\\b\\;c \\nd");
    }
}
