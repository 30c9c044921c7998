//! What a mail itself says: who wrote it to whom, when, and its text. Its attachments are files of their own.

use std::{collections::HashSet, fs::File, io::Read as _, path::Path};

use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::{Limits, Reason, outlook::Outlook, versions::Said};
use crate::model::MediaType;

/// A mail, as its reader sees it before opening an attachment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The lines above the text, each with its name.
    pub head: Vec<(&'static str, String)>,
    /// Its text; that of a mail in HTML without its marks.
    pub text: String,
    /// What its attachments are called.
    pub attachments: Vec<String>,
    /// Files that stand in its text in letters (uuencode), which nobody unpacks.
    pub in_letters: Vec<String>,
    /// Words of its page of HTML that are not shown.
    pub hidden: String,
    /// Words that are struck out, and are in the text.
    pub struck: String,
    /// Where its plain text and its page of HTML say different things: words that only the page has, and only the text.
    pub differing: Option<(String, String)>,
}

impl Letter {
    /// The mail in a file; nothing where it has no words of its own.
    pub fn read(path: &Path, media: MediaType) -> Result<Option<Self>, Reason> {
        let limit = Limits::default().mail_bytes;
        let file = File::open(path)?;
        if media == MediaType::Msg {
            return Ok(Outlook::open(&file, &Limits::default())?.letter());
        }
        if file.metadata()?.len() > limit {
            return Err(Reason::MailTooLarge(limit));
        }
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        let message = MessageParser::default().parse(&bytes).ok_or(Reason::DamagedContainer)?;
        Ok(Self::of(&message))
    }

    /// What its reader sees.
    pub(super) fn saying(said: Said, head: Vec<(&'static str, String)>, attachments: Vec<String>) -> Self {
        let Said { text, hidden, struck, differing } = said;
        Self { head, in_letters: in_letters(&text), text, attachments, hidden, struck, differing }
    }

    fn of(message: &Message<'_>) -> Option<Self> {
        let said = words(message)?;
        let people = |address: Option<&Address<'_>>| {
            let person = |person: &mail_parser::Addr<'_>| match (person.name(), person.address()) {
                (Some(name), Some(address)) => format!("{name} <{address}>"),
                (name, address) => name.or(address).unwrap_or_default().to_owned(),
            };
            address.map(|address| address.iter().map(person).collect::<Vec<_>>().join(", ")).unwrap_or_default()
        };
        let date = message.header_raw("Date").unwrap_or_default();
        let attachments: Vec<_> = attachments(message).enumerate().map(|(i, part)| name_of(i, part)).collect();
        let head = [
            ("From", people(message.from())),
            ("To", people(message.to())),
            ("Cc", people(message.cc())),
            ("Date", date.split_ascii_whitespace().collect::<Vec<_>>().join(" ")),
            ("Subject", message.subject().unwrap_or_default().to_owned()),
            ("Attachments", attachments.join(", ")),
        ];
        let head = head.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Some(Self::saying(said, head, attachments))
    }
}

/// What a mail says, where it says anything.
pub(super) fn words(message: &Message<'_>) -> Option<Said> {
    let plain = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    let pages = message.html_bodies().filter_map(|part| match &part.body {
        PartType::Html(page) => Some(page.as_ref()),
        _ => None,
    });
    let said = Said::of(&plain.collect::<Vec<_>>().join("\n\n"), &pages.collect::<Vec<_>>());
    (!said.text.trim().is_empty()).then_some(said)
}

/// The parts of a mail that are files of their own.
pub(super) fn attachments<'m>(message: &'m Message<'_>) -> impl Iterator<Item = &'m MessagePart<'m>> {
    message.attachments().filter(|part| !part.is_multipart())
}

/// Does a mail say anything behind the end of its parts (RFC 2046, 5.1.1)? Mail programs do not show it.
pub(super) fn goes_on(bytes: &[u8], message: &Message<'_>) -> bool {
    let boundary = |part: &MessagePart<'_>| part.content_type()?.attribute("boundary").map(str::to_owned);
    let boundaries: HashSet<String> = message.parts.iter().filter_map(boundary).collect();
    // The boundaries that have come to their end, and whether nothing has begun since.
    let (mut ended, mut is_behind) = (HashSet::new(), false);
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        let named = line.strip_prefix(b"--").and_then(|named| std::str::from_utf8(named).ok());
        if let Some(named) = named.filter(|named| named.len() < 100) {
            let ends = named.strip_suffix("--").filter(|named| boundaries.contains(*named));
            if let Some(ends) = ends.filter(|ends| !ended.contains(*ends)) {
                ended.insert(ends.to_owned());
                is_behind = true;
                continue;
            }
            if boundaries.contains(named) && !ended.contains(named) {
                is_behind = false;
                continue;
            }
        }
        if is_behind && line.iter().any(u8::is_ascii_alphanumeric) {
            return true;
        }
    }
    false
}

