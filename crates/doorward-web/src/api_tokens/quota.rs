//! How often a token may be used, counted in the session store, so that it holds on all nodes together.

use doorward_core::api_token::{ApiToken, QuotaExceeded};

use crate::provider::App;
use crate::refusal::{BearerError, Failed};

/// Counts a use against the token's quota. A token without one costs nothing.
pub(crate) async fn count(app: &App, token: &ApiToken) -> Result<(), BearerError> {
    for (span, most) in token.quota.limits() {
        let length = span.length();
        let number = app.now().as_millis() / i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        let key = format!("{}:{}:{number}", token.id, span.as_str());
        let count = app.sessions.add("api-token-quota", &key, length).await;
        let count = count.map_err(Failed::from)?;
        QuotaExceeded::unless_within(span, most, count)
            .map_err(|exceeded| super::check::refused(exceeded.into()))?;
    }
    Ok(())
}
