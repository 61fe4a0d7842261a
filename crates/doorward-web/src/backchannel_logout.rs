//! Tells clients that a session is over
//! ([OpenID Connect Back-Channel Logout section 2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)).
//!
//! What is to be told lies in the directory from the moment that the session ends. Nobody who signs out waits for it: every node looks for
//! deliveries that are due, claims them one by one, and has a few under way at once, of which each host gets its share, so that one
//! that never answers holds up nobody else.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::backchannel_logout::{
    Answer, Delivery, DeliveryStatus, LogoutTokenFor, Next, claims, judge,
};
use doorward_core::client::Client;
use doorward_core::client_keys::KeysUnavailable;
use doorward_core::event::Event;
use doorward_core::jose::{Encrypter, Typ};
use doorward_core::random::Random;
use doorward_directory::Failure;
use doorward_directory::logout_deliveries::Portion;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::client_keys::encrypter_for;
use crate::outbound::NoAnswer;
use crate::provider::{App, Provider};
use crate::refusal::Failed;
use crate::signing::Pace;

/// How often due deliveries are looked for, besides when a session ends here: it may have ended elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a delivery is left to the node that claimed it: longer than one may take.
const CLAIMED_FOR: Duration = Duration::from_secs(30);

/// How many deliveries a node has under way at once.
const AT_ONCE: usize = 32;

/// How many of them to one host.
const AT_ONCE_TO_ONE_HOST: usize = 4;

/// How many deliveries are looked at.
const LOOKED_AT: Portion = Portion {
    of_one_client: 4,
    in_all: 256,
};

/// Tells clients of sessions that are over, for as long as it is polled.
///
/// A delivery that is cut off is due again half a minute later, at any node.
pub async fn tell_clients(provider: Arc<Provider>) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut work = Work::new(provider);
    let mut failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = work.provider.logout_queued.notified() => {}
            Some(host) = work.running.join_next() => work.free(host.ok()),
        }
        let begun = work.begin_due().await;
        match &begun {
            // Said once, not with every attempt.
            Err(error) if !failing => {
                tracing::error!(%error, "clients cannot be told that sessions are over");
            }
            Ok(()) if failing => tracing::info!("clients are told again that sessions are over"),
            _ => {}
        }
        failing = begun.is_err();
    }
}

/// What a node has under way.
struct Work {
    provider: Arc<Provider>,
    /// Each ends with its host.
    running: JoinSet<String>,
    /// How many are under way to each host and port.
    hosts: HashMap<String, usize>,
}

impl Work {
    fn new(provider: Arc<Provider>) -> Self {
        Self {
            provider,
            running: JoinSet::new(),
            hosts: HashMap::new(),
        }
    }

    /// Begins what is due, as far as there is room for it.
    async fn begin_due(&mut self) -> Result<(), Failure> {
        let provider = Arc::clone(&self.provider);
        let deliveries = provider.directory.logout_deliveries();
        for due in deliveries.due(LOOKED_AT, provider.now()).await? {
            let client = provider.directory.clients().client(&due.client);
            let told = client.and_then(|client| ToTell::of(&client));
            let host = told.as_ref().map(|told| told.url.authority().to_owned());
            let host = host.unwrap_or_default();
            if self.running.len() >= AT_ONCE || self.to(&host) >= AT_ONCE_TO_ONE_HOST {
                continue;
            }
            let until = provider.now().plus(CLAIMED_FOR);
            if let Some(claimed) = deliveries.claim(&due, until).await? {
                *self.hosts.entry(host.clone()).or_default() += 1;
                let attempt = Attempt {
                    provider: Arc::clone(&provider),
                    delivery: claimed,
                    told,
                };
                self.running.spawn(async move {
                    attempt.run().await;
                    host
                });
            }
        }
        Ok(())
    }

    /// How many deliveries to a host are under way.
    fn to(&self, host: &str) -> usize {
        self.hosts.get(host).copied().unwrap_or_default()
    }

    /// Makes room again. One that failed without saying where it led keeps its place until the node starts anew.
    fn free(&mut self, host: Option<String>) {
        if let Some(host) = host
            && let Some(to) = self.hosts.get_mut(&host)
        {
            *to = to.saturating_sub(1);
            if *to == 0 {
                self.hosts.remove(&host);
            }
        }
    }
}

/// A client and where it is told.
struct ToTell {
    client: Arc<Client>,
    url: Url,
}

