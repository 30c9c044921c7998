//! Checkpoints as others use them: kept elsewhere and held against the log later, and stamped by an authority
//! (`openssl ts`).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and start programs")]

#[path = "common/authority.rs"]
mod authority;
mod common;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
};

use authority::Authority;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{Desk, check, json_of, write_pdf};
use griffie::provenance::{
    merkle::{inclusion_holds, leaf_hash},
    note::{VerifierKey, read_checkpoint},
};

use sha2::Digest as _;

/// A data folder with so many contracts in it, taken in one by one.
fn with(contracts: usize) -> Desk {
    let desk = Desk::new();
    (0..contracts).for_each(|number| ingest(&desk, number));
    desk
}

fn ingest(desk: &Desk, number: usize) {
    let path = desk.path(&format!("{number}.pdf"));
    write_pdf(&path, &format!("Huurovereenkomst {number}\nDeze overeenkomst eindigt op 28 februari 2026."));
    check(desk.griffie(&["ingest"]).arg(path), 0);
}

fn checkpoint(desk: &Desk) -> String {
    check(&mut desk.griffie(&["log", "checkpoint"]), 0).0
}

fn keep(desk: &Desk, name: &str, text: &str) -> PathBuf {
    fs::write(desk.path(name), text).unwrap();
    desk.path(name)
}

#[test]
fn an_older_checkpoint_is_the_beginning_of_the_log() {
    let desk = with(1);
    let old = checkpoint(&desk);
    let (page, _) = check(&mut desk.griffie(&["log", "checkpoint", "--print"]), 0);
    assert!(page.contains(&old) && page.contains("griffie log verify"), "{page}");
    ingest(&desk, 1);
    let typed: String = old.lines().take(3).map(|line| format!("{line}\r\n")).collect();
    for (name, text) in [("signed", &old), ("typed", &typed)] {
        let (stdout, _) = check(desk.griffie(&["log", "verify", "--checkpoint"]).arg(keep(&desk, name, text)), 0);
        assert!(stdout.contains("stand unchanged"), "{stdout}");
    }

    // The page as it was printed, and as it comes from a scanner: indented, without what fills base64 up, with another
    // dash.
    let scanned = page.replace("=\n", "\n").replace('—', "-").replace('\n', "\r\n   ");
    for (name, text) in [("page", &page), ("scanned", &scanned)] {
        let (stdout, _) = check(desk.griffie(&["log", "verify", "--checkpoint"]).arg(keep(&desk, name, text)), 0);
        assert!(stdout.contains("stand unchanged") && stdout.contains("`griffie verify` tells"), "{stdout}");
    }

    // Typed with a slip of the pen: that is told, and nobody hears of a crime.
    ingest(&desk, 2);
    let size: u64 = old.lines().nth(1).unwrap().parse().unwrap();
    let root = old.lines().nth(2).unwrap();
    let wrong_root = format!("{}{}", if root.starts_with('A') { 'B' } else { 'A' }, &root[1..]);
    let slips = [
        ("size", typed.replacen(&format!("\n{size}\r"), &format!("\n{}\r", size - 1), 1), "the root is that of"),
        ("root", typed.replace(root, &wrong_root), "sign 1 is"),
        ("short", typed.replace(root, &root[..40]), "it has 40 signs of 43"),
        ("page", page.replace(root, &wrong_root), "sign 1 is"),
        (
            "signature",
            old.replacen(" ", "  ", 1).replace("= ", "=").replace(&old[old.len() - 9..old.len() - 5], "AAAA"),
            "signature",
        ),
        ("none", "a letter\nabout something\nelse\n".to_owned(), "there is no checkpoint in it"),
    ];
    for (name, slip, told) in slips {
        let (_, stderr) = check(desk.griffie(&["log", "verify", "--checkpoint"]).arg(keep(&desk, name, &slip)), 2);
        assert!(stderr.contains(told), "{name}: {stderr}");
    }

    // A log that was begun anew with the same key, by someone who holds it.
    let other = Desk::new();
    fs::create_dir(other.path("data")).unwrap();
    fs::copy(desk.path("data/log.key"), other.path("data/log.key")).unwrap();
    ingest(&other, 7);
    ingest(&other, 8);
    let kept = keep(&other, "kept", &old);
    let (_, stderr) = check(other.griffie(&["log", "verify", "--checkpoint"]).arg(&kept), 8);
    assert!(stderr.contains("the log was rewritten"), "{stderr}");
    // One that was cut off, and one that is another's.
    let (longer, stranger) = (checkpoint(&desk), with(1));
    let shorter = Desk::new();
    fs::create_dir(shorter.path("data")).unwrap();
    fs::copy(desk.path("data/log.key"), shorter.path("data/log.key")).unwrap();
    ingest(&shorter, 0);
    let (_, stderr) =
        check(shorter.griffie(&["log", "verify", "--checkpoint"]).arg(keep(&shorter, "kept", &longer)), 8);
    assert!(stderr.contains("its end is gone"), "{stderr}");
    check(stranger.griffie(&["log", "verify", "--checkpoint"]).arg(keep(&stranger, "kept", &old)), 6);
    check(stranger.griffie(&["log", "verify", "--checkpoint"]).arg(keep(&stranger, "typed", &typed)), 6);
}

