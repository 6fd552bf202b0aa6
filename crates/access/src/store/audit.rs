//! Table `audit`, append-only.

use kernel::id::LoginId;
use kernel::instant::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::audit::Entry;

#[sea_orm::model]
#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: Instant,
    pub login_id: Option<LoginId>,
    pub action: String,
    pub subject: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Adds one line.
pub async fn append(db: &impl ConnectionTrait, entry: Entry, at: Instant) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(entry.id),
        at: Set(at),
        login_id: Set(entry.login),
        action: Set(entry.action.word().to_owned()),
        subject: Set(entry.subject),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}
