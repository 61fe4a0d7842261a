//! What a token costs beside its signature.

use doorward_core::jose::Algorithm;

use super::goal::{Bound, Goal};
use crate::signing::SigningCost;

/// P13: a signed token costs what OpenSSL's signature does, and a twentieth more with RSA or 15 µs more on a curve.
pub(super) fn overhead(cost: &SigningCost) -> Goal {
    let openssl = cost.openssl_us;
    let (bound, more) = match cost.algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 => (1.05 * openssl, "5 %"),
        _ => (openssl + 15.0, "15 µs"),
    };
    let subject = format!("a token signed with {}, CPU", cost.algorithm);
    let goal = Goal::new("P13", subject, cost.token_us, Bound::AtMost(bound));
    goal.in_unit("µs")
        .because(format!("OpenSSL signs in {openssl:.0} µs, and {more} more"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rsa_has_a_share_and_curves_have_microseconds() {
        let goal = |algorithm, token_us, openssl_us| {
            overhead(&SigningCost {
                algorithm,
                token_us,
                openssl_us,
            })
        };
        assert!(goal(Algorithm::Rs256, 1049.0, 1000.0).is_met());
        assert!(!goal(Algorithm::Rs256, 1051.0, 1000.0).is_met());
        assert!(goal(Algorithm::EdDsa, 54.0, 40.0).is_met());
        assert!(!goal(Algorithm::EdDsa, 56.0, 40.0).is_met());
    }
}
