//! The harness of the tests that look at Acervo from outside: it starts the built binary on a folder of
//! computed images, asks it over HTTP, and runs the validators, the libraries and the browser that others
//! wrote. It asserts nothing.

mod browser;
mod cluster;
mod control_plane;
mod crawl;
mod disk;
mod documents;
mod fixtures;
mod folder;
mod guard;
mod html;
mod http;
mod institution;
mod kinds;
mod kubectl;
mod links;
mod network;
mod operator;
mod process;
mod python;
mod random;
mod readers;
mod relay;
mod rest;
mod s3;
mod server;
mod specs;
mod tools;
mod volume;
mod wait;

pub use browser::{
    Verdict, parse_presentation, read_pages, show_in_viewers, slow_link, validate_html,
};
pub use cluster::{Cluster, Routing};
pub use control_plane::{Asked, ControlPlane, Right, render_chart};
pub use crawl::{Crawl, Foreign, Visit};
pub use disk::{SmallDisk, may_mount};
pub use documents::{Document, Documents, image_services};
pub use fixtures::{
    Raster, adobe_rgb, jpeg_header, multi_page_tiff, png_bomb, profile_segment, tiff_claiming,
};
pub use folder::{Collection, Folder, copy_folder};
pub use html::{Element, elements, resolve};
pub use http::{Answer, get, get_with, raw, request};
pub use institution::{VALUES, condition, institution};
pub use kinds::Kinds;
pub use kubectl::Kubectl;
pub use links::{How, Link};
pub use network::{End, NetworkPolicies, Pod};
pub use operator::Operator;
pub use process::acervo;
pub use python::{Environment, python};
pub use random::Random;
pub use readers::Readers;
pub use relay::Relay;
pub use rest::Rest;
pub use s3::S3;
pub use server::{Finished, Server, run_to_end};
pub use specs::Specs;
pub use tools::{example_institutions, examples, repository, run, run_any};
pub use volume::Volume;
pub use wait::{until, until_every};
