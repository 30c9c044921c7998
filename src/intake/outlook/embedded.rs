//! A message that is attached to another, as a file of its own: as Outlook saves it (MS-OXMSG, 2.2.2). The same message
//! gives the same bytes.

use std::{
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use cfb::CompoundFile;

use super::{Outlook, PROPERTIES, Reason};

/// What the names of a message's own properties are listed in; one for all messages inside each other.
const NAMED: &str = "__nameid_version1.0";

impl Outlook<'_> {
    pub(super) fn embedded(&mut self, storage: &str) -> Result<Vec<u8>, Reason> {
        if !self.compound.is_storage(storage) {
            return Err(Reason::DamagedAttachment);
        }
        let mut made = CompoundFile::create(Cursor::new(Vec::new())).map_err(|_| Reason::DamagedAttachment)?;
        self.copy(storage, Path::new("/"), &mut made)?;
        if self.compound.is_storage(format!("/{NAMED}")) {
            self.copy(&format!("/{NAMED}"), &Path::new("/").join(NAMED), &mut made)?;
        }
        made.flush().map_err(|_| Reason::DamagedAttachment)?;
        Ok(made.into_inner().into_inner())
    }

    /// Copies all that is below a storage.
    fn copy(&mut self, from: &str, to: &Path, made: &mut CompoundFile<Cursor<Vec<u8>>>) -> Result<(), Reason> {
        let damaged = |_| Reason::DamagedAttachment;
        let below: Vec<(PathBuf, bool)> = {
            let entries = self.compound.walk_storage(from).map_err(damaged)?;
            entries.map(|entry| (entry.path().to_owned(), entry.is_stream())).collect()
        };
        for (path, is_stream) in below {
            let inside = path.strip_prefix(from).map_err(|_| Reason::DamagedAttachment)?;
            let target = if inside.as_os_str().is_empty() { to.to_owned() } else { to.join(inside) };
            if is_stream {
                let mut bytes = self.stream(&path.to_string_lossy()).ok_or(Reason::DamagedAttachment)?;
                // The list of a message that stands by itself has eight bytes more at its head.
                if target == Path::new("/").join(PROPERTIES) {
                    bytes.splice(bytes.len().min(24)..bytes.len().min(24), [0; 8]);
                }
                let mut stream = made.create_stream(&target).map_err(damaged)?;
                stream.write_all(&bytes).map_err(damaged)?;
            } else if target != Path::new("/") {
                made.create_storage(&target).map_err(damaged)?;
                // The moment at which this is done is none of the message's.
                made.set_created_time(&target, SystemTime::UNIX_EPOCH).map_err(damaged)?;
                made.set_modified_time(&target, SystemTime::UNIX_EPOCH).map_err(damaged)?;
            }
        }
        made.set_modified_time("/", SystemTime::UNIX_EPOCH).map_err(damaged)
    }
}
