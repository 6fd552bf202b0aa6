//! The one row of the practice.

use kernel::email::EmailAddress;
use kernel::id::PracticeId;
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, sea_query::OnConflict};

use super::{corrupt, from_json, policy_version, to_json};
use crate::practice::Practice;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "practice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PracticeId,
    pub only: bool,
    pub name: String,
    pub discreet_name: String,
    pub tagline: String,
    pub welcome: String,
    pub about: String,
    pub how_to_pay: String,
    pub emergency_line: String,
    pub phone: String,
    pub email: EmailAddress,
    #[sea_orm(column_type = "JsonBinary")]
    pub postal_address: Json,
    pub zone: String,
    pub currency: String,
    pub locale: String,
    pub colour: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub office: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub policy: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub home_zones: Json,
    pub uid_domain: String,
    pub created_at: Instant,
    pub changed_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// The practice, once one was applied.
pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Option<Practice>, DbErr> {
    let Some(row) = Entity::find().one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Practice {
        id: row.id,
        name: row.name,
        discreet_name: row.discreet_name,
        tagline: row.tagline,
        welcome: row.welcome,
        about: row.about,
        how_to_pay: row.how_to_pay,
        emergency_line: row.emergency_line,
        phone: row.phone,
        email: row.email,
        postal_address: from_json(row.postal_address)?,
        zone: row.zone.parse().map_err(corrupt)?,
        currency: row.currency.parse().map_err(corrupt)?,
        locale: row.locale,
        colour: row.colour,
        office: row.office.map(from_json).transpose()?,
        policy: from_json(row.policy)?,
        home_zones: from_json(row.home_zones)?,
        uid_domain: row.uid_domain,
    }))
}

/// Whether there is a practice.
pub(crate) async fn exists(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().count(db).await? > 0)
}

/// Writes it, anew or over the old one; a UID domain that is there stays, and another policy is the next version.
pub(crate) async fn save(db: &impl ConnectionTrait, p: &Practice, now: Instant) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(p.id),
        only: Set(true),
        name: Set(p.name.clone()),
        discreet_name: Set(p.discreet_name.clone()),
        tagline: Set(p.tagline.clone()),
        welcome: Set(p.welcome.clone()),
        about: Set(p.about.clone()),
        how_to_pay: Set(p.how_to_pay.clone()),
        emergency_line: Set(p.emergency_line.clone()),
        phone: Set(p.phone.clone()),
        email: Set(p.email.clone()),
        postal_address: Set(to_json(&p.postal_address)?),
        zone: Set(p.zone.name().into()),
        currency: Set(p.currency.code().into()),
        locale: Set(p.locale.clone()),
        colour: Set(p.colour.clone()),
        office: Set(p.office.as_ref().map(to_json).transpose()?),
        policy: Set(to_json(&p.policy)?),
        home_zones: Set(to_json(&p.home_zones)?),
        uid_domain: Set(p.uid_domain.clone()),
        created_at: Set(now),
        changed_at: Set(now),
    };
    let kept = [Column::Id, Column::Only, Column::UidDomain, Column::CreatedAt];
    let changed = <Column as sea_orm::Iterable>::iter().filter(|c| kept.iter().all(|k| k.as_str() != c.as_str()));
    let over = OnConflict::column(Column::Id).update_columns(changed).to_owned();
    Entity::insert(row).on_conflict(over).exec_without_returning(db).await?;
    policy_version::add(db, &p.policy, now).await
}
