//! [oidc-agent](README.md), which gets access tokens for programs at the command line.

mod agent;

use doorward_tests::processes::Process;
use doorward_tests::visitor::Page;

use crate::harness::{REGISTRATION, Scene, Setting};
use agent::Agent;

/// How the agent is registered: where it has browsers sent, by which flows it gets tokens, and for what.
const REGISTERED: [&str; 6] = [
    "--redirect-uri",
    "http://localhost:4242",
    "--grant-type",
    "authorization_code,refresh_token,device_code",
    "--scope",
    "openid offline_access email",
];

/// The agent beside a Doorward that knows it as `shop`.
struct Desk {
    scene: Scene,
    agent: Agent,
}

impl Desk {
    async fn new(setting: &Setting<'_>) -> Option<Self> {
        let agent = Agent::start().await?;
        let scene = Scene::set(setting).await?;
        Some(Self { scene, agent })
    }

    /// With an application that is registered with these arguments.
    async fn registered(more: &[&str]) -> Option<Self> {
        let setting = Setting {
            registration: &[&REGISTERED, more].concat(),
            ..Setting::default()
        };
        Self::new(&setting).await
    }

    /// The account that the agent makes by the code flow, once Alice has signed in.
    async fn code(&self) {
        self.lets_in(self.agent.generates(&self.scene, "code"))
            .await;
    }

    /// Alice signs in where the agent asks for it, and it is told where she was sent.
    async fn lets_in(&self, mut asking: Process) {
        let issuer = format!("{}/authorize?", self.scene.node.place.issuer);
        let address = asking.line(|line| line.starts_with(&issuer).then(|| line.to_owned()));
        let page = self.scene.open(&address.await).await;
        self.agent.is_told(&back(&page)).await;
    }

    /// The account that it makes by the device flow, once she has entered the code.
    async fn device(&self) {
        let mut asking = self.agent.generates(&self.scene, "device");
        let code = asking.line(|line| line.strip_prefix("And enter the code: ").map(str::to_owned));
        let page = format!("{}/device", self.scene.node.place.issuer);
        self.scene.connect(&page, &code.await).await;
        assert!(asking.ended().await.success());
    }

    /// Whether Doorward tells the bearer of a token whose it is.
    async fn knows(&self, token: &str) -> bool {
        let asked = reqwest::Client::new().get(self.scene.node.url("/userinfo"));
        let answer = asked.bearer_auth(token).send().await;
        let body = answer.expect("an answer").text().await.expect("text");
        body.contains("alice@example.com")
    }
}

/// Where the browser was sent.
fn back(page: &Page) -> String {
    let left_for = page.left_for.as_ref();
    let left_for = left_for.unwrap_or_else(|| panic!("the browser stays: {page:?}"));
    left_for.to_string()
}

/// [RFC 6749 section 4.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1) and, by a token that is new,
/// [section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
#[tokio::test]
async fn gets_tokens_for_whom_signs_in() {
    let Some(desk) = Desk::registered(&[]).await else {
        return;
    };
    desk.code().await;
    let token = desk.agent.token(&[]).await;
    assert!(desk.knows(&token).await);
    let new = desk.agent.token(&["--force-new"]).await;
    assert_ne!(new, token);
    assert!(desk.knows(&new).await);
}

/// [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)
#[tokio::test]
async fn gets_tokens_for_who_enters_its_code() {
    let Some(desk) = Desk::registered(&[]).await else {
        return;
    };
    desk.device().await;
    assert!(desk.knows(&desk.agent.token(&[]).await).await);
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1): it sends an empty secret in the header.
#[tokio::test]
async fn gets_tokens_without_a_secret() {
    let Some(desk) = Desk::registered(&["--public"]).await else {
        return;
    };
    desk.code().await;
    let token = desk.agent.token(&["--force-new"]).await;
    assert!(desk.knows(&token).await);
}

/// [RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)
#[tokio::test]
async fn gets_a_token_for_less() {
    let Some(desk) = Desk::registered(&[]).await else {
        return;
    };
    desk.code().await;
    let narrow = desk.agent.token(&["--scope=openid"]).await;
    assert!(!desk.knows(&narrow).await);
    let wide = desk.agent.token(&["--scope=openid email"]).await;
    assert!(desk.knows(&wide).await);
}

/// [RFC 9700 section 4.14](https://www.rfc-editor.org/rfc/rfc9700#section-4.14): each refresh token works once, so it must
/// keep the last.
#[tokio::test]
async fn keeps_its_tokens_when_it_starts_again() {
    let Some(mut desk) = Desk::registered(&[]).await else {
        return;
    };
    desk.code().await;
    desk.agent.token(&["--force-new"]).await;
    desk.agent = desk.agent.restarted().await;
    assert!(desk.knows(&desk.agent.token(&[]).await).await);
}

/// [RFC 7591](https://www.rfc-editor.org/rfc/rfc7591), and a redirect URI with a scheme of its own
/// ([RFC 8252 section 7.1](https://www.rfc-editor.org/rfc/rfc8252#section-7.1))
#[tokio::test]
async fn registers_itself() {
    let setting = Setting {
        configuration: REGISTRATION,
        ..Setting::default()
    };
    let Some(desk) = Desk::new(&setting).await else {
        return;
    };
    let token = desk.scene.initial_access_token().await;
    desk.lets_in(desk.agent.registers(&desk.scene, &token))
        .await;
    let token = desk.agent.token(&["--force-new"]).await;
    assert!(desk.knows(&token).await);
}
