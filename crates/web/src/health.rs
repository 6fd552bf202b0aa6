//! `/healthz`: the program runs. `/readyz`: it can also do its work, which needs the database.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::App;

/// `GET /healthz`
pub async fn alive() -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "alive": true }))).into_response()
}

/// `GET /readyz`: 503 while the database does not answer.
pub async fn ready(State(app): State<App>) -> Response {
    let answered = app.db().ping().await;
    if let Err(error) = &answered {
        tracing::warn!(%error, "the database does not answer");
    }
    let status = if answered.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        [(CACHE_CONTROL, "no-store")],
        Json(json!({ "ready": answered.is_ok() })),
    )
        .into_response()
}
