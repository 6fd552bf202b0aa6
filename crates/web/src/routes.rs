//! Every route of the program, on one page.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{any, get, post};

use crate::error::PageError;
use crate::extract::only_signed_in;
use crate::layers::around;
use crate::net::{loopback_only, metrics_only};
use crate::state::App;
use crate::{api, desk, health, metrics, pages, webhook};

/// All of them, and around each request what stands in [`crate::layers`].
pub fn router(app: &App) -> Router {
    let here = Router::new()
        .route("/outbox", get(pages::outbox::list))
        .route("/outbox/{id}", get(pages::outbox::one))
        .route("/outbox.json", get(pages::outbox::json))
        .route_layer(from_fn_with_state(app.clone(), loopback_only));
    let measures = Router::new()
        .route("/metrics", get(metrics::show))
        .route_layer(from_fn_with_state(app.clone(), metrics_only));
    let routes = public()
        .merge(newsletter())
        .merge(here)
        .merge(measures)
        .merge(door())
        .merge(the_desk(app))
        .nest("/api/v1", json())
        .fallback(async || PageError::NotFound)
        .with_state(app.clone());
    around(routes, app)
}

fn public() -> Router<App> {
    Router::new()
        .route("/", get(pages::home::first))
        .route("/services", get(pages::home::services))
        .route("/book/{offering}", get(pages::book::page).post(pages::form::send))
        .route("/book/{offering}/carry", post(pages::carry::send))
        .route("/packages/{slug}", get(pages::package::page).post(pages::package::send))
        .route("/purchases", get(pages::my_package::page).post(pages::my_package::send))
        .route("/purchases/{token}", get(pages::package::bought))
        .route("/purchases/{token}/pay", post(pages::pay::purchase))
        .route("/purchases/{token}/receipts/{number}", get(pages::receipt::file))
        .route("/appointments/{token}/receipts/{number}", get(pages::receipt::file))
        .route("/appointments/{token}", get(pages::appointment::page))
        .route("/appointments/{token}/second-recipient", post(pages::family::send))
        .route("/appointments/{token}/pay", post(pages::pay::appointment))
        .route("/appointments/{token}/calendar.ics", get(pages::appointment::calendar))
        .route(
            "/appointments/{token}/reschedule",
            get(pages::moving::page).post(pages::moving::send),
        )
        .route(
            "/appointments/{token}/cancel",
            get(pages::appointment::ask).post(pages::appointment::cancel),
        )
        .route(
            "/appointments/{token}/intake",
            get(pages::intake::page).post(pages::intake::save),
        )
        .route("/calendar/{file}", get(pages::feed::feed))
        .route("/posts", get(pages::article::list))
        .route("/posts/feed.xml", get(pages::article::feed))
        .route("/posts/{slug}", get(pages::article::one))
        .route("/contact", get(pages::practice::contact))
        .route("/privacy", get(pages::practice::privacy))
        .route("/media/{file}", get(pages::media::show))
        .route("/assets/{*path}", get(pages::assets::file))
        .route("/embed.js", get(pages::embed::script))
        .route("/embed/book/{offering}", get(pages::embed::times))
        .route("/embed/newsletter", get(pages::embed::newsletter))
        .route("/colour/{file}", get(pages::colour::sheet))
        .route("/webhooks/stripe", post(webhook::stripe))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
}

fn newsletter() -> Router<App> {
    use pages::newsletter as page;
    Router::new()
        .route("/newsletter", get(page::first).post(page::sign_up))
        .route("/newsletter/check-inbox", get(page::check_inbox))
        .route("/newsletter/progress", get(page::progress))
        .route("/newsletter/again", post(page::again))
        .route("/newsletter/confirm/{token}", get(page::ask).post(page::confirm))
        .route(
            "/newsletter/preferences/{token}",
            get(page::preferences).post(page::save),
        )
        .route(
            "/newsletter/unsubscribe/{token}",
            get(page::ask_to_leave).post(page::unsubscribe),
        )
        .route("/newsletter/undo/{token}", post(page::undo))
        .route("/newsletter/preferences/{token}/address", get(page::other_address))
        .route(
            "/newsletter/address/{token}",
            get(page::ask_address).post(page::take_address),
        )
}

/// What stands before the desk, and needs no session.
fn door() -> Router<App> {
    use desk::door;
    Router::new()
        .route("/admin/sign-in", get(door::sign_in_page).post(door::sign_in))
        .route("/admin/forgot", get(door::forgot_page).post(door::forgot))
        .route("/admin/reset/{token}", get(door::reset_page).post(door::reset))
        .route(
            "/admin/first-login/{token}",
            get(door::first_login_page).post(door::first_login),
        )
}

