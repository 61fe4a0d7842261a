//! The details of a request or a grant.

use serde::{Deserialize, Serialize};

use super::{AuthorizationDetail, DetailTypeName, DetailsRefused};
use crate::client::Client;
use crate::jose::json;
use crate::parameters::Parameters;
use crate::resource_server::ResourceServers;

/// `authorization_details` ([RFC 9396 section 2](https://www.rfc-editor.org/rfc/rfc9396#section-2)), in the order of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorizationDetails(Vec<AuthorizationDetail>);

/// The most bytes of a request's details.
const LONGEST: usize = 8 * 1024;

/// The most details of a request: somebody has to read them.
const MOST: usize = 10;

impl AuthorizationDetails {
    /// The details that a request of `client` brings, each read as the API registered its type; nothing when it brings none.
    pub fn requested(
        parameters: &Parameters,
        client: &Client,
        servers: &ResourceServers,
    ) -> Result<Option<Self>, DetailsRefused> {
        let text = parameters.one("authorization_details");
        let read = |text: &str| Self::parse(text, client, servers);
        text.map(read).transpose()
    }

    fn parse(
        text: &str,
        client: &Client,
        servers: &ResourceServers,
    ) -> Result<Self, DetailsRefused> {
        if text.len() > LONGEST {
            return Err(DetailsRefused::TooLong);
        }
        let elements = json::array(text.as_bytes()).ok_or(DetailsRefused::Malformed)?;
        if elements.len() > MOST {
            return Err(DetailsRefused::TooMany);
        }
        let details = elements.into_iter().map(|element| {
            let serde_json::Value::Object(mut members) = element else {
                return Err(DetailsRefused::Malformed);
            };
            let Some(serde_json::Value::String(name)) = members.remove("type") else {
                return Err(DetailsRefused::Malformed);
            };
            let unknown = || DetailsRefused::unknown(&name);
            let name: DetailTypeName = name.parse().map_err(|_| unknown())?;
            let (server, of_type) = servers.of_detail_type(&name).ok_or_else(unknown)?;
            if !client.authorization_details_types.contains(&name) {
                return Err(DetailsRefused::NotRegistered(name));
            }
            of_type.read(members, &server.resource)
        });
        let details: Vec<AuthorizationDetail> = details.collect::<Result<_, _>>()?;
        let is_repeated = |(at, detail): (usize, &AuthorizationDetail)| {
            details.iter().skip(at + 1).any(|other| other == detail)
        };
        if details.iter().enumerate().any(is_repeated) {
            return Err(DetailsRefused::Repeated);
        }
        Ok(Self(details))
    }

    /// The `requested` ones, if each is among these or less than one of them, and no two are of the same one: who was allowed one
    /// payment is not allowed two ([RFC 9396 section 6](https://www.rfc-editor.org/rfc/rfc9396#section-6)).
    pub(crate) fn narrowed(&self, requested: &Self) -> Result<Self, DetailsRefused> {
        let mut left: Vec<&AuthorizationDetail> = self.0.iter().collect();
        for detail in &requested.0 {
            // What is asked for as it was granted takes that, and leaves what is wider to others.
            let same = left.iter().position(|granted| *granted == detail);
            let wider = || left.iter().position(|granted| detail.is_within(granted));
            let Some(at) = same.or_else(wider) else {
                return Err(DetailsRefused::NotGranted(detail.of_type.clone()));
            };
            left.remove(at);
        }
        Ok(requested.clone())
    }

    /// These without those that `keep` does not keep.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&AuthorizationDetail) -> bool) -> Self {
        Self(
            self.0
                .iter()
                .filter(|detail| keep(detail))
                .cloned()
                .collect(),
        )
    }

    /// Adds one.
    pub fn add(&mut self, detail: AuthorizationDetail) {
        self.0.push(detail);
    }

    /// Whether each of these is among `others`, word for word.
    pub fn are_among(&self, others: &Self) -> bool {
        self.0.iter().all(|detail| others.0.contains(detail))
    }

    /// Whether `client` is registered for each of their types.
    pub fn are_allowed_to(&self, client: &Client) -> bool {
        let types = &client.authorization_details_types;
        self.0.iter().all(|detail| types.contains(&detail.of_type))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &AuthorizationDetail> {
        self.0.iter()
    }
}

impl FromIterator<AuthorizationDetail> for AuthorizationDetails {
    fn from_iter<I: IntoIterator<Item = AuthorizationDetail>>(details: I) -> Self {
        Self(details.into_iter().collect())
    }
}
