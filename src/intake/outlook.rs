//! Messages as Outlook saves them (.msg): storages and streams of MAPI properties in a compound file (MS-OXMSG, MS-CFB).
//! Who opens one takes it from a stranger: its lists are measured before they are followed.

mod embedded;
mod rtf;

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

use cfb::CompoundFile;
use jiff::Timestamp;
use mail_parser::decoders::charsets::map::charset_decoder;

use super::{Letter, Limits, Reason, versions::Said};
use crate::model::MediaType;

/// How a compound file begins (MS-CFB, 2.2).
pub(super) const MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The properties of a storage that have a fixed length, with the sizes of the others.
const PROPERTIES: &str = "__properties_version1.0";

/// Storages and streams of one message: more than that is no mail that people wrote. A directory may be a tree as deep as it
/// is large, so that each look-up costs its whole length.
const MOST_ENTRIES: usize = 20_000;

/// Identifiers of properties (MS-OXPROPS).
mod id {
    pub const CLIENT_SUBMIT_TIME: u16 = 0x0039;
    pub const SUBJECT: u16 = 0x0037;
    pub const SENT_BY_NAME: u16 = 0x0042;
    pub const SENT_BY_ADDRESS: u16 = 0x0065;
    pub const SENT_BY_SMTP: u16 = 0x5d02;
    pub const HEADERS: u16 = 0x007d;
    pub const RECIPIENT_TYPE: u16 = 0x0c15;
    pub const SENDER_NAME: u16 = 0x0c1a;
    pub const SENDER_ADDRESS: u16 = 0x0c1f;
    pub const SENDER_SMTP: u16 = 0x5d01;
    pub const DISPLAY_CC: u16 = 0x0e03;
    pub const DISPLAY_TO: u16 = 0x0e04;
    pub const DELIVERY_TIME: u16 = 0x0e06;
    pub const BODY: u16 = 0x1000;
    pub const RTF: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const NAME: u16 = 0x3001;
    pub const ADDRESS: u16 = 0x3003;
    pub const SMTP: u16 = 0x39fe;
    pub const DATA: u16 = 0x3701;
    pub const SHORT_FILE_NAME: u16 = 0x3704;
    pub const METHOD: u16 = 0x3705;
    pub const LONG_FILE_NAME: u16 = 0x3707;
    pub const MIME_TYPE: u16 = 0x370e;
    pub const FLAGS: u16 = 0x3714;
    pub const CODE_PAGE: u16 = 0x3ffd;
    pub const INTERNET_CODE_PAGE: u16 = 0x3fde;
    pub const HIDDEN: u16 = 0x7ffe;
}

/// Tells what a compound file is by the streams in it: a message, or a file of another program.
pub(super) fn kind(file: &File) -> Result<MediaType, Reason> {
    let old = ("een oud Office-bestand of Outlook-bericht", "an old Office file or Outlook message");
    let unknown = Reason::UnsupportedPackage(old.0, old.1);
    if file.metadata()?.len() > Limits::default().mail_bytes {
        return Err(unknown);
    }
    let Ok(compound) = open(file) else { return Err(unknown) };
    let has = |name: &str| compound.is_stream(format!("/{name}"));
    if has(PROPERTIES) {
        return Ok(MediaType::Msg);
    }
    if has("WordDocument") {
        return Ok(MediaType::Doc);
    }
    let known = [
        ("EncryptedPackage", "een Office-bestand met een wachtwoord", "an Office file with a password"),
        ("Workbook", "een oud Excel-bestand (.xls)", "an old Excel file (.xls)"),
        ("Book", "een oud Excel-bestand (.xls)", "an old Excel file (.xls)"),
        ("PowerPoint Document", "een oude PowerPoint-presentatie (.ppt)", "an old PowerPoint presentation (.ppt)"),
    ];
    let known = known.into_iter().find(|(stream, ..)| has(stream));
    Err(known.map_or(unknown, |(_, nl, en)| Reason::UnsupportedType(nl, en)))
}

