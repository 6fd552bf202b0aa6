//! The packages.

use kernel::id::PackageId;
use kernel::money::{Currency, Money};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, sea_query::OnConflict};

use super::{count, package_visit, to_int};
use crate::practice::{Package, Slug};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "package")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PackageId,
    pub slug: Slug,
    pub name: String,
    pub summary: String,
    pub description: String,
    pub price_minor: i64,
    pub valid_months: i32,
    pub position: i32,
    pub archived: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// All of them, archived ones too, in their order, with their visits. Prices are in the practice's `currency`.
pub(crate) async fn all(db: &impl ConnectionTrait, currency: Currency) -> Result<Vec<Package>, DbErr> {
    let rows = Entity::find()
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    let mut visits = package_visit::all(db).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Package {
                visits: visits.remove(&row.id).unwrap_or_default(),
                id: row.id,
                slug: row.slug,
                name: row.name,
                summary: row.summary,
                description: row.description,
                price: Money::new(row.price_minor, currency),
                valid_months: count(row.valid_months)?,
                archived: row.archived,
            })
        })
        .collect()
}

/// Writes one and its visits, anew or over the old ones. Its offerings must be there.
pub(crate) async fn save(db: &impl ConnectionTrait, p: &Package, position: u32) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(p.id),
        slug: Set(p.slug.clone()),
        name: Set(p.name.clone()),
        summary: Set(p.summary.clone()),
        description: Set(p.description.clone()),
        price_minor: Set(p.price.minor),
        valid_months: Set(to_int(p.valid_months)?),
        position: Set(to_int(position)?),
        archived: Set(p.archived),
    };
    let kept = [Column::Id, Column::Slug];
    let changed = <Column as sea_orm::Iterable>::iter().filter(|c| kept.iter().all(|k| k.as_str() != c.as_str()));
    let over = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    Entity::insert(row).on_conflict(over).exec_without_returning(db).await?;
    package_visit::replace(db, p).await
}
