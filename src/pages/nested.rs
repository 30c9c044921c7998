//! Forms within forms: the interpreter goes only so deep, and leaves out without a word what lies deeper.

use std::collections::HashMap;

use hayro::hayro_syntax::{
    content::UntypedIter,
    object::{Dict, Name, Object, Stream},
    page::Page as PdfPage,
};

/// So many forms within one another are drawn.
const DEEPEST: usize = 50;
/// So many forms are looked into: a page of more is taken for one that is drawn whole.
const MOST_FORMS: usize = 20_000;

/// Does a page draw forms that lie deeper than is gone into? Forms that draw themselves are no matter: nobody shows
/// them again.
pub(super) fn is_too_deep(page: &PdfPage<'_>) -> bool {
    let objects = page.resources().x_objects.clone();
    let has_forms_within = |form: &Stream<'_>| forms(form).is_some_and(|objects| names_form(&objects));
    if !streams(&objects).any(|stream| is_form(&stream) && has_forms_within(&stream)) {
        return false;
    }
    let mut walk = Walk { deepest: HashMap::new(), drawn: HashMap::new(), within: Vec::new(), left: MOST_FORMS };
    drawn(page.page_stream().unwrap_or_default()).iter().any(|name| walk.goes_too_deep(name, &objects))
}

/// Goes through the forms that a page draws.
struct Walk {
    /// By a form's place in the file: how deep it was met so far.
    deepest: HashMap<usize, usize>,
    /// The names that each form draws.
    drawn: HashMap<usize, Vec<Vec<u8>>>,
    /// The forms that are gone into.
    within: Vec<usize>,
    left: usize,
}

impl Walk {
    fn goes_too_deep(&mut self, name: &[u8], objects: &Dict<'_>) -> bool {
        let Some(form) = objects.get::<Stream<'_>>(name).filter(is_form) else { return false };
        let place = form.dict().data().as_ptr() as usize;
        let depth = self.within.len() + 1;
        if self.within.contains(&place) || self.left == 0 {
            return false;
        }
        if depth > DEEPEST {
            return true;
        }
        let deepest = self.deepest.entry(place).or_default();
        if *deepest >= depth {
            return false;
        }
        *deepest = depth;
        self.left -= 1;
        let names = self.drawn.entry(place).or_insert_with(|| drawn(&form.decoded_data().unwrap_or_default())).clone();
        // Without resources of its own a form has those of what draws it.
        let own = forms(&form).unwrap_or_else(|| objects.clone());
        self.within.push(place);
        let is_too_deep = names.iter().any(|name| self.goes_too_deep(name, &own));
        self.within.pop();
        is_too_deep
    }
}

/// The names of what a content draws, each once.
fn drawn(content: &[u8]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    let mut instructions = UntypedIter::new(content);
    while let Some(instruction) = instructions.next() {
        if &**instruction.operator == b"Do"
            && let Some(Object::Name(name)) = instruction.operands().next()
        {
            names.push(name.as_ref().to_vec());
        }
    }
    names.sort();
    names.dedup();
    names
}

/// What a form has to draw, where it says so itself.
fn forms<'a>(form: &Stream<'a>) -> Option<Dict<'a>> {
    let resources = form.dict().get::<Dict<'a>>("Resources")?;
    Some(resources.get::<Dict<'a>>("XObject").unwrap_or_default())
}

fn is_form(stream: &Stream<'_>) -> bool {
    stream.dict().get::<Name<'_>>("Subtype").as_deref() == Some(b"Form")
}

fn streams<'a>(objects: &Dict<'a>) -> impl Iterator<Item = Stream<'a>> {
    objects.keys().filter_map(|name| objects.get::<Stream<'a>>(&*name))
}

fn names_form(objects: &Dict<'_>) -> bool {
    streams(objects).any(|stream| is_form(&stream))
}
