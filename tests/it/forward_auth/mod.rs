//! Forward authentication: what proxies are answered, how people come to be known at a site, and real proxies.

mod entry;
mod proxies;
mod rules;

use std::collections::BTreeMap;
use std::sync::Mutex;

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::forward_auth::Site;
use doorward_core::network::Networks;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::clients::Added;
use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use doorward_tests::user_agent::http_client;
use doorward_web::TrustedProxies;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::json;

use crate::scene::Scene;

/// The host of the site.
const SITE: &str = "reports.example";

/// A provider that believes the test, which plays the proxy of one site. Alice is one of the staff and signed in at the provider.
struct Guarded {
    scene: Scene,
}

impl Guarded {
    async fn new() -> Self {
        Self::believing("127.0.0.0/8").await
    }

    /// A provider that believes proxies in this network.
    async fn believing(network: &str) -> Self {
        let networks = vec![network.parse().expect("a network")];
        let provider = TestProvider::builder()
            .settings(|settings| settings.trusted_proxies = TrustedProxies::new(networks))
            .start()
            .await;
        let scene = Scene::at(provider).await;
        let directory = scene.provider.directory();
        let servers = directory.resource_servers();
        for (name, format) in [
            ("reports", AccessTokenFormat::Jwt),
            ("files", AccessTokenFormat::Opaque),
        ] {
            let added = servers.add(&resource_server(name, format)).await;
            assert_eq!(added, Ok(Added::Added));
        }
        let guarded = Self { scene };
        guarded.add_site(SITE, "reports").await;
        guarded
    }

    /// Registers a site whose tokens are for the resource server of this name.
    async fn add_site(&self, host: &str, api: &str) {
        let scope = format!("scope:{api}:read");
        let site: Site = serde_json::from_value(json!({
            "host": host,
            "name": "Reports",
            "resource": format!("https://{api}.example"),
            "rules": [
                {"allow": ["anyone"], "paths": ["/public/**"], "methods": ["GET"]},
                {"deny": ["anyone"], "paths": ["/internal/**"]},
                {"allow": ["group:staff"], "paths": ["/reports/**"]},
                {"allow": ["group:admins"], "paths": ["/admin/**"]},
                {"allow": [scope], "paths": ["/api/**"], "methods": ["GET"]},
                {"allow": [format!("scope:{api}:write group:staff")], "paths": ["/api/**"]},
            ],
            "created_at": 0,
        }))
        .expect("a site");
        let added = self.scene.provider.directory().sites().add(&site).await;
        assert_eq!(added, Ok(Added::Added));
    }

    /// A browser that comes by the proxy.
    fn browser(&self) -> Visitor<'_> {
        Visitor {
            guarded: self,
            host: SITE,
            cookies: Mutex::default(),
        }
    }

    /// Asks the provider as a proxy does, with these headers and no others.
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let base = self.scene.provider.node().base();
        let mut request = http_client().get(format!("{base}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    }

    /// Asks about a request as Caddy and Traefik do.
    async fn check(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        let told = [
            ("x-forwarded-method", method),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", SITE),
            ("x-forwarded-uri", target),
        ];
        self.get("/auth/check", &[&told, headers].concat()).await
    }

    /// Asks about a request as nginx does.
    async fn check_by_status(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        let url = format!("http://{SITE}{target}");
        let told = [("x-original-url", &*url), ("x-original-method", "GET")];
        self.get("/auth/check", &[&told, headers].concat()).await
    }

    /// Why a request was refused, by the header that leads there.
    async fn reason(&self, answer: &Answer) -> String {
        let reference = answer.header("doorward-reference").expect("a reference");
        let refusal = self.scene.provider.refusal(reference).await;
        assert_eq!(refusal.endpoint, "forward_auth");
        refusal.reason
    }
}

/// An API with the scopes `<name>:read` and `<name>:write`.
fn resource_server(name: &str, format: AccessTokenFormat) -> ResourceServer {
    let (read, write) = (format!("{name}:read"), format!("{name}:write"));
    ResourceServer {
        resource: format!("https://{name}.example")
            .parse()
            .expect("a resource"),
        resource_name: name.to_owned(),
        scopes: [(&*read, "Read"), (&*write, "Write")].into_iter().collect(),
        access_token_format: format,
        access_token_lifetime: None,
        access_token_signed_response_alg: None,
        api_tokens: None,
        access_token_status: AccessTokenStatus::Untold,
        networks: Networks::default(),
        introspected_by: std::collections::BTreeSet::new(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        created_at: doorward_core::Timestamp::from_seconds(0),
    }
}

/// What a browser sends that shows pages.
const PAGES: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// A browser at a site, with the cookies that it has there.
struct Visitor<'a> {
    guarded: &'a Guarded,
    host: &'static str,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Visitor<'_> {
    fn cookie(&self) -> String {
        let cookies = self.cookies.lock().expect("no test panicked before");
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Goes to what the provider serves at the site.
    async fn get(&self, path: &str) -> Answer {
        let cookie = self.cookie();
        let told = [
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", self.host),
            (COOKIE.as_str(), &*cookie),
            PAGES,
        ];
        let answer = self.guarded.get(path, &told).await;
        let mut cookies = self.cookies.lock().expect("no test panicked before");
        for set in answer.headers.get_all(SET_COOKIE) {
            let set = set.to_str().expect("a cookie");
            assert!(
                set.contains("HttpOnly; SameSite=Lax") && set.contains("Path=/;"),
                "{set}"
            );
            let pair = set.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie");
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Whether the request passes that this browser sends to the site.
    async fn check(&self, target: &str) -> Answer {
        let cookie = self.cookie();
        let headers = [(COOKIE.as_str(), &*cookie), PAGES];
        self.guarded.check("GET", target, &headers).await
    }

    /// Sets out to sign in; says where the provider sends it.
    async fn sets_out(&self, return_to: &str) -> String {
        let return_to: String =
            url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
        let path = format!("/.doorward/sign-in?return_to={return_to}");
        location(&self.get(&path).await)
    }

    /// Sets out, and comes by the provider, where Alice is signed in; says where that sends it back to.
    async fn comes_by(&self, return_to: &str) -> String {
        let start = self.sets_out(return_to).await;
        let browser = &self.guarded.scene.browser;
        let page = browser
            .fetch(reqwest::Method::GET, &start, None, None)
            .await;
        assert_eq!(page.status, 303, "{page:?}");
        page.header(LOCATION.as_str())
            .expect("a location")
            .to_owned()
    }

    /// Comes back to the site; says where that sends it.
    async fn comes_back(&self, address: &str) -> Answer {
        let path = address.strip_prefix(&format!("http://{}", self.host));
        self.get(path.expect("an address of the site")).await
    }

    /// All of the way.
    async fn comes_in(&self) {
        let back = self.comes_by("/reports").await;
        let answer = self.comes_back(&back).await;
        assert_eq!(location(&answer), format!("http://{}/reports", self.host));
    }
}

/// Where an answer sends a browser.
fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").expect("a location").to_owned()
}
