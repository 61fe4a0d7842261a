//! Arguments that are each right, and together make no command.

use doorward_core::client::{EncryptionUnusable, ProfileBroken};
use doorward_core::subject::NoSector;

/// Arguments that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Contradiction {
    /// What the profile of the application does not allow.
    #[error(transparent)]
    Profile(#[from] ProfileBroken),
    /// Nothing to encrypt with.
    #[error("--jwks FILE or --jwks-uri URI is missing, or has no fitting key: {0}")]
    Encryption(#[from] EncryptionUnusable),
    /// A public client with a secret.
    #[error("--public goes with no --auth-method but none: a public client has no secret")]
    PublicWithSecret,
    /// Signed assertions, and no key that verifies them.
    #[error(
        "--auth-method private_key_jwt goes with --jwks FILE or --jwks-uri URI, the public keys of the application"
    )]
    AssertionWithoutKeys,
    /// What only signed assertions need, without them.
    #[error("{0} goes with --auth-method private_key_jwt only")]
    NoAssertion(&'static str),
    /// A public client with private keys.
    #[error(
        "--public goes with neither --jwks nor --jwks-uri: an application that keeps no secret keeps no private key"
    )]
    PublicWithKeys,
    /// Signed requests, and no key that verifies them.
    #[error("{0} goes with --jwks FILE or --jwks-uri URI, the public keys of the application")]
    RequestObjectWithoutKeys(&'static str),
    /// A public client without PKCE.
    #[error("--pkce optional goes with a secret only: for a public client PKCE is the only proof")]
    PublicWithoutPkce,
    /// No code, and so nothing to begin with.
    #[error(
        "--grant-type refresh_token goes with --grant-type authorization_code or device_code, which the first refresh token comes from"
    )]
    RefreshWithoutCode,
    /// A client that shall act for itself and cannot prove who that is.
    #[error(
        "--grant-type client_credentials goes with no --public: a public client has no credentials"
    )]
    PublicWithCredentials,
    /// A client that shall exchange tokens and cannot prove who it is.
    #[error(
        "--grant-type token_exchange goes with no --public: a public client cannot prove who it is"
    )]
    PublicWithExchange,
    /// A client that shall exchange tokens, and nobody knows for what.
    #[error(
        "--grant-type token_exchange goes with --exchange-for URI, a resource server that it may exchange for"
    )]
    ExchangeWithoutTarget,
    /// Something to exchange tokens for, and no exchange.
    #[error("--exchange-for goes with --grant-type token_exchange")]
    TargetWithoutExchange,
    /// People sign in, and nobody knows where to send them.
    #[error(
        "--redirect-uri is missing: where people are sent back to, exactly as the application writes it"
    )]
    CodeWithoutRedirectUri,
    /// A place to send people to, and nobody signs in.
    #[error(
        "--redirect-uri goes with --grant-type authorization_code: otherwise nobody is sent anywhere"
    )]
    RedirectUriWithoutCode,
    /// A browser would tell somebody else.
    #[error(
        "--frontchannel-logout-uri goes with a --redirect-uri of the same scheme, host and port: the application tells only itself"
    )]
    FrontchannelElsewhere,
    /// A sector, and subjects that know none.
    #[error("--sector-identifier-uri goes with --subject-type pairwise only")]
    SectorOfPublic,
    /// Pairwise subjects, and nothing that says for whom.
    #[error(
        "--subject-type pairwise goes with --sector-identifier-uri, an https address whose host stands for the application: {0}"
    )]
    NoSector(NoSector),
    /// A token that says nothing, with a signature.
    #[error("--algorithm goes with --token-format jwt only: an opaque token has no signature")]
    OpaqueWithSignature,
    /// A scope with two meanings.
    #[error("the same --scope is given twice")]
    ScopeTwice,
    /// Nothing that could be changed.
    #[error("say what is to change, such as --name or --email")]
    NothingToChange,
}
