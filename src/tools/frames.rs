//! Messages on a pipe: a length of four bytes (little endian), then that many bytes of postcard.

use std::io::{self, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

/// A page has some thousands of words of fifty bytes; what is longer than this is not a message.
const MAX_LEN: u32 = 64 << 20;

/// Writes a message and flushes.
pub fn write(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let len = u32::try_from(bytes.len()).ok().filter(|&len| len <= MAX_LEN);
    let len = len.ok_or_else(|| io::Error::other("message is too long"))?;
    to.write_all(&len.to_le_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// Reads a message; `None` at the end of the pipe.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut len = [0; 4];
    match from.read_exact(&mut len) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let len = u32::from_le_bytes(len);
    if len > MAX_LEN {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "message is too long"));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(len)).read_to_end(&mut bytes)?;
    if bytes.len() != len as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    postcard::from_bytes(&bytes).map(Some).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_out_as_it_went_in() {
        let mut pipe = Vec::new();
        write(&mut pipe, &("page", 7_u32)).unwrap();
        write(&mut pipe, &("page", 8_u32)).unwrap();
        let mut from = pipe.as_slice();
        let mut next = || read::<(String, u32)>(&mut from).unwrap();
        assert_eq!(next(), Some(("page".to_owned(), 7)));
        assert_eq!(next(), Some(("page".to_owned(), 8)));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_cut_or_oversized_message_is_an_error() {
        let mut pipe = Vec::new();
        write(&mut pipe, &"words").unwrap();
        pipe.pop();
        assert!(read::<String>(&mut pipe.as_slice()).is_err());
        assert!(read::<String>(&mut u32::MAX.to_le_bytes().as_slice()).is_err());
    }
}
