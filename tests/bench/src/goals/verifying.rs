//! What an API spends on a signed token beside verifying its signature.

use super::goal::{Bound, Goal};
use crate::verifying::VerifyingCost;

/// How much more than its signature a token may cost, in microseconds.
const MORE: f64 = 5.0;

/// P16: a verified token costs what the verification of its signature does, and 5 µs more.
pub(super) fn overhead(cost: &VerifyingCost) -> Goal {
    let signature = cost.signature_us;
    let subject = format!("a token verified by an API, {}, CPU", cost.algorithm);
    let bound = Bound::AtMost(signature + MORE);
    let goal = Goal::new("P16", subject, cost.token_us, bound);
    goal.in_unit("µs").because(format!(
        "the signature alone takes {signature:.0} µs, and {MORE:.0} µs more"
    ))
}

#[cfg(test)]
mod tests {
    use doorward_core::jose::Algorithm;

    use super::*;

    #[test]
    fn a_token_has_five_microseconds_beside_its_signature() {
        let goal = |token_us| {
            overhead(&VerifyingCost {
                algorithm: Algorithm::Es256,
                token_us,
                signature_us: 40.0,
            })
        };
        assert!(goal(44.9).is_met());
        assert!(!goal(45.1).is_met());
    }
}
