//! The one way to the database: a pool for writing, a pool for reading, and [`write`].
//!
//! On SQLite there is one writer connection (writes queue in the program) and a read-only pool; on
//! PostgreSQL both are one pool. Every write transaction runs in a task of its own, so that a visitor
//! who leaves never leaves a connection half-way in `BEGIN`.

mod connect;
mod kept;
mod version;
mod write;

pub use connect::{ConnectError, Db, DbUrl};
pub use kept::Kept;
pub use version::Version;
pub use write::{Class, Work, claim, class, write, write_one};
