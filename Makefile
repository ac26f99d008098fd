# The one entry to this project.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := test

.PHONY: run
run: ## build and start the platform from examples/, at http://127.0.0.1:8080
	@.ci/need cargo cc cmake nasm
	@cargo build --release --package acervo
	@exec target/release/acervo platform examples --data acervo-data

.PHONY: test
test: ## everything that must hold
	@.ci/need cargo cc cmake nasm
	@cargo fmt --all --check
	@cargo clippy --quiet --workspace --all-targets -- --deny warnings
	@INSTA_UPDATE=no cargo test --workspace
