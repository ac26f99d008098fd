//! The public pages: records in, HTML out.
