//! Everything that is kept about an address: letters and appointments in one document.

use booking::appointment::{Answer as Told, AppointmentView, PageKey, Search, Which};
use kernel::email::EmailAddress;
use kernel::id::PurchaseId;
use kernel::instant::Instant;
use serde_json::{Value, json};

use crate::error::PageError;
use crate::state::App;

/// Appointments and purchases, read at once.
const AT_ONCE: u64 = 100;

/// The desk's list of the appointments of an address.
pub fn appointments_url(address: &EmailAddress) -> String {
    let query = [("q", address.as_str()), ("state", "any")];
    format!(
        "/admin/appointments?{}",
        serde_urlencoded::to_string(query).unwrap_or_default()
    )
}

/// Whether an address has an appointment, past or coming.
pub async fn has_appointments(app: &App, address: &EmailAddress, now: Instant) -> Result<bool, PageError> {
    Ok(!appointments(app, address, Some(1), now).await?.is_empty())
}

async fn appointments(
    app: &App,
    address: &EmailAddress,
    most: Option<usize>,
    now: Instant,
) -> Result<Vec<AppointmentView>, PageError> {
    let Ok(search) = Search::parse(address.as_str(), None, Which::Any) else {
        return Ok(Vec::new());
    };
    let (mut all, mut after): (Vec<AppointmentView>, Option<PageKey>) = (Vec::new(), None);
    loop {
        let page = app.booking().find(&search, after, AT_ONCE, now).await?;
        all.extend(
            page.items
                .into_iter()
                .filter(|view| view.facts.parent_email == *address),
        );
        after = page.next;
        if after.is_none() || most.is_some_and(|most| all.len() >= most) {
            return Ok(all);
        }
    }
}

/// All of it. Sealed answers and addresses are opened: it is hers.
pub async fn everything(app: &App, address: &EmailAddress, now: Instant) -> Result<Value, PageError> {
    let mut visits = Vec::new();
    for view in appointments(app, address, None, now).await? {
        visits.push(visit(app, &view).await?);
    }
    Ok(json!({
        "address": address,
        "made_at": now,
        "letters": app.mailing().held(address).await?,
        "appointments": visits,
        "purchases": purchases(app, address, now).await?,
    }))
}

async fn visit(app: &App, view: &AppointmentView) -> Result<Value, PageError> {
    let facts = &view.facts;
    let intake = app.booking().intake(facts).await?;
    let now_asked = intake.questions.iter().map(|(q, a)| (q.label.as_str(), a.as_ref()));
    let earlier = intake.earlier_answers.iter().map(|(q, a)| (q.as_str(), Some(a)));
    let answers: Vec<Value> = now_asked
        .chain(earlier)
        .filter_map(|(question, answer)| Some(json!({ "question": question, "answer": answer.map(Told::as_typed)? })))
        .collect();
    let now_given = intake.consents.iter().map(|(c, at)| (c.wording.as_str(), *at));
    let given_before = intake.earlier_consents.iter().map(|c| (c.wording.as_str(), Some(c.at)));
    let consents: Vec<Value> = now_given
        .chain(given_before)
        .filter_map(|(wording, at)| Some(json!({ "wording": wording, "given_at": at? })))
        .collect();
    Ok(json!({
        "id": facts.id,
        "state": facts.state.name(),
        "offering": facts.offering_name,
        "start": facts.starts,
        "end": facts.ends,
        "booked_at": facts.created_at,
        "name": facts.parent_name,
        "email": facts.parent_email,
        "phone": facts.phone,
        "second_recipient": facts.second_recipient,
        "time_zone": facts.parent_zone.name(),
        "home": view.home.as_ref().map(|home| json!({ "address": home.address, "postcode": home.postcode })),
        "price": { "minor": facts.total().minor, "currency": facts.total().currency.to_string() },
        "paid_at": facts.paid_at,
        "reason_of_cancelling": view.cancel_words,
        "answers": answers,
        "consents": consents,
    }))
}

async fn purchases(app: &App, address: &EmailAddress, now: Instant) -> Result<Vec<Value>, PageError> {
    let (mut all, mut before): (Vec<Value>, Option<(Instant, PurchaseId)>) = (Vec::new(), None);
    loop {
        let page = app.booking().purchases(before, AT_ONCE, now).await?;
        let Some(last) = page.last() else { return Ok(all) };
        before = Some((last.facts.created_at, last.facts.id));
        let hers = page.into_iter().filter(|view| view.facts.buyer_email == *address);
        all.extend(hers.map(|view| {
            json!({
                "id": view.facts.id,
                "package": view.facts.package_name,
                "name": view.facts.buyer_name,
                "phone": view.facts.phone,
                "bought_at": view.facts.created_at,
                "paid_at": view.facts.paid_at,
                "price": { "minor": view.facts.price.minor, "currency": view.facts.price.currency.to_string() },
            })
        }));
    }
}
