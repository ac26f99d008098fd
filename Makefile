# The one entry to this project: `make help` lists what there is.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Tools that are not part of the work tree, shared by every clone on this machine.
CACHE := $(or $(ACERVO_CACHE),$(HOME)/.cache/acervo)
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
# Where `make run` keeps what it published.
DATA ?= acervo-data
# More words for `acervo platform`, such as ARGS="--listen 0.0.0.0:8080".
ARGS ?=
export CHROMIUM ?= /usr/bin/chromium
# What `make bench` measures is built as for the images, in this profile; PART=NAME measures one part.
HOST = $(shell rustc --version --verbose | sed -n 's/^host: //p')
BENCH_PROFILE = $(or $(PROFILE),release)

DENY_VERSION := 0.20.2
DENY := $(CACHE)/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
# A set of Python packages is named by what is in it, so that clones with other pins do not fight.
venv = $(CACHE)/python-$(1)-$(shell { python3 -V; cat tests/python/requirements-$(1).txt; } 2>/dev/null | cksum | cut -d ' ' -f 1)
VALIDATOR := $(call venv,validator)
PREZI := $(call venv,prezi)
SIMILARITY := $(call venv,similarity)

# Other viewers, named by what is in them likewise.
VIEWERS := $(CACHE)/viewers-$(shell cksum < tests/browser/viewers.txt | cut -d ' ' -f 1)

VIEWER := image-server/pages/node_modules/.package-lock.json
BROWSER := tests/node_modules/.package-lock.json
CRD := crds/generated/iiifinstitutions.acervo.dev.yaml
IMAGES := $(TARGET)/images

# The outside tests that want Python, a browser or a cluster are behind this feature of the crate acervo-tests.
TOOLS := --features acervo-tests/tools
test-env = ACERVO_BIN_DIR=$(TARGET)/debug ACERVO_VALIDATOR_VENV=$(VALIDATOR) ACERVO_PREZI_VENV=$(PREZI) \
	ACERVO_VIEWERS=$(VIEWERS) \
	ACERVO_CLUSTER_BIN=$$(tests/cluster/build) ACERVO_S3_BIN=$$(tests/s3/build) ACERVO_IMAGES=$(IMAGES) INSTA_UPDATE=no
# One build for all: the same packages and targets every time, so that nothing is compiled twice with other features.
build-all = cargo build --quiet --workspace --all-targets
# Builds and runs the tests. $(1): arguments for cargo. $(2): their environment.
define run-tests
$(build-all) $(1)
$(2) tests/run $(TARGET)/test.log $(1)
endef

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: build-tools $(VIEWER) ## build and start the whole platform from examples/, at http://127.0.0.1:8080
	@cargo build --release --package acervo
	@exec $(TARGET)/release/acervo platform examples --data $(DATA) $(ARGS)

.PHONY: test
test: lint test-tools images ## everything that must hold; installs what it needs first
	@tests/chart/check
	@cd tests/cluster && shellcheck -x build up down inside install load node control-plane lib/*
	@shellcheck tests/browser/install-viewers tests/chart/check tests/fuzz/run tests/images/build tests/images/reproduce tests/images/rustflags tests/run tests/s3/build .ci/need .ci/run
	@$(call run-tests,$(TOOLS),$(test-env))

.PHONY: test-fast
test-fast: lint ## what needs no cluster, no browser and no Python
	@$(call run-tests,,ACERVO_BIN_DIR=$(TARGET)/debug INSTA_UPDATE=no)

.PHONY: lint
lint: build-tools $(VIEWER) $(DENY) ## format, clippy, licences and sources of dependencies, generated files
	@cargo fmt --all --check
	@cargo clippy --quiet --workspace --all-targets $(TOOLS) -- --deny warnings
	@$(DENY) --log-level error check licenses bans sources
	@$(build-all) $(TOOLS)
	@$(TARGET)/debug/crdgen | diff -u $(CRD) - \
		|| { echo "$(CRD) is not what the types give: run 'make bless'" >&2; exit 1; }

.PHONY: bless
bless: build-tools $(VIEWER) ## regenerate the CRD and accept the snapshots as they are now: read the diff
	@$(build-all)
	@mkdir -p $(dir $(CRD))
	@$(TARGET)/debug/crdgen > $(TARGET)/crd.yaml && cp $(TARGET)/crd.yaml $(CRD)
	@tests/chart/check --bless
	@INSTA_UPDATE=always cargo test --quiet --workspace --exclude acervo-tests
	@git status --short

.PHONY: validate
validate: build-tools $(VIEWER) test-tools ## the official Image API validator alone, with its output
	@$(build-all) $(TOOLS)
	@$(test-env) cargo test --quiet --workspace $(TOOLS) --test image_validator -- --nocapture --test-threads=1

.PHONY: bench
bench: build-tools $(VIEWER) $(BROWSER) $(SIMILARITY)/.ready ## measure: every part in tests/bench, a quarter of an hour at most each; writes docs/bench-*.md
	@.ci/need python3 wrk nginx chromium iipsrv vips
	@flags=$$(tests/images/rustflags); RUSTFLAGS=$$flags cargo build --quiet --profile $(BENCH_PROFILE) --locked --target $(HOST) \
		--package acervo --package acervo-ingest --package acervo-catalogue --package acervo-operator --package acervo-load \
		--bin acervo --bin acervo-operator --bin load --example collection --example measure
	@for part in $(or $(PART),$(wildcard tests/bench/*)); do \
		part=tests/bench/$${part##*/}; [ -f $$part ] && [ -x $$part ] || continue; \
		BENCH_BIN=$(TARGET)/$(HOST)/$(BENCH_PROFILE) BENCH_PROFILE=$(BENCH_PROFILE) BENCH_SIMILARITY=$(SIMILARITY)/bin/python $$part; \
	done

