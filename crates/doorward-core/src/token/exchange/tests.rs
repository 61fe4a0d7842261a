use std::time::Duration;

use super::*;
use crate::Timestamp;
use crate::access_token::{self, AccessTokenClaims, AccessTokenFor, EndUser, Subject};
use crate::acr::{AcrLevels, AuthenticationDemand};
use crate::api_token::{
    self, ApiToken, ApiTokenPolicy, FoundToken, OwnerStanding, Standing, Working,
};
use crate::authorization::MaxAge;
use crate::authorization_details::AuthorizationDetails;
use crate::client::{AuthMethod, Client, GrantType};
use crate::confirmation::Held;
use crate::error::ErrorCode;
use crate::id_token::tests::{ISSUER, grant};
use crate::jose::Audience;
use crate::resource_server::tests::{files, reports};
use crate::resource_server::{ResourceServer, ResourceServers, Target};
use crate::secret::{Secret, SecretKind};
use crate::testing::{NOW, Pairs, client, parameters};
use crate::time::CLOCK_TOLERANCE;
use crate::token::{TokenRequest, TokenRequestRefused};

/// The API that asks about tokens for reports, and may exchange them for tokens for files.
fn api() -> Client {
    Client {
        client_id: "reports-api".parse().unwrap(),
        scope: "files:read".parse().unwrap(),
        token_exchange: Some(ExchangePolicy {
            resources: [files().resource].into(),
            mode: ExchangeMode::Impersonation,
        }),
        ..client()
    }
}

/// Alice's token for reports, which the wiki has.
fn shown() -> PresentedAccessToken {
    PresentedAccessToken::new(shown_claims(), &client(), Some(&grant()))
}

fn shown_claims() -> AccessTokenClaims {
    access_token::claims(AccessTokenFor {
        issuer: ISSUER,
        client: &client().client_id,
        subject: Subject::EndUser(EndUser::of(&grant(), grant().person.into())),
        act: None,
        target: &Target {
            server: None,
            audience: Audience::One(reports().resource.to_string()),
            scope: "reports:read".parse().unwrap(),
            authorization_details: AuthorizationDetails::default(),
        },
        confirmation: None,
        jti: [1; 16],
        now: NOW,
        lifetime: Duration::from_mins(5),
    })
}

fn own_claims() -> AccessTokenClaims {
    let sub = api().client_id;
    AccessTokenClaims {
        client_id: sub.clone(),
        exp: shown_claims().exp + 300,
        subject: Subject::Client { sub },
        ..shown_claims()
    }
}

/// A token that the API was given for itself, for ten minutes.
fn own() -> PresentedAccessToken {
    PresentedAccessToken::new(own_claims(), &api(), None)
}

fn actors(count: usize) -> Option<Actor> {
    (0..count).fold(None, |before, at| {
        Some(Actor {
            sub: format!("actor-{at}"),
            client_id: "wiki".parse().unwrap(),
            act: before.map(Box::new),
        })
    })
}

fn request(changes: Pairs<'_>) -> Result<ExchangeRequest, TokenRequestRefused> {
    let example = [
        ("grant_type", GrantType::TokenExchange.as_str()),
        ("subject_token", "a.b.c"),
        (
            "subject_token_type",
            TokenTypeIdentifier::AccessToken.as_str(),
        ),
    ];
    let form = parameters(&example, changes);
    match TokenRequest::parse(&form, &client())? {
        TokenRequest::TokenExchange(request) => Ok(request),
        other => panic!("it asks for an exchange: {other:?}"),
    }
}

fn decide(
    client: &Client,
    subject: &PresentedAccessToken,
    actor: Option<&PresentedAccessToken>,
) -> Result<Exchanged, ExchangeRefused> {
    decide_for(files(), client, subject, actor)
}

fn decide_for(
    files: ResourceServer,
    client: &Client,
    subject: &PresentedAccessToken,
    actor: Option<&PresentedAccessToken>,
) -> Result<Exchanged, ExchangeRefused> {
    let servers: ResourceServers = [files, reports()].into_iter().collect();
    let request = request(&[("audience", "urn:example:files")]).unwrap();
    let exchange = TokenExchange {
        client,
        held: &Held::default(),
        binding: None,
        request: &request,
        resource: None,
        subject,
        actor,
        servers: &servers,
        levels: &AcrLevels::default(),
        now: NOW,
    };
    exchange.decide()
}

