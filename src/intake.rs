//! Takes files from folders, archives and mail (which is a document too, where it says something itself), tells their kind by content, refuses what cannot be kept. Stores
//! nothing: what it unpacks goes away with the [`Arrival`] that names it.

mod alike;
mod bag;
mod html;
mod kind;
mod mail;
mod mailbox;
mod marks;
mod names;
mod outlook;
mod reason;
mod several;
mod unlisted;
mod unpack;
mod versions;

use std::{
    fs::{File, Metadata},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::fs::{Mode, OFlags};
use tempfile::TempDir;
use walkdir::WalkDir;

pub use mail::Letter;
pub use names::text_of;
pub use reason::Reason;

use crate::{
    Error, ErrorKind, Result, bagit,
    clock::Clock,
    error::Fold as _,
    model::{Language, MediaType},
};
use unpack::{Bytes, Container, Labels, Member, Unpacker};

/// How much may come out of containers. The first four are what kreuzberg, a well-kept extraction library, allows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes that one outermost container may unpack to, with all that is inside its members (500 MB).
    pub unpacked_bytes: u64,
    /// How many times its packed size a member may grow to (100) …
    pub ratio: u64,
    /// … once it is larger than this (16 MB): a blank page honestly packs a thousandfold.
    pub ratio_from_bytes: u64,
    /// Files that one outermost container may hold, with all that is inside its members (10,000).
    pub members: usize,
    /// Containers inside each other, the outermost included (3).
    pub nesting: usize,
    /// Size of one file, or of one member of a container (2 GiB).
    pub original_bytes: u64,
    /// Size of an e-mail, which is held in memory while it is taken apart (100 MB).
    pub mail_bytes: u64,
    /// Pictures in the text of an e-mail up to this size are its layout and no documents (50 kB), unless they have the
    /// pixels of a page.
    pub inline_image_bytes: u64,
    /// A file that changed less than this long ago may still be being written (2 s).
    pub settle_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked_bytes: 500_000_000,
            ratio: 100,
            ratio_from_bytes: 16_000_000,
            members: 10_000,
            nesting: 3,
            original_bytes: 2 << 30,
            mail_bytes: 100_000_000,
            inline_image_bytes: 50_000,
            settle_seconds: 2,
        }
    }
}

/// What may still come out of what is attached to PDFs in one file that came in.
#[derive(Clone, Debug)]
pub struct Room {
    /// So many files.
    pub files: usize,
    /// So many bytes.
    pub bytes: u64,
    /// The limits that these are what is left of.
    pub limits: Limits,
}

impl Room {
    /// As much as the limits allow.
    pub fn of(limits: Limits) -> Self {
        Self { files: limits.members, bytes: limits.unpacked_bytes, limits }
    }
}

/// A file that was attached to a PDF, or put into a word-processor file.
#[derive(Debug)]
pub struct Attached {
    /// What it is called there.
    pub name: String,
    /// Where it was written, or why not.
    pub bytes: Result<PathBuf, Reason>,
}

impl Attached {
    /// What is not known by name, and not taken.
    pub fn rest(reason: Reason) -> Self {
        Self { name: "…".to_owned(), bytes: Err(reason) }
    }
}

/// A PDF with files attached to it, which is a document itself.
#[derive(Clone, Debug)]
pub struct Carrier {
    /// The file, or the outermost container it is in, as it was found.
    pub source: PathBuf,
    /// Its label inside the outermost container.
    pub member: Option<String>,
    /// How many containers it is in.
    pub inside: usize,
}

/// Where files come in.
pub struct Intake {
    /// How much may come out of containers.
    pub limits: Limits,
    /// Tells how long ago a file changed.
    pub clock: Clock,
    /// Waits before a file that changed just now is looked at again.
    pub pause: fn(Duration),
    /// Folders that are no input wherever they are found, such as the archive's own.
    pub leave_out: Vec<PathBuf>,
    /// Where containers are unpacked, each run in a new folder that only this user may enter.
    pub scratch: PathBuf,
    /// Holds a bag that griffie wrote, whose files are what its lists say, against the proof that it brings.
    pub prove: Prove,
}

