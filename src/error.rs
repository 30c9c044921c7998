//! The one error of griffie: what was being done, to what, why it failed and what to do. Rooms keep private error
//! types and fold them in at their edge; callers ask [`Error::kind`] and never match on text.

use std::{borrow::Cow, fmt};

use crate::model::Language;

/// What went wrong, by who can mend it. Exit codes are frozen: scripts depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Bad arguments, a bad request, a bad rule file.
    InvalidInput,
    /// A configuration file or variable is wrong.
    Config,
    /// A program or library that is needed is not installed.
    MissingTool,
    /// A document of a kind or in a state that cannot be read (encrypted, damaged, unknown).
    UnsupportedDocument,
    /// What was asked for is not there.
    NotFound,
    /// It contradicts what is there already.
    Conflict,
    /// A hold, a running term or a missing permission forbids it.
    Refused,
    /// Stored bytes are not what they were.
    FixityMismatch,
    /// A worker process failed or went over its limits.
    Engine,
    /// The store or the database did not do what was asked.
    Storage,
    /// Stopped by the user; what was done is kept.
    Interrupted,
    /// A fault of griffie's own.
    Internal,
}

impl ErrorKind {
    /// The exit code of a command that ends with this error. 0 is done; 11 (see [`PARTIAL`]) is done but
    /// something was quarantined or only partly read.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::InvalidInput => 2,
            Self::Config => 3,
            Self::MissingTool => 4,
            Self::UnsupportedDocument => 5,
            Self::NotFound | Self::Conflict => 6,
            Self::Refused => 7,
            Self::FixityMismatch => 8,
            Self::Engine => 9,
            Self::Storage => 10,
            Self::Interrupted => 130,
            Self::Internal => 70,
        }
    }
}

impl ErrorKind {
    /// What went wrong, as far as the kind tells: what stands before the details of an error that has no Dutch of its own.
    fn in_dutch(self) -> &'static str {
        match self {
            Self::InvalidInput => "de opdracht of de invoer klopt niet",
            Self::Config => "de configuratie klopt niet",
            Self::MissingTool => "er ontbreekt een programma of bibliotheek",
            Self::UnsupportedDocument => "het document kan niet worden gelezen",
            Self::NotFound => "het is er niet",
            Self::Conflict => "het is in strijd met wat er al is",
            Self::Refused => "het mag niet",
            Self::FixityMismatch => "opgeslagen bytes zijn niet wat ze waren",
            Self::Engine => "het leesproces heeft gefaald",
            Self::Storage => "opslag of database deed niet wat werd gevraagd",
            Self::Interrupted => "onderbroken; wat gedaan is, blijft bewaard",
            Self::Internal => "een fout van griffie zelf",
        }
    }
}

const MAKE_ROOM: &str = "make room on the disk (or allow larger files: `ulimit -f unlimited`), and give the same command again: it goes on where it was, and nothing is lost";

/// Exit code of a command that is done, but something was quarantined or only partly read.
pub const PARTIAL: u8 = 11;

/// An error with its story.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    dutch: Option<Cow<'static, str>>,
    reason: Option<Reason>,
    context: Vec<Cow<'static, str>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why a document cannot be taken in, by its own doing.
struct Reason {
    kind: Cow<'static, str>,
    dutch: Cow<'static, str>,
}

