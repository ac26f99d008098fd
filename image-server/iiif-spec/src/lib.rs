//! The IIIF specifications as types: Image API requests and info documents, Presentation documents.
