//! Tells Cargo which folders are compiled into the program, so that a new file in them is noticed.

fn main() {
    for folder in ["templates", "assets", "locales"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
