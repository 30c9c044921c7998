//! Image files: their image data are kept wherever a PDF can hold them.

use super::*;

/// An image file becomes a page that looks the same; `kept` says whether the file's own image data stand in it. Gives the
/// copy's size.
#[track_caller]
fn check_image(name: &str, media: MediaType, file: &[u8], kept: Option<&[u8]>) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join(name), folder.path().join("copy.pdf"));
    fs::write(&original, file).unwrap();
    let source = Source::open(&original, media, None).unwrap();
    let pages = (0..source.page_count()).map(PageNo::from_index).map(|number| match source.page(number).unwrap() {
        Page::Digital(page) => PageReading::wordless(number, PageState::Read, page.width_pt, page.height_pt),
        Page::Image(page) => PageReading::wordless(number, PageState::Read, page.width_pt, page.height_pt),
    });
    let reading = reading_of(pages.collect());
    accepted(&original, media, &reading, &copy, Method::ImagesWrapped);
    if let Some(kept) = kept {
        let bytes = fs::read(&copy).unwrap();
        assert!(bytes.windows(kept.len()).any(|window| window == kept), "{name}: its bytes were changed");
    }
    fs::metadata(&copy).unwrap().len()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Stripes in all colors, with a dark block in one corner, so that turning and mirroring show.
fn picture() -> RgbaImage {
    RgbaImage::from_fn(240, 320, |x, y| {
        let dark = x < 60 && y < 80;
        Rgba(if dark { [0, 0, 0, 255] } else { [(y / 2) as u8 + 90, 200, (x / 2) as u8 + 60, 255 - (x / 4) as u8] })
    })
}

#[test]
fn jpegs_keep_their_bytes() {
    let color = DynamicImage::from(picture()).into_rgb8();
    for image in [DynamicImage::from(color.clone()), DynamicImage::from(color).into_luma8().into()] {
        let file = encoded(&image, ImageFormat::Jpeg);
        check_image("photo.jpg", MediaType::Jpeg, &file, Some(&file));
    }
}

/// A JPEG of inks, in blocks of one color each, as Adobe's programs write it (ITU-T T.81; Technical Note 5116).
fn jpeg_of_inks(across: u16, down: u16, paper: impl Fn(u16, u16) -> [u8; 4]) -> Vec<u8> {
    let segment =
        |marker: u8, body: &[u8]| [&[0xFF, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat();
    let components: Vec<u8> = (1..=4).flat_map(|id| [id, 0x11, 0]).collect();
    let [w, h] = [across * 8, down * 8].map(u16::to_be_bytes);
    // Twelve codes of four bits for the blocks' means, one of a bit for "nothing more".
    let means = [&[0_u8, 0, 0, 0, 12][..], &[0; 12], &(0..12).collect::<Vec<u8>>()].concat();
    let mut file = [
        &[0xFF, 0xD8][..],
        &segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
        &segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        &segment(0xC0, &[&[8][..], &h, &w, &[4], &components].concat()),
        &segment(0xC4, &means),
        &segment(0xC4, &[&[0x10_u8, 1][..], &[0; 15], &[0]].concat()),
        &segment(0xDA, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]),
    ]
    .concat();
    let mut bits = Vec::new();
    let mut put = |value: i32, count: u32| bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    let mut before = [0; 4];
    for (x, y) in (0..down).flat_map(|y| (0..across).map(move |x| (x, y))) {
        for (before, paper) in before.iter_mut().zip(paper(x, y)) {
            let mean = (i32::from(paper) - 128) * 8;
            let step = mean - *before;
            *before = mean;
            let size = i32::BITS - step.abs().leading_zeros();
            put(size as i32, 4);
            put(if step < 0 { step + (1 << size) - 1 } else { step }, size);
            put(0, 1);
        }
    }
    bits.resize(bits.len().next_multiple_of(8), true);
    for byte in bits.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))) {
        file.push(byte);
        // What could be taken for a marker is none.
        file.extend((byte == 0xFF).then_some(0));
    }
    file.extend([0xFF, 0xD9]);
    file
}

