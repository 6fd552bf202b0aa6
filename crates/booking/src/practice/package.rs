//! A set of visits sold together at one price.

use kernel::id::PackageId;
use kernel::money::Money;

use super::slug::Slug;

/// A package, as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its row.
    pub id: PackageId,
    /// Its name in addresses and files.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
    /// One sentence for lists; may be empty.
    pub summary: String,
    /// Paragraphs for its own page; may be empty.
    pub description: String,
    /// What all its visits cost together.
    pub price: Money,
    /// Months from the first visit in which its credits are valid.
    pub valid_months: u32,
    /// Whether home visits cost no trip fee.
    pub trip_fee_included: bool,
    /// What it holds.
    pub visits: Vec<PackageVisits>,
    /// No longer offered.
    pub archived: bool,
}

/// Some visits of one offering in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageVisits {
    /// The offering's slug.
    pub offering: Slug,
    /// How many of them.
    pub count: u32,
}
