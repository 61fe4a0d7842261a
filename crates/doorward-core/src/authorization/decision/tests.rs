use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::acr::{AcrLevel, AuthenticationDemand, Necessity};
use crate::authorization::max_age::MaxAge;
use crate::authorization::pkce::ProofKey;
use crate::authorization::prompt::Prompts;
use crate::authorization::request::Origin;
use crate::authorization::response::ResponseTarget;
use crate::authorization::response_mode::ResponseMode;
use crate::authorization_details::tests::{bank, payment, read};
use crate::claims::ClaimsRequest;
use crate::client::{AuthMethod, ConsentPolicy};
use crate::identifiers::{PersonId, SessionId};
use crate::resource_server::ResourceServer;
use crate::resource_server::tests::reports;
use crate::session::{Authentication, AuthenticationMethod};
use crate::testing::{NOW, alice, client, subjects};

const HERE: SessionId = SessionId::from_bytes([5; 16]);
const ELSEWHERE: SessionId = SessionId::from_bytes([6; 16]);
const BOB: PersonId = PersonId::from_bytes([3; 16]);

/// One good example: Alice signed in a minute ago, allowed the client what it asks for, and nothing is demanded.
struct Situation {
    request: AuthorizationRequest,
    client: Client,
    present: Option<Present>,
    consent: Option<Consent>,
    progress: Progress,
    servers: ResourceServers,
    levels: AcrLevels,
}

fn good() -> Situation {
    let uri = "https://wiki.example/callback";
    Situation {
        request: AuthorizationRequest {
            resources: BTreeSet::new(),
            authorization_details: AuthorizationDetails::default(),
            client: client().client_id,
            target: ResponseTarget::matched(uri, ResponseMode::DEFAULT, None, &client()),
            scope: "openid profile".parse().unwrap(),
            nonce: None,
            proof_key: ProofKey::Absent,
            dpop_jkt: None,
            prompts: Prompts::default(),
            max_age: None,
            acr: AcrRequest::default(),
            expected_subject: None,
            login_hint: None,
            claims: ClaimsRequest::default(),
            ui_locales: None,
            origin: Origin::Browser,
        },
        client: client(),
        present: Some(Present {
            session: Session {
                id: HERE,
                person: alice().id,
                authentication: Authentication {
                    at: NOW.minus(Duration::from_mins(1)),
                    methods: vec![AuthenticationMethod::Password],
                },
                started_at: NOW.minus(Duration::from_hours(1)),
                seen_at: NOW,
                ended_at: None,
                user_agent: None,
            },
            person: alice(),
        }),
        consent: Some(Consent {
            person: alice().id,
            client: client().client_id,
            permission: Permission {
                scope: "openid profile".parse().unwrap(),
                ..Permission::default()
            },
            given_at: NOW,
        }),
        progress: Progress::default(),
        servers: [bank(), demanding()].into_iter().collect(),
        levels: AcrLevels::default(),
    }
}

/// An API that takes no token of somebody whose sign-in is older than half a minute.
fn demanding() -> ResourceServer {
    ResourceServer {
        authentication: AuthenticationDemand {
            minimum_acr: None,
            max_authentication_age: Some(MaxAge::seconds(30)),
        },
        ..reports()
    }
}

impl Situation {
    fn next(&self) -> Next {
        let circumstances = Circumstances {
            client: &self.client,
            present: self.present.as_ref(),
            consent: self.consent.as_ref(),
            progress: &self.progress,
            servers: &self.servers,
            levels: &self.levels,
            now: NOW,
        };
        next(&self.request, circumstances, &subjects())
    }
}

type Change = fn(&mut Situation);

fn after(changes: &[Change]) -> Next {
    let mut situation = good();
    for change in changes {
        change(&mut situation);
    }
    situation.next()
}

const NOBODY: Change = |it| it.present = None;
const DISABLED: Change = |it| it.present.as_mut().unwrap().person.status = PersonStatus::Disabled;
const TRUSTED: Change = |it| it.client.consent = ConsentPolicy::Trusted;
const PUBLIC: Change = |it| it.client.token_endpoint_auth_method = AuthMethod::None;
const LOOPBACK: Change = |it| reached_at(it, "http://127.0.0.1/callback");
const PRIVATE_SCHEME: Change = |it| reached_at(it, "com.example.wiki:/callback");
const NO_CONSENT: Change = |it| it.consent = None;
const NARROW_CONSENT: Change =
    |it| it.consent.as_mut().unwrap().permission.scope = "openid".parse().unwrap();
