//! BagIt 1.0 (RFC 8493): folders of files that say what must be in them. Writes bags and checks them; knows nothing of
//! what the files are about.

mod check;
mod write;

pub use check::{Bag, Fault, is_bag};
pub use write::{Payload, Writer};

/// The label and the value by which a bag that griffie wrote says what it is. A format: its meaning never changes.
pub const OURS: (&str, &str) = ("Griffie-Package", "griffie-bag/1");

/// The name under which a bag gives its payload's bytes and files.
const PAYLOAD_OXUM: &str = "Payload-Oxum";

/// A path as manifests write it (RFC 8493, 2.1.3): line ends and percent signs are percent-encoded.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The path that a manifest means. A percent sign before anything else stands for itself: some programs write it so.
fn decoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).unwrap_or_default();
        let meant = match code.to_ascii_uppercase().as_str() {
            "25" => Some('%'),
            "0D" => Some('\r'),
            "0A" => Some('\n'),
            _ => None,
        };
        text.push(meant.unwrap_or('%'));
        rest = &rest[at + if meant.is_some() { 3 } else { 1 }..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn bag(folder: &std::path::Path) -> std::path::PathBuf {
        let target = folder.join("bag");
        let mut writer = Writer::begin(&target).unwrap();
        for (name, text) in [("a/lease.pdf", "lease"), ("b/100% of\r\nit.pdf", "odd"), ("b/leeg", "")] {
            writer.add(name, |payload| payload.write(text.as_bytes())).unwrap();
        }
        writer.close(&[("Source-Organization".into(), "Gemeente\nVoorbeeldstad".into())]).unwrap();
        target
    }

    #[test]
    fn a_bag_holds_what_was_put_in() {
        let folder = tempfile::tempdir().unwrap();
        let target = bag(folder.path());
        assert!(is_bag(&target) && !is_bag(folder.path()));
        let bag = Bag::check(&target).unwrap();
        let names: Vec<_> =
            bag.payload.iter().map(|path| path.strip_prefix(&target).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["data/a/lease.pdf", "data/b/100% of\r\nit.pdf", "data/b/leeg"]);
        assert_eq!(bag.info("payload-oxum"), Some("8.3"));
        assert_eq!(bag.info("Source-Organization"), Some("Gemeente Voorbeeldstad"));
    }

    #[test]
    fn a_bag_never_takes_the_place_of_anything() {
        let folder = tempfile::tempdir().unwrap();
        let target = bag(folder.path());
        assert_eq!(Writer::begin(&target).unwrap_err().kind(), crate::ErrorKind::Conflict);
        // Another took the name while the bag was written.
        let other = folder.path().join("other");
        let writer = Writer::begin(&other).unwrap();
        fs::write(&other, "mine").unwrap();
        assert!(writer.close(&[]).is_err());
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing unfinished is left");
    }

    #[test]
    fn every_fault_of_a_bag_is_named() {
        let check = |damage: fn(&std::path::Path), want: Fault| {
            let folder = tempfile::tempdir().unwrap();
            let target = bag(folder.path());
            damage(&target);
            assert_eq!(Bag::check(&target).unwrap_err(), want);
        };
        check(
            |bag| fs::write(bag.join("data/a/lease.pdf"), "leave").unwrap(),
            Fault::Changed("data/a/lease.pdf".into()),
        );
        check(|bag| fs::write(bag.join("bag-info.txt"), "A: b\n").unwrap(), Fault::Changed("bag-info.txt".into()));
        check(
            |bag| fs::rename(bag.join("data/b/leeg"), bag.join("leeg")).unwrap(),
            Fault::Missing("data/b/leeg".into()),
        );
        check(|bag| fs::write(bag.join("data/extra"), "x").unwrap(), Fault::Unlisted("data/extra".into()));
        check(|bag| fs::write(bag.join("fetch.txt"), "http://x - data/x\n").unwrap(), Fault::Incomplete);
        check(
            |bag| fs::write(bag.join("tagmanifest-sha512.txt"), "no digest\n").unwrap(),
            Fault::Malformed("tagmanifest-sha512.txt".into()),
        );
        check(
            |bag| {
                let digest = "0".repeat(64);
                fs::write(bag.join("tagmanifest-sha256.txt"), format!("{digest}  ../../etc/passwd\n")).unwrap();
            },
            Fault::Malformed("tagmanifest-sha256.txt".into()),
        );
        check(
            |bag| fs::write(bag.join("bagit.txt"), "BagIt-Version: 7.0\n").unwrap(),
            Fault::Malformed("bagit.txt".into()),
        );
    }

    proptest! {
        #[test]
        fn an_encoded_path_is_one_line_and_means_itself(path in "[a-zé%\r\n05DA/]{0,20}") {
            let line = encoded(&path);
            prop_assert!(!line.contains(['\r', '\n']));
            prop_assert_eq!(decoded(&line), path);
        }
    }
}