/// Result with griffie's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a kind. `message` says why, in lower case and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            dutch: None,
            reason: None,
            context: Vec::new(),
            source: None,
        }))
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Says in Dutch what the message and the hint say.
    pub fn dutch(mut self, dutch: impl Into<Cow<'static, str>>) -> Self {
        self.0.dutch = Some(dutch.into());
        self
    }

    /// Types a fault of a document: a name for machines (snake_case, the same for ever), and in Dutch what the message
    /// and the hint say.
    pub fn because(mut self, kind: impl Into<Cow<'static, str>>, dutch: impl Into<Cow<'static, str>>) -> Self {
        self.0.reason = Some(Reason { kind: kind.into(), dutch: dutch.into() });
        self
    }

    /// Adds the error underneath.
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds what was being done, outermost last: ``failed to read page 7 of `a.pdf` ``.
    pub fn context(mut self, doing: impl Into<Cow<'static, str>>) -> Self {
        self.0.context.push(doing.into());
        self
    }

    /// What went wrong, by who can mend it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of a document's fault.
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_ref().map(|reason| &*reason.kind)
    }

    /// The name of a document's fault and the Dutch sentence about it.
    pub fn typed(&self) -> Option<(&str, &str)> {
        self.0.reason.as_ref().map(|reason| (&*reason.kind, &*reason.dutch))
    }

    /// What went wrong and what to do about it, in one sentence for people.
    pub fn explain(&self, language: Language) -> String {
        let english = match self.advice() {
            Some(advice) => format!("{self}; {advice}"),
            None => self.to_string(),
        };
        let dutch = match (&self.0.reason, &self.0.dutch) {
            (Some(Reason { dutch, .. }), _) | (None, Some(dutch)) => dutch.to_string(),
            (None, None) => format!("{} ({english})", self.kind().in_dutch()),
        };
        language.say(dutch, english)
    }

    /// The error underneath.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn std::error::Error + 'static))
    }

    /// What to do about it.
    pub fn advice(&self) -> Option<&str> {
        self.0.hint.as_deref().or_else(|| self.is_full_disk().then_some(MAKE_ROOM)).or_else(|| self.withheld())
    }

    /// A thread that the system does not start.
    pub fn no_thread(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Refused, "the system starts no further thread for this work")
            .hint(
                "nothing is lost: allow this program more memory and processes (`ulimit -v`, `ulimit -u`, the limits of its \
                 service or container), or let it work with less at a time (--workers 1), and give the same command again",
            )
            .dutch(
                "het systeem start geen verdere thread voor dit werk; er is niets verloren: geef dit programma meer geheugen \
                 en processen (`ulimit -v`, `ulimit -u`, de grenzen van zijn dienst of container), of laat het met minder \
                 tegelijk werken (--workers 1), en geef dezelfde opdracht nog eens",
            )
            .source(error)
    }

    /// What to do where the system withheld what was asked for: nothing of the archive is wrong then.
    fn withheld(&self) -> Option<&'static str> {
        let causes = || std::iter::successors(self.cause(), |error| error.source());
        let of_database = causes().find_map(|error| error.downcast_ref::<rusqlite::Error>()?.sqlite_error());
        match of_database.map(|error| error.extended_code) {
            Some(rusqlite::ffi::SQLITE_IOERR_WRITE) => {
                return Some(
                    "the file could not be written: allow this program larger files (`ulimit -f unlimited`), look into the \
                     system's log for the disk, and give the same command again",
                );
            }
            Some(rusqlite::ffi::SQLITE_CANTOPEN) => {
                return Some(
                    "the file could not be opened: allow this program more open files (`ulimit -n 1024`), see who may read \
                     and write there, and give the same command again",
                );
            }
            _ => {}
        }
        match causes().find_map(|error| error.downcast_ref::<std::io::Error>()?.raw_os_error())? {
            libc::EMFILE | libc::ENFILE => {
                Some("allow this program more open files (`ulimit -n 1024`), and give the same command again")
            }
            libc::EFBIG => Some(
                "allow this program larger files (`ulimit -f unlimited`), and give the same command again: it goes on where \
                 it was, and nothing is lost",
            ),
            libc::ENOMEM => {
                Some("allow this program more memory (`ulimit -v unlimited`), and give the same command again")
            }
            libc::EIO => {
                Some("the disk cannot be read or written there: look into the system's log before anything else")
            }
            _ => None,
        }
    }

    /// Whether another process has the database that was asked for.
    pub fn is_busy_database(&self) -> bool {
        std::iter::successors(self.cause(), |error| error.source()).any(|error| {
            let code = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
            code == Some(rusqlite::ErrorCode::DatabaseBusy)
        })
    }

    /// Whether whoever asked may not do so.
    pub fn is_denied(&self) -> bool {
        std::iter::successors(self.cause(), |error| error.source()).any(|error| {
            let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            io == Some(std::io::ErrorKind::PermissionDenied)
        })
    }

    /// Whether there was no room left for what was to be written, whoever was to write it.
    pub fn is_full_disk(&self) -> bool {
        std::iter::successors(self.cause(), |error| error.source()).any(|error| {
            let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            let database = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
            let code = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error);
            io == Some(std::io::ErrorKind::StorageFull)
                || database == Some(rusqlite::ErrorCode::DiskFull)
                || code.is_some_and(|code| code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for doing in self.0.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        f.write_str(&self.0.message)?;
        let (mut said, mut source) = (self.0.message.to_string(), self.cause());
        while let Some(error) = source {
            let text = error.to_string();
            // Many an error tells its source's text already.
            if !said.ends_with(&text) {
                write!(f, ": {text}")?;
                said = text;
            }
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)?;
        self.0.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for Error {}

/// Adds context to results of griffie's own and, with a kind, to those of others.
pub trait Context<T> {
    /// Says what was being done.
    fn doing<C: Into<Cow<'static, str>>>(self, doing: impl FnOnce() -> C) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn doing<C: Into<Cow<'static, str>>>(self, doing: impl FnOnce() -> C) -> Self {
        self.map_err(|error| error.context(doing()))
    }
}

/// Folds a foreign error into griffie's.
pub trait Fold<T> {
    /// The kind it is to us, and what was being done.
    fn fold<C: Into<Cow<'static, str>>>(self, kind: ErrorKind, doing: impl FnOnce() -> C) -> Result<T>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> Fold<T> for std::result::Result<T, E> {
    fn fold<C: Into<Cow<'static, str>>>(self, kind: ErrorKind, doing: impl FnOnce() -> C) -> Result<T> {
        self.map_err(|error| Error::new(kind, doing()).source(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_its_story_from_the_outside_in() {
        let io = std::io::Error::other("disk is full");
        let error = Err::<(), _>(io)
            .fold(ErrorKind::Storage, || "cannot write `b3/ab/cd`")
            .doing(|| "failed to archive `lease.pdf`")
            .unwrap_err()
            .hint("free some space");
        assert_eq!(error.to_string(), "failed to archive `lease.pdf`: cannot write `b3/ab/cd`: disk is full");
        assert_eq!((error.kind().exit_code(), error.advice()), (10, Some("free some space")));
    }

    #[test]
    fn what_two_errors_say_alike_is_said_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot decode: {0}")]
        struct Outer(#[source] std::io::Error);
        let outer = Err::<(), _>(Outer(std::io::Error::other("bad sum")));
        let error = outer.fold(ErrorKind::Engine, || "the image is damaged").unwrap_err();
        assert_eq!(error.to_string(), "the image is damaged: cannot decode: bad sum");
    }

    #[test]
    fn a_full_disk_is_told_once_and_with_what_to_do() {
        #[derive(Debug)]
        struct Told(std::io::Error);
        impl fmt::Display for Told {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "unable to copy: {}", self.0)
            }
        }
        impl std::error::Error for Told {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(&self.0)
            }
        }
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let why = full.to_string();
        let error = Error::new(ErrorKind::Storage, "cannot write `a`").source(Told(full));
        assert_eq!(error.to_string(), format!("cannot write `a`: unable to copy: {why}"));
        assert_eq!(error.advice(), Some(MAKE_ROOM));
        let no_room_to_share = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        let error = Error::new(ErrorKind::Storage, "cannot open it");
        let error = error.source(rusqlite::Error::SqliteFailure(no_room_to_share, None));
        assert_eq!(error.advice(), Some(MAKE_ROOM), "the database says `disk I/O error`");
        let other = Error::new(ErrorKind::Storage, "cannot write `a`").source(std::io::Error::other("worn out"));
        assert_eq!(other.advice(), None);
    }

    #[test]
    fn a_documents_fault_is_told_in_both_languages() {
        let error = Error::new(ErrorKind::UnsupportedDocument, "the PDF is cut off")
            .hint("ask the sender for the whole file")
            .because("truncated", "de PDF is afgekapt: vraag de afzender om het hele bestand");
        assert_eq!(error.reason(), Some("truncated"));
        assert_eq!(error.explain(Language::English), "the PDF is cut off; ask the sender for the whole file");
        assert!(error.explain(Language::Dutch).starts_with("de PDF is afgekapt"));
        let untyped = Error::new(ErrorKind::Engine, "a worker died");
        assert_eq!(untyped.reason(), None);
        assert_eq!(untyped.explain(Language::Dutch), "het leesproces heeft gefaald (a worker died)");
        let told = Error::new(ErrorKind::NotFound, "there is no record").dutch("dat dossier is er niet");
        assert_eq!((told.reason(), told.explain(Language::Dutch).as_str()), (None, "dat dossier is er niet"));
    }
}
