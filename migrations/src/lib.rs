//! The schema of Goldenhour, on SQLite and on PostgreSQL.
//!
//! One file is one step; a step that has been released is never edited, the next one follows it. Every step runs in its own
//! transaction on both databases, does one ALTER per statement, and names its constraints and triggers, because the error classes of
//! `kernel::db` go by those names. [`migrate`] runs the steps that are missing, under a lock, after a copy; it refuses a schema that
//! is newer than the program.
//!
//! Shapes that all tables share stand in [`shape`]. Start reading at [`Migrator`].

use sea_orm_migration::prelude::*;

mod copy;
mod lock;
mod m0001_practice;
mod m0002_appointment;
mod m0003_access;
mod m0004_instance;
mod m0005_mailing;
mod m0006_letters;
mod m0007_reschedule;
mod m0008_intake;
mod m0009_family;
mod m0010_reminders;
mod m0011_desk;
mod m0012_packages;
mod m0013_parked;
mod m0014_letters;
mod m0015_payments;
mod m0017_terms;
mod m0018_receipts;
mod m0019_bounces;
mod m0020_mail_server;
mod m0021_pictures;
mod m0022_subscribers;
mod m0023_sources;
mod restore;
mod runner;
pub mod shape;

pub use copy::{CopyError, Part};
pub use lock::DatabaseLock;
pub use restore::{RestoreError, Restoring};
pub use runner::{MigrateError, Migrated, migrate, state};

/// The steps, in the order in which they are run.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_practice::Migration),
            Box::new(m0002_appointment::Migration),
            Box::new(m0003_access::Migration),
            Box::new(m0004_instance::Migration),
            Box::new(m0005_mailing::Migration),
            Box::new(m0006_letters::Migration),
            Box::new(m0007_reschedule::Migration),
            Box::new(m0008_intake::Migration),
            Box::new(m0009_family::Migration),
            Box::new(m0010_reminders::Migration),
            Box::new(m0011_desk::Migration),
            Box::new(m0012_packages::Migration),
            Box::new(m0013_parked::Migration),
            Box::new(m0014_letters::Migration),
            Box::new(m0015_payments::Migration),
            Box::new(m0017_terms::Migration),
            Box::new(m0018_receipts::Migration),
            Box::new(m0019_bounces::Migration),
            Box::new(m0020_mail_server::Migration),
            Box::new(m0021_pictures::Migration),
            Box::new(m0022_subscribers::Migration),
            Box::new(m0023_sources::Migration),
        ]
    }
}
