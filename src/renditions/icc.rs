//! Color profiles (ICC.1:2001), made from published numbers: sRGB (IEC 61966-2-1) for the output intent, and inks as
//! readers of images without a profile mix them.

/// The profile connection space's white, D50.
const D50: [f64; 3] = [0.964_2, 1.0, 0.824_9];
/// Red, green and blue of sRGB, adapted to D50 (Bradford).
const COLORANTS: [(&[u8; 4], [f64; 3]); 3] = [
    (b"rXYZ", [0.436_07, 0.222_49, 0.013_92]),
    (b"gXYZ", [0.385_15, 0.716_87, 0.097_08]),
    (b"bXYZ", [0.143_07, 0.060_61, 0.714_10]),
];
/// Points of the tone curve: linear between them, the error stays below a tenth of a step of eight bits. More of them
/// would be the largest part of a copy of a letter.
const POINTS: u16 = 128;

type Tag = ([u8; 4], Vec<u8>);

/// sRGB.
pub(super) fn srgb() -> Vec<u8> {
    let mut tags = about("sRGB");
    tags.extend(COLORANTS.iter().map(|(name, color)| (**name, xyz(*color))));
    tags.push((*b"rTRC", tone_curve()));
    profile(b"mntrRGB XYZ ", tags, &[*b"gTRC", *b"bTRC"])
}

/// Cyan, magenta, yellow and black without a profile of a press: each takes its part of red, green or blue, and black of
/// all, as programs that show images mix them.
pub(super) fn inks() -> Vec<u8> {
    let mut tags = about("CMYK");
    tags.push((*b"A2B0", ink_table()));
    profile(b"scnrCMYKXYZ ", tags, &[])
}

/// What every profile says of itself.
fn about(name: &str) -> Vec<Tag> {
    vec![
        (*b"desc", description(name)),
        (*b"cprt", [b"text\0\0\0\0", &b"No copyright, use freely\0"[..]].concat()),
        (*b"wtpt", xyz(D50)),
    ]
}

/// A profile's bytes; `shared` are other names of the last tag.
fn profile(kind: &[u8; 12], tags: Vec<Tag>, shared: &[[u8; 4]]) -> Vec<u8> {
    let count = tags.len() + shared.len();
    let (mut table, mut data) = (Vec::new(), Vec::new());
    let first = 128 + 4 + 12 * count;
    let mut entry = |name: [u8; 4], at: usize, length: usize| {
        table.extend(name);
        table.extend([at, length].map(|n| (n as u32).to_be_bytes()).concat());
    };
    let mut last = (0, 0);
    for (name, bytes) in tags {
        last = (first + data.len(), bytes.len());
        entry(name, last.0, last.1);
        data.extend(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    for name in shared {
        entry(*name, last.0, last.1);
    }
    let mut profile = header(kind, first + data.len());
    profile.extend((count as u32).to_be_bytes());
    profile.extend(table);
    profile.extend(data);
    profile
}

fn header(kind: &[u8; 12], size: usize) -> Vec<u8> {
    let mut header = vec![0_u8; 128];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &(size as u32).to_be_bytes());
    put(8, &[2, 0x10, 0, 0]);
    put(12, kind);
    // A fixed day, so that the same program gives the same profile.
    put(24, &[2026, 1, 1, 0, 0, 0].map(u16::to_be_bytes).concat());
    put(36, b"acsp");
    put(68, &D50.map(fixed).concat());
    header
}

/// s15Fixed16Number.
fn fixed(number: f64) -> [u8; 4] {
    ((number * 65536.0).round() as i32).to_be_bytes()
}

fn xyz(color: [f64; 3]) -> Vec<u8> {
    [&b"XYZ \0\0\0\0"[..], &color.map(fixed).concat()].concat()
}

/// textDescriptionType, with empty Unicode and Macintosh parts.
fn description(text: &str) -> Vec<u8> {
    let length = text.len() as u32 + 1;
    let mut tag = [&b"desc\0\0\0\0"[..], &length.to_be_bytes(), text.as_bytes(), &[0]].concat();
    tag.resize(tag.len() + 4 + 4 + 2 + 1 + 67, 0);
    tag
}

fn tone_curve() -> Vec<u8> {
    let mut tag = [&b"curv\0\0\0\0"[..], &u32::from(POINTS).to_be_bytes()].concat();
    for i in 0..POINTS {
        let light = linear(f64::from(i) / f64::from(POINTS - 1));
        tag.extend(((light * 65535.0).round() as u16).to_be_bytes());
    }
    tag
}

/// lut16Type: the light that each ink leaves, and between inks what is left of what the other leaves.
fn ink_table() -> Vec<u8> {
    const INKS: usize = 4;
    let share = |value: f64| ((value * 65535.0).round() as u16).to_be_bytes();
    let mut tag = [&b"mft2\0\0\0\0"[..], &[INKS as u8, 3, 2, 0]].concat();
    // The matrix that is none.
    tag.extend((0..9).flat_map(|at| fixed(if at % 4 == 0 { 1.0 } else { 0.0 })));
    tag.extend([256_u16, 2].map(u16::to_be_bytes).concat());
    let taken = (0..256).flat_map(|ink| share(1.0 - linear(1.0 - f64::from(ink) / 255.0)));
    tag.extend(taken.collect::<Vec<u8>>().repeat(INKS));
    // No ink and all of it, the first ink changing last; a coordinate of 1 is written as half of what there is.
    for corner in 0..1 << INKS {
        let left = |ink: usize| if corner >> (INKS - 1 - ink) & 1 == 1 { 0.0 } else { 1.0 };
        for axis in 0..3 {
            let lights = COLORANTS.iter().enumerate().map(|(ink, (_, color))| left(ink) * left(3) * color[axis]);
            tag.extend(((lights.sum::<f64>() * 32_768.0).round() as u16).to_be_bytes());
        }
    }
    tag.extend([0.0, 1.0].map(share).concat().repeat(3));
    tag
}

/// The light that a value stands for.
fn linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_as_long_as_it_says_and_its_tags_lie_inside() {
        for (profile, tags) in [(srgb(), 9), (inks(), 4)] {
            let number = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
            assert_eq!((number(0), number(128)), (profile.len(), tags));
            for tag in 0..tags {
                let entry = 132 + tag * 12;
                assert!(number(entry + 4) % 4 == 0 && number(entry + 4) + number(entry + 8) <= profile.len());
            }
        }
    }

    #[test]
    fn the_curve_errs_by_less_than_a_tenth_of_a_step() {
        let curve: Vec<f64> = tone_curve()[12..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| f64::from(u16::from_be_bytes(*pair)) / 65535.0)
            .collect();
        let value =
            |light: f64| if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        for step in 0..=2550 {
            let wanted = f64::from(step) / 2550.0;
            let at = wanted * (curve.len() - 1) as f64;
            let below = (at as usize).min(curve.len() - 2);
            let light = curve[below] + (curve[below + 1] - curve[below]) * (at - below as f64);
            assert!((value(light) - wanted).abs() < 0.1 / 255.0, "{wanted}: {}", value(light));
        }
    }

    #[test]
    fn red_green_and_blue_make_white() {
        for axis in 0..3 {
            let sum: f64 = COLORANTS.iter().map(|(_, color)| color[axis]).sum();
            assert!((sum - D50[axis]).abs() < 2e-4, "{axis}: {sum}");
        }
    }
}
