//! Opens containers and writes their members, one at a time, under numbered names in a private folder. What a member
//! is called is only a label: it never becomes a path.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use mail_parser::{MessageParser, MessagePart, MimeHeaders as _, PartType};
use tempfile::{TempDir, TempPath};
use zip::{CompressionMethod, ZipArchive, result::ZipError};

use super::{
    Attached, Limits, Reason, Room,
    alike::{Named, Patched},
    kind, mail, mailbox,
    outlook::{self, Outlook},
    several, unlisted,
};
use crate::model::MediaType;

/// An opened container.
pub(super) enum Container {
    /// A ZIP archive, the index of its next member, and what members are called that its list leaves out.
    Zip(Box<Named>, usize, std::vec::IntoIter<String>),
    /// The attachments of an e-mail or of a PDF, already written; or the files of a bag.
    Written(std::vec::IntoIter<Member>),
    /// A file that holds others one after the other, where these are, each with its number, and what they are called
    /// around that.
    Row(File, std::iter::Enumerate<std::vec::IntoIter<Range<u64>>>, (&'static str, &'static str)),
}

/// A member of a container: its label, and its bytes or why they were not written.
pub(super) struct Member {
    pub(super) label: String,
    pub(super) unpacked: Result<Bytes, Reason>,
    /// It is the mail that it comes from, of this kind, for its own words: not to be opened again.
    pub(super) letter: Option<MediaType>,
}

/// Where the bytes of a member are.
#[derive(Debug)]
pub(super) enum Bytes {
    /// Written for it alone.
    Written(TempPath),
    /// A file of a bag, with the folder that the bag was unpacked into, if it was.
    Found(PathBuf, Option<Arc<TempDir>>),
}

impl Bytes {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Written(path) => path,
            Self::Found(path, _) => path,
        }
    }
}

/// What may still be unpacked from one outermost container, and where to.
pub(super) struct Unpacker<'a> {
    pub(super) folder: &'a Path,
    pub(super) limits: &'a Limits,
    /// Number of the next file in the folder.
    pub(super) next_name: &'a mut u64,
    pub(super) bytes_left: &'a mut u64,
    pub(super) members_left: &'a mut usize,
}

