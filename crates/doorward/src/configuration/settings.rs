//! What the other parts of the program take from the configuration, in their own words.

use doorward_core::client::MutualTlsSupport;
use doorward_core::password::{Parameters, ParametersRefused, PasswordPolicy};
use doorward_core::registration::RegistrationPolicy;
use doorward_core::session::SessionLimits;
use doorward_core::token::refresh::{RefreshLimits, RotationPolicy};
use doorward_web::{Limits as WebLimits, Settings, TokenLifetimes, TrustedProxies};

use super::{Configuration, Limits, Password, Registration, Session, Tokens};

impl Configuration {
    /// What the web layer is told.
    pub fn settings(&self) -> Result<Settings, ParametersRefused> {
        Ok(Settings {
            session: self.session.limits(),
            tokens: self.tokens.lifetimes(),
            acr_levels: self.acr.levels.0.clone(),
            registration: self.registration.policy(),
            api_tokens: self.api_tokens.policy(),
            dpop_nonce: self.dpop.nonce.0,
            password: self.password.parameters()?,
            password_policy: self.password.policy(),
            limits: self.limits.of_requests(),
            trusted_proxies: TrustedProxies::new(self.proxy.trusted.0.clone()),
            mutual_tls: self.mtls.settings(),
        })
    }
}

impl Session {
    /// How long sessions last.
    pub const fn limits(&self) -> SessionLimits {
        SessionLimits {
            idle: self.idle.duration(),
            absolute: self.absolute.duration(),
        }
    }
}

impl Tokens {
    const fn lifetimes(&self) -> TokenLifetimes {
        TokenLifetimes {
            code: self.code.duration(),
            access_token: self.access_token.duration(),
            id_token: self.id_token.duration(),
            refresh: RefreshLimits {
                idle: self.refresh_idle.duration(),
                grace: self.refresh_grace.duration(),
                rotation: RotationPolicy::EachUse,
            },
            refresh_absolute: self.refresh_absolute.duration(),
            status_list_ttl: self.status_list_ttl.duration(),
        }
    }
}

impl Registration {
    /// Who may register, and what for.
    pub fn policy(&self) -> RegistrationPolicy {
        RegistrationPolicy {
            access: self.access.0,
            scope: self.scope.0.clone(),
            authorization_details_types: self.authorization_details_types.0.clone(),
            unused: self.unused.duration(),
            documents: self.documents.0.clone(),
            // Both follow from elsewhere: another section, and the keys that there are.
            mutual_tls: MutualTlsSupport::Off,
            signatures: Vec::new(),
        }
    }
}

impl Password {
    /// How passwords are hashed.
    pub fn parameters(&self) -> Result<Parameters, ParametersRefused> {
        Parameters::parse(
            self.memory_kib.number(),
            self.iterations.number(),
            self.parallelism.number(),
        )
    }

    /// Which passwords may be chosen.
    pub const fn policy(&self) -> PasswordPolicy {
        PasswordPolicy {
            min_length: self.min_length.number() as usize,
        }
    }
}

impl Limits {
    fn of_requests(&self) -> WebLimits {
        WebLimits {
            failed_sign_ins_per_address: self
                .failed_sign_ins_per_minute_and_address
                .number()
                .into(),
            attempts_per_account: self.sign_in_attempts_per_account.number().into(),
            interactions_per_address: self
                .authorization_requests_per_minute_and_address
                .number()
                .into(),
            registrations_per_address: self.registrations_per_hour_and_address.number().into(),
            hash_queue: self.hash_queue.number() as usize,
        }
    }
}
