//! Questions about several tokens at once, as one text of SQL.

use doorward_core::identifiers::ApiTokenId;

use crate::database::Value;
use crate::value::IntoValue;

/// The most tokens that one question is about.
pub(super) const MOST: usize = 16;

/// The text with the ids of several tokens as its first parameters.
macro_rules! with_ids {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            $after
        )
    };
}
pub(super) use with_ids;

/// The first parameters. Where there are fewer tokens, the first one fills the places: it is found once.
pub(super) fn params(ids: &[ApiTokenId]) -> Vec<Value> {
    let filling = std::iter::repeat(ids.first().copied());
    let ids = ids.iter().copied().map(Some).chain(filling).take(MOST);
    ids.map(|id| id.as_ref().map(ApiTokenId::as_bytes).into_value())
        .collect()
}