/// Checks a folder with a bag, and the files of its payload.
pub type Prove = fn(&Path, &[PathBuf]) -> Result<(), bagit::Fault>;

impl Intake {
    /// An intake with the default limits that unpacks below `scratch`.
    pub fn new(clock: Clock, scratch: impl Into<PathBuf>) -> Self {
        Self {
            limits: Limits::default(),
            clock,
            pause: std::thread::sleep,
            leave_out: Vec::new(),
            scratch: scratch.into(),
            prove: |_, _| Ok(()),
        }
    }

    /// Everything that the paths hold, in a fixed order: paths as given, folders by name, containers before their
    /// members. Files are looked at when they are asked for, so that memory does not grow with their number.
    pub fn walk(self, paths: &[PathBuf]) -> Result<Arrivals> {
        let folder = tempfile::Builder::new()
            .prefix("griffie-intake-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .tempdir_in(&self.scratch)
            .fold(ErrorKind::Storage, || {
                format!("cannot make a folder to unpack in below `{}`", self.scratch.display())
            })?;
        let leave_out = self.leave_out.iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect();
        Ok(Arrivals {
            bytes_left: self.limits.unpacked_bytes,
            members_left: self.limits.members,
            intake: Self { leave_out, ..self },
            folder: Arc::new(folder),
            next_name: 1,
            next_index: 0,
            paths: Vec::from(paths).into_iter(),
            walking: None,
            above: 0,
            open: Vec::new(),
        })
    }
}

/// Something that came in: a file, a container, a member of one, or what cannot be taken and why.
#[derive(Debug)]
pub struct Arrival {
    /// Its number in this walk, from 0.
    pub index: usize,
    /// The number of the container it is in.
    pub parent: Option<usize>,
    /// The file, or the outermost container it is in, as it was found.
    pub source: PathBuf,
    /// Its label inside the outermost container (`inner.zip!letter.pdf`); no two members have the same.
    pub member: Option<String>,
    /// What it is, or why it is not taken.
    pub media: Result<MediaType, Reason>,
    /// It is a container: its members follow, and it is no document itself.
    pub is_container: bool,
    /// It is a bag that griffie wrote: its members are the originals, its bytes hold what came with them.
    pub is_own_bag: bool,
    /// How many bytes it is, where they can be read.
    pub size_bytes: u64,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Found(PathBuf),
    Unpacked { bytes: Bytes, _folder: Arc<TempDir> },
    Nowhere,
}

impl Arrival {
    /// Where its bytes can be read as long as this value lives; `None` where there are none that may be read.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Found(path) => Some(path),
            Place::Unpacked { bytes, .. } => Some(bytes.path()),
            Place::Nowhere => None,
        }
    }

    /// Its path as a receipt shows it: members of a container as `container!member`.
    pub fn label(&self) -> String {
        let source = text_of(&self.source);
        match &self.member {
            Some(member) => format!("{source}!{member}"),
            None => source,
        }
    }
}

/// The stream of what comes in.
pub struct Arrivals {
    intake: Intake,
    folder: Arc<TempDir>,
    next_name: u64,
    next_index: usize,
    bytes_left: u64,
    members_left: usize,
    paths: std::vec::IntoIter<PathBuf>,
    walking: Option<walkdir::IntoIter>,
    /// How many containers are around the first that is open.
    above: usize,
    open: Vec<Opened>,
}

