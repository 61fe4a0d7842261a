//! A token as its row keeps it. Whether it was stopped is a column of its own, so that many can be stopped at once.

use doorward_core::Timestamp;
use doorward_core::api_token::{ActsFor, ApiToken, Owner, State};

use crate::failure::Failure;
use crate::row::{Fields, Stored};
use crate::value;

/// A token, and the texts that it was read from.
pub(super) struct StoredToken {
    pub(super) token: ApiToken,
    pub(super) columns: Columns,
}

/// The texts of a row, by which one knows whether it has changed.
pub(super) struct Columns {
    pub(super) state: String,
    pub(super) document: String,
}

/// What a [`StoredToken`] is read from.
macro_rules! columns {
    () => {
        "api_token.state, api_token.document"
    };
}
pub(super) use columns;

impl Columns {
    pub(super) fn of(token: &ApiToken) -> Result<Self, Failure> {
        Ok(Self {
            state: value::json("api_token", &token.state)?,
            document: document(token)?,
        })
    }
}

impl Stored for StoredToken {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let state = fields.columns_of("api_token").text()?;
        let document = fields.text()?;
        let token = ApiToken {
            state: fields.json_of(&state)?,
            ..fields.json_of(&document)?
        };
        let columns = Columns { state, document };
        Ok(Self { token, columns })
    }
}

/// Everything about a token but whether it was stopped.
pub(super) fn document(token: &ApiToken) -> Result<String, Failure> {
    let token = ApiToken {
        state: State::Live,
        ..token.clone()
    };
    value::json("api_token", &token)
}

pub(super) const fn revoked_at(state: &State) -> Option<Timestamp> {
    match state {
        State::Revoked { at, .. } => Some(*at),
        _ => None,
    }
}

/// The columns that say who is behind a token or a service account.
#[derive(Default)]
pub(crate) struct Behind<'a> {
    pub(crate) person: Option<&'a [u8; 16]>,
    pub(crate) group: Option<&'a str>,
    pub(crate) service_account: Option<&'a [u8; 16]>,
    pub(crate) project: Option<&'a str>,
}

impl<'a> Behind<'a> {
    pub(crate) fn of(acts_for: &'a ActsFor) -> Self {
        match acts_for {
            ActsFor::Person(person) => Self {
                person: Some(person.as_bytes()),
                ..Self::default()
            },
            ActsFor::ServiceAccount(account) => Self {
                service_account: Some(account.as_bytes()),
                ..Self::default()
            },
            ActsFor::Project { project, owner } => Self {
                project: Some(project.as_str()),
                ..Self::owned_by(owner)
            },
        }
    }

    pub(crate) fn owned_by(owner: &'a Owner) -> Self {
        match owner {
            Owner::Person(person) => Self {
                person: Some(person.as_bytes()),
                ..Self::default()
            },
            Owner::Group(group) => Self {
                group: Some(group.as_str()),
                ..Self::default()
            },
        }
    }
}