/// Opens a compound file whose lists are as long as its size allows.
fn open(mut file: &File) -> Result<CompoundFile<&File>, Reason> {
    is_measured(file).map_err(|_| Reason::DamagedContainer)?.then_some(()).ok_or(Reason::DamagedContainer)?;
    file.rewind()?;
    // A well-kept library; of a stranger's file it may yet hold what nobody thought of.
    let opened = catch_unwind(AssertUnwindSafe(|| CompoundFile::open(file)));
    opened.ok().and_then(Result::ok).ok_or(Reason::DamagedContainer)
}

/// The list of the lists of sectors (DIFAT) names each of these at most once: as many as there are sectors to be listed. A
/// longer one would have the same list read over and over.
fn is_measured(mut file: &File) -> std::io::Result<bool> {
    let mut header = [0; 512];
    file.rewind()?;
    file.read_exact(&mut header)?;
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let shift = u32::from(header[30]);
    if shift != 9 && shift != 12 {
        return Ok(false);
    }
    let sector = 1_u64 << shift;
    let listed = file.metadata()?.len().div_ceil(sector);
    let lists = listed.div_ceil(sector / 4) + 1;
    let most = lists.saturating_sub(109).div_ceil(sector / 4 - 1) + 1;
    let (mut next, mut steps) = (number(68), 0);
    while next < 0xffff_fffa {
        steps += 1;
        if steps > most {
            return Ok(false);
        }
        file.seek(SeekFrom::Start((u64::from(next) + 2) * sector - 4))?;
        let mut last = [0; 4];
        file.read_exact(&mut last)?;
        next = u32::from_le_bytes(last);
    }
    Ok(true)
}

/// An opened message.
pub(super) struct Outlook<'f> {
    compound: CompoundFile<&'f File>,
    code_page: u32,
    recipients: Vec<String>,
    attachments: Vec<String>,
    /// How many bytes may still be read of it: streams may share theirs.
    bytes_left: u64,
}

/// A file attached to a message.
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) bytes: Result<Vec<u8>, Reason>,
    /// It stands in the text.
    pub(super) is_inline: bool,
    pub(super) is_picture: bool,
}

impl<'f> Outlook<'f> {
    pub(super) fn open(file: &'f File, limits: &Limits) -> Result<Self, Reason> {
        if file.metadata()?.len() > limits.mail_bytes {
            return Err(Reason::MailTooLarge(limits.mail_bytes));
        }
        let compound = open(file)?;
        if compound.walk().take(MOST_ENTRIES + 1).count() > MOST_ENTRIES {
            return Err(Reason::TooManyMembers(MOST_ENTRIES));
        }
        let storages = |prefix: &str| -> Vec<String> {
            let named =
                compound.read_root_storage().filter(|entry| entry.is_storage() && entry.name().starts_with(prefix));
            named.map(|entry| format!("/{}", entry.name())).collect()
        };
        let (mut recipients, mut attachments) = (storages("__recip_version1.0_#"), storages("__attach_version1.0_#"));
        recipients.sort();
        attachments.sort();
        if attachments.len() >= limits.members {
            return Err(Reason::TooManyMembers(limits.members));
        }
        let mut opened = Self { compound, code_page: 1252, recipients, attachments, bytes_left: 2 * limits.mail_bytes };
        let page = |of: &mut Self, id| of.number("", 32, id).filter(|page| *page > 0);
        opened.code_page =
            page(&mut opened, id::CODE_PAGE).or_else(|| page(&mut opened, id::INTERNET_CODE_PAGE)).unwrap_or(1252);
        Ok(opened)
    }

