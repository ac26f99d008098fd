//! From a folder of files to published pyramids and a catalogue.
