//! PDF objects as they are written (ISO 32000-1, 7.3), within the limits that ISO 19005-2, 6.1.13 sets. Reads nothing.

use std::{borrow::Cow, collections::BTreeMap, io::Write as _};

use crate::pages::write_name;

/// A name without its solidus, unescaped.
pub(super) type Name = Cow<'static, [u8]>;

/// The number of an indirect object in the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ref(pub(super) u32);

/// A direct object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Name(Name),
    Text(Vec<u8>),
    Array(Vec<Value>),
    Dict(Dict),
    Ref(Ref),
}

/// A dictionary; its keys are written in their order, so that the same input gives the same bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict(pub(super) BTreeMap<Name, Value>);

impl Value {
    /// A name that the program itself gives.
    pub(super) const fn name(name: &'static str) -> Self {
        Self::Name(Cow::Borrowed(name.as_bytes()))
    }

    /// An array of numbers.
    pub(super) fn numbers(numbers: impl IntoIterator<Item = f64>) -> Self {
        Self::Array(numbers.into_iter().map(Self::Number).collect())
    }

    /// Text for people (7.9.2.2): Latin letters as they are, all else as UTF-16.
    pub(super) fn text(text: &str) -> Self {
        if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Self::Text(text.as_bytes().to_vec());
        }
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        Self::Text(units.flat_map(u16::to_be_bytes).collect())
    }

    /// The name, where it is one.
    pub(super) fn as_name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The dictionary, where it is one.
    pub(super) fn into_dict(self) -> Option<Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Appends it as a file has it.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"null"),
            Self::Bool(value) => out.extend(if *value { &b"true"[..] } else { b"false" }),
            Self::Number(number) => write_number(*number, out),
            Self::Name(name) => write_name(name, out),
            Self::Text(bytes) => write_text(bytes, out),
            Self::Array(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(dict) => dict.write(out),
            Self::Ref(Ref(number)) => {
                let _ = write!(out, "{number} 0 R");
            }
        }
    }
}

impl Dict {
    /// A dictionary of these entries.
    pub(super) fn of<const N: usize>(entries: [(&'static str, Value); N]) -> Self {
        Self(entries.into_iter().map(|(key, value)| (Cow::Borrowed(key.as_bytes()), value)).collect())
    }

    /// Sets an entry.
    pub(super) fn set(&mut self, key: &'static str, value: Value) {
        self.0.insert(Cow::Borrowed(key.as_bytes()), value);
    }

    /// An entry's value.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key.as_bytes())
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key.as_bytes())
    }

    /// Appends it as a file has it.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(b"<<");
        for (key, value) in &self.0 {
            write_name(key, out);
            out.push(b' ');
            value.write(out);
        }
        out.extend(b">>");
    }
}

/// Integers beyond 32 bits become reals, reals too near to zero become zero (6.1.13).
pub(super) fn write_number(number: f64, out: &mut Vec<u8>) {
    let limits = f64::from(i32::MIN)..=f64::from(i32::MAX);
    let _ = if !number.is_finite() || number.abs() < f64::from(f32::MIN_POSITIVE) {
        write!(out, "0")
    } else if number.fract() == 0.0 && limits.contains(&number) {
        write!(out, "{number:.0}")
    } else if number.fract() == 0.0 {
        write!(out, "{:.1}", number.clamp(-3.4e38, 3.4e38))
    } else {
        write!(out, "{number}")
    };
}

/// Printable text as a literal string, all else in hexadecimal digits.
fn write_text(bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        write_literal(bytes, out);
        return;
    }
    out.push(b'<');
    out.extend(hex::encode(bytes).bytes());
    out.push(b'>');
}

/// A literal string; a carriage return is escaped, as readers would take it for a line feed (7.3.4.2).
pub(super) fn write_literal(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'(');
    for &byte in bytes {
        match byte {
            b'(' | b')' | b'\\' => out.extend([b'\\', byte]),
            b'\r' => out.extend(b"\\r"),
            _ => out.push(byte),
        }
    }
    out.push(b')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, want: &str) {
        let mut out = Vec::new();
        value.write(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn objects_are_written_as_the_standard_has_them() {
        check(Value::Name(Cow::Borrowed(b"A B#\xe9")), "/A#20B#23#E9");
        check(Value::text("huur (kaal)"), "(huur \\(kaal\\))");
        check(Value::text("€"), "<feff20ac>");
        check(Value::numbers([1.0, -0.5, 1e-40, f64::NAN, 1e10]), "[1 -0.5 0 0 10000000000.0]");
        check(
            Value::Dict(Dict::of([("Size", Value::Number(3.0)), ("Root", Value::Ref(Ref(1)))])),
            "<</Root 1 0 R/Size 3>>",
        );
    }
}