#[test]
fn jpegs_of_inks_keep_their_bytes() {
    // From no ink to all of it, each ink beside each other.
    let paper = |x: u16, y: u16| {
        let (x, y) = (x as u8 * 8, y as u8 * 8);
        [255 - x, 255 - y, 255 - (x / 2 + y / 2), if x > y { 255 } else { 255 - x / 2 }]
    };
    let file = jpeg_of_inks(32, 32, paper);
    let decoded = image::load_from_memory(&file).unwrap().into_rgb8();
    assert_eq!(decoded.get_pixel(4, 4).0, [255; 3]);
    assert_eq!(decoded.get_pixel(252, 4).0, [7, 255, 131]);
    check_image("photo.jpg", MediaType::Jpeg, &file, Some(&file));
}

#[test]
fn pngs_keep_their_image_data_where_a_pdf_can_read_them() {
    let image = DynamicImage::from(picture());
    let data = |file: &[u8]| {
        let at = file.windows(4).position(|window| window == b"IDAT").unwrap();
        let length = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
        file[at + 4..at + 4 + length].to_vec()
    };
    let plain: [DynamicImage; 4] =
        [image.to_rgb8().into(), image.to_luma8().into(), image.to_rgb16().into(), image.to_luma16().into()];
    for image in plain {
        let file = encoded(&image, ImageFormat::Png);
        check_image("page.png", MediaType::Png, &file, Some(&data(&file)));
    }
    check_image("page.png", MediaType::Png, &encoded(&image, ImageFormat::Png), None);
}

/// Black and white that deflate packs badly is written as fax: the same pixels, and a copy within the size rule.
#[test]
fn black_and_white_that_is_large_as_png_becomes_fax() {
    // Type twice as fine as it was scanned: 2480 pixels across.
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let letter = image::open(fixture).unwrap().into_luma8();
    let fine = image::imageops::resize(&letter, 2480, 1800, image::imageops::FilterType::CatmullRom);
    let is_ink = |x: usize, y: usize| fine.get_pixel(x as u32, y as u32).0[0] < 140;
    let eight = |at: usize| (0..8).fold(0_u8, |byte, bit| byte << 1 | u8::from(!is_ink(at % 310 * 8 + bit, at / 310)));
    let rows: Vec<u8> = (0..310 * 1800).map(eight).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2480, 1800);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::One);
    // Black is the second color here.
    encoder.set_palette(vec![255, 255, 255, 0, 0, 0]);
    let inverted: Vec<u8> = rows.iter().map(|byte| !byte).collect();
    encoder.write_header().unwrap().write_image_data(&inverted).unwrap();
    let size = check_image("page.png", MediaType::Png, &file, None);
    assert!(size < file.len() as u64, "{size} bytes, as a PNG {}", file.len());

    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("page.png"), folder.path().join("copy.pdf"));
    fs::write(&original, &file).unwrap();
    let reading = reading_of(vec![PageReading::wordless(PageNo::from_index(0), PageState::Read, 595.2, 432.0)]);
    let built = build(&original, MediaType::Png, &reading, &copy).unwrap();
    assert!(built.why.is_some_and(|why| why.contains("as fax")));
    let pixels = shown(&copy, (2480, 1800));
    assert!((0..2480 * 1800).all(|at| pixels[at] == [if is_ink(at % 2480, at / 2480) { 0 } else { 255 }; 3]));
}

/// Type in grey, as fine as a screen, a fax or a scanner has it: the renderer's own spreading of pixels is no difference.
#[test]
fn type_scanned_coarsely_looks_the_same() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let fine = image::open(fixture).unwrap().into_luma8();
    for across in [600, 762, 827, 1000, 1240, 1500] {
        let down = across * fine.height() / fine.width();
        let coarse = image::imageops::resize(&fine, across, down, image::imageops::FilterType::Triangle);
        check_image("page.png", MediaType::Png, &encoded(&coarse.into(), ImageFormat::Png), None);
    }
}

/// A JPEG or TIFF that says how it is to be turned and mirrored keeps its own image data: the page is turned.
#[test]
fn turned_and_mirrored_images_keep_their_bytes() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let fine = image::open(fixture).unwrap().into_luma8();
    for across in [827, 1240] {
        let down = across * fine.height() / fine.width();
        let letter = image::imageops::resize(&fine, across, down, image::imageops::FilterType::Triangle);
        let jpeg = encoded(&letter.clone().into(), ImageFormat::Jpeg);
        for orientation in 1..=8 {
            // EXIF 2.3: a TIFF directory with the tag 274 alone, in an APP1 segment.
            let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
            let exif = [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01"[..], &tag, &[0; 4]].concat();
            let segment = [&[0xFF, 0xE1][..], &(exif.len() as u16 + 2).to_be_bytes(), &exif].concat();
            let file = [&jpeg[..2], &segment, &jpeg[2..]].concat();
            check_image(&format!("{across}-{orientation}.jpg"), MediaType::Jpeg, &file, Some(&file));

            let mut file = Cursor::new(Vec::new());
            let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
            let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(across, down).unwrap();
            image.encoder().write_tag(tiff::tags::Tag::Orientation, u16::from(orientation)).unwrap();
            image.write_data(&letter).unwrap();
            check_image(&format!("{across}-{orientation}.tif"), MediaType::Tiff, &file.into_inner(), None);
        }
    }
}

