//! The consultant's notes beside what is append-only: to payments, and to credits that she gave or took. Sealed.

use std::collections::HashMap;

use kernel::id::{EventId, PaymentId};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

/// Notes to payments.
mod payment_note {
    use kernel::id::PaymentId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment_note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PaymentId,
        pub note: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Notes to lines of the credit ledger.
mod credit_note {
    use kernel::id::EventId;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "credit_note")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EventId,
        pub note: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Adds one to a payment.
pub(crate) async fn add_to_payment(db: &impl ConnectionTrait, id: PaymentId, note: Vec<u8>) -> Result<(), DbErr> {
    let row = payment_note::ActiveModel {
        id: Set(id),
        note: Set(note),
    };
    payment_note::Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Those of these payments.
pub(crate) async fn of_payments(
    db: &impl ConnectionTrait,
    ids: Vec<PaymentId>,
) -> Result<HashMap<PaymentId, Vec<u8>>, DbErr> {
    let find = payment_note::Entity::find().filter(payment_note::Column::Id.is_in(ids));
    Ok(find.all(db).await?.into_iter().map(|row| (row.id, row.note)).collect())
}

/// Adds one to a line of the ledger.
pub(crate) async fn add_to_credit(db: &impl ConnectionTrait, id: EventId, note: Vec<u8>) -> Result<(), DbErr> {
    let row = credit_note::ActiveModel {
        id: Set(id),
        note: Set(note),
    };
    credit_note::Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(drop)
}

/// Those of these lines.
pub(crate) async fn of_credits(
    db: &impl ConnectionTrait,
    ids: Vec<EventId>,
) -> Result<HashMap<EventId, Vec<u8>>, DbErr> {
    let find = credit_note::Entity::find().filter(credit_note::Column::Id.is_in(ids));
    Ok(find.all(db).await?.into_iter().map(|row| (row.id, row.note)).collect())
}
