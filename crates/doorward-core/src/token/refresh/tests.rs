use super::*;
use crate::testing::FixedRandom;

const LIMITS: RefreshLimits = RefreshLimits {
    idle: Duration::from_hours(1),
    grace: Duration::from_secs(20),
    rotation: RotationPolicy::EachUse,
};

fn present(token: &Secret) -> PresentedRefreshToken {
    PresentedRefreshToken::parse(token.reveal()).unwrap()
}

fn begun() -> (Secret, RefreshTokenFamily, Timestamp) {
    let now = Timestamp::from_seconds(1_700_000_000);
    let random = FixedRandom::default();
    let (token, family) = begin(GrantId::generate(now, &random), LIMITS, now, &random);
    (token, family, now)
}

#[test]
fn a_token_yields_its_successor_and_the_same_one_again_within_the_grace() {
    let (token, family, now) = begun();
    let Ok(Rotation::Fresh { successor, family }) =
        rotate(&present(&token), &family, LIMITS, now, [1; 32])
    else {
        panic!("the first use works");
    };
    assert!(successor != token);
    let again = rotate(
        &present(&token),
        &family,
        LIMITS,
        now.plus(Duration::from_secs(19)),
        [2; 32],
    );
    assert_eq!(
        again,
        Ok(Rotation::Again {
            successor: successor.clone()
        })
    );
    assert_eq!(family.current, successor.hash());
}

#[test]
fn a_token_shown_after_the_grace_or_after_two_rotations_is_reused() {
    let (token, family, now) = begun();
    let Ok(Rotation::Fresh { successor, family }) =
        rotate(&present(&token), &family, LIMITS, now, [1; 32])
    else {
        panic!("the first use works");
    };
    let late = rotate(
        &present(&token),
        &family,
        LIMITS,
        now.plus(LIMITS.grace),
        [2; 32],
    );
    assert_eq!(late, Err(RefreshRefused::Reused(family.grant)));

    let Ok(Rotation::Fresh { family, .. }) =
        rotate(&present(&successor), &family, LIMITS, now, [3; 32])
    else {
        panic!("the successor works");
    };
    assert_eq!(
        rotate(&present(&token), &family, LIMITS, now, [4; 32]),
        Err(RefreshRefused::Reused(family.grant))
    );
}

/// [FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1).
#[test]
fn a_token_that_is_not_rotated_works_until_nobody_uses_it() {
    let (token, begun, now) = begun();
    let limits = RefreshLimits {
        rotation: RotationPolicy::Never,
        ..LIMITS
    };
    let later = now.plus(Duration::from_mins(59));
    let Ok(Rotation::Fresh { successor, family }) =
        rotate(&present(&token), &begun, limits, later, [1; 32])
    else {
        panic!("the first use works");
    };
    assert!(successor == token);
    let longer = RefreshTokenFamily {
        idle_expires_at: later.plus(limits.idle),
        ..begun
    };
    assert_eq!(family, longer);
    let late = rotate(
        &present(&token),
        &family,
        limits,
        family.idle_expires_at,
        [2; 32],
    );
    assert_eq!(late, Err(RefreshRefused::Idle));
}

#[test]
fn a_token_that_was_spent_before_tokens_stayed_is_used_twice_all_the_same() {
    let (token, family, now) = begun();
    let Ok(Rotation::Fresh { family, .. }) =
        rotate(&present(&token), &family, LIMITS, now, [1; 32])
    else {
        panic!("the first use works");
    };
    let limits = RefreshLimits {
        rotation: RotationPolicy::Never,
        ..LIMITS
    };
    let late = now.plus(LIMITS.grace);
    assert_eq!(
        rotate(&present(&token), &family, limits, late, [2; 32]),
        Err(RefreshRefused::Reused(family.grant))
    );
}

#[test]
fn a_token_that_nobody_used_for_too_long_is_dead() {
    let (token, family, now) = begun();
    let late = now.plus(LIMITS.idle);
    assert_eq!(
        rotate(&present(&token), &family, LIMITS, late, [1; 32]),
        Err(RefreshRefused::Idle)
    );
}

