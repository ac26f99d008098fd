//! Tiled pyramidal TIFF files with stored tiles that are answers.
