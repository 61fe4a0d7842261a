use super::*;
use crate::identifiers::PersonId;
use crate::testing::{Pairs, alice, client, parameters};

const HERE: SessionId = SessionId::from_bytes([5; 16]);
const ELSEWHERE: SessionId = SessionId::from_bytes([6; 16]);
const BOB: PersonId = PersonId::from_bytes([3; 16]);
const GOODBYE: &str = "https://wiki.example/goodbye";

const EXAMPLE: [(&str, &str); 3] = [
    ("id_token_hint", "good"),
    ("post_logout_redirect_uri", GOODBYE),
    ("state", "af0ifjsldkj"),
];

fn hint() -> Hint {
    Hint {
        client: client().client_id,
        subject: alice().id.into(),
        session: Some(HERE),
    }
}

/// Judges the example with `changes`; the only hint that is believed is `good`, the only client is `wiki`.
fn judge(changes: Pairs<'_>) -> Result<LogoutRequest, LogoutRefused> {
    LogoutRequest::parse(
        &parameters(&EXAMPLE, changes),
        |text| {
            (text == "good")
                .then(hint)
                .ok_or_else(|| "forged".to_owned())
        },
        |id| (*id == client().client_id).then(|| Arc::new(client())),
    )
}

#[test]
fn the_browser_goes_where_the_hints_client_registered_and_takes_its_state_along() {
    for (changes, address) in [
        (&[][..], format!("{GOODBYE}?state=af0ifjsldkj")),
        (&[("state", "")], GOODBYE.to_owned()),
        (
            &[("client_id", "wiki"), ("state", "a b&c")],
            format!("{GOODBYE}?state=a+b%26c"),
        ),
    ] {
        let request = judge(changes).unwrap();
        assert_eq!(request.hint, Some(hint()));
        assert_eq!(request.client.unwrap().client_id, client().client_id);
        assert_eq!(request.then.unwrap().address(), address);
    }
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
#[test]
fn without_a_hint_or_an_address_the_browser_stays() {
    for changes in [
        &[("id_token_hint", "")][..],
        &[("id_token_hint", ""), ("client_id", "wiki")],
        &[("post_logout_redirect_uri", "")],
        &[
            ("id_token_hint", ""),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
        &[
            ("id_token_hint", ""),
            ("post_logout_redirect_uri", ""),
            ("state", ""),
        ],
    ] {
        assert_eq!(judge(changes).unwrap().then, None, "{changes:?}");
    }
}

#[test]
fn a_client_without_a_hint_is_named_only() {
    let request = judge(&[("id_token_hint", ""), ("client_id", "wiki")]).unwrap();
    assert_eq!(request.client.unwrap().client_id, client().client_id);
    assert_eq!(request.hint, None);
    assert!(judge(&[("id_token_hint", "")]).unwrap().client.is_none());
}

#[test]
fn each_broken_rule_has_its_reason() {
    let table: [(Pairs<'_>, LogoutRefused); 6] = [
        (
            &[("state", "1"), ("state", "1")],
            LogoutRefused::Repeated("state".to_owned()),
        ),
        (
            &[("id_token_hint", "good"), ("id_token_hint", "good")],
            LogoutRefused::Repeated("id_token_hint".to_owned()),
        ),
        (
            &[("id_token_hint", "forged")],
            LogoutRefused::Hint("forged".to_owned()),
        ),
        (&[("client_id", "payroll")], LogoutRefused::WrongClient),
        (
            &[("id_token_hint", ""), ("client_id", "payroll")],
            LogoutRefused::UnknownClient("payroll".to_owned()),
        ),
        (
            &[("id_token_hint", ""), ("client_id", "two words")],
            LogoutRefused::UnknownClient("two words".to_owned()),
        ),
    ];
    for (changes, reason) in table {
        assert_eq!(judge(changes).unwrap_err(), reason, "{changes:?}");
    }
}

/// P46: the address is registered, byte for byte.
/// [OpenID Connect RP-Initiated Logout section 3](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RedirectionAfterLogout).
#[test]
fn every_byte_of_the_address_counts() {
    for requested in [
        "https://wiki.example/goodbye/",
        "https://wiki.example/goodbye?foo=bar",
        "https://wiki.example/goodbye#",
        "https://WIKI.example/goodbye",
        "https://wiki.example:443/goodbye",
        "https://wiki.example/callback",
        "https://wiki.example.evil.example/goodbye",
        "http://wiki.example/goodbye",
        "javascript:alert(1)",
        "/goodbye",
    ] {
        assert_eq!(
            judge(&[("post_logout_redirect_uri", requested)]).unwrap_err(),
            LogoutRefused::Unregistered {
                requested: requested.to_owned(),
                registered: GOODBYE.to_owned(),
            }
        );
    }
}

#[test]
fn a_hint_for_a_client_that_is_gone_still_signs_out_but_leads_nowhere() {
    let request = LogoutRequest::parse(&parameters(&EXAMPLE, &[]), |_| Ok(hint()), |_| None);
    let request = request.unwrap();
    assert!(request.client.is_none() && request.then.is_none());
    assert_eq!(request.next(None), LogoutNext::End(HERE));
}

/// P46: a link alone signs nobody out.
#[test]
fn nobody_is_signed_out_unasked_by_whoever_cannot_prove_to_know_them() {
    let asks = |hint| LogoutRequest {
        client: None,
        hint,
        then: None,
    };
    let sessionless = Hint {
        session: None,
        ..hint()
    };
    let (alice, bob) = (
        Some((HERE, alice().id.into())),
        Some((ELSEWHERE, BOB.into())),
    );
    let alice_elsewhere = Some((ELSEWHERE, hint().subject));
    for (hint, present, expected) in [
        (Some(hint()), alice.clone(), LogoutNext::End(HERE)),
        (Some(hint()), alice_elsewhere, LogoutNext::Confirm),
        (
            Some(sessionless.clone()),
            alice.clone(),
            LogoutNext::End(HERE),
        ),
        (Some(hint()), bob, LogoutNext::Confirm),
        (None, alice, LogoutNext::Confirm),
        (Some(hint()), None, LogoutNext::End(HERE)),
        (Some(sessionless), None, LogoutNext::Nothing),
        (None, None, LogoutNext::Nothing),
    ] {
        let request = asks(hint);
        let next = request.next(present.clone());
        assert_eq!(next, expected, "{request:?} {present:?}");
    }
}
