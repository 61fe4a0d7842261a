//! A token for the word of an assertion issuer ([RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)).

use std::sync::Arc;
use std::time::Duration;

use doorward_core::access_token::Subject;
use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerKeys, IdentityRefused, Named, by_verified_email,
};
use doorward_core::authorization_details::DetailsRefused;
use doorward_core::event::Event;
use doorward_core::jose::JwkSet;
use doorward_core::person::Person;
use doorward_core::scope::Scope;
use doorward_core::token::TokenResponse;
use doorward_core::token::jwt_bearer::{
    JwtBearer, JwtBearerRefused, JwtBearerRequest, PresentedAssertion, ProvenAssertion, Whom,
};
use doorward_sessions::Use;

use super::{Exchange, consent};
use crate::client_keys::keys;
use crate::provider::App;
use crate::refusal::TokenError;
use crate::turns::Registrant;

/// How long a token works at least, however soon its assertion ends.
const SHORTEST: Duration = Duration::from_mins(1);

impl Exchange<'_> {
    /// A token for one resource server, for an assertion of an issuer that an operator trusts.
    pub(super) async fn jwt_bearer(
        mut self,
        request: &JwtBearerRequest,
    ) -> Result<TokenResponse, TokenError> {
        let app = self.app;
        self.without_details(DetailsRefused::NotVouched)?;
        let presented = PresentedAssertion::parse(&request.assertion).map_err(refused)?;
        let issuer = self.heard(&presented)?;
        let proven = prove(app, &presented, &issuer).await?;
        let servers = app.directory.resource_servers().registry();
        let client = Arc::clone(&self.client);
        let asked = JwtBearer {
            client: &client,
            issuer: &issuer,
            scope: request.scope.as_ref(),
            resource: self.resource.as_ref(),
            servers: &servers,
        };
        let target = asked.target().map_err(refused)?;
        let subject = self.subject(&asked, &proven.named, &target.scope).await?;
        self.spend_proof().await?;
        spend(app, &proven).await?;
        let event = Event::AssertionAccepted {
            client: client.client_id.clone(),
            issuer: issuer.name.clone(),
            subject: subject.sub(),
            target: target.audience.iter().collect(),
            scope: target.scope.clone(),
        };
        // What an assertion stands for does not outlive it by much.
        let end = proven.expires_at.max(app.now().plus(SHORTEST));
        let minting = self.minting(target).await?.until(Some(end), None);
        let response = minting.for_subject(app, subject).await?;
        app.note(self.reference, event);
        Ok(response)
    }

    /// The assertion's issuer, if its word counts and this client may bring it.
    fn heard(
        &self,
        presented: &PresentedAssertion<'_>,
    ) -> Result<Arc<AssertionIssuer>, TokenError> {
        let registry = self.app.directory.assertion_issuers().registry();
        let issuer = registry.heard_from(presented.issuer(), &self.client.client_id);
        let issuer = issuer.ok_or_else(|| refused(presented.unknown()))?;
        issuer
            .counts_for(&self.client, self.app.now())
            .map_err(|reason| refused(reason.into()))?;
        Ok(Arc::clone(issuer))
    }

    /// For whom the token speaks.
    async fn subject(
        &self,
        asked: &JwtBearer<'_>,
        named: &Named,
        scope: &Scope,
    ) -> Result<Subject, TokenError> {
        let subject = match person(self.app, named).await? {
            None => asked.subject(Whom::Client, scope),
            Some(person) => {
                let consent = consent(self.app, asked.client, &person).await?;
                asked.subject(Whom::Person(&person, consent.as_ref()), scope)
            }
        };
        subject.map_err(refused)
    }
}

/// Proves that `issuer` made an assertion, with the keys that it has now.
async fn prove(
    app: &App,
    presented: &PresentedAssertion<'_>,
    issuer: &AssertionIssuer,
) -> Result<ProvenAssertion, TokenError> {
    let needed = presented.signed_with().map_err(refused)?.into();
    let keys: JwkSet = match &issuer.keys {
        AssertionIssuerKeys::Jwks(keys) => keys.clone(),
        AssertionIssuerKeys::JwksUri(uri) => keys(app, Registrant::Operator, uri, &needed).await?,
    };
    let proven = presented.prove(issuer, &keys, app.addressee(), app.now());
    proven.map_err(refused)
}

/// The person whom an assertion names, unless it names its client.
async fn person(app: &App, named: &Named) -> Result<Option<Person>, TokenError> {
    let people = app.directory.people();
    let found = match named {
        Named::Client => return Ok(None),
        Named::Subject(id) => people.person(*id).await?,
        Named::Username(name) => people.by_username(name).await?,
        Named::Email(email) => {
            let found = by_verified_email(people.by_email(email).await?, email);
            Some(found.map_err(|reason| refused(reason.into()))?)
        }
    };
    match found {
        Some(person) => Ok(Some(person)),
        None => Err(refused(IdentityRefused::Nobody.into())),
    }
}

/// Marks an assertion as used that may be used once. Only one that is right in everything else is, so that nobody but clients
/// makes the store grow; and while the store cannot say that it is new, none is accepted.
async fn spend(app: &App, proven: &ProvenAssertion) -> Result<(), TokenError> {
    if let Some(mark) = &proven.single_use
        && app.replays.spend_grant(mark).await? == Use::Replayed
    {
        return Err(refused(JwtBearerRefused::Replayed));
    }
    Ok(())
}

fn refused(reason: JwtBearerRefused) -> TokenError {
    TokenError::refused(reason.code(), reason)
}
