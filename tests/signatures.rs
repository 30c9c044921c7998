//! Signed PDFs: made here with `openssl` as the signer and the time-stamping authority, then left alone, changed, cut
//! or added to. What griffie says of each must be what was done to it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use common::{griffie, json_of};
use griffie::signatures::{Appended, Certificate, Extent, Integrity, Kind, SignatureFact, facts};
use serde_json::Value;

/// A folder with keys, certificates and what `openssl ts` needs.
static OFFICE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(
        path.join("openssl.cnf"),
        "[req]\ndistinguished_name = dn\nx509_extensions = v3\n[dn]\n[v3]\nsubjectKeyIdentifier = hash\n[tsa_ext]\nextendedKeyUsage = critical,timeStamping\n\
         [tsa]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\n\
         default_policy = 1.2.3.4.1\ndigests = sha1, sha256, sha384, sha512\naccuracy = secs:1\nordering = no\n\
         tsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n",
    )
    .unwrap();
    fs::write(path.join("serial"), "01").unwrap();
    let keys: [(&str, &[&str], &str); 4] = [
        ("rsa", &["-newkey", "rsa:2048"], "/CN=A. Jansen/O=Gemeente Voorbeeldstad/serialNumber=12345"),
        ("p256", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "/CN=B. de Vries"),
        ("p384", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "/CN=C. Bakker"),
        ("tsa", &["-newkey", "rsa:2048", "-extensions", "tsa_ext"], "/CN=Tijdstempeldienst"),
    ];
    for (name, key, subject) in keys {
        let (key_file, certificate) = (format!("{name}.key"), format!("{name}.pem"));
        let mut arguments = vec!["req", "-x509", "-nodes", "-days", "3650", "-sha256", "-config", "openssl.cnf"];
        arguments.extend(key);
        arguments.extend(["-subj", subject, "-keyout", &key_file, "-out", &certificate]);
        openssl(path, &arguments);
    }
    folder
});

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().expect("run tests/setup.sh");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A PDF that is written by hand, object after object, revision after revision.
struct Pdf {
    bytes: Vec<u8>,
    /// Where the tables of contents start.
    last_table: Option<usize>,
    size: usize,
}

const TEXT: &str =
    "BT /F1 12 Tf 60 780 Td (Huurovereenkomst tussen Gemeente Voorbeeldstad en Bakkerij De Korenaar B.V.) Tj ET";

