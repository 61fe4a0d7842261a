//! What ends with a bad key, and what the owners of applications should be told.

use std::time::Duration;

use anyhow::Result;
use doorward_core::keys::Key;
use serde_json::{Value, json};

use crate::cli::administration::Administration;

/// The longest that an access token or an ID Token lives.
const LONGEST: Duration = Duration::from_hours(1);

/// What ends with bad keys.
pub(super) struct Emergency {
    issuer: String,
    kids: Vec<String>,
    /// How often tokens were issued that may not have expired: at most so many end.
    issued: u64,
}

impl Emergency {
    /// What ends with the keys of `revoked`; nothing where there is none.
    pub(super) async fn of(admin: &Administration, revoked: &[&Key]) -> Result<Option<Self>> {
        if revoked.is_empty() {
            return Ok(None);
        }
        let since = admin.now().minus(LONGEST);
        Ok(Some(Self {
            issuer: admin.configuration.server.issuer.as_str().to_owned(),
            kids: revoked.iter().map(|key| key.kid.clone()).collect(),
            issued: admin.directory.events().issued_since(since).await?,
        }))
    }

    pub(super) fn in_words(&self) -> String {
        let Self {
            issuer,
            kids,
            issued,
        } = self;
        let kids = kids.join(", ");
        format!(
            "\
Nothing that was signed with {kids} is good any more at Doorward: within a second on all
nodes, and no node that is cut off for five minutes goes on signing. Tokens were issued
{issued} times within the last hour; so many access tokens and ID tokens end, at most.
Sessions and refresh tokens go on: they are not signed, and bring new tokens.

Tell the owners of your applications:

  The key {kids} of {issuer} must not be trusted any more.
  Fetch {issuer}/jwks again now, and refuse whatever names this key. Most libraries do so
  by themselves when they meet a token with a new key; where yours keeps keys for longer,
  restart the application. Whoever accepted tokens of this key since it leaked should look
  at what they were used for."
        )
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"keys": self.kids, "tokens_at_most": self.issued})
    }
}
