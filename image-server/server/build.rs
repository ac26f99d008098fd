//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The program can lie anywhere in memory, so thousands of addresses in it are set when it starts. Packed, the list of
    // them is a tenth as long, and it is read whole.
    println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
}
