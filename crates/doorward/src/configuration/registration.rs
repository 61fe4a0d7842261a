//! The values of `[registration]`.

use std::collections::BTreeSet;

use doorward_core::authorization_details::DetailTypeName;
use doorward_core::registration::{ClientDocumentPolicy, RegistrationAccess};
use doorward_core::scope::Scope;

use super::value::{Value, quoted};

/// Who may register applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access(pub RegistrationAccess);

impl Access {
    /// Nobody but operators.
    pub const fn closed() -> Self {
        Self(RegistrationAccess::Closed)
    }
}

const ACCESS: [RegistrationAccess; 3] = [
    RegistrationAccess::Closed,
    RegistrationAccess::InitialAccessToken,
    RegistrationAccess::Open,
];

impl Value for Access {
    fn allowed() -> String {
        "\"closed\", \"initial_access_token\" or \"open\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        ACCESS
            .into_iter()
            .find(|access| access.as_str() == text)
            .map(Self)
    }

    fn show(&self) -> String {
        quoted(self.0.as_str())
    }
}

/// Some types of authorization details, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailTypeNames(pub BTreeSet<DetailTypeName>);

impl DetailTypeNames {
    /// None.
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }
}

impl Value for DetailTypeNames {
    fn allowed() -> String {
        "a list of types of authorization details, such as [\"payment_initiation\"]".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let names = text.split(',').filter(|name| !name.is_empty());
        let names = names.map(|name| name.trim().parse().ok());
        names.collect::<Option<_>>().map(Self)
    }

    fn show(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|name| quoted(name.as_str())).collect();
        format!("[{}]", names.join(", "))
    }
}

/// Some scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(pub Scope);

impl Scopes {
    /// Who somebody is, how to reach them, and a refresh token.
    pub fn of_people() -> Self {
        Self(
            ["openid", "profile", "email", "offline_access"]
                .into_iter()
                .collect(),
        )
    }
}

impl Value for Scopes {
    fn allowed() -> String {
        "one scope or several, with spaces between them".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let scope: Scope = text.parse().ok()?;
        (!scope.is_empty()).then_some(Self(scope))
    }

    fn show(&self) -> String {
        quoted(&self.0.to_string())
    }
}

/// Hosts whose documents about applications are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentHosts(pub ClientDocumentPolicy);

const NO_HOST: &str = "none";

impl Value for DocumentHosts {
    fn allowed() -> String {
        "\"none\", or hosts such as \"app.example.com\" and \"*.example.com\", with spaces between them".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        if text == NO_HOST {
            return Some(Self::default());
        }
        let hosts = text.split_ascii_whitespace().map(|host| host.parse().ok());
        let hosts = hosts.collect::<Option<Vec<_>>>()?;
        (!hosts.is_empty()).then_some(Self(ClientDocumentPolicy { hosts }))
    }

    fn show(&self) -> String {
        let hosts: Vec<_> = self.0.hosts.iter().map(ToString::to_string).collect();
        if hosts.is_empty() {
            quoted(NO_HOST)
        } else {
            quoted(&hosts.join(" "))
        }
    }
}
