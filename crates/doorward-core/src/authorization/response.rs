//! Authorization responses: to a place the client registered, and with our name on them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::authorization::response_mode::{Carrier, ResponseForm, ResponseMode};
use crate::authorization::signed_response::ResponseSignature;
use crate::client::Client;
use crate::error::ErrorCode;
use crate::identifiers::ClientId;
use crate::jose::{Algorithm, Encryption};
use crate::time::Timestamp;

/// A place we may send a browser back to, and how.
///
/// The only way to get one is to match a request against what the client registered
/// ([RFC 9700 section 2.1]), so holding one is the proof.
///
/// [RFC 9700 section 2.1]: https://www.rfc-editor.org/rfc/rfc9700#section-2.1
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseTarget {
    redirect_uri: String,
    #[serde(rename = "mode")]
    carrier: Carrier,
    state: Option<String>,
    /// How the response is signed; it is not when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Box<ResponseSignature>>,
}

/// What the client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    target: ResponseTarget,
    issuer: String,
    parameters: Vec<(&'static str, String)>,
}

/// What has to be signed before a response can be sent
/// ([JARM section 2.1](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.1)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSign {
    /// With what.
    pub algorithm: Algorithm,
    /// The claims of the JWT.
    pub claims: Map<String, Value>,
}

/// What the browser is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Send it to this address.
    Redirect(String),
    /// Let it post these fields to this address.
    FormPost {
        /// The redirect URI.
        action: String,
        /// Names and values.
        fields: Vec<(&'static str, String)>,
    },
}

impl ResponseTarget {
    pub(super) fn matched(
        redirect_uri: &str,
        mode: ResponseMode,
        state: Option<&str>,
        client: &Client,
    ) -> Self {
        Self {
            redirect_uri: redirect_uri.to_owned(),
            carrier: mode.carrier,
            state: state.map(str::to_owned),
            signature: match mode.form {
                ResponseForm::Parameters => None,
                ResponseForm::Jwt => Some(Box::new(ResponseSignature::for_client(client))),
            },
        }
    }

    /// How the response travels.
    pub(super) fn mode(&self) -> ResponseMode {
        ResponseMode {
            carrier: self.carrier,
            form: match self.signature {
                None => ResponseForm::Parameters,
                Some(_) => ResponseForm::Jwt,
            },
        }
    }

    /// The redirect URI as the request gave it; the token request must repeat it
    /// ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// For whom the response is encrypted, and how, if it is
    /// ([JARM section 2.2](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.2)).
    pub fn encryption(&self) -> Option<(&ClientId, Encryption)> {
        let signature = self.signature.as_ref()?;
        Some((&signature.audience, signature.encryption?))
    }

    /// A successful response: the code ([RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)).
    pub fn code(&self, issuer: &str, code: &str) -> AuthorizationResponse {
        self.respond(issuer, vec![("code", code.to_owned())])
    }

    /// An error response. `description` is for the client's developer.
    pub fn error(&self, issuer: &str, code: ErrorCode, description: &str) -> AuthorizationResponse {
        self.respond(
            issuer,
            vec![
                ("error", code.as_str().to_owned()),
                ("error_description", description.to_owned()),
            ],
        )
    }

