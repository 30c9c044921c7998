//! What holds of intake as a whole, on folders, archives and mails made here.

use std::{fs, io::Write as _, os::unix::fs::PermissionsExt as _};

use jiff::Timestamp;
use zip::{CompressionMethod, write::SimpleFileOptions};

use super::*;

const PDF: &[u8] = b"%PDF-1.4\n%%EOF";

struct Room {
    input: TempDir,
    scratch: TempDir,
}

impl Room {
    fn new() -> Self {
        Self { input: tempfile::tempdir().unwrap(), scratch: tempfile::tempdir().unwrap() }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.input.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// An intake for which every file here is long finished.
    fn intake(&self) -> Intake {
        let later = Timestamp::from_second(4_000_000_000).unwrap();
        Intake { pause: |_| {}, ..Intake::new(Clock::Fixed(later), self.scratch.path()) }
    }

    /// Each arrival as `name kind-or-reason`, in order; the input folder's own path is left out.
    fn walk(&self, intake: Intake) -> Vec<String> {
        let root = format!("{}/", self.input.path().display());
        let arrivals = intake.walk(&[self.input.path().to_owned()]).unwrap();
        arrivals
            .map(|arrival| {
                let what = match &arrival.media {
                    Ok(media) => media.extension(),
                    Err(reason) => reason.kind(),
                };
                format!("{} {what}", arrival.label().replace(&root, ""))
            })
            .collect()
    }

    #[track_caller]
    fn check(&self, want: &[&str]) {
        assert_eq!(self.walk(self.intake()), want);
        assert_eq!(fs::read_dir(self.scratch.path()).unwrap().count(), 0, "nothing is left behind");
    }
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    zipped_as(members, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
}

fn zipped_as(members: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn mail(attachments: &[(&str, &str, &[u8])]) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut mail = String::from(
        "From: Front desk <desk@example.org>\r\nTo: archive@example.org\r\nSubject: lease\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n",
    );
    for (name, kind, bytes) in attachments {
        mail += &format!(
            "--edge\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n",
            STANDARD.encode(bytes)
        );
    }
    (mail + "--edge--\r\n").into_bytes()
}

#[test]
fn folders_are_walked_in_order_of_names() {
    let room = Room::new();
    room.put("b.pdf", PDF);
    room.put("a/2.pdf", PDF);
    room.put("a/1.tif", b"II*\0");
    room.put("c.dat", b"");
    room.check(&["a/1.tif tif", "a/2.pdf pdf", "b.pdf pdf", "c.dat empty"]);
}

#[test]
fn links_pipes_and_housekeeping_are_accounted_for_and_not_opened() {
    let room = Room::new();
    let pdf = room.put("z.pdf", PDF);
    std::os::unix::fs::symlink(&pdf, room.input.path().join("link.pdf")).unwrap();
    std::os::unix::fs::symlink("/", room.input.path().join("root")).unwrap();
    let pipe = room.input.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RWXU, 0).unwrap();
    room.put(".DS_Store", b"\0\0\0\x01Bud1");
    room.put("__MACOSX/._z.pdf", b"x");
    room.check(&[
        ".DS_Store system_file",
        "__MACOSX/._z.pdf system_file",
        "link.pdf symbolic_link",
        "pipe special_file",
        "root symbolic_link",
        "z.pdf pdf",
    ]);
}

#[test]
fn a_link_that_is_named_is_followed() {
    let room = Room::new();
    let pdf = room.put("z.pdf", PDF);
    let link = room.input.path().join("link.pdf");
    std::os::unix::fs::symlink(&pdf, &link).unwrap();
    let arrivals: Vec<_> = room.intake().walk(&[link.clone(), room.input.path().join("missing")]).unwrap().collect();
    assert_eq!((arrivals[0].media.clone(), &arrivals[0].source), (Ok(MediaType::Pdf), &link));
    assert_eq!(arrivals[1].media.clone().unwrap_err().kind(), "vanished");
    assert_eq!(identify(&link).unwrap(), MediaType::Pdf);
}

#[test]
fn members_follow_their_container_and_lie_in_a_private_folder() {
    let room = Room::new();
    let inner = zipped(&[("letter.pdf", PDF), ("notes.txt", b"hello")]);
    room.put("batch.zip", &zipped(&[("x/", b""), ("x/lease.pdf", PDF), ("inner.zip", &inner), ("y.pdf", PDF)]));
    room.check(&[
        "batch.zip zip",
        "batch.zip!x/lease.pdf pdf",
        "batch.zip!inner.zip zip",
        "batch.zip!inner.zip!letter.pdf pdf",
        "batch.zip!inner.zip!notes.txt unsupported_type",
        "batch.zip!y.pdf pdf",
    ]);
    let all: Vec<_> = room.intake().walk(&[room.input.path().to_owned()]).unwrap().collect();
    let parents: Vec<_> = all.iter().map(|arrival| arrival.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(0), Some(2), Some(2), Some(0)]);
    let lease = all[1].path().unwrap();
    assert_eq!(fs::read(lease).unwrap(), PDF);
    assert_eq!(lease.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_member_that_climbs_out_is_written_where_all_are() {
    let room = Room::new();
    room.put(
        "slip.zip",
        &zipped(&[("../../../../tmp/evil.pdf", PDF), ("/etc/evil.pdf", PDF), ("..\\evil\n.pdf", PDF)]),
    );
    room.check(&[
        "slip.zip zip",
        "slip.zip!../../../../tmp/evil.pdf pdf",
        "slip.zip!/etc/evil.pdf pdf",
        "slip.zip!../evil\u{fffd}.pdf pdf",
    ]);
    for arrival in room.intake().walk(&[room.input.path().to_owned()]).unwrap().skip(1) {
        assert!(arrival.path().unwrap().starts_with(room.scratch.path()), "{arrival:?}");
    }
}

#[test]
fn a_bomb_costs_its_members_and_nothing_else() {
    let room = Room::new();
    let zeros = vec![0; 300_000];
    room.put("bomb.zip", &zipped(&[("a.pdf", PDF), ("b.bin", &zeros), ("c.pdf", PDF)]));
    room.put("next.pdf", PDF);
    let with = |change: fn(&mut Limits)| {
        let mut intake = room.intake();
        change(&mut intake.limits);
        room.walk(intake)
    };
    assert_eq!(
        with(|limits| limits.ratio_from_bytes = 100_000),
        [
            "bomb.zip zip",
            "bomb.zip!a.pdf pdf",
            "bomb.zip!b.bin implausible_ratio",
            "bomb.zip!c.pdf pdf",
            "next.pdf pdf"
        ]
    );
    assert_eq!(with(|limits| limits.unpacked_bytes = 100_000), ["bomb.zip too_much_inside", "next.pdf pdf"]);
    assert_eq!(with(|limits| limits.members = 2), ["bomb.zip too_many_members", "next.pdf pdf"]);
}

#[test]
fn what_comes_out_counts_and_not_only_what_is_announced() {
    let room = Room::new();
    let inner = zipped(&[("zeros.bin", &vec![0; 300_000])]);
    room.put("outer.zip", &zipped(&[("1.zip", &inner), ("2.zip", &inner), ("3.pdf", PDF)]));
    let mut intake = room.intake();
    intake.limits.unpacked_bytes = 400_000;
    assert_eq!(
        room.walk(intake),
        [
            "outer.zip zip",
            "outer.zip!1.zip zip",
            "outer.zip!1.zip!zeros.bin unknown_type",
            "outer.zip!2.zip too_much_inside",
            "outer.zip!3.pdf pdf"
        ]
    );
}

#[test]
fn containers_nest_only_so_deep() {
    let room = Room::new();
    let (one, two, three);
    one = zipped(&[("deep.pdf", PDF)]);
    two = zipped(&[("1.zip", &one)]);
    three = zipped(&[("2.zip", &two)]);
    room.put("4.zip", &zipped(&[("3.zip", &three)]));
    room.check(&["4.zip zip", "4.zip!3.zip zip", "4.zip!3.zip!2.zip zip", "4.zip!3.zip!2.zip!1.zip nested_too_deep"]);
}

#[test]
fn a_damaged_member_is_quarantined_alone() {
    let room = Room::new();
    let mut bytes = zipped_as(
        &[("a.pdf", PDF), ("b.pdf", b"%PDF-1.4 the second"), ("c.pdf", PDF)],
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored),
    );
    let at = bytes.windows(10).position(|window| window == b"the second").unwrap();
    bytes[at] ^= 1;
    room.put("damaged.zip", &bytes);
    room.put("truncated.zip", &bytes[..bytes.len() / 2]);
    room.check(&[
        "damaged.zip zip",
        "damaged.zip!a.pdf pdf",
        "damaged.zip!b.pdf damaged_member",
        "damaged.zip!c.pdf pdf",
        "truncated.zip damaged_container",
    ]);
}

#[test]
fn members_of_one_name_are_all_taken() {
    let room = Room::new();
    let mut bytes = zipped(&[("a.pdf", PDF), ("b.pdf", b"%PDF-1.5"), ("c.pdf", b"%PDF-1.6"), ("d/", b""), ("e/", b"")]);
    for name in [b"b.pdf", b"c.pdf"] {
        for at in 0..bytes.len() - 5 {
            if &bytes[at..at + 5] == name {
                bytes[at] = b'a';
            }
        }
    }
    room.put("alike.zip", &bytes);
    room.check(&["alike.zip zip", "alike.zip!a.pdf pdf", "alike.zip!a.pdf (2) pdf", "alike.zip!a.pdf (3) pdf"]);
    let arrivals = room.intake().walk(&[room.input.path().to_owned()]).unwrap();
    let sizes: Vec<u64> = arrivals.skip(1).map(|arrival| arrival.size_bytes).collect();
    assert_eq!(sizes, [14, 8, 8]);
}

#[test]
fn a_member_packed_in_another_way_says_so() {
    let room = Room::new();
    let mut bytes = zipped_as(
        &[("a.pdf", PDF), ("b.pdf", PDF)],
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored),
    );
    // APPNOTE 4.4.5: 12 is BZIP2, in the local header and in the list of members.
    bytes[8] = 12;
    let list = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[list + 10] = 12;
    room.put("packed.zip", &bytes);
    room.check(&["packed.zip zip", "packed.zip!a.pdf unsupported_compression", "packed.zip!b.pdf pdf"]);
}

