//! Every answer that is not what was asked for, in one place: what the guest reads, and what is logged.
//!
//! A handler of a page returns a [`PageError`], a handler of the API a [`Problem`] (RFC 9457). Neither can show a page by itself: both
//! leave a [`Fault`] on an empty answer, which [`crate::layers`] turns into a page or into JSON, as the path wants it, and logs once.
//! Whatever error a use case returns becomes "broken" by `?`, except that a database without room is "try again in a moment".

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use kernel::db::{Class, class};
use kernel::instant::Instant;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::view::pages::ErrorKind;

/// When to come back after "try again in a moment", in seconds.
pub const BUSY_SECONDS: u64 = 2;

/// What went wrong, for the log.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// Why a page is not shown.
#[derive(Debug)]
pub enum PageError {
    /// 403: sent by another site's page.
    Forbidden,
    /// 404.
    NotFound,
    /// 405.
    WrongWay,
    /// 413.
    TooLarge,
    /// 422: what was sent cannot be read.
    Unreadable,
    /// 429, perhaps with the moment at which it may be tried again.
    TooMany(Option<Instant>),
    /// 303 to the sign-in page, and from there to this page of the desk.
    SignIn(Option<String>),
    /// 503: try again in a moment.
    Unavailable,
    /// 500, and the cause goes to the log.
    Broken(Cause),
}

impl<E: Error + Send + Sync + 'static> From<E> for PageError {
    fn from(error: E) -> Self {
        if class(&error) == Class::Full {
            Self::Unavailable
        } else {
            Self::Broken(Arc::new(error))
        }
    }
}

/// What stands on an answer whose body is still to be written.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What the guest is told.
    pub kind: ErrorKind,
    /// When to try again.
    pub again_at: Option<Instant>,
    /// What the log is told.
    pub cause: Option<Cause>,
}

impl Fault {
    fn new(kind: ErrorKind) -> Self {
        Self {
            kind,
            again_at: None,
            cause: None,
        }
    }

    /// The fault of an answer that the framework gave by itself; `None` for one that is no error.
    pub fn of(status: StatusCode) -> Option<Self> {
        let kind = match status {
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => ErrorKind::Forbidden,
            StatusCode::NOT_FOUND | StatusCode::GONE => ErrorKind::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => ErrorKind::WrongWay,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => ErrorKind::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
            status if status.is_server_error() => ErrorKind::Broken,
            status if status.is_client_error() => ErrorKind::Unreadable,
            _ => return None,
        };
        Some(Self::new(kind))
    }

    /// The status code that says the same.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            ErrorKind::Forbidden => StatusCode::FORBIDDEN,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::WrongWay => StatusCode::METHOD_NOT_ALLOWED,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The same for a program.
    pub fn problem(&self) -> Problem {
        let (code, detail) = match self.kind {
            ErrorKind::Forbidden => ("forbidden", "A page of another site may not do this."),
            ErrorKind::NotFound => ("not_found", "There is nothing at this address."),
            ErrorKind::WrongWay => ("method_not_allowed", "This address does not take this method."),
            ErrorKind::TooLarge => ("too_large", "The body is too large."),
            ErrorKind::Unreadable => ("unreadable", "The request cannot be read."),
            ErrorKind::TooMany => ("too_many_requests", "This network asks too often."),
            ErrorKind::Broken => ("internal", "Something is broken on our side."),
            ErrorKind::Unavailable => ("unavailable", "Try again in a moment."),
        };
        Problem::new(self.status(), code, detail)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut answer = self.status().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let fault = match self {
            Self::SignIn(next) => return sign_in(next.as_deref()),
            Self::Forbidden => Fault::new(ErrorKind::Forbidden),
            Self::NotFound => Fault::new(ErrorKind::NotFound),
            Self::WrongWay => Fault::new(ErrorKind::WrongWay),
            Self::TooLarge => Fault::new(ErrorKind::TooLarge),
            Self::Unreadable => Fault::new(ErrorKind::Unreadable),
            Self::TooMany(again_at) => Fault {
                again_at,
                ..Fault::new(ErrorKind::TooMany)
            },
            Self::Unavailable => Fault::new(ErrorKind::Unavailable),
            Self::Broken(cause) => Fault {
                cause: Some(cause),
                ..Fault::new(ErrorKind::Broken)
            },
        };
        fault.into_response()
    }
}

