//! Halving: the next level of a pyramid from the rows of one.

use rayon::prelude::*;

/// Averages blocks of 2×2 pixels; a last odd column or row counts twice.
///
/// `rows` holds whole rows of `width` pixels of `size` bytes; gives rows of `width / 2` pixels, rounded
/// up. Works on rayon's threads; the caller waits.
pub(crate) fn halve(rows: &[u8], width: usize, size: usize) -> Vec<u8> {
    let stride = width * size;
    let half = width.div_ceil(2);
    let count = rows.len() / stride;
    let mut out = vec![0; count.div_ceil(2) * half * size];
    rows.par_chunks(stride * 2)
        .zip(out.par_chunks_exact_mut(half * size))
        .for_each(|(pair, target)| {
            let (upper, lower) = pair.split_at(stride);
            let lower = if lower.is_empty() { upper } else { lower };
            match size {
                1 => halve_row::<1>(upper, lower, target),
                _ => halve_row::<3>(upper, lower, target),
            }
        });
    out
}

fn halve_row<const SIZE: usize>(upper: &[u8], lower: &[u8], target: &mut [u8]) {
    let (pairs_above, pairs_below) = (upper.chunks(SIZE * 2), lower.chunks(SIZE * 2));
    for ((above, below), out) in pairs_above
        .zip(pairs_below)
        .zip(target.chunks_exact_mut(SIZE))
    {
        // A last odd pixel stands for the one that is missing beside it.
        let right = if above.len() > SIZE { SIZE } else { 0 };
        for sample in 0..SIZE {
            let sum = u16::from(above[sample])
                + u16::from(above[sample + right])
                + u16::from(below[sample])
                + u16::from(below[sample + right]);
            out[sample] = u8::try_from((sum + 2) >> 2).unwrap_or(u8::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::halve;

    #[test]
    fn blocks_are_averaged_and_odd_edges_count_twice() {
        for (rows, width, size, expected) in [
            (vec![0, 10, 20, 30], 2, 1, vec![15]),
            (vec![0, 10, 100, 20, 30, 200], 3, 1, vec![15, 150]),
            (vec![7], 1, 1, vec![7]),
            (vec![0, 0, 0, 4, 8, 12], 2, 3, vec![2, 4, 6]),
            (vec![10, 20, 30, 40, 50, 60], 2, 1, vec![25, 55]),
        ] {
            assert_eq!(halve(&rows, width, size), expected, "{rows:?} of {width}");
        }
    }
}
