//! Where randomness comes from.

/// A source of random bytes fit for secrets: the operating system's in the binary.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes` with randomness that nobody can predict.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
