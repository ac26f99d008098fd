//! The harness of the tests that look at Acervo from outside: it starts the built binary on a folder of
//! computed images, asks it over HTTP, and runs the validators, the libraries and the browser that others
//! wrote. It asserts nothing.

mod browser;
mod cluster;
mod control_plane;
mod disk;
mod documents;
mod fixtures;
mod folder;
mod guard;
mod http;
mod institution;
mod kubectl;
mod operator;
mod process;
mod python;
mod s3;
mod server;
mod tools;
mod volume;
mod wait;

pub use browser::read_pages;
pub use cluster::{Cluster, Routing};
pub use control_plane::{Asked, ControlPlane, render_chart};
pub use disk::{SmallDisk, may_mount};
pub use documents::{Document, Documents, image_services};
pub use fixtures::{Raster, jpeg_header, multi_page_tiff, png_bomb, tiff_claiming};
pub use folder::{Collection, Folder, copy_folder};
pub use http::{Answer, get, get_with, raw};
pub use institution::{VALUES, condition, institution};
pub use kubectl::Kubectl;
pub use operator::Operator;
pub use process::acervo;
pub use python::{Environment, python};
pub use s3::S3;
pub use server::{Finished, Server, run_to_end};
pub use tools::{example_institutions, examples, repository, run, run_any};
pub use volume::Volume;
pub use wait::{until, until_every};