/// A container whose members are being handed out.
struct Opened {
    container: Container,
    index: usize,
    source: PathBuf,
    member: Option<String>,
    labels: Labels,
    /// It is a PDF, and a document itself.
    is_carrier: bool,
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        loop {
            if !self.open.is_empty() {
                if let Some(arrival) = self.next_member() {
                    return Some(arrival);
                }
                continue;
            }
            if let Some(walking) = &mut self.walking {
                match walking.next() {
                    None => self.walking = None,
                    Some(Err(error)) => {
                        let source = error.path().unwrap_or_else(|| Path::new("?")).to_owned();
                        let why = error.into_io_error().map_or_else(|| Reason::Unreadable("?".into()), Into::into);
                        return Some(self.arrival(source, Err(why), Place::Nowhere, 0));
                    }
                    Some(Ok(entry)) if entry.file_type().is_dir() => {
                        if self.is_left_out(entry.path()) {
                            walking_skip(&mut self.walking);
                        } else if bagit::is_bag(entry.path()) {
                            walking_skip(&mut self.walking);
                            return Some(self.bag(entry.into_path()));
                        }
                    }
                    Some(Ok(entry)) => return Some(self.file(entry.into_path())),
                }
                continue;
            }
            let path = self.paths.next()?;
            // A link that is named on the command line is meant; links found inside folders are not followed.
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => {
                    self.walking = Some(WalkDir::new(path).follow_root_links(true).sort_by_file_name().into_iter());
                }
                Ok(_) => {
                    let target = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                    return Some(self.file_at(path, target));
                }
                Err(error) => return Some(self.arrival(path, Err(error.into()), Place::Nowhere, 0)),
            }
        }
    }
}

fn walking_skip(walking: &mut Option<walkdir::IntoIter>) {
    if let Some(walking) = walking {
        walking.skip_current_dir();
    }
}

impl Arrivals {
    /// Where files are unpacked.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How many bytes may still be unpacked.
    pub fn bytes_left(&self) -> u64 {
        self.bytes_left
    }

    /// Lets the files come that are attached to a PDF, as members of it. They were taken out into [`Self::folder`]; the
    /// arrival with the number 0 is the PDF itself, which does not come again.
    pub fn open_attached(&mut self, carrier: Carrier, files: Vec<Attached>, room: &Room) {
        let Carrier { source, member, inside } = carrier;
        let members: Vec<_> = files.into_iter().map(|file| Member::attached(&file.name, file.bytes)).collect();
        let (labels, container) = (Labels::default(), Container::Written(members.into_iter()));
        self.open.push(Opened { container, index: self.next_index, source, member, labels, is_carrier: true });
        self.next_index += 1;
        (self.above, self.bytes_left, self.members_left) = (inside, room.bytes, room.files);
    }

    fn is_left_out(&self, folder: &Path) -> bool {
        !self.intake.leave_out.is_empty()
            && std::fs::canonicalize(folder).is_ok_and(|folder| self.intake.leave_out.contains(&folder))
    }

    fn arrival(&mut self, source: PathBuf, media: Result<MediaType, Reason>, place: Place, size_bytes: u64) -> Arrival {
        let index = self.next_index;
        self.next_index += 1;
        Arrival {
            index,
            parent: None,
            source,
            member: None,
            media,
            is_container: false,
            is_own_bag: false,
            size_bytes,
            place,
        }
    }

    fn file(&mut self, path: PathBuf) -> Arrival {
        self.file_at(path.clone(), path)
    }

    /// A file of the file system, found as `source`, whose bytes are at `path`.
    fn file_at(&mut self, source: PathBuf, path: PathBuf) -> Arrival {
        self.bytes_left = self.intake.limits.unpacked_bytes;
        self.members_left = self.intake.limits.members;
        let (file, metadata) = match self.settled(&path) {
            Ok(opened) => opened,
            Err(reason) => return self.arrival(source, Err(reason), Place::Nowhere, 0),
        };
        let mut arrival = self.arrival(source, Ok(MediaType::Zip), Place::Found(path), metadata.len());
        if metadata.len() > self.intake.limits.original_bytes {
            arrival.media = Err(Reason::TooLarge(self.intake.limits.original_bytes));
            return arrival;
        }
        self.look_at(&mut arrival, file);
        arrival
    }

