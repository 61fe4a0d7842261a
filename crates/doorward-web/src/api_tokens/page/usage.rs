//! How tokens were used lately.

use std::collections::BTreeMap;

use doorward_core::identifiers::ApiTokenId;

use crate::pages::ApiTokenUsage;
use crate::provider::App;
use crate::refusal::PageError;

/// How these tokens were used, of those that were.
pub(super) async fn usage(
    _app: &App,
    _tokens: &[ApiTokenId],
) -> Result<BTreeMap<ApiTokenId, ApiTokenUsage>, PageError> {
    Ok(BTreeMap::new())
}
