//! Changes that are decided on what is there, and written only while that is still there: of changes that come at once none is lost.

use std::sync::Arc;

use crate::clients::Updated;
use crate::failure::Failure;

/// How often a change is decided anew when another one came first.
const ATTEMPTS: u32 = 10;

/// Where one value is.
pub(crate) trait Place: Sync {
    /// What is there.
    type Value: PartialEq + Send + Sync;
    /// What tells this value from those before and after it.
    type Mark: Send;

    /// What is there now.
    fn read(&self) -> impl Future<Output = Result<Option<Present<Self>>, Failure>> + Send;

    /// Writes `value` if what is there has this mark still; `false` when it has not.
    fn write(
        &self,
        value: &Self::Value,
        mark: Self::Mark,
    ) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// What operators call it.
    fn name(&self) -> String;
}

/// A value and its mark.
pub(crate) type Present<P> = (Arc<<P as Place>::Value>, <P as Place>::Mark);

/// Puts what `decide` makes of the value at `place` there, unless that is the same. Who comes later decides anew, on what the
/// earlier ones made.
pub(crate) async fn change<P: Place, E: From<Failure>>(
    place: P,
    mut decide: impl FnMut(&P::Value) -> Result<P::Value, E> + Send,
) -> Result<Updated<P::Value>, E> {
    for _ in 0..ATTEMPTS {
        let Some((before, mark)) = place.read().await? else {
            return Ok(Updated::Absent);
        };
        let value = decide(&before)?;
        if value == *before {
            return Ok(Updated::Unchanged(before));
        }
        if place.write(&value, mark).await? {
            return Ok(Updated::Updated(Arc::new(value)));
        }
    }
    let name = place.name();
    let reason = format!("others changed {name} each time that it was to be changed");
    Err(Failure::Unavailable(reason).into())
}
