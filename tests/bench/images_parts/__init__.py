"""The parts of `tests/bench/images`, a module each."""
