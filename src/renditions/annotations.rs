//! What annotations and form fields show, drawn into the page for good: the fields themselves, their actions and states
//! stay behind (ISO 19005-2, 6.3 to 6.5). Where links lead is for [`links`](super::links) to say.

use std::borrow::Cow;

use hayro::hayro_syntax::{
    object::{Array, Dict as SourceDict, Name as SourceName, Object, ObjectIdentifier, Rect, Stream},
    page::Page,
};

use super::{
    allowed::Kind,
    graph::Copier,
    value::{Dict, Value, write_number},
    write::Writer,
};

/// Flags of an annotation that is not shown (12.5.3): hidden, and without view.
pub(super) const HIDDEN: u32 = 1 << 1 | 1 << 5;
/// Resources' names of appearances start so.
const NAME: &str = "GriffieShown";

/// Appends what the page's annotations show to `content`, and the forms that it draws to `objects`.
pub(super) fn draw<'a>(
    page: &Page<'a>,
    copier: &mut Copier<'a>,
    writer: &mut Writer<'_>,
    objects: &mut Dict,
    content: &mut Vec<u8>,
) {
    let annotations = page.raw().get::<Array<'a>>("Annots");
    let annotations = annotations.iter().flat_map(Array::iter::<SourceDict<'a>>);
    for (i, annotation) in annotations.enumerate() {
        if annotation.get::<u32>("F").unwrap_or(0) & HIDDEN != 0 {
            continue;
        }
        let Some((id, form)) = appearance(&annotation) else { continue };
        let Some(matrix) = placement(&annotation, &form) else { continue };
        let name = format!("{NAME}{i}");
        content.extend(b"q\n");
        for number in matrix {
            write_number(number, content);
            content.push(b' ');
        }
        content.extend(format!("cm /{name} Do\nQ\n").bytes());
        let number = copier.reference(id, Kind::Appearance, writer);
        objects.0.insert(Cow::Owned(name.into_bytes()), Value::Ref(number));
    }
}

/// The normal appearance (12.5.5), in the state that the annotation is in.
fn appearance<'a>(annotation: &SourceDict<'a>) -> Option<(ObjectIdentifier, Stream<'a>)> {
    let appearances = annotation.get::<SourceDict<'a>>("AP")?;
    let stream = match appearances.get::<Object<'a>>("N")? {
        Object::Stream(stream) => stream,
        Object::Dict(states) => {
            let state = annotation.get::<SourceName<'a>>("AS")?;
            states.get::<Stream<'a>>(&*state)?
        }
        _ => return None,
    };
    Some((stream.obj_id(), stream))
}

/// The matrix that brings the form's box onto the annotation's rectangle (12.5.5, algorithm 8.1).
fn placement(annotation: &SourceDict<'_>, form: &Stream<'_>) -> Option<[f64; 6]> {
    let rect = annotation.get::<Rect>("Rect")?;
    let bounds = form.dict().get::<Rect>("BBox")?;
    let [a, b, c, d, e, f] = form.dict().get::<[f64; 6]>("Matrix").unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let corners = [(bounds.x0, bounds.y0), (bounds.x1, bounds.y0), (bounds.x0, bounds.y1), (bounds.x1, bounds.y1)];
    let corners = corners.map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
    let least = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(f64::INFINITY, f64::min);
    let most = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
    let (x0, y0) = (least(|corner| corner.0), least(|corner| corner.1));
    let (width, height) = (most(|corner| corner.0) - x0, most(|corner| corner.1) - y0);
    let (across, down) = (rect.width() / width, rect.height() / height);
    let matrix = [across, 0.0, 0.0, down, rect.x0 - across * x0, rect.y0 - down * y0];
    let is_sound = matrix.iter().all(|number| number.is_finite()) && across != 0.0 && down != 0.0;
    is_sound.then_some(matrix)
}
