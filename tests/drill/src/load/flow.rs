//! What people and applications do, and what they write down of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Error, anyhow};
use doorward_tests::load::browser::{Landing, Question, SignInPage};
use doorward_tests::load::relying_party::{
    AuthorizationRefused, AuthorizationRequest, Prompt, Refused, RelyingParty, Scope, Tokens,
};
use tokio::time::sleep;
use url::Url;

use super::Setback;
use super::person::Person;
use crate::ledger::{GrantId, Held, SessionId};

pub(super) type Outcome = Result<(), Setback>;

/// How often an application tries to redeem a code before it gives up, and how long it waits in between.
const ATTEMPTS: u32 = 8;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// A code that has not been used.
pub(super) struct Issued {
    pub(super) client: (usize, Arc<RelyingParty>),
    pub(super) request: Arc<AuthorizationRequest>,
    pub(super) code: String,
    pub(super) at: Instant,
    session: SessionId,
}

impl Person {
    /// Signs in with the password, on the way to an application, which then redeems its code.
    pub(super) async fn sign_in(&mut self) -> Outcome {
        let (client, scope) = (self.client()?, self.any_scope());
        let request = AuthorizationRequest::new()?;
        let path = client.1.authorization_path(&request, scope, Prompt::Any);
        self.browser.forget();
        let page = SignInPage::read(self.browser.open(&path).await?)?;
        let (name, password) = (&self.credentials.username, &self.credentials.password);
        let landing = self.browser.submit(&page, name, password).await;
        let at = Instant::now();
        let code = request.code(&elsewhere(landing?)?)?;
        let browser = self.browser.again_at(self.place.front);
        let session = self.books.ledger().signed_in(browser, at);
        self.session = Some(session);
        let issued = self.issued(client, request, code, session);
        self.redeem(&issued).await.map(|_| ())
    }

