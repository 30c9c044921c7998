//! The ways of making a copy, from the most faithful to the least, until one is accepted. Makes nothing itself: where
//! copies are written and programs run is the caller's business.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Acceptance, Built, Effort, Method, Request, accept, check, write};
use crate::{
    ErrorKind, Result,
    model::{PageNo, Reading},
};

/// A way of making a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the original, in this way.
    Original(Effort),
    /// As it is, from what Ghostscript makes of the original.
    Anew,
}

/// What the examination of a copy says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it is an archival copy.
    pub acceptance: Acceptance,
    /// Where it is not: the original's pages that stand against it; none where that cannot be laid at single pages.
    pub concerned: Vec<PageNo>,
}

/// A copy that was made in one of the ways.
#[derive(Debug)]
pub struct Tried<C> {
    /// The copy, however the caller holds it.
    pub copy: C,
    /// How it was made.
    pub built: Built,
    /// What its examination says.
    pub verdict: Verdict,
}

/// Examines a copy that was made with this effort, of the original or of what was written anew from it.
pub fn judge(request: &Request<'_>, effort: &Effort, is_anew: bool, copy: &Path) -> Result<Verdict> {
    let acceptance = accept(request, effort, copy)?;
    let by_page = *effort == Effort::Faithful && !is_anew && !acceptance.accepted;
    let concerned = if by_page { concerned(request, &acceptance) } else { Vec::new() };
    Ok(Verdict { acceptance, concerned })
}

/// The pages that stand against a copy. A finding mostly names an object, which many pages may use: each page is then
/// tried by itself.
fn concerned(request: &Request<'_>, acceptance: &Acceptance) -> Vec<PageNo> {
    let Some(mut pages) = acceptance.pages_unlike() else { return Vec::new() };
    let (first, count) = (request.first_page.index(), request.pages().count());
    let named: Option<BTreeSet<usize>> = acceptance.conformance.iter().map(check::Finding::page_index).collect();
    match named {
        Some(named) => {
            pages.extend(named.into_iter().filter(|at| *at < count).map(|at| PageNo::from_index(first + at)))
        }
        None => {
            pages.extend(request.pages().map(|reading| reading.page).filter(|page| !conforms_alone(request, *page)))
        }
    }
    if pages.len() < count { pages.into_iter().collect() } else { Vec::new() }
}

fn conforms_alone(request: &Request<'_>, page: PageNo) -> bool {
    let alone = Request { first_page: page, last_page: page, ..*request };
    let mut bytes = Vec::new();
    write(&alone, &Effort::Faithful, &mut bytes).is_ok()
        && check::check_bytes(Arc::new(bytes)).is_ok_and(|findings| findings.is_empty())
}

/// Tries the ways until a copy is accepted: the original's own objects, what Ghostscript makes of it, the pages
/// concerned drawn as images, all pages drawn. The last that was tried comes back where none was accepted. The reading
/// tells what none can be made of.
pub fn climb<C>(reading: &Reading, try_way: &mut dyn FnMut(Way) -> Result<Tried<C>>) -> Result<Tried<C>> {
    let is_settled = |tried: &Result<Tried<C>>| is_settled(tried, reading);
    let faithful = try_way(Way::Original(Effort::Faithful));
    if is_settled(&faithful) {
        return faithful;
    }
    let why = match &faithful {
        Ok(tried) => why_not(tried),
        Err(error) => error.to_string(),
    };
    let lesser = |tried: Tried<C>, method: Option<Method>, how: &str| {
        let method = method.unwrap_or(tried.built.method);
        // What was told of the pages that are kept as they are stands behind.
        let why = Some(format!("{how}{why}{}", behind(tried.built.why.as_deref())));
        Tried { built: Built { method, why, ..tried.built }, ..tried }
    };
    let anew = try_way(Way::Anew);
    if is_settled(&anew) {
        return anew.map(|tried| lesser(tried, Some(Method::Ghostscript), ""));
    }
    let pages = faithful.map(|tried| tried.verdict.concerned).unwrap_or_default();
    if !pages.is_empty() {
        let named = pages.iter().map(PageNo::to_string).collect::<Vec<_>>().join(", ");
        let drawn = try_way(Way::Original(Effort::Facsimile { pages }));
        if is_settled(&drawn) {
            return drawn.map(|tried| lesser(tried, None, &format!("pages drawn as images: {named}; ")));
        }
    }
    let drawn = try_way(Way::Original(Effort::Facsimile { pages: Vec::new() }));
    drawn.map(|tried| lesser(tried, None, "all pages drawn as images; "))
}

/// What stands against the faithful copy, and why a font that it lacks was given no substitute.
fn why_not<C>(tried: &Tried<C>) -> String {
    let Acceptance { reasons, conformance, .. } = &tried.verdict.acceptance;
    let lacks_font = conformance.iter().any(|finding| finding.clause == "6.2.11.4.1");
    format!("{}{}", reasons.join("; "), behind(tried.built.why.as_deref().filter(|_| lacks_font)))
}

fn behind(why: Option<&str>) -> String {
    why.map(|why| format!("; {why}")).unwrap_or_default()
}

/// Is there an end to trying: a copy was accepted, or none can be, or nobody wants one any more?
fn is_settled<C>(tried: &Result<Tried<C>>, reading: &Reading) -> bool {
    let error = match tried {
        Ok(tried) => return tried.verdict.acceptance.accepted,
        Err(error) => error,
    };
    // What takes too long to draw does so in every way, since the original's page is drawn beside the copy's in each. So
    // does what takes too much memory, where it took that to be read too: else only this way of building it may.
    let mut problems = reading.pages.iter().flat_map(|page| &page.problems);
    match error.reason() {
        Some("too_slow") => true,
        Some("too_large") => problems.any(|problem| problem.kind == "page_too_large"),
        _ => error.kind() == ErrorKind::Interrupted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Error,
        model::{PageReading, PageState, Problem},
    };

    /// How many ways are tried where each fails for this reason, and the reading has this problem.
    fn tried(reason: &'static str, problem: &str) -> usize {
        let first = PageNo::from_index(0);
        let mut page = PageReading::wordless(first, PageState::Read, 595.0, 842.0);
        page.problems.push(Problem { kind: problem.to_owned(), message: String::new(), page: Some(first) });
        let reading = Reading { pages: vec![page], language: None, engine: String::new(), problems: Vec::new() };
        let mut ways = 0;
        let climbed = climb::<()>(&reading, &mut |_| {
            ways += 1;
            Err(Error::new(ErrorKind::Engine, "it cannot be made").because(reason, "het kan niet"))
        });
        assert!(climbed.is_err());
        ways
    }

    #[test]
    fn what_no_way_can_draw_is_tried_once() {
        assert_eq!((tried("too_slow", ""), tried("damaged", ""), tried("damaged", "page_too_large")), (1, 3, 3));
        assert_eq!((tried("too_large", "page_too_large"), tried("too_large", "scaled_for_reading")), (1, 3));
    }
}
