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
use super::ticket::{Issued, Ticket};
use crate::ledger::{GrantId, Held, SessionId};

pub(super) type Outcome = Result<(), Setback>;

/// How often an application tries to redeem a code before it gives up, and how long it waits in between.
const ATTEMPTS: u32 = 8;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// Of 256 times that somebody lets an application have tokens, it is a device so often.
const DEVICES: u8 = 48;

/// How a code was asked for.
pub(super) struct Asked {
    /// The address that the browser opened.
    pub(super) path: String,
    /// When the request was pushed, if it was.
    pub(super) pushed: Option<Instant>,
}

impl Person {
    /// Signs in with the password, on the way to an application, which then redeems its code.
    pub(super) async fn sign_in(&mut self) -> Outcome {
        let (client, scope) = (self.client()?, self.any_scope());
        let request = client.1.request()?;
        let (path, _) = self
            .address(&client.1, &request, scope, Prompt::Any)
            .await?;
        self.browser.forget();
        let page = SignInPage::read(self.browser.open(&path).await?)?;
        let (name, password) = (&self.credentials.username, &self.credentials.password);
        let landing = self.browser.submit(&page, name, password).await;
        let at = Instant::now();
        let code = request.code(&elsewhere(landing?)?)?;
        let browser = self.browser.again_at(self.place.front);
        let session = self.books.ledger().signed_in(browser, at);
        self.session = Some(session);
        let ticket = Ticket::Code(request, code);
        let issued = self.issued(client, ticket, session);
        self.redeem(&issued).await.map(|_| ())
    }

    /// Goes to an application without being asked for anything, since this browser is signed in; or allows a device.
    pub(super) async fn authorize(&mut self) -> Outcome {
        match self.ticket().await? {
            Some(issued) => self.redeem(&issued).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Something to get tokens with; none when the browser turns out not to be signed in.
    pub(super) async fn ticket(&mut self) -> Result<Option<Issued>, Setback> {
        if self.rng.u8(..) < DEVICES {
            self.device().await
        } else {
            Ok(self.code().await?.map(|(issued, _)| issued))
        }
    }

    /// A code without a prompt, and the address that it was asked for at.
    pub(super) async fn code(&mut self) -> Result<Option<(Issued, Asked)>, Setback> {
        let Some(session) = self.session else {
            return Ok(None);
        };
        let (client, scope) = (self.client()?, self.any_scope());
        let request = client.1.request()?;
        let (path, pushed) = self
            .address(&client.1, &request, scope, Prompt::None)
            .await?;
        let landing = self.browser.open(&path).await?;
        if let (Some(at), Landing::Here(_, answer)) = (pushed, &landing)
            && answer.status == 400
        {
            self.books.ledger().pushed_refused(at);
            return Ok(None);
        }
        match request.code(&elsewhere(landing)?) {
            Ok(code) => {
                let issued = self.issued(client, Ticket::Code(request, code), session);
                Ok(Some((issued, Asked { path, pushed })))
            }
            Err(error) if wants_sign_in(&error) => {
                self.books.ledger().missed(session);
                self.session = None;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The address of a request to authorize, and when it was pushed if it was.
    async fn address(
        &mut self,
        client: &RelyingParty,
        request: &AuthorizationRequest,
        scope: Scope,
        prompt: Prompt,
    ) -> Result<(String, Option<Instant>), Setback> {
        if self.rng.bool() {
            return Ok((client.authorization_path(request, scope, prompt), None));
        }
        let connection = self.browser.connection();
        let path = client.push(connection, request, scope, prompt).await?;
        Ok((path, Some(Instant::now())))
    }

    pub(super) fn issued(
        &self,
        client: (usize, Arc<RelyingParty>),
        ticket: Ticket,
        session: SessionId,
    ) -> Issued {
        self.books.ledger().secret("code", ticket.code());
        Issued {
            client,
            ticket: Arc::new(ticket),
            at: Instant::now(),
            session,
        }
    }

    /// Redeems a code, again and again while no answer comes.
    pub(super) async fn redeem(&mut self, issued: &Issued) -> Result<Option<GrantId>, Setback> {
        let mut doubts = 0;
        loop {
            let (connection, asked) = (self.browser.connection(), Instant::now());
            match issued.redeem(connection).await {
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
        let code = issued.ticket.code();
        let grant = self.books.ledger().redeemed(code, place, tokens, now);
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
        if !client.has_secret() {
            return Ok(());
        }
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
                Err(anyhow!("signing out led to {}", whereabouts(&landing)).into())
            }
            Err(error) => {
                self.books.ledger().perhaps_signed_out(session);
                Err(error.into())
            }
        }
    }

    pub(super) fn client(&mut self) -> Result<(usize, Arc<RelyingParty>), Setback> {
        let client = self.any_client();
        client.ok_or_else(|| anyhow!("there is no application").into())
    }

    pub(super) fn any_scope(&mut self) -> Scope {
        if self.rng.bool() {
            Scope::TokensAndRefresh
        } else {
            Scope::Tokens
        }
    }

    pub(super) fn any_access_token(&mut self) -> Option<(GrantId, Arc<RelyingParty>, Held)> {
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
        here @ Landing::Here(..) => Err(anyhow!("no code, but {}", whereabouts(&here))),
    }
}

/// Where somebody landed, without what may be secret.
pub(super) fn whereabouts(landing: &Landing) -> String {
    match landing {
        Landing::Elsewhere(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Landing::Here(url, answer) => format!("a page at {} ({})", url.path(), answer.status),
    }
}
