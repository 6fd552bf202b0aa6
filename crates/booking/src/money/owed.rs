//! What is owed, and by whom: one list for the consultant.

use kernel::db::Db;
use kernel::instant::Instant;

use super::PurchaseView;
use crate::appointment::{AppointmentView, State};
use crate::practice::Terms;
use crate::{Booking, ReadError, store};

/// So many are read of each kind, the longest owed first.
const AT_ONCE: u64 = 200;

/// Why a visit is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owing {
    /// It waits for its payment, and is kept until then.
    Awaiting {
        /// Until when.
        until: Instant,
    },
    /// Somebody else pays it.
    ThirdParty,
    /// It is, or was to be, paid at the visit.
    AtVisit,
    /// It did not take place, and this is what is kept.
    Fee,
}

/// What is owed.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Visits, those that start or started first at first.
    pub visits: Vec<(Owing, AppointmentView)>,
    /// Packages that were bought and not paid, the first bought first.
    pub purchases: Vec<PurchaseView>,
}

impl Booking {
    /// What is owed now: at most 200 visits and 200 purchases.
    pub async fn owed(&self, now: Instant) -> Result<Owed, ReadError> {
        let db: &Db = &self.0.db;
        let rows = store::appointment::unpaid(db.reader(), AT_ONCE).await?;
        let views = self.views(db.reader(), &rows).await?;
        let open = |view: AppointmentView| {
            let owing = owing(&view)?;
            let over = matches!(owing, Owing::Awaiting { until } if until <= now);
            (!view.facts.owed().is_zero() && !over).then_some((owing, view))
        };
        let mut purchases = Vec::new();
        for row in store::purchase::unpaid(db.reader(), AT_ONCE).await? {
            purchases.push(self.purchase_view(db.reader(), &row, now).await?);
        }
        Ok(Owed {
            visits: views.into_iter().filter_map(open).collect(),
            purchases,
        })
    }
}

fn owing(view: &AppointmentView) -> Option<Owing> {
    Some(match view.facts.state {
        State::AwaitingPayment { hold_until } if view.facts.terms == Terms::Before => {
            Owing::Awaiting { until: hold_until }
        }
        State::Cancelled { .. } | State::NoShow => Owing::Fee,
        State::Expired => return None,
        _ if view.facts.terms == Terms::ThirdParty => Owing::ThirdParty,
        _ => Owing::AtVisit,
    })
}
