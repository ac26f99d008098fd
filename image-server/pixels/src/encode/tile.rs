//! Stored tiles as JPEG, by libjpeg-turbo, with restart markers, so that a part of one can be decoded by itself.
//!
//! The crate turbojpeg, by which answers are encoded, cannot ask for these.
#![expect(
    unsafe_code,
    reason = "turbojpeg has no safe call for the interval between restart markers"
)]

use std::cell::RefCell;
use std::ffi::{CStr, c_int, c_void};
use std::ptr::NonNull;

use jpeg_blocks::restart_interval;
use tiff_pyramid::Samples;
use turbojpeg::{Error, PixelFormat, Subsamp, raw};

use super::EncodeError;
use super::jpeg::{JPEG_QUALITY, View, with_segments};

thread_local! {
    /// A compressor costs more to make than a tile to encode.
    static COMPRESSOR: RefCell<Option<Compressor>> = const { RefCell::new(None) };
}

/// A complete stream of a tile, with chroma halved in both directions. The `segments` of a colour profile follow that
/// of JFIF.
pub(crate) fn tile(view: &View<'_>, segments: &[u8]) -> Result<Vec<u8>, EncodeError> {
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(Compressor::new()?),
        };
        Ok(compressor.compress(view, segments)?)
    })
}

/// A compressor of libjpeg-turbo; nobody else has its handle.
struct Compressor(NonNull<c_void>);

impl Compressor {
    fn new() -> Result<Self, Error> {
        // SAFETY: it takes a constant of the library's own.
        let handle = unsafe { raw::tj3Init(raw::TJINIT_TJINIT_COMPRESS as c_int) };
        let compressor = Self(NonNull::new(handle.cast()).ok_or(Error::Null)?);
        compressor.set(raw::TJPARAM_TJPARAM_QUALITY, JPEG_QUALITY)?;
        compressor.set(raw::TJPARAM_TJPARAM_NOREALLOC, 1)?;
        Ok(compressor)
    }

    fn set(&self, parameter: raw::TJPARAM, value: c_int) -> Result<(), Error> {
        // SAFETY: the handle is one of `tj3Init` until `self` is dropped.
        match unsafe { raw::tj3Set(self.handle(), parameter as c_int, value) } {
            0 => Ok(()),
            _ => Err(self.error()),
        }
    }

    fn compress(&self, view: &View<'_>, segments: &[u8]) -> Result<Vec<u8>, Error> {
        let (format, subsampling, unit, channels) = match view.samples {
            Samples::Gray => (PixelFormat::GRAY, Subsamp::Gray, 8, 1),
            Samples::Color => (PixelFormat::RGB, Subsamp::Sub2x2, 16, 3),
        };
        let number =
            |value: usize, name| c_int::try_from(value).map_err(|_| Error::IntegerOverflow(name));
        let width = number(view.width, "width")?;
        let height = number(view.height, "height")?;
        let pitch = number(view.stride, "pitch")?;
        let end = view.height.saturating_sub(1) * view.stride + view.width * channels;
        assert!(end <= view.data.len() && view.width * channels <= view.stride);
        let interval = restart_interval(view.width as u32, unit);
        self.set(raw::TJPARAM_TJPARAM_SUBSAMP, subsampling as c_int)?;
        self.set(raw::TJPARAM_TJPARAM_RESTARTBLOCKS, c_int::from(interval))?;
        let most = turbojpeg::compressed_buf_len(view.width, view.height, subsampling)?;
        with_segments(segments, most, |out| {
            let (mut start, mut length) = (out.as_mut_ptr(), out.len() as raw::size_t);
            // SAFETY: the handle is one of `tj3Init`; all rows lie in `data`, as was asserted; and the library writes at
            // most `length` bytes from `start` on, because it may not allocate others.
            let failed = unsafe {
                raw::tj3Compress8(
                    self.handle(),
                    view.data.as_ptr(),
                    width,
                    pitch,
                    height,
                    format as c_int,
                    &raw mut start,
                    &raw mut length,
                )
            };
            match failed {
                0 => Ok(length as usize),
                _ => Err(self.error()),
            }
        })
    }

    /// What the library says of the last call.
    fn error(&self) -> Error {
        // SAFETY: the library gives a string that ends with 0 and is there until its next call.
        let said = unsafe { CStr::from_ptr(raw::tj3GetErrorStr(self.handle())) };
        Error::TurboJpegError(said.to_string_lossy().into_owned())
    }

    fn handle(&self) -> raw::tjhandle {
        self.0.as_ptr().cast()
    }
}

impl Drop for Compressor {
    fn drop(&mut self) {
        // SAFETY: the handle is one of `tj3Init`, and used no more.
        unsafe { raw::tj3Destroy(self.handle()) }
    }
}
