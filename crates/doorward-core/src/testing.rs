//! What the tests of this crate share.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};

use crate::random::Random;

/// Bytes that look random and are the same in every run.
#[derive(Default)]
pub(crate) struct FixedRandom(AtomicU64);

impl Random for FixedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let counter = self.0.fetch_add(1, Ordering::Relaxed);
            let block = digest(&SHA256, &counter.to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(block.as_ref()) {
                *byte = *random;
            }
        }
    }
}
