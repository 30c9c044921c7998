//! What the tests of the built program share.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]
#![allow(dead_code, reason = "every test file uses its own part")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use lopdf::{Document, Object, ObjectId, Stream, dictionary};

/// The program on a data folder, speaking English, untouched by the caller's settings.
pub fn griffie(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_griffie"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GRIFFIE_")) {
        command.env_remove(name);
    }
    command.env("GRIFFIE_DATA", data).env("GRIFFIE_LANGUAGE", "en");
    command
}

/// A folder with a data folder in it.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program on the data folder.
    pub fn griffie(&self, arguments: &[&str]) -> Command {
        let mut command = griffie(&self.path("data"));
        command.args(arguments);
        command
    }
}

/// What a command says on standard output and on standard error; it must end with this code.
#[track_caller]
pub fn check(command: &mut Command, code: i32) -> (String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    (stdout, stderr)
}

/// Runs a command and reads its output as JSON; its exit code must be one of `codes`.
#[track_caller]
pub fn json_of(command: &mut Command, codes: &[i32]) -> serde_json::Value {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| codes.contains(&code)), "{:?}: {stderr}", output.status);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
}

/// Makes a true copy of the rules that are built in, the configured ones of a data folder, and gives its folder.
pub fn own_rules(data: &Path) -> PathBuf {
    let (built_in, rules) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines"), data.join("rules"));
    assert!(Command::new("cp").arg("-rL").arg(built_in).arg(&rules).status().unwrap().success());
    std::fs::write(data.join("griffie.toml"), "rules = \"rules\"\n").unwrap();
    rules
}

/// The same, without the rules for the day on which a contract begins.
pub fn rules_that_read_no_start(data: &Path) {
    let rules = own_rules(data);
    let mut folders = vec![rules];
    let mut removed = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).unwrap().contains("field = \"effective_date\"") {
                std::fs::remove_file(path).unwrap();
                removed += 1;
            }
        }
    }
    assert!(removed > 0);
}

/// Lets the decisions that a bag brings hold in a data folder that is still to be made.
pub fn trust_the_log_of(bag: &Path, data: &Path) {
    let keys = keys_of(&bag.join("data/log/keys"));
    assert_eq!(keys.len(), 1, "its key was never changed");
    trust(&keys[0], data);
}

/// The same of decisions that the keeper of a key vouches for.
pub fn trust(key: &str, data: &Path) {
    std::fs::create_dir_all(data).unwrap();
    std::fs::write(data.join("griffie.toml"), format!("trusted_logs = [\"{key}\"]\n")).unwrap();
}

/// The keys that lie in a folder.
pub fn keys_of(folder: &Path) -> Vec<String> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(entry.unwrap().path()).unwrap();
    std::fs::read_dir(folder).unwrap().map(|entry| read(entry).trim_end().to_owned()).collect()
}

/// A contract of 2022 to 2027 between a municipality and its cleaner.
pub fn contract(title: &str) -> String {
    format!(
        "{title}\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Opdrachtgever; en\nPoets & Co B.V., \
         hierna te noemen: Opdrachtnemer;\nkomen overeen als volgt.\nArtikel 1 Duur\nDeze overeenkomst gaat in op 1 \
         januari 2022 en eindigt op 31 december 2027."
    )
}

/// A born-digital PDF of one page with a line of text for every line of `text`.
pub fn write_pdf(path: &Path, text: &str) {
    let mut pdf = Document::with_version("1.7");
    let pages = pdf.new_object_id();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let mut content = String::from("BT /F1 11 Tf 14 TL 60 780 Td\n");
    for line in text.lines() {
        for piece in wrap(line, 85) {
            content += &format!("({}) Tj T*\n", piece.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)"));
        }
    }
    content += "ET";
    let content = pdf.add_object(Stream::new(dictionary! {}, content.into_bytes()));
    save_page(pdf, pages, font, content, path);
}

/// Saves a document whose one page, in the tree `pages`, shows `content` with the font `F1`.
pub fn save_page(mut pdf: Document, pages: ObjectId, font: ObjectId, content: ObjectId, path: &Path) {
    let page = pdf.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } }, "Contents" => content,
    });
    let tree = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    pdf.objects.insert(pages, Object::Dictionary(tree));
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    pdf.save(path).unwrap();
}

fn wrap(line: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in line.split(' ') {
        if pieces.last().is_some_and(|last| last.len() + word.len() > width) {
            pieces.push(String::new());
        }
        let last = pieces.last_mut().expect("there is always one");
        if !last.is_empty() {
            last.push(' ');
        }
        last.push_str(word);
    }
    pieces
}

/// A ZIP archive with these members.
pub fn write_zip(path: &Path, members: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// Writes a DOCX file with these paragraphs in its body, and further members.
pub fn write_docx(path: &Path, body: &str, more: &[(&str, &[u8])]) {
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/word/document.xml"
        ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let relations = r#"<?xml version="1.0"?>
        <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        Target="word/document.xml"/></Relationships>"#;
    let document = format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
        <w:body>{body}</w:body></w:document>"#
    );
    let own = [
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ];
    write_zip(path, &[&own[..], more].concat());
}
