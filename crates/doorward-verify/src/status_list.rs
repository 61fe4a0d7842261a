//! Signed tokens that were taken back, as the issuer's status lists say
//! ([Token Status List](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21)).
//!
//! A list is asked for when a token names it and the copy is older than its `ttl`; so a token that was taken back works no longer than
//! that anywhere. When the issuer does not answer, a copy may be used until its `exp`; from then on, nothing is admitted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use doorward_core::jose::{JwtRefused, Typ};
use doorward_core::status_list::{FetchedStatusList, StatusReference};
use url::Url;

use crate::http_client::Unreachable;
use crate::issuer::Issuer;
use crate::kept::{Copy, Kept};
use crate::refused::Refused;

const LIST: &str = "the status list of the issuer";

/// The media type of a list.
const MEDIA_TYPE: &str = "application/statuslist+jwt";

/// How many lists are kept. An issuer has few at a time.
const MOST: usize = 256;

/// The issuer's status lists.
#[derive(Debug, Default)]
pub(crate) struct StatusLists(Mutex<HashMap<String, Arc<Kept<FetchedStatusList>>>>);

impl StatusLists {
    /// Proves that the list says of a token that it is still good
    /// ([Token Status List section 8.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.3)).
    pub(crate) async fn good(
        &self,
        reference: &StatusReference,
        issuer: &Issuer,
    ) -> Result<(), Refused> {
        let uri = at_issuer(&reference.uri, &issuer.name).ok_or(Refused::ForeignStatusList)?;
        let kept = self.kept(&reference.uri);
        let list = kept
            .fresh(&*issuer.clock, || fetch(&uri, &reference.uri, issuer))
            .await?;
        match list.value.statuses.is_valid(reference.idx) {
            Some(true) => Ok(()),
            Some(false) => Err(Refused::Revoked),
            None => Err(Unreachable::new(LIST, "it ends before the token's index").into()),
        }
    }

    fn kept(&self, uri: &str) -> Arc<Kept<FetchedStatusList>> {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = lists.get(uri) {
            return Arc::clone(kept);
        }
        // Only tokens that the issuer signed get here, so this is no way to have copies thrown away.
        if lists.len() >= MOST {
            lists.clear();
        }
        Arc::clone(lists.entry(uri.to_owned()).or_default())
    }
}

/// The address of a list, if it is under the issuer's: a token must not send this API elsewhere.
fn at_issuer(uri: &str, issuer: &str) -> Option<Url> {
    let rest = uri.strip_prefix(issuer.trim_end_matches('/'))?;
    let url = Url::parse(uri).ok()?;
    // What is not written as it is read may lead elsewhere than it seems to.
    (rest.starts_with('/') && url.as_str() == uri).then_some(url)
}

async fn fetch(
    url: &Url,
    uri: &str,
    issuer: &Issuer,
) -> Result<Copy<FetchedStatusList>, Unreachable> {
    // Fresh from when it was asked for: what is revoked while the answer is on its way is not in it.
    let asked_at = issuer.now();
    let fetched = issuer.http.get(LIST, url, MEDIA_TYPE).await?;
    let content_type = fetched.content_type.as_deref().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if fetched.status != 200 || !essence.eq_ignore_ascii_case(MEDIA_TYPE) {
        let status = fetched.status;
        return Err(Unreachable::new(
            LIST,
            format!("status {status}, {essence:?}"),
        ));
    }
    let text = std::str::from_utf8(&fetched.body).map_err(|e| Unreachable::new(LIST, e))?;
    let keys = issuer.keys().await?;
    let claims = match keys.value.signed(text.trim(), Typ::StatusList) {
        Err(JwtRefused::UnknownKey) => {
            let newer = issuer.newer_keys(&keys).await?;
            newer.value.signed(text.trim(), Typ::StatusList)
        }
        decided => decided,
    };
    let claims = claims.map_err(|e| Unreachable::new(LIST, e))?;
    let list = FetchedStatusList::read(&claims, uri, issuer.now());
    let list = list.map_err(|e| Unreachable::new(LIST, e))?;
    let (fresh_for, usable_until) = (list.fresh_for, list.usable_until);
    Ok(Copy::fresh_for(list, asked_at, fresh_for).usable_until(usable_until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_sends_this_api_nowhere_but_to_its_issuer() {
        let issuer = "https://id.example/tenant";
        for (uri, good) in [
            ("https://id.example/tenant/status/1", true),
            ("https://id.example/tenant", false),
            ("https://id.example/tenants/status/1", false),
            ("https://id.example/status/1", false),
            ("https://id.example.net/tenant/status/1", false),
            ("http://id.example/tenant/status/1", false),
            ("https://id.example/tenant/../1", false),
            ("https://id.example/tenant/%2e%2e/1", false),
            ("https://id.example/tenant\\1", false),
            ("", false),
        ] {
            assert_eq!(at_issuer(uri, issuer).is_some(), good, "{uri}");
        }
        assert!(at_issuer("https://id.example/1", "https://id.example").is_some());
        assert!(at_issuer("https://id.example@evil.example/1", "https://id.example").is_none());
        assert!(at_issuer("https://id.example:444/1", "https://id.example").is_none());
    }
}
