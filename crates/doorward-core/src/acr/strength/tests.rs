use std::time::Duration;

use super::*;
use crate::acr::AcrLevel;
use crate::authorization::MaxAge;
use crate::session::AuthenticationMethod;
use crate::testing::NOW;

/// A password of today, and one of the last five minutes.
pub(crate) fn levels() -> AcrLevels {
    let level = |name: &str, max_age| AcrLevel {
        name: name.parse().unwrap(),
        methods: [AuthenticationMethod::Password].into(),
        max_age: Some(MaxAge::seconds(max_age)),
    };
    AcrLevels::new(vec![level("day", 86_400), level("fresh", 300)]).unwrap()
}

fn judged(asked: &AcrRequest, demands: &[&AuthenticationDemand], minutes: u64) -> Strength {
    let authentication = Authentication {
        at: NOW.minus(Duration::from_mins(minutes)),
        methods: vec![AuthenticationMethod::Password],
    };
    let levels = &levels();
    let required = Required {
        levels,
        asked,
        demands,
    };
    required.judge(&authentication, NOW)
}

fn asked(values: &str, necessity: Necessity) -> AcrRequest {
    AcrRequest {
        values: values.split_whitespace().map(str::to_owned).collect(),
        necessity,
    }
}

fn named(name: &str) -> Option<Acr> {
    name.parse().ok()
}

/// [OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics).
#[test]
fn a_sign_in_is_worth_what_it_reaches_of_what_is_asked_for() {
    use Necessity::{Essential, Voluntary};
    use Strength::{Enough, Improvable, TooWeak, Unreachable};
    const OLD: u64 = 2_000;
    for (values, necessity, minutes, expected) in [
        ("", Voluntary, 1, Enough(named("fresh"))),
        ("", Voluntary, 10, Enough(named("day"))),
        ("", Voluntary, OLD, Enough(None)),
        ("", Essential, OLD, Enough(None)),
        ("day", Voluntary, 1, Enough(named("day"))),
        ("fresh", Voluntary, 1, Enough(named("fresh"))),
        ("fresh", Voluntary, 10, Improvable(named("day"))),
        ("fresh day", Essential, 10, Improvable(named("day"))),
        ("day fresh", Essential, 10, Enough(named("day"))),
        ("fresh", Essential, 10, TooWeak),
        ("fresh unheard", Essential, OLD, TooWeak),
        ("unheard", Voluntary, 10, Enough(named("day"))),
        ("unheard", Essential, 1, Unreachable),
    ] {
        let judged = judged(&asked(values, necessity), &[], minutes);
        assert_eq!(judged, expected, "{values} {necessity:?} {minutes}");
    }
}

/// [RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3).
#[test]
fn each_api_is_content_or_nothing_is() {
    let demand = |minimum: &str, age: Option<u64>| AuthenticationDemand {
        minimum_acr: minimum.parse().ok(),
        max_authentication_age: age.map(MaxAge::seconds),
    };
    let none = AcrRequest::default();
    let enough = |name| Strength::Enough(named(name));
    for (demand, minutes, expected) in [
        (demand("", None), 10, enough("day")),
        (demand("day", None), 10, enough("day")),
        (demand("day", None), 1, enough("fresh")),
        (demand("fresh", None), 10, Strength::TooWeak),
        (demand("", Some(600)), 10, enough("day")),
        (demand("", Some(599)), 10, Strength::TooWeak),
        (demand("unheard", None), 1, Strength::Unreachable),
    ] {
        let content = AuthenticationDemand::default();
        let demands = [&content, &demand];
        assert_eq!(judged(&none, &demands, minutes), expected, "{demand:?}");
    }
}
