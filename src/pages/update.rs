//! Objects of a PDF written anew, and laid behind the file as an incremental update (ISO 32000-1, 7.5.6), in memory:
//! whoever opens the bytes finds these instead of the file's own. Decides nothing about what is written.

use std::{collections::BTreeMap, io::Write as _};

use hayro::hayro_syntax::{
    Pdf,
    object::{Dict, MaybeRef, ObjRef, Object, ObjectIdentifier},
};

/// Numbers of new objects start here: above those of any file that is not made to go beyond (ISO 19005-2, 6.1.13 allows
/// some more).
const FIRST_NEW: u32 = 8_300_000;
/// Direct objects within one another that are written; deeper ones become null.
const DEEPEST: usize = 64;

/// What an update holds so far.
pub(super) struct Update<'a> {
    pdf: &'a Pdf,
    objects: BTreeMap<u32, (i32, Vec<u8>)>,
    next: u32,
}

impl<'a> Update<'a> {
    pub(super) fn of(pdf: &'a Pdf) -> Self {
        Self { pdf, objects: BTreeMap::new(), next: FIRST_NEW }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// A new object's number.
    pub(super) fn add(&mut self, body: Vec<u8>) -> u32 {
        while self.pdf.xref().get::<Object<'_>>(ObjectIdentifier::new(self.next, 0)).is_some() {
            self.next += 1;
        }
        let number = self.next;
        self.next += 1;
        self.objects.insert(number, (0, body));
        number
    }

    /// A new stream's number; `entries` stand in its dictionary beside its length.
    pub(super) fn add_stream(&mut self, entries: &str, data: &[u8]) -> u32 {
        let mut body = format!("<<{entries}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.add(body)
    }

    /// Writes an object of the file anew.
    pub(super) fn replace(&mut self, id: ObjectIdentifier, body: Vec<u8>) {
        self.objects.insert(id.obj_number, (id.gen_number, body));
    }

    /// The file with the update behind it.
    pub(super) fn finish(self) -> Vec<u8> {
        let file: &[u8] = self.pdf.data().as_ref();
        let before = last_table(file);
        let mut out = Vec::with_capacity(file.len() + 4096);
        out.extend_from_slice(file);
        let mut table = String::from("xref\n");
        for (number, (generation, body)) in &self.objects {
            out.push(b'\n');
            table += &format!("{number} 1\n{:010} {generation:05} n \n", out.len());
            // Writing to memory does not fail.
            let _ = writeln!(out, "{number} {generation} obj");
            out.extend_from_slice(body);
            out.extend_from_slice(b"\nendobj\n");
        }
        let start = out.len();
        let root = self.pdf.xref().root_id();
        let _ = writeln!(
            out,
            "{table}trailer\n<</Size {}/Root {} {} R{}>>\nstartxref\n{start}\n%%EOF",
            self.next,
            root.obj_number,
            root.gen_number,
            before.map(|at| format!("/Prev {at}")).unwrap_or_default(),
        );
        out
    }
}

/// Where the file's last cross-reference table stands.
fn last_table(file: &[u8]) -> Option<u64> {
    let mark = b"startxref";
    let at = file.windows(mark.len()).rposition(|window| window == mark)? + mark.len();
    let digits: String = file[at..]
        .iter()
        .skip_while(|byte| byte.is_ascii_whitespace())
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    digits.parse().ok()
}

/// A dictionary as a file has it, with some entries put in the place of its own.
pub(super) fn dict_with(dict: &Dict<'_>, entries: &[(&str, String)]) -> Vec<u8> {
    let mut out = b"<<".to_vec();
    for (key, value) in dict.entries() {
        if entries.iter().all(|(other, _)| other.as_bytes() != key.as_ref()) {
            write_name(key.as_ref(), &mut out);
            out.push(b' ');
            write_either(&value, DEEPEST, &mut out);
        }
    }
    for (key, value) in entries {
        let _ = write!(out, "/{key} {value}");
    }
    out.extend_from_slice(b">>");
    out
}

/// A name as a file has it.
pub(super) fn name(name: &[u8]) -> String {
    let mut out = Vec::new();
    write_name(name, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// A reference as a file has it.
pub(super) fn reference(object: ObjRef) -> String {
    format!("{} {} R", object.obj_number, object.gen_number)
}

fn write_either(object: &MaybeRef<Object<'_>>, depth: usize, out: &mut Vec<u8>) {
    match object {
        MaybeRef::Ref(object) => out.extend_from_slice(reference(*object).as_bytes()),
        MaybeRef::NotRef(object) => write_object(object, depth, out),
    }
}

fn write_object(object: &Object<'_>, depth: usize, out: &mut Vec<u8>) {
    match object {
        Object::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Object::Number(number) => {
            let number = number.as_f64();
            let _ = if number.fract() == 0.0 { write!(out, "{number:.0}") } else { write!(out, "{number}") };
        }
        Object::String(text) => {
            out.push(b'<');
            out.extend_from_slice(hex::encode(text.as_bytes()).as_bytes());
            out.push(b'>');
        }
        Object::Name(name) => write_name(name.as_ref(), out),
        Object::Dict(dict) if depth > 0 => {
            out.extend_from_slice(b"<<");
            for (key, value) in dict.entries() {
                write_name(key.as_ref(), out);
                out.push(b' ');
                write_either(&value, depth - 1, out);
            }
            out.extend_from_slice(b">>");
        }
        Object::Array(array) if depth > 0 => {
            out.push(b'[');
            for item in array.raw_iter() {
                write_either(&item, depth - 1, out);
                out.push(b' ');
            }
            out.push(b']');
        }
        // A stream is never direct.
        Object::Null(_) | Object::Dict(_) | Object::Array(_) | Object::Stream(_) => out.extend_from_slice(b"null"),
    }
}

/// Writes a name as PDF has it: what is no regular character by its number (ISO 32000-1, 7.3.5).
pub(crate) fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !b"#%()/<>[]{}".contains(&byte) {
            out.push(byte);
        } else {
            let _ = write!(out, "#{byte:02X}");
        }
    }
}