#[test]
fn a_file_beyond_the_limit_is_not_taken() {
    let room = Room::new();
    room.put("a.pdf", PDF);
    room.put("b.pdf", b"%PDF-1.4 and much more");
    room.put("c.zip", &zipped(&[("d.pdf", b"%PDF-1.4 and much more")]));
    let mut intake = room.intake();
    intake.limits.original_bytes = 20;
    let walked = room.walk(intake);
    assert_eq!(walked, ["a.pdf pdf", "b.pdf too_large", "c.zip too_large"]);
    assert_eq!(Limits::default().original_bytes, 2_147_483_648);
}

#[test]
fn members_with_a_password_are_quarantined_with_that_reason() {
    let room = Room::new();
    let mut bytes = zipped(&[("secret.pdf", PDF)]);
    // Bit 0 of the general purpose flags (APPNOTE 4.4.4), in the local header and in the list of members.
    bytes[6] |= 1;
    let list = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[list + 8] |= 1;
    room.put("locked.zip", &bytes);
    room.check(&["locked.zip zip", "locked.zip!secret.pdf encrypted"]);
}

#[test]
fn attachments_are_members_of_their_mail() {
    let room = Room::new();
    let inner = mail(&[("scan.jpg", "image/jpeg", b"\xff\xd8\xff\xe0")]);
    room.put(
        "m.eml",
        &mail(&[
            ("lease.pdf", "application/pdf", PDF),
            ("lease.pdf", "application/octet-stream", b"%PDF-1.7"),
            ("forwarded.eml", "message/rfc822", &inner),
        ]),
    );
    room.put("empty.eml", b"From: a\r\nSubject: lease\r\n\r\n \r\n");
    let wordless =
        String::from_utf8(mail(&[("scan.pdf", "application/pdf", PDF)])).unwrap().replace("See attached.", "");
    room.put("wordless.eml", wordless.as_bytes());
    room.put("words.eml", &mail(&[]));
    room.check(&[
        "empty.eml nothing_inside",
        "m.eml eml",
        "m.eml!lease.eml eml",
        "m.eml!lease.pdf pdf",
        "m.eml!lease.pdf (2) pdf",
        "m.eml!forwarded.eml eml",
        "m.eml!forwarded.eml!lease.eml eml",
        "m.eml!forwarded.eml!scan.jpg jpg",
        "wordless.eml eml",
        "wordless.eml!scan.pdf pdf",
        "words.eml eml",
    ]);
    let all: Vec<_> = room.intake().walk(&[room.input.path().to_owned()]).unwrap().collect();
    let documents = all.iter().filter(|arrival| arrival.media == Ok(MediaType::Eml) && !arrival.is_container);
    let names: Vec<_> =
        documents.map(|arrival| arrival.label().rsplit(['/', '!']).next().unwrap().to_owned()).collect();
    assert_eq!(names, ["lease.eml", "lease.eml", "words.eml"], "what a mail says itself is a document");
    assert_eq!(fs::read(all[2].path().unwrap()).unwrap(), fs::read(room.input.path().join("m.eml")).unwrap());
}

