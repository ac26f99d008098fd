//! The TIFF tags, types and values that pyramids use (TIFF 6.0; `BigTIFF`).

pub(crate) const NEW_SUBFILE_TYPE: u16 = 254;
pub(crate) const IMAGE_WIDTH: u16 = 256;
pub(crate) const IMAGE_LENGTH: u16 = 257;
pub(crate) const BITS_PER_SAMPLE: u16 = 258;
pub(crate) const COMPRESSION: u16 = 259;
pub(crate) const PHOTOMETRIC: u16 = 262;
pub(crate) const IMAGE_DESCRIPTION: u16 = 270;
pub(crate) const ORIENTATION: u16 = 274;
pub(crate) const SAMPLES_PER_PIXEL: u16 = 277;
pub(crate) const PLANAR_CONFIGURATION: u16 = 284;
pub(crate) const SOFTWARE: u16 = 305;
pub(crate) const TILE_WIDTH: u16 = 322;
pub(crate) const TILE_LENGTH: u16 = 323;
pub(crate) const TILE_OFFSETS: u16 = 324;
pub(crate) const TILE_BYTE_COUNTS: u16 = 325;
pub(crate) const YCBCR_SUBSAMPLING: u16 = 530;
/// ICC.1, annex B.4.
pub(crate) const ICC_PROFILE: u16 = 34675;
/// Private (the range 65000 to 65535 is free for use): offsets of the cropped edge tiles, in
/// row-major order of the edge tiles of the level.
pub(crate) const EDGE_OFFSETS: u16 = 65450;
/// Private: lengths of the cropped edge tiles.
pub(crate) const EDGE_BYTE_COUNTS: u16 = 65451;

pub(crate) const COMPRESSION_JPEG: u64 = 7;
pub(crate) const PHOTOMETRIC_GRAY: u64 = 1;
pub(crate) const PHOTOMETRIC_YCBCR: u64 = 6;
pub(crate) const REDUCED_IMAGE: u64 = 1;

pub(crate) const TYPE_ASCII: u16 = 2;
pub(crate) const TYPE_SHORT: u16 = 3;
pub(crate) const TYPE_LONG: u16 = 4;
pub(crate) const TYPE_UNDEFINED: u16 = 7;
pub(crate) const TYPE_LONG8: u16 = 16;

/// Bytes of one value of a field type; `None` for types that pyramids do not use.
pub(crate) const fn size_of_type(field_type: u16) -> Option<u64> {
    match field_type {
        TYPE_ASCII | TYPE_UNDEFINED => Some(1),
        TYPE_SHORT => Some(2),
        TYPE_LONG => Some(4),
        TYPE_LONG8 => Some(8),
        _ => None,
    }
}
