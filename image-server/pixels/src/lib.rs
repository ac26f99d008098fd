//! Pixels: decoding sources, building pyramids, rendering what no stored tile answers.