/// P25: [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5),
/// [RFC 8705 section 4](https://www.rfc-editor.org/rfc/rfc8705#section-4).
#[test]
fn the_tokens_of_a_public_client_are_bound_to_its_key_or_certificate_and_those_of_others_to_their_credentials()
 {
    use crate::client::AuthMethod;
    use crate::testing::client;

    let by_key = |text: &str| Held {
        key: Some(text.parse().unwrap()),
        certificate: None,
    };
    let by_certificate = |text: &str| Held {
        key: None,
        certificate: Some(text.parse().unwrap()),
    };
    let (one, other) = (
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    );
    let (nothing, holder, certified) = (Held::default(), by_key(one), by_certificate(one));
    let public = Client {
        token_endpoint_auth_method: AuthMethod::None,
        ..client()
    };
    let key = Confirmation::Jkt(one.parse().unwrap());
    let certificate = Confirmation::Certificate(one.parse().unwrap());
    assert_eq!(bound(&client(), Some(&key)), None);
    assert_eq!(bound(&public, None), None);
    let (_, mut family, _) = begun();
    assert_eq!(held_by(&family, &nothing), Ok(()));
    assert_eq!(held_by(&family, &holder), Ok(()));

    for (to, right, wrong) in [
        (&key, &holder, [&nothing, &certified, &by_key(other)]),
        (
            &certificate,
            &certified,
            [&nothing, &holder, &by_certificate(other)],
        ),
    ] {
        family.confirmation = bound(&public, Some(to));
        assert_eq!(held_by(&family, right), Ok(()));
        for wrong in wrong {
            assert_eq!(held_by(&family, wrong), Err(RefreshRefused::WrongKey));
        }
    }
    assert_eq!(RefreshRefused::WrongKey.code(), ErrorCode::InvalidGrant);
}

#[test]
fn a_secret_of_another_length_or_kind_is_no_refresh_token() {
    let short = Secret::from_bytes(SecretKind::RefreshToken, &[7; 40]);
    assert!(PresentedRefreshToken::parse(short.reveal()).is_none());
    let code = Secret::from_bytes(SecretKind::AuthorizationCode, &[7; 48]);
    assert!(PresentedRefreshToken::parse(code.reveal()).is_none());
}

#[test]
fn a_refresh_opens_what_was_granted_and_is_still_registered_or_less() {
    use crate::id_token::tests::grant;
    use crate::testing::client;

    let scope = |text: &str| text.parse::<Scope>().unwrap();
    let granted = grant();
    let fewer = Client {
        scope: scope("openid email offline_access"),
        ..client()
    };
    let another = Client {
        client_id: "payroll".parse().unwrap(),
        ..client()
    };
    let no_longer = Client {
        scope: scope("openid profile email"),
        ..client()
    };
    for (client, requested, expected) in [
        (&client(), None, Ok(granted.scope.clone())),
        (&client(), Some("openid"), Ok(scope("openid"))),
        (&client(), Some("email"), Ok(scope("email"))),
        (&client(), Some("openid phone"), Err(RefreshRefused::Scope)),
        (&client(), Some("phone"), Err(RefreshRefused::Scope)),
        (&fewer, None, Ok(scope("openid email"))),
        (&fewer, Some("profile"), Err(RefreshRefused::Scope)),
        (&another, None, Err(RefreshRefused::WrongClient)),
        (&another, Some("phone"), Err(RefreshRefused::WrongClient)),
        (&no_longer, None, Err(RefreshRefused::OfflineAccess)),
    ] {
        let requested = requested.map(scope);
        let servers = ResourceServers::default();
        let decided = entitled(&granted, client, &servers, requested.as_ref());
        let decided = decided.map(|entitled| entitled.scope);
        assert_eq!(decided, expected, "{requested:?}");
    }
}