/// The desk: every other path below `/admin`, those that do not exist included, asks for a session first.
fn the_desk(app: &App) -> Router<App> {
    Router::new()
        .route("/admin", get(desk::today::page))
        .route("/admin/appointments", get(desk::appointments::page))
        .route(
            "/admin/appointments/new",
            get(desk::by_hand::page).post(desk::by_hand::send),
        )
        .route(
            "/admin/appointments/cancel",
            get(desk::selection::ask).post(desk::selection::send),
        )
        .route("/admin/appointments/{id}", get(desk::appointment::page))
        .route("/admin/appointments/{id}/done", post(desk::came::done))
        .route("/admin/appointments/{id}/missed", post(desk::came::missed))
        .route("/admin/appointments/{id}/fee", post(desk::came::fee))
        .route("/admin/appointments/{id}/paid", post(desk::appointment::paid))
        .route("/admin/appointments/{id}/refund", post(desk::refunds::appointment))
        .route("/admin/appointments/{id}/waive", post(desk::refunds::waive))
        .route("/admin/appointments/{id}/move", post(desk::moving::send))
        .route("/admin/appointments/{id}/cancel", post(desk::appointment::cancel))
        .route("/admin/appointments/{id}/client-link", post(desk::family::give))
        .route("/admin/appointments/{id}/silence", post(desk::silence::send))
        .route("/admin/hours", get(desk::hours::page))
        .route("/admin/hours/week", post(desk::hours::week))
        .route("/admin/hours/date", post(desk::hours::date))
        .route("/admin/hours/date/delete", post(desk::hours::forget_date))
        .route("/admin/hours/time-off", post(desk::hours::time_off))
        .route("/admin/hours/time-off/delete", post(desk::hours::forget_time_off))
        .route("/admin/purchases", get(desk::purchases::page))
        .route("/admin/purchases/{id}", get(desk::purchase::page))
        .route("/admin/purchases/{id}/paid", post(desk::purchases::paid))
        .route("/admin/purchases/{id}/refund", post(desk::refunds::purchase))
        .route("/admin/refunds/{id}/given", post(desk::refunds::given))
        .route("/admin/refunds/{id}/again", post(desk::refunds::again))
        .route("/admin/payments/{id}/seen", post(desk::refunds::seen))
        .route("/admin/purchases/{id}/credits", post(desk::purchase::adjust))
        .route("/admin/money", get(desk::money::page))
        .route("/admin/takings/{file}", get(desk::money::file))
        .route("/admin/receipts/{number}", get(desk::receipts::file))
        .route("/admin/receipts/{number}/send", post(desk::receipts::send))
        .route("/admin/calendar", get(desk::feed::page))
        .route("/admin/calendar/detail", post(desk::feed::detail))
        .route("/admin/calendar/rotate", post(desk::feed::rotate))
        .merge(other_calendars())
        .route("/admin/returned", get(desk::returned::page))
        .route("/admin/returned/{id}/reinstate", post(desk::returned::reinstate))
        .route("/admin/outbox", get(desk::outbox::page))
        .route("/admin/outbox/release", post(desk::outbox::release))
        .route("/admin/outbox/delete", post(desk::outbox::delete))
        .merge(subscribers())
        .merge(offerings())
        .merge(letters())
        .route("/admin/settings", get(desk::settings::page))
        .route("/admin/sign-out", post(desk::door::sign_out))
        .route("/admin/", any(async || PageError::NotFound))
        .route("/admin/{*path}", any(async || PageError::NotFound))
        .route_layer(from_fn_with_state(app.clone(), only_signed_in))
}

/// Her other calendars, at the desk.
fn other_calendars() -> Router<App> {
    use desk::sources;
    Router::new()
        .route("/admin/other-calendars", get(sources::page).post(sources::add))
        .route("/admin/other-calendars/{id}/test", post(sources::test))
        .route("/admin/other-calendars/{id}/pause", post(sources::pause))
        .route("/admin/other-calendars/{id}/resume", post(sources::resume))
        .route("/admin/other-calendars/{id}/blocks", post(sources::blocks))
        .route("/admin/other-calendars/{id}/delete", post(sources::delete))
}

