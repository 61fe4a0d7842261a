use serde_json::{Map, Value, json};

use super::*;
use crate::access_token::{self, AccessTokenClaims, AccessTokenFor, Subject};
use crate::authorization_details::AuthorizationDetails;
use crate::client::{Client, GrantType};
use crate::jose::Audience;
use crate::jose::testing::keyring;
use crate::resource_server::Target;
use crate::resource_server::tests::reports;
use crate::testing::{NOW, alice, client};

/// A cluster whose workloads of one name are the client `wiki`.
pub(crate) fn cluster() -> AssertionIssuer {
    AssertionIssuer {
        name: "cluster".parse().unwrap(),
        issuer: "https://cluster.example".parse().unwrap(),
        status: AssertionIssuerStatus::Enabled,
        keys: AssertionIssuerKeys::Jwks(JwkSet::parse(keyring().jwks()).unwrap()),
        algorithms: Algorithm::ALL.into(),
        longest_assertion: 600,
        assertion_use: AssertionUse::Once,
        clients: [client().client_id].into(),
        identity: Identity::Client(["system:serviceaccount:wiki".to_owned()].into()),
        resources: [reports().resource].into(),
        scope: None,
        ends_at: None,
        created_at: NOW,
    }
}

fn claims(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 2.
#[test]
fn an_assertion_names_whom_its_issuer_may_speak_of() {
    use IdentityRefused as R;
    let alice = alice();
    let wiki = Identity::Client(["one".to_owned()].into());
    let id = alice.id.to_string();
    for (identity, said, named) in [
        (
            &Identity::Subject,
            json!({"sub": id}),
            Ok(Named::Subject(alice.id)),
        ),
        (
            &Identity::Subject,
            json!({"sub": "alice"}),
            Err(R::Form("subject")),
        ),
        (
            &Identity::Username,
            json!({"sub": "Alice"}),
            Ok(Named::Username(alice.username.clone())),
        ),
        (
            &Identity::Username,
            json!({"sub": "a b"}),
            Err(R::Form("user name")),
        ),
        (
            &Identity::Username,
            json!({"sub": ["alice"]}),
            Err(R::NoSubject),
        ),
        (&Identity::Username, json!({"sub": ""}), Err(R::NoSubject)),
        (
            &Identity::Username,
            json!({"email": "alice"}),
            Err(R::NoSubject),
        ),
        (
            &Identity::Email,
            json!({"sub": "1", "email": "a@b", "email_verified": true}),
            Ok(Named::Email("a@b".to_owned())),
        ),
        (
            &Identity::Email,
            json!({"email": "a@b", "email_verified": true}),
            Err(R::NoSubject),
        ),
        (
            &Identity::Email,
            json!({"sub": "1", "email": "a@b"}),
            Err(R::NoEmail),
        ),
        (
            &Identity::Email,
            json!({"sub": "1", "email": "a@b", "email_verified": "true"}),
            Err(R::NoEmail),
        ),
        (
            &Identity::Email,
            json!({"sub": "a@b", "email_verified": true}),
            Err(R::NoEmail),
        ),
        (&wiki, json!({"sub": "one"}), Ok(Named::Client)),
        (&wiki, json!({"sub": "One"}), Err(R::OtherSubject)),
        (&wiki, json!({"sub": "one:two"}), Err(R::OtherSubject)),
    ] {
        assert_eq!(identity.named(&claims(&said)), named, "{said}");
    }
}

#[test]
fn an_address_is_one_persons_who_has_proven_it() {
    let other = |email: &str, email_verified| {
        let mut other = alice();
        other.id = crate::identifiers::PersonId::from_bytes([9; 16]);
        other.profile.email = Some(email.to_owned());
        other.profile.email_verified = email_verified;
        other
    };
    let found = |people| by_verified_email(people, "Alice@example.com").map(|person| person.id);
    assert_eq!(found(vec![alice()]), Ok(alice().id));
    let unproven = other("alice@example.com", false);
    assert_eq!(found(vec![unproven.clone(), alice()]), Ok(alice().id));
    assert_eq!(found(vec![unproven]), Err(IdentityRefused::Nobody));
    let longer = other("alice@example.com.evil.example", true);
    assert_eq!(found(vec![longer]), Err(IdentityRefused::Nobody));
    let twin = other("ALICE@example.com", true);
    assert_eq!(found(vec![alice(), twin]), Err(IdentityRefused::Several));
}

#[test]
fn one_registration_alone_says_what_a_clients_assertions_are_worth() {
    let issuers: AssertionIssuers = [cluster()].into_iter().collect();
    let (wiki, other) = (client().client_id, "other".parse().unwrap());
    assert!(
        issuers
            .heard_from("https://cluster.example", &wiki)
            .is_some()
    );
    assert!(
        issuers
            .heard_from("https://cluster.example/", &wiki)
            .is_none()
    );
    assert!(
        issuers
            .heard_from("https://cluster.example", &other)
            .is_none()
    );
    let second = AssertionIssuer {
        name: "second".parse().unwrap(),
        ..cluster()
    };
    let taken = issuers
        .taken(&second)
        .map(|(client, by)| (client, &by.name));
    assert_eq!(taken, Some((&wiki, &cluster().name)));
    assert_eq!(issuers.taken(&cluster()), None);
    let apart = AssertionIssuer {
        clients: [other].into(),
        ..second
    };
    assert_eq!(issuers.taken(&apart), None);
}

fn token(change: impl FnOnce(&mut AccessTokenClaims)) -> AccessTokenClaims {
    let mut claims = access_token::claims(AccessTokenFor {
        issuer: "https://login.example.com",
        client: &client().client_id,
        subject: Subject::Vouched(Vouched {
            sub: VouchedFor::Person(alice().id),
            vouched: Voucher {
                by: cluster().name,
                to: client().client_id,
            },
        }),
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
    change(&mut claims);
    claims
}

/// P33: a token dies with what its issuer's word was good for.
#[test]
fn a_token_stands_while_the_word_counts_that_it_came_of() {
    use VouchingRefused as R;
    type Change = fn(&mut AssertionIssuer);
    let later = NOW.plus(Duration::from_mins(2));
    let stands = |issuer: &AssertionIssuer, client: &Client| {
        token(|_| ()).stands_for_vouching(issuer, client, later)
    };
    assert_eq!(stands(&cluster(), &client()), Ok(()));
    let changes: [(Change, R); 6] = [
        (
            |it| it.status = AssertionIssuerStatus::Disabled,
            R::Disabled,
        ),
        (
            |it| it.ends_at = Some(NOW.plus(Duration::from_mins(2))),
            R::Over,
        ),
        (
            |it| it.clients = ["other".parse().unwrap()].into(),
            R::Client,
        ),
        (|it| it.resources.clear(), R::Target),
        (
            |it| it.scope = Some("reports:write".parse().unwrap()),
            R::Target,
        ),
        (
            |it| it.created_at = NOW.plus(Duration::from_mins(2)),
            R::RegisteredAnew,
        ),
    ];
    for (change, reason) in changes {
        let mut issuer = cluster();
        change(&mut issuer);
        assert_eq!(stands(&issuer, &client()), Err(reason));
    }
    let mut without = client();
    without.grant_types.remove(&GrantType::JwtBearer);
    assert_eq!(stands(&cluster(), &without), Err(R::GrantType));
    let anew = Client {
        created_at: NOW.plus(Duration::from_mins(2)),
        ..client()
    };
    let reason = R::Fallen(crate::grant::GrantFallen::ClientRegisteredAnew);
    assert_eq!(stands(&cluster(), &anew), Err(reason));
    // What it was exchanged for is another registration's to say.
    let exchanged = token(|claims| {
        claims.client_id = "reports-api".parse().unwrap();
        claims.aud = Audience::One("urn:example:files".to_owned());
    });
    let stands = exchanged.stands_for_vouching(&cluster(), &client(), later);
    assert_eq!(stands, Ok(()));
}

#[test]
fn a_client_of_pairwise_subjects_gets_no_token_about_people() {
    let pairwise = Client {
        sector: crate::subject::Sector::of_redirect_uris(&client().redirect_uris).ok(),
        ..client()
    };
    let people = AssertionIssuer {
        identity: Identity::Username,
        ..cluster()
    };
    let refused = people.counts_for(&pairwise, NOW);
    assert_eq!(refused, Err(VouchingRefused::Pairwise));
    assert_eq!(cluster().counts_for(&pairwise, NOW), Ok(()));
}

#[test]
fn a_token_says_whose_word_it_came_of_and_reads_back() {
    let written = serde_json::to_value(token(|_| ())).unwrap();
    assert_eq!(written["sub"], alice().id.to_string());
    assert_eq!(written["vouched"], json!({"by": "cluster", "to": "wiki"}));
    let read: AccessTokenClaims = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(read, token(|_| ()));
    let of_client = json!({"sub": "wiki"});
    let mut plain = written;
    plain["sub"] = of_client["sub"].clone();
    plain.as_object_mut().unwrap().remove("vouched");
    let read: AccessTokenClaims = serde_json::from_value(plain).unwrap();
    assert!(matches!(read.subject, Subject::Client { .. }));
}

#[test]
fn its_document_says_what_was_registered() {
    let document = serde_json::to_value(cluster()).unwrap();
    assert_eq!(document["name"], "cluster");
    assert_eq!(document["assertion_use"], "once");
    assert_eq!(document.get("scope"), None);
    let read: AssertionIssuer = serde_json::from_value(document).unwrap();
    assert_eq!(read, cluster());
}
