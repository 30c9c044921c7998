//! Brings BER (X.690) to DER as far as signatures need it: definite lengths, strings in one piece. Signers may write
//! their envelopes in BER; what is hashed inside them is DER by RFC 5652, 5.4, and so stays as it is.

use std::collections::HashSet;

/// Deeper envelopes than this are no signatures.
const DEEPEST: usize = 48;

/// The first element of `bytes`, in DER; what follows it (padding) is left out. `None` where it is no BER.
pub fn to_der(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    element(bytes, 0, &mut out)?;
    Some(out)
}

struct Header {
    constructed: bool,
    /// Identifier octets.
    tag: usize,
    /// Identifier and length octets.
    length: usize,
    /// Of the content; `None` where it ends with two zero bytes.
    content: Option<usize>,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let first = *bytes.first()?;
    let mut tag = 1;
    if first & 0x1f == 0x1f {
        loop {
            tag += 1;
            if bytes.get(tag - 1)? & 0x80 == 0 {
                break;
            }
        }
    }
    let constructed = first & 0x20 != 0;
    let octet = *bytes.get(tag)?;
    let (length, content) = match octet {
        0x80 if constructed => (tag + 1, None),
        0x80 | 0xff => return None,
        short if short < 0x80 => (tag + 1, Some(usize::from(short))),
        long => {
            let count = usize::from(long & 0x7f);
            let digits = bytes.get(tag + 1..tag + 1 + count)?;
            let zeros = digits.iter().take_while(|digit| **digit == 0).count();
            if count - zeros > 4 {
                return None;
            }
            let content = digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
            (tag + 1 + count, Some(content))
        }
    };
    Some(Header { constructed, tag, length, content })
}

/// The tag of the certificates of an envelope.
const SET_OF_CERTIFICATES: u8 = 0xa0;

/// Appends an element in DER, and returns how many bytes it was.
fn element(bytes: &[u8], depth: usize, out: &mut Vec<u8>) -> Option<usize> {
    if depth > DEEPEST {
        return None;
    }
    let head = header(bytes)?;
    let rest = &bytes[head.length..];
    let rest = match head.content {
        Some(content) => rest.get(..content)?,
        None => rest,
    };
    if !head.constructed {
        push(out, &bytes[..head.tag], rest);
        return Some(head.length + rest.len());
    }
    let (mut inner, mut at) = (Vec::new(), 0);
    // Certificates come as a set: DER has each once, and authorities are known to put one there twice.
    let mut seen = HashSet::new();
    loop {
        match (head.content, rest.get(at..at + 2)) {
            (Some(content), _) if at == content => break,
            (None, Some([0, 0])) => {
                at += 2;
                break;
            }
            (None, None) => return None,
            _ => {
                let begin = inner.len();
                at += element(&rest[at..], depth + 1, &mut inner)?;
                if bytes[0] == SET_OF_CERTIFICATES && !seen.insert(inner[begin..].to_vec()) {
                    inner.truncate(begin);
                }
            }
        }
    }
    // An octet string in pieces.
    if bytes[0] == 0x24 {
        push(out, &[0x04], &joined(&inner)?);
    } else {
        push(out, &bytes[..head.tag], &inner);
    }
    Some(head.length + at)
}

/// The content of octet strings in a row.
fn joined(mut pieces: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while !pieces.is_empty() {
        let head = header(pieces)?;
        let end = head.length.checked_add(head.content?)?;
        if pieces[0] != 0x04 {
            return None;
        }
        whole.extend_from_slice(pieces.get(head.length..end)?);
        pieces = &pieces[end..];
    }
    Some(whole)
}

fn push(out: &mut Vec<u8>, tag: &[u8], content: &[u8]) {
    out.extend_from_slice(tag);
    match content.len() {
        short @ ..0x80 => out.push(short as u8),
        long => {
            let digits = long.to_be_bytes();
            let zeros = digits.iter().take_while(|digit| **digit == 0).count();
            out.push(0x80 | (digits.len() - zeros) as u8);
            out.extend_from_slice(&digits[zeros..]);
        }
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_become_definite_and_strings_whole() {
        let check = |ber: &[u8], want: Option<&[u8]>| assert_eq!(to_der(ber).as_deref(), want, "{ber:x?}");
        check(b"\x02\x01\x05\0\0\0", Some(b"\x02\x01\x05"));
        check(b"\x30\x80\x02\x01\x05\0\0\0\0", Some(b"\x30\x03\x02\x01\x05"));
        check(b"\x24\x80\x04\x02ab\x04\x01c\0\0", Some(b"\x04\x03abc"));
        check(b"\xa0\x09\x02\x01\x05\x02\x01\x06\x02\x01\x05", Some(b"\xa0\x06\x02\x01\x05\x02\x01\x06"));
        check(b"\x30\x06\x02\x01\x05\x02\x01\x05", Some(b"\x30\x06\x02\x01\x05\x02\x01\x05"));
        check(b"\x30\x82\0\x03\x02\x01\x05", Some(b"\x30\x03\x02\x01\x05"));
        check(b"\x30\x05\x02\x01\x05", None);
        check(b"\x30\x80\x02\x01\x05", None);
        check(b"\x30\x84\xff\xff\xff\xff\x01", None);
        check(b"", None);
        check(&b"\x30\x80".repeat(1000), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_and_der_stays_as_it_is(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(der) = to_der(&bytes) {
                prop_assert_eq!(to_der(&der), Some(der));
            }
        }
    }
}
