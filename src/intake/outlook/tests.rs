//! Messages made here, whole and hostile.

use std::{
    fs,
    io::{Cursor, Write as _},
    path::PathBuf,
    time::SystemTime,
};

use cfb::CompoundFile;

use super::*;
use crate::{
    clock::Clock,
    intake::{Arrival, Intake},
};

const PDF: &[u8] = b"%PDF-1.4\n%%EOF";

/// A message in the making.
struct Made(CompoundFile<Cursor<Vec<u8>>>);

impl Made {
    fn new() -> Self {
        Self(CompoundFile::create(Cursor::new(Vec::new())).unwrap())
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> &mut Self {
        self.0.create_stream(path).unwrap().write_all(bytes).unwrap();
        self
    }

    fn storage(&mut self, path: &str) -> &mut Self {
        self.0.create_storage(path).unwrap();
        for set in [CompoundFile::set_created_time, CompoundFile::set_modified_time] {
            set(&mut self.0, path, SystemTime::UNIX_EPOCH).unwrap();
        }
        self
    }

    fn text(&mut self, storage: &str, id: u16, text: &str) -> &mut Self {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.put(&format!("{storage}/__substg1.0_{id:04X}001F"), &bytes)
    }

    /// The list of properties of fixed length, behind so many bytes.
    fn fixed(&mut self, storage: &str, head: usize, values: &[(u16, u16, u64)]) -> &mut Self {
        let mut list = vec![0; head];
        for (id, kind, value) in values {
            list.extend(kind.to_le_bytes());
            list.extend(id.to_le_bytes());
            list.extend([6, 0, 0, 0]);
            list.extend(value.to_le_bytes());
        }
        self.put(&format!("{storage}/{PROPERTIES}"), &list)
    }

    /// An attachment by its number, file name, method and other values.
    fn attach(&mut self, number: u32, name: &str, method: u64, more: &[(u16, u16, u64)]) -> String {
        let storage = format!("/__attach_version1.0_#{number:08X}");
        self.storage(&storage).text(&storage, id::LONG_FILE_NAME, name);
        self.fixed(&storage, 8, &[&[(id::METHOD, 3, method)], more].concat());
        storage
    }

    fn bytes(self) -> Vec<u8> {
        let mut compound = self.0;
        compound.flush().unwrap();
        compound.into_inner().into_inner()
    }
}

fn letter_of(bytes: &[u8]) -> Option<Letter> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Outlook::open(&file, &Limits::default()).ok()?.letter()
}

