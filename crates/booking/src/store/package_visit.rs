//! What the packages hold.

use std::collections::HashMap;

use kernel::id::{OfferingId, PackageId};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder};

use super::{corrupt, count, from_json, offering, to_int, to_json};
use crate::practice::{Package, PackageVisits, Slug, Ways};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "package_visit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub package_id: PackageId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub offering_id: OfferingId,
    pub count: i32,
    pub position: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub modes: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub places: Json,
    pub trip_fee_included: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// The visits of every package, in their order.
pub(crate) async fn all(db: &impl ConnectionTrait) -> Result<HashMap<PackageId, Vec<PackageVisits>>, DbErr> {
    let rows = Entity::find()
        .order_by_asc(Column::PackageId)
        .order_by_asc(Column::Position)
        .all(db)
        .await?;
    let slugs = slugs(db).await?;
    let mut out: HashMap<PackageId, Vec<PackageVisits>> = HashMap::new();
    for row in rows {
        let offering = slugs
            .iter()
            .find(|(id, _)| *id == row.offering_id)
            .map(|(_, slug)| slug.clone());
        let offering = offering.ok_or_else(|| corrupt("a package without its offering"))?;
        out.entry(row.package_id).or_default().push(PackageVisits {
            offering,
            count: count(row.count)?,
            ways: Ways {
                modes: from_json(row.modes)?,
                places: from_json(row.places)?,
            },
            trip_fee_included: row.trip_fee_included,
        });
    }
    Ok(out)
}

/// Replaces the visits of one package.
pub(crate) async fn replace(db: &impl ConnectionTrait, p: &Package) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::PackageId.eq(p.id))
        .exec(db)
        .await?;
    let slugs = slugs(db).await?;
    for (visits, position) in p.visits.iter().zip(0_u32..) {
        let offering = slugs
            .iter()
            .find(|(_, slug)| *slug == visits.offering)
            .map(|(id, _)| *id);
        let row = ActiveModel {
            package_id: Set(p.id),
            offering_id: Set(offering.ok_or_else(|| corrupt("a package without its offering"))?),
            count: Set(to_int(visits.count)?),
            position: Set(to_int(position)?),
            modes: Set(to_json(&visits.ways.modes)?),
            places: Set(to_json(&visits.ways.places)?),
            trip_fee_included: Set(visits.trip_fee_included),
        };
        Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}

async fn slugs(db: &impl ConnectionTrait) -> Result<Vec<(OfferingId, Slug)>, DbErr> {
    use sea_orm::QuerySelect as _;
    let columns = [offering::Column::Id, offering::Column::Slug];
    offering::Entity::find()
        .select_only()
        .columns(columns)
        .into_tuple()
        .all(db)
        .await
}
