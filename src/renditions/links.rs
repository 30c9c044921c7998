//! Links and bookmarks that lead to a page of the copy or to an address of the web: they conform (ISO 19005-2, 6.3 and
//! 6.5.1) and are kept; those that lead elsewhere or run something stay behind. Draws nothing.

use std::collections::{HashMap, HashSet};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict as SourceDict, Name as SourceName, Object, ObjectIdentifier, Rect, String as Text},
    page::Page,
};

use super::{
    annotations::HIDDEN,
    value::{Dict, Name, Ref, Value},
    write::Writer,
};
use crate::Result;

/// An annotation is printed (12.5.3), as 6.3.2 wants it.
const PRINTED: f64 = 4.0;
/// The most bookmarks and named destinations that are looked at, and how deep they may be nested.
const MOST: usize = 50_000;
const DEEPEST: usize = 32;
/// The longest string (6.1.13).
const LONGEST: usize = 32_767;
/// How a page may be shown (table 151).
const FITS: [&[u8]; 8] = [b"XYZ", b"Fit", b"FitH", b"FitV", b"FitR", b"FitB", b"FitBH", b"FitBV"];

/// A page of the copy.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) number: Ref,
    /// It is drawn as an image, or counted in other units: places on it are others.
    pub(super) is_drawn: bool,
}

/// Where links and bookmarks may lead.
pub(super) struct Links<'a> {
    catalog: Option<SourceDict<'a>>,
    /// By what the original's pages are called.
    pages: HashMap<ObjectIdentifier, Target>,
    named: HashMap<Vec<u8>, Object<'a>>,
}