#[test]
fn an_event_is_proved_with_what_is_printed_alone() {
    let desk = with(3);
    let hex = blake3::hash(&fs::read(desk.path("1.pdf")).unwrap()).to_hex().to_string();
    let object = format!("originals/{}/{hex}", &hex[..2]);
    let key = fs::read_dir(desk.path("data/store/log/keys")).unwrap().next().unwrap().unwrap().path();
    let key = VerifierKey::decode(fs::read_to_string(key).unwrap().trim_end()).unwrap();
    for what in [object.as_str(), &hex, "0"] {
        let proof = json_of(&mut desk.griffie(&["log", "proof", "--json", what]), &[0]);
        let bytes = |value: &serde_json::Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let path: Vec<[u8; 32]> =
            proof["proof"].as_array().unwrap().iter().map(|hash| bytes(hash).try_into().unwrap()).collect();
        let head =
            read_checkpoint(proof["checkpoint"].as_str().unwrap().as_bytes(), std::slice::from_ref(&key)).unwrap();
        let (leaf, index) = (leaf_hash(&bytes(&proof["entry"])), proof["index"].as_u64().unwrap());
        assert!(inclusion_holds(&leaf, index, head.size, &head.root, &path), "{what}");
        assert!(!inclusion_holds(&leaf_hash(b"another"), index, head.size, &head.root, &path));
    }
    let (text, _) = check(&mut desk.griffie(&["log", "proof", &object]), 0);
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex "), "{text}");
    assert!(text.ends_with(&format!("\n\n{}", checkpoint(&desk))), "{text}");
    check(&mut desk.griffie(&["log", "proof", "originals/00/none"]), 6);
}

