//! Writes every desk page and every mail, in every state, as files to look at: `cargo run -p web --example desk_gallery -- DIR`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use web::view::assets::{Assets, PREFIX};
use web::view::desk::{
    Appointment, Appointments, ByHand, ConsentPage, Feed, FirstLogin, Forgot, Hours, LinkOver, OfferingPage, Offerings,
    QuestionPage, Reset, Selection, Settings, SignIn, Subscribers, Today,
};
use web::view::mails::{
    self, AppointmentCancelled, AppointmentConfirmed, AppointmentExpired, AppointmentRequested, DeskBooked,
    DeskCancelled, DeskReset, MailFacts, NewsletterConfirm,
};
use web::view::{Page, View};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        return Err("say where: desk_gallery DIR".into());
    };
    let view = View::load()?;
    for path in Assets::paths() {
        let file = folder.join("assets").join(&path);
        if let (Some(parent), Some(asset)) = (file.parent(), Assets::find(&path)) {
            fs::create_dir_all(parent)?;
            fs::write(&file, asset.bytes)?;
        }
    }
    pages::<SignIn>(&view, &folder)?;
    pages::<FirstLogin>(&view, &folder)?;
    pages::<Forgot>(&view, &folder)?;
    pages::<Reset>(&view, &folder)?;
    pages::<LinkOver>(&view, &folder)?;
    pages::<Today>(&view, &folder)?;
    pages::<Appointments>(&view, &folder)?;
    pages::<Appointment>(&view, &folder)?;
    pages::<Hours>(&view, &folder)?;
    pages::<Selection>(&view, &folder)?;
    pages::<Feed>(&view, &folder)?;
    pages::<Subscribers>(&view, &folder)?;
    pages::<Settings>(&view, &folder)?;
    pages::<Offerings>(&view, &folder)?;
    pages::<OfferingPage>(&view, &folder)?;
    pages::<QuestionPage>(&view, &folder)?;
    pages::<ConsentPage>(&view, &folder)?;
    pages::<ByHand>(&view, &folder)?;
    mail::<AppointmentConfirmed>(&view, &folder)?;
    mail::<AppointmentRequested>(&view, &folder)?;
    mail::<AppointmentCancelled>(&view, &folder)?;
    mail::<AppointmentExpired>(&view, &folder)?;
    mail::<DeskBooked>(&view, &folder)?;
    mail::<DeskCancelled>(&view, &folder)?;
    mail::<DeskReset>(&view, &folder)?;
    mail::<NewsletterConfirm>(&view, &folder)
}

fn pages<P: Page>(view: &View, folder: &Path) -> Outcome {
    let stem = P::TEMPLATE.trim_end_matches(".html");
    for (at, page) in P::samples().iter().enumerate() {
        let html = view.render(page)?.replace(PREFIX, "../assets/");
        write(folder, &format!("{stem}-{at}.html"), &html)?;
    }
    Ok(())
}

fn mail<M: MailFacts>(view: &View, folder: &Path) -> Outcome {
    for (at, mail) in M::samples().iter().enumerate() {
        let parts = mails::render(view, mail)?;
        write(folder, &format!("mail/{}-{at}.html", M::KIND), &parts.html)?;
        write(
            folder,
            &format!("mail/{}-{at}.txt", M::KIND),
            &format!("Subject: {}\n\n{}", parts.subject, parts.text),
        )?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> Outcome {
    let file = folder.join(name);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::write(file, text)?)
}
