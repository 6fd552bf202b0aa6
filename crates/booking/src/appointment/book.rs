//! Booking a slot: one write transaction, from the claim to the mails.

use std::collections::HashSet;

use kernel::db::{claim, write};
use kernel::id::{AppointmentId, ConsultantId, FamilyId, LoginId, PurchaseId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::zone::Zone;
use sea_orm::{DatabaseTransaction, DbErr};

use super::client::family_of;
use super::contact::PhoneNumber;
use super::expire::expire;
use super::facts::{AppointmentView, Home};
use super::intake::{Questions, problems_at_booking};
use super::lifecycle::{Party, State};
use super::notice::{Notice, NoticeKind};
use super::once::{Had, had_already};
use super::refusal::{BookError, NotBookable};
use super::silence;
use super::view::Lookups;
use super::wish::{BookSlot, Visit};
use crate::Booking;
use crate::money::{self, Account, NoCredit, Wanted};
use crate::practice::place::normal;
use crate::practice::{Audience, Channel, Mode, Offering, Practice, Terms};
use crate::schedule::offered::{GRACE_MINUTES, Side, Way};
use crate::schedule::{Asked, Rules, WhyNot};
use crate::store::idempotency::Known;
use crate::store::purchase::Model as Purchase;
use crate::store::{self, appointment::Model, history, to_int};

/// Coming visits without payment of an address that has not yet proved itself.
const COMING_UNPAID: u64 = 2;

/// A booking that was made, now or before under the same key.
#[derive(Clone, Debug)]
pub struct Booked {
    /// The appointment.
    pub appointment: AppointmentView,
    /// Whether it was made before, by a request with the same key and content.
    pub repeated: bool,
}

impl Booking {
    /// Books a slot, or says why not; appointment, history and mails are committed together.
    pub async fn book(&self, slot: BookSlot, now: Instant) -> Result<Booked, BookError> {
        write(
            &self.0.db,
            Wish {
                booking: self.clone(),
                slot,
                login: None,
                now,
            },
            book,
        )
        .await
    }
}

/// What one run of the step needs.
pub(super) struct Wish {
    pub(super) booking: Booking,
    pub(super) slot: BookSlot,
    /// The consultant, when she adds it herself: see [`super::by_hand`].
    pub(super) login: Option<LoginId>,
    pub(super) now: Instant,
}

/// What the practice says about the wish, before anything is locked.
pub(super) struct Ground {
    practice: Practice,
    pub(super) offering: Offering,
    /// The policy in force, to which whoever books agrees.
    policy_version: i32,
    way: Way,
    pub(super) rules: Rules,
}

async fn book(tx: &DatabaseTransaction, wish: &Wish) -> Result<Booked, BookError> {
    let id = AppointmentId::new(wish.now, &wish.booking.0.chance);
    if let Some(repeated) = wish.answered(tx, id).await? {
        return Ok(Booked {
            appointment: repeated,
            repeated: true,
        });
    }
    let ground = wish.ground(tx).await?;
    let purchase = wish.purchase(tx).await?;
    let sides = wish.sides(tx, &ground, purchase.as_ref()).await?;
    let paid_by = match purchase {
        Some(purchase) => Some(wish.check_credit(tx, &ground, purchase).await?),
        None => None,
    };
    let client = wish.client(tx).await?;
    let known = client.is_some() || paid_by.is_some();
    wish.may_book(tx, &ground.offering, known).await?;
    let free = wish.free(&ground.rules, sides)?;
    let family = wish.family(tx, client).await?;
    let state = State::at_booking(
        // A credit has paid; a trip fee beside it is owed at the visit.
        paid_by.is_some() || (ground.offering.is_free() && ground.fee().is_zero()),
        ground.offering.terms,
        wish.slot.start,
        wish.now,
        wish.booking.hold_minutes(ground.offering.terms),
    );
    for side in free {
        let mut row = wish.row(id, family, &side, &ground, state)?;
        if let Some(credit) = &paid_by {
            credit.pay(&mut row);
        }
        if store::appointment::insert(tx, &row).await? {
            wish.keep_intake(tx, id, &ground.offering).await?;
            let babies = &wish.slot.babies;
            store::baby::add(tx, (family, id), babies, wish.now, &wish.booking.0.chance).await?;
            if let Some(credit) = &paid_by {
                money::spend(tx, &wish.booking, credit.purchase, row.id, row.offering_id, wish.now).await?;
            }
            let appointment = wish.tell(tx, &row).await?;
            return Ok(Booked {
                appointment,
                repeated: false,
            });
        }
    }
    Err(BookError::SlotTaken)
}

impl Ground {
    pub(super) fn fee(&self) -> Money {
        self.way
            .trip
            .map_or(Money::zero(self.practice.currency), |trip| trip.fee)
    }
}

impl Wish {
    /// The appointment that was booked before under the same key.
    pub(super) async fn answered(
        &self,
        tx: &DatabaseTransaction,
        id: AppointmentId,
    ) -> Result<Option<AppointmentView>, BookError> {
        let Some(key) = &self.slot.key else { return Ok(None) };
        match store::idempotency::begin(tx, &key.row(id.0, self.now)).await? {
            Known::Fresh => Ok(None),
            Known::Mismatch => Err(BookError::IdempotencyMismatch),
            Known::Answered(id) => {
                let row = store::appointment::find(tx, AppointmentId(id)).await?;
                Ok(self.booking.one_view(tx, row).await?)
            }
        }
    }

    /// The offering, and whether it is held as wished.
    pub(super) async fn ground(&self, tx: &DatabaseTransaction) -> Result<Ground, BookError> {
        let practice = store::practice::load(tx).await?.ok_or(BookError::NoPractice)?;
        let offering = store::offering::by_slug(tx, &self.slot.offering, practice.currency).await?;
        let offering = offering.filter(|o| !o.archived);
        let offering = offering.ok_or(BookError::NotBookable(NotBookable::UnknownOffering))?;
        let visit = &self.slot.visit;
        let postcode = match visit {
            Visit::Home { postcode, .. } => Some(postcode.as_str()),
            _ => None,
        };
        let way = Way::check(&practice, &offering, visit.mode(), visit.place(), postcode);
        let way = way.map_err(BookError::NotBookable)?;
        if let Visit::Telehealth(channel) = visit {
            if !offering.channels.contains(channel) {
                return Err(BookError::NotBookable(NotBookable::Channel));
            }
            if *channel == Channel::Phone && self.slot.phone.is_none() {
                return Err(BookError::PhoneNeeded);
            }
        }
        let problems = problems_at_booking(&offering, visit.mode(), visit.place(), &self.slot.intake);
        if self.login.is_none() && !problems.is_empty() {
            return Err(BookError::Intake(problems));
        }
        Ok(Ground {
            rules: way.rules(&offering),
            policy_version: store::policy_version::newest(tx).await?,
            practice,
            offering,
            way,
        })
    }

    /// Claims the day of every consultant and the family, frees what stale holds keep, and reads what is in the way.
    pub(super) async fn sides(
        &self,
        tx: &DatabaseTransaction,
        ground: &Ground,
        purchase: Option<&Purchase>,
    ) -> Result<Vec<Side>, BookError> {
        let (start, rules) = (self.slot.start, &ground.rules);
        let consultants = store::consultant::all(tx).await?;
        let mut keys: Vec<String> = Vec::with_capacity(consultants.len() + 2);
        keys.extend(consultants.iter().map(|c| day_key(c.id, &c.zone, start)));
        keys.push(format!("family:{}", self.slot.email.key()));
        keys.extend(self.slot.phone.as_ref().map(|p| format!("phone:{}", p.key())));
        keys.extend(purchase.map(|p| money::key(p.id)));
        claim(tx, &keys).await?;
        let from = start.plus_minutes(-i64::from(rules.buffer_before));
        let until = start.plus_minutes(i64::from(rules.duration + rules.buffer_after));
        let stale = self.now.plus_minutes(-GRACE_MINUTES);
        let ids = consultants.iter().map(|c| c.id).collect();
        for row in store::blocking::stale_holds(tx, ids, from, until, stale).await? {
            expire(tx, &self.booking, &row, self.now).await?;
        }
        let asked = self.asked();
        let mut sides = Vec::with_capacity(consultants.len());
        for consultant in consultants {
            sides.push(Side::load(tx, consultant, ground.offering.id, rules, asked).await?);
        }
        Ok(sides)
    }

    fn asked(&self) -> Asked {
        let until = self.slot.start + jiff::SignedDuration::from_micros(1);
        Asked {
            from: self.slot.start,
            until,
            now: self.now,
        }
    }

    /// Whether this parent may book this offering.
    async fn may_book(&self, tx: &DatabaseTransaction, offering: &Offering, client: bool) -> Result<(), BookError> {
        if offering.audience == Audience::Clients && !client {
            return Err(BookError::NotBookable(NotBookable::ClientsOnly));
        }
        let (slot, now) = (&self.slot, self.now);
        if offering.once_per_family {
            let before = self.had(tx, offering).await?;
            if had_already(&slot.babies, &before, now) {
                return Err(BookError::NotBookable(NotBookable::OncePerFamily));
            }
        }
        if self.booking.0.settings.limits
            && !client
            && !slot.address_proved
            && let Some((family, false)) = store::family::of(tx, &slot.email).await?
            && store::appointment::coming_unpaid(tx, family, now).await? >= COMING_UNPAID
        {
            return Err(BookError::NotBookable(NotBookable::TooManyComing));
        }
        Ok(())
    }

    /// The purchase whose link was shown, if one was.
    pub(super) async fn purchase(&self, tx: &DatabaseTransaction) -> Result<Option<Purchase>, BookError> {
        let Some(token) = &self.slot.credit else {
            return Ok(None);
        };
        let found = store::purchase::by_link(tx, token.hash()).await?;
        found.map(Some).ok_or(BookError::NoCredit(NoCredit::Unknown))
    }

    /// The credit that pays this visit; after the claim.
    pub(super) async fn check_credit(
        &self,
        tx: &DatabaseTransaction,
        ground: &Ground,
        purchase: Purchase,
    ) -> Result<Credit, BookError> {
        let row = store::purchase::find(tx, purchase.id).await?;
        let row = row.ok_or(BookError::NoCredit(NoCredit::Unknown))?;
        let account = Account::load(tx, &row, ground.practice.zone.clone()).await?;
        let wanted = Wanted {
            offering: ground.offering.id,
            mode: self.slot.visit.mode(),
            place: self.slot.visit.place(),
            start: self.slot.start,
        };
        let line = account.pays(wanted).map_err(BookError::NoCredit)?;
        Ok(Credit {
            purchase: row.id,
            trip_fee_included: line.trip_fee_included,
        })
    }

    /// The kept and coming visits of this offering of her address and her number, with the babies named for them.
    async fn had(&self, tx: &DatabaseTransaction, offering: &Offering) -> Result<Vec<Had>, DbErr> {
        let phone = self.slot.phone.as_ref().map(PhoneNumber::key);
        let visits = store::appointment::had(tx, offering.id, &self.slot.email, phone).await?;
        let babies = store::baby::of(tx, visits.iter().map(|(id, _)| *id).collect()).await?;
        let had = |(id, starts): &(AppointmentId, Instant)| Had {
            starts: *starts,
            babies: babies
                .iter()
                .filter(|(of, _)| of == id)
                .map(|(_, baby)| baby.clone())
                .collect(),
        };
        Ok(visits.iter().map(had).collect())
    }

    /// The family of which she shows to be a client.
    async fn client(&self, tx: &DatabaseTransaction) -> Result<Option<FamilyId>, DbErr> {
        match &self.slot.client {
            Some(token) => family_of(tx, token, self.now).await,
            None => Ok(None),
        }
    }

    /// The consultants for whom the start is a slot: fewest visits first, then the lowest id.
    pub(super) fn free(&self, rules: &Rules, sides: Vec<Side>) -> Result<Vec<Side>, BookError> {
        let (start, now, asked) = (self.slot.start, self.now, self.asked());
        let mut reasons: HashSet<WhyNot> = HashSet::new();
        let mut free = Vec::new();
        for side in sides {
            if side.slots(rules, asked).is_empty() {
                reasons.extend(side.why_not(rules, start, now));
            } else {
                free.push(side);
            }
        }
        if free.is_empty() {
            // Taken says most: for at least one of them it could have been a slot.
            let order = [
                WhyNot::Taken,
                WhyNot::DayFull,
                WhyNot::Past,
                WhyNot::TooSoon,
                WhyNot::BeyondHorizon,
                WhyNot::OffGrid,
            ];
            let why = order.into_iter().find(|why| reasons.contains(why));
            return Err(why.unwrap_or(WhyNot::OutsideHours).into());
        }
        free.sort_by_key(|side| (side.visits, side.consultant.id));
        Ok(free)
    }

    /// The parent's family. Who shows a link that we sent to its address has proved that she reads there.
    pub(super) async fn family(&self, tx: &DatabaseTransaction, client: Option<FamilyId>) -> Result<FamilyId, DbErr> {
        let chance = &self.booking.0.chance;
        let id = store::family::find_or_make(tx, &self.slot.email, self.now, chance).await?;
        let phone = self.slot.phone.as_ref().map(PhoneNumber::as_str);
        store::family::findable(tx, id, self.slot.name.as_str(), phone).await?;
        if client == Some(id) || self.slot.address_proved {
            store::family::verify(tx, id, self.now).await?;
        }
        Ok(id)
    }

    pub(super) fn row(
        &self,
        id: AppointmentId,
        family: FamilyId,
        side: &Side,
        ground: &Ground,
        state: State,
    ) -> Result<Model, DbErr> {
        let (slot, rules, keys) = (&self.slot, &ground.rules, &self.booking.0.keys);
        let ends_at = slot.start.plus_minutes(i64::from(rules.duration));
        let consultant = &side.consultant;
        let agreed_zone = match slot.visit.mode() {
            Mode::Telehealth => &slot.zone,
            Mode::InPerson => &consultant.zone,
        };
        let (channel, home) = match &slot.visit {
            Visit::Telehealth(channel) => (Some(*channel), None),
            Visit::Office => (None, None),
            Visit::Home { address, postcode } => {
                let home = Home {
                    address: address.as_str().into(),
                    postcode: normal(postcode),
                };
                let text = store::to_json(&home)?.to_string();
                (
                    None,
                    Some(keys.seal.seal(&text, id.0, &self.booking.0.chance).into_bytes()),
                )
            }
        };
        let hold_until = match state {
            State::AwaitingPayment { hold_until } => Some(hold_until),
            _ => None,
        };
        Ok(Model {
            id,
            consultant_id: consultant.id,
            offering_id: ground.offering.id,
            family_id: family,
            state: state.name().into(),
            state_since: self.now,
            hold_until,
            cancelled_by: None,
            cancel_reason: None,
            cancel_words: None,
            starts_at: slot.start,
            ends_at,
            blocks: state.blocks(),
            blocked_from: slot.start.plus_minutes(-i64::from(rules.buffer_before)),
            blocked_until: ends_at.plus_minutes(i64::from(rules.buffer_after)),
            overlap_allowed: false,
            agreed_start: agreed_zone.civil(slot.start).to_string(),
            agreed_zone: agreed_zone.name().into(),
            parent_zone: slot.zone.name().into(),
            mode: slot.visit.mode().to_string(),
            channel: channel.map(|c| c.to_string()),
            place: slot.visit.place().map(|p| p.to_string()),
            home,
            parent_name: slot.name.as_str().into(),
            phone: slot.phone.as_ref().map(|p| p.as_str().into()),
            phone_key: slot.phone.as_ref().map(|p| p.key().into()),
            currency: ground.practice.currency.code().into(),
            price_minor: ground.offering.price.minor,
            trip_fee_minor: ground.fee().minor,
            terms: ground.offering.terms.to_string(),
            paid_at: None,
            sequence: to_int(0)?,
            created_at: self.now,
            changed_at: self.now,
            generation: 1,
            key_version: i16::from(keys.version),
            link_hash: self.booking.link(id, 1).hash(),
            moved_by_consultant: false,
            remind_at: (state == State::Confirmed).then_some(self.now),
            remind_since: self.now,
            second_email: slot.second_recipient.clone().filter(|second| *second != slot.email),
            purchase_id: None,
            fee_minor: None,
            fee_decision: None,
            paid_minor: 0,
            refunded_minor: 0,
            waived_at: None,
            policy_version: ground.policy_version,
        })
    }

    /// What was given to the offering's questions; it was checked with the offering.
    async fn keep_intake(&self, tx: &DatabaseTransaction, id: AppointmentId, offering: &Offering) -> Result<(), DbErr> {
        let visit = &self.slot.visit;
        let (read, _) = Questions::of(offering, visit.mode(), visit.place()).read(&self.slot.intake);
        self.booking.keep_intake(tx, id, read, self.now).await
    }

    /// History and notice of the new appointment.
    pub(super) async fn tell(&self, tx: &DatabaseTransaction, row: &Model) -> Result<AppointmentView, DbErr> {
        let lookups = Lookups::load(tx, std::slice::from_ref(row)).await?;
        let facts = lookups.facts(row)?;
        let line = history::Line {
            appointment: row.id,
            event: "booked",
            who: self.login.map_or(Party::Parent, |_| Party::Consultant),
            login: self.login,
            facts: serde_json::json!({
                "state": row.state, "starts": row.starts_at, "consultant": row.consultant_id,
                "offering": facts.offering,
            }),
        };
        history::add(tx, line, self.now, &self.booking.0.chance).await?;
        silence::reaches(tx, &self.booking, row, self.now).await?;
        let kind = match facts.state {
            State::AwaitingPayment { .. } => NoticeKind::Requested {
                how_to_pay: lookups.practice.how_to_pay.clone(),
                online: self.booking.pays_online() && facts.terms != Terms::ThirdParty,
            },
            _ => NoticeKind::Confirmed { was_requested: false },
        };
        let notice = Notice { kind, facts };
        self.booking.0.notices.notify(tx, &notice, self.now).await?;
        Ok(self.booking.view(notice.facts, row))
    }
}

/// A credit that pays a visit.
pub(super) struct Credit {
    pub(super) purchase: PurchaseId,
    trip_fee_included: bool,
}

impl Credit {
    /// The price is paid; what a trip costs beside it stays, unless the package includes it.
    pub(super) fn pay(&self, row: &mut Model) {
        row.purchase_id = Some(self.purchase);
        row.price_minor = 0;
        if self.trip_fee_included {
            row.trip_fee_minor = 0;
        }
        row.terms = Terms::AtVisit.to_string();
    }
}

/// The claim of a consultant's local day.
pub(super) fn day_key(consultant: ConsultantId, zone: &Zone, at: Instant) -> String {
    format!("day:{consultant}:{}", zone.date(at))
}
