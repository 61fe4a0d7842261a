//! What an operator decides, as plain values.

use std::time::Duration;

use doorward_core::acr::AcrLevels;
use doorward_core::api_token::ApiTokenPolicy;
use doorward_core::client_address::TrustedProxies;
use doorward_core::dpop::NoncePolicy;
use doorward_core::password::{Parameters, PasswordPolicy};
use doorward_core::registration::RegistrationPolicy;
use doorward_core::session::SessionLimits;
use doorward_core::token::refresh::RefreshLimits;

use crate::client_certificate::MutualTls;

/// What an operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long sessions last.
    pub session: SessionLimits,
    /// How long tokens live.
    pub tokens: TokenLifetimes,
    /// How strongly people may sign in, by the names of the levels.
    pub acr_levels: AcrLevels,
    /// Who may register clients.
    pub registration: RegistrationPolicy,
    /// Whether a proof of possession must have a nonce of ours.
    pub dpop_nonce: NoncePolicy,
    /// How passwords are hashed.
    pub password: Parameters,
    /// Which passwords may be chosen.
    pub password_policy: PasswordPolicy,
    /// What API tokens may be.
    pub api_tokens: ApiTokenPolicy,
    /// How much of what may happen.
    pub limits: Limits,
    /// Who may say where a request came from.
    pub trusted_proxies: TrustedProxies,
    /// What is done with certificates of clients.
    pub mutual_tls: MutualTls,
}

/// How long tokens live.
#[derive(Clone, Copy, Debug)]
pub struct TokenLifetimes {
    /// Authorization codes: at most 60 s.
    pub code: Duration,
    /// Access tokens.
    pub access_token: Duration,
    /// ID Tokens.
    pub id_token: Duration,
    /// Refresh tokens, without use and after use.
    pub refresh: RefreshLimits,
    /// Refresh tokens, whatever happens.
    pub refresh_absolute: Duration,
    /// How soon whoever verifies access tokens itself fetches a fresh status list.
    pub status_list_ttl: Duration,
}

/// How much of what may happen before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Failed sign-ins of one address in a minute, after which it is barred for another.
    pub failed_sign_ins_per_address: u64,
    /// Passwords that may be tried for one account from one address in a quarter of an hour; ten times as many from all.
    pub attempts_per_account: u64,
    /// Requests to authorize that one address may leave waiting for a sign-in, a minute; as many that clients without
    /// a secret may push from it, and devices that they may let wait.
    pub interactions_per_address: u64,
    /// Clients that may be registered from one address in an hour without a token.
    pub registrations_per_address: u64,
    /// Passwords that may wait to be hashed.
    pub hash_queue: usize,
}