/// What can be booked, at the desk.
fn offerings() -> Router<App> {
    use booking::practice::intake::{Consent, Question};
    use desk::{asks, offering, offerings};
    Router::new()
        .route("/admin/offerings", get(offerings::page))
        .route("/admin/offerings/new", get(offering::new).post(offering::make))
        .route("/admin/offerings/{id}", get(offering::page).post(offering::save))
        .route("/admin/offerings/{id}/move", post(offerings::shift))
        .route("/admin/offerings/{id}/archive", post(offerings::archive))
        .route("/admin/offerings/{id}/bring-back", post(offerings::bring_back))
        .route(
            "/admin/offerings/{id}/questions",
            get(asks::new::<Question>).post(asks::add::<Question>),
        )
        .route(
            "/admin/offerings/{id}/questions/{key}",
            get(asks::page::<Question>).post(asks::save::<Question>),
        )
        .route(
            "/admin/offerings/{id}/questions/{key}/move",
            post(asks::shift::<Question>),
        )
        .route(
            "/admin/offerings/{id}/questions/{key}/delete",
            post(asks::delete::<Question>),
        )
        .route(
            "/admin/offerings/{id}/consents",
            get(asks::new::<Consent>).post(asks::add::<Consent>),
        )
        .route(
            "/admin/offerings/{id}/consents/{key}",
            get(asks::page::<Consent>).post(asks::save::<Consent>),
        )
        .route(
            "/admin/offerings/{id}/consents/{key}/move",
            post(asks::shift::<Consent>),
        )
        .route(
            "/admin/offerings/{id}/consents/{key}/delete",
            post(asks::delete::<Consent>),
        )
}

/// Who gets letters, at the desk.
fn subscribers() -> Router<App> {
    use desk::{imports, person, subscribers};
    Router::new()
        .route("/admin/subscribers", get(subscribers::page))
        .route("/admin/subscribers/export", get(subscribers::export))
        .route("/admin/subscribers/held", post(person::everything))
        .route(
            "/admin/subscribers/import",
            get(imports::page)
                .post(imports::send)
                .layer(DefaultBodyLimit::max(imports::LARGEST)),
        )
        .route("/admin/subscribers/imports/{id}", get(imports::one))
        .route("/admin/subscribers/imports/{id}/refused", get(imports::rows))
        .route("/admin/subscribers/{id}", get(person::page))
        .route("/admin/subscribers/{id}/certificate", get(person::certificate))
        .route(
            "/admin/subscribers/{id}/certificate.json",
            get(person::certificate_json),
        )
        .route("/admin/subscribers/{id}/leave", post(person::leave))
        .route("/admin/subscribers/{id}/silence", post(person::silence))
        .route("/admin/subscribers/{id}/erase", post(person::erase))
}

/// Letters, at the desk.
fn letters() -> Router<App> {
    use desk::{ledger, letter_words as words, letters, preview};
    let pictures = DefaultBodyLimit::max(pages::media::LARGEST_UPLOAD);
    Router::new()
        .route("/admin/letters", get(letters::page))
        .route("/admin/write-letter", get(words::new).post(words::make).layer(pictures))
        .route("/admin/preview-letter", post(preview::show).layer(pictures))
        .route("/admin/letters/{slug}", get(letters::one))
        .route(
            "/admin/letters/{slug}/words",
            get(words::page).post(words::save).layer(pictures),
        )
        .route("/admin/letters/{slug}/ledger", get(ledger::file))
        .route("/admin/letters/{slug}/resend", post(ledger::resend))
        .route("/admin/letters/{slug}/mail", get(letters::mail))
        .route("/admin/letters/{slug}/test", post(letters::test))
        .route("/admin/letters/{slug}/send", post(letters::send))
        .route("/admin/letters/{slug}/schedule", post(letters::schedule))
        .route("/admin/letters/{slug}/unschedule", post(letters::unschedule))
        .route("/admin/letters/{slug}/pause", post(letters::pause))
        .route("/admin/letters/{slug}/resume", post(letters::resume))
        .route("/admin/letters/{slug}/cancel", post(letters::cancel))
}

fn json() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(api::openapi::show))
        .route("/offerings", get(api::offerings::list))
        .route("/offerings/{slug}/slots", get(api::offerings::slots))
        .route("/packages", get(api::offerings::packages))
        .route("/purchases", post(api::purchases::buy))
        .route("/purchases/{token}", get(api::purchases::one))
        .route("/appointments", post(api::appointments::book))
        .route("/appointments/{token}", get(api::appointments::one))
        .route("/appointments/{token}/slots", get(api::moving::slots))
        .route("/appointments/{token}/reschedule", post(api::moving::reschedule))
        .route("/appointments/{token}/cancel", post(api::appointments::cancel))
        .route("/subscribers", post(api::subscribers::subscribe))
        .layer(map_response(api::uncached))
}