/// Each arrival as `name kind-or-reason`, with its bytes.
fn walked(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (input, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = input.path().join(name);
    fs::write(&path, bytes).unwrap();
    let later = jiff::Timestamp::from_second(4_000_000_000).unwrap();
    let intake = Intake { pause: |_| {}, ..Intake::new(Clock::Fixed(later), scratch.path()) };
    let root = format!("{}/", input.path().display());
    let told = |arrival: Arrival| {
        let what = arrival.media.as_ref().map_or_else(|reason| reason.kind(), |media| media.extension());
        let bytes = arrival.path().map(|path| fs::read(path).unwrap()).unwrap_or_default();
        (format!("{} {what}", arrival.label().replace(&root, "")), bytes)
    };
    intake.walk(&[PathBuf::from(input.path())]).unwrap().map(told).collect()
}

fn names(bytes: &[u8]) -> Vec<String> {
    walked("m.msg", bytes).into_iter().map(|(name, _)| name).collect()
}

/// A mail with its words and no more.
fn plain() -> Made {
    let mut made = Made::new();
    // 12 March 2015, 9:00 UTC.
    made.fixed("", 32, &[(id::CLIENT_SUBMIT_TIME, 0x40, 130_706_244_000_000_000)]);
    made.text("", id::SUBJECT, "Opzegging huur").text("", id::SENDER_NAME, "André de Wit");
    made.text("", id::SENDER_SMTP, "andre@example.org").text("", id::BODY, "Hierbij zeggen wij op.\r\nGroet");
    for (number, kind, name, address) in [
        (0, 1, "Archief", "archief@example.org"),
        (1, 2, "Inkoop", "/O=EX/CN=INKOOP"),
        (2, 3, "Stil", "stil@example.org"),
    ] {
        let storage = format!("/__recip_version1.0_#{number:08X}");
        made.storage(&storage).text(&storage, id::NAME, name).text(&storage, id::ADDRESS, address);
        made.fixed(&storage, 8, &[(id::RECIPIENT_TYPE, 3, kind)]);
    }
    made
}

#[test]
fn a_message_is_what_its_reader_sees() {
    let letter = letter_of(&plain().bytes()).unwrap();
    let head = [
        ("From", "André de Wit <andre@example.org>"),
        ("To", "Archief <archief@example.org>"),
        ("Cc", "Inkoop"),
        ("Date", "Thu, 12 Mar 2015 09:00:00 +0000"),
        ("Subject", "Opzegging huur"),
    ];
    assert_eq!(letter.head, head.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(letter.text, "Hierbij zeggen wij op.\nGroet");
    assert_eq!(names(&plain().bytes()), ["m.msg msg"], "a document itself");

    let mut sent = plain();
    sent.text("", id::HEADERS, "Received: x\r\nDate: Thu, 12 Mar 2015 10:00:00 +0100\r\nTo: y");
    let said = letter_of(&sent.bytes()).unwrap().head;
    assert!(said.contains(&("Date", "Thu, 12 Mar 2015 10:00:00 +0100".to_owned())), "{said:?}");
}

#[test]
fn the_text_of_a_message_is_found_in_each_of_its_forms() {
    let words = |fill: &dyn Fn(&mut Made)| {
        let mut made = Made::new();
        fill(&mut made);
        letter_of(&made.bytes()).map(|letter| letter.text)
    };
    let narrow = words(&|made| {
        made.fixed("", 32, &[(id::CODE_PAGE, 3, 1252)]).put("/__substg1.0_1000001E", b"ge\xefnd \x80 5");
    });
    assert_eq!(narrow.as_deref(), Some("geïnd € 5"));
    let page = words(&|made| {
        made.fixed("", 32, &[(id::INTERNET_CODE_PAGE, 3, 65001)]);
        made.put("/__substg1.0_10130102", "<p>Wij <b>verlengen</b> één jaar</p>".as_bytes());
    });
    assert!(page.unwrap().contains("Wij verlengen één jaar"));
    let packed = words(&|made| {
        let rtf = br"{\rtf1\ansi\ansicpg1252 Ge\'efnd\par}";
        let mut packed = Vec::new();
        for number in [rtf.len() as u32 + 12, rtf.len() as u32, u32::from_le_bytes(*b"MELA"), 0] {
            packed.extend(number.to_le_bytes());
        }
        packed.extend(rtf);
        made.fixed("", 32, &[]).put("/__substg1.0_10090102", &packed);
    });
    assert_eq!(packed.as_deref(), Some("Geïnd\n"));
    assert_eq!(words(&|made| _ = made.fixed("", 32, &[])), None);
    assert_eq!(
        names(&{
            let mut made = Made::new();
            made.fixed("", 32, &[]);
            made.bytes()
        }),
        ["m.msg nothing_inside"]
    );
}

fn with_attachments() -> Made {
    let mut made = plain();
    let pdf = made.attach(0, "Huurovereenkomst getekend.pdf", 1, &[]);
    made.put(&format!("{pdf}/__substg1.0_37010102"), PDF);
    made.text(&pdf, id::SHORT_FILE_NAME, "HUUROV~1.PDF");
    let logo = made.attach(1, "logo.png", 1, &[(id::FLAGS, 3, 4)]);
    made.put(&format!("{logo}/__substg1.0_37010102"), b"\x89PNG\r\n\x1a\n");
    made.attach(2, "elders.pdf", 2, &[]);
    made.attach(3, "tekening", 6, &[]);
    let lost = made.attach(4, "leeg.pdf", 1, &[]);
    assert!(!lost.is_empty());
    let mail = made.attach(5, "Allonge", 5, &[]);
    let inner = format!("{mail}/__substg1.0_3701000D");
    made.storage(&inner).text(&inner, id::SUBJECT, "Allonge").text(&inner, id::BODY, "Bijgaand de allonge.");
    made.fixed(&inner, 24, &[(id::CLIENT_SUBMIT_TIME, 0x40, 130_706_244_000_000_000)]);
    let below = format!("{inner}/__attach_version1.0_#00000000");
    made.storage(&below).text(&below, id::LONG_FILE_NAME, "allonge.pdf").fixed(&below, 8, &[(id::METHOD, 3, 1)]);
    made.put(&format!("{below}/__substg1.0_37010102"), PDF);
    made
}

#[test]
fn what_is_attached_comes_as_from_any_mail() {
    let bytes = with_attachments().bytes();
    let found = walked("m.msg", &bytes);
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "m.msg msg",
            "m.msg!Opzegging huur.msg msg",
            "m.msg!Huurovereenkomst getekend.pdf pdf",
            "m.msg!logo.png inline_image",
            "m.msg!elders.pdf linked_attachment",
            "m.msg!tekening unsupported_type",
            "m.msg!leeg.pdf damaged_attachment",
            "m.msg!Allonge.msg msg",
            "m.msg!Allonge.msg!Allonge.msg msg",
            "m.msg!Allonge.msg!allonge.pdf pdf",
        ]
    );
    assert_eq!((&found[1].1, &found[2].1[..], &found[9].1[..]), (&bytes, PDF, PDF));
    let inner = letter_of(&found[7].1).unwrap();
    assert_eq!((inner.text.as_str(), inner.attachments), ("Bijgaand de allonge.", vec!["allonge.pdf".to_owned()]));
    assert!(inner.head.contains(&("Date", "Thu, 12 Mar 2015 09:00:00 +0000".to_owned())), "{:?}", inner.head);
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(walked("m.msg", &bytes), found, "the same message gives the same bytes");
}

