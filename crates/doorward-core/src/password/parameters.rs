//! How much work a password hash is ([RFC 9106 section 4](https://www.rfc-editor.org/rfc/rfc9106#section-4)).

use argon2::{Algorithm, Argon2, Params, Version};

/// How much work an Argon2id hash is. Below the floor that OWASP recommends there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

/// Parameters that would make passwords too easy to guess, or logins a way to exhaust the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParametersRefused {
    /// The memory is out of bounds.
    #[error("the memory of a password hash must be 19456 to 1048576 KiB")]
    Memory,
    /// The number of iterations is out of bounds.
    #[error("the iterations of a password hash must be 2 to 16")]
    Iterations,
    /// The parallelism is out of bounds.
    #[error("the parallelism of a password hash must be 1 to 16")]
    Parallelism,
}

impl Parameters {
    /// The floor: 19 MiB, two iterations, one lane.
    pub const FLOOR: Self = Self {
        memory_kib: 19_456,
        iterations: 2,
        parallelism: 1,
    };

    /// The ceiling: a hash above it would hold up everybody else.
    const CEILING: Self = Self {
        memory_kib: 1_048_576,
        iterations: 16,
        parallelism: 16,
    };

    /// Parameters between the floor and 1 GiB, 16 iterations and 16 lanes.
    pub fn parse(
        memory_kib: u32,
        iterations: u32,
        parallelism: u32,
    ) -> Result<Self, ParametersRefused> {
        let (floor, ceiling) = (Self::FLOOR, Self::CEILING);
        if !(floor.memory_kib..=ceiling.memory_kib).contains(&memory_kib) {
            return Err(ParametersRefused::Memory);
        }
        if !(floor.iterations..=ceiling.iterations).contains(&iterations) {
            return Err(ParametersRefused::Iterations);
        }
        if !(floor.parallelism..=ceiling.parallelism).contains(&parallelism) {
            return Err(ParametersRefused::Parallelism);
        }
        Ok(Self {
            memory_kib,
            iterations,
            parallelism,
        })
    }

    /// The parameters of a stored hash, which may be below the floor of today; `None` above the ceiling.
    pub(super) fn of_stored(params: &Params) -> Option<Self> {
        let stored = Self {
            memory_kib: params.m_cost(),
            iterations: params.t_cost(),
            parallelism: params.p_cost(),
        };
        let ceiling = Self::CEILING;
        let bearable = stored.memory_kib <= ceiling.memory_kib
            && stored.iterations <= ceiling.iterations
            && stored.parallelism <= ceiling.parallelism;
        bearable.then_some(stored)
    }

    /// Memory, in KiB.
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub const fn iterations(self) -> u32 {
        self.iterations
    }

    /// Lanes of the memory.
    pub const fn parallelism(self) -> u32 {
        self.parallelism
    }

    /// Whether a hash with these is easier to guess than one with `wanted`.
    pub(super) const fn is_weaker_than(self, wanted: Self) -> bool {
        self.memory_kib < wanted.memory_kib || self.iterations < wanted.iterations
    }

    /// The function of these parameters.
    pub(super) fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.iterations, self.parallelism, None)
            .unwrap_or_else(|_| {
                unreachable!("Argon2 knows all parameters between floor and ceiling")
            });
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Self::FLOOR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_weak_nor_ruinous_parameters_are_taken() {
        for (memory, iterations, parallelism, expected) in [
            (19_456, 2, 1, None),
            (65_536, 3, 4, None),
            (1_048_576, 16, 16, None),
            (19_455, 2, 1, Some(ParametersRefused::Memory)),
            (1_048_577, 2, 1, Some(ParametersRefused::Memory)),
            (19_456, 1, 1, Some(ParametersRefused::Iterations)),
            (19_456, 17, 1, Some(ParametersRefused::Iterations)),
            (19_456, 2, 0, Some(ParametersRefused::Parallelism)),
            (19_456, 2, 17, Some(ParametersRefused::Parallelism)),
        ] {
            let parsed = Parameters::parse(memory, iterations, parallelism);
            assert_eq!(
                parsed.err(),
                expected,
                "{memory} {iterations} {parallelism}"
            );
        }
    }
}
