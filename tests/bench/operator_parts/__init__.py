"""The parts of `tests/bench/operator`, a module each."""
