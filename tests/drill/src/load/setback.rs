//! What went wrong with a flow, as its client sees it.

use anyhow::Error;
use doorward_tests::load::http::{Broken, Busy};

/// Why a flow did not come to its end.
#[derive(Debug)]
pub(crate) enum Setback {
    /// The provider said when to come again.
    Later,
    /// The provider said that it cannot, and not until when.
    Unable(u16),
    /// No answer came, or half of one.
    Silence,
    /// An answer that a client cannot make sense of.
    Surprise(String),
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        if let Some(busy) = error.downcast_ref::<Busy>() {
            return match busy.retry_after {
                Some(_) => Self::Later,
                None => Self::Unable(busy.status),
            };
        }
        if error.is::<Broken>() {
            return Self::Silence;
        }
        Self::Surprise(format!("{error:#}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_with_and_without_a_time_silence_and_surprises_are_told_apart() {
        let busy = |retry_after: Option<&str>| Busy {
            status: 503,
            retry_after: retry_after.map(str::to_owned),
        };
        assert!(matches!(
            Setback::from(Error::from(busy(Some("1")))),
            Setback::Later
        ));
        assert!(matches!(
            Setback::from(Error::from(busy(None))),
            Setback::Unable(503)
        ));
        assert!(matches!(
            Setback::from(Error::from(Broken::Unanswered)),
            Setback::Silence
        ));
        assert!(matches!(
            Setback::from(Error::msg("what?")),
            Setback::Surprise(_)
        ));
    }
}