/// A TIFF of one strip with these tags beside those that each has.
fn tiff_file(width: u16, height: u16, tags: &[(u16, u16)], strip: &[u8]) -> Vec<u8> {
    tiff_with_map(width, height, tags, &[], strip)
}

/// The same with a map of colors.
fn tiff_with_map(width: u16, height: u16, tags: &[(u16, u16)], map: &[[u8; 3]], strip: &[u8]) -> Vec<u8> {
    let mut entries: Vec<(u16, u32)> = vec![(256, width.into()), (257, height.into()), (273, 8), (278, height.into())];
    entries.push((279, strip.len() as u32));
    let mapped = 8 + strip.len().next_multiple_of(2) as u32;
    entries.extend((!map.is_empty()).then_some((320, mapped)));
    entries.extend(tags.iter().map(|(tag, value)| (*tag, u32::from(*value))));
    entries.sort_unstable();
    let directory = mapped + map.len() as u32 * 6;
    let mut file = [&b"II*\0"[..], &directory.to_le_bytes(), strip].concat();
    file.resize(mapped as usize, 0);
    (0..3).for_each(|part| file.extend(map.iter().flat_map(|color| [0, color[part]])));
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        let (kind, count) = if tag == 320 { (3_u16, map.len() as u32 * 3) } else { (4, 1) };
        file.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file
}

#[test]
fn bits_that_are_stored_from_the_other_end_are_read() {
    // Lines of strokes that no byte begins with: from the other end they are others.
    let ink = |x: usize, y: usize| y % 50 < 25 && x % 27 < 5;
    let packed: Vec<u8> = (0..800 * 80)
        .map(|at| (0..8).fold(0, |byte, bit| byte << 1 | u8::from(!ink(at % 80 * 8 + bit, at / 80))))
        .collect();
    let turned: Vec<u8> = packed.iter().map(|byte| byte.reverse_bits()).collect();
    let file =
        |order: u16, strip: &[u8]| tiff_file(640, 800, &[(258, 1), (259, 1), (262, 1), (266, order), (277, 1)], strip);
    let folder = tempfile::tempdir().unwrap();
    let luma = |file: &[u8]| {
        let path = folder.path().join("page.tif");
        fs::write(&path, file).unwrap();
        match Source::open(&path, MediaType::Tiff, None).unwrap().page(PageNo::from_index(0)).unwrap() {
            Page::Image(page) => page.luma,
            Page::Digital(_) => panic!("the page is an image"),
        }
    };
    assert_eq!(luma(&file(1, &packed)), luma(&file(2, &turned)));
    check_image("turned.tif", MediaType::Tiff, &file(2, &turned), None);
}

#[test]
fn colors_of_a_kind_that_is_not_read_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.tif");
    fs::write(&path, tiff_file(16, 16, &[(258, 8), (259, 1), (262, 10), (277, 1)], &[90; 256])).unwrap();
    let source = Source::open(&path, MediaType::Tiff, None).unwrap();
    let error = source.page(PageNo::from_index(0)).err().unwrap();
    assert_eq!(error.reason(), Some("unsupported_image"), "{error}");
}