#[test]
fn every_mail_of_a_mailbox_is_a_member() {
    let room = Room::new();
    let separator = b"From desk@example.org Mon Mar  2 10:00:00 2015\n".to_vec();
    let one = |name: &str| [separator.clone(), mail(&[(name, "application/pdf", PDF)]), b"\n".to_vec()].concat();
    let all = [one("a.pdf"), one("b.pdf"), one("c.pdf")].concat();
    room.put("archive.mbox", &all);
    room.check(&[
        "archive.mbox mbox",
        "archive.mbox!mail-1.eml eml",
        "archive.mbox!mail-1.eml!lease.eml eml",
        "archive.mbox!mail-1.eml!a.pdf pdf",
        "archive.mbox!mail-2.eml eml",
        "archive.mbox!mail-2.eml!lease.eml eml",
        "archive.mbox!mail-2.eml!b.pdf pdf",
        "archive.mbox!mail-3.eml eml",
        "archive.mbox!mail-3.eml!lease.eml eml",
        "archive.mbox!mail-3.eml!c.pdf pdf",
    ]);
    let with = |change: fn(&mut Limits)| {
        let mut intake = room.intake();
        change(&mut intake.limits);
        room.walk(intake)
    };
    assert_eq!(with(|limits| limits.members = 2), ["archive.mbox too_many_members"]);
    assert_eq!(with(|limits| limits.unpacked_bytes = 100), ["archive.mbox too_much_inside"]);
}

