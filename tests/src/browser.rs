//! Headless Chromium, driven by Debian's ChromeDriver: what a person sees and taps.

use std::{path::Path, process::Command, time::Duration};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::Capabilities};
use reqwest::Url;
use serde_json::Value;
use tempfile::TempDir;

use crate::{child::Child, patience::PATIENCE};

/// One browser with a profile of its own.
pub struct Browser {
    /// The session.
    pub client: Client,
    home: Url,
    driver_url: String,
    driver: Child,
    #[expect(dead_code, reason = "held so that the profile's folder lives as long as the browser")]
    profile: TempDir,
}

impl Browser {
    /// Opens a window of this size in CSS pixels.
    pub async fn open(home: &Url, width: u32, height: u32) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("chromedriver");
        command
            .arg("--port=0")
            .env("TMPDIR", profile.path())
            .env("HOME", profile.path());
        let driver = Child::start(&mut command);
        let port: u16 = driver.line("ChromeDriver's port", |line| {
            line.split_once("started successfully on port ")?
                .1
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities(profile.path(), width, height))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|e| panic!("no browser: {e}\n{}", driver.said()));
        Self {
            client,
            home: home.clone(),
            driver_url: format!("http://127.0.0.1:{port}"),
            driver,
            profile,
        }
    }

    /// Goes to a path or a whole address.
    pub async fn go(&self, path: &str) {
        let url = self.home.join(path).expect("a path");
        self.client
            .goto(url.as_str())
            .await
            .unwrap_or_else(|e| panic!("{url}: {e}"));
    }

    /// The first element that matches, as soon as it is there.
    pub async fn find(&self, css: &str) -> Element {
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await
        {
            Ok(element) => element,
            Err(e) => panic!("no {css}: {e}\n{}", self.words().await),
        }
    }

    /// Taps the first element that matches; it is scrolled to, as a thumb would.
    pub async fn tap(&self, css: &str) {
        let element = self.find(css).await;
        self.tap_element(element, css).await;
    }

    /// Taps what carries these words: a link, a button or a label.
    pub async fn tap_words(&self, words: &str) {
        let path = format!(
            "//*[self::a or self::button or self::label or self::summary][contains(normalize-space(.), {words:?})]"
        );
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&path))
            .await
        {
            Ok(element) => self.tap_element(element, words).await,
            Err(e) => panic!("nothing to tap says {words:?}: {e}\n{}", self.words().await),
        }
    }

    async fn tap_element(&self, element: Element, what: &str) {
        self.client
            .execute(
                "arguments[0].scrollIntoView({block: 'center'})",
                vec![serde_json::to_value(&element).expect("an element")],
            )
            .await
            .expect("scrolls");
        element
            .click()
            .await
            .unwrap_or_else(|e| panic!("{what} cannot be tapped: {e}"));
    }

    /// Types into a field, replacing what stands there.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("a field can be emptied");
        field.send_keys(text).await.expect("a field takes keys");
    }

    /// What a field holds.
    pub async fn value(&self, css: &str) -> String {
        self.find(css)
            .await
            .prop("value")
            .await
            .expect("a property")
            .unwrap_or_default()
    }

    /// The words that are visible.
    pub async fn words(&self) -> String {
        match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default().replace('\u{a0}', " "),
            Err(e) => format!("(no page: {e})"),
        }
    }

    /// Waits until the page shows these words.
    pub async fn sees(&self, words: &str) {
        crate::patience::until(&format!("the page shows {words:?}"), async || {
            let shown = self.words().await;
            let shown = crate::page::fold(&shown);
            shown.contains(words).then_some(())
        })
        .await;
    }

    /// The path the browser is at.
    pub async fn path(&self) -> String {
        self.client.current_url().await.expect("a page").path().to_owned()
    }

    /// The query of the address the browser is at.
    pub async fn query(&self) -> String {
        self.client
            .current_url()
            .await
            .expect("a page")
            .query()
            .unwrap_or_default()
            .to_owned()
    }

    /// How far below the top of the first screen an element ends, in CSS pixels.
    pub async fn top_of(&self, css: &str) -> f64 {
        self.find(css).await;
        let script = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom + scrollY";
        self.script(script, vec![css.into()]).await.as_f64().expect("a number")
    }

    /// Runs a script as the test, not as the page.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(script, arguments)
            .await
            .unwrap_or_else(|e| panic!("{script:.200}: {e}"))
    }

    /// Pretends to be in this zone, as a traveller's phone is.
    pub async fn in_zone(&self, zone: &str) {
        self.devtools(
            "Emulation.setTimezoneOverride",
            serde_json::json!({ "timezoneId": zone }),
        )
        .await;
    }

    /// Whether the device asks for dark pages.
    pub async fn dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    async fn devtools(&self, command: &str, params: Value) {
        let body = serde_json::json!({ "cmd": command, "params": params });
        self.vendor("goog/cdp/execute", &body).await;
    }

    /// What the console said that is worse than a hint: blocked loads, failed loads, faults in scripts.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.vendor("se/log", &serde_json::json!({ "type": "browser" })).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        severe
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// A command of `ChromeDriver`'s own.
    async fn vendor(&self, command: &str, body: &Value) -> Value {
        let session = self.client.session_id().await.expect("a session").expect("a session");
        let url = format!("{}/session/{session}/{command}", self.driver_url);
        let client = crate::visitor::client().build().expect("a client");
        let answer = client.post(&url).json(body).send().await.expect("ChromeDriver answers");
        let answer: Value = answer.json().await.expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].clone()
    }

    /// What axe-core has to say by WCAG 2.2 AA: one line a finding.
    pub async fn axe(&self) -> Vec<String> {
        let source = crate::judge::axe();
        self.script(&source, vec![]).await;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
                .then(r => done(r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + v.help + ' ' + n.html + ' ' + (n.failureSummary || '')))))
                .catch(e => done(['axe failed: ' + e]))";
        let found = self.client.execute_async(run, vec![]).await.expect("axe runs");
        found
            .as_array()
            .expect("a list")
            .iter()
            .map(|f| f.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The page is no wider than the window: nobody has to scroll sideways.
    pub async fn fits(&self) {
        let wide = self
            .client
            .execute(
                "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]",
                vec![],
            )
            .await
            .expect("script runs in the test's own hand");
        let (content, window) = (
            wide[0].as_u64().unwrap_or_default(),
            wide[1].as_u64().unwrap_or_default(),
        );
        assert!(
            content <= window,
            "{} is {content} px wide in a window of {window}",
            self.path().await
        );
    }

    /// Closes the window and ends the driver.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(10), self.client.clone().close()).await;
        self.driver.signal(rustix::process::Signal::TERM);
        self.driver.end(PATIENCE);
    }
}

fn capabilities(profile: &Path, width: u32, height: u32) -> Capabilities {
    let options = serde_json::json!({
        "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            format!("--user-data-dir={}", profile.join("profile").display()),
            format!("--window-size={},{height}", width.max(500)),
        ],
        // A window cannot be narrower than 500 px; a phone's screen can.
        "mobileEmulation": { "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "mobile": false, "touch": false } },
    });
    let mut capabilities = Capabilities::new();
    capabilities.insert("goog:chromeOptions".into(), options);
    capabilities.insert("goog:loggingPrefs".into(), serde_json::json!({ "browser": "ALL" }));
    capabilities
}