/// The page of a copy, pixel by pixel of the image on it.
fn shown(copy: &Path, size: (u32, u32)) -> Vec<[u8; 3]> {
    let proof = Source::open(copy, MediaType::Pdf, None).unwrap().proof(PageNo::from_index(0), size).unwrap();
    let Samples::Color(pixels) = proof.samples else { panic!("a page of a PDF is drawn in color") };
    pixels.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

#[test]
fn numbers_of_colors_in_a_tiff_are_read_and_copied_as_they_are() {
    let (width, height) = (600_u16, 480_u16);
    for bits in [1, 2, 4, 8_u16] {
        let numbers = 1_usize << bits;
        let shade = |i: usize| (i * 255 / (numbers - 1)) as u8;
        let map: Vec<[u8; 3]> = (0..numbers).map(|i| [shade(i), shade(i), 60 + shade(i) / 2]).collect();
        // Strokes in all colors on paper of the last.
        let is_ink = |x: usize, y: usize| y % 12 < 6 && x % 9 < 3;
        let number = |x: usize, y: usize| if is_ink(x, y) { (x / 9 + y / 12) % numbers } else { numbers - 1 };
        let rows = (0..usize::from(height)).flat_map(|y| {
            let in_byte = 8 / usize::from(bits);
            (0..usize::from(width).div_ceil(in_byte)).map(move |byte| {
                let of = |at: usize| if byte * in_byte + at < 600 { number(byte * in_byte + at, y) } else { 0 };
                (0..in_byte).fold(0_usize, |packed, at| packed << bits | of(at)) as u8
            })
        });
        let tags = [(258, bits), (259, 1), (262, 3), (277, 1)];
        let file = tiff_with_map(width, height, &tags, &map, &rows.collect::<Vec<u8>>());
        check_image("numbers.tif", MediaType::Tiff, &file, None);

        let folder = tempfile::tempdir().unwrap();
        let (original, copy) = (folder.path().join("numbers.tif"), folder.path().join("copy.pdf"));
        fs::write(&original, file).unwrap();
        let source = Source::open(&original, MediaType::Tiff, None).unwrap();
        let Page::Image(page) = source.page(PageNo::from_index(0)).unwrap() else { panic!("the page is an image") };
        let at = |wanted: usize| (0..600 * 480).find(|at| number(at % 600, at / 600) == wanted).unwrap();
        assert!(page.luma[at(0)] < 20 && page.luma[at(numbers - 1)] > 230, "{bits} bits");
        let reading =
            reading_of(vec![PageReading::wordless(page.page, PageState::Read, page.width_pt, page.height_pt)]);
        build(&original, MediaType::Tiff, &reading, &copy).unwrap();
        let pixels = shown(&copy, (600, 480));
        assert!((0..600 * 480).all(|at| pixels[at] == map[number(at % 600, at / 600)]), "{bits} bits");
    }
}

#[test]
fn lab_of_a_tiff_is_read_and_copied_as_it_is() {
    // White paper with a stamp in the red of sRGB: L* 54, a* 81, b* 70.
    let is_ink = |at: usize| (40..110).contains(&(at % 150)) && (20..60).contains(&(at / 150));
    for (kind, red, white) in [(8, [138, 81, 70], [255, 0, 0]), (9, [138, 209, 198], [255, 128, 128])] {
        let strip: Vec<u8> = (0..150 * 90).flat_map(|at| if is_ink(at) { red } else { white }).collect();
        let file = tiff_file(150, 90, &[(258, 8), (259, 1), (262, kind), (277, 3)], &strip);
        check_image("lab.tif", MediaType::Tiff, &file, None);
        let folder = tempfile::tempdir().unwrap();
        let (original, copy) = (folder.path().join("lab.tif"), folder.path().join("copy.pdf"));
        fs::write(&original, file).unwrap();
        let reading = reading_of(vec![PageReading::wordless(PageNo::from_index(0), PageState::Read, 36.0, 21.6)]);
        build(&original, MediaType::Tiff, &reading, &copy).unwrap();
        let pixels = shown(&copy, (150, 90));
        let near =
            |found: [u8; 3], want: [u8; 3]| found.iter().zip(want).all(|(found, want)| found.abs_diff(want) < 12);
        assert!(
            (0..150 * 90).all(|at| near(pixels[at], if is_ink(at) { [255, 0, 0] } else { [255; 3] })),
            "kind {kind}"
        );
    }
}

/// A letter with a red stamp on it, as an image file of each kind.
fn stamped_letter() -> Vec<(MediaType, Vec<u8>)> {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let letter =
        image::open(fixture).unwrap().resize_exact(1240, 1754, image::imageops::FilterType::Triangle).into_rgb8();
    let letter = image::RgbImage::from_fn(letter.width(), letter.height(), |x, y| {
        let in_stamp = (700..1000).contains(&x) && (1000..1160).contains(&y);
        let is_ink = in_stamp && ((x - 700) % 40 < 5 || (y - 1000) % 40 < 5);
        if is_ink { image::Rgb([205, 45, 45]) } else { *letter.get_pixel(x, y) }
    });
    let letter = DynamicImage::from(letter);
    let kinds = [
        (MediaType::Jpeg, ImageFormat::Jpeg),
        (MediaType::Png, ImageFormat::Png),
        (MediaType::Tiff, ImageFormat::Tiff),
    ];
    kinds.map(|(media, format)| (media, encoded(&letter, format))).to_vec()
}

#[test]
fn an_image_file_that_is_drawn_keeps_its_colors_and_grey_in_their_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter"), folder.path().join("copy.pdf"));
    for (media, file) in stamped_letter() {
        fs::write(&original, &file).unwrap();
        let page = Source::open(&original, media, None).unwrap().page(PageNo::from_index(0)).unwrap();
        let Page::Image(page) = page else { panic!("the page is an image") };
        let reading =
            reading_of(vec![PageReading::wordless(page.page, PageState::Read, page.width_pt, page.height_pt)]);
        let digests = Digests::of(&file);
        let request = request(&original, media, &reading, &digests);
        let drawn = Effort::Facsimile { pages: Vec::new() };
        renditions::write(&request, &drawn, &mut fs::File::create(&copy).unwrap()).unwrap();
        let acceptance = renditions::accept(&request, &drawn, &copy).unwrap();
        assert!(acceptance.accepted, "{media:?} {:?}", acceptance.reasons);
        let is_red = |[red, green, blue]: &[u8; 3]| *red > 150 && *green < 110 && *blue < 110;
        assert!(shown(&copy, (1240, 1754)).iter().filter(|pixel| is_red(pixel)).count() > 3_000, "{media:?}");

        // The same page without its colors is another.
        let gray = folder.path().join("gray.jpg");
        let luma = image::load_from_memory(&file).unwrap().into_luma8();
        fs::write(&gray, encoded(&luma.into(), ImageFormat::Jpeg)).unwrap();
        let of_gray = Request { original: &gray, media: MediaType::Jpeg, ..request };
        renditions::write(&of_gray, &Effort::Faithful, &mut fs::File::create(&copy).unwrap()).unwrap();
        let acceptance = renditions::accept(&request, &drawn, &copy).unwrap();
        assert!(acceptance.reasons.iter().any(|reason| reason.contains("a color is gone")), "{:?}", acceptance.reasons);
    }
}

