use std::time::Duration;

use super::*;
use crate::access_token::{self, AccessTokenFor, EndUser, Subject};
use crate::authorization_details::AuthorizationDetails;
use crate::client::{AuthMethod, Client, GrantType};
use crate::confirmation::Held;
use crate::error::ErrorCode;
use crate::id_token::tests::{ISSUER, grant};
use crate::jose::Audience;
use crate::resource_server::tests::{files, reports};
use crate::resource_server::{ResourceServers, Target};
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
    let claims = access_token::claims(AccessTokenFor {
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
    });
    PresentedAccessToken::new(claims, &client(), Some(&grant()))
}

/// A token that the API was given for itself, for ten minutes.
fn own() -> PresentedAccessToken {
    let mut own = shown();
    let sub = api().client_id;
    own.claims.client_id = sub.clone();
    own.claims.subject = Subject::Client { sub };
    own.claims.exp += 300;
    PresentedAccessToken::new(own.claims, &api(), None)
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
    let servers: ResourceServers = [files(), reports()].into_iter().collect();
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
    assert_eq!(exchanged.until, NOW.plus(Duration::from_mins(5)));
    let mut brief = own();
    brief.claims.exp = shown().claims.exp - 1;
    let exchanged = decide(&api(), &shown(), Some(&brief)).unwrap();
    assert_eq!(exchanged.until.as_seconds(), brief.claims.exp);
    let mut over = shown();
    over.claims.exp = NOW.as_seconds();
    let refused = decide(&api(), &over, None).unwrap_err();
    assert_eq!(refused, ExchangeRefused::Over);
}

#[test]
fn a_chain_of_actors_has_four_at_most() {
    let after = |count| {
        let mut subject = shown();
        subject.claims.act = actors(count);
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
    let mut claims = own().claims;
    let first = client().client_id;
    claims.aud = Audience::One(files().resource.to_string());
    let works = |holder: Option<&Client>| claims.stands_for_exchange(&first, holder).is_ok();
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
    assert!(claims.stands_for_exchange(&first, None).is_ok());
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