    /// What its reader sees before opening an attachment; nothing where it has no words of its own.
    pub(super) fn letter(&mut self) -> Option<Letter> {
        let said = self.words().filter(|said| !said.text.trim().is_empty())?;
        let (mut to, mut cc) = (Vec::new(), Vec::new());
        for storage in self.recipients.clone() {
            let address = self.text(&storage, id::SMTP).or_else(|| self.text(&storage, id::ADDRESS));
            let person = person(self.text(&storage, id::NAME), address);
            match self.number(&storage, 8, id::RECIPIENT_TYPE) {
                Some(2) => cc.push(person),
                Some(3) => {}
                _ => to.push(person),
            }
        }
        let listed = |people: Vec<String>, shown: Option<String>| match people.is_empty() {
            true => shown.unwrap_or_default(),
            false => people.join(", "),
        };
        let attachments: Vec<_> = (0..self.attachments.len()).map(|index| self.name(index)).collect();
        let (shown_to, shown_cc) = (self.text("", id::DISPLAY_TO), self.text("", id::DISPLAY_CC));
        let head = [
            ("From", self.sender()),
            ("To", listed(to, shown_to)),
            ("Cc", listed(cc, shown_cc)),
            ("Date", self.date().unwrap_or_default()),
            ("Subject", self.text("", id::SUBJECT).unwrap_or_default()),
            ("Attachments", attachments.join(", ")),
        ];
        let head = head.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Some(Letter::saying(said, head, attachments))
    }

    /// What it is called among its attachments.
    pub(super) fn own_name(&mut self) -> String {
        let subject = self.text("", id::SUBJECT).map(|subject| subject.trim().to_owned());
        format!("{}.msg", subject.filter(|subject| !subject.is_empty()).as_deref().unwrap_or("mail"))
    }

    /// How many files are attached.
    pub(super) fn n_attachments(&self) -> usize {
        self.attachments.len()
    }

    /// An attached file; a message among them as Outlook would save it by itself.
    pub(super) fn attachment(&mut self, index: usize) -> Attachment {
        let storage = self.attachments[index].clone();
        let is_hidden = self.number(&storage, 8, id::HIDDEN).is_some_and(|hidden| hidden & 0xff != 0);
        // Drawn inside the text (ATT_MHTML_REF).
        let is_drawn = self.number(&storage, 8, id::FLAGS).is_some_and(|flags| flags & 4 != 0);
        let mime = self.text(&storage, id::MIME_TYPE).unwrap_or_default().to_lowercase();
        let name = self.name(index);
        let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
        let bytes = match self.number(&storage, 8, id::METHOD).unwrap_or(1) {
            5 => self.embedded(&format!("{storage}/__substg1.0_{:04X}000D", id::DATA)),
            6 => Err(Reason::UnsupportedPackage("een ingesloten object (OLE)", "an embedded object (OLE)")),
            2..=4 | 7 => Err(Reason::LinkedAttachment),
            _ => self.binary(&storage, id::DATA).ok_or(Reason::DamagedAttachment),
        };
        Attachment {
            name,
            bytes,
            is_inline: is_hidden || is_drawn,
            is_picture: mime.starts_with("image/") || ["png", "gif", "jpg", "jpeg", "bmp"].contains(&ending.as_str()),
        }
    }

    fn name(&mut self, index: usize) -> String {
        let storage = self.attachments[index].clone();
        let is_message = self.number(&storage, 8, id::METHOD) == Some(5);
        let named = [id::LONG_FILE_NAME, id::SHORT_FILE_NAME, id::NAME].into_iter();
        let mut named = named.filter_map(|id| self.text(&storage, id)).map(|name| name.trim().to_owned());
        let name = named.find(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("attachment-{}", index + 1));
        if is_message && !name.to_lowercase().ends_with(".msg") { format!("{name}.msg") } else { name }
    }

    fn sender(&mut self) -> String {
        let mut first = |ids: &[u16]| ids.iter().find_map(|id| self.text("", *id).filter(|text| !text.is_empty()));
        let name = first(&[id::SENT_BY_NAME, id::SENDER_NAME]);
        person(name, first(&[id::SENT_BY_SMTP, id::SENDER_SMTP, id::SENT_BY_ADDRESS, id::SENDER_ADDRESS]))
    }

    /// When it was sent, as its own header says, else in universal time.
    fn date(&mut self) -> Option<String> {
        let headers = self.text("", id::HEADERS).unwrap_or_default();
        let said = headers.lines().find_map(|line| line.strip_prefix("Date:")).map(|date| date.trim().to_owned());
        said.filter(|date| !date.is_empty()).or_else(|| {
            let time = [id::CLIENT_SUBMIT_TIME, id::DELIVERY_TIME].into_iter().find_map(|id| self.time(id))?;
            Some(time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string())
        })
    }

