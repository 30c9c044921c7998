//! What people see of an image file: its pixels, grey or in color, drawn small as a copy's are. Knows no file format.

use super::{
    SCALED_PIXELS, Samples, divisor, drawn,
    raster::{Pose, Raster, Shrinker},
    scale::averaged_of,
};

/// Planes of one size: brightness alone, or red, green and blue.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    Gray(Raster),
    Color([Raster; 3]),
}

/// By how much the sides of an image in color are divided: its three planes take no more room than grey ones.
pub(super) fn color_divisor(width: u32, height: u32) -> u32 {
    if u64::from(width) * u64::from(height) <= SCALED_PIXELS { 1 } else { 2 * divisor(width, height) }
}

impl Seen {
    /// Three bytes a pixel, the sides divided.
    pub(super) fn of_rgb((width, height): (u32, u32), rgb: &[u8], divisor: u32) -> Self {
        let to = ((width / divisor).max(1), (height / divisor).max(1));
        let size = |(across, down): (u32, u32)| (across as usize, down as usize);
        let is_whole = rgb.len() == 3 * width as usize * height as usize && !rgb.is_empty();
        let plane = |color: usize| match divisor > 1 && is_whole {
            true => averaged_of::<3>(rgb, color, size((width, height)), size(to)),
            false => rgb.as_chunks::<3>().0.iter().map(|pixel| pixel[color]).collect(),
        };
        let (across, down) = if is_whole { to } else { (width, height) };
        Self::Color([0, 1, 2].map(|color| Raster::new(across, down, plane(color))))
    }

    pub(super) fn size(&self) -> (u32, u32) {
        let (Self::Gray(plane) | Self::Color([plane, ..])) = self;
        (plane.width, plane.height)
    }

    fn each(self, change: impl Fn(Raster) -> Raster) -> Self {
        match self {
            Self::Gray(plane) => Self::Gray(change(plane)),
            Self::Color(planes) => Self::Color(planes.map(change)),
        }
    }

    /// As displayed, drawn into so many pixels across and down.
    pub(super) fn drawn(self, pose: Pose, (width, height): (u32, u32)) -> Samples {
        let (across, down) = if pose.quarters % 2 == 1 { (height, width) } else { (width, height) };
        let has = self.size();
        // Pixels twice as fine and finer are averaged; nearer to the drawing's own, every renderer spreads them otherwise.
        if (has.0 / 2 < across || has.1 / 2 < down)
            && let Some(samples) = drawn::image(&self, pose, (width, height))
        {
            return samples;
        }
        match self.each(|plane| plane.scaled(across, down).posed(pose)) {
            Self::Gray(plane) => Samples::Gray(plane.luma),
            Self::Color(planes) => Samples::Scanned(interleaved(&planes, Some(255))),
        }
    }

    /// As it is read.
    pub(super) fn read(self) -> Raster {
        match self {
            Self::Gray(plane) => plane,
            Self::Color(planes) => Raster::to_read(planes[0].width, planes[0].height, interleaved(&planes, None)),
        }
    }

    /// Its samples pixel by pixel.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Gray(plane) => plane.luma.clone(),
            Self::Color(planes) => interleaved(planes, None),
        }
    }
}

fn interleaved([red, green, blue]: &[Raster; 3], last: Option<u8>) -> Vec<u8> {
    let pixels = red.luma.iter().zip(&green.luma).zip(&blue.luma);
    pixels.flat_map(|((red, green), blue)| [*red, *green, *blue].into_iter().chain(last)).collect()
}

/// Where an image's parts are put as they are decoded.
pub(super) enum Canvas {
    /// As large as the image, plane by plane.
    Whole(Vec<Raster>),
    /// Scaled down.
    Small(Vec<Shrinker>),
}

impl Canvas {
    /// For so many planes, the sides divided.
    pub(super) fn new(width: u32, height: u32, divisor: u32, planes: usize) -> Self {
        match divisor {
            0..=1 => Self::Whole(vec![Raster::white(width, height); planes]),
            _ => Self::Small((0..planes).map(|_| Shrinker::new(width, height, divisor)).collect()),
        }
    }

    /// Adds rows of a part whose upper left corner is at (`left`, `top`), pixel by pixel.
    pub(super) fn add(&mut self, samples: Vec<u8>, left: u32, top: u32, width: u32) {
        let height = |samples: &[u8]| (samples.len() / width.max(1) as usize) as u32;
        let planes = match self {
            Self::Whole(planes) => planes.len(),
            Self::Small(planes) => planes.len(),
        };
        let mut of = |plane: usize, samples: Vec<u8>| match self {
            Self::Whole(planes) => {
                let part = Raster::new(width, height(&samples), samples);
                planes[plane].paste(&part, left.into(), top.into(), false);
            }
            Self::Small(planes) => planes[plane].add(&samples, left, top, width),
        };
        match planes {
            1 => of(0, samples),
            _ => (0..planes).for_each(|plane| of(plane, samples.iter().copied().skip(plane).step_by(planes).collect())),
        }
    }

    pub(super) fn finish(self) -> Seen {
        let mut planes = match self {
            Self::Whole(planes) => planes,
            Self::Small(planes) => planes.into_iter().map(Shrinker::finish).collect(),
        };
        match <[Raster; 3]>::try_from(std::mem::take(&mut planes)) {
            Ok(planes) => Seen::Color(planes),
            Err(mut planes) => Seen::Gray(planes.pop().unwrap_or_else(|| Raster::white(0, 0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red above green, 8 by 8, with a blue corner.
    fn colors() -> Vec<u8> {
        let color = |x: usize, y: usize| match (x, y) {
            (0..4, 0..4) => [0, 0, 200],
            (_, 0..4) => [200, 0, 0],
            _ => [0, 200, 0],
        };
        (0..64).flat_map(|at| color(at % 8, at / 8)).collect()
    }

    #[test]
    fn colors_stay_where_they_stand_in_every_pose_and_size() {
        let seen = Seen::of_rgb((8, 8), &colors(), 1);
        assert_eq!(seen.bytes(), colors());
        for (mirrored, quarters) in [false, true].into_iter().flat_map(|mirrored| (0..4).map(move |n| (mirrored, n))) {
            let pose = Pose { mirrored, quarters };
            let [averaged, rendered] = [2, 8].map(|side| match seen.clone().drawn(pose, (side, side)) {
                Samples::Scanned(pixels) => pixels,
                _ => panic!("the image has colors"),
            });
            let corners = |pixels: &[u8], side: usize| {
                let at = |x: usize, y: usize| pixels[(y * side + x) * 4..][..3].to_vec();
                [at(0, 0), at(side - 1, 0), at(0, side - 1), at(side - 1, side - 1)]
            };
            let found = corners(&averaged, 2);
            assert_eq!(found, corners(&rendered, 8), "{pose:?}");
            assert_eq!(found.iter().filter(|color| color[1] == 200).count(), 2, "{pose:?}");
        }
    }

    #[test]
    fn parts_come_together_whole_and_small() {
        for (divisor, want) in [(1, colors()), (4, [[0, 0, 200], [200, 0, 0], [0, 200, 0], [0, 200, 0]].concat())] {
            let mut canvas = Canvas::new(8, 8, divisor, 3);
            for (row, samples) in (0..).zip(colors().chunks(24)) {
                canvas.add(samples.to_vec(), 0, row, 8);
            }
            assert_eq!(canvas.finish().bytes(), want);
        }
        assert_eq!(Seen::of_rgb((8, 8), &colors(), 4).bytes(), [0, 0, 200, 200, 0, 0, 0, 200, 0, 0, 200, 0]);
    }
}
