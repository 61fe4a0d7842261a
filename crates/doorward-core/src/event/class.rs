//! Classes of events, so that whoever looks for one kind of thing need not know every name.

use std::fmt;

use super::Event;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventClass {
    /// People who sign in and out, and the applications that are told so.
    SignIn,
    /// What people allow, and what they do not.
    Consent,
    /// Tokens that are issued, exchanged and revoked.
    Token,
    /// Signing keys that come and go.
    Key,
    /// What operators change, and applications that manage their own registration.
    Administration,
    /// Requests that were refused.
    Refusal,
    /// Requests that failed for a reason of ours.
    Failure,
}

impl EventClass {
    /// All of them, with their names.
    pub const ALL: &'static [(&'static str, Self)] = &[
        Self::SignIn.named(),
        Self::Consent.named(),
        Self::Token.named(),
        Self::Key.named(),
        Self::Administration.named(),
        Self::Refusal.named(),
        Self::Failure.named(),
    ];

    /// The class of an event.
    pub const fn of(event: &Event) -> Self {
        match event {
            Event::SignedIn { .. }
            | Event::SignedOut { .. }
            | Event::SiteEntered { .. }
            | Event::LogoutDelivered { .. }
            | Event::LogoutUndelivered { .. } => Self::SignIn,
            Event::Authorized { .. }
            | Event::ConsentGiven { .. }
            | Event::DeviceAuthorized { .. }
            | Event::DeviceDenied { .. } => Self::Consent,
            Event::TokensIssued { .. }
            | Event::TokensRefreshed { .. }
            | Event::ClientTokenIssued { .. }
            | Event::TokenExchanged { .. }
            | Event::AssertionAccepted { .. }
            | Event::AccessTokenRevoked { .. }
            | Event::ApiTokenChanged { .. }
            | Event::ApiTokenSignalled { .. }
            | Event::GrantRevoked { .. } => Self::Token,
            Event::SigningKeyChanged { .. } => Self::Key,
            Event::ClientRegistration { .. } | Event::Administered { .. } => Self::Administration,
            Event::Refused { .. } | Event::ApiTokenRefused { .. } => Self::Refusal,
            Event::Failed { .. } => Self::Failure,
        }
    }

    /// The name in logs and at the command line, such as `sign_in`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Consent => "consent",
            Self::Token => "token",
            Self::Key => "key",
            Self::Administration => "administration",
            Self::Refusal => "refusal",
            Self::Failure => "failure",
        }
    }

    const fn named(self) -> (&'static str, Self) {
        (self.name(), self)
    }
}

impl fmt::Display for EventClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_one_name_everywhere() {
        for (name, class) in EventClass::ALL {
            assert_eq!(class.to_string(), *name);
            let of_that_name = EventClass::ALL.iter().filter(|(other, _)| other == name);
            assert_eq!(of_that_name.count(), 1, "{name}");
        }
    }

    #[test]
    fn a_refusal_is_none_of_the_others() {
        let refused = Event::Refused {
            endpoint: "token".to_owned(),
            error: "invalid_grant".to_owned(),
            reason: "spent".to_owned(),
            client: None,
        };
        assert_eq!(EventClass::of(&refused), EventClass::Refusal);
        let administered = Event::Administered {
            action: "user add".to_owned(),
            target: "alice".to_owned(),
        };
        assert_eq!(EventClass::of(&administered), EventClass::Administration);
    }
}
