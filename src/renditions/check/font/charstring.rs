//! Widths of glyphs out of charstrings: Type 1 (Adobe Type 1 Font Format, chapter 6) and Type 2 (Adobe TN 5177). Runs
//! a charstring only as far as its width.

/// How deep subroutines may call each other.
const DEEPEST: usize = 12;
/// The most numbers on the stack.
const HIGHEST: usize = 64;

/// The width that a Type 1 charstring sets, in units of the font.
pub(super) fn type1_width(code: &[u8], subroutines: &dyn Fn(usize) -> Option<Vec<u8>>) -> Option<f64> {
    let mut stack = Vec::new();
    type1(code, subroutines, &mut stack, 0)
}

fn type1(
    code: &[u8],
    subroutines: &dyn Fn(usize) -> Option<Vec<u8>>,
    stack: &mut Vec<f64>,
    depth: usize,
) -> Option<f64> {
    let mut bytes = code.iter().copied();
    while let Some(byte) = bytes.next() {
        if stack.len() > HIGHEST || depth > DEEPEST {
            return None;
        }
        match byte {
            32..=246 => stack.push(f64::from(byte) - 139.0),
            247..=250 => stack.push((f64::from(byte) - 247.0) * 256.0 + f64::from(bytes.next()?) + 108.0),
            251..=254 => stack.push(-(f64::from(byte) - 251.0) * 256.0 - f64::from(bytes.next()?) - 108.0),
            255 => {
                let number = [bytes.next()?, bytes.next()?, bytes.next()?, bytes.next()?];
                stack.push(i32::from_be_bytes(number).into());
            }
            // hsbw
            13 => return stack.get(1).copied(),
            // callsubr
            10 => {
                let index = stack.pop()? as usize;
                if let Some(width) = type1(&subroutines(index)?, subroutines, stack, depth + 1) {
                    return Some(width);
                }
            }
            // return
            11 => return None,
            12 => match bytes.next()? {
                // sbw
                7 => return stack.get(2).copied(),
                // div
                12 => {
                    let (by, number) = (stack.pop()?, stack.pop()?);
                    stack.push(number / by);
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}

/// What a Type 2 charstring says of its width.
#[derive(Debug, PartialEq)]
pub(super) enum Width {
    /// The font's default.
    Default,
    /// By how much it differs from the nominal width.
    Apart(f64),
}

/// The subroutines of a CFF font, with their bias applied.
pub(super) struct Subroutines<'a> {
    pub(super) global: &'a [&'a [u8]],
    pub(super) local: &'a [&'a [u8]],
}

fn biased<'a>(list: &[&'a [u8]], number: f64) -> Option<&'a [u8]> {
    let bias = match list.len() {
        0..1240 => 107,
        1240..33_900 => 1131,
        _ => 32_768,
    };
    list.get(usize::try_from(number as i64 + bias).ok()?).copied()
}

/// The width that a Type 2 charstring sets.
pub(super) fn type2_width(code: &[u8], subroutines: &Subroutines<'_>) -> Option<Width> {
    let mut stack = Vec::new();
    type2(code, subroutines, &mut stack, 0)
}

fn type2(code: &[u8], subroutines: &Subroutines<'_>, stack: &mut Vec<f64>, depth: usize) -> Option<Width> {
    let mut bytes = code.iter().copied();
    while let Some(byte) = bytes.next() {
        if stack.len() > HIGHEST || depth > DEEPEST {
            return None;
        }
        // The first operator that clears the stack tells by one number too many.
        let takes = match byte {
            32..=246 => {
                stack.push(f64::from(byte) - 139.0);
                continue;
            }
            247..=250 => {
                stack.push((f64::from(byte) - 247.0) * 256.0 + f64::from(bytes.next()?) + 108.0);
                continue;
            }
            251..=254 => {
                stack.push(-(f64::from(byte) - 251.0) * 256.0 - f64::from(bytes.next()?) - 108.0);
                continue;
            }
            255 => {
                let number = [bytes.next()?, bytes.next()?, bytes.next()?, bytes.next()?];
                stack.push(f64::from(i32::from_be_bytes(number)) / 65_536.0);
                continue;
            }
            28 => {
                stack.push(i16::from_be_bytes([bytes.next()?, bytes.next()?]).into());
                continue;
            }
            10 | 29 => {
                let number = stack.pop()?;
                let list = if byte == 10 { subroutines.local } else { subroutines.global };
                match type2(biased(list, number)?, subroutines, stack, depth + 1) {
                    Some(width) => return Some(width),
                    None => continue,
                }
            }
            11 => return None,
            // hstem, vstem, hstemhm, vstemhm, hintmask, cntrmask: pairs
            1 | 3 | 18 | 19 | 20 | 23 => stack.len() & !1,
            // rmoveto
            21 => 2,
            // vmoveto, hmoveto
            4 | 22 => 1,
            // endchar, which may build an accented letter of four numbers
            14 => {
                if stack.len() >= 4 {
                    4
                } else {
                    0
                }
            }
            _ => return None,
        };
        return Some(if stack.len() > takes { Width::Apart(stack[0]) } else { Width::Default });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_1_width_stands_before_hsbw() {
        let none = |_: usize| None;
        assert_eq!(type1_width(&[139, 248, 136, 13], &none), Some(500.0));
        // 1001 2 div, by a subroutine
        let half = |index: usize| (index == 3).then(|| vec![141, 12, 12, 11]);
        assert_eq!(type1_width(&[139, 250, 125, 142, 10, 13], &half), Some(500.5));
    }

    #[test]
    fn a_type_2_width_is_one_number_too_many() {
        let none = Subroutines { global: &[], local: &[] };
        assert_eq!(type2_width(&[149, 139, 139, 21], &none), Some(Width::Apart(10.0)));
        assert_eq!(type2_width(&[139, 139, 21], &none), Some(Width::Default));
        assert_eq!(type2_width(&[14], &none), Some(Width::Default));
        let global: [&[u8]; 1] = [&[139, 139, 21]];
        let called = Subroutines { global: &global, local: &[] };
        assert_eq!(type2_width(&[149, 32, 29], &called), Some(Width::Apart(10.0)));
    }
}
