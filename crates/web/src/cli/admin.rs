//! `goldenhour admin create`: a login, with a password that is asked for twice or comes from the environment.

use std::io::IsTerminal as _;

use clap::Subcommand;
use kernel::email::EmailAddress;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Failure, say};
use crate::config::admin_password;
use crate::state::App;

/// Who may see the desk.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make a login; the password is asked for, or taken from `GOLDENHOUR_ADMIN_PASSWORD`
    Create {
        /// The address to sign in with, and to reset the password by
        #[arg(long)]
        email: EmailAddress,
    },
}

/// Runs it.
pub async fn run(what: Admin, app: &App) -> Result<(), Failure> {
    let Admin::Create { email } = what;
    let password = match admin_password() {
        Some(password) => password,
        None => prompt()?,
    };
    app.access().create_login(email, password, app.clock().now()).await?;
    say(&format!(
        "The login is made: sign in at {}",
        app.config().server.public_url.at("/admin/sign-in")
    ))
}

fn prompt() -> Result<SecretString, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err("there is no terminal to ask for the password: set GOLDENHOUR_ADMIN_PASSWORD".into());
    }
    let password = SecretString::from(rpassword::prompt_password("Password: ")?);
    let again = SecretString::from(rpassword::prompt_password("The same again: ")?);
    if password.expose_secret() == again.expose_secret() {
        Ok(password)
    } else {
        Err("the two passwords differ".into())
    }
}
