//! What Stripe sends: of its objects only what is needed, and nothing believed that does not fit.

use booking::money::service::{GivenBack, Session, SessionStatus};
use booking::money::{Told, ToldOf};
use kernel::id::PaymentId;
use serde::Deserialize;
use serde_json::Value;

use super::amount::from_stripe;

/// In the metadata of what we ask: which question it is.
pub const PAYMENT: &str = "goldenhour_payment";

#[derive(Debug, Deserialize)]
struct CheckoutSession {
    id: String,
    url: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_intent: Option<Value>,
    client_reference_id: Option<String>,
    #[serde(default)]
    metadata: Option<Value>,
}

/// A session out of an answer or an event; `None` when it is none.
pub fn session(value: &Value) -> Option<Session> {
    let raw = CheckoutSession::deserialize(value)
        .ok()
        .filter(|raw| !raw.id.is_empty())?;
    let status = match raw.status.as_deref()? {
        "open" => SessionStatus::Open,
        "complete" => SessionStatus::Complete,
        "expired" => SessionStatus::Expired,
        _ => return None,
    };
    // Either the id, or the whole object when somebody asked for it.
    let intent = match raw.payment_intent {
        Some(Value::String(id)) => Some(id),
        Some(Value::Object(object)) => object.get("id").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    let named = raw
        .metadata
        .as_ref()
        .and_then(|all| all.get(PAYMENT)?.as_str().map(str::to_owned));
    let payment: Option<PaymentId> = named.or(raw.client_reference_id).and_then(|id| id.parse().ok());
    Some(Session {
        id: raw.id,
        url: raw.url,
        status,
        paid: raw.payment_status.as_deref()? == "paid",
        amount: raw
            .amount_total
            .zip(raw.currency)
            .and_then(|(minor, currency)| from_stripe(minor, &currency)),
        intent,
        payment,
    })
}

/// A refund out of an answer; `None` when it is none.
pub fn refund(value: &Value) -> Option<GivenBack> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = text("id").filter(|id| !id.is_empty())?;
    Some(match text("status")?.as_str() {
        // What is pending needs nobody; should it fail, an event says so.
        "succeeded" | "pending" | "requires_action" => GivenBack::Done { id },
        "failed" | "canceled" => GivenBack::Failed {
            id,
            why: text("failure_reason").unwrap_or_else(|| "failed".to_owned()),
        },
        _ => return None,
    })
}

/// An event; `None` when it is none. Kinds that do not matter here are [`ToldOf::Other`].
pub fn event(body: &[u8]) -> Option<Told> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let (id, kind) = (text("id").filter(|id| !id.is_empty())?, text("type")?);
    let object = value.get("data")?.get("object")?;
    let what = match kind.as_str() {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed"
        | "checkout.session.expired" => ToldOf::Session {
            session: session(object)?,
            failed: kind == "checkout.session.async_payment_failed",
        },
        "refund.failed" | "refund.updated" | "charge.refund.updated" => match refund(object)? {
            GivenBack::Failed { id, why } => ToldOf::RefundFailed { id, why },
            _ => ToldOf::Other,
        },
        _ => ToldOf::Other,
    };
    Some(Told { id, kind, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paid() -> Value {
        json!({ "id": "cs_1", "url": null, "status": "complete", "payment_status": "paid", "amount_total": 9000,
            "currency": "usd", "payment_intent": "pi_1", "metadata": { PAYMENT: "019ab6a0-0000-7000-8000-000000000001" } })
    }

    #[test]
    fn a_session_is_read_as_far_as_it_matters() {
        let read = session(&paid()).unwrap();
        assert!(read.paid && read.payment.is_some() && read.intent.as_deref() == Some("pi_1"));
        assert_eq!(read.amount.unwrap().minor, 9_000);
        let mut unpaid = paid();
        unpaid["payment_status"] = "unpaid".into();
        unpaid["payment_intent"] = json!({ "id": "pi_2" });
        let read = session(&unpaid).unwrap();
        assert!(!read.paid && read.intent.as_deref() == Some("pi_2"));
    }

    #[test]
    fn nonsense_is_no_session_and_no_event() {
        for broken in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "id": "cs", "status": "odd", "payment_status": "paid" }),
        ] {
            assert_eq!(session(&broken), None, "{broken}");
        }
        for body in [
            "",
            "[]",
            "{}",
            r#"{"id":"e","type":"checkout.session.completed","data":{"object":{}}}"#,
        ] {
            assert!(event(body.as_bytes()).is_none(), "{body}");
        }
        let other = json!({ "id": "evt", "type": "customer.created", "data": { "object": {} } });
        assert!(matches!(
            event(other.to_string().as_bytes()).unwrap().what,
            ToldOf::Other
        ));
    }
}