/// To the sign-in page; what she wanted to see is a path of ours with nothing in it that would have to be escaped.
fn sign_in(next: Option<&str>) -> Response {
    let plain = |path: &&str| path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b));
    let path = match next.filter(plain) {
        Some(next) => format!("/admin/sign-in?next={next}"),
        None => "/admin/sign-in".to_owned(),
    };
    let location = path
        .parse::<Uri>()
        .ok()
        .and_then(|uri| HeaderValue::try_from(uri.to_string()).ok());
    let location = location.unwrap_or(HeaderValue::from_static("/admin/sign-in"));
    (
        StatusCode::SEE_OTHER,
        [
            (LOCATION, location),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
    )
        .into_response()
}

/// An error of the API: `application/problem+json` (RFC 9457) with a code that never changes.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    more: Map<String, Value>,
    cause: Option<Cause>,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its name in the request.
    pub field: Cow<'static, str>,
    /// A sentence.
    pub message: String,
}

impl Problem {
    /// `code` is part of the interface; `detail` is for people.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            more: Map::new(),
            cause: None,
        }
    }

    /// 422 `invalid`, with what is wrong with each field.
    pub fn invalid(fields: &[FieldProblem]) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some fields cannot be used.",
        )
        .with("fields", fields)
    }

    /// 404.
    pub fn not_found() -> Self {
        Fault::new(ErrorKind::NotFound).problem()
    }

    /// 429.
    pub fn too_many() -> Self {
        Fault::new(ErrorKind::TooMany).problem()
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// One member more (RFC 9457, section 3.2).
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.more
            .insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        if class(&error) == Class::Full {
            return Fault::new(ErrorKind::Unavailable).problem();
        }
        Self {
            cause: Some(Arc::new(error)),
            ..Fault::new(ErrorKind::Broken).problem()
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Some(cause) = self.cause {
            return Fault {
                cause: Some(cause),
                ..Fault::new(ErrorKind::Broken)
            }
            .into_response();
        }
        let mut body = Map::new();
        body.insert("type".into(), "about:blank".into());
        body.insert("title".into(), self.status.canonical_reason().unwrap_or("Error").into());
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("code".into(), self.code.into());
        body.insert("detail".into(), self.detail.into());
        body.extend(self.more);
        let kind = [(CONTENT_TYPE, "application/problem+json"), (CACHE_CONTROL, "no-store")];
        let mut answer = (self.status, kind, Json(body)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, BUSY_SECONDS.into());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[test]
    fn any_error_of_a_use_case_is_broken_and_keeps_its_cause_for_the_log() {
        fn fails() -> Result<(), PageError> {
            Err(std::io::Error::other("the disk is gone"))?;
            Ok(())
        }
        let answer = fails().unwrap_err().into_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let fault = answer.extensions().get::<Fault>().unwrap();
        assert_eq!(fault.cause.as_ref().unwrap().to_string(), "the disk is gone");
    }

    #[test]
    fn every_fault_has_the_status_that_it_stands_for() {
        for status in [403, 404, 405, 413, 422, 429, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(Fault::of(status).unwrap().status(), status);
        }
        assert!(Fault::of(StatusCode::OK).is_none() && Fault::of(StatusCode::NOT_MODIFIED).is_none());
    }

    #[test]
    fn the_way_back_after_signing_in_is_a_plain_path() {
        let to = |next: Option<&str>| sign_in(next).headers()[LOCATION].to_str().unwrap().to_owned();
        assert_eq!(
            to(Some("/admin/appointments")),
            "/admin/sign-in?next=/admin/appointments"
        );
        assert_eq!(to(None), "/admin/sign-in");
        assert_eq!(to(Some("/admin/x?a=b&c=\r\n")), "/admin/sign-in");
        assert_eq!(sign_in(None).status(), StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn a_problem_is_json_with_a_stable_code() {
        let fields = [FieldProblem {
            field: "email".into(),
            message: "is no address".into(),
        }];
        let answer = Problem::invalid(&fields).into_response();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
        let body: Value = serde_json::from_slice(&to_bytes(answer.into_body(), 10_000).await.unwrap()).unwrap();
        assert_eq!((&body["code"], &body["status"]), (&"invalid".into(), &422.into()));
        assert_eq!(body["fields"][0]["field"], "email");
    }
}
