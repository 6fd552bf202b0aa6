//! `/api/v1/openapi.json`: the API, described for programs (OpenAPI 3.1).
//!
//! The schemas come from the types that are read and written, so that a new field is described by itself; which call takes and
//! answers what stands in [`CALLS`], which `tests/it/openapi.rs` compares with the routes and with real answers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{Array, ArrayBuilder, Ref};

use super::appointments::{Appointment, Asked as Booking, Cancelled, Why};
use super::moving::Wish;
use super::offerings::{Offering, Package, Slots};
use super::purchases::{Asked as Buying, Bought, Purchase};
use super::subscribers::Asked as Subscription;
use crate::error::FieldProblem;

/// One call: what it takes and what it answers.
struct Call {
    method: &'static str,
    path: &'static str,
    does: &'static str,
    /// Parameters of the query; whether each is needed; what it is.
    query: &'static [(&'static str, bool, &'static str)],
    /// The schema of the body.
    body: Option<&'static str>,
    /// Whether it takes an `Idempotency-Key`.
    key: bool,
    /// The status and the schema of the answer; `[…]` is a list of it.
    answer: (u16, &'static str),
    /// The codes of its own errors, by status; those of every call are added to them.
    errors: &'static [(u16, &'static [&'static str])],
}

const MODE: (&str, bool, &str) = ("mode", true, "`telehealth` or `in_person`");
const FROM: (&str, bool, &str) = ("from", true, "The first possible start, RFC 3339");
const TO: (&str, bool, &str) = (
    "to",
    true,
    "Starts are before this, RFC 3339; at most 62 days after `from`",
);

const CALLS: &[Call] = &[
    Call {
        method: "get",
        path: "/offerings",
        does: "What can be booked",
        query: &[],
        body: None,
        key: false,
        answer: (200, "[Offering]"),
        errors: &[],
    },
    Call {
        method: "get",
        path: "/offerings/{slug}/slots",
        does: "When it can be booked",
        query: &[
            MODE,
            FROM,
            TO,
            ("place", false, "`office` (when left out) or `home`"),
            ("postcode", false, "Of a home visit: travel widens the visit"),
        ],
        body: None,
        key: false,
        answer: (200, "Slots"),
        errors: &[(404, &["not_found"]), (422, &["invalid", "not_bookable"])],
    },
    Call {
        method: "get",
        path: "/packages",
        does: "Visits that are sold together",
        query: &[],
        body: None,
        key: false,
        answer: (200, "[Package]"),
        errors: &[],
    },
    Call {
        method: "post",
        path: "/purchases",
        does: "Buys a package; its token is the `credit` of a booking once it is paid",
        query: &[],
        body: Some("Buying"),
        key: true,
        answer: (201, "Bought"),
        errors: &[
            (409, &["idempotency_mismatch"]),
            (422, &["invalid"]),
            (429, &["too_many_requests"]),
        ],
    },
    Call {
        method: "get",
        path: "/purchases/{token}",
        does: "What is left of a purchase",
        query: &[],
        body: None,
        key: false,
        answer: (200, "Purchase"),
        errors: &[(404, &["not_found"])],
    },
    Call {
        method: "post",
        path: "/appointments",
        does: "Books a slot",
        query: &[],
        body: Some("Booking"),
        key: true,
        answer: (201, "Appointment"),
        errors: &[
            (409, &["slot_taken", "idempotency_mismatch"]),
            (422, &["invalid", "not_bookable", "no_credit"]),
            (429, &["too_many_requests"]),
        ],
    },
    Call {
        method: "get",
        path: "/appointments/{token}",
        does: "An appointment",
        query: &[],
        body: None,
        key: false,
        answer: (200, "Appointment"),
        errors: &[(404, &["not_found"])],
    },
    Call {
        method: "get",
        path: "/appointments/{token}/slots",
        does: "When it could take place instead",
        query: &[FROM, TO],
        body: None,
        key: false,
        answer: (200, "Slots"),
        errors: &[(404, &["not_found"]), (422, &["invalid"])],
    },
    Call {
        method: "post",
        path: "/appointments/{token}/reschedule",
        does: "Moves an appointment; it keeps its token",
        query: &[],
        body: Some("Move"),
        key: false,
        answer: (200, "Appointment"),
        errors: &[
            (404, &["not_found"]),
            (409, &["slot_taken"]),
            (422, &["invalid", "not_bookable", "too_late", "not_active"]),
        ],
    },
    Call {
        method: "post",
        path: "/appointments/{token}/cancel",
        does: "Cancels an appointment",
        query: &[],
        body: Some("Cancellation"),
        key: false,
        answer: (200, "Cancelled"),
        errors: &[(404, &["not_found"]), (422, &["invalid", "too_late", "not_active"])],
    },
    Call {
        method: "post",
        path: "/subscribers",
        does: "Sends a confirmation mail where one is due; the answer is the same for every address",
        query: &[],
        body: Some("Subscription"),
        key: false,
        answer: (202, "Accepted"),
        errors: &[(422, &["invalid"]), (429, &["too_many_requests"])],
    },
];

/// The document; it is the same as long as the program runs.
pub async fn show() -> Response {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

fn document() -> Value {
    let mut paths = Map::new();
    for call in CALLS {
        let path = paths.entry(call.path).or_insert_with(|| json!({}));
        path[call.method] = operation(call);
    }
    paths.insert("/openapi.json".to_owned(), this());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Goldenhour",
            "version": "1",
            "description": "Booking and the newsletter of one practice. Instants are UTC, RFC 3339 with `Z`. Errors are \
                application/problem+json (RFC 9457) with a `code` that does not change.",
        },
        "servers": [{ "url": "/api/v1" }],
        "paths": paths,
        "components": { "schemas": schemas() },
    })
}

