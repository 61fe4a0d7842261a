//! The authorities that may vouch for clients, as their file has them.

use anyhow::{Context as _, Result};
use doorward_core::certificate::Authorities;
use doorward_web::ClientAuthorities;

use super::files::{Contents, Files};
use crate::configuration::Configuration;

/// The authorities of clients, and the file that they were read from.
#[derive(Debug)]
pub(crate) struct FollowedAuthorities {
    files: Files,
    authorities: ClientAuthorities,
}

/// Lets the configured authorities vouch for clients. `None` where there is no file with any.
pub(crate) fn read_authorities(
    configuration: &Configuration,
    authorities: &ClientAuthorities,
) -> Result<Option<FollowedAuthorities>> {
    let Some(path) = configuration.mtls.authorities.path() else {
        return Ok(None);
    };
    let mut files = Files::new(&[path]);
    let contents = files.changed()?.unwrap_or_default();
    replace(authorities, &contents)
        .with_context(|| format!("mtls.authorities, {}", path.display()))?;
    Ok(Some(FollowedAuthorities {
        files,
        authorities: authorities.clone(),
    }))
}

/// Lets those vouch for clients that the file has, whenever it changes.
pub(crate) async fn follow_authorities(followed: FollowedAuthorities) {
    let FollowedAuthorities { files, authorities } = followed;
    let what = "the authorities of clients";
    let take = |contents: Contents| replace(&authorities, &contents);
    files.follow(what, take).await;
}

fn replace(authorities: &ClientAuthorities, contents: &Contents) -> Result<()> {
    let text = contents.first().map(|content| content.as_slice());
    authorities.replace(Authorities::parse(text.unwrap_or_default())?);
    Ok(())
}
