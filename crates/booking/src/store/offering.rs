//! The offerings.

use kernel::id::OfferingId;
use kernel::money::{Currency, Money};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, sea_query::OnConflict};

use super::{corrupt, count, from_json, to_int, to_json};
use crate::practice::{Offering, Slug};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "offering")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OfferingId,
    pub slug: Slug,
    pub name: String,
    pub summary: String,
    pub description: String,
    pub minutes: i32,
    pub step_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub notice_minutes: i32,
    pub horizon_days: i32,
    pub daily_cap: Option<i32>,
    pub price_minor: i64,
    pub terms: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub modes: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub channels: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub places: Json,
    pub audience: String,
    pub once_per_family: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub reminder_minutes: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub questions: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub consents: Json,
    pub position: i32,
    pub archived: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// All of them, archived ones too, in their order. Prices are in the practice's `currency`.
pub(crate) async fn all(db: &impl ConnectionTrait, currency: Currency) -> Result<Vec<Offering>, DbErr> {
    let rows = Entity::find()
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(|row| offering(row, currency)).collect()
}

/// The one of this slug.
pub(crate) async fn by_slug(
    db: &impl ConnectionTrait,
    slug: &str,
    currency: Currency,
) -> Result<Option<Offering>, DbErr> {
    let row = Entity::find().filter(Column::Slug.eq(slug)).one(db).await?;
    row.map(|row| offering(row, currency)).transpose()
}

fn offering(row: Model, currency: Currency) -> Result<Offering, DbErr> {
    Ok(Offering {
        id: row.id,
        slug: row.slug,
        name: row.name,
        summary: row.summary,
        description: row.description,
        minutes: count(row.minutes)?,
        step_minutes: count(row.step_minutes)?,
        buffer_before_minutes: count(row.buffer_before_minutes)?,
        buffer_after_minutes: count(row.buffer_after_minutes)?,
        notice_minutes: count(row.notice_minutes)?,
        horizon_days: count(row.horizon_days)?,
        daily_cap: row.daily_cap.map(count).transpose()?,
        price: Money::new(row.price_minor, currency),
        terms: row.terms.parse().map_err(corrupt)?,
        modes: from_json(row.modes)?,
        channels: from_json(row.channels)?,
        places: from_json(row.places)?,
        audience: row.audience.parse().map_err(corrupt)?,
        once_per_family: row.once_per_family,
        reminder_minutes: from_json(row.reminder_minutes)?,
        questions: from_json(row.questions)?,
        consents: from_json(row.consents)?,
        archived: row.archived,
    })
}

/// Writes one, anew or over the old one.
pub(crate) async fn save(db: &impl ConnectionTrait, o: &Offering, position: u32) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(o.id),
        slug: Set(o.slug.clone()),
        name: Set(o.name.clone()),
        summary: Set(o.summary.clone()),
        description: Set(o.description.clone()),
        minutes: Set(to_int(o.minutes)?),
        step_minutes: Set(to_int(o.step_minutes)?),
        buffer_before_minutes: Set(to_int(o.buffer_before_minutes)?),
        buffer_after_minutes: Set(to_int(o.buffer_after_minutes)?),
        notice_minutes: Set(to_int(o.notice_minutes)?),
        horizon_days: Set(to_int(o.horizon_days)?),
        daily_cap: Set(o.daily_cap.map(to_int).transpose()?),
        price_minor: Set(o.price.minor),
        terms: Set(o.terms.to_string()),
        modes: Set(to_json(&o.modes)?),
        channels: Set(to_json(&o.channels)?),
        places: Set(to_json(&o.places)?),
        audience: Set(o.audience.to_string()),
        once_per_family: Set(o.once_per_family),
        reminder_minutes: Set(to_json(&o.reminder_minutes)?),
        questions: Set(to_json(&o.questions)?),
        consents: Set(to_json(&o.consents)?),
        position: Set(to_int(position)?),
        archived: Set(o.archived),
    };
    let kept = [Column::Id, Column::Slug];
    let changed = <Column as sea_orm::Iterable>::iter().filter(|c| kept.iter().all(|k| k.as_str() != c.as_str()));
    let over = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Gives one its place among the others.
pub(crate) async fn place(db: &impl ConnectionTrait, id: OfferingId, position: u32) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Position, Expr::value(to_int(position)?))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(drop)
}

/// The name of each.
pub(crate) async fn names(db: &impl ConnectionTrait) -> Result<Vec<(OfferingId, String)>, DbErr> {
    use sea_orm::QuerySelect as _;
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name])
        .into_tuple()
        .all(db)
        .await
}
