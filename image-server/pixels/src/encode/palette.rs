//! The palette of a picture: its colours in at most 256 boxes, each shown as its mean.
//!
//! Colours are counted in cells of 8×8×8. Beginning with one box around all of them, the box whose colours
//! differ most from its mean is cut in two, where that difference becomes least, until there are enough.

/// Binary digits of each sample that tell cells apart.
const DIGITS: u32 = 5;
const SIDE: usize = 1 << DIGITS;

/// What is known of some pixels: how many, and the sums of their samples and of the samples' squares.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: u64,
    samples: [u64; 3],
    squares: u64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.squares += other.squares;
        for (sum, sample) in self.samples.iter_mut().zip(other.samples) {
            *sum += sample;
        }
    }

    /// What remains without `other`, which is a part of these.
    fn without(&self, other: &Self) -> Self {
        Self {
            count: self.count - other.count,
            samples: std::array::from_fn(|at| self.samples[at] - other.samples[at]),
            squares: self.squares - other.squares,
        }
    }

    /// The sum of the squared differences from the mean.
    fn difference(&self) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let squared: f64 = self.samples.iter().map(|sum| (*sum as f64).powi(2)).sum();
        self.squares as f64 - squared / self.count as f64
    }

    fn mean(&self) -> [u8; 3] {
        let count = self.count.max(1);
        let mean = |sum: u64| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX);
        self.samples.map(mean)
    }
}

/// Cells between two corners, the upper excluded, and the sums of their pixels.
#[derive(Debug, Clone, Copy)]
struct Block {
    from: [usize; 3],
    to: [usize; 3],
    sums: Sums,
}

/// At most 256 colours, and which of them each cell is shown in.
pub(super) struct Palette {
    colors: Vec<[u8; 3]>,
    cells: Vec<u8>,
}

fn cell([r, g, b]: [usize; 3]) -> usize {
    (r << (2 * DIGITS)) | (g << DIGITS) | b
}

fn cell_of(color: [u8; 3]) -> usize {
    cell(color.map(|sample| usize::from(sample >> (8 - DIGITS))))
}

impl Palette {
    /// The palette of pixels, of at most `most` colours, which is from 1 to 256.
    pub(super) fn of(pixels: impl Iterator<Item = [u8; 3]>, most: usize) -> Self {
        let mut cells = vec![Sums::default(); SIDE.pow(3)];
        for color in pixels {
            let sums = &mut cells[cell_of(color)];
            sums.count += 1;
            for (sum, sample) in sums.samples.iter_mut().zip(color) {
                *sum += u64::from(sample);
                sums.squares += u64::from(sample).pow(2);
            }
        }
        let whole = Block {
            from: [0; 3],
            to: [SIDE; 3],
            sums: sum(&cells, [0; 3], [SIDE; 3]),
        };
        let mut blocks = vec![whole];
        let mut finished = Vec::new();
        while blocks.len() + finished.len() < most {
            let differences = blocks.iter().map(|block| block.sums.difference());
            let worst = differences.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((worst, _)) = worst else { break };
            let block = blocks.swap_remove(worst);
            match cut(&cells, block) {
                Some(parts) => blocks.extend(parts),
                None => finished.push(block),
            }
        }
        blocks.append(&mut finished);
        let mut indices = vec![0; cells.len()];
        for (index, block) in (0..=u8::MAX).zip(&blocks) {
            each(block.from, block.to, |at| indices[at] = index);
        }
        Self {
            colors: blocks.iter().map(|block| block.sums.mean()).collect(),
            cells: indices,
        }
    }

    /// The index of the colour that `color` is shown in.
    pub(super) fn index(&self, color: [u8; 3]) -> u8 {
        self.cells[cell_of(color)]
    }

    /// The colours, as GIF writes them.
    pub(super) fn colors(&self) -> Vec<u8> {
        self.colors.concat()
    }
}

/// Calls `call` with the index of each cell of a block.
fn each(from: [usize; 3], to: [usize; 3], mut call: impl FnMut(usize)) {
    for r in from[0]..to[0] {
        for g in from[1]..to[1] {
            let row = cell([r, g, 0]);
            (row + from[2]..row + to[2]).for_each(&mut call);
        }
    }
}

fn sum(cells: &[Sums], from: [usize; 3], to: [usize; 3]) -> Sums {
    let mut sums = Sums::default();
    each(from, to, |at| sums.add(&cells[at]));
    sums
}

/// The two parts of a block that differ least from their means, if it has more than one cell with pixels.
fn cut(cells: &[Sums], block: Block) -> Option<[Block; 2]> {
    let mut best: Option<(f64, [Block; 2])> = None;
    for axis in 0..3 {
        let mut below = Sums::default();
        for at in block.from[axis]..block.to[axis] - 1 {
            let (mut from, mut to) = (block.from, block.to);
            (from[axis], to[axis]) = (at, at + 1);
            below.add(&sum(cells, from, to));
            let above = block.sums.without(&below);
            if below.count == 0 || above.count == 0 {
                continue;
            }
            let difference = below.difference() + above.difference();
            if best.as_ref().is_none_or(|(least, _)| difference < *least) {
                let (mut lower, mut upper) = (block, block);
                (lower.to[axis], lower.sums) = (at + 1, below);
                (upper.from[axis], upper.sums) = (at + 1, above);
                best = Some((difference, [lower, upper]));
            }
        }
    }
    best.map(|(_, parts)| parts)
}

#[cfg(test)]
mod tests {
    use super::Palette;

    #[test]
    fn colours_that_are_few_stay_as_they_are() {
        let colors = [[0, 0, 0], [255, 255, 255], [200, 30, 40], [10, 90, 180]];
        let palette = Palette::of(colors.into_iter().cycle().take(1000), 256);
        assert_eq!(palette.colors().len(), 12);
        for color in colors {
            let at = usize::from(palette.index(color)) * 3;
            assert_eq!(palette.colors()[at..at + 3], color);
        }
    }

    #[test]
    fn many_colours_are_shown_near_and_the_limit_is_kept() {
        let colors = (0..64_u8).flat_map(|r| (0..64).map(move |g| [r * 4, g * 4, r + g]));
        for most in [1, 2, 16, 255, 256] {
            let palette = Palette::of(colors.clone(), most);
            assert!(palette.colors().len() <= most * 3);
            let worst = colors.clone().map(|color| {
                let at = usize::from(palette.index(color)) * 3;
                let shown = &palette.colors()[at..at + 3];
                let distances = shown.iter().zip(color).map(|(a, b)| a.abs_diff(b));
                distances.max().unwrap_or_default()
            });
            let worst = worst.max().unwrap_or_default();
            assert!(most < 255 || worst <= 16, "{most}: {worst}");
        }
        assert!(Palette::of(std::iter::empty(), 256).colors().len() == 3);
    }
}
