//! The events that go along in a package: each as it stands in the log, with the path to the root that the checkpoint
//! signs. The log is read as a stream; only the package's own ids and objects are held in memory.

use serde_json::json;

use super::{Package, changed};
use crate::{
    Error, ErrorKind, Result,
    provenance::{
        checkpoints, decode_entry,
        keys::chain_of,
        merkle::inclusion_proof,
        tiles::{self, TileNodes},
    },
};

impl Package<'_> {
    /// Adds the events about what is in the package, and compares every object with what they say of it.
    pub(super) fn events(&mut self) -> Result<u64> {
        let store = self.archive.store();
        let Some(size) = checkpoints(store)?.last().copied() else {
            return Err(Error::new(ErrorKind::FixityMismatch, "the log has no checkpoint").hint("run `griffie verify`"));
        };
        let chain = chain_of(store)?;
        let note = store.get(&tiles::checkpoint_name(size))?;
        if chain.read(size, &note)?.size != size {
            return Err(changed(&tiles::checkpoint_name(size)));
        }
        self.writer.add("log/checkpoint", |payload| payload.write(&note))?;
        for key in chain.keys() {
            let text = key.encode() + "\n";
            self.writer.add(&format!("log/keys/{}", key.id_hex()), |payload| payload.write(text.as_bytes()))?;
        }
        let (ids, objects) = (&self.ids, &mut self.objects);
        let mut events = 0;
        self.writer.add("log/events.jsonl", |payload| {
            for bundle in 0..size.div_ceil(tiles::WIDTH) {
                let width = (size - bundle * tiles::WIDTH).min(tiles::WIDTH);
                let entries = tiles::unpack(&store.get(&tiles::bundle_name(bundle, width))?, width)?;
                for (index, entry) in (bundle * tiles::WIDTH..).zip(entries) {
                    let (_, event) = decode_entry(&entry)?;
                    let mut about = event.about.iter().any(|id| ids.contains(id));
                    for object in &event.objects {
                        if let Some((found, named)) = objects.get_mut(&object.name) {
                            if *found != object.blake3 {
                                return Err(changed(&object.name));
                            }
                            (about, *named) = (true, true);
                        }
                    }
                    if about {
                        let proof = inclusion_proof(&TileNodes { store, size }, index, size)?;
                        let line = json!({
                            "index": index,
                            "entry": String::from_utf8_lossy(&entry),
                            "proof": proof.iter().map(hex::encode).collect::<Vec<_>>(),
                        });
                        payload.write(format!("{line}\n").as_bytes())?;
                        events += 1;
                    }
                }
            }
            Ok(())
        })?;
        Ok(events)
    }
}