/// A bookmark and those beneath it.
struct Bookmark {
    title: Vec<u8>,
    lead: Option<(&'static str, Value)>,
    is_open: bool,
    inner: Vec<Bookmark>,
}

impl<'a> Links<'a> {
    pub(super) fn new(pdf: &'a Pdf, pages: HashMap<ObjectIdentifier, Target>) -> Self {
        let catalog = pdf.xref().get::<SourceDict<'a>>(pdf.xref().root_id());
        let mut named = HashMap::new();
        if let Some(catalog) = &catalog {
            if let Some(list) = catalog.get::<SourceDict<'a>>("Dests") {
                let known = list.keys().take(MOST).collect::<Vec<_>>();
                named.extend(known.into_iter().filter_map(|key| Some((key.to_vec(), list.get::<Object<'a>>(&*key)?))));
            }
            let names = catalog.get::<SourceDict<'a>>("Names");
            if let Some(tree) = names.and_then(|names| names.get::<SourceDict<'a>>("Dests")) {
                leaves(&tree, &mut named, 0);
            }
        }
        Self { catalog, pages, named }
    }

    /// The links of a page, of whose units one in the copy is so many.
    pub(super) fn of(&self, page: &Page<'a>, unit: f64) -> Vec<Value> {
        let annotations = page.raw().get::<Array<'a>>("Annots");
        annotations
            .iter()
            .flat_map(Array::iter::<SourceDict<'a>>)
            .filter_map(|annotation| self.link(&annotation, unit))
            .collect()
    }

    fn link(&self, annotation: &SourceDict<'a>, unit: f64) -> Option<Value> {
        let is_link = annotation.get::<SourceName<'_>>("Subtype").as_deref() == Some(b"Link");
        if !is_link || annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0 {
            return None;
        }
        let rect = annotation.get::<Rect>("Rect")?;
        let (key, value) = self.lead(annotation)?;
        let mut link = Dict::of([
            ("Type", Value::name("Annot")),
            ("Subtype", Value::name("Link")),
            ("F", Value::Number(PRINTED)),
            ("Rect", Value::numbers([rect.x0, rect.y0, rect.x1, rect.y1].map(|side| side / unit))),
            (key, value),
        ]);
        let numbers =
            |key: &str| annotation.get::<Array<'a>>(key).map(|array| array.iter::<f64>().take(400).collect::<Vec<_>>());
        if let Some(border) = border(annotation) {
            link.set("Border", Value::numbers([0.0, 0.0, border]));
        }
        if let Some(color) = numbers("C").filter(|color| matches!(color.len(), 0 | 1 | 3 | 4)) {
            link.set("C", Value::numbers(color));
        }
        if let Some(corners) = numbers("QuadPoints").filter(|corners| corners.len().is_multiple_of(8)) {
            link.set("QuadPoints", Value::numbers(corners.into_iter().map(|corner| corner / unit)));
        }
        Some(Value::Dict(link))
    }

    /// Where a link or bookmark leads: the key that says so, and its value.
    fn lead(&self, from: &SourceDict<'a>) -> Option<(&'static str, Value)> {
        if let Some(destination) = from.get::<Object<'a>>("Dest") {
            return Some(("Dest", self.destination(destination)?));
        }
        let action = from.get::<SourceDict<'a>>("A")?;
        match action.get::<SourceName<'_>>("S").as_deref()? {
            b"GoTo" => Some(("Dest", self.destination(action.get::<Object<'a>>("D")?)?)),
            b"URI" => {
                let address = action.get::<Text<'_>>("URI")?.as_bytes().to_vec();
                let runs = address.to_ascii_lowercase().trim_ascii_start().starts_with(b"javascript:");
                let is_sound = address.len() <= LONGEST && address.iter().all(u8::is_ascii_graphic) && !runs;
                let action = || Dict::of([("S", Value::name("URI")), ("URI", Value::Text(address))]);
                is_sound.then(|| ("A", Value::Dict(action())))
            }
            _ => None,
        }
    }

    /// A destination in the copy (12.3.2).
    fn destination(&self, object: Object<'a>) -> Option<Value> {
        let known = match &object {
            Object::Name(name) => self.named.get(&**name).cloned(),
            Object::String(name) => self.named.get(name.as_bytes()).cloned(),
            _ => Some(object),
        }?;
        let array = match known {
            Object::Array(array) => array,
            Object::Dict(dict) => dict.get::<Array<'a>>("D")?,
            _ => return None,
        };
        let page: ObjectIdentifier = array.raw_iter().next()?.as_obj_ref()?.into();
        let target = self.pages.get(&page)?;
        let mut view: Vec<Value> = vec![Value::Ref(target.number)];
        let mut rest = array.iter::<Object<'a>>().skip(1);
        match rest.next() {
            Some(Object::Name(fit)) if FITS.contains(&&*fit) && !target.is_drawn => {
                view.push(Value::Name(Name::Owned(fit.to_vec())));
                view.extend(rest.take(4).map(|part| match part {
                    Object::Number(number) => Value::Number(number.as_f64()),
                    _ => Value::Null,
                }));
            }
            _ => view.push(Value::name("Fit")),
        }
        Some(Value::Array(view))
    }

    /// Writes the bookmarks (12.3.3); none where none leads into the copy.
    pub(super) fn bookmarks(&self, writer: &mut Writer<'_>) -> Result<Option<Ref>> {
        let outlines = self.catalog.as_ref().and_then(|catalog| catalog.get::<SourceDict<'a>>("Outlines"));
        let first = outlines.and_then(|outlines| outlines.get::<SourceDict<'a>>("First"));
        let marks = self.gather(first, 0, &mut HashSet::new());
        if marks.is_empty() {
            return Ok(None);
        }
        let root = writer.reserve();
        let mut dict = Dict::of([("Type", Value::name("Outlines"))]);
        let shown = write(&marks, root, &mut dict, writer)?;
        dict.set("Count", Value::Number(shown as f64));
        writer.object(root, &Value::Dict(dict))?;
        Ok(Some(root))
    }

    fn gather(&self, first: Option<SourceDict<'a>>, depth: usize, seen: &mut HashSet<usize>) -> Vec<Bookmark> {
        let (mut marks, mut next) = (Vec::new(), first);
        while let Some(item) = next {
            if depth > DEEPEST || seen.len() > MOST || !seen.insert(item.data().as_ptr() as usize) {
                break;
            }
            let inner = self.gather(item.get::<SourceDict<'a>>("First"), depth + 1, seen);
            let lead = self.lead(&item);
            let title = item.get::<Text<'_>>("Title").map(|title| title.as_bytes().to_vec());
            if let Some(title) = title.filter(|title| title.len() <= LONGEST && (lead.is_some() || !inner.is_empty())) {
                let is_open = item.get::<i64>("Count").is_some_and(|count| count > 0);
                marks.push(Bookmark { title, lead, is_open, inner });
            }
            next = item.get::<SourceDict<'a>>("Next");
        }
        marks
    }
}

/// Writes bookmarks beneath a parent, notes the first and the last of them in it, and gives how many are shown.
fn write(marks: &[Bookmark], parent: Ref, of: &mut Dict, writer: &mut Writer<'_>) -> Result<usize> {
    let numbers: Vec<Ref> = marks.iter().map(|_| writer.reserve()).collect();
    let mut shown = marks.len();
    for (i, (mark, number)) in marks.iter().zip(&numbers).enumerate() {
        let mut dict = Dict::of([("Title", Value::Text(mark.title.clone())), ("Parent", Value::Ref(parent))]);
        if let Some((key, value)) = &mark.lead {
            dict.set(key, value.clone());
        }
        if let Some(before) = i.checked_sub(1) {
            dict.set("Prev", Value::Ref(numbers[before]));
        }
        if let Some(after) = numbers.get(i + 1) {
            dict.set("Next", Value::Ref(*after));
        }
        if !mark.inner.is_empty() {
            let beneath = write(&mark.inner, *number, &mut dict, writer)?;
            let count = if mark.is_open { beneath as f64 } else { -(beneath as f64) };
            dict.set("Count", Value::Number(count));
            shown += if mark.is_open { beneath } else { 0 };
        }
        writer.object(*number, &Value::Dict(dict))?;
    }
    if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
        of.set("First", Value::Ref(*first));
        of.set("Last", Value::Ref(*last));
    }
    Ok(shown)
}

/// The entries of a name tree (7.9.6).
fn leaves<'a>(node: &SourceDict<'a>, named: &mut HashMap<Vec<u8>, Object<'a>>, depth: usize) {
    if depth > DEEPEST || named.len() > MOST {
        return;
    }
    if let Some(names) = node.get::<Array<'a>>("Names") {
        let mut items = names.iter::<Object<'a>>();
        while let (Some(Object::String(name)), Some(value)) = (items.next(), items.next()) {
            named.insert(name.as_bytes().to_vec(), value);
        }
    }
    for kid in node.get::<Array<'a>>("Kids").iter().flat_map(Array::iter::<SourceDict<'a>>).take(MOST) {
        leaves(&kid, named, depth + 1);
    }
}

/// The width of a link's border, where it says one. What an appearance shows is drawn into the page already.
fn border(annotation: &SourceDict<'_>) -> Option<f64> {
    if annotation.contains_key("AP") {
        return Some(0.0);
    }
    let style = annotation.get::<SourceDict<'_>>("BS").and_then(|style| style.get::<f64>("W"));
    style.or_else(|| annotation.get::<Array<'_>>("Border")?.iter::<f64>().nth(2))
}
