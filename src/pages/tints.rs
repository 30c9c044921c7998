//! Colors of image files that do not come as red, green and blue.

/// From luma and chroma (ITU-R BT.601, all of the range, as JPEG has it).
pub(crate) fn from_ycbcr(pixel: &[u8]) -> [u8; 3] {
    let [luma, blue, red] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
    let (blue, red) = (blue - 128.0, red - 128.0);
    [luma + 1.402 * red, luma - 0.344_14 * blue - 0.714_14 * red, luma + 1.772 * blue].map(|v| v.round() as u8)
}

/// From cyan, magenta, yellow and black, of which nothing says what they look like.
pub(crate) fn from_inks(pixel: &[u8]) -> [u8; 3] {
    let mix = |ink: u8| (u16::from(255 - ink) * u16::from(255 - pixel[3]) / 255) as u8;
    [mix(pixel[0]), mix(pixel[1]), mix(pixel[2])]
}

/// From L*, a* and b*, both of these from -128 on, as the white of ICC profiles (D50) has them.
pub(super) fn from_lab(pixel: &[u8]) -> [u8; 3] {
    let [light, a, b] = [f32::from(pixel[0]) / 2.55, f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0];
    let middle = (light + 16.0) / 116.0;
    let whole = |v: f32| if v > 6.0 / 29.0 { v.powi(3) } else { (v - 16.0 / 116.0) * 108.0 / 841.0 };
    let (x, y, z) = (0.9642 * whole(middle + a / 500.0), whole(middle), 0.8249 * whole(middle - b / 200.0));
    // Seen by the white of screens (D65, after Bradford), in the primaries of sRGB (IEC 61966-2-1).
    let linear = [
        3.133_856 * x - 1.616_867 * y - 0.490_615 * z,
        -0.978_768 * x + 1.916_142 * y + 0.033_454 * z,
        0.071_945 * x - 0.228_991 * y + 1.405_243 * z,
    ];
    let shown = |v: f32| if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
    linear.map(|v| (shown(v.clamp(0.0, 1.0)) * 255.0).round() as u8)
}

/// The colors of a TIFF's map (TIFF 6.0, section 5): all reds, then all greens, then all blues. Of 16 bits each, which
/// older programs filled as if they were of eight.
pub(crate) fn of_map(map: &[u16]) -> Vec<[u8; 3]> {
    let shift = if map.iter().all(|v| *v < 256) { 0 } else { 8 };
    let third = map.len() / 3;
    (0..third).map(|i| [0, 1, 2].map(|part| (map[part * third + i] >> shift) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colors_come_out() {
        assert_eq!((from_lab(&[255, 128, 128]), from_lab(&[0, 128, 128])), ([255; 3], [0; 3]));
        // The red of sRGB: L* 54.3, a* 80.8, b* 69.9.
        let [red, green, blue] = from_lab(&[138, 209, 198]);
        assert!(red > 250 && green < 12 && blue < 12, "{red} {green} {blue}");
        assert_eq!((from_ycbcr(&[76, 85, 255]), from_inks(&[0, 255, 255, 0])), ([254, 0, 0], [255, 0, 0]));
    }

    #[test]
    fn maps_of_eight_bits_are_known() {
        assert_eq!(of_map(&[0xFFFF, 0, 0, 0x8000, 0, 0]), [[255, 0, 0], [0, 128, 0]]);
        assert_eq!(of_map(&[255, 0, 0, 128, 0, 0]), [[255, 0, 0], [0, 128, 0]]);
        assert!(of_map(&[]).is_empty());
    }
}