fn this() -> Value {
    let answer =
        json!({ "description": "OpenAPI 3.1", "content": { "application/json": { "schema": { "type": "object" } } } });
    json!({ "get": { "summary": "This document", "responses": { "200": answer } } })
}

fn operation(call: &Call) -> Value {
    let (status, schema) = call.answer;
    let of = match schema.strip_prefix('[').and_then(|one| one.strip_suffix(']')) {
        Some(one) => json!({ "type": "array", "items": named(one) }),
        None => named(schema),
    };
    let mut responses = Map::new();
    let answer = json!({ "description": call.does, "content": { "application/json": { "schema": of } } });
    responses.insert(status.to_string(), answer);
    for (status, codes) in errors(call) {
        responses.insert(status.to_string(), problem(&codes));
    }
    let mut operation = json!({ "summary": call.does, "parameters": parameters(call), "responses": responses });
    if let Some(body) = call.body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": named(body) } } });
    }
    operation
}

/// What this call and every call may refuse, by status.
fn errors(call: &Call) -> BTreeMap<u16, Vec<&'static str>> {
    let mut all: BTreeMap<u16, Vec<_>> = call
        .errors
        .iter()
        .map(|(status, codes)| (*status, codes.to_vec()))
        .collect();
    let mut add = |status, code| all.entry(status).or_default().push(code);
    if call.body.is_some() {
        add(400, "not_json");
        add(403, "forbidden");
        add(413, "too_large");
        add(415, "not_json");
    }
    if !call.query.is_empty() {
        add(422, "unreadable");
    }
    add(500, "internal");
    add(503, "unavailable");
    all
}

fn problem(codes: &[&str]) -> Value {
    let schema =
        json!({ "allOf": [named("Problem"), { "type": "object", "properties": { "code": { "enum": codes } } }] });
    json!({ "description": codes.join(", "), "content": { "application/problem+json": { "schema": schema } } })
}

