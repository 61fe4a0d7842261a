//! The members of a request object as the parameters that they stand for
//! ([RFC 9101 section 4](https://www.rfc-editor.org/rfc/rfc9101#section-4)).

use serde_json::{Map, Value};

use super::RequestObjectRefused;
use crate::parameters::{Parameters, ParametersMalformed};

/// Members that say something of the object, and nothing of the request.
const OF_THE_OBJECT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// The parameters of the request. Each member is there once: the object was read so.
pub(super) fn parameters(claims: Map<String, Value>) -> Result<Parameters, RequestObjectRefused> {
    let of_the_request = claims
        .into_iter()
        .filter(|(name, _)| !OF_THE_OBJECT.contains(&name.as_str()));
    let mut pairs = Vec::new();
    for (name, value) in of_the_request {
        for text in texts(&name, value)? {
            pairs.push((name.clone(), text));
        }
    }
    Parameters::of(pairs).map_err(|malformed| match malformed {
        ParametersMalformed::TooMany => RequestObjectRefused::TooMany,
        ParametersMalformed::Encoding => RequestObjectRefused::Encoding,
    })
}

/// A member as text: numbers in digits and structures as JSON. Several texts are a parameter that may be given several times
/// ([RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1)).
fn texts(name: &str, value: Value) -> Result<Vec<String>, RequestObjectRefused> {
    match value {
        Value::Null => Err(RequestObjectRefused::Null(name.chars().take(64).collect())),
        Value::String(text) => Ok(vec![text]),
        Value::Array(values)
            if Parameters::may_repeat(name) && values.iter().all(Value::is_string) =>
        {
            let texts = values.into_iter().filter_map(|value| match value {
                Value::String(text) => Some(text),
                _ => None,
            });
            Ok(texts.collect())
        }
        other => Ok(vec![other.to_string()]),
    }
}
