//! What is written into a node's `doorward.toml`.

use std::fmt::Write as _;
use std::path::Path;

use url::Url;

/// What a cluster is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To look at.
    Show,
    /// To be broken. All of its people come from one address, which the usual limits would stop.
    Drill,
}

/// Where state is, as URLs, which hold passwords.
#[derive(Clone, Debug)]
pub(crate) struct Stores {
    /// The directory.
    pub(crate) directory: String,
    /// The session store.
    pub(crate) sessions: String,
}

impl Stores {
    /// Files of the node's own.
    pub(crate) fn embedded() -> Self {
        Self {
            directory: "embedded".to_owned(),
            sessions: "embedded".to_owned(),
        }
    }
}

/// Limits that a drill does not meet, access tokens that outlive it, and the longest time in which an answer that was missed
/// can be had again.
const FOR_DRILL: &str = "
[tokens]
access_token = \"1h\"
refresh_grace = \"30s\"

[registration]
access = \"open\"

[limits]
registrations_per_hour_and_address = 100000
failed_sign_ins_per_minute_and_address = 100000
sign_in_attempts_per_account = 1000
authorization_requests_per_minute_and_address = 1000000
";

/// The settings of a node.
pub(crate) fn text(issuer: &Url, data: &Path, stores: &Stores, purpose: Purpose) -> String {
    let Stores {
        directory,
        sessions,
    } = stores;
    let mut text = format!(
        "issuer = \"{}\"\ndata = \"{}\"\ndirectory = \"{directory}\"\nsessions = \"{sessions}\"\n\n\
         [proxy]\ntrusted = [\"127.0.0.1/32\"]\n\n[stop]\npause = \"2s\"\n\n[log]\nformat = \"json\"\n",
        issuer.as_str().trim_end_matches('/'),
        data.display(),
    );
    if purpose == Purpose::Drill {
        // Writing to a string cannot fail.
        let _ = text.write_str(FOR_DRILL);
    }
    text
}
