//! Access tokens that come back to endpoints of ours: what one says, and whether it works
//! ([RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use doorward_core::access_token::{AccessTokenClaims, AccessTokenFallen, EndUser, Subject};
use doorward_core::api_token::{ApiTokenRefused, FoundToken, PresentedApiToken};
use doorward_core::assertion_issuer::{
    AssertionIssuerName, Vouched, VouchedFor, Voucher, VouchingRefused,
};
use doorward_core::bearer::BearerRefused;
use doorward_core::client::Client;
use doorward_core::grant::Grant;
use doorward_core::identifiers::{ApiTokenId, ClientId};
use doorward_core::jose::{Expected, Expiry, JwtRefused, Typ};
use doorward_core::opaque_token::OpaqueToken;
use doorward_core::person::Person;
use doorward_core::status_list::{Terms, TermsOf};
use doorward_core::time::Timestamp;

use crate::api_tokens;
use crate::provider::App;
use crate::refusal::BearerError;
use crate::token::consent;

/// The one `Authorization` header of a request, if it has any.
pub(crate) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, BearerRefused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().and_then(|value| value.to_str().ok());
    match values.next() {
        None => Ok(header),
        Some(_) => Err(BearerRefused::Misplaced),
    }
}

/// An access token that works, and the client that something was allowed at first.
pub(crate) struct Living {
    pub(crate) claims: AccessTokenClaims,
    pub(crate) client: Arc<Client>,
    /// What it came from, and who allowed that; nothing where it speaks for its client.
    pub(crate) allowed: Option<(Grant, Person)>,
}

/// What a token says that is ours and has not expired, whichever resource server it is for.
pub(crate) async fn read(app: &App, token: &str) -> Result<AccessTokenClaims, BearerError> {
    match OpaqueToken::parse(token) {
        // It says what it is, so that nothing has to be looked up.
        None if PresentedApiToken::parse(token).is_some() => {
            Err(BearerRefused::NoAccessToken.into())
        }
        None => Ok(verified(app, token)?),
        Some(opaque) => {
            let tokens = app.directory.access_tokens();
            let found = tokens.find(&opaque, app.now()).await?;
            Ok(found.ok_or(AccessTokenFallen::Unknown)?)
        }
    }
}

fn verified(app: &App, token: &str) -> Result<AccessTokenClaims, JwtRefused> {
    let expected = Expected {
        typ: Typ::AccessToken,
        issuer: &app.issuer,
        audience: None,
        now: app.now(),
        expiry: Expiry::Required,
    };
    app.keyring().verify(token, expected)
}

/// Proves that a token works now.
pub(crate) async fn living(app: &App, token: &str) -> Result<Living, BearerError> {
    let claims = read(app, token).await?;
    match &claims.subject {
        Subject::EndUser(end_user) => {
            let end_user = end_user.clone();
            of_end_user(app, claims, &end_user).await
        }
        Subject::Vouched(vouched) => {
            let vouched = vouched.clone();
            of_vouched(app, claims, &vouched).await
        }
        Subject::ApiToken(by) => {
            let token = by.api_token_id;
            of_api_token(app, claims, token).await
        }
        Subject::Client { sub } => {
            let sub = sub.clone();
            of_client(app, claims, &sub).await
        }
    }
}

async fn of_end_user(
    app: &App,
    claims: AccessTokenClaims,
    end_user: &EndUser,
) -> Result<Living, BearerError> {
    let tokens = app.directory.access_tokens();
    let found = tokens.with_grant(&claims.jti, end_user.grant_id).await?;
    let (standing, grant, person) = found.ok_or(AccessTokenFallen::GrantGone)?;
    let client = app.client(&grant.client);
    let client = client.ok_or(AccessTokenFallen::ClientGone)?;
    let consent = consent(app, &client, &person).await?;
    claims.stands(standing)?;
    not_taken_back(app, &claims, &client)?;
    grant
        .stands(&person, &client, consent.as_ref(), app.now())
        .map_err(AccessTokenFallen::from)?;
    Ok(Living {
        claims,
        client,
        allowed: Some((grant, person)),
    })
}

