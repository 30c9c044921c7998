//! The order of the rooms, as `lib.rs` draws it, read off the sources.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Which rooms a room may import, beside the ground floor (`model`, `error`, `clock`, `plain`) and itself.
const MAY_IMPORT: [(&str, &[&str]); 23] = [
    ("model", &[]),
    ("error", &[]),
    ("clock", &[]),
    ("plain", &[]),
    ("config", &[]),
    ("tools", &["config"]),
    ("storage", &["config"]),
    ("cms", &[]),
    ("provenance", &["cms", "storage"]),
    ("bagit", &[]),
    ("intake", &["bagit", "config"]),
    ("archive", &["intake", "storage", "provenance"]),
    ("pages", &["config"]),
    ("ocr", &["config", "pages"]),
    ("signatures", &["cms"]),
    ("text", &[]),
    ("extract", &["text"]),
    ("renditions", &["pages", "text", "tools"]),
    ("export", &["archive", "bagit", "provenance", "storage"]),
    ("register", &[]),
    ("index", &["register", "text"]),
    (
        "pipeline",
        &[
            "archive",
            "config",
            "export",
            "extract",
            "index",
            "intake",
            "ocr",
            "pages",
            "provenance",
            "register",
            "renditions",
            "signatures",
            "storage",
            "text",
            "tools",
        ],
    ),
    (
        "cli",
        &[
            "archive",
            "config",
            "extract",
            "index",
            "intake",
            "pipeline",
            "provenance",
            "register",
            "signatures",
            "storage",
            "text",
            "tools",
        ],
    ),
];

const GROUND: [&str; 4] = ["model", "error", "clock", "plain"];

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// The room that a file belongs to: `src/text/zones.rs` and `src/text.rs` are both of `text`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    below.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The rooms that a source names as `crate::room` or in a `use crate::{…}` list.
fn imports(source: &str) -> Vec<String> {
    // Tests may look into any room.
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let first_word =
            |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        found.push(first_word(&list[start..i]));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.push(first_word(&list[start..i]));
                        start = i + 1;
                    }
                    _ => {}
                }
            }
        } else {
            found.push(first_word(rest));
        }
    }
    found.retain(|name: &String| name.starts_with(|c: char| c.is_lowercase()));
    found
}

#[test]
fn every_room_imports_only_what_lies_before_it() {
    let allowed: BTreeMap<_, _> = MAY_IMPORT.into_iter().collect();
    let mut wrong = Vec::new();
    for (path, source) in sources() {
        let room = room(&path);
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let Some(allowed) = allowed.get(room.as_str()) else {
            wrong.push(format!("{}: the room `{room}` is not in the table", path.display()));
            continue;
        };
        for import in imports(&source) {
            if import != room && !GROUND.contains(&import.as_str()) && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}: `{room}` may not import `{import}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_in_the_order_of_the_data() {
    for (place, (room, imports)) in MAY_IMPORT.iter().enumerate() {
        for import in *imports {
            let before = MAY_IMPORT.iter().position(|(name, _)| name == import).unwrap();
            assert!(before < place, "`{room}` imports `{import}`, which lies after it");
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_none_is_endless() {
    for (path, source) in sources() {
        assert!(source.starts_with("//! "), "{} opens without saying what it is", path.display());
        assert!(source.lines().count() <= 1000, "{} is over a thousand lines", path.display());
    }
}

#[test]
fn imports_are_read_from_lists_and_paths() {
    let found = imports("use crate::{Result, model::{A, B}, text::Text};\nlet x = crate::extract::run();");
    assert_eq!(found, ["model", "text", "extract"]);
}
