//! Who is a client: what proves it, and the link with which the consultant says so.

use kernel::db::write;
use kernel::id::{AppointmentId, ClientLinkId, FamilyId, LoginId};
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::lifecycle::{Party, State};
use super::notice::{Notice, NoticeKind};
use crate::Booking;
use crate::practice::Slug;
use crate::store::{self, client_link, history};

/// How long a link holds after it was given last, in days.
const HOLDS_DAYS: i64 = 180;

/// A link with which a family books what is for clients.
#[derive(Clone, Debug)]
pub struct ClientLink {
    /// What the page of times and the API call `client`.
    pub token: Token,
    /// Until when it holds (exclusive).
    pub ends_at: Instant,
}

impl Booking {
    /// Gives the family of an appointment its link, the same each time and from now on for 180 days; `mailed`: it is sent
    /// to the family too, to book this offering. None when there is no such appointment.
    pub async fn give_client_link(
        &self,
        appointment: AppointmentId,
        mailed: Option<Slug>,
        login: LoginId,
        now: Instant,
    ) -> Result<Option<ClientLink>, DbErr> {
        write(&self.0.db, (self.clone(), appointment, mailed, login, now), give).await
    }

    /// The link that the family of an appointment was given, while it holds.
    pub async fn client_link(&self, appointment: AppointmentId, now: Instant) -> Result<Option<ClientLink>, DbErr> {
        let db = self.0.db.reader();
        let Some(row) = store::appointment::find(db, appointment).await? else {
            return Ok(None);
        };
        let link = client_link::of(db, row.family_id).await?;
        Ok(link.filter(|link| link.ends_at > now).map(|link| self.as_link(&link)))
    }

    /// Whether this token lets its holder book what is for clients.
    pub async fn is_client(&self, token: &Token, now: Instant) -> Result<bool, DbErr> {
        Ok(family_of(self.0.db.reader(), token, now).await?.is_some())
    }

    /// A link written again, for the mail that carries it.
    pub fn client_token(&self, link: ClientLinkId, generation: i32) -> Token {
        self.0.keys.links.link("client", link.0, generation)
    }

    fn as_link(&self, row: &client_link::Model) -> ClientLink {
        ClientLink {
            token: self.client_token(row.id, row.generation),
            ends_at: row.ends_at,
        }
    }
}

/// The family of which the holder of this token is a client: the manage link of a completed visit, or a link she was given.
pub(super) async fn family_of(
    db: &impl ConnectionTrait,
    token: &Token,
    now: Instant,
) -> Result<Option<FamilyId>, DbErr> {
    if let Some(row) = store::appointment::by_link(db, token.hash()).await? {
        return Ok((row.state()? == State::Completed).then_some(row.family_id));
    }
    let link = client_link::by_link(db, token.hash()).await?;
    Ok(link.filter(|link| link.ends_at > now).map(|link| link.family_id))
}

async fn give(
    tx: &DatabaseTransaction,
    (booking, appointment, mailed, login, now): &(Booking, AppointmentId, Option<Slug>, LoginId, Instant),
) -> Result<Option<ClientLink>, DbErr> {
    let Some(row) = store::appointment::lock(tx, *appointment).await? else {
        return Ok(None);
    };
    let (keys, chance) = (&booking.0.keys, &booking.0.chance);
    let id = ClientLinkId::new(*now, chance);
    let ends_at = now.plus_minutes(HOLDS_DAYS * 1440);
    let new = client_link::Model {
        id,
        family_id: row.family_id,
        made_at: *now,
        login_id: *login,
        ends_at,
        generation: 1,
        key_version: i16::from(keys.version),
        link_hash: booking.client_token(id, 1).hash(),
    };
    client_link::add(tx, new).await?;
    client_link::renew(tx, row.family_id, ends_at, *login).await?;
    let link = client_link::of(tx, row.family_id).await?;
    let link = link.ok_or_else(|| store::corrupt("a link that was just made is missing"))?;
    let given = history::Line {
        appointment: row.id,
        event: "client_link",
        who: Party::Consultant,
        login: Some(*login),
        facts: serde_json::json!({ "mailed": mailed.is_some() }),
    };
    history::add(tx, given, *now, chance).await?;
    if let Some(offering) = mailed {
        let notice = Notice {
            kind: NoticeKind::ClientLink {
                link: link.id,
                generation: link.generation,
                ends_at: link.ends_at,
                offering: offering.clone(),
            },
            facts: booking.facts(tx, &row).await?,
        };
        booking.0.notices.notify(tx, &notice, *now).await?;
    }
    Ok(Some(booking.as_link(&link)))
}
