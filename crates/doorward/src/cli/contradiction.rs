//! Arguments that are each right, and together make no command.

/// Arguments that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Contradiction {
    /// A public client with a secret.
    #[error("--public goes with no --auth-method but none: a public client has no secret")]
    PublicWithSecret,
    /// Signed assertions, and no key that verifies them.
    #[error(
        "--auth-method private_key_jwt goes with --jwks FILE, the public keys of the application"
    )]
    AssertionWithoutKeys,
    /// What only signed assertions need, without them.
    #[error("{0} goes with --auth-method private_key_jwt only")]
    NoAssertion(&'static str),
    /// A public client without PKCE.
    #[error("--pkce optional goes with a secret only: for a public client PKCE is the only proof")]
    PublicWithoutPkce,
    /// No code, and so nothing to begin with.
    #[error(
        "--grant-type refresh_token goes with --grant-type authorization_code, which the first refresh token comes from"
    )]
    RefreshWithoutCode,
    /// Nothing that could be changed.
    #[error("say what is to change, such as --name or --email")]
    NothingToChange,
}
