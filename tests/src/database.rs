//! A fresh database for each test: a file in the test's own folder, or one on the server that `TESTS_DATABASE` names.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database as Connection};

/// A database that exists for one test.
pub struct Database {
    /// As `database.url` wants it.
    pub url: String,
    on_server: Option<OnServer>,
}

struct OnServer {
    admin: String,
    name: String,
}

/// The server that this run of the suite is about, if it is not SQLite's turn. (No name that begins with GOLDENHOUR: the program would take
/// it for a setting, and refuse it.)
pub fn server() -> Option<String> {
    std::env::var("TESTS_DATABASE").ok().filter(|url| !url.is_empty())
}

impl Database {
    /// An empty database; on SQLite its file is made by the program.
    pub async fn make(folder: &Path) -> Self {
        let Some(admin) = server() else {
            return Self {
                url: format!("sqlite://{}/goldenhour.db", folder.display()),
                on_server: None,
            };
        };
        let name = format!("test_{}", unique(folder));
        execute(&admin, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = admin.rsplit_once('/').expect("a URL that names a database");
        Self {
            url: format!("{base}/{name}"),
            on_server: Some(OnServer { admin, name }),
        }
    }
}

/// The folder's own name is unique already.
fn unique(folder: &Path) -> String {
    let name = folder.file_name().expect("a folder with a name").to_string_lossy();
    format!(
        "{}_{}",
        std::process::id(),
        name.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase()
    )
}

async fn execute(url: &str, sql: &str) {
    let admin = Connection::connect(url)
        .await
        .expect("the PostgreSQL that tests/run started");
    admin
        .execute_unprepared(sql)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    admin.close().await.expect("closes");
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(OnServer { admin, name }) = self.on_server.take() else {
            return;
        };
        // The test's own runtime may be gone or busy unwinding: a thread of its own does it.
        let done = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(execute(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        })
        .join();
        // A panic while panicking would abort the whole suite.
        assert!(
            done.is_ok() || std::thread::panicking(),
            "a test's database could not be dropped"
        );
    }
}