    /// Its text: plain and as a page, else that of the page that it is written as.
    fn words(&mut self) -> Option<Said> {
        let plain = self.text("", id::BODY).unwrap_or_default().replace("\r\n", "\n");
        let page = self.binary("", id::HTML).filter(|html| !html.is_empty()).map(|html| {
            let page = self.number("", 32, id::INTERNET_CODE_PAGE).unwrap_or(self.code_page);
            decoded(&html, page)
        });
        let said = Said::of(&plain, page.as_deref().as_slice());
        if !said.text.trim().is_empty() {
            return Some(said);
        }
        let packed = self.binary("", id::RTF)?;
        let text = rtf::text(&rtf::unpacked(&packed)?, decoded, self.code_page);
        Some(Said { text, ..Said::default() })
    }

    /// A text property, in either of its two forms.
    fn text(&mut self, storage: &str, id: u16) -> Option<String> {
        if let Some(wide) = self.stream(&format!("{storage}/__substg1.0_{id:04X}001F")) {
            let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            return Some(String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned());
        }
        let narrow = self.stream(&format!("{storage}/__substg1.0_{id:04X}001E"))?;
        Some(decoded(&narrow, self.code_page).trim_end_matches('\0').to_owned())
    }

    fn binary(&mut self, storage: &str, id: u16) -> Option<Vec<u8>> {
        self.stream(&format!("{storage}/__substg1.0_{id:04X}0102"))
    }

    fn time(&mut self, id: u16) -> Option<Timestamp> {
        let ticks = self.fixed("", 32, id)?;
        // Tenths of microseconds since 1601.
        let seconds = i64::try_from(ticks / 10_000_000).ok()?.checked_sub(11_644_473_600)?;
        Timestamp::from_second(seconds).ok().filter(|_| ticks > 0)
    }

    fn number(&mut self, storage: &str, head: usize, id: u16) -> Option<u32> {
        u32::try_from(self.fixed(storage, head, id)? & 0xffff_ffff).ok()
    }

    /// A property of fixed length, in the list of its storage behind so many bytes.
    fn fixed(&mut self, storage: &str, head: usize, id: u16) -> Option<u64> {
        let list = self.stream(&format!("{storage}/{PROPERTIES}"))?;
        let entry = list.get(head..)?.chunks_exact(16).find(|entry| entry[2..4] == id.to_le_bytes())?;
        Some(u64::from_le_bytes(entry[8..16].try_into().ok()?))
    }

    /// The bytes of a stream, if there is one and it is whole.
    fn stream(&mut self, path: &str) -> Option<Vec<u8>> {
        let Self { compound, bytes_left, .. } = self;
        let length = compound.entry(path).ok().filter(cfb::Entry::is_stream)?.len();
        if length > *bytes_left {
            return None;
        }
        *bytes_left -= length;
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut bytes = Vec::new();
            compound.open_stream(path).ok()?.take(length).read_to_end(&mut bytes).ok()?;
            (bytes.len() as u64 == length).then_some(bytes)
        }));
        read.ok().flatten()
    }
}

fn person(name: Option<String>, address: Option<String>) -> String {
    // Who sends within one organization has an address of its directory, which tells nobody anything.
    let address = address.filter(|address| address.contains('@'));
    match (name.filter(|name| !name.is_empty()), address) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default(),
    }
}

/// Bytes of a Windows code page as text.
fn decoded(bytes: &[u8], code_page: u32) -> String {
    let name = match code_page {
        65001 | 20127 => return String::from_utf8_lossy(bytes).into_owned(),
        28591..=28606 => format!("iso-8859-{}", code_page - 28590),
        page => format!("windows-{page}"),
    };
    match charset_decoder(name.as_bytes()).or_else(|| charset_decoder(b"windows-1252")) {
        Some(decode) => decode(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests;
