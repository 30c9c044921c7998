//! Files attached to a PDF, and documents put into a DOCX file: each is an item of its own, a member of the item that it
//! is in, and accounted for as what comes out of an archive. What it is in is a document all the same.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::PoisonError,
};

use super::{Run, is_the_files_own};
use crate::{
    ErrorKind, Result,
    intake::{self, Attached, Carrier, Reason, Room},
    model::{Digests, MediaType, Problem},
    register::{Item, ItemState},
};

impl Run<'_> {
    /// Takes what is attached to an archived document, where there is something; from the bytes as they are archived.
    pub(super) fn take_attached(&self, item: &Item) -> Result<()> {
        let Some(digests) = item.digests.filter(|_| matches!(item.state, ItemState::Archived | ItemState::Duplicate))
        else {
            return Ok(());
        };
        let Some((original, documents)) = self.app.register.find_original(digests.blake3)? else { return Ok(()) };
        let media = original.media_type;
        let told_by = match media {
            MediaType::Pdf => Problem::ATTACHED,
            MediaType::Docx => Problem::EMBEDDED,
            _ => return Ok(()),
        };
        if !documents.iter().flat_map(|document| &document.problems).any(|problem| problem.kind == told_by) {
            return Ok(());
        }
        let mut arrivals = self.intake()?.walk(&[])?;
        let inside = self.containers_around(item)?;
        let mut room = self.room_in(&item.source)?;
        let before = room.bytes;
        let files = if inside >= room.limits.nesting {
            vec![Attached::rest(Reason::NestedTooDeep(room.limits.nesting))]
        } else {
            match self.take_out(&digests, media, arrivals.folder(), &room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
                taken => taken?,
            }
        };
        if files.is_empty() {
            return Ok(());
        }
        let taken: u64 =
            files.iter().filter_map(|file| file.bytes.as_ref().ok()?.metadata().ok()).map(|facts| facts.len()).sum();
        room.bytes = room.bytes.saturating_sub(taken);
        room.files = room.files.saturating_sub(files.len());
        self.use_room(&item.source, files.len(), before - room.bytes);
        let carrier = Carrier { source: PathBuf::from(&item.source), member: item.member.clone(), inside };
        arrivals.open_attached(carrier, files, &room);
        let ids = HashMap::from([(0, item.id.clone())]);
        let containers = self.set_aside(&mut arrivals, ids, &mut |item, arrival| self.take(&item, &arrival))?;
        self.use_room(&item.source, 0, room.bytes.saturating_sub(arrivals.bytes_left()));
        if self.cancel.is_set() {
            return Ok(());
        }
        containers.iter().try_for_each(|container| self.close_container(container))
    }

    /// What was attached to PDFs that went away after a stopped run had archived them: the archive has it.
    pub(super) fn take_what_was_attached_to_the_gone(&self) -> Result<()> {
        let is_gone = |item: &Item| matches!(Path::new(&item.source).try_exists(), Ok(false));
        for item in self.app.register.items(&self.batch.id)?.into_iter().filter(is_gone) {
            self.take_attached(&item)?;
        }
        Ok(())
    }

    fn take_out(&self, digests: &Digests, media: MediaType, folder: &Path, room: &Room) -> Result<Vec<Attached>> {
        let examiner = self.examiner;
        let file = self.app.archive.original_file(&digests.blake3)?;
        if media == MediaType::Docx {
            let taken = intake::embedded(&file, folder, room);
            return Ok(taken.unwrap_or_else(|reason| vec![Attached::rest(reason)]));
        }
        let taken = examiner
            .passwords
            .try_each(|password| examiner.reader.attached(&file, password, folder, room, self.cancel));
        match taken {
            // It was read, and cannot be opened now: without its password, for one.
            Err(error) if is_the_files_own(error.kind()) => Ok(vec![Attached::rest(Reason::DamagedAttached)]),
            taken => taken,
        }
    }

    fn containers_around(&self, item: &Item) -> Result<usize> {
        let (mut around, mut parent) = (0, item.parent.clone());
        while let Some(container) = parent {
            around += 1;
            parent = self.app.register.item(&container)?.parent;
        }
        Ok(around)
    }

    fn room_in(&self, source: &str) -> Result<Room> {
        let limits = self.intake()?.limits;
        let mut rooms = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rooms.entry(source.to_owned()).or_insert_with(|| Room::of(limits)).clone())
    }

    fn use_room(&self, source: &str, files: usize, bytes: u64) {
        let mut rooms = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get_mut(source) {
            room.files = room.files.saturating_sub(files);
            room.bytes = room.bytes.saturating_sub(bytes);
        }
    }
}