impl Container {
    /// Opens a container; nothing of an archive is unpacked yet. A mail that holds nothing but its own
    /// words is none, nor is a PDF that is a single one.
    pub(super) fn open(media: MediaType, mut file: File, unpacker: &mut Unpacker<'_>) -> Result<Option<Self>, Reason> {
        let limits = unpacker.limits;
        if media == MediaType::Zip {
            let named = kind::open_zip(file.try_clone()?, limits.members)?;
            let unlisted = unlisted::names(&named, &file);
            let archive = &named.archive;
            let files = (0..archive.len()).filter(|i| archive.by_index_data(*i).is_ok_and(|entry| !entry.is_dir()));
            let n_files = files.count();
            if n_files == 0 && unlisted.is_empty() {
                return Err(Reason::NothingInside);
            }
            if n_files > *unpacker.members_left {
                return Err(Reason::TooManyMembers(limits.members));
            }
            // What the list announces is checked before anything is written; what comes out is counted as well.
            if archive.decompressed_size().is_some_and(|size| size > u128::from(*unpacker.bytes_left)) {
                return Err(Reason::TooMuchInside(limits.unpacked_bytes));
            }
            return Ok(Some(Self::Zip(Box::new(named), 0, unlisted.into_iter())));
        }
        let size = file.metadata()?.len();
        if matches!(media, MediaType::Mbox | MediaType::Pdf) {
            let (parts, called) = match media {
                MediaType::Mbox => (mailbox::mails(&mut file, *unpacker.members_left)?, ("mail-", ".eml")),
                _ => (several::pdfs(&mut file, *unpacker.members_left)?, ("part-", ".pdf")),
            };
            return match parts.len() {
                1 if media == MediaType::Pdf => Ok(None),
                0 => Err(Reason::NothingInside),
                _ if size > *unpacker.bytes_left => Err(Reason::TooMuchInside(limits.unpacked_bytes)),
                _ => Ok(Some(Self::Row(file, parts.into_iter().enumerate(), called))),
            };
        }
        if size > limits.mail_bytes {
            return Err(Reason::MailTooLarge(limits.mail_bytes));
        }
        if media == MediaType::Msg {
            return Self::outlook(file, unpacker);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        file.rewind()?;
        file.take(limits.mail_bytes).read_to_end(&mut bytes)?;
        let received = bytes.len();
        let is_cut = close(&mut bytes);
        let message = MessageParser::default().parse(&bytes).ok_or(Reason::DamagedContainer)?;
        let parts: Vec<_> = mail::attachments(&message).collect();
        let has_words = mail::words(&message).is_some();
        let end = match is_cut {
            true => Some(Reason::MailCut),
            false => mail::goes_on(&bytes, &message).then_some(Reason::BehindTheEnd),
        };
        if parts.is_empty() {
            match (&end, has_words) {
                (Some(Reason::BehindTheEnd), true) => {}
                (Some(why), _) => return Err(why.clone()),
                (None, true) => return Ok(None),
                (None, false) => return Err(Reason::NothingInside),
            }
        }
        if parts.len() + usize::from(has_words) > *unpacker.members_left {
            return Err(Reason::TooManyMembers(limits.members));
        }
        let letter = has_words.then(|| unpacker.letter(MediaType::Eml, &mail::own_name(&message), &bytes[..received]));
        let attachments: Vec<_> = parts.iter().enumerate().map(|(i, part)| unpacker.attachment(i, part)).collect();
        // What is missing is accounted for beside what is there.
        let end = end.map(|why| Member::missing("…", why));
        let members: Vec<_> = letter.into_iter().chain(attachments).chain(end).collect();
        Ok(Some(Self::Written(members.into_iter())))
    }

    /// A message of Outlook, with its members as those of any mail.
    fn outlook(mut file: File, unpacker: &mut Unpacker<'_>) -> Result<Option<Self>, Reason> {
        let source = file.try_clone()?;
        let mut message = Outlook::open(&source, unpacker.limits)?;
        let has_words = message.letter().is_some();
        let n_attachments = message.n_attachments();
        match (n_attachments, has_words) {
            (0, true) => return Ok(None),
            (0, false) => return Err(Reason::NothingInside),
            _ if n_attachments + usize::from(has_words) > *unpacker.members_left => {
                return Err(Reason::TooManyMembers(unpacker.limits.members));
            }
            _ => {}
        }
        let attachments: Vec<_> =
            (0..n_attachments).map(|index| unpacker.outlook_attachment(message.attachment(index))).collect();
        let name = message.own_name();
        file.rewind()?;
        let letter = has_words.then(|| unpacker.letter(MediaType::Msg, &name, &mut file));
        let members: Vec<_> = letter.into_iter().chain(attachments).collect();
        Ok(Some(Self::Written(members.into_iter())))
    }

    /// The next member, if there is one.
    pub(super) fn next(&mut self, unpacker: &mut Unpacker<'_>) -> Option<Member> {
        match self {
            Self::Written(members) => members.next(),
            Self::Row(file, parts, (before, after)) => {
                let (index, part) = parts.next()?;
                *unpacker.members_left = unpacker.members_left.saturating_sub(1);
                let unpacked = match file.seek(SeekFrom::Start(part.start)) {
                    Ok(_) => unpacker.write(file.take(part.end - part.start), None).map(Bytes::Written),
                    Err(error) => Err(error.into()),
                };
                Some(Member { label: format!("{before}{}{after}", index + 1), unpacked, letter: None })
            }
            Self::Zip(named, next, unlisted) => loop {
                let index = *next;
                *next += 1;
                if index >= named.archive.len() {
                    return unlisted.next().map(|name| Member::missing(&name, Reason::Unlisted));
                }
                let entry = named.archive.by_index_data(index).ok()?;
                if !entry.is_dir() {
                    *unpacker.members_left = unpacker.members_left.saturating_sub(1);
                    let raw = entry.name_raw();
                    let label = match named.names.get(raw) {
                        Some(called) => label(&String::from_utf8_lossy(called), None),
                        None => label(&String::from_utf8_lossy(raw), entry.name().ok().as_deref()),
                    };
                    let unpacked = unpacker.zip_member(&mut named.archive, index).map(Bytes::Written);
                    return Some(Member { label, unpacked, letter: None });
                }
            },
        }
    }
}

impl Member {
    /// A file that was attached to a PDF.
    pub(super) fn attached(name: &str, bytes: Result<PathBuf, Reason>) -> Self {
        let unpacked = bytes.and_then(|path| Ok(Bytes::Written(TempPath::try_from_path(path)?)));
        Self { label: label(name, None), unpacked, letter: None }
    }

