//! Writes a PDF from front to back: objects as they come, then the cross-reference table. Keeps nothing but where each
//! object stands.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::value::{Dict, Ref, Value};
use crate::{ErrorKind, Result, error::Fold as _};

/// ISO 19005-2, 6.1.2: a comment of at least four bytes above 127 tells that the file is binary.
const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

/// A PDF that is being written.
pub(super) struct Writer<'w> {
    out: &'w mut dyn Write,
    position: u64,
    /// Where each object starts; 0 where it was not written yet.
    offsets: Vec<u64>,
    scratch: Vec<u8>,
}

impl<'w> Writer<'w> {
    /// Starts a file.
    pub(super) fn start(out: &'w mut dyn Write) -> Result<Self> {
        let mut writer = Self { out, position: 0, offsets: Vec::new(), scratch: Vec::new() };
        writer.put(HEADER)?;
        Ok(writer)
    }

    /// A number for an object that is written later.
    pub(super) fn reserve(&mut self) -> Ref {
        self.offsets.push(0);
        Ref(u32::try_from(self.offsets.len()).expect("fewer than four billion objects fit into a file"))
    }

    /// Writes an object under a reserved number.
    pub(super) fn object(&mut self, number: Ref, value: &Value) -> Result<()> {
        self.begin(number)?;
        self.value(value)?;
        self.put(b"\nendobj\n")
    }

    /// Writes an object under a number of its own.
    pub(super) fn add(&mut self, value: &Value) -> Result<Ref> {
        let number = self.reserve();
        self.object(number, value)?;
        Ok(number)
    }

    /// Writes a stream whose bytes are as its dictionary says.
    pub(super) fn stream(&mut self, number: Ref, mut dict: Dict, data: &[u8]) -> Result<()> {
        dict.set("Length", Value::Number(data.len() as f64));
        self.begin(number)?;
        self.value(&Value::Dict(dict))?;
        // 6.1.7.1: a line end stands before and after the bytes and is not counted.
        self.put(b"\nstream\n")?;
        self.put(data)?;
        self.put(b"\nendstream\nendobj\n")
    }

    /// Writes a stream and compresses it where that makes it smaller.
    pub(super) fn deflated(&mut self, number: Ref, mut dict: Dict, data: &[u8]) -> Result<()> {
        let packed = deflate(data);
        if packed.len() + 20 < data.len() {
            dict.set("Filter", Value::name("FlateDecode"));
            return self.stream(number, dict, &packed);
        }
        self.stream(number, dict, data)
    }

    /// Ends the file with its cross-reference table and trailer, and gives its size.
    pub(super) fn finish(mut self, root: Ref, id: [[u8; 16]; 2]) -> Result<u64> {
        let start = self.position;
        let mut table = format!("xref\n0 {}\n", self.offsets.len() + 1);
        // Numbers that nothing was written under are free; free entries form a ring (7.5.4).
        let free = |offset: &u64| *offset == 0;
        let mut next: Vec<usize> = (0..self.offsets.len()).filter(|&i| free(&self.offsets[i])).map(|i| i + 1).collect();
        next.push(0);
        let mut next = next.into_iter();
        table.push_str(&format!("{:010} 65535 f \n", next.next().unwrap_or(0)));
        for offset in &self.offsets {
            let entry = match offset {
                0 => format!("{:010} 00001 f \n", next.next().unwrap_or(0)),
                offset => format!("{offset:010} 00000 n \n"),
            };
            table.push_str(&entry);
        }
        self.put(table.as_bytes())?;
        let trailer = Dict::of([
            ("Size", Value::Number((self.offsets.len() + 1) as f64)),
            ("Root", Value::Ref(root)),
            ("ID", Value::Array(id.map(|id| Value::Text(id.to_vec())).to_vec())),
        ]);
        self.put(b"trailer\n")?;
        self.value(&Value::Dict(trailer))?;
        // 6.1.3: nothing follows the end but one line end.
        self.put(format!("\nstartxref\n{start}\n%%EOF\n").as_bytes())?;
        self.out.flush().fold(ErrorKind::Storage, || "cannot write the copy")?;
        Ok(self.position)
    }

    fn begin(&mut self, Ref(number): Ref) -> Result<()> {
        let offset = &mut self.offsets[number as usize - 1];
        debug_assert_eq!(*offset, 0, "object {number} was written before");
        *offset = self.position;
        self.put(format!("{number} 0 obj\n").as_bytes())
    }

    fn value(&mut self, value: &Value) -> Result<()> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        value.write(&mut scratch);
        let put = self.put(&scratch);
        self.scratch = scratch;
        put
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).fold(ErrorKind::Storage, || "cannot write the copy")?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

/// Bytes as `FlateDecode` reads them. To pack them tighter takes five times as long for some hundredths of them.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    deflate_to(bytes, Compression::default())
}

/// The same, packed as tightly as is asked.
pub(super) fn deflate_to(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes what is written to it")
}
