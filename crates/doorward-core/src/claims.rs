//! Claims about a person: which a client may learn, and where
//! ([OpenID Connect Core section 5](https://openid.net/specs/openid-connect-core-1_0.html#Claims)).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::person::{Address, Person};
use crate::scope::{self, Scope};

/// The claims a client asked for one by one ([OpenID Connect Core section 5.5]).
///
/// [OpenID Connect Core section 5.5]: https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// Claims to be returned from the UserInfo endpoint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
    /// Claims to be returned in the ID Token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
}

/// How one claim is asked for ([OpenID Connect Core section 5.5.1]).
///
/// [OpenID Connect Core section 5.5.1]: https://openid.net/specs/openid-connect-core-1_0.html#IndividualClaimsRequests
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Whether the client cannot do without it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub essential: bool,
    /// The values the client would accept; any when empty.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub values: Vec<String>,
}

impl ClaimRequest {
    /// The value that alone will do; none when there are several or any will.
    pub fn only_value(&self) -> Option<&str> {
        match self.values.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }
}

/// Why a `claims` parameter was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsMalformed {
    /// It is longer than 8 KiB.
    #[error("the claims parameter has more than 8 KiB")]
    TooLong,
    /// It is not a JSON object of objects.
    #[error("the claims parameter is not a JSON object with members userinfo and id_token")]
    NotAnObject,
    /// A claim's request is neither `null` nor an object with `essential`, `value` and `values` of the right types.
    #[error(
        "a member of the claims parameter is neither null nor an object of essential, value and values"
    )]
    Member,
}

impl ClaimsRequest {
    /// Reads the `claims` parameter. Members that no standard names are ignored, as section 5.5 demands.
    pub fn parse(text: &str) -> Result<Self, ClaimsMalformed> {
        if text.len() > 8 * 1024 {
            return Err(ClaimsMalformed::TooLong);
        }
        let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
            return Err(ClaimsMalformed::NotAnObject);
        };
        Ok(Self {
            userinfo: requests(members.remove("userinfo"))?,
            id_token: requests(members.remove("id_token"))?,
        })
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }
}

fn requests(member: Option<Value>) -> Result<BTreeMap<String, ClaimRequest>, ClaimsMalformed> {
    match member {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(claims)) => claims
            .into_iter()
            .map(|(name, value)| Ok((name, request(value)?)))
            .collect(),
        Some(_) => Err(ClaimsMalformed::NotAnObject),
    }
}

fn request(value: Value) -> Result<ClaimRequest, ClaimsMalformed> {
    let mut members = match value {
        Value::Null => return Ok(ClaimRequest::default()),
        Value::Object(members) => members,
        _ => return Err(ClaimsMalformed::Member),
    };
    let essential = match members.remove("essential") {
        None => false,
        Some(Value::Bool(essential)) => essential,
        Some(_) => return Err(ClaimsMalformed::Member),
    };
    let values = match (members.remove("value"), members.remove("values")) {
        (None, None) => Vec::new(),
        (Some(value), None) => vec![value],
        (None, Some(Value::Array(values))) => values,
        _ => return Err(ClaimsMalformed::Member),
    };
    let values = values.into_iter().map(|value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    });
    Ok(ClaimRequest {
        essential,
        values: values.collect(),
    })
}

/// The claims of `person` that `scope` and the single `requests` open, without `sub`.
///
/// What is not known is left out: an empty or null claim tells a client nothing and fails its checks.
pub fn released(
    person: &Person,
    scope: &Scope,
    requests: &BTreeMap<String, ClaimRequest>,
) -> Map<String, Value> {
    all(person)
        .into_iter()
        .filter(|(name, _)| {
            requests.contains_key(*name)
                || scope_of(name).is_some_and(|token| scope.contains(token))
        })
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The claims that each scope opens ([OpenID Connect Core section 5.4]).
///
/// [OpenID Connect Core section 5.4]: https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims
pub const BY_SCOPE: [(&str, &[&str]); 5] = [
    (
        scope::PROFILE,
        &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    (scope::EMAIL, &["email", "email_verified"]),
    (scope::ADDRESS, &["address"]),
    (scope::PHONE, &["phone_number", "phone_number_verified"]),
    (scope::GROUPS, &["groups"]),
];

/// What of `requests` a client with `registered` scopes may ask for: a single claim needs the same registration
/// as the scope that opens it.
pub fn permitted(requests: ClaimsRequest, registered: &Scope) -> ClaimsRequest {
    let keep = |requests: BTreeMap<String, ClaimRequest>| {
        requests
            .into_iter()
            .filter(|(claim, _)| scope_of(claim).is_none_or(|token| registered.contains(token)))
            .collect()
    };
    ClaimsRequest {
        userinfo: keep(requests.userinfo),
        id_token: keep(requests.id_token),
    }
}

/// The scopes that open the claims of `requests`.
pub fn scopes_of(requests: &ClaimsRequest) -> Scope {
    let claims = requests.userinfo.keys().chain(requests.id_token.keys());
    claims.filter_map(|claim| scope_of(claim)).collect()
}

fn scope_of(claim: &str) -> Option<&'static str> {
    BY_SCOPE
        .iter()
        .find(|(_, claims)| claims.contains(&claim))
        .map(|(scope, _)| *scope)
}

/// Every claim known of `person`.
fn all(person: &Person) -> Vec<(&'static str, Value)> {
    let profile = &person.profile;
    let text = |value: &Option<String>| {
        value
            .as_deref()
            .filter(|text| !text.trim().is_empty())
            .map(Value::from)
    };
    let address = profile.address.as_ref().and_then(known_members);
    let groups: Vec<&str> = person
        .groups
        .iter()
        .map(crate::person::GroupName::as_str)
        .collect();
    [
        ("name", text(&profile.name)),
        ("given_name", text(&profile.given_name)),
        ("family_name", text(&profile.family_name)),
        ("middle_name", text(&profile.middle_name)),
        ("nickname", text(&profile.nickname)),
        ("preferred_username", Some(person.username.as_str().into())),
        ("profile", text(&profile.profile)),
        ("picture", text(&profile.picture)),
        ("website", text(&profile.website)),
        ("gender", text(&profile.gender)),
        ("birthdate", text(&profile.birthdate)),
        ("zoneinfo", text(&profile.zoneinfo)),
        ("locale", text(&profile.locale)),
        ("updated_at", Some(person.updated_at.as_seconds().into())),
        ("email", text(&profile.email)),
        (
            "email_verified",
            text(&profile.email).map(|_| profile.email_verified.into()),
        ),
        ("phone_number", text(&profile.phone_number)),
        (
            "phone_number_verified",
            text(&profile.phone_number).map(|_| profile.phone_number_verified.into()),
        ),
        ("address", address),
        ("groups", Some(groups.into())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// The members of an address that are known; nothing when none is.
fn known_members(address: &Address) -> Option<Value> {
    let Ok(Value::Object(mut members)) = serde_json::to_value(address) else {
        return None;
    };
    members.retain(|_, member| member.as_str().is_some_and(|text| !text.trim().is_empty()));
    (!members.is_empty()).then_some(Value::Object(members))
}

#[cfg(test)]
mod tests;
