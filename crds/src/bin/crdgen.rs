//! Prints the CRD: `cargo run -p acervo-crds --bin crdgen > crds/generated/iiifinstitutions.acervo.dev.yaml`.

fn main() {
    print!("{}", acervo_crds::crd_yaml());
}