    /// Goes to an application without being asked for anything, since this browser is signed in.
    pub(super) async fn authorize(&mut self) -> Outcome {
        match self.code().await? {
            Some(issued) => self.redeem(&issued).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// A code without a prompt; none when the browser turns out not to be signed in.
    pub(super) async fn code(&mut self) -> Result<Option<Issued>, Setback> {
        let Some(session) = self.session else {
            return Ok(None);
        };
        let (client, scope) = (self.client()?, self.any_scope());
        let request = AuthorizationRequest::new()?;
        let path = client.1.authorization_path(&request, scope, Prompt::None);
        let landing = self.browser.open(&path).await?;
        match request.code(&elsewhere(landing)?) {
            Ok(code) => Ok(Some(self.issued(client, request, code, session))),
            Err(error) if wants_sign_in(&error) => {
                self.books.ledger().missed(session);
                self.session = None;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn issued(
        &self,
        client: (usize, Arc<RelyingParty>),
        request: AuthorizationRequest,
        code: String,
        session: SessionId,
    ) -> Issued {
        self.books.ledger().secret("code", &code);
        Issued {
            client,
            request: Arc::new(request),
            code,
            at: Instant::now(),
            session,
        }
    }

    /// Redeems a code, again and again while no answer comes.
    pub(super) async fn redeem(&mut self, issued: &Issued) -> Result<Option<GrantId>, Setback> {
        let mut doubts = 0;
        loop {
            let (connection, asked) = (self.browser.connection(), Instant::now());
            let client = &issued.client.1;
            let answer = client
                .exchange(connection, &issued.request, &issued.code)
                .await;
            match answer {
                Ok(tokens) => return Ok(Some(self.redeemed(issued, &tokens))),
                Err(error) if error.is::<Refused>() => {
                    if doubts == 0 {
                        self.books.ledger().code_refused(issued.at);
                    }
                    return Ok(None);
                }
                Err(error) if doubts < ATTEMPTS => {
                    doubts += 1;
                    self.books.tally().setback(error.into(), asked.elapsed());
                    sleep(BETWEEN_ATTEMPTS * doubts).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn redeemed(&mut self, issued: &Issued, tokens: &Tokens) -> GrantId {
        let now = Instant::now();
        let place = (issued.session, issued.client.0);
        let grant = self
            .books
            .ledger()
            .redeemed(&issued.code, place, tokens, now);
        self.hold(grant, tokens.refresh_token.is_some());
        grant
    }

    /// An application refreshes.
    pub(super) async fn refresh(&mut self) -> Outcome {
        let Some((grant, client, token)) = self.any_refresh_token() else {
            return Ok(());
        };
        let asked = Instant::now();
        let answer = client.refresh(self.browser.connection(), &token).await;
        self.note_refresh(grant, &token, answer, asked)
    }

    pub(super) fn note_refresh(
        &mut self,
        grant: GrantId,
        token: &str,
        answer: anyhow::Result<Tokens>,
        asked: Instant,
    ) -> Outcome {
        let mut ledger = self.books.ledger();
        match answer {
            Ok(tokens) => ledger.refreshed(grant, token, &tokens, Instant::now()),
            Err(error) if error.is::<Refused>() => {
                ledger.refresh_refused(grant, asked);
                self.offline.retain(|held| *held != grant);
            }
            Err(error) => {
                ledger.perhaps_refreshed(grant, token, asked);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// An application asks who somebody is.
    pub(super) async fn userinfo(&mut self) -> Outcome {
        let Some((grant, client, held)) = self.any_access_token() else {
            return Ok(());
        };
        let connection = self.browser.connection();
        match client.userinfo(connection, &held.access_token).await {
            Err(error) if error.is::<Refused>() => self.books.ledger().access_refused(grant),
            Err(error) => return Err(error.into()),
            Ok(()) => {}
        }
        Ok(())
    }

    /// An application asks what its access token stands for.
    pub(super) async fn introspect(&mut self) -> Outcome {
        let Some((grant, client, held)) = self.any_access_token() else {
            return Ok(());
        };
        let connection = self.browser.connection();
        if !client.introspect(connection, &held.access_token).await? {
            self.books.ledger().access_refused(grant);
        }
        Ok(())
    }

    /// Signs out on the provider's own page.
    pub(super) async fn sign_out(&mut self) -> Outcome {
        let Some(session) = self.session else {
            return Ok(());
        };
        let landing = self.browser.open("/logout").await?;
        self.session = None;
        self.online.clear();
        let Some(page) = Question::read(&landing, "sign-out") else {
            self.books.ledger().missed(session);
            return Ok(());
        };
        match self.browser.press(&page, "sign-out").await {
            Ok(Landing::Here(_, answer)) if answer.status == 200 => {
                self.books.ledger().signed_out(session);
                Ok(())
            }
            Ok(landing) => {
                self.books.ledger().perhaps_signed_out(session);
                Err(anyhow!("signing out led to {}", address(&landing)).into())
            }
            Err(error) => {
                self.books.ledger().perhaps_signed_out(session);
                Err(error.into())
            }
        }
    }

    fn client(&mut self) -> Result<(usize, Arc<RelyingParty>), Setback> {
        let client = self.any_client();
        client.ok_or_else(|| anyhow!("there is no application").into())
    }

    fn any_scope(&mut self) -> Scope {
        if self.rng.bool() {
            Scope::TokensAndRefresh
        } else {
            Scope::Tokens
        }
    }

    fn any_access_token(&mut self) -> Option<(GrantId, Arc<RelyingParty>, Held)> {
        let held: Vec<_> = self.online.iter().chain(&self.offline).copied().collect();
        let grant = self.rng.choice(held)?;
        let (client, held) = self.held(grant)?;
        Some((grant, client, held))
    }

    pub(super) fn any_refresh_token(&mut self) -> Option<(GrantId, Arc<RelyingParty>, String)> {
        let grant = *self.rng.choice(&self.offline)?;
        let (client, held) = self.held(grant)?;
        Some((grant, client, held.refresh_token?))
    }

    pub(super) fn held(&self, grant: GrantId) -> Option<(Arc<RelyingParty>, Held)> {
        let held = self.books.ledger().held(grant)?;
        let client = self.place.clients.get(held.client).cloned()?;
        Some((client, held))
    }

    /// Cares no more about a grant.
    pub(super) fn let_go(&mut self, grant: GrantId) {
        self.online.retain(|held| *held != grant);
        self.offline.retain(|held| *held != grant);
    }
}

/// Whether a refusal says that the browser is not signed in.
pub(crate) fn wants_sign_in(error: &Error) -> bool {
    let refused = error.downcast_ref::<AuthorizationRefused>();
    refused.is_some_and(|AuthorizationRefused(code)| code == "login_required")
}

/// The address outside the provider that a landing must be.
pub(crate) fn elsewhere(landing: Landing) -> anyhow::Result<Url> {
    match landing {
        Landing::Elsewhere(url) => Ok(url),
        here @ Landing::Here(..) => Err(anyhow!("no code, but {}", address(&here))),
    }
}

/// Where somebody landed, without what may be secret.
fn address(landing: &Landing) -> String {
    match landing {
        Landing::Elsewhere(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Landing::Here(url, answer) => format!("a page at {} ({})", url.path(), answer.status),
    }
}