#[test]
fn an_authority_stamps_a_checkpoint_by_hand() {
    for key in [&["rsa:2048"][..], &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]] {
        let (desk, authority) = (with(1), Authority::new(key));
        let (request, desk_checkpoint) = (desk.path("request.tsq"), checkpoint(&desk));
        check(desk.griffie(&["log", "timestamp", "--request"]).arg(&request), 0);
        check(desk.griffie(&["log", "timestamp", "--request"]).arg(&request), 2);
        let answer = authority.answer(&request);
        let take = |ca: &Path, code| {
            let mut command = desk.griffie(&["log", "timestamp", "--request"]);
            check(command.arg(&request).arg("--response").arg(&answer).arg("--ca").arg(ca), code)
        };
        let stranger = Authority::new(key);
        let (_, stderr) = take(&stranger.path("ca.pem"), 8);
        assert!(stderr.contains("does not lead to"), "{stderr}");
        let (stdout, _) = take(&authority.path("ca.pem"), 0);
        assert!(stdout.contains("says CN=Clock") && !stdout.contains("not asked"), "{stdout}");
        let (stdout, _) = check(&mut desk.griffie(&["verify"]), 0);
        assert!(stdout.contains("time-stamp: the checkpoint with"), "{stdout}");

        // The answer to another request, a changed answer, and one about another log.
        let other = desk.path("other.tsq");
        check(desk.griffie(&["log", "timestamp", "--request"]).arg(&other), 0);
        let mut mixed = desk.griffie(&["log", "timestamp", "--request"]);
        let (_, stderr) = check(mixed.arg(&other).arg("--response").arg(&answer), 8);
        assert!(stderr.contains("answers another request"), "{stderr}");
        let bytes = fs::read(&answer).unwrap();
        let changed = desk.path("changed.tsr");
        // The imprint, the certificate that signed, and the signature itself.
        let imprint = sha2::Sha256::digest(desk_checkpoint.as_bytes());
        let place_of = |part: &[u8]| bytes.windows(part.len()).position(|window| window == part).unwrap();
        for place in [place_of(&imprint), place_of(b"Clock"), bytes.len() - 1] {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1;
            fs::write(&changed, bytes).unwrap();
            let mut command = desk.griffie(&["log", "timestamp", "--ca"]);
            command.arg(authority.path("ca.pem")).arg("--response").arg(&changed);
            let code = command.output().unwrap().status.code();
            assert!(code == Some(8), "{place}: {code:?}");
        }
        check(with(1).griffie(&["log", "timestamp", "--response"]).arg(&answer), 6);
    }
}

#[test]
fn an_authority_stamps_a_checkpoint_over_the_network() {
    let (desk, authority) = (with(1), Authority::new(&["rsa:2048"]));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/tsa", listener.local_addr().unwrap());
    let ca = authority.path("ca.pem");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(&stream);
            let (mut length, mut line) = (0, String::new());
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut query = vec![0; length];
            reader.read_exact(&mut query).unwrap();
            fs::write(authority.path("query.tsq"), query).unwrap();
            let answer = fs::read(authority.answer(&authority.path("query.tsq"))).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
            (&stream).write_all(&[head.as_bytes(), &answer].concat()).unwrap();
        });
        let (stdout, _) = check(desk.griffie(&["log", "timestamp", "--tsa", &url, "--ca"]).arg(&ca), 0);
        assert!(stdout.contains("says CN=Clock"), "{stdout}");
    });
    let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0]);
    assert_eq!(report["timestamps"][0]["authority"], "CN=Clock");
    let since = |report: &serde_json::Value| report["events_since_timestamp"].as_u64().unwrap();
    let next = json_of(&mut desk.griffie(&["verify", "--json"]), &[0]);
    assert_eq!(since(&next), since(&report) + 1, "the check itself is told");
    // Whether the authority is to be trusted is asked where that is wanted, and said.
    assert_eq!(report["timestamps"][0]["trusted"], serde_json::Value::Null);
    let (stdout, _) = check(&mut desk.griffie(&["verify"]), 0);
    assert!(stdout.contains("not asked whether it is to be trusted"), "{stdout}");
    assert!(stdout.contains(&format!("last time-stamp: {} events ago", since(&report) + 2)), "{stdout}");
    let (stdout, _) = check(desk.griffie(&["verify", "--ca"]).arg(authority.path("ca.pem")), 0);
    assert!(stdout.contains("leads to one of the authorities given"), "{stdout}");
    let stranger = Authority::new(&["rsa:2048"]);
    let (stdout, _) = check(desk.griffie(&["verify"]).env("GRIFFIE_TSA_CA", stranger.path("ca.pem")), 8);
    assert!(stdout.contains("bad_timestamp"), "{stdout}");
    // A stamp that was put in another's place is no stamp on this checkpoint.
    let folder = fs::read_dir(desk.path("data/store/timestamps")).unwrap().next().unwrap().unwrap().path();
    let stamp = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let earlier = desk.path("data/store/timestamps/000000000001");
    fs::create_dir(&earlier).unwrap();
    fs::copy(&stamp, earlier.join(stamp.file_name().unwrap())).unwrap();
    let (stdout, _) = check(&mut desk.griffie(&["verify"]), 8);
    assert!(stdout.contains("bad_timestamp"), "{stdout}");
}
