//! The catalogue of one collection: which items and pages are published, and where their bytes are.