impl Pdf {
    /// A contract of one page, and a field for each of the signatures to come.
    fn new(fields: usize) -> Self {
        let mut pdf = Self { bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), last_table: None, size: 0 };
        let refs: String = (0..fields).map(|n| format!("{} 0 R ", 10 + n)).collect();
        let mut objects = vec![
            (1, format!("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{refs}] /SigFlags 3 >> >>")),
            (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned()),
            (
                3,
                format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [{refs}] \
                     /Resources << /Font << /F1 5 0 R >> >> >>"
                ),
            ),
            (4, format!("<< /Length {} >>\nstream\n{TEXT}\nendstream", TEXT.len())),
            (5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned()),
        ];
        objects.extend((0..fields).map(|n| (10 + n, field(n, None))));
        pdf.revise(&objects);
        pdf
    }

    /// Appends a revision with these objects.
    fn revise(&mut self, objects: &[(usize, String)]) {
        let mut table = String::new();
        for (number, text) in objects {
            self.size = self.size.max(number + 1);
            table += &format!("{number} 1\n{:010} 00000 n \n", self.bytes.len());
            self.bytes.extend(format!("{number} 0 obj\n{text}\nendobj\n").into_bytes());
        }
        let start = self.bytes.len();
        let previous = self.last_table.map(|table| format!("/Prev {table} ")).unwrap_or_default();
        let first = if self.last_table.is_none() { "0 1\n0000000000 65535 f \n" } else { "" };
        self.bytes.extend(
            format!(
                "xref\n{first}{table}trailer\n<< /Size {} /Root 1 0 R {previous}>>\nstartxref\n{start}\n%%EOF\n",
                self.size
            )
            .into_bytes(),
        );
        self.last_table = Some(start);
    }

    /// Signs in a revision of its own: `sign` gets the bytes that are covered and returns the signature.
    fn sign(&mut self, n: usize, more: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) {
        const ROOM: usize = 20_000;
        let range = "/ByteRange [0000000000 0000000000 0000000000 0000000000]";
        let dictionary = format!("<< {more} {range} /Contents <{}> >>", "0".repeat(ROOM));
        let from = self.bytes.len();
        self.revise(&[(20 + n, dictionary), (10 + n, field(n, Some(20 + n)))]);
        let find =
            |bytes: &[u8], what: &[u8]| from + bytes[from..].windows(what.len()).position(|w| w == what).unwrap();
        let gap = find(&self.bytes, b"/Contents <") + 10;
        let after = gap + ROOM + 2;
        let at = find(&self.bytes, b"/ByteRange [");
        let filled = format!("/ByteRange [{:010} {gap:010} {after:010} {:010}]", 0, self.bytes.len() - after);
        self.bytes[at..at + filled.len()].copy_from_slice(filled.as_bytes());
        let covered = [&self.bytes[..gap], &self.bytes[after..]].concat();
        let signature = hex::encode(sign(&covered));
        self.bytes[gap + 1..gap + 1 + signature.len()].copy_from_slice(signature.as_bytes());
    }

    fn facts(&self) -> Vec<SignatureFact> {
        facts_of(&self.bytes)
    }
}

fn facts_of(bytes: &[u8]) -> Vec<SignatureFact> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    facts(file.path(), None).unwrap()
}

fn field(n: usize, value: Option<usize>) -> String {
    let value = value.map(|number| format!("/V {number} 0 R ")).unwrap_or_default();
    format!("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Handtekening {n}) /Rect [0 0 0 0] /P 3 0 R {value}>>")
}

const DETACHED: &str = "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /M (D:20260301093000+01'00') \
    /Name (A. Jansen) /Reason (akkoord) /Location (Voorbeeldstad) /ContactInfo (jansen@example.org)";

