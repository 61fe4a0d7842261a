//! A real browser: a headless Chromium, driven by `WebDriver` ([W3C `WebDriver`]).
//!
//! Elements are named by their `id`, as automation of ours and of others does.
//! Everything that waits has a deadline and fails with the page's address.
//!
//! [W3C `WebDriver`]: https://www.w3.org/TR/webdriver2/

use std::future::Future;
use std::path::Path;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{Duration, interval, timeout};
use url::{ParseError, Url};

use crate::processes::Process;
use crate::requirements::{needed, program};

/// How long a page may take to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a page is asked whether it shows it.
const PERIOD: Duration = Duration::from_millis(20);

/// The colours that a person asked their system for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorScheme {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

/// Whether pages may run scripts in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scripts {
    Allowed,
    Blocked,
}

/// A browser with an empty profile of its own. Dropping it ends it.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    chromium: Option<Pid>,
    _driver: Process,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser. `None` where Chromium or its driver is not installed.
    pub async fn start() -> Option<Self> {
        Self::start_with(Scripts::Allowed).await
    }

    /// Starts a browser whose user has turned JavaScript off.
    pub async fn start_without_javascript() -> Option<Self> {
        Self::start_with(Scripts::Blocked).await
    }

    /// Starts a browser that takes every certificate for that of whom it asked for.
    pub async fn start_trusting_any_server() -> Option<Self> {
        let trusting = json!({ "acceptInsecureCerts": true });
        Self::start_as(Scripts::Allowed, trusting).await
    }

    async fn start_with(scripts: Scripts) -> Option<Self> {
        Self::start_as(scripts, json!({})).await
    }

    /// Starts a browser that can do what the driver is asked for besides.
    async fn start_as(scripts: Scripts, more: Value) -> Option<Self> {
        let chromium = program("DOORWARD_TEST_CHROMIUM", "chromium");
        let chromium = needed("the browser Chromium", chromium)?;
        let driver = program("DOORWARD_TEST_CHROMEDRIVER", "chromedriver");
        let driver = needed("Chromium's driver", driver)?;

        let profile = TempDir::new().expect("a temporary folder");
        let mut command = Command::new(driver);
        command.arg("--port=0");
        let mut driver = Process::start(command);
        let address = driver.line(driver_address).await;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&chromium, profile.path(), scripts, more))
            .connect(&address)
            .await
            .expect("the driver starts a browser");
        let chromium = client
            .capabilities()
            .and_then(|known| known.get("goog:processID")?.as_i64())
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Some(Self {
            client,
            chromium,
            _driver: driver,
            _profile: profile,
        })
    }

    /// What is not wrapped here: cookies, windows, history, scripts.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens an address and waits until its page has loaded.
    pub async fn goto(&self, address: &str) {
        self.client
            .goto(address)
            .await
            .unwrap_or_else(|error| panic!("{address} does not open: {error}"));
    }

    /// The address of the present page.
    pub async fn url(&self) -> Url {
        let url = self.client.current_url().await;
        url.expect("the browser has a page")
    }

    /// The element with that id, once it is there.
    pub async fn element(&self, id: &str) -> Element {
        let css = by_id(id);
        self.until(&format!("an element with the id {id}"), || async {
            self.client.find(Locator::Css(&css)).await.ok()
        })
        .await
    }

    /// Whether the present page has an element with that id, without waiting for one.
    pub async fn has(&self, id: &str) -> bool {
        let found = self.client.find_all(Locator::Css(&by_id(id))).await;
        !found.expect("the page can be searched").is_empty()
    }

    /// The text that a person sees in an element.
    pub async fn text(&self, id: &str) -> String {
        let text = self.element(id).await.text().await;
        text.unwrap_or_else(|error| panic!("{id} has no text: {error}"))
    }

    /// Types into a field, in place of what it holds.
    pub async fn fill(&self, id: &str, text: &str) {
        let field = self.element(id).await;
        let typed = async {
            field.clear().await?;
            field.send_keys(text).await
        };
        typed
            .await
            .unwrap_or_else(|error| panic!("{id} takes no text: {error}"));
    }

    /// Clicks an element that stays on its page.
    pub async fn click(&self, id: &str) {
        let clicked = self.element(id).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{id} cannot be clicked: {error}"));
    }

    /// Clicks a link or a button that leads to another page, and waits until that one has loaded.
    pub async fn follow(&self, id: &str) {
        let present = self.client.find(Locator::Css("html")).await;
        let present = present.expect("the browser has a page");
        self.click(id).await;
        self.until(&format!("the page that {id} leads to"), || async {
            let left = matches!(present.tag_name().await, Err(error) if is_gone(&error));
            let loaded = self
                .client
                .execute("return document.readyState", Vec::new());
            (left && loaded.await.ok()? == "complete").then_some(())
        })
        .await;
    }

    /// Waits until the browser is at an address that satisfies the test, and returns it.
    pub async fn arrives(&self, what: &str, at: impl Fn(&Url) -> bool) -> Url {
        self.until(what, || async {
            self.client.current_url().await.ok().filter(|url| at(url))
        })
        .await
    }

    /// Waits until the attempt yields something; panics, naming `what` was awaited, when it does not in time.
    pub async fn until<T, F>(&self, what: &str, attempt: impl Fn() -> F) -> T
    where
        F: Future<Output = Option<T>>,
    {
        let mut turns = interval(PERIOD);
        let found = async {
            loop {
                turns.tick().await;
                if let Some(found) = attempt().await {
                    return found;
                }
            }
        };
        if let Ok(found) = timeout(PATIENCE, found).await {
            return found;
        }
        let source = self.client.source().await.unwrap_or_default();
        panic!("{what} does not come, at {}:\n{source}", self.url().await)
    }

    /// Asks pages for light or dark colours and to hold still, as a person's system would.
    pub async fn prefer(&self, scheme: ColorScheme) {
        let value = match scheme {
            ColorScheme::Light => "light",
            ColorScheme::Dark => "dark",
        };
        let features = json!([
            { "name": "prefers-color-scheme", "value": value },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Gives pages a screen of that size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Keeps files whose addresses hold `part` from loading, from the next page on.
    pub async fn withhold(&self, part: &str) {
        self.devtools("Network.enable", json!({})).await;
        let patterns = json!({ "urls": [format!("*{part}*")] });
        self.devtools("Network.setBlockedURLs", patterns).await;
    }

    /// A picture of what the screen shows, as PNG.
    pub async fn screenshot(&self) -> Vec<u8> {
        let picture = self.client.screenshot().await;
        picture.expect("the browser can be pictured")
    }

    /// Gives a command of Chromium's own protocol and returns its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let request = DevTools(json!({ "cmd": command, "params": parameters }));
        let answer = self.client.issue_cmd(request).await;
        answer.unwrap_or_else(|error| panic!("the browser refuses {command}: {error}"))
    }
}

impl Drop for Browser {
    /// The driver dies with its process; the browser that it started would live on.
    fn drop(&mut self) {
        if let Some(chromium) = self.chromium {
            let _already_gone = kill_process(chromium, Signal::KILL);
        }
    }
}

/// Reads the driver's address from the line in which it says what it listens on.
fn driver_address(line: &str) -> Option<String> {
    let (_, port) = line.split_once("started successfully on port ")?;
    let port: u16 = port.trim_end_matches('.').parse().ok()?;
    Some(format!("http://127.0.0.1:{port}"))
}

/// What we ask of the browser: no window, nothing of its own on the network, a fresh profile.
fn capabilities(
    chromium: &Path,
    profile: &Path,
    scripts: Scripts,
    more: Value,
) -> Map<String, Value> {
    let arguments = json!([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=en",
        format!("--user-data-dir={}", profile.display()),
    ]);
    // The setting's own numbers: 1 allows, 2 blocks.
    let scripts = match scripts {
        Scripts::Allowed => 1,
        Scripts::Blocked => 2,
    };
    let preferences = json!({ "profile.managed_default_content_settings.javascript": scripts });
    let options = json!({ "binary": chromium, "args": arguments, "prefs": preferences });
    let mut capabilities = match more {
        Value::Object(more) => more,
        _ => Map::new(),
    };
    capabilities.insert("browserName".to_owned(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities
}

/// The selector of an element's id, whatever characters it has.
fn by_id(id: &str) -> String {
    format!("[id=\"{id}\"]")
}

/// Whether an element's page has been left.
fn is_gone(error: &CmdError) -> bool {
    error.is_stale_element_reference() || error.is_no_such_element() || error.is_no_such_window()
}

/// A command that Chromium's driver passes to the browser as it is.
#[derive(Debug)]
struct DevTools(Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        driver.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _endpoint: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}
