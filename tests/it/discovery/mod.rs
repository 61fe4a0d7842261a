//! Metadata and keys ([OpenID Connect Discovery](https://openid.net/specs/openid-connect-discovery-1_0.html)).

mod keys;
mod metadata;