.PHONY: fuzz
fuzz: build-tools ## search for bytes that break a parser, an hour for each: PART=source SECONDS=3600
	@for part in $(or $(PART),url identifier pyramid render source catalogue); do \
		tests/fuzz/run $$part $(or $(SECONDS),3600); \
	done

.PHONY: images
images: build-tools $(VIEWER) ## the two container images, static binaries on nothing, into target/images
	@.ci/need buildah
	@ACERVO_IMAGE_PROFILE=$(or $(PROFILE),image) tests/images/build $(IMAGES)

.PHONY: reproduce
reproduce: images ## a night of the images: built once more from a copy elsewhere, they have the same digests
	@ACERVO_IMAGE_PROFILE=$(or $(PROFILE),image) tests/images/reproduce $(IMAGES)

.PHONY: sbom
sbom: ## what is in the two images, as CycloneDX: target/images/*.cdx.json
	@.ci/need cargo python3
	@mkdir -p $(IMAGES)
	@for name in acervo acervo-operator; do tests/images/sbom $$name > $(IMAGES)/$$name.cdx.json; echo "$(IMAGES)/$$name.cdx.json"; done

.PHONY: walks
walks: build-tools $(VIEWER) cluster-tools ## a night of the operator: 1,000 random walks (WALKS, SEED), and every two faults of a whole institution
	@$(build-all) $(TOOLS)
	@ACERVO_WALKS=$(or $(WALKS),1000) ACERVO_SEED=$(or $(SEED),$$(date +%s)) $(test-env) \
		cargo test --quiet --workspace $(TOOLS) --test operator_walks -- --nocapture
	@ACERVO_FAULTS=$(or $(FAULTS),2) cargo test --quiet --workspace $(TOOLS) --test exhaustive -- --nocapture

.PHONY: cluster
cluster: cluster-tools build-tools $(VIEWER) ## a real Kubernetes on this machine with Acervo and examples/ in it (root); writes .cluster/env
	@.ci/need buildah
	@tests/cluster/up
	@ACERVO_IMAGE_PROFILE=$(or $(PROFILE),image) tests/cluster/install

.PHONY: cluster-down
cluster-down: ## end that cluster; nothing of it is left
	@tests/cluster/down

.PHONY: cluster-tools
cluster-tools:
	@.ci/need go curl openssl runc nft ip sysctl busybox cni setpriv
	@tests/cluster/build >/dev/null

.PHONY: audit
audit: $(DENY) ## known weaknesses of dependencies; fetches the advisory database with git
	@$(DENY) --log-level error check advisories

.PHONY: clean-data
clean-data: ## remove what `make run` published; the sources in examples/ stay
	@rm -rf $(DATA)

.PHONY: build-tools
build-tools:
	@.ci/need cargo node npm cc cmake nasm

.PHONY: test-tools
test-tools: $(VALIDATOR)/.ready $(PREZI)/.ready $(BROWSER) $(VIEWERS)/.ready
	@.ci/need chromium libmagic openssl sqlite3 vips shellcheck
	@$(MAKE) cluster-tools
	@tests/s3/build >/dev/null

$(VALIDATOR)/.ready $(PREZI)/.ready $(SIMILARITY)/.ready: $(CACHE)/python-%/.ready:
	@.ci/need python3 venv
	@echo "installing $(firstword $(subst -, ,$*)) (Python packages, $(@D))"
	@rm -rf $(@D) && python3 -m venv $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --no-input \
		--requirement tests/python/requirements-$(firstword $(subst -, ,$*)).txt
	@touch $@

$(VIEWER) $(BROWSER): %/node_modules/.package-lock.json: %/package-lock.json %/package.json
	@cd $* && npm ci --ignore-scripts --loglevel=error --no-audit --no-fund
	@touch $@

$(VIEWERS)/.ready:
	@.ci/need npm openssl
	@echo "installing viewers ($(@D))"
	@tests/browser/install-viewers $(@D)
	@touch $@

$(DENY):
	@echo "building cargo-deny $(DENY_VERSION) (once on this machine, a few minutes)"
	@env -u CARGO_TARGET_DIR cargo install --quiet --locked --root $(CACHE)/cargo-deny-$(DENY_VERSION) \
		--version $(DENY_VERSION) cargo-deny