/// [RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1).
#[test]
fn a_request_shows_access_tokens_and_says_so() {
    use TokenRequestRefused as R;
    let opaque = Secret::from_bytes(SecretKind::AccessToken, &[7; 48]);
    let refresh_token = Secret::from_bytes(SecretKind::RefreshToken, &[7; 48]);
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    let jwt = TokenTypeIdentifier::Jwt.as_str();
    let of_type = |name| R::TokenType(name, id_token.to_owned());
    let table: [(Pairs<'_>, R); 9] = [
        (&[("subject_token", "")], R::Missing("subject_token")),
        (
            &[("subject_token_type", "")],
            R::Missing("subject_token_type"),
        ),
        (
            &[("subject_token", ""), ("subject_token_type", "")],
            R::Missing("subject_token"),
        ),
        (&[("actor_token", "a.b.c")], R::Missing("actor_token_type")),
        (&[("actor_token_type", jwt)], R::Missing("actor_token")),
        (
            &[("subject_token_type", id_token)],
            of_type("subject_token_type"),
        ),
        (
            &[("requested_token_type", id_token)],
            of_type("requested_token_type"),
        ),
        (
            &[("subject_token", refresh_token.reveal())],
            R::NotExchangeable("subject_token"),
        ),
        (
            &[
                ("subject_token", opaque.reveal()),
                ("subject_token_type", jwt),
            ],
            R::NotExchangeable("subject_token"),
        ),
    ];
    for (changes, reason) in table {
        let refused = request(changes).unwrap_err();
        assert_eq!(refused, reason, "{changes:?}");
        assert_eq!(refused.code(), ErrorCode::InvalidRequest, "{changes:?}");
    }
    let read = request(&[("subject_token", opaque.reveal())]).unwrap();
    assert_eq!(read.requested_token_type, TokenTypeIdentifier::AccessToken);
    assert!(!format!("{read:?}").contains(opaque.reveal()));
}

/// P32: the result ends with the token that ends first.
#[test]
fn nothing_outlives_what_it_was_given_for() {
    let exchanged = decide(&api(), &shown(), Some(&own())).unwrap();
    assert_eq!(exchanged.until, Some(NOW.plus(Duration::from_mins(5))));
    let mut brief = own();
    brief.ends_at = shown().ends_at.map(|end| end.minus(Duration::from_secs(1)));
    let exchanged = decide(&api(), &shown(), Some(&brief)).unwrap();
    assert_eq!(exchanged.until, brief.ends_at);
    let mut over = shown();
    over.ends_at = Some(NOW);
    let refused = decide(&api(), &over, None).unwrap_err();
    assert_eq!(refused, ExchangeRefused::Over);
}

/// [RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3): nobody gets by exchange what would be refused to them.
#[test]
fn an_api_that_demands_more_of_a_sign_in_than_a_token_has_is_no_target() {
    let demanding = ResourceServer {
        authentication: AuthenticationDemand {
            max_authentication_age: Some(MaxAge::seconds(300)),
            ..AuthenticationDemand::default()
        },
        ..files()
    };
    let signed_in = |seconds| {
        let mut shown = shown();
        if let Subject::EndUser(end_user) = &mut shown.subject {
            end_user.auth_time = NOW.as_seconds() - seconds;
        }
        decide_for(demanding.clone(), &api(), &shown, None)
    };
    assert!(signed_in(300).is_ok());
    let refused = signed_in(301).unwrap_err();
    assert_eq!(refused, ExchangeRefused::TooWeak(files().resource));
    assert_eq!(refused.code(), ErrorCode::InvalidTarget);
    assert!(decide_for(demanding.clone(), &api(), &own(), None).is_ok());
}

#[test]
fn a_chain_of_actors_has_four_at_most() {
    let after = |count| {
        let mut subject = shown();
        subject.act = actors(count);
        decide(&api(), &subject, Some(&own())).map(|exchanged| exchanged.act)
    };
    let act = after(3).unwrap().unwrap();
    assert_eq!(
        (&*act.sub, act.act),
        ("reports-api", actors(3).map(Box::new))
    );
    assert_eq!(after(4).unwrap_err(), ExchangeRefused::Chain);
}

/// P32: default deny, and a holder that may not exchange any more holds nothing.
#[test]
fn what_was_exchanged_works_as_long_as_its_holder_may_exchange() {
    let mut claims = own_claims();
    let first = client().client_id;
    claims.aud = Audience::One(files().resource.to_string());
    let works = |holder: Option<&Client>| claims.stands_for_exchange(Some(&first), holder).is_ok();
    assert!(works(Some(&api())));
    assert!(!works(None));
    let anew = |later| Client {
        created_at: NOW.plus(CLOCK_TOLERANCE).plus(Duration::from_secs(later)),
        ..api()
    };
    assert!(works(Some(&anew(0))));
    assert!(!works(Some(&anew(1))));
    let without = |change: fn(&mut Client)| {
        let mut holder = api();
        change(&mut holder);
        holder
    };
    for change in [
        (|holder| holder.token_exchange = None) as fn(&mut Client),
        |holder| holder.grant_types = [GrantType::ClientCredentials].into(),
        |holder| holder.token_endpoint_auth_method = AuthMethod::None,
        |holder| {
            let policy = holder.token_exchange.as_mut().unwrap();
            policy.resources = [reports().resource].into();
        },
    ] {
        assert!(!works(Some(&without(change))));
    }
    // A token that the first client has was not exchanged.
    claims.client_id = first.clone();
    assert!(claims.stands_for_exchange(Some(&first), None).is_ok());
}

/// [RFC 8693 section 5](https://www.rfc-editor.org/rfc/rfc8693#section-5): an absent member allows nothing.
#[test]
fn a_registration_that_says_nothing_of_exchange_allows_none() {
    let written = serde_json::to_value(client()).unwrap();
    assert_eq!(written.get("token_exchange"), None);
    let read: Client = serde_json::from_value(written).unwrap();
    let refused = decide(&read, &shown(), None).unwrap_err();
    assert_eq!(refused, ExchangeRefused::NotAllowed);
    let written = serde_json::to_value(api()).unwrap();
    assert_eq!(written["token_exchange"]["mode"], "impersonation");
    let read: Client = serde_json::from_value(written).unwrap();
    assert_eq!(read, api());
}

/// An API token of Alice's that opens reports.
fn api_token(expires_at: Option<Timestamp>) -> PresentedAccessToken {
    let token = ApiToken {
        expires_at,
        networks: Some("192.0.2.0/24".parse().unwrap()),
        ..api_token::tests::token()
    };
    let working = Working {
        scope: "reports:read".parse().unwrap(),
        resources: [reports().resource].into(),
    };
    let found = FoundToken {
        token,
        secret_ends_at: None,
        standing: Standing {
            owner: OwnerStanding::Gone,
            account: None,
            restored_at: Timestamp::from_seconds(0),
        },
    };
    PresentedAccessToken::of_api_token(&found, &working, &ApiTokenPolicy::default())
}

/// The API that may have tokens for itself in exchange for what it is shown.
fn own_api(scope: &str) -> Client {
    Client {
        scope: scope.parse().unwrap(),
        token_exchange: Some(ExchangePolicy {
            resources: [reports().resource, files().resource].into(),
            mode: ExchangeMode::Impersonation,
        }),
        ..api()
    }
}

fn decide_for_reports(
    client: &Client,
    subject: &PresentedAccessToken,
) -> Result<Exchanged, ExchangeRefused> {
    let servers: ResourceServers = [files(), reports()].into_iter().collect();
    let request = request(&[("audience", "https://reports.example")]).unwrap();
    let exchange = TokenExchange {
        client,
        held: &Held::default(),
        binding: None,
        request: &request,
        resource: None,
        subject,
        actor: None,
        servers: &servers,
        levels: &AcrLevels::default(),
        now: NOW,
    };
    exchange.decide()
}

/// T05, T06: what is given for an API token opens no more, lives no longer, and says from where it works.
#[test]
fn an_api_token_is_exchanged_for_less_than_itself() {
    let api = own_api("reports:read reports:write files:read");
    let end = NOW.plus(Duration::from_mins(1));
    let exchanged = decide_for_reports(&api, &api_token(Some(end))).unwrap();
    assert_eq!(exchanged.target.scope, "reports:read".parse().unwrap());
    assert_eq!(exchanged.until, Some(end));
    let Subject::ApiToken(by) = exchanged.subject else {
        panic!("{:?}", exchanged.subject);
    };
    assert_eq!(by.networks, Some("192.0.2.0/24".parse().unwrap()));
    assert_eq!(by.api_token_id, api_token::tests::token().id);
    let endless = decide_for_reports(&api, &api_token(None)).unwrap();
    assert_eq!(endless.until, None);
}

#[test]
fn an_api_token_gets_nobody_into_an_api_that_it_is_not_for() {
    let api = own_api("reports:read files:read");
    let refused = decide(&api, &api_token(None), None).unwrap_err();
    assert_eq!(refused, ExchangeRefused::NotFor(files().resource));
    let other = Client {
        client_id: "files-api".parse().unwrap(),
        ..own_api("reports:read")
    };
    let refused = decide_for_reports(&other, &api_token(None)).unwrap_err();
    assert_eq!(refused, ExchangeRefused::NotMeant);
}