/// A token that came of an assertion issuer's word dies with the issuer, the client and the person.
async fn of_vouched(
    app: &App,
    claims: AccessTokenClaims,
    vouched: &Vouched,
) -> Result<Living, BearerError> {
    let standing = app.directory.access_tokens().standing(&claims.jti).await?;
    let Voucher { by, to } = &vouched.vouched;
    let client = app.client(to);
    let client = client.ok_or(AccessTokenFallen::ClientGone)?;
    claims.stands(standing)?;
    not_taken_back(app, &claims, &client)?;
    is_vouched_for(app, &claims, by, &client)?;
    if let VouchedFor::Person(id) = &vouched.sub {
        let person = app.directory.people().person(*id).await?;
        let person = person.ok_or(fallen(VouchingRefused::NoPerson))?;
        let consent = consent(app, &client, &person).await?;
        claims
            .stands_for_person(&person, &client, consent.as_ref())
            .map_err(AccessTokenFallen::from)?;
    }
    Ok(Living {
        claims,
        client,
        allowed: None,
    })
}

/// A token that came of the word of the issuer `by`, which must still count for the `client` that brought it.
fn is_vouched_for(
    app: &App,
    claims: &AccessTokenClaims,
    by: &AssertionIssuerName,
    client: &Client,
) -> Result<(), AccessTokenFallen> {
    let issuers = app.directory.assertion_issuers().registry();
    let issuer = issuers.get(by).ok_or(fallen(VouchingRefused::Gone))?;
    claims
        .stands_for_vouching(issuer, client, app.now())
        .map_err(fallen)
}

/// Whether tokens that were issued at `issued_at` on these `terms` work as far as registrations go, where the client `first` was allowed
/// something at first.
pub(crate) async fn terms_stand(
    app: &App,
    first: &ClientId,
    terms: &Terms,
    issued_at: Timestamp,
) -> Result<(), BearerError> {
    let specimen = terms.specimen(issued_at);
    if let TermsOf::ApiToken { api_token_id, .. } = &terms.of {
        return is_by_api_token(app, &specimen, *api_token_id)
            .await
            .map(drop);
    }
    let client = app.client(first).ok_or(AccessTokenFallen::ClientGone)?;
    not_taken_back(app, &specimen, &client)?;
    match &terms.of {
        TermsOf::Grant {} | TermsOf::ApiToken { .. } => {}
        TermsOf::Client { .. } => specimen.stands_for_client(&client)?,
        TermsOf::Vouched { vouched, .. } => is_vouched_for(app, &specimen, &vouched.by, &client)?,
    }
    Ok(())
}

fn fallen(refused: VouchingRefused) -> AccessTokenFallen {
    refused.into()
}

/// A token that was given in exchange for an API token dies with that.
async fn of_api_token(
    app: &App,
    claims: AccessTokenClaims,
    token: ApiTokenId,
) -> Result<Living, BearerError> {
    let standing = app.directory.access_tokens().standing(&claims.jti).await?;
    claims.stands(standing)?;
    let found = is_by_api_token(app, &claims, token).await?;
    api_tokens::count(app, &found.token).await?;
    let client = app.client(&claims.client_id);
    Ok(Living {
        client: client.ok_or(AccessTokenFallen::ClientGone)?,
        claims,
        allowed: None,
    })
}

/// Whether the API token still opens what was given for it, to a client that may still exchange it.
async fn is_by_api_token(
    app: &App,
    claims: &AccessTokenClaims,
    token: ApiTokenId,
) -> Result<FoundToken, BearerError> {
    let found = app.directory.api_tokens().by_id(token).await?;
    let found = found.ok_or(AccessTokenFallen::from(ApiTokenRefused::Unknown))?;
    let holder = app.client(&claims.client_id);
    claims
        .stands_for_exchange(None, holder.as_deref())
        .map_err(AccessTokenFallen::from)?;
    let servers = app.directory.resource_servers().registry();
    claims
        .stands_for_api_token(&found, &servers, app.now())
        .map_err(AccessTokenFallen::from)?;
    Ok(found)
}

async fn of_client(
    app: &App,
    claims: AccessTokenClaims,
    sub: &ClientId,
) -> Result<Living, BearerError> {
    let standing = app.directory.access_tokens().standing(&claims.jti).await?;
    let client = app.client(sub);
    let client = client.ok_or(AccessTokenFallen::ClientGone)?;
    claims.stands(standing)?;
    not_taken_back(app, &claims, &client)?;
    claims.stands_for_client(&client)?;
    Ok(Living {
        claims,
        client,
        allowed: None,
    })
}

/// A token that another client than the `first` has was exchanged, which must still be allowed.
fn not_taken_back(
    app: &App,
    claims: &AccessTokenClaims,
    first: &Client,
) -> Result<(), AccessTokenFallen> {
    let holder = app.client(&claims.client_id);
    claims.stands_for_exchange(Some(&first.client_id), holder.as_deref())?;
    Ok(())
}
