//! Moves a sender's file to the done folder. Nothing is deleted and nothing in the done folder is overwritten.

use std::path::{Path, PathBuf};

use crate::{Error, ErrorKind, Result, error::Fold as _};

/// Moves `source` below `done`, at the place that it has below the path it was handed in with.
pub(super) fn to_done(source: &Path, handed_in: &[PathBuf], done: &Path) -> Result<()> {
    let below = handed_in
        .iter()
        .filter(|root| *root != source)
        .find_map(|root| source.strip_prefix(root).ok())
        .map(Path::to_path_buf)
        .or_else(|| source.file_name().map(PathBuf::from))
        .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "a file without a name"))?;
    let target = done.join(below);
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).fold(ErrorKind::Storage, || format!("cannot make `{}`", folder.display()))?;
    }
    let free = free_place(target)?;
    match rustix::fs::renameat_with(rustix::fs::CWD, source, rustix::fs::CWD, &free, rustix::fs::RenameFlags::NOREPLACE)
    {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::XDEV) => Err(Error::new(ErrorKind::Config, "the done folder is on another file system")
            .hint("choose a done folder beside the sender's, so that files can be moved without a copy")),
        Err(error) => Err(error).fold(ErrorKind::Storage, || format!("cannot move it to `{}`", free.display())),
    }
}

/// The path itself, or with a number where another file has the name already.
fn free_place(path: PathBuf) -> Result<PathBuf> {
    let taken =
        |path: &Path| path.try_exists().fold(ErrorKind::Storage, || format!("cannot look at `{}`", path.display()));
    if !taken(&path)? {
        return Ok(path);
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    for number in 2.. {
        let next = path.with_file_name(format!("{stem} ({number}){ending}"));
        if !taken(&next)? {
            return Ok(next);
        }
    }
    Err(Error::new(ErrorKind::Internal, "there is always a free number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_folder_and_never_takes_the_place_of_another() {
        let desk = tempfile::tempdir().unwrap();
        let (inbox, done) = (desk.path().join("inbox"), desk.path().join("done"));
        for name in ["a.pdf", "sub/a.pdf"] {
            let path = inbox.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, name).unwrap();
            to_done(&path, std::slice::from_ref(&inbox), &done).unwrap();
            assert_eq!(std::fs::read_to_string(done.join(name)).unwrap(), name);
        }
        std::fs::write(inbox.join("a.pdf"), "another").unwrap();
        to_done(&inbox.join("a.pdf"), std::slice::from_ref(&inbox), &done).unwrap();
        assert_eq!(std::fs::read_to_string(done.join("a (2).pdf")).unwrap(), "another");
        assert_eq!(std::fs::read_to_string(done.join("a.pdf")).unwrap(), "a.pdf");
    }
}