    fn respond(
        &self,
        issuer: &str,
        mut parameters: Vec<(&'static str, String)>,
    ) -> AuthorizationResponse {
        if let Some(state) = &self.state {
            parameters.push(("state", state.clone()));
        }
        AuthorizationResponse {
            target: self.clone(),
            issuer: issuer.to_owned(),
            parameters,
        }
    }

    fn deliver(&self, fields: Vec<(&'static str, String)>) -> Delivery {
        match (self.carrier, Url::parse(&self.redirect_uri)) {
            (Carrier::Query, Ok(mut address)) => {
                address.query_pairs_mut().extend_pairs(&fields);
                // An empty fragment of its own keeps browsers from carrying over one of an earlier address.
                address.set_fragment(Some(""));
                Delivery::Redirect(address.into())
            }
            (Carrier::Fragment, Ok(mut address)) => {
                let fragment = Serializer::new(String::new())
                    .extend_pairs(&fields)
                    .finish();
                address.set_fragment(Some(&fragment));
                Delivery::Redirect(address.into())
            }
            (Carrier::FormPost, _) | (_, Err(_)) => Delivery::FormPost {
                action: self.redirect_uri.clone(),
                fields,
            },
        }
    }
}

impl AuthorizationResponse {
    /// What has to be signed first, if the client wants a JWT.
    pub fn to_sign(&self, now: Timestamp) -> Option<ToSign> {
        let signature = self.target.signature.as_ref()?;
        Some(ToSign {
            algorithm: signature.algorithm,
            claims: signature.claims(&self.issuer, &self.parameters, now),
        })
    }

    /// The response as parameters, with `iss`, so that no other provider's answer can be mistaken for ours ([RFC 9207 section 2]).
    ///
    /// [RFC 9207 section 2]: https://www.rfc-editor.org/rfc/rfc9207#section-2
    pub fn plain(self) -> Delivery {
        let mut fields = self.parameters;
        fields.push(("iss", self.issuer));
        self.target.deliver(fields)
    }

    /// The response as the JWT that was signed, and nothing beside it.
    pub fn signed(self, jwt: String) -> Delivery {
        self.target.deliver(vec![("response", jwt)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use serde_json::json;

    use crate::testing::{NOW, client};

    const ISSUER: &str = "https://id.example";

    fn target(uri: &str, mode: &str) -> ResponseTarget {
        let mode = ResponseMode::parse(mode).unwrap();
        ResponseTarget::matched(uri, mode, Some("a b&c"), &client())
    }

    /// How an error travels whose JWT would be `JWT`.
    fn answered(mode: &str) -> Delivery {
        let target = target("https://wiki.example/cb?tenant=1", mode);
        let response = target.error(ISSUER, ErrorCode::AccessDenied, "No.");
        match response.to_sign(NOW) {
            Some(_) => response.signed("JWT".to_owned()),
            None => response.plain(),
        }
    }

    /// [JARM section 2.3](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.3): as `response`, alone.
    #[test]
    fn a_signed_response_travels_in_each_way_and_has_nothing_beside_it() {
        let query = "https://wiki.example/cb?tenant=1&response=JWT#";
        let fragment = "https://wiki.example/cb?tenant=1#response=JWT";
        for (mode, address) in [
            ("jwt", query),
            ("query.jwt", query),
            ("fragment.jwt", fragment),
        ] {
            let delivery = Delivery::Redirect(address.to_owned());
            assert_eq!(answered(mode), delivery, "{mode}");
        }
        let form = Delivery::FormPost {
            action: "https://wiki.example/cb?tenant=1".to_owned(),
            fields: vec![("response", "JWT".to_owned())],
        };
        assert_eq!(answered("form_post.jwt"), form);
    }

    /// [JARM section 2.1](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.1). P08.
    #[test]
    fn what_is_signed_says_who_tells_whom_what_until_when() {
        let target = target("https://wiki.example/cb", "jwt");
        let to_sign = target.code(ISSUER, "C").to_sign(NOW).unwrap();
        assert_eq!(to_sign.algorithm, Algorithm::Rs256);
        let now = NOW.as_seconds();
        let expected = json!({
            "iss": ISSUER,
            "aud": "wiki",
            "iat": now,
            "exp": now + 300,
            "code": "C",
            "state": "a b&c",
        });
        assert_eq!(Value::Object(to_sign.claims), expected);
        let refused = target.error(ISSUER, ErrorCode::AccessDenied, "No.");
        let claims = refused.to_sign(NOW).unwrap().claims;
        assert_eq!(claims["error"], "access_denied");
        assert_eq!(claims["error_description"], "No.");
        assert_eq!(claims.get("code"), None);
    }

    #[test]
    fn the_signature_is_the_one_that_the_client_registered() {
        let mut client = client();
        client.authorization_signed_response_alg = Some(Algorithm::EdDsa);
        let mode = ResponseMode::parse("jwt").unwrap();
        let target = ResponseTarget::matched("https://wiki.example/cb", mode, None, &client);
        let to_sign = target.code(ISSUER, "C").to_sign(NOW).unwrap();
        assert_eq!(to_sign.algorithm, Algorithm::EdDsa);
        assert_eq!(to_sign.claims.get("state"), None);
    }

    /// [JARM section 2.2](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.2): signed first, and then encrypted.
    #[test]
    fn the_encryption_is_the_one_that_the_client_registered_and_is_kept() {
        let mut client = client();
        let encryption = Encryption {
            alg: crate::jose::KeyManagement::EcdhEs,
            enc: crate::jose::ContentEncryption::A128Gcm,
        };
        client.encrypted_responses.authorization = Some(encryption);
        let mode = ResponseMode::parse("jwt").unwrap();
        let target = ResponseTarget::matched("https://wiki.example/cb", mode, None, &client);
        let kept = serde_json::to_value(target).unwrap();
        let target: ResponseTarget = serde_json::from_value(kept).unwrap();
        assert_eq!(target.encryption(), Some((&client.client_id, encryption)));
    }

    /// What waited in a store while a node of an earlier version was replaced is answered as it was asked.
    #[test]
    fn a_target_that_was_kept_before_there_were_signatures_is_read() {
        let kept =
            json!({"redirect_uri": "https://wiki.example/cb", "mode": "form_post", "state": null});
        let target: ResponseTarget = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(target.code(ISSUER, "C").to_sign(NOW), None);
        assert_eq!(serde_json::to_value(target).unwrap(), kept);
    }

    #[test]
    fn the_query_of_the_registered_uri_is_kept() {
        let delivery = target("https://wiki.example/cb?tenant=1", "query")
            .code(ISSUER, "C")
            .plain();
        let expected =
            "https://wiki.example/cb?tenant=1&code=C&state=a+b%26c&iss=https%3A%2F%2Fid.example#";
        assert_eq!(delivery, Delivery::Redirect(expected.to_owned()));
    }

    #[test]
    fn a_fragment_response_has_nothing_in_the_query() {
        let delivery = target("https://wiki.example/cb", "fragment").error(
            "https://id.example",
            ErrorCode::AccessDenied,
            "No.",
        );
        let delivery = delivery.plain();
        let expected = "https://wiki.example/cb#error=access_denied&error_description=No.&state=a+b%26c&iss=https%3A%2F%2Fid.example";
        assert_eq!(delivery, Delivery::Redirect(expected.to_owned()));
    }

    #[test]
    fn a_form_post_response_has_everything_in_the_form() {
        let delivery = target("https://wiki.example/cb", "form_post")
            .code(ISSUER, "C")
            .plain();
        let Delivery::FormPost { action, fields } = delivery else {
            panic!("{delivery:?}")
        };
        assert_eq!(action, "https://wiki.example/cb");
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["code", "state", "iss"]);
    }

    #[test]
    fn native_applications_get_their_answer_too() {
        let delivery = target("com.example.app:/cb", "query")
            .code(ISSUER, "C")
            .plain();
        let Delivery::Redirect(address) = delivery else {
            panic!("{delivery:?}")
        };
        assert!(
            address.starts_with("com.example.app:/cb?code=C&"),
            "{address}"
        );
    }
}
