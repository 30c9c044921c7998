//! Small files of a data folder, which anybody who may write there may put something else in the place of.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// Opening waits for nobody: that of a pipe would, for somebody at its other end.
const AT_ONCE: i32 = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();

/// Opens what must be a plain file, or a link to one.
pub fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.custom_flags(AT_ONCE).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no plain file")) }
}

/// Reads what must be a plain file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(OpenOptions::new().read(true), path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads the text of what must be a plain file.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    open(OpenOptions::new().read(true), path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Puts a file with these bytes in the place of another, whole or not at all.
#[expect(clippy::disallowed_methods, reason = "a link in the data folder is no object of the store")]
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    // Through a link that lies there, another file would be written over.
    if std::fs::symlink_metadata(&new).is_ok_and(|lying| lying.is_symlink()) {
        std::fs::remove_file(&new)?;
    }
    let mut file = open(OpenOptions::new().create(true).truncate(true).write(true), Path::new(&new))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_lies_in_the_way_is_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let [note, new, other] = ["note", "note.new", "other"].map(|name| folder.path().join(name));
        std::fs::write(&other, "another's").unwrap();
        std::os::unix::fs::symlink(&other, &new).unwrap();
        replace(&note, b"own").unwrap();
        assert_eq!(
            (read_to_string(&note).unwrap(), read_to_string(&other).unwrap()),
            ("own".into(), "another's".into())
        );
        assert!(!note.is_symlink());
    }

    #[test]
    fn what_is_no_plain_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "text").unwrap();
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        assert_eq!(read_to_string(&path("file")).unwrap(), "text");
        assert_eq!(read_to_string(&path("link")).unwrap(), "text");
        let pipe = path("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        for other in [pipe, folder.path().to_owned()] {
            assert!(read_to_string(&other).is_err());
            assert!(open(OpenOptions::new().write(true), &other).is_err());
        }
        replace(&path("file"), b"other").unwrap();
        assert_eq!(read_to_string(&path("file")).unwrap(), "other");
        assert_eq!(read_to_string(&path("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
