//! Reads the mailbox where mails come back to, now and then.

use kernel::instant::Instant;

use crate::state::App;

/// Reads what is there. What fails is tried again at the next look; nothing is lost by it.
pub async fn read(app: &App, now: Instant) {
    let bounces = &app.config().mail.bounces;
    let (Some(address), Some(folder)) = (&bounces.address, &bounces.maildir) else {
        return;
    };
    let paths = app.mailing().return_path(address.clone());
    match app.mailing().read_maildir(folder, &paths, now).await {
        Ok(read) if read.total() > 0 => {
            for (what, count) in [
                ("hard", read.hard),
                ("soft", read.soft),
                ("complaint", read.complaints),
                ("ignored", read.ignored),
                ("unread", read.unread),
            ] {
                metrics::counter!("goldenhour_bounces_total", "what" => what).increment(count);
            }
            tracing::info!(?read, "mails came back");
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "the mailbox for bounces cannot be read and will be looked at again"),
    }
}