    /// One of which no bytes are taken.
    fn missing(name: &str, why: Reason) -> Self {
        Self { label: label(name, None), unpacked: Err(why), letter: None }
    }
}

impl Unpacker<'_> {
    pub(super) fn zip_member(&mut self, archive: &mut ZipArchive<Patched>, index: usize) -> Result<TempPath, Reason> {
        let entry = archive.by_index_data(index).map_err(|_| Reason::DamagedMember)?;
        if entry.is_symlink() {
            return Err(Reason::SymbolicLink);
        }
        if entry.encrypted() {
            return Err(Reason::Encrypted);
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Reason::UnsupportedCompression);
        }
        if entry.size() > self.limits.original_bytes {
            return Err(Reason::TooLarge(self.limits.original_bytes));
        }
        let packed = entry.compressed_size();
        let entry = archive.by_index(index).map_err(|error| match error {
            ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => {
                Reason::UnsupportedCompression
            }
            _ => Reason::DamagedMember,
        })?;
        self.write(entry, Some(packed))
    }

    /// The mail itself, beside what is attached to it.
    fn letter(&mut self, media: MediaType, name: &str, bytes: impl Read) -> Member {
        *self.members_left = self.members_left.saturating_sub(1);
        Member {
            label: label(name, Some(name)),
            unpacked: self.write(bytes, None).map(Bytes::Written),
            letter: Some(media),
        }
    }

    fn attachment(&mut self, index: usize, part: &MessagePart<'_>) -> Member {
        *self.members_left = self.members_left.saturating_sub(1);
        let name = mail::name_of(index, part);
        let is_picture = part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"));
        let attached = part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment);
        let bytes = match &part.body {
            PartType::Message(message) => message.raw_message(),
            _ => part.contents(),
        };
        let is_small = is_picture && !attached && bytes.len() as u64 <= self.limits.inline_image_bytes;
        let unpacked = if is_small && !is_page_sized(bytes) {
            Err(Reason::InlineImage)
        } else if part.is_encoding_problem {
            Err(Reason::DamagedAttachment)
        } else {
            self.write(bytes, None).map(Bytes::Written)
        };
        Member { label: label(&name, Some(&name)), unpacked, letter: None }
    }

    fn outlook_attachment(&mut self, attachment: outlook::Attachment) -> Member {
        *self.members_left = self.members_left.saturating_sub(1);
        let outlook::Attachment { name, bytes, is_inline, is_picture } = attachment;
        let unpacked = bytes.and_then(|bytes| {
            let is_small = is_picture && is_inline && bytes.len() as u64 <= self.limits.inline_image_bytes;
            if is_small && !is_page_sized(&bytes) {
                return Err(Reason::InlineImage);
            }
            self.write(&bytes[..], None).map(Bytes::Written)
        });
        Member { label: label(&name, Some(&name)), unpacked, letter: None }
    }

    /// Writes a member's bytes, within the limits. What was written of a member that is refused goes away again.
    fn write(&mut self, mut from: impl Read, packed: Option<u64>) -> Result<TempPath, Reason> {
        let limits = self.limits;
        if *self.bytes_left == 0 {
            return Err(Reason::TooMuchInside(limits.unpacked_bytes));
        }
        let name = format!("{:08}", *self.next_name);
        *self.next_name += 1;
        let mut file = tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(self.folder)?;
        let mut buffer = vec![0; 64 * 1024];
        let mut written = 0_u64;
        loop {
            let length = match from.read(&mut buffer) {
                Ok(0) => return Ok(file.into_temp_path()),
                Ok(length) => length,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(Reason::DamagedMember),
            };
            written += length as u64;
            if written > limits.ratio_from_bytes && packed.is_some_and(|packed| written / limits.ratio > packed) {
                return Err(Reason::ImplausibleRatio(limits.ratio));
            }
            // What was unpacked in vain counts too: the work was done.
            *self.bytes_left = self.bytes_left.saturating_sub(length as u64);
            if *self.bytes_left == 0 {
                return Err(Reason::TooMuchInside(limits.unpacked_bytes));
            }
            file.write_all(&buffer[..length])?;
        }
    }
}

