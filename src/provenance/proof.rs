//! What anyone can check with the store alone: that an event is in the log, and that the log of today is the log of an
//! earlier checkpoint, gone on. Reads tiles and one bundle, whatever the log's length.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    event_v1::{Entry, Event},
    log::{checkpoints, entries, verifier_keys},
    merkle::{self, Hash, consistency_holds, inclusion_holds, leaf_hash},
    note::{Checkpoint, read_checkpoint},
    tiles::{self, TileNodes, WIDTH},
};
use crate::{
    Error, ErrorKind, Result,
    storage::{ObjectName, Store},
};

/// The signed head of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The signed note, as it is stored.
    pub note: String,
}

/// That an event stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Where.
    pub index: u64,
    /// The entry's bytes, which the tree is made of.
    pub entry: Vec<u8>,
    /// The event in them.
    pub event: Event,
    /// The path to the root (RFC 6962, section 2.1.1).
    pub path: Vec<Hash>,
    /// The head whose root it leads to.
    pub head: Head,
}

impl Inclusion {
    /// The proof as C2SP tlog-proof writes it.
    pub fn text(&self) -> String {
        let mut text = format!("c2sp.org/tlog-proof@v1\nindex {}\n", self.index);
        for hash in &self.path {
            text += &STANDARD.encode(hash);
            text.push('\n');
        }
        text + "\n" + &self.head.note
    }
}

/// The newest checkpoint of a log, its signature checked.
pub fn head(store: &Store) -> Result<Head> {
    let size = checkpoints(store)?.last().copied().ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "the log has no checkpoint yet").hint("`griffie ingest` makes the first")
    })?;
    checkpoint(store, size)
}

/// The checkpoint of a size, its signature checked.
pub fn checkpoint(store: &Store, size: u64) -> Result<Head> {
    let bytes = store.get(&tiles::checkpoint_name(size))?;
    let checkpoint = read_checkpoint(&bytes, &verifier_keys(store)?)?;
    if checkpoint.size != size {
        return Err(Error::new(ErrorKind::FixityMismatch, "a checkpoint stands under another size"));
    }
    Ok(Head { checkpoint, note: String::from_utf8_lossy(&bytes).into_owned() })
}

/// The last event that a name stands for: an event's id or index, an object, its digest, or what the event is about
/// (a batch, an item, a document, a record).
pub fn find(store: &Store, size: u64, what: &str) -> Result<u64> {
    if let Ok(index) = what.parse::<u64>() {
        if index < size {
            return Ok(index);
        }
        return Err(Error::new(ErrorKind::NotFound, format!("the log has {size} events: there is no event {index}")));
    }
    let named = what.parse::<ObjectName>().ok();
    let mut found = None;
    for entry in entries(store, 0, size) {
        let (index, _, event) = entry?;
        let object =
            event.objects.iter().any(|object| Some(&object.name) == named.as_ref() || object.blake3.hex() == what);
        if event.id == what || object || event.about.iter().any(|about| about == what) {
            found = Some(index);
        }
    }
    found.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("no event of the log is about `{what}`"))
            .hint("name an event (its id or number), an object, its BLAKE3 digest, or the whole id of what it is about")
    })
}

/// Proves that the event at `index` is in the log, and checks the proof.
pub fn inclusion(store: &Store, head: Head, index: u64) -> Result<Inclusion> {
    let size = head.checkpoint.size;
    let bundle = index / WIDTH;
    let width = (size - bundle * WIDTH).min(WIDTH);
    let mut entries = tiles::unpack(&store.get(&tiles::bundle_name(bundle, width))?, width)?;
    let entry = entries.swap_remove((index % WIDTH) as usize);
    let path = merkle::inclusion_proof(&TileNodes { store, size }, index, size)?;
    if !inclusion_holds(&leaf_hash(&entry), index, size, &head.checkpoint.root, &path) {
        return Err(Error::new(ErrorKind::FixityMismatch, format!("event {index} is not what the checkpoint signs"))
            .hint("run `griffie verify`"));
    }
    let event = Entry::decode(&entry)?.1;
    Ok(Inclusion { index, entry, event, path, head })
}

/// Checks that the log of a head is that of an older checkpoint, gone on: nothing that was in it then was changed,
/// removed, or had something put before it.
pub fn goes_on_from(store: &Store, old: &Checkpoint, head: &Checkpoint) -> Result<()> {
    let rewritten = |why: String| {
        Error::new(ErrorKind::FixityMismatch, why)
            .hint("keep both checkpoints and the store as they are: together they prove it")
    };
    if old.origin != head.origin {
        let message = format!("the checkpoint is of the log `{}`, this is `{}`", old.origin, head.origin);
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    if old.size > head.size {
        return Err(rewritten(format!(
            "the log had {} events then, and has {} now: its end is gone",
            old.size, head.size
        )));
    }
    let proof = merkle::consistency_proof(&TileNodes { store, size: head.size }, old.size, head.size)?;
    if consistency_holds(old.size, &old.root, head.size, &head.root, &proof) {
        return Ok(());
    }
    Err(rewritten(format!("the first {} events are not those of the checkpoint: the log was rewritten", old.size)))
}

/// Reads a checkpoint from elsewhere: a signed note, whose signature must hold, or its three lines as they were printed.
/// Tells whether it was signed.
pub fn read_foreign(store: &Store, text: &str) -> Result<(Checkpoint, bool)> {
    let text = text.replace("\r\n", "\n");
    let unsigned = Checkpoint::parse(&format!("{}\n", text.trim()));
    match unsigned {
        Some(checkpoint) => Ok((checkpoint, false)),
        None => read_checkpoint(format!("{}\n", text.trim()).as_bytes(), &verifier_keys(store)?)
            .map(|checkpoint| (checkpoint, true))
            .map_err(|error| {
                error.hint("it must be a checkpoint of this log: the signed note, or its first three lines")
            }),
    }
}
