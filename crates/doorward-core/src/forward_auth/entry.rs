//! How somebody who is signed in comes to be known at a site, whose host has no cookie of ours: by a code that is used once.

use serde::{Deserialize, Serialize};

use super::{Challenge, ReturnPath, SiteHost};
use crate::identifiers::SessionId;
use crate::secret::Secret;
use crate::time::Timestamp;

/// Somebody is on the way to a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The site.
    pub host: SiteHost,
    /// What the browser can answer that set out.
    pub challenge: Challenge,
    /// Where they wanted to.
    pub return_to: ReturnPath,
}

/// What a code for a site stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCode {
    /// The way it was made on.
    pub visit: Visit,
    /// The session that was signed in.
    pub session: SessionId,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

/// Why a code does not let anybody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryRefused {
    /// There is no such code, or it was used.
    #[error("the code is unknown or was used before")]
    Unknown,
    /// It is too old.
    #[error("the code has expired")]
    Expired,
    /// It was made for another site.
    #[error("the code is for another site")]
    OtherSite,
    /// The browser that brings it is not the one that set out.
    #[error("the browser lacks the cookie of the one that set out")]
    OtherBrowser,
}

/// Lets a browser in at `host` that brings a code, and what only the browser that set out can have.
pub fn enter(
    code: Option<EntryCode>,
    host: &SiteHost,
    secret: Option<&Secret>,
    now: Timestamp,
) -> Result<EntryCode, EntryRefused> {
    let code = code.ok_or(EntryRefused::Unknown)?;
    if now >= code.expires_at {
        return Err(EntryRefused::Expired);
    }
    if code.visit.host != *host {
        return Err(EntryRefused::OtherSite);
    }
    let secret = secret.ok_or(EntryRefused::OtherBrowser)?;
    if Challenge::of(secret) != code.visit.challenge {
        return Err(EntryRefused::OtherBrowser);
    }
    Ok(code)
}