impl ToTell {
    /// `None` when it is not to be told any more.
    fn of(client: &Arc<Client>) -> Option<Self> {
        let uri = client.backchannel_logout_uri.as_ref()?;
        Some(Self {
            client: Arc::clone(client),
            url: uri.url().clone(),
        })
    }
}

/// One attempt to deliver a Logout Token.
struct Attempt {
    provider: Arc<Provider>,
    delivery: Delivery,
    told: Option<ToTell>,
}

impl Attempt {
    async fn run(self) {
        let Some(told) = &self.told else {
            let reason = "the client is not registered for it any more".to_owned();
            self.record(
                Next::Finish(DeliveryStatus::Abandoned),
                &Answer::Nothing(reason),
            )
            .await;
            return;
        };
        match self.send(told).await {
            Ok(answer) => {
                let next = judge(&self.delivery, &answer, self.provider.now());
                self.record(next, &answer).await;
            }
            // It is due again when the claim has lapsed.
            Err(Failed(reason)) => {
                tracing::error!(reason, "a Logout Token cannot be made");
            }
        }
    }

    async fn send(&self, told: &ToTell) -> Result<Answer, Failed> {
        let encrypter = match self.encrypter(&told.client).await {
            Ok(encrypter) => encrypter,
            // As if the client itself did not answer: it is told again when its keys may be there.
            Err(unavailable) => return Ok(Answer::Nothing(unavailable.to_string())),
        };
        let token = self.token(&told.client, encrypter).await?;
        let form = Serializer::new(String::new())
            .append_pair("logout_token", &token)
            .finish();
        let posted = self.provider.outbound.post_form(&told.url, form).await;
        Ok(match posted {
            Ok(status) => Answer::Status(status),
            Err(NoAnswer(reason)) => Answer::Nothing(reason),
        })
    }

    /// What encrypts for a client whose ID Tokens are encrypted: its Logout Tokens are so too, and it may refuse others
    /// ([OpenID Connect Back-Channel Logout section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)).
    async fn encrypter(&self, client: &Arc<Client>) -> Result<Option<Encrypter>, KeysUnavailable> {
        let app = App::new(Arc::clone(&self.provider));
        let encryption = client.encrypted_responses.id_token;
        let encrypter = encrypter_for(&app, client, encryption).await?;
        Ok(encrypter.map(|encrypter| encrypter.naming(&self.provider.issuer)))
    }

    /// A new token for each attempt, since none lives long.
    async fn token(&self, client: &Client, encrypter: Option<Encrypter>) -> Result<String, Failed> {
        let random: &dyn Random = &*self.provider.random;
        let (jti, now) = (random.bytes(), self.provider.now());
        let (issuer, delivery) = (self.provider.issuer.clone(), self.delivery.clone());
        let sub = self.provider.subjects.of(delivery.person, client);
        let keyring = self.provider.signers().await?;
        let algorithm = client.id_token_signed_response_alg;
        let sign = move || {
            let claims = claims(LogoutTokenFor {
                issuer: &issuer,
                delivery: &delivery,
                sub,
                jti,
                now,
            });
            keyring.sign_for(encrypter.as_ref(), algorithm, Typ::LogoutToken, &claims)
        };
        Ok(self
            .provider
            .signing
            .run(Pace::of(algorithm), sign)
            .await??)
    }

    /// Writes down what came of it.
    async fn record(&self, next: Next, answer: &Answer) {
        let (delivery, now) = (&self.delivery, self.provider.now());
        let outcome = match answer {
            Answer::Status(status) => format!("HTTP {status}"),
            Answer::Nothing(reason) => reason.clone(),
        };
        self.provider
            .note_unasked(event(delivery, next, outcome.clone()));
        let deliveries = self.provider.directory.logout_deliveries();
        let recorded = match next {
            Next::Finish(status) => deliveries.finish(delivery, status, &outcome, now).await,
            Next::TryAt(at) => deliveries.postpone(delivery, at, &outcome).await,
        };
        if let Err(error) = recorded {
            tracing::error!(%error, "what came of a Logout Token cannot be written down");
        }
    }
}

fn event(delivery: &Delivery, next: Next, outcome: String) -> Event {
    let (client, session) = (delivery.client.clone(), delivery.session);
    match next {
        Next::Finish(DeliveryStatus::Delivered) => Event::LogoutDelivered { client, session },
        Next::Finish(status) => Event::LogoutUndelivered {
            client,
            session,
            reason: outcome,
            status,
        },
        Next::TryAt(_) => Event::LogoutUndelivered {
            client,
            session,
            reason: outcome,
            status: DeliveryStatus::Waiting,
        },
    }
}