/// What an attachment is called; a mail without a name by its subject.
pub(super) fn name_of(index: usize, part: &MessagePart<'_>) -> String {
    let name = part.attachment_name().map(str::to_owned);
    let name = name.or_else(|| Some(own_name(part.message()?)).filter(|name| name != UNNAMED));
    name.unwrap_or_else(|| format!("attachment-{}", index + 1))
}

const UNNAMED: &str = "mail.eml";

/// What a mail is called among its attachments.
pub(super) fn own_name(message: &Message<'_>) -> String {
    let subject = message.subject().map(str::trim).filter(|subject| !subject.is_empty());
    subject.map_or_else(|| UNNAMED.to_owned(), |subject| format!("{subject}.eml"))
}

/// Names of the files that a text has in letters: `begin 644 name` starts each (POSIX, uuencode).
pub(super) fn in_letters(text: &str) -> Vec<String> {
    let file = |line: &str| {
        let (mode, name) = line.strip_prefix("begin ")?.split_once(' ')?;
        let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        (is_mode && !name.trim().is_empty()).then(|| name.trim().to_owned())
    };
    text.lines().filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_what_its_reader_sees() {
        let read = |mail: &str| Letter::of(&MessageParser::default().parse(mail.as_bytes()).unwrap());
        let letter = read(
            "From: =?utf-8?q?Andr=C3=A9?= <a@example.org>\r\nTo: b@example.org, C <c@example.org>\r\n\
             Date: Thu, 12 Mar 2015 10:00:00 +0100\r\nSubject: Opzegging\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\nContent-Type: text/html\r\n\r\n\
             <p>Hierbij <b>zeggen</b> wij op.</p><p>Groet</p>\r\n--edge\r\nContent-Type: application/pdf; name=a.pdf\r\n\
             Content-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF-\r\n--edge--\r\n",
        );
        let letter = letter.unwrap();
        let head = [
            ("From", "André <a@example.org>"),
            ("To", "b@example.org, C <c@example.org>"),
            ("Date", "Thu, 12 Mar 2015 10:00:00 +0100"),
            ("Subject", "Opzegging"),
            ("Attachments", "a.pdf"),
        ];
        assert_eq!(letter.head, head.map(|(name, value)| (name, value.to_owned())));
        assert!(letter.text.contains("Hierbij zeggen wij op."), "{:?}", letter.text);
        assert_eq!(letter.attachments, ["a.pdf"]);
        let coded = read("From: a\r\nSubject: s\r\n\r\nZie:\nbegin 644 b.pdf\nM)5!\n`\nend\n").unwrap();
        assert_eq!((coded.in_letters, coded.attachments.len()), (vec!["b.pdf".to_owned()], 0));
        assert_eq!(read("From: a\r\nSubject: s\r\n\r\n \n"), None);
    }

    #[test]
    fn a_mail_that_says_other_things_in_two_versions_says_both() {
        let read = |page: &str| {
            let mail = format!(
                "From: a\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; \
                 boundary=edge\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\nPrijs EUR 100\r\n--edge\r\n\
                 Content-Type: text/html\r\n\r\n{page}\r\n--edge--\r\n"
            );
            Letter::of(&MessageParser::default().parse(mail.as_bytes()).unwrap()).unwrap()
        };
        let same = read("<p>Prijs <b>EUR 100</b></p>");
        assert_eq!((same.text.trim(), &same.differing), ("Prijs EUR 100", &None));
        let other = read("<p>Prijs <del>EUR 100</del> EUR 900<i style='display:none'>geheim</i></p>");
        assert!(other.text.starts_with("Prijs EUR 100 EUR 900\n"), "{other:?}");
        assert!(other.text.trim_end().ends_with("Prijs EUR 100"), "{other:?}");
        assert_eq!((other.hidden.as_str(), other.struck.as_str()), ("geheim", "EUR 100"));
        assert_eq!(other.differing, Some(("eur 900".to_owned(), String::new())));
    }

    #[test]
    fn what_stands_behind_the_end_of_a_mail_is_noticed() {
        let goes_on = |behind_inner: &str, behind: &str| {
            let mail = format!(
                "From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"a\"\n\n--a\n\
                 Content-Type: multipart/alternative; boundary=b\n\n--b\n\nDag\n--b--\n{behind_inner}\n--a\n\
                 Content-Type: application/pdf; name=x\n\n%PDF-\n--a--\n{behind}"
            );
            goes_on(mail.as_bytes(), &MessageParser::default().parse(mail.as_bytes()).unwrap())
        };
        assert!(!goes_on("", "") && !goes_on("\n", "\r\n \n"));
        assert!(goes_on("", "--a\nContent-Type: application/pdf; name=y\n\n%PDF-\n--a--\n"));
        assert!(goes_on("meer", "") && goes_on("--b\n\nmeer", ""));
    }
}