/// Signs with `openssl cms`.
fn cms(key: &'static str, more: &'static [&'static str]) -> impl Fn(&[u8]) -> Vec<u8> {
    move |covered| {
        let desk = tempfile::tempdir().unwrap();
        let path = |name: &str| desk.path().join(name).display().to_string();
        fs::write(path("in"), covered).unwrap();
        let (key_file, certificate, input, output) =
            (format!("{key}.key"), format!("{key}.pem"), path("in"), path("out"));
        let mut arguments = vec!["cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256"];
        arguments.extend(["-inkey", &key_file, "-signer", &certificate, "-in", &input, "-out", &output]);
        arguments.extend(more);
        openssl(OFFICE.path(), &arguments);
        fs::read(path("out")).unwrap()
    }
}

/// A time-stamp token of `openssl ts`.
fn token(about: &[u8]) -> Vec<u8> {
    // The serial number lies in a file of the authority.
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap();
    let desk = tempfile::tempdir().unwrap();
    let path = |name: &str| desk.path().join(name).display().to_string();
    fs::write(path("in"), about).unwrap();
    let (input, query, token) = (path("in"), path("tsq"), path("tok"));
    openssl(OFFICE.path(), &["ts", "-query", "-data", &input, "-sha256", "-cert", "-out", &query]);
    let authority = ["-config", "openssl.cnf", "-section", "t", "-signer", "tsa.pem", "-inkey", "tsa.key"];
    let mut arguments = vec!["ts", "-reply", "-queryfile", &query, "-token_out", "-out", &token];
    arguments.extend(authority);
    openssl(OFFICE.path(), &arguments);
    fs::read(path("tok")).unwrap()
}

fn signed(key: &'static str, more: &'static [&'static str]) -> Pdf {
    let mut pdf = Pdf::new(2);
    pdf.sign(0, DETACHED, cms(key, more));
    pdf
}

#[track_caller]
fn only(facts: Vec<SignatureFact>) -> SignatureFact {
    let [fact] = <[_; 1]>::try_from(facts).unwrap();
    fact
}

#[test]
fn a_signature_tells_who_signed_what_and_when() {
    let fact = only(signed("rsa", &[]).facts());
    assert_eq!((fact.integrity, fact.reason_not.as_deref()), (Integrity::Holds, None));
    assert_eq!((fact.kind, fact.field.as_str()), (Kind::Signature, "Handtekening 0"));
    assert_eq!((fact.coverage.extent, fact.coverage.appended), (Extent::WholeFile, None));
    assert_eq!(fact.claimed_time.unwrap().to_string(), "2026-03-01T08:30:00Z");
    assert!(fact.signing_time.is_some(), "openssl puts the time into what it signs");
    let text = [fact.name, fact.reason, fact.location, fact.contact].map(Option::unwrap);
    assert_eq!(text, ["A. Jansen", "akkoord", "Voorbeeldstad", "jansen@example.org"]);
    let certificate = fact.certificate.unwrap();
    assert_eq!((certificate.subject.as_str(), certificate.issuer.as_str()), ("A. Jansen", "A. Jansen"));
    assert_eq!(certificate.organization.as_deref(), Some("Gemeente Voorbeeldstad"));
    assert_eq!(certificate.subject_serial.as_deref(), Some("12345"));
    assert!(certificate.not_before < certificate.not_after);
}

#[test]
fn the_usual_algorithms_and_envelopes_are_checked() {
    let check = |key: &'static str, more: &'static [&'static str]| {
        let fact = only(signed(key, more).facts());
        assert_eq!((fact.integrity, fact.reason_not.as_deref()), (Integrity::Holds, None), "{key} {more:?}");
    };
    check("rsa", &["-md", "sha1"]);
    check("rsa", &["-md", "sha384"]);
    check("rsa", &["-md", "sha512"]);
    check("rsa", &["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1"]);
    check("rsa", &["-noattr"]);
    check("rsa", &["-keyid"]);
    check("rsa", &["-stream", "-indef"]);
    check("p256", &[]);
    check("p384", &["-md", "sha384"]);
    let unknown = only(signed("rsa", &["-md", "sha3-256"]).facts());
    assert_eq!((unknown.integrity, unknown.reason_not.as_deref()), (Integrity::NotChecked, Some("unknown_algorithm")));
    let without = only(signed("rsa", &["-nocerts"]).facts());
    assert_eq!((without.integrity, without.reason_not.as_deref()), (Integrity::NotChecked, Some("no_certificate")));
}

#[test]
fn the_older_encodings_are_checked() {
    let sha1 = |bytes: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let mut pdf = Pdf::new(1);
    let older = "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.sha1";
    pdf.sign(0, older, |covered| cms("rsa", &["-nodetach"])(sha1(covered).as_ref()));
    assert_eq!(only(pdf.facts()).integrity, Integrity::Holds);
    pdf.bytes[200] ^= 1;
    assert_eq!(only(pdf.facts()).integrity, Integrity::Broken);

    let mut pdf = Pdf::new(1);
    openssl(OFFICE.path(), &["x509", "-in", "rsa.pem", "-outform", "DER", "-out", "rsa.der"]);
    let certificate = hex::encode(fs::read(OFFICE.path().join("rsa.der")).unwrap());
    let bare = format!("/Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.x509.rsa_sha1 /Cert <{certificate}>");
    pdf.sign(0, &bare, |covered| {
        let desk = tempfile::tempdir().unwrap();
        let path = |name: &str| desk.path().join(name).display().to_string();
        fs::write(path("in"), covered).unwrap();
        openssl(OFFICE.path(), &["dgst", "-sha1", "-sign", "rsa.key", "-out", &path("out"), &path("in")]);
        let signature = fs::read(path("out")).unwrap();
        [&[0x04, 0x82, 0x01, 0x00][..], &signature].concat()
    });
    let fact = only(pdf.facts());
    assert_eq!((fact.integrity, fact.certificate.unwrap().subject.as_str()), (Integrity::Holds, "A. Jansen"));
    pdf.bytes[200] ^= 1;
    assert_eq!(only(pdf.facts()).integrity, Integrity::Broken);
}

#[test]
fn a_change_after_signing_breaks_integrity() {
    let pdf = signed("rsa", &[]);
    let place = pdf.bytes.windows(8).position(|window| window == b"Bakkerij").unwrap();
    let mut changed = pdf.bytes.clone();
    changed[place] = b'b';
    let fact = only(facts_of(&changed));
    assert_eq!((fact.integrity, fact.reason_not.as_deref()), (Integrity::Broken, Some("changed_after_signing")));
    assert_eq!(fact.certificate.unwrap().subject, "A. Jansen");
}

#[test]
fn what_was_appended_is_told() {
    let check = |objects: &[(usize, String)], want, pages: &[usize]| {
        let mut pdf = signed("rsa", &[]);
        let before = pdf.bytes.len();
        pdf.revise(objects);
        let fact = only(pdf.facts());
        assert_eq!((fact.integrity, fact.coverage.extent), (Integrity::Holds, Extent::EarlierRevision));
        assert_eq!(fact.coverage.appended, Some(want), "{objects:?}");
        let numbers: Vec<_> = fact.coverage.changed_pages.iter().map(|page| page.index() + 1).collect();
        assert_eq!(numbers, pages, "{objects:?}");
        assert_eq!(fact.coverage.appended_bytes, (pdf.bytes.len() - before) as u64);
    };
    let other = "BT /F1 12 Tf 60 780 Td (Iets heel anders) Tj ET";
    check(&[(4, format!("<< /Length {} >>\nstream\n{other}\nendstream", other.len()))], Appended::Changes, &[1]);
    let form = "/AcroForm << /Fields [10 0 R 11 0 R ] /SigFlags 3 >>";
    let catalog = |more: &str| (1, format!("<< /Type /Catalog /Pages 2 0 R {form} {more} >>"));
    check(&[(30, "<< /Certs [] >>".into()), catalog("/DSS 30 0 R")], Appended::ProofOnly, &[]);
    check(&[catalog("/OpenAction << /S /JavaScript /JS (x) >>")], Appended::Changes, &[]);
    let note = "<< /Type /Annot /Subtype /FreeText /Rect [0 0 100 100] /Contents (doorgehaald) >>";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [10 0 R 11 0 R 30 0 R ] \
                /Resources << /Font << /F1 5 0 R >> >> >>";
    check(&[(30, note.into()), (3, page.into())], Appended::Changes, &[1]);
    let more = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>";
    let tree = "<< /Type /Pages /Kids [3 0 R 31 0 R] /Count 2 >>";
    check(&[(31, more.into()), (2, tree.into())], Appended::Changes, &[2]);
}

#[test]
fn bytes_behind_the_file_are_no_proof() {
    let mut pdf = signed("rsa", &[]);
    pdf.bytes.extend_from_slice(b"twenty bytes or more");
    let fact = only(pdf.facts());
    assert_eq!((fact.integrity, fact.coverage.appended), (Integrity::Holds, Some(Appended::ForeignBytes)));
}

#[test]
fn a_certificate_tells_who_vouches_for_it_and_when_it_held() {
    let own = Certificate {
        subject: "Zelf Getekend".into(),
        organization: None,
        subject_serial: None,
        issuer: "Zelf Getekend".into(),
        number: "01".into(),
        not_before: Some("2020-01-01T00:00:00Z".parse().unwrap()),
        not_after: Some("2021-01-01T00:00:00Z".parse().unwrap()),
    };
    assert!(own.vouches_for_itself());
    assert!(!Certificate { issuer: "Een autoriteit".into(), ..own.clone() }.vouches_for_itself());
    let held = |time: &str| own.held_at(time.parse().unwrap());
    assert_eq!([held("2020-06-01T00:00:00Z"), held("2022-06-01T00:00:00Z")], [true, false]);
}

#[test]
fn a_second_signature_covers_the_first_and_changes_nothing() {
    let mut pdf = signed("rsa", &[]);
    pdf.sign(1, "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached", cms("p256", &["-cades"]));
    let [first, second] = <[_; 2]>::try_from(pdf.facts()).unwrap();
    assert_eq!((first.integrity, second.integrity), (Integrity::Holds, Integrity::Holds));
    assert_eq!(first.coverage.appended, Some(Appended::Signatures));
    assert_eq!(
        (second.coverage.extent, second.certificate.unwrap().subject.as_str()),
        (Extent::WholeFile, "B. de Vries")
    );
}

#[test]
fn a_document_timestamp_is_one_and_adds_only_proof() {
    let mut pdf = signed("rsa", &[]);
    pdf.sign(1, "/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161", token);
    let [signature, stamp] = <[_; 2]>::try_from(pdf.facts()).unwrap();
    assert_eq!(signature.coverage.appended, Some(Appended::ProofOnly));
    assert_eq!((stamp.kind, stamp.integrity), (Kind::DocumentTimestamp, Integrity::Holds), "{stamp:?}");
    let token = stamp.timestamp.unwrap();
    assert!(token.time.is_some());
    assert_eq!(token.certificate.unwrap().subject, "Tijdstempeldienst");
    let end = pdf.bytes.len() - 30;
    pdf.bytes[end] ^= 1;
    let stamp = pdf.facts().pop().unwrap();
    assert_eq!((stamp.integrity, stamp.reason_not.as_deref()), (Integrity::Broken, Some("other_imprint")));
}

#[test]
fn lying_ranges_are_answered() {
    let pdf = signed("rsa", &[]);
    let at = pdf.bytes.windows(12).position(|window| window == b"/ByteRange [").unwrap() + 12;
    let check = |range: &str, want: (Integrity, &str)| {
        let mut bytes = pdf.bytes.clone();
        bytes[at..at + 43].copy_from_slice(format!("{range:<43}").as_bytes());
        let fact = only(facts_of(&bytes));
        assert_eq!((fact.integrity, fact.reason_not.as_deref()), (want.0, Some(want.1)), "{range}");
    };
    check("0 10 20 99999999999", (Integrity::NotChecked, "lying_range"));
    check("0 -10 20 30", (Integrity::NotChecked, "lying_range"));
    check("0 9223372036854775807 9223372036854775807 1", (Integrity::NotChecked, "lying_range"));
    check("0 500 100 10", (Integrity::NotChecked, "lying_range"));
    check("0 10 20", (Integrity::NotChecked, "unclear_range"));
    check("0 10 20 30", (Integrity::Broken, "changed_after_signing"));
}

#[test]
fn a_signature_that_leaves_out_more_than_itself_proves_nothing() {
    let mut pdf = Pdf::new(1);
    // Whoever signs leaves out the page's words as well.
    let words = pdf.bytes.windows(8).position(|window| window == b"Bakkerij").unwrap();
    pdf.sign(0, DETACHED, |_| Vec::new());
    let after = pdf.bytes.windows(3).rposition(|window| window == b"0> ").unwrap() + 2;
    let at = pdf.bytes.windows(12).rposition(|window| window == b"/ByteRange [").unwrap();
    let range = format!("/ByteRange [{:010} {words:010} {after:010} {:010}]", 0, pdf.bytes.len() - after);
    pdf.bytes[at..at + range.len()].copy_from_slice(range.as_bytes());
    let start = pdf.bytes.windows(11).rposition(|window| window == b"/Contents <").unwrap() + 11;
    let signature = hex::encode(cms("rsa", &[])(&[&pdf.bytes[..words], &pdf.bytes[after..]].concat()));
    pdf.bytes[start..start + signature.len()].copy_from_slice(signature.as_bytes());
    let fact = only(pdf.facts());
    assert_eq!((fact.integrity, fact.reason_not.as_deref()), (Integrity::NotChecked, Some("unclear_range")));
    assert_eq!(fact.coverage.extent, Extent::Unclear);
}

#[test]
fn damaged_signed_files_are_answered() {
    let pdf = signed("p256", &[]);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..200 {
        let mut bytes = pdf.bytes.clone();
        for _ in 0..4 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let place = (state % bytes.len() as u64) as usize;
            bytes[place] = (state >> 32) as u8;
        }
        bytes.truncate(bytes.len() - (state % 1000) as usize);
        for fact in facts_of(&bytes) {
            assert_ne!((fact.integrity, fact.coverage.extent), (Integrity::Holds, Extent::WholeFile), "it was cut");
        }
    }
    assert_eq!(facts_of(b"%PDF-1.7 no signature"), []);
    let odd = only(facts_of(b"/ByteRange and nothing else"));
    assert_eq!(odd.reason_not.as_deref(), Some("unreadable_pdf"));
}

/// Ingests a signed contract and shows its record.
fn shown(pdf: &Pdf) -> (tempfile::TempDir, Value) {
    let desk = tempfile::tempdir().unwrap();
    let path: PathBuf = desk.path().join("contract.pdf");
    fs::write(&path, &pdf.bytes).unwrap();
    let data = desk.path().join("data");
    let receipt = json_of(griffie(&data).args(["ingest", "--json"]).arg(&path), &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap();
    let shown = json_of(griffie(&data).args(["show", record, "--json"]), &[0]);
    (desk, shown)
}

#[test]
fn a_signature_is_kept_shown_and_proposes_the_signing_date() {
    let mut pdf = Pdf::new(1);
    pdf.sign(0, DETACHED, cms("rsa", &["-noattr"]));
    let (desk, shown) = shown(&pdf);
    let facts = &shown["signatures"][0]["facts"];
    assert_eq!((&facts[0]["integrity"], &facts[0]["certificate"]["subject"]), (&"holds".into(), &"A. Jansen".into()));
    let date = &shown["record"]["fields"]["signing_date"];
    assert_eq!((&date["value"], &date["status"]), (&"2026-03-01".into(), &"proposed".into()));
    assert_eq!(date["evidence"][0]["kind"], "signature");

    // Another database from the store alone: the same facts, the same field, the same head of the log.
    let data = desk.path().join("data");
    let head = fs::read(data.join("log.head")).unwrap();
    assert!(griffie(&data).arg("rebuild").stdout(std::process::Stdio::null()).status().unwrap().success());
    let record = shown["id"].as_str().unwrap();
    assert_eq!(json_of(griffie(&data).args(["show", record, "--json"]), &[0]), shown);
    assert_eq!(fs::read(data.join("log.head")).unwrap(), head);
    assert_eq!(
        fs::read(data.join("store/originals").join(original(&pdf))).unwrap(),
        pdf.bytes,
        "the original is untouched"
    );
}

#[test]
fn that_a_copy_bears_no_signature_is_told_with_it() {
    let mut pdf = Pdf::new(1);
    pdf.sign(0, DETACHED, cms("rsa", &["-noattr"]));
    let (desk, shown) = shown(&pdf);
    let data = desk.path().join("data");
    let told = griffie(&data).args(["show", shown["id"].as_str().unwrap()]).output().unwrap().stdout;
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("does not bear the electronic signatures of the original (1)"), "{told}");
    let manifests = data.join("store/manifests");
    let folder = fs::read_dir(manifests).unwrap().next().unwrap().unwrap().path();
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("000001.json")).unwrap()).unwrap();
    let copy = &manifest["renditions"][0];
    assert_eq!((&copy["kind"], &copy["acceptance"]["signatures_left_out"]), (&"archival_copy".into(), &1.into()));

    let plain = desk.path().join("plain.pdf");
    common::write_pdf(&plain, "Huurovereenkomst\nDeze overeenkomst gaat in op 1 maart 2021.");
    let receipt = json_of(griffie(&data).args(["ingest", "--json"]).arg(&plain), &[0]);
    assert!(!receipt.to_string().contains("copy_unsigned"), "{receipt}");
}

