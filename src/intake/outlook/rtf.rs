//! The text of a message that Outlook keeps as compressed RTF (MS-OXRTFCP), perhaps with a web page wrapped in it
//! (MS-OXRTFEX): its words, without what says how they look.

/// What every compressed text may refer to before it has anything of its own.
const PRELOAD: &[u8] =
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \
\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const WINDOW: usize = 4096;
/// No letter is longer.
const LONGEST: usize = 16_000_000;

/// The RTF; nothing where it is not packed as it says.
pub(super) fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| Some(u32::from_le_bytes(packed.get(at..at + 4)?.try_into().ok()?));
    let (length, kind) = (usize::try_from(number(4)?).ok()?.min(LONGEST), packed.get(8..12)?);
    let content = packed.get(16..)?;
    match kind {
        b"MELA" => return Some(content[..length.min(content.len())].to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut window = [b' '; WINDOW];
    window[..PRELOAD.len()].copy_from_slice(PRELOAD);
    let mut write_at = PRELOAD.len();
    let mut out = Vec::new();
    let mut rest = content.iter().copied();
    let mut put = |byte: u8, window: &mut [u8; WINDOW], at: &mut usize| {
        window[*at] = byte;
        *at = (*at + 1) % WINDOW;
        out.push(byte);
        out.len() < length
    };
    'all: while let Some(control) = rest.next() {
        for bit in 0..8 {
            if control >> bit & 1 == 0 {
                let Some(byte) = rest.next() else { break 'all };
                if !put(byte, &mut window, &mut write_at) {
                    break 'all;
                }
                continue;
            }
            let (Some(high), Some(low)) = (rest.next(), rest.next()) else { break 'all };
            let token = usize::from(high) << 8 | usize::from(low);
            let (from, run) = (token >> 4, (token & 15) + 2);
            // A reference to where the next byte goes ends the text.
            if from == write_at {
                break 'all;
            }
            for step in 0..run {
                let byte = window[(from + step) % WINDOW];
                if !put(byte, &mut window, &mut write_at) {
                    break 'all;
                }
            }
        }
    }
    Some(out)
}

/// What holds in a group.
#[derive(Clone, Copy)]
struct Group {
    /// Its words are not the reader's: fonts, colors, the marks of a wrapped page.
    is_skipped: bool,
    /// What stands beside a wrapped page for readers of RTF alone.
    is_for_rtf: bool,
    /// So many bytes stand in for each character given by its number.
    fallback: usize,
}

/// The words of an RTF text. `decode` reads bytes of a code page.
pub(super) fn text(rtf: &[u8], decode: impl Fn(&[u8], u32) -> String, mut page: u32) -> String {
    let mut groups = vec![Group { is_skipped: false, is_for_rtf: false, fallback: 1 }];
    let (mut out, mut bytes) = (String::new(), Vec::new());
    let mut is_page = false;
    // So many bytes stand in for a character that was given already.
    let mut passing = 0;
    let mut at = 0;
    while let Some(&byte) = rtf.get(at) {
        at += 1;
        let Some(&group) = groups.last() else { break };
        let is_told = !group.is_skipped && !group.is_for_rtf;
        let mut tell = |text: &str, bytes: &mut Vec<u8>, page: u32| {
            if !bytes.is_empty() {
                out += &decode(bytes, page);
                bytes.clear();
            }
            out += text;
        };
        match byte {
            b'{' => groups.push(group),
            b'}' => {
                if groups.len() == 1 {
                    break;
                }
                groups.pop();
            }
            b'\r' | b'\n' => {}
            b'\\' => {
                let Some(&next) = rtf.get(at) else { break };
                if !next.is_ascii_alphabetic() {
                    at += 1;
                    match next {
                        b'\'' => {
                            let digits = rtf.get(at..at + 2).and_then(|digits| std::str::from_utf8(digits).ok());
                            at += 2;
                            let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                            match code.filter(|_| is_told) {
                                Some(_) if passing > 0 => passing -= 1,
                                Some(code) => bytes.push(code),
                                None => {}
                            }
                        }
                        b'*' => {
                            // Marks of a wrapped page hold words where they are text of it.
                            if let Some(group) = groups.last_mut() {
                                group.is_skipped = true;
                            }
                        }
                        b'~' if is_told => tell(" ", &mut bytes, page),
                        b'\\' | b'{' | b'}' if is_told => bytes.push(next),
                        b'\n' | b'\r' if is_told => tell("\n", &mut bytes, page),
                        _ => {}
                    }
                    continue;
                }
                let start = at;
                while rtf.get(at).is_some_and(u8::is_ascii_alphabetic) && at - start < 32 {
                    at += 1;
                }
                let word = &rtf[start..at];
                let start = at;
                at += usize::from(rtf.get(at) == Some(&b'-'));
                while rtf.get(at).is_some_and(u8::is_ascii_digit) && at - start < 11 {
                    at += 1;
                }
                let number = std::str::from_utf8(&rtf[start..at]).ok().and_then(|digits| digits.parse::<i64>().ok());
                at += usize::from(rtf.get(at) == Some(&b' '));
                let Some(group) = groups.last_mut() else { break };
                match (word, number) {
                    (b"fromhtml", _) => is_page = true,
                    (b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object", _) => {
                        group.is_skipped = true;
                    }
                    (b"htmlrtf", number) => group.is_for_rtf = number != Some(0),
                    (b"ansicpg", Some(number)) => page = u32::try_from(number).unwrap_or(page),
                    (b"uc", Some(number)) => group.fallback = usize::try_from(number).unwrap_or(1).min(8),
                    (b"u", Some(number)) if is_told => {
                        let unit = u32::try_from(number.rem_euclid(65_536)).ok().and_then(char::from_u32);
                        passing = group.fallback;
                        tell(&unit.unwrap_or(char::REPLACEMENT_CHARACTER).to_string(), &mut bytes, page);
                    }
                    (b"par" | b"line" | b"sect" | b"row", _) if is_told => tell("\n", &mut bytes, page),
                    (b"tab" | b"cell", _) if is_told => tell("\t", &mut bytes, page),
                    (b"bin", Some(number)) => at = at.saturating_add(usize::try_from(number).unwrap_or(0)),
                    _ => {}
                }
            }
            byte if is_told => {
                if passing > 0 {
                    passing -= 1;
                } else {
                    bytes.push(byte);
                }
            }
            _ => {}
        }
    }
    if !bytes.is_empty() {
        out += &decode(&bytes, page);
    }
    // What a page is made of stands between its words; its lines do not.
    if is_page {
        out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    } else {
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rtf: &str) -> String {
        text(rtf.as_bytes(), |bytes, _| bytes.iter().map(|byte| char::from(*byte)).collect(), 1252)
    }

    #[test]
    fn the_words_stand_without_their_looks() {
        let plain = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Riched20;}\f0 Geachte heer,\par Ge\'eFnd\u8364 ? 5 \{x\}\par}";
        assert_eq!(told(plain), "Geachte heer,\nGeïnd€ 5 {x}\n");
        let page = r"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Wij zeggen op.\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}\par Groet}";
        assert_eq!(told(page), "Wij zeggen op.\nGroet");
        for broken in ["{\\", "}}}}", "{\\'", "\\u", "\\bin99999999999 x", "{\\u-1 ?"] {
            told(broken);
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        // The example of MS-OXRTFCP, 4.1.1.
        let packed = [
            0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00,
            0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09,
            0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        assert_eq!(unpacked(&packed).unwrap(), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        assert_eq!(unpacked(b"short"), None);
        let bomb: Vec<u8> = [&packed[..4], &[0xff; 4], b"LZFu", &[0; 4], &[0xff; 4000]].concat();
        assert!(unpacked(&bomb).unwrap().len() < 80_000);
    }
}
