//! What anyone can check with the store alone: that an event is in the log, and that the log of today is the log of an
//! earlier checkpoint, gone on. Reads tiles and one bundle, whatever the log's length.

use base64::{
    Engine as _,
    alphabet::STANDARD as STANDARD_ALPHABET,
    engine::{
        DecodePaddingMode::Indifferent,
        general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD},
    },
};

use jiff::Timestamp;

use super::{
    event_v1::{Entry, Event, ObjectRef},
    keys::chain_of,
    log::{checkpoints, entries, foreign_checkpoint},
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
    let checkpoint = chain_of(store)?.read(size, &bytes).map_err(|_| foreign_checkpoint(size))?;
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

/// So many bundles on either side of where a time stands in the log are looked through: events of one time stand together,
/// but for threads that overtake each other and clocks that are set.
const NEAR: u64 = 1;

/// The event that names an object with these bytes, if it stands in the log where the time is about `at`: what it takes to
/// look there does not grow with the log. Not to find it says nothing.
pub fn find_near(store: &Store, size: u64, at: Timestamp, object: &ObjectRef) -> Result<Option<u64>> {
    let bundles = size.div_ceil(WIDTH);
    let begins_after = |bundle: u64| -> Result<bool> {
        let first = entries(store, bundle * WIDTH, size).next().transpose()?;
        Ok(first.is_none_or(|(_, _, event)| event.at > at))
    };
    let (mut low, mut high) = (0, bundles);
    while low < high {
        let middle = low + (high - low) / 2;
        match begins_after(middle)? {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    let from = low.saturating_sub(1 + NEAR) * WIDTH;
    for entry in entries(store, from, size).take(usize::try_from(WIDTH * (2 * NEAR + 2)).unwrap_or(usize::MAX)) {
        let (index, _, event) = entry?;
        if event.objects.contains(object) {
            return Ok(Some(index));
        }
    }
    Ok(None)
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
        let hint = "look whether it is of another archive; if it was printed from this one, its log was replaced: keep \
                    the paper and the store as they are";
        return Err(Error::new(ErrorKind::Conflict, message).hint(hint).dutch(format!(
            "het ijkpunt is van het logboek `{}`, dit is `{}`: kijk of het van een ander archief is; is het van dit archief \
             afgedrukt, dan is het logboek vervangen: bewaar het papier en de opslag zoals ze zijn",
            old.origin, head.origin
        )));
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

/// A checkpoint from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Whether a signature of the log's own key stands under it: then nobody mistyped it.
    pub is_signed: bool,
}

/// Base64 as people copy it: with or without what fills it up at the end.
const TYPED: GeneralPurpose =
    GeneralPurpose::new(&STANDARD_ALPHABET, GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent));

/// Finds the checkpoint in a text: a signed note, its three lines, or the whole printed page that they stand on.
pub fn read_foreign(store: &Store, text: &str) -> Result<Foreign> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_name = |line: &str| !line.contains(char::is_whitespace) && !line.contains('+');
    let (at, size) = lines
        .windows(3)
        .enumerate()
        .find_map(|(at, three)| Some((at, three[1].parse::<u64>().ok().filter(|_| is_name(three[0]))?)))
        .ok_or_else(|| mistyped("there is no checkpoint in it: three lines, of which the second is a number"))?;
    let (name, root) = (lines[at], lines[at + 2]);
    let root = TYPED.decode(root).ok().and_then(|root| root.try_into().ok()).ok_or_else(|| {
        let signs = root.trim_end_matches('=').chars().count();
        mistyped(format!(
            "the third line of the checkpoint is not as it was printed: it has {signs} signs of 43, or a wrong one"
        ))
    })?;
    let checkpoint = Checkpoint { origin: name.to_owned(), size, root };
    let signature = lines[at + 3..].iter().find_map(|line| line.strip_prefix(['—', '–', '-'])?.trim().split_once(' '));
    let chain = chain_of(store)?;
    let Some((_, signature)) = signature.filter(|_| chain.active().name() == checkpoint.origin) else {
        return Ok(Foreign { checkpoint, is_signed: false });
    };
    let filled = TYPED.decode(signature.trim()).map(|bytes| STANDARD.encode(bytes)).unwrap_or_default();
    let note = format!("{}\n— {} {filled}\n", checkpoint.text(), checkpoint.origin);
    if chain.keys().any(|key| read_checkpoint(note.as_bytes(), std::slice::from_ref(key)).is_ok()) {
        return Ok(Foreign { checkpoint, is_signed: true });
    }
    Err(slip(store, &checkpoint)?.unwrap_or_else(|| {
        mistyped(
            "the signature under the checkpoint does not hold, so a sign in its lines or in the signature is wrong",
        )
    }))
}

/// Tells a slip of the pen in lines that do not fit: another log that is so much like this one cannot be made.
pub fn slip(store: &Store, typed: &Checkpoint) -> Result<Option<Error>> {
    const FEW: usize = 6;
    for size in checkpoints(store)? {
        let Ok(Head { checkpoint: own, .. }) = checkpoint(store, size) else { continue };
        if own.root == typed.root && own.size != typed.size {
            let message = format!("the root is that of {} events, and the line above it says {}", own.size, typed.size);
            return Ok(Some(mistyped(message)));
        }
        let (ours, theirs) = (STANDARD.encode(own.root), STANDARD.encode(typed.root));
        let wrong: Vec<_> = (1..).zip(ours.chars().zip(theirs.chars())).filter(|(_, (a, b))| a != b).collect();
        if own.size == typed.size && (1..=FEW).contains(&wrong.len()) {
            let signs: Vec<_> =
                wrong.iter().map(|(place, (a, b))| format!("sign {place} is `{b}` and must be `{a}`")).collect();
            let message = format!("the third line is that of this log but for a slip: {}", signs.join(", "));
            return Ok(Some(mistyped(message)));
        }
    }
    Ok(None)
}

fn mistyped(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("the checkpoint was not copied as it was printed: {why}"))
        .hint("compare the file with the paper, sign by sign; the first three lines of the checkpoint are enough")
        .dutch(format!(
            "het ijkpunt is niet overgenomen zoals het is afgedrukt ({why}): vergelijk het bestand teken voor teken met \
             het papier; de eerste drie regels van het ijkpunt zijn genoeg"
        ))
}