    /// Opens a file that is one and that nobody is writing.
    fn settled(&self, path: &Path) -> Result<(File, Metadata), Reason> {
        let (file, metadata) = open(path)?;
        let settle = i64::from(self.intake.limits.settle_seconds);
        let age = self.intake.clock.now().as_second() - metadata.mtime();
        // A time well in the future says nothing about now: clocks of other machines go wrong.
        if age.abs() >= settle {
            return Ok((file, metadata));
        }
        (self.intake.pause)(Duration::from_secs(settle.abs_diff(age.max(0))));
        let state = |m: &Metadata| (m.dev(), m.ino(), m.len(), m.mtime(), m.mtime_nsec());
        let (file, later) = open(path)?;
        if state(&metadata) == state(&later) { Ok((file, later)) } else { Err(Reason::StillWritten) }
    }

    /// Tells the kind of an arrival and, where it is a container, opens it.
    fn look_at(&mut self, arrival: &mut Arrival, mut file: File) {
        let name = arrival.member.clone().unwrap_or_else(|| text_of(&arrival.source));
        arrival.media = if is_system_file(&name) {
            Err(Reason::SystemFile)
        } else {
            kind::of(&mut file, arrival.size_bytes, self.intake.limits.members)
        };
        let Ok(media) = arrival.media else { return };
        if !media.is_container() && !media.is_mail() && media != MediaType::Pdf {
            return;
        }
        let too_deep = self.above + self.open.len() >= self.intake.limits.nesting;
        if too_deep && media != MediaType::Pdf {
            arrival.media = Err(Reason::NestedTooDeep(self.intake.limits.nesting));
            return;
        }
        let opened = match media {
            MediaType::Zip => self.packed_bag(&file, &mut arrival.is_own_bag),
            _ => Ok(None),
        };
        let opened = match opened {
            Ok(None) => Container::open(media, file, &mut self.unpacker().0),
            opened => opened,
        };
        match opened {
            Ok(None) => {}
            Ok(Some(_)) if too_deep => arrival.media = Err(Reason::NestedTooDeep(self.intake.limits.nesting)),
            Ok(Some(container)) => {
                self.open(arrival, container);
            }
            Err(reason) => arrival.media = Err(reason),
        }
    }

    fn open(&mut self, arrival: &mut Arrival, container: Container) {
        arrival.is_container = true;
        self.open.push(Opened {
            container,
            index: arrival.index,
            source: arrival.source.clone(),
            member: arrival.member.clone(),
            labels: Labels::default(),
            is_carrier: false,
        });
    }

    /// The unpacker, and beside it the open containers, which it does not touch.
    fn unpacker(&mut self) -> (Unpacker<'_>, &mut Vec<Opened>) {
        let unpacker = Unpacker {
            folder: self.folder.path(),
            limits: &self.intake.limits,
            next_name: &mut self.next_name,
            bytes_left: &mut self.bytes_left,
            members_left: &mut self.members_left,
        };
        (unpacker, &mut self.open)
    }