#[test]
fn tiff_and_webp_become_pages() {
    let image = DynamicImage::from(picture());
    for image in [image.to_rgb8().into(), image.to_luma8().into(), image.to_luma16().into(), image.clone()] {
        check_image("page.tif", MediaType::Tiff, &encoded(&image, ImageFormat::Tiff), None);
    }
    check_image("page.webp", MediaType::Webp, &encoded(&image, ImageFormat::WebP), None);
}

/// What has no form of its own in a PDF is still not larger than it must be: colors and covering that are not there take
/// no room, and few colors are a list.
#[test]
fn pixels_written_without_loss_stay_within_the_size_rule() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let letter = DynamicImage::from(image::open(fixture).unwrap().into_luma8());
    let shades = DynamicImage::from(letter.to_luma8()).blur(0.7);
    let ink = image::RgbImage::from_fn(letter.width(), letter.height(), |x, y| {
        let dark = letter.to_luma8().get_pixel(x, y).0[0] < 128;
        image::Rgb(if dark { [20, 30, 120] } else { [250, 248, 240] })
    });
    for (name, image) in [
        ("gray as color", DynamicImage::from(shades.to_rgb8())),
        ("covered", DynamicImage::from(shades.to_rgba8())),
        ("two colors", DynamicImage::from(ink)),
    ] {
        let webp = encoded(&image, ImageFormat::WebP);
        let size = check_image(name, MediaType::Webp, &webp, None);
        let png = encoded(&image, ImageFormat::Png).len() as u64;
        let most = (png + png / 20).max(png + 8192);
        assert!(size <= most, "{name}: {size} bytes, as a PNG {png}");
    }
}

#[test]
fn scans_of_fax_strips_keep_their_bytes() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-docs");
    let file = fs::read(samples.join("huurovereenkomst-kantoor-allonge.tif")).unwrap();
    check_image("letter.tif", MediaType::Tiff, &file, None);
    let file = fs::read(samples.join("opdrachtbevestiging.jpg")).unwrap();
    check_image("letter.jpg", MediaType::Jpeg, &file, Some(&file));
}
