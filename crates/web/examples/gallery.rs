//! Writes every public page in every state to a folder, to be looked at: `cargo run -p web --example gallery -- OUT`.
//!
//! The pages find their assets beside them, so that they open from the folder as well as from a server.

use std::error::Error;
use std::fs;
use std::path::Path;

use web::view::assets::{Assets, PREFIX};
use web::view::pages::{
    AppointmentPage, ArticlePage, BookPage, CancelPage, CheckInboxPage, ConfirmPage, ConfirmedPage, ContactPage,
    ErrorPage, FormPage, HomePage, LeftPage, LostLinkPage, MailPage, NewsletterPage, OutboxPage, PostsPage,
    PreferencesPage, PrivacyPage, ServicesPage, UnsubscribePage,
};
use web::view::{Page, View};

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args()
        .nth(1)
        .ok_or("which folder shall the pages be written to?")?;
    let out = Path::new(&out);
    let view = View::load()?;
    for path in Assets::paths() {
        let file = out.join("assets").join(&path);
        if let (Some(asset), Some(folder)) = (Assets::find(&path), file.parent()) {
            fs::create_dir_all(folder)?;
            fs::write(&file, asset.bytes)?;
        }
    }
    write::<HomePage>(&view, out)?;
    write::<ServicesPage>(&view, out)?;
    write::<BookPage>(&view, out)?;
    write::<FormPage>(&view, out)?;
    write::<AppointmentPage>(&view, out)?;
    write::<CancelPage>(&view, out)?;
    write::<NewsletterPage>(&view, out)?;
    write::<CheckInboxPage>(&view, out)?;
    write::<ConfirmPage>(&view, out)?;
    write::<ConfirmedPage>(&view, out)?;
    write::<LostLinkPage>(&view, out)?;
    write::<PreferencesPage>(&view, out)?;
    write::<UnsubscribePage>(&view, out)?;
    write::<LeftPage>(&view, out)?;
    write::<PostsPage>(&view, out)?;
    write::<ArticlePage>(&view, out)?;
    write::<ContactPage>(&view, out)?;
    write::<PrivacyPage>(&view, out)?;
    write::<OutboxPage>(&view, out)?;
    write::<MailPage>(&view, out)?;
    write::<ErrorPage>(&view, out)?;
    Ok(())
}

fn write<P: Page>(view: &View, out: &Path) -> Result<(), Box<dyn Error>> {
    let name = P::TEMPLATE.trim_start_matches("pages/").trim_end_matches(".html");
    for (number, page) in P::samples().iter().enumerate() {
        let html = view.render(page)?.replace(&format!("\"{PREFIX}"), "\"assets/");
        fs::write(out.join(format!("{name}-{number}.html")), html)?;
    }
    Ok(())
}