fn parameters(call: &Call) -> Vec<Value> {
    let parts = call.path.split('/');
    let mut all: Vec<Value> = parts
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            parameter(
                name,
                "path",
                true,
                if name == "token" {
                    "What was given when it was made"
                } else {
                    "The offering's"
                },
            )
        })
        .collect();
    all.extend(
        call.query
            .iter()
            .map(|(name, needed, what)| parameter(name, "query", *needed, what)),
    );
    if call.key {
        let what = "1 to 255 visible characters: the same key and body get the same answer again";
        all.push(parameter("Idempotency-Key", "header", false, what));
    }
    all
}

fn parameter(name: &str, place: &str, needed: bool, what: &str) -> Value {
    json!({ "name": name, "in": place, "required": needed, "description": what, "schema": { "type": "string" } })
}

fn named(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    add::<Offering>(&mut all);
    add::<Slots>(&mut all);
    add::<Package>(&mut all);
    add::<Buying>(&mut all);
    add::<Bought>(&mut all);
    add::<Purchase>(&mut all);
    add::<Booking>(&mut all);
    add::<Appointment>(&mut all);
    add::<Cancelled>(&mut all);
    add::<Why>(&mut all);
    add::<Wish>(&mut all);
    add::<Subscription>(&mut all);
    add::<FieldProblem>(&mut all);
    intake(&mut all);
    all.insert("Accepted".into(), json!({ "type": "object", "properties": {} }));
    let text = |what: &str| json!({ "type": "string", "description": what });
    all.insert(
        "Problem".into(),
        json!({
            "type": "object",
            "description": "An error (RFC 9457).",
            "required": ["type", "title", "status", "code", "detail"],
            "properties": {
                "type": text("`about:blank`: the code says what it is"),
                "title": text("The status in words"),
                "status": { "type": "integer" },
                "code": text("What it is, for programs"),
                "detail": text("What it is, for people"),
                "fields": { "type": "array", "items": named("FieldProblem"), "description": "Of `invalid`" },
                "reason": text("Of `not_bookable`: `past`, `too_soon`, `outside_hours`, `clients_only` and others"),
                "reference": text("Of `internal`: what to ask for it by"),
            },
        }),
    );
    all
}

/// A list of what an offering asks; the practice file has the same members.
pub fn questions() -> Array {
    ArrayBuilder::new().items(Ref::from_schema_name("Question")).build()
}

/// A list of what an offering wants agreed to.
pub fn consents() -> Array {
    ArrayBuilder::new().items(Ref::from_schema_name("Consent")).build()
}

/// What the practice's own words are made of.
fn intake(all: &mut Map<String, Value>) {
    let text = |what: &str| json!({ "type": "string", "description": what });
    let required = json!({ "type": "boolean" });
    let ask = json!({ "type": "string", "enum": ["at_booking", "later"] });
    let when = text("Only then: `telehealth`, `in_person`, `office` or `home`; always when left out");
    let question = json!({
        "type": "object",
        "required": ["key", "kind", "label", "required", "ask"],
        "properties": {
            "key": text("What `answers` name it by"),
            "kind": text("`text`, `choice`, `date`, `yes_no`, `number`"),
            "label": text("The question"),
            "help": text("A sentence below it"),
            "choices": { "type": "array", "items": { "type": "string" } },
            "required": required, "ask": ask, "when": when,
        },
    });
    let consent = json!({
        "type": "object",
        "required": ["key", "version", "wording", "required", "ask"],
        "properties": {
            "key": text("What `consents` name it by"),
            "version": { "type": "integer" },
            "wording": text("What is agreed to"),
            "required": required, "ask": ask, "when": when,
        },
    });
    all.insert("Question".into(), question);
    all.insert("Consent".into(), consent);
}

/// A type's schema and those that it names.
fn add<T: ToSchema>(all: &mut Map<String, Value>) {
    let mut found = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut found);
    for (name, schema) in found {
        all.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
}
