//! Which levels a request asks for.

use serde::{Deserialize, Serialize};

use crate::claims::ClaimsRequest;
use crate::client::Client;
use crate::parameters::Parameters;

/// The levels that a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AcrRequest {
    /// By their names, the one that the client likes best first; they need not be ours.
    pub values: Vec<String>,
    /// Whether one of them must be reached.
    pub necessity: Necessity,
}

/// Whether what is asked for must be met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Necessity {
    /// It is a wish: without it the client gets what there is, and is told what that was.
    #[default]
    Voluntary,
    /// Without it the client gets nothing.
    Essential,
}

impl AcrRequest {
    /// What a request of `client` asks for: by an essential `acr` of its `claims`, which must be met; else by `acr_values`, by an
    /// `acr` of its `claims`, or by the client's `default_acr_values`, which must be met if `of_values` says so
    /// ([OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics)).
    pub fn of(
        parameters: &Parameters,
        claims: &ClaimsRequest,
        client: &Client,
        of_values: Necessity,
    ) -> Self {
        let claim = claims.id_token.get("acr");
        let claimed = claim.filter(|claim| !claim.values.is_empty());
        if let Some(claim) = claimed.filter(|claim| claim.essential) {
            return Self {
                values: claim.values.clone(),
                necessity: Necessity::Essential,
            };
        }
        let words = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect();
        let by_default = || {
            let values = client.default_acr_values.iter();
            values.map(ToString::to_string).collect()
        };
        let values = parameters.one("acr_values").map(words);
        let values = values.or_else(|| claimed.map(|claim| claim.values.clone()));
        Self {
            values: values.unwrap_or_else(by_default),
            necessity: of_values,
        }
    }
}