/// The documents inside a DOCX file, as far as there is room: parts that another program put there (ISO/IEC 29500-1, 11.3.3
/// and 17.17.2). What else is in it is its own.
pub(super) fn embedded(path: &Path, folder: &Path, room: &Room) -> Result<Vec<Attached>, Reason> {
    let is_one = |name: &str| {
        let chunk = || [".rtf", ".docx", ".pdf"].iter().any(|ending| name.ends_with(ending));
        name.strip_prefix("word/").is_some_and(|part| part.starts_with("embeddings/") || chunk())
    };
    let Named { mut archive, .. } = kind::open_zip(File::open(path)?, room.limits.members)?;
    let (mut next_name, mut bytes_left, mut members_left) = (1, room.bytes, room.files);
    let (next_name, bytes_left, members_left) = (&mut next_name, &mut bytes_left, &mut members_left);
    let mut unpacker = Unpacker { folder, limits: &room.limits, next_name, bytes_left, members_left };
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index_data(index) else { continue };
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || !is_one(&name) {
            continue;
        }
        if found.len() >= room.files {
            found.push(Attached::rest(Reason::TooManyMembers(room.limits.members)));
            break;
        }
        let bytes = unpacker.zip_member(&mut archive, index).and_then(|unpacked| {
            let mut file = File::open(&unpacked)?;
            let size = file.metadata()?.len();
            let media = kind::of(&mut file, size, room.limits.members).ok();
            let is_document = media.is_some_and(|media| media.is_office() || media == MediaType::Pdf);
            Ok(is_document.then_some(unpacked))
        });
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        match bytes {
            Ok(Some(unpacked)) => {
                let bytes = unpacked.keep().map_err(|error| error.error.into());
                found.push(Attached { name, bytes });
            }
            // A drawing, the figures of a diagram: the problems of its document name it.
            Ok(None) => {}
            Err(reason) => found.push(Attached { name, bytes: Err(reason) }),
        }
    }
    Ok(found)
}

/// Has a picture the pixels of a page: no side too short to be read, and not the shape of a banner?
fn is_page_sized(bytes: &[u8]) -> bool {
    const LEAST: u32 = 500;
    let reader = image::ImageReader::new(io::Cursor::new(bytes)).with_guessed_format();
    let Some((width, height)) = reader.ok().and_then(|reader| reader.into_dimensions().ok()) else { return false };
    let (short, long) = (width.min(height), width.max(height));
    short >= LEAST && long <= 3 * short
}

/// Ends an e-mail that has no end (RFC 2046, 5.1.1), so that its last attachment is one; tells whether it had none.
fn close(mail: &mut Vec<u8>) -> bool {
    const MARK: &str = "boundary=";
    let head = String::from_utf8_lossy(&mail[..mail.len().min(64 * 1024)]).into_owned();
    let Some(at) = head.to_ascii_lowercase().find(MARK) else { return false };
    let named = &head[at + MARK.len()..];
    let boundary = match named.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => named.split(|c: char| c.is_whitespace() || c == ';').next(),
    };
    let Some(boundary) = boundary.filter(|boundary| (1..=70).contains(&boundary.len())) else { return false };
    let end = format!("--{boundary}--");
    let has = |mark: &str| mail.windows(mark.len()).any(|window| window == mark.as_bytes());
    if has(&end) || !has(&end[..end.len() - 2]) {
        return false;
    }
    mail.extend_from_slice(format!("\r\n{end}\r\n").as_bytes());
    true
}

/// A name as it may be shown: no control characters, not longer than people and databases bear.
fn label(raw: &str, decoded: Option<&str>) -> String {
    const LONGEST: usize = 255;
    let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let name: String = decoded.unwrap_or(raw).replace('\\', "/").chars().map(clean).collect();
    let n_chars = name.chars().count();
    match n_chars {
        0 => "?".into(),
        1..=LONGEST => name,
        // The end tells more than the middle: it has the extension.
        _ => name.chars().take(200).chain("…".chars()).chain(name.chars().skip(n_chars - 54)).collect(),
    }
}

/// Labels already given out in one container, so that no two members are called the same.
#[derive(Default)]
pub(super) struct Labels(HashSet<String>);

impl Labels {
    pub(super) fn unique(&mut self, label: String) -> String {
        let numbered = (2..).map(|n| format!("{label} ({n})"));
        let free = std::iter::once(label.clone()).chain(numbered).find(|label| !self.0.contains(label));
        let free = free.expect("there are more numbers than members");
        self.0.insert(free.clone());
        free
    }
}
