# syntax=docker/dockerfile:1
#
# Two images, each one static binary and nothing else, for the architecture of the machine that builds them
# (with `docker buildx build --platform linux/amd64,linux/arm64`: of each of its nodes):
#
#   docker build --target acervo --tag acervo .
#   docker build --target acervo-operator --tag acervo-operator .
#
# Neither has certificates of authorities: the operator trusts the cluster's, and ingest those that the platform names.

# The version in rust-toolchain.toml.
ARG RUST_VERSION=1.95.0
ARG NODE_VERSION=22

# The deep zoom viewer that the pages serve; only its files are taken.
FROM node:${NODE_VERSION}-bookworm-slim AS viewer
WORKDIR /viewer
COPY image-server/pages/package.json image-server/pages/package-lock.json ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --no-audit --no-fund

FROM rust:${RUST_VERSION}-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends cmake nasm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /acervo
COPY . .
COPY --from=viewer /viewer/node_modules image-server/pages/node_modules
ARG TARGETARCH
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/acervo/target,id=acervo-target-${TARGETARCH} <<'SH'
set -eu
case "$TARGETARCH" in
  amd64) target=x86_64-unknown-linux-gnu ;;
  arm64) target=aarch64-unknown-linux-gnu ;;
  *) echo "the images are built for amd64 and arm64, not for '$TARGETARCH'" >&2; exit 1 ;;
esac
flags=$(tests/images/rustflags)
RUSTFLAGS="$flags" \
  cargo build --release --locked --target "$target" --package acervo --package acervo-operator
mkdir /binaries
cp "target/$target/release/acervo" "target/$target/release/acervo-operator" /binaries/
SH

FROM scratch AS binaries
COPY --from=build /binaries/ /

# From here on, tests/images/build makes the same images from binaries of its own.

FROM scratch AS acervo
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="acervo" \
      org.opencontainers.image.description="The image server and the ingest of Acervo, a shared IIIF platform" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/acervo-iiif/acervo"
COPY --from=binaries acervo /usr/bin/acervo
# For `kubectl exec … -- acervo receive`.
ENV PATH=/usr/bin
USER 65532:65532
EXPOSE 8080 8081
ENTRYPOINT ["/usr/bin/acervo"]

FROM scratch AS acervo-operator
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="acervo-operator" \
      org.opencontainers.image.description="The operator of Acervo, a shared IIIF platform" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/acervo-iiif/acervo"
COPY --from=binaries acervo-operator /usr/bin/acervo-operator
USER 65532:65532
EXPOSE 8081
ENTRYPOINT ["/usr/bin/acervo-operator"]
