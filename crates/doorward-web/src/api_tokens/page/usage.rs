//! How tokens were used lately.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_core::api_token::usage::{Day, LastUse, Usage};
use doorward_core::identifiers::ApiTokenId;
use doorward_core::network::Network;
use doorward_core::time::Timestamp;

use crate::pages::{self, ApiTokenUsage};
use crate::provider::App;
use crate::refusal::PageError;

/// How many days the picture has, the present one among them.
const DAYS: i64 = 30;

/// How these tokens were used, of those that were.
pub(super) async fn usage(
    app: &App,
    tokens: &[ApiTokenId],
) -> Result<BTreeMap<ApiTokenId, ApiTokenUsage>, PageError> {
    let now = app.now();
    let since = now.minus(Duration::from_hours(24 * DAYS.unsigned_abs()));
    let usages = app.directory.api_tokens().usage(tokens, since).await?;
    let shown = usages.into_iter().map(|(id, usage)| {
        let servers = app.directory.resource_servers().registry();
        let server =
            |used: &LastUse| Some(servers.get(used.resource.as_ref()?)?.resource_name.clone());
        let last = usage.last.as_ref().map(|used| last(used, server(used)));
        let days = days(&usage, now);
        (id, ApiTokenUsage { last, days })
    });
    Ok(shown.collect())
}

fn last(used: &LastUse, server: Option<String>) -> pages::LastUse {
    pages::LastUse {
        at: used.at,
        agent: used.agent.map(|agent| agent.to_string()),
        network: used
            .address
            .map(|address| Network::around(address).to_string()),
        server,
    }
}

/// How often it was used on each of the last days, the present one at the end.
fn days(usage: &Usage, now: Timestamp) -> Vec<u64> {
    let today = Day::of(now).number();
    let days = (today - DAYS + 1..=today).map(Day::from_number);
    let uses = days.map(|day| usage.on(day).map_or(0, |of_day| of_day.uses));
    uses.collect()
}
