//! Arguments that are each right, and together make no command.

/// Arguments that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Contradiction {
    /// A public client with a secret.
    #[error("--public goes with no --auth-method but none: a public client has no secret")]
    PublicWithSecret,
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