#[test]
fn every_pdf_of_several_in_a_file_is_a_member() {
    let room = Room::new();
    let pdf = |name: &str| {
        let body = format!("%PDF-1.4\n% {name}\n");
        format!("{body}xref\n0 1\n0000000000 65535 f \ntrailer<<>>\nstartxref\n{}\n%%EOF\n", body.len()).into_bytes()
    };
    let two = room.put("two.pdf", &[pdf("a"), pdf("b")].concat());
    room.put("one.pdf", &pdf("a"));
    let deep = zipped(&[("2.zip", &zipped(&[("1.zip", &zipped(&[("one.pdf", &pdf("a"))]))]))]);
    room.put("3.zip", &deep);
    room.check(&[
        "3.zip zip",
        "3.zip!2.zip zip",
        "3.zip!2.zip!1.zip zip",
        "3.zip!2.zip!1.zip!one.pdf pdf",
        "one.pdf pdf",
        "two.pdf pdf",
        "two.pdf!part-1.pdf pdf",
        "two.pdf!part-2.pdf pdf",
    ]);
    let all: Vec<_> = room.intake().walk(std::slice::from_ref(&two)).unwrap().collect();
    assert_eq!(all.iter().map(|arrival| arrival.is_container).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(fs::read(all[2].path().unwrap()).unwrap(), pdf("b"));
    assert_eq!(identify(&two).unwrap_err().reason(), Some("unsupported_type"));
}

#[test]
fn what_is_damaged_in_a_mail_says_so() {
    let room = Room::new();
    let whole = mail(&[("lease.pdf", "application/pdf", PDF)]);
    let text = String::from_utf8(whole).unwrap();
    room.put("cut.eml", text.replace("--edge--\r\n", "").as_bytes());
    room.put("wrong.eml", text.replace("JVBERi", "JV!\u{80}!i").as_bytes());
    room.check(&[
        "cut.eml eml",
        "cut.eml!lease.eml eml",
        "cut.eml!lease.pdf pdf",
        "cut.eml!… mail_cut",
        "wrong.eml eml",
        "wrong.eml!lease.eml eml",
        "wrong.eml!lease.pdf damaged_attachment",
    ]);
}

#[test]
fn a_picture_of_a_page_in_a_mail_is_a_document_however_small() {
    let room = Room::new();
    let picture = |width: u32, height: u32| {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let data = vec![0xff; (width.div_ceil(8) * height) as usize];
        encoder.write_header().unwrap().write_image_data(&data).unwrap();
        bytes
    };
    let (page, logo, banner) = (picture(1240, 1754), picture(300, 200), picture(2000, 500));
    let parts: [(&str, &str, &[u8]); 3] =
        [("page.png", "image/png", &page), ("logo.png", "image/png", &logo), ("banner.png", "image/png", &banner)];
    let inline = String::from_utf8(mail(&parts)).unwrap().replace("Disposition: attachment", "Disposition: inline");
    room.put("m.eml", inline.as_bytes());
    room.check(&[
        "m.eml eml",
        "m.eml!lease.eml eml",
        "m.eml!page.png png",
        "m.eml!logo.png inline_image",
        "m.eml!banner.png inline_image",
    ]);
}

#[test]
fn a_file_that_is_still_written_is_not_taken() {
    let room = Room::new();
    let path = room.put("a.pdf", PDF);
    let changed = fs::metadata(&path).unwrap().mtime();
    let just_after = |seconds| Clock::Fixed(Timestamp::from_second(changed + seconds).unwrap());
    let mut intake = room.intake();
    intake.clock = just_after(1);
    assert_eq!(room.walk(intake), ["a.pdf pdf"], "it did not change while we waited");

    // The writer goes on while we wait.
    fn writes(_: Duration) {
        WRITTEN.with_borrow(|path| fs::write(path, b"%PDF-1.4 and more").unwrap());
    }
    thread_local!(static WRITTEN: std::cell::RefCell<PathBuf> = std::cell::RefCell::default());
    WRITTEN.set(path);
    let intake = Intake { clock: just_after(1), pause: writes, ..room.intake() };
    assert_eq!(room.walk(intake), ["a.pdf still_written"]);
    let intake = Intake { clock: just_after(60), pause: |_| panic!("it is old enough"), ..room.intake() };
    assert_eq!(room.walk(intake), ["a.pdf pdf"]);
}

#[test]
fn the_archive_itself_is_no_input() {
    let room = Room::new();
    room.put("a.pdf", PDF);
    room.put("griffie-data/objects/x.pdf", PDF);
    let mut intake = room.intake();
    intake.leave_out = vec![room.input.path().join("griffie-data")];
    assert_eq!(room.walk(intake), ["a.pdf pdf"]);
}

proptest::proptest! {
    #[test]
    fn any_bytes_have_a_kind_or_a_reason(bytes: Vec<u8>, mark in 0_usize..6) {
        let marks: [&[u8]; 6] = [b"", b"PK\x03\x04", b"PK\x05\x06", b"From: a\nTo: b\n\n", b"%PDF-", b"{\\rtf"];
        let room = Room::new();
        room.put("x", &[marks[mark], &bytes].concat());
        let arrivals: Vec<_> = room.intake().walk(&[room.input.path().to_owned()]).unwrap().collect();
        proptest::prop_assert!(!arrivals.is_empty());
        for arrival in &arrivals {
            if let Err(reason) = &arrival.media {
                proptest::prop_assert!(!reason.message(Language::Dutch).is_empty());
            }
        }
    }
}