#[test]
fn messages_inside_each_other_end_at_the_limit() {
    let mut made = plain();
    let mut storage = String::new();
    for depth in 0..6 {
        let attached = format!("{storage}/__attach_version1.0_#00000000");
        made.storage(&attached).text(&attached, id::LONG_FILE_NAME, &format!("m{depth}"));
        made.fixed(&attached, 8, &[(id::METHOD, 3, 5)]);
        storage = format!("{attached}/__substg1.0_3701000D");
        made.storage(&storage).text(&storage, id::BODY, "x").fixed(&storage, 24, &[]);
    }
    let names = names(&made.bytes());
    assert_eq!(names.last().unwrap(), "m.msg!m0.msg!m1.msg!m2.msg nested_too_deep", "{names:?}");
}

#[test]
fn files_of_other_programs_are_told_from_messages() {
    for (stream, want) in
        [("EncryptedPackage", "with a password"), ("Workbook", "(.xls)"), ("Other", "an old Office file")]
    {
        let mut made = Made::new();
        made.put(&format!("/{stream}"), b"x");
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&made.bytes()).unwrap();
        let told = format!("{:?}", kind(&file).unwrap_err());
        assert!(told.contains(want), "{told}");
    }
    assert_eq!(names(MARK), ["m.msg unsupported_type"]);
    let mut word = Made::new();
    word.put("/WordDocument", b"x");
    assert_eq!(names(&word.bytes()), ["m.msg doc"]);
}

#[test]
fn hostile_files_are_refused_and_cost_little() {
    let whole = with_attachments().bytes();
    let started = std::time::Instant::now();
    // Cut anywhere, and with any of the numbers of its lists changed.
    for length in (0..whole.len()).step_by(997) {
        names(&whole[..length]);
    }
    let mut seed = 1_u32;
    for _ in 0..300 {
        let mut broken = whole.clone();
        for _ in 0..4 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = if seed & 1 == 0 { seed as usize / 2 % 512 } else { seed as usize / 2 % whole.len() };
            broken[at] = (seed >> 16) as u8;
        }
        names(&broken);
    }
    // A list of lists that leads back to itself, and one that is longer than the file has use for.
    let mut looped = whole.clone();
    looped.resize(2048, 0);
    looped[68..72].copy_from_slice(&0_u32.to_le_bytes());
    looped[512 + 508..1024].copy_from_slice(&0_u32.to_le_bytes());
    assert_eq!(names(&looped), ["m.msg unsupported_type"]);
    let sectors = 20_000_u32;
    let mut long = whole[..512].to_vec();
    long[68..72].copy_from_slice(&0_u32.to_le_bytes());
    for sector in 0..sectors {
        long.extend([0_u8; 508]);
        long.extend((if sector + 1 == sectors { 0xffff_fffe } else { sector + 1 }).to_le_bytes());
    }
    assert_eq!(names(&long), ["m.msg unsupported_type"]);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());

    let mut crowded = plain();
    for number in 0..MOST_ENTRIES {
        crowded.0.create_stream(format!("/s{number}")).unwrap();
    }
    assert_eq!(names(&crowded.bytes()), ["m.msg too_many_members"]);
}
