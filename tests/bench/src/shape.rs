//! The shapes of load, on the product and on the reference server.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::signature::Algorithm;

/// What one operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The product: `GET` the discovery document.
    Discovery,
    /// The product: `GET` the public keys.
    Jwks,
    /// The product: an access token with this algorithm, by client credentials.
    Credentials(Algorithm),
    /// The product: an opaque access token by client credentials, durable before it is answered.
    Opaque,
    /// The product: the same as `Credentials`, for any client of a directory that has many.
    CrowdCredentials(Algorithm),
    /// The product: the same as `Opaque`, for any client of a directory that has many.
    CrowdOpaque,
    /// The product: what a person's access token with this algorithm stands for.
    Introspection(Algorithm),
    /// The product: what a person's opaque access token stands for.
    IntrospectionOpaque,
    /// The product: whether a request to a site may pass that has a person's opaque access token.
    ForwardAuthOpaque,
    /// The product: refresh with a rotating token; the ID token has this algorithm.
    Refresh(Algorithm),
    /// The product: authorize in a session and exchange the code; the ID token has this algorithm.
    Code(Algorithm),
    /// The product: a fresh browser to the code, by password.
    Login,
    /// The reference server: `GET` a JSON document.
    ReferenceJson,
    /// The reference server: an access token with this algorithm, by client credentials.
    ReferenceToken(Algorithm),
    /// The reference server: an opaque access token, durable before it is answered.
    ReferenceDurable,
}

impl Shape {
    /// The reference server's shapes that are measured right after this shape of the product.
    pub(crate) fn references(self) -> Vec<Self> {
        match self {
            Self::Discovery | Self::Jwks => vec![Self::ReferenceJson],
            Self::Opaque => vec![Self::ReferenceDurable],
            Self::Refresh(algorithm) => {
                vec![Self::ReferenceToken(algorithm), Self::ReferenceDurable]
            }
            Self::Credentials(algorithm) | Self::Code(algorithm) => {
                vec![Self::ReferenceToken(algorithm)]
            }
            _ => Vec::new(),
        }
    }
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discovery => f.write_str("discovery"),
            Self::Jwks => f.write_str("jwks"),
            Self::Credentials(algorithm) => write!(f, "client credentials {algorithm}"),
            Self::Opaque => f.write_str("client credentials opaque"),
            Self::CrowdCredentials(algorithm) => {
                write!(f, "client credentials {algorithm}, many clients")
            }
            Self::CrowdOpaque => f.write_str("client credentials opaque, many clients"),
            Self::Introspection(algorithm) => write!(f, "introspection {algorithm}"),
            Self::IntrospectionOpaque => f.write_str("introspection opaque"),
            Self::ForwardAuthOpaque => f.write_str("forward-auth opaque"),
            Self::Refresh(algorithm) => write!(f, "refresh {algorithm}"),
            Self::Code(algorithm) => write!(f, "code {algorithm}"),
            Self::Login => f.write_str("login"),
            Self::ReferenceJson => f.write_str("reference JSON"),
            Self::ReferenceToken(algorithm) => write!(f, "reference token {algorithm}"),
            Self::ReferenceDurable => f.write_str("reference durable token"),
        }
    }
}
