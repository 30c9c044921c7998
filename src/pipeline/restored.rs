//! Taking up an archive whose store was put back from a copy. A copy made while griffie worked ends in the middle of
//! something, or before what the data folder noted last: what no signed event names is put aside, nothing is removed,
//! and the log tells of it for ever.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use jiff::SignedDuration;

use super::{
    app::{self, App},
    head,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{Archive, Area, Decision, Format as _, is_left_of_ours},
    clock::Clock,
    error::Fold as _,
    provenance::{Event, Log, beyond, newest_whole, signer_of},
    storage::{ObjectName, Store},
};

/// What was put aside, and where it lies now.
#[derive(Clone, Debug, PartialEq)]
pub struct PutAside {
    /// How many objects.
    pub objects: usize,
    /// The folder; their names are what they were.
    pub folder: PathBuf,
    /// The decisions of people among them, which are to be taken again.
    pub decisions: Vec<Decision>,
}

/// Takes up the log at its newest checkpoint that is whole. To be called by whoever holds the locks.
pub(super) fn take_up(data: &Path, archive: &Archive, by: &str) -> Result<Option<PutAside>> {
    let store = archive.store();
    if by.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, "--restored takes the name of whoever puts the copy back")
            .hint("name yourself with --by")
            .dutch("wie een kopie terugzet noemt zijn naam met --by"));
    }
    if App::is_there(data) {
        return Err(Error::new(
            ErrorKind::Conflict,
            "there is a database, which knows where the log ends: the store is not taken up as an older copy",
        )
        .hint("give `griffie rebuild` without --restored; a backup is put back in a data folder without a database")
        .dutch(
            "er is een database, die weet waar het logboek eindigt: de opslag wordt niet als oudere kopie opgevat; geef \
             `griffie rebuild` zonder --restored; een reservekopie wordt teruggezet in een gegevensmap zonder database",
        ));
    }
    let Some(root) = store.root() else {
        return Err(Error::new(ErrorKind::InvalidInput, "a store on a server is not put back from a copy")
            .hint("give `griffie rebuild` without --restored")
            .dutch("een opslag op een server wordt niet teruggezet uit een kopie: geef `griffie rebuild` zonder --restored"));
    };
    let Some(size) = newest_whole(store)? else {
        return Err(Error::new(ErrorKind::FixityMismatch, "no checkpoint of the log is whole in this store")
            .hint("restore the folder `log` of the store from another copy")
            .dutch("geen ijkpunt van het logboek is heel in deze opslag: zet de map `log` ervan terug uit een andere kopie"));
    };
    // A copy made meanwhile has what was half written at that moment; nobody is at work in this one.
    let later = Clock::System.now().saturating_add(SignedDuration::from_hours(24));
    let later = later.fold(ErrorKind::Storage, || "the clock stands at the end of all times")?;
    store.clear_leftovers(SystemTime::from(later), is_left_of_ours)?;
    let mut aside = Aside { root, store, folder: None, objects: 0 };
    aside.put(&beyond(store, size)?)?;
    // What lies beyond is nobody's word; what is left must be that of the log's keys.
    app::must_be_own_log(data, store)?;
    let known = head::of(data, store)?.map(|noted| noted.head).filter(|head| head.size > size);
    if known.is_none() {
        head::must_be_reached(data, store, size)?;
    }
    let unlogged = archive.unlogged()?;
    let decision = |name: &ObjectName| {
        let is_one = Area::of(name) == Some(Area::Decisions);
        // One that cannot be read is nobody's.
        is_one.then(|| Decision::decode(&store.get(name).ok()?).ok()).flatten()
    };
    let decisions: Vec<_> = unlogged.iter().filter_map(decision).collect();
    aside.put(&unlogged)?;
    if known.is_some() || aside.objects > 0 {
        let key = data.join(app::LOG_KEY);
        let log = Log::open(store, &key, &|_| false)?;
        let event = Event::of_restoration(known.as_ref(), aside.objects as u64, by, Clock::System.now());
        log.append(&[event])?;
        if let Some(head) = log.head() {
            head::keep(data, &signer_of(store, &key)?, &head)?;
        }
    }
    Ok(aside.folder.map(|folder| PutAside { objects: aside.objects, folder, decisions }))
}

/// Puts objects into a folder beside the store.
struct Aside<'a> {
    root: &'a Path,
    store: &'a Store,
    folder: Option<PathBuf>,
    objects: usize,
}

impl Aside<'_> {
    fn put(&mut self, names: &[ObjectName]) -> Result<()> {
        for name in names {
            let folder = self.folder.get_or_insert_with(|| free(self.root));
            let (from, to) = (self.root.join(name.as_str()), folder.join(name.as_str()));
            let moved = || {
                std::fs::create_dir_all(to.parent().unwrap_or(folder))?;
                std::fs::rename(&from, &to)
            };
            moved().fold(ErrorKind::Storage, || format!("cannot put `{}` aside", from.display()))?;
            self.store.clear_empty(name);
            self.objects += 1;
        }
        Ok(())
    }
}

/// The name of a folder beside the store that nothing has.
fn free(root: &Path) -> PathBuf {
    let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut free = (1..).map(|number| root.with_file_name(format!("{name}.before-rebuild-{number}")));
    free.find(|path| matches!(path.try_exists(), Ok(false))).unwrap_or_else(|| root.with_file_name("before-rebuild"))
}
