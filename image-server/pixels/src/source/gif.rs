//! GIF sources: the first frame, on white paper.

use std::fs::File;

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};

use super::limits::check;
use super::rows::WholeImage;
use super::{Limits, RowReader, SourceError};
use crate::color::{Color, ColorPolicy, Model};
use crate::raster::Raster;

pub(super) fn open(
    file: File,
    limits: &Limits,
    policy: ColorPolicy,
) -> Result<Box<dyn RowReader>, SourceError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Unlimited);
    let mut decoder = options.read_info(file).map_err(damaged)?;
    let size = (u32::from(decoder.width()), u32::from(decoder.height()));
    let frame = decoder.next_frame_info().map_err(damaged)?;
    let frame = frame.ok_or_else(|| SourceError::Damaged("GIF: it has no image".to_owned()))?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let transparent = frame.transparent;
    let pixels = u64::from(size.0) * u64::from(size.1);
    let cost = pixels * 3 + (width * height) as u64;
    let color = Color::new(Model::Rgb, decoder.icc_profile(), policy);
    let lease = check(size, color.samples(), cost, limits)?;
    let mut indexes = vec![0; decoder.buffer_size()];
    decoder.read_into_buffer(&mut indexes).map_err(damaged)?;
    let palette = decoder.palette().map_err(damaged)?;
    let mut shown = vec![0xff; palette.len()];
    color.bytes(palette, &mut shown);
    let mut image = Raster::new(size.0, size.1, color.samples());
    image.data.fill(0xff);
    let stride = image.stride();
    let rows = image.data.chunks_exact_mut(stride).skip(top);
    for (row, line) in rows.zip(indexes.chunks_exact(width.max(1))) {
        let pixels = row.as_chunks_mut::<3>().0.iter_mut().skip(left);
        for (pixel, index) in pixels.zip(line) {
            if transparent == Some(*index) {
                continue;
            }
            let at = usize::from(*index) * 3;
            let color = shown.get(at..at + 3).ok_or_else(|| {
                SourceError::Damaged("GIF: a colour beyond its palette".to_owned())
            })?;
            pixel.copy_from_slice(color);
        }
    }
    let image = WholeImage::new(image, lease).with_colors(color.kept());
    Ok(Box::new(image))
}

fn damaged(error: DecodingError) -> SourceError {
    match error {
        DecodingError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            SourceError::Io(error)
        }
        other => SourceError::Damaged(format!("GIF: {other}")),
    }
}
