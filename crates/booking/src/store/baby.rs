//! The babies that were named at bookings.

use jiff::civil::Date;
use kernel::chance::Chance;
use kernel::id::{AppointmentId, BabyId, FamilyId, OfferingId};
use kernel::instant::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};

use super::corrupt;
use crate::appointment::Baby;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "baby")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BabyId,
    pub family_id: FamilyId,
    pub appointment_id: AppointmentId,
    pub name: Option<String>,
    pub born: Option<String>,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps the babies that were named for a new appointment.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    (family, appointment): (FamilyId, AppointmentId),
    babies: &[Baby],
    now: Instant,
    chance: &Chance,
) -> Result<(), DbErr> {
    if babies.is_empty() {
        return Ok(());
    }
    let row = |baby: &Baby| ActiveModel {
        id: Set(BabyId::new(now, chance)),
        family_id: Set(family),
        appointment_id: Set(appointment),
        name: Set(baby.name().map(str::to_owned)),
        born: Set(baby.born().map(|date| date.to_string())),
        created_at: Set(now),
    };
    Entity::insert_many(babies.iter().map(row))
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// The babies named for these appointments, in the order in which they were named.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    appointments: Vec<AppointmentId>,
) -> Result<Vec<(AppointmentId, Baby)>, DbErr> {
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find()
        .filter(Column::AppointmentId.is_in(appointments))
        .order_by_asc(Column::Id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let born: Option<Date> = row.born.as_deref().map(str::parse).transpose().map_err(corrupt)?;
            Ok((row.appointment_id, Baby::stored(row.name, born)))
        })
        .collect()
}

/// Appointments of this offering, kept or coming, for which another family named a baby of one of these dates; newest first.
pub(crate) async fn born_alike(
    db: &impl ConnectionTrait,
    dates: Vec<String>,
    offering: OfferingId,
    not_of: FamilyId,
    limit: u64,
) -> Result<Vec<AppointmentId>, DbErr> {
    use super::appointment::{Column as Visit, Entity as Visits};
    if dates.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<AppointmentId> = Entity::find()
        .select_only()
        .column(Column::AppointmentId)
        .filter(Column::Born.is_in(dates))
        .filter(Column::FamilyId.ne(not_of))
        .order_by_desc(Column::Id)
        .limit(100)
        .into_tuple()
        .all(db)
        .await?;
    if named.is_empty() {
        return Ok(Vec::new());
    }
    Visits::find()
        .select_only()
        .column(Visit::Id)
        .filter(Visit::Id.is_in(named))
        .filter(Visit::OfferingId.eq(offering))
        .filter(Visit::Blocks.eq(true))
        .order_by_desc(Visit::StartsAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}