const EXPECTS_ALICE: Change = |it| it.request.expected_subject = Some(alice().id.into());
const EXPECTS_BOB: Change = |it| it.request.expected_subject = Some(BOB.into());
const MAX_AGE_0: Change = |it| it.request.max_age = Some(MaxAge::seconds(0));
const MAX_AGE_59: Change = |it| it.request.max_age = Some(MaxAge::seconds(59));
const MAX_AGE_60: Change = |it| it.request.max_age = Some(MaxAge::seconds(60));
const NONE: Change = |it| it.request.prompts = Prompts::parse("none").unwrap();
const LOGIN: Change = |it| it.request.prompts = Prompts::parse("login").unwrap();
const CONSENT: Change = |it| it.request.prompts = Prompts::parse("consent").unwrap();
const CHOOSE: Change = |it| it.request.prompts = Prompts::parse("select_account").unwrap();
const EVERYTHING: Change =
    |it| it.request.prompts = Prompts::parse("login consent select_account").unwrap();
const AUTHENTICATED: Change = |it| it.progress.authenticated = Some(HERE);
const AUTHENTICATED_ELSEWHERE: Change = |it| it.progress.authenticated = Some(ELSEWHERE);
const CHOSEN: Change = |it| it.progress.chosen = Some(HERE);
const CHOSEN_ELSEWHERE: Change = |it| it.progress.chosen = Some(ELSEWHERE);
const CONSENTED: Change = |it| it.progress.consented = Some(HERE);
const CONSENTED_ELSEWHERE: Change = |it| it.progress.consented = Some(ELSEWHERE);
const UNKNOWN_ACR: Change = |it| it.request.acr = acr(&["mfa"], Necessity::Essential);
const VOLUNTARY_ACR: Change = |it| it.request.acr = acr(&["mfa"], Necessity::Voluntary);
const ANY_ACR: Change = |it| it.request.acr = acr(&[], Necessity::Essential);
const OUR_ACR: Change = |it| it.request.acr = acr(&["mfa", PASSWORD], Necessity::Essential);
/// A level that the sign-in of a minute ago is too old for.
const FRESH: Change = |it| {
    it.levels = AcrLevels::new(vec![AcrLevel {
        name: "fresh".parse().unwrap(),
        methods: [AuthenticationMethod::Password].into(),
        max_age: Some(MaxAge::seconds(59)),
    }])
    .unwrap();
};
const WISHED: Change = |it| it.request.acr = acr(&["fresh"], Necessity::Voluntary);
const DEMANDED: Change = |it| it.request.acr = acr(&["fresh"], Necessity::Essential);
const DEMANDING_API: Change = |it| {
    it.request.resources.insert(demanding().resource);
};
const PAYMENT: Change = |it| {
    it.request.authorization_details = read(&serde_json::json!([payment()])).unwrap();
    it.request.resources.insert(bank().resource);
};
const NO_BANK: Change = |it| it.servers = ResourceServers::default();
const ONE_MORE_CLAIM: Change = |it| {
    it.request.claims = ClaimsRequest::parse(r#"{"userinfo":{"email":null}}"#).unwrap();
};

fn reached_at(it: &mut Situation, uri: &str) {
    it.client.redirect_uris.push(uri.parse().unwrap());
}

const PASSWORD: &str = "urn:doorward:acr:password";

fn acr(values: &[&str], necessity: Necessity) -> AcrRequest {
    AcrRequest {
        values: values.iter().map(|&value| value.to_owned()).collect(),
        necessity,
    }
}

fn allowed() -> Next {
    allowed_at(Some(PASSWORD))
}

/// The same by a sign-in of this level.
fn allowed_at(acr: Option<&str>) -> Next {
    Next::Allow(Allowed {
        scope: "openid profile".parse().unwrap(),
        authorization_details: AuthorizationDetails::default(),
        lifetime: GrantLifetime::Session,
        acr: acr.map(|acr| acr.parse().unwrap()),
    })
}

fn asked_for(scope: &str) -> Next {
    Next::Consent(Permission {
        scope: scope.parse().unwrap(),
        ..Permission::default()
    })
}

fn check(table: &[(&[Change], Next)]) {
    for (row, (changes, expected)) in table.iter().enumerate() {
        assert_eq!(after(changes), *expected, "row {row}");
    }
}

/// [OpenID Connect Core section 3.1.2.3](https://openid.net/specs/openid-connect-core-1_0.html#Authenticates).
#[test]
fn somebody_is_asked_to_sign_in_exactly_when_that_is_needed() {
    let sign_in = Next::SignIn;
    check(&[
        (&[], allowed()),
        (&[NOBODY], sign_in(SignInCause::Absent)),
        (&[DISABLED], sign_in(SignInCause::Absent)),
        (&[DISABLED, AUTHENTICATED], sign_in(SignInCause::Absent)),
        (&[NOBODY, AUTHENTICATED], sign_in(SignInCause::Absent)),
        (&[LOGIN], sign_in(SignInCause::Prompted)),
        (&[LOGIN, AUTHENTICATED], allowed()),
        (
            &[LOGIN, AUTHENTICATED_ELSEWHERE],
            sign_in(SignInCause::Prompted),
        ),
        (&[MAX_AGE_60], allowed()),
        (&[MAX_AGE_59], sign_in(SignInCause::TooOld)),
        (&[MAX_AGE_59, AUTHENTICATED], allowed()),
        (
            &[MAX_AGE_59, AUTHENTICATED_ELSEWHERE],
            sign_in(SignInCause::TooOld),
        ),
        (&[MAX_AGE_0], sign_in(SignInCause::TooOld)),
        (&[MAX_AGE_0, AUTHENTICATED], allowed()),
        (&[EXPECTS_ALICE], allowed()),
        (&[EXPECTS_BOB], sign_in(SignInCause::AnotherPerson)),
        (
            &[EXPECTS_BOB, LOGIN, MAX_AGE_0],
            sign_in(SignInCause::AnotherPerson),
        ),
        (
            &[EXPECTS_BOB, AUTHENTICATED_ELSEWHERE],
            sign_in(SignInCause::AnotherPerson),
        ),
    ]);
}

#[test]
fn whoever_signs_in_instead_of_the_expected_person_gets_no_code() {
    let refused = after(&[EXPECTS_BOB, AUTHENTICATED]);
    assert!(
        matches!(refused, Next::Refuse(ErrorCode::LoginRequired, _)),
        "{refused:?}"
    );
}

#[test]
fn an_account_is_chosen_once_and_a_sign_in_chooses_it_too() {
    check(&[
        (&[CHOOSE], Next::ChooseAccount),
        (&[CHOOSE, CHOSEN], allowed()),
        (&[CHOOSE, CHOSEN_ELSEWHERE], Next::ChooseAccount),
        (&[CHOOSE, AUTHENTICATED], allowed()),
        (&[CHOOSE, NOBODY], Next::SignIn(SignInCause::Absent)),
        (&[CHOOSE, MAX_AGE_0], Next::SignIn(SignInCause::TooOld)),
        (&[EVERYTHING], Next::SignIn(SignInCause::Prompted)),
    ]);
}

/// P17: the operator answers for those clients alone that prove who they are.
/// [OpenID Connect Core section 3.1.2.4](https://openid.net/specs/openid-connect-core-1_0.html#Consent).
#[test]
fn consent_is_asked_for_unless_it_is_remembered_given_or_the_operators() {
    let both = "openid profile";
    check(&[
        (&[NO_CONSENT], asked_for(both)),
        (&[NARROW_CONSENT], asked_for(both)),
        (&[NO_CONSENT, CONSENTED], allowed()),
        (&[NO_CONSENT, CONSENTED_ELSEWHERE], asked_for(both)),
        (&[NO_CONSENT, TRUSTED], allowed()),
        (&[NO_CONSENT, TRUSTED, PUBLIC], allowed()),
        (&[NO_CONSENT, TRUSTED, LOOPBACK], allowed()),
        (&[NO_CONSENT, TRUSTED, PUBLIC, LOOPBACK], asked_for(both)),
        (
            &[NO_CONSENT, TRUSTED, PUBLIC, PRIVATE_SCHEME],
            asked_for(both),
        ),
        (&[TRUSTED, PUBLIC, LOOPBACK], allowed()),
        (&[CONSENT], asked_for(both)),
        (&[CONSENT, TRUSTED], asked_for(both)),
        (&[CONSENT, CONSENTED], allowed()),
        (&[EVERYTHING, AUTHENTICATED], asked_for(both)),
        (&[EVERYTHING, AUTHENTICATED, CONSENTED], allowed()),
        (&[ONE_MORE_CLAIM], asked_for("email openid profile")),
        (&[ONE_MORE_CLAIM, TRUSTED], allowed()),
        (&[NO_CONSENT, LOGIN], Next::SignIn(SignInCause::Prompted)),
    ]);
}

/// [RFC 9470 section 5](https://www.rfc-editor.org/rfc/rfc9470#section-5).
#[test]
fn whoever_signed_in_too_weakly_signs_in_again() {
    let weak = Next::SignIn(SignInCause::TooWeak);
    check(&[
        (&[FRESH], allowed_at(None)),
        (&[FRESH, WISHED], weak.clone()),
        (&[FRESH, WISHED, AUTHENTICATED], allowed_at(Some("fresh"))),
        (&[FRESH, WISHED, NONE], allowed_at(None)),
        (&[FRESH, DEMANDED], weak.clone()),
        (&[FRESH, DEMANDED, CHOOSE], weak.clone()),
        (&[FRESH, DEMANDED, AUTHENTICATED], allowed_at(Some("fresh"))),
        (&[DEMANDING_API, TRUSTED], weak.clone()),
        (&[DEMANDING_API, TRUSTED, AUTHENTICATED], allowed()),
        (&[DEMANDING_API, NO_BANK, TRUSTED], allowed()),
    ]);
    for changes in [&[FRESH, DEMANDED, NONE][..], &[DEMANDING_API, NONE]] {
        let refused = after(changes);
        assert!(
            matches!(refused, Next::Refuse(ErrorCode::LoginRequired, _)),
            "{refused:?}"
        );
    }
}

/// P17: a detail is never allowed unseen.
#[test]
fn a_detail_is_asked_about_and_goes_when_its_type_does() {
    for changes in [&[PAYMENT][..], &[PAYMENT, TRUSTED]] {
        let Next::Consent(asked) = after(changes) else {
            panic!("it asks");
        };
        assert_eq!(asked.details().count(), 1);
        assert!(asked.resources.is_empty());
    }
    let allowed = after(&[PAYMENT, CONSENTED]);
    let Next::Allow(allowed) = allowed else {
        panic!("{allowed:?}");
    };
    assert_eq!(allowed.authorization_details.iter().count(), 1);
    let silent = after(&[PAYMENT, TRUSTED, NONE]);
    assert!(
        matches!(silent, Next::Refuse(ErrorCode::ConsentRequired, _)),
        "{silent:?}"
    );
    let gone = after(&[PAYMENT, CONSENTED, NO_BANK]);
    assert!(
        matches!(
            gone,
            Next::Refuse(ErrorCode::InvalidAuthorizationDetails, _)
        ),
        "{gone:?}"
    );
}

/// [OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics).
#[test]
fn an_essential_acr_is_reached_or_refused() {
    check(&[
        (&[VOLUNTARY_ACR], allowed()),
        (&[ANY_ACR], allowed()),
        (&[OUR_ACR], allowed()),
        (&[UNKNOWN_ACR, NOBODY], Next::SignIn(SignInCause::Absent)),
    ]);
    for changes in [
        &[UNKNOWN_ACR][..],
        &[UNKNOWN_ACR, NONE],
        &[UNKNOWN_ACR, NO_CONSENT],
        &[UNKNOWN_ACR, AUTHENTICATED],
    ] {
        let refused = after(changes);
        let code = ErrorCode::UnmetAuthenticationRequirements;
        assert!(
            matches!(refused, Next::Refuse(refused, _) if refused == code),
            "{refused:?}"
        );
    }
}

/// [OpenID Connect Core section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError).
#[test]
fn where_nothing_may_be_shown_each_question_becomes_its_error() {
    assert_eq!(after(&[NONE]), allowed());
    assert_eq!(after(&[NONE, NO_CONSENT, TRUSTED]), allowed());
    assert_eq!(after(&[NONE, EXPECTS_ALICE, MAX_AGE_60]), allowed());
    let table: [(&[Change], ErrorCode); 7] = [
        (&[NONE, NOBODY], ErrorCode::LoginRequired),
        (&[NONE, DISABLED], ErrorCode::LoginRequired),
        (&[NONE, MAX_AGE_59], ErrorCode::LoginRequired),
        (&[NONE, EXPECTS_BOB], ErrorCode::LoginRequired),
        (&[NONE, NO_CONSENT], ErrorCode::ConsentRequired),
        (&[NONE, NARROW_CONSENT], ErrorCode::ConsentRequired),
        (&[NONE, NOBODY, NO_CONSENT], ErrorCode::LoginRequired),
    ];
    for (row, (changes, expected)) in table.into_iter().enumerate() {
        let next = after(changes);
        assert!(
            matches!(next, Next::Refuse(code, _) if code == expected),
            "row {row}: {next:?}"
        );
    }
    assert!(matches!(
        silently(Next::ChooseAccount),
        Next::Refuse(ErrorCode::AccountSelectionRequired, _)
    ));
}

/// [OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
#[test]
fn offline_access_outlives_the_session() {
    let offline: Scope = "openid offline_access".parse().unwrap();
    let mut situation = good();
    situation.request.scope = offline.clone();
    situation.client.consent = ConsentPolicy::Trusted;
    assert_eq!(
        situation.next(),
        Next::Allow(Allowed {
            scope: offline,
            authorization_details: AuthorizationDetails::default(),
            lifetime: GrantLifetime::Offline,
            acr: PASSWORD.parse().ok(),
        })
    );
}
