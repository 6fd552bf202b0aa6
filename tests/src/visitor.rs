//! Somebody with a browser: cookies are kept, redirects are followed only when the test says so, forms are sent with the headers that a
//! browser sends.

use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Url, redirect};

use crate::{form::Form, page::Page};

/// A client of no proxy. The program's own reqwest comes with TLS, so that every client wants to know whose.
pub fn client() -> ClientBuilder {
    // Refused where it is set already.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}

/// A browser without script.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: Client,
    home: Url,
}

impl Visitor {
    /// A new browser at this address, with an empty cookie jar.
    pub fn at(home: &Url) -> Self {
        let client = client()
            .redirect(redirect::Policy::none())
            .cookie_store(true)
            .gzip(false)
            .build()
            .expect("a client for this machine");
        Self {
            client,
            home: home.clone(),
        }
    }

    /// The whole address of a path.
    pub fn address(&self, path: &str) -> Url {
        self.home.join(path).expect("a path")
    }

    /// A request that the test completes itself.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.address(path))
    }

    /// Sends what [`Visitor::request`] began.
    pub async fn send(&self, request: RequestBuilder) -> Page {
        let answer = request.send().await.expect("the program answers");
        let (status, url, headers) = (answer.status().as_u16(), answer.url().clone(), answer.headers().clone());
        let body = String::from_utf8_lossy(&answer.bytes().await.expect("a whole body")).into_owned();
        Page {
            status,
            url,
            headers,
            body,
        }
    }

    /// GET, as from the address bar.
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path).header("sec-fetch-site", "none"))
            .await
    }

    /// GET, following redirects to the end.
    pub async fn visit(&self, path: &str) -> Page {
        let page = self.get(path).await;
        self.follow(page).await
    }

    /// Follows redirects, at most ten.
    pub async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..10 {
            if !(300..400).contains(&page.status) || page.status == 304 {
                return page;
            }
            page = self.get(page.location().as_str()).await;
        }
        panic!("{} never stops redirecting", page.url)
    }

    /// Sends a form and shows the first answer.
    pub async fn submit(&self, form: &Form) -> Page {
        if form.method == "get" {
            let mut url = form.action.clone();
            url.query_pairs_mut().clear().extend_pairs(form.pairs());
            return self.get(url.as_str()).await;
        }
        self.post(form.action.as_str(), &form.pairs()).await
    }

    /// Sends a form and follows where it leads.
    pub async fn submit_and_follow(&self, form: &Form) -> Page {
        let page = self.submit(form).await;
        self.follow(page).await
    }

    /// POST of form fields from a page of the same site.
    pub async fn post(&self, path: &str, pairs: &[(String, String)]) -> Page {
        self.send(self.same_site(Method::POST, path).form(pairs)).await
    }

    /// A request with the headers that a browser adds when a page of ours makes it.
    pub fn same_site(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path)
            .header("origin", self.home.origin().ascii_serialization())
            .header("sec-fetch-site", "same-origin")
    }
}
