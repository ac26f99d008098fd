"""Draws the images of the invented institutions; `examples/generate.py` is its entry."""