/// Where an original lies in the store.
fn original(pdf: &Pdf) -> String {
    let hex = blake3::hash(&pdf.bytes).to_hex().to_string();
    format!("{}/{hex}", &hex[..2])
}

#[test]
fn an_encrypted_contract_is_read_with_a_password_that_is_told_nowhere() {
    let desk = tempfile::tempdir().unwrap();
    let path = |name: &str| desk.path().join(name);
    common::write_pdf(&path("plain.pdf"), "Huurovereenkomst\nDeze overeenkomst gaat in op 1 maart 2021.");
    let qpdf = ["--encrypt", "geheim-van-zwolle", "eigenaar", "256", "--"];
    let encrypted = Command::new("qpdf").args(qpdf).arg(path("plain.pdf")).arg(path("contract.pdf")).status();
    assert!(encrypted.unwrap().success());
    let data = path("data");
    let receipt = json_of(griffie(&data).args(["ingest", "--json"]).arg(path("contract.pdf")), &[11]);
    assert_eq!(receipt["files"][0]["reason"]["kind"], "encrypted");
    fs::write(path("passwords"), "niet-dit\ngeheim-van-zwolle\n").unwrap();
    let mut ingest = griffie(&path("with"));
    ingest.args(["ingest", "--json", "--password-file"]).arg(path("passwords")).arg(path("contract.pdf"));
    let receipt = json_of(&mut ingest, &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap();
    let shown = json_of(griffie(&path("with")).args(["show", record, "--json"]), &[0]);
    assert_eq!(shown["record"]["document"]["problems"][0]["kind"], "read_with_password");
    assert_eq!(shown["record"]["fields"]["effective_date"]["value"], "2021-03-01");
    let mut folders = vec![path("with")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let bytes = fs::read(&entry).unwrap();
                assert!(!bytes.windows(17).any(|window| window == b"geheim-van-zwolle"), "{}", entry.display());
            }
        }
    }
}

#[test]
fn a_broken_signature_is_no_evidence() {
    let mut pdf = signed("rsa", &[]);
    let place = pdf.bytes.windows(8).position(|window| window == b"Bakkerij").unwrap();
    pdf.bytes[place] = b'b';
    let (_desk, shown) = shown(&pdf);
    assert_eq!(shown["signatures"][0]["facts"][0]["integrity"], "broken");
    assert!(shown["record"]["fields"]["signing_date"]["value"].is_null());
}

#[test]
fn what_was_changed_after_signing_is_told_and_the_signature_dates_none_of_it() {
    let mut pdf = signed("rsa", &[]);
    let other = TEXT.replace("Korenaar", "Ooievaar");
    pdf.revise(&[(4, format!("<< /Length {} >>\nstream\n{other}\nendstream", other.len()))]);
    let (desk, shown) = shown(&pdf);
    let told = griffie(&desk.path().join("data")).args(["show", shown["id"].as_str().unwrap()]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("what stands on these pages now was not signed (1): 1"), "{told}");
    assert_eq!(shown["signatures"][0]["facts"][0]["coverage"]["changed_pages"], serde_json::json!([1]));
    assert!(shown["record"]["fields"]["signing_date"]["value"].is_null());
}
