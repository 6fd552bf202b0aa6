//! The integration suite: one binary. `architecture` reads the source; everything else talks to the real program from outside.

mod architecture;
mod program;
