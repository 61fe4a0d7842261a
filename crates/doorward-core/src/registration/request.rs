//! What somebody asks to register, member by member.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::Url;

use super::{RegistrationRefused, SectorDocument};
use crate::jose::json;

/// The most values that a list may have.
const MOST: usize = 50;

/// The longest text, in bytes.
const LONGEST: usize = 2048;

/// The metadata of a request ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)). Members that nobody here
/// knows are passed over, and `null` says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRequest {
    members: Map<String, Value>,
    /// What is at the `sector_identifier_uri`, once it was read.
    pub(super) sector_document: Option<SectorDocument>,
}

impl RegistrationRequest {
    /// Reads the JSON of a request.
    pub fn parse(body: &[u8]) -> Result<Self, RegistrationRefused> {
        json::object(body)
            .map(|members| Self {
                members,
                sector_document: None,
            })
            .ok_or(RegistrationRefused::Malformed)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    /// The value of a member whose type is all that it has to be.
    pub(super) fn take<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, RegistrationRefused> {
        match self.members.remove(name) {
            None | Some(Value::Null) => Ok(None),
            // What is wrong is not quoted: it may be a key, or as long as the request.
            Some(value) => serde_json::from_value(value).map(Some).map_err(|_| {
                RegistrationRefused::member(
                    name,
                    "it has another type, or a value that it cannot have",
                )
            }),
        }
    }

    /// A text that is not too long; an empty one says nothing.
    pub(super) fn text(
        &mut self,
        name: &'static str,
    ) -> Result<Option<String>, RegistrationRefused> {
        match self.take::<String>(name)? {
            Some(text) if text.len() > LONGEST => {
                Err(RegistrationRefused::member(name, "it is too long"))
            }
            text => Ok(text.filter(|text| !text.is_empty())),
        }
    }

    /// A text of some form.
    pub(super) fn parsed<T>(&mut self, name: &'static str) -> Result<Option<T>, RegistrationRefused>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.text(name)?;
        text.map(|text| text.parse())
            .transpose()
            .map_err(|error| RegistrationRefused::member(name, error))
    }

    /// One of a few words.
    pub(super) fn word<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, RegistrationRefused> {
        self.take(name).map_err(|_| {
            RegistrationRefused::member(name, format_args!("it is none of {expected}"))
        })
    }

    /// An address of the web.
    pub(super) fn web_address(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Url>, RegistrationRefused> {
        let url: Option<Url> = self.parsed(name)?;
        match url {
            Some(url) if url.scheme() != "https" || !url.username().is_empty() => {
                let reason = "it is no address that begins with https://";
                Err(RegistrationRefused::member(name, reason))
            }
            url => Ok(url),
        }
    }

    /// Some texts, none of them too long.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Vec<String>>, RegistrationRefused> {
        match self.take::<Vec<String>>(name)? {
            Some(texts) if texts.len() > MOST => {
                let reason = format_args!("it has more than {MOST} values");
                Err(RegistrationRefused::member(name, reason))
            }
            Some(texts) if texts.iter().any(|text| text.len() > LONGEST) => {
                Err(RegistrationRefused::member(name, "a value is too long"))
            }
            texts => Ok(texts),
        }
    }
}