    /// The next member of the innermost open container; closes it and gives `None` when there is no other.
    fn next_member(&mut self) -> Option<Arrival> {
        let (mut unpacker, open) = self.unpacker();
        let opened = open.last_mut()?;
        let Some(member) = opened.container.next(&mut unpacker) else {
            open.pop();
            return None;
        };
        let label = opened.labels.unique(member.label);
        let label = opened.member.as_ref().map_or_else(|| label.clone(), |outer| format!("{outer}!{label}"));
        let (parent, source, is_carrier) = (opened.index, opened.source.clone(), opened.is_carrier);
        let mut arrival = self.arrival(source, Ok(MediaType::Zip), Place::Nowhere, 0);
        arrival.parent = Some(parent);
        arrival.member = Some(label);
        match member.unpacked.and_then(|bytes| Ok((open_member(bytes.path())?, bytes))) {
            Ok(((file, size_bytes), bytes)) => {
                arrival.size_bytes = size_bytes;
                // A file of a folder is taken as any other, however many there are.
                if matches!(bytes, Bytes::Found(_, None)) {
                    self.bytes_left = self.intake.limits.unpacked_bytes;
                    self.members_left = self.intake.limits.members;
                }
                arrival.place = Place::Unpacked { bytes, _folder: Arc::clone(&self.folder) };
                if size_bytes > self.intake.limits.original_bytes {
                    arrival.media = Err(Reason::TooLarge(self.intake.limits.original_bytes));
                } else if let Some(media) = member.letter {
                    arrival.media = Ok(media);
                } else {
                    self.look_at(&mut arrival, file);
                }
            }
            Err(reason) => arrival.media = Err(reason),
        }
        if is_carrier && matches!(arrival.media, Err(Reason::UnsupportedType(nl, en)) if (nl, en) == marks::XML) {
            arrival.media = Err(Reason::AttachedData);
        }
        Some(arrival)
    }
}

fn open_member(path: &Path) -> Result<(File, u64), Reason> {
    let (file, metadata) = open(path)?;
    Ok((file, metadata.len()))
}

/// Opens a regular file for reading and nothing else: links are not followed and pipes do not make it wait, even where
/// they took the file's place a moment ago.
fn open(path: &Path) -> Result<(File, Metadata), Reason> {
    let refusal = |metadata: &Metadata| match metadata.file_type() {
        kind if kind.is_file() => None,
        kind if kind.is_symlink() => Some(Reason::SymbolicLink),
        _ => Some(Reason::SpecialFile),
    };
    if let Some(reason) = refusal(&std::fs::symlink_metadata(path)?) {
        return Err(reason);
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(std::io::Error::from)?);
    let metadata = file.metadata()?;
    refusal(&metadata).map_or(Ok((file, metadata)), Err)
}

/// Files that macOS, Windows, NAS boxes and office programs leave between documents.
fn is_system_file(name: &str) -> bool {
    let mut parts = name.rsplit(['/', '!']);
    let file = parts.next().unwrap_or(name);
    matches!(file, ".DS_Store" | "Thumbs.db" | "thumbs.db" | "desktop.ini" | "Desktop.ini" | ".directory")
        || file.starts_with("._")
        || file.starts_with("~$")
        || file.starts_with(".~lock.")
        || name.split(['/', '!']).any(|part| matches!(part, "__MACOSX" | "@eaDir"))
}

/// The documents inside a DOCX file, as far as there is room, unpacked into a folder of the caller's.
pub fn embedded(path: &Path, folder: &Path, room: &Room) -> Result<Vec<Attached>, Reason> {
    let inside = folder.join("inside");
    std::fs::create_dir(&inside)?;
    unpack::embedded(path, &inside, room)
}

/// The same reason as an error.
pub fn refusal(reason: &Reason) -> Error {
    Error::new(ErrorKind::UnsupportedDocument, reason.message(Language::English))
        .because(reason.kind(), reason.message(Language::Dutch))
}

/// The kind of one file by its content. Errors of kind `UnsupportedDocument` say why it is none that can be read.
pub fn identify(path: &Path) -> Result<MediaType> {
    // A link that is named is meant.
    let target = std::fs::canonicalize(path).fold(ErrorKind::NotFound, || "cannot open the file")?;
    let (mut file, metadata) = open(&target).map_err(|reason| refusal(&reason))?;
    let members = Limits::default().members;
    let told = kind::of(&mut file, metadata.len(), members).and_then(|media| match media {
        MediaType::Pdf if several::pdfs(&mut file, members)?.len() > 1 => Err(Reason::UnsupportedPackage(
            "een bestand met meer dan één PDF, achter elkaar",
            "a file with more than one PDF, one after the other",
        )),
        media => Ok(media),
    });
    told.map_err(|reason| refusal(&reason))
}

#[cfg(test)]
mod tests;
