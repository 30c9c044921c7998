//! Pages, their states and places on them.

use std::{fmt, num::NonZeroU32};

use serde::{Deserialize, Serialize};

/// A page's number, from 1, without gaps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageNo(NonZeroU32);

impl PageNo {
    /// The page with this index from 0.
    pub fn from_index(index: usize) -> Self {
        let number = u32::try_from(index + 1).expect("fewer than four billion pages");
        Self(NonZeroU32::new(number).expect("index + 1 is not 0"))
    }

    /// The index from 0.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The number from 1.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for PageNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl fmt::Debug for PageNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}

/// The one accounted state of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Its words were read (there may be few).
    Read,
    /// Nothing is on it.
    Blank,
    /// A separator sheet between documents.
    Separator,
    /// It was tried twice and could not be read.
    Unreadable,
}

impl PageState {
    /// All states, in the order in which totals list them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Blank, Self::Separator, Self::Unreadable];

    /// The name in JSON and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Blank => "blank",
            Self::Separator => "separator",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Where a page's words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSource {
    /// The words that a born-digital page carries.
    Digital,
    /// Read by OCR.
    Ocr,
    /// The page has no words.
    None,
}

/// A rectangle as fractions (0 to 1) of the page's width and height as displayed; origin top left, y downwards.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct PageBox {
    /// Left.
    pub x0: f32,
    /// Top.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Bottom.
    pub y1: f32,
}

impl PageBox {
    /// A box inside the page: corners put in order, cut at the page's edge, rounded to four decimals (a thirtieth of
    /// a millimeter on A4), so that a box is the same after it was stored.
    pub fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        let fraction = |v: f32| if v.is_finite() { (v.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0 } else { 0.0 };
        Self { x0: fraction(x0.min(x1)), y0: fraction(y0.min(y1)), x1: fraction(x0.max(x1)), y1: fraction(y0.max(y1)) }
    }

    /// The smallest box around both.
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Width as a fraction of the page's.
    pub fn width(self) -> f32 {
        self.x1 - self.x0
    }

    /// Height as a fraction of the page's.
    pub fn height(self) -> f32 {
        self.y1 - self.y0
    }

    /// The same place after the page was turned clockwise by `turn` degrees (0, 90, 180, 270).
    pub fn turned(self, turn: u16) -> Self {
        let Self { x0, y0, x1, y1 } = self;
        match turn % 360 {
            90 => Self::new(1.0 - y1, x0, 1.0 - y0, x1),
            180 => Self::new(1.0 - x1, 1.0 - y1, 1.0 - x0, 1.0 - y0),
            270 => Self::new(y0, 1.0 - x1, y1, 1.0 - x0),
            _ => self,
        }
    }
}

impl From<[f64; 4]> for PageBox {
    fn from(corners: [f64; 4]) -> Self {
        let [x0, y0, x1, y1] = corners.map(|corner| corner as f32);
        Self::new(x0, y0, x1, y1)
    }
}
impl From<PageBox> for [f64; 4] {
    fn from(b: PageBox) -> Self {
        // Rounded anew, so that JSON shows four decimals and not the nearest single-precision number.
        [b.x0, b.y0, b.x1, b.y1].map(|corner| (f64::from(corner) * 10_000.0).round() / 10_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarter_turns_bring_a_box_home() {
        let start = PageBox::new(0.1, 0.2, 0.3, 0.6);
        assert_eq!(start.turned(90), PageBox::new(0.4, 0.1, 0.8, 0.3));
        let end = start.turned(90).turned(90).turned(90).turned(90);
        assert!((end.x0 - start.x0).abs() < 1e-5 && (end.y1 - start.y1).abs() < 1e-5);
        let half = start.turned(270).turned(90);
        assert!((half.x1 - start.x1).abs() < 1e-5);
    }
}
