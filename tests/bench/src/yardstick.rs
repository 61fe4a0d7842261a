//! What this machine can do at best: signatures and password hashes, measured beside the servers.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use argon2::{Algorithm as Variant, Argon2, Block, Params, Version};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use crate::{
    cell::median,
    signature::{Algorithm, SigningKey},
};

/// The cost of passwords: memory in KiB, passes, lanes.
const PASSWORD_COST: (u32, u32, u32) = (19_456, 2, 1);

/// The memory of one password hash, in megabytes.
pub(crate) const PASSWORD_MEGABYTES: f64 = 19.0;

/// The size of a JWT's header and claims, which are what is signed.
pub(crate) const MESSAGE: [u8; 400] = [b'x'; 400];

/// The machine's limits.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Yardstick {
    /// The processor time of an RS256 signature.
    rs256_us: f64,
    /// The processor time of an ES256 signature.
    es256_us: f64,
    /// The processor time of an `EdDSA` signature.
    eddsa_us: f64,
    /// The processor time of checking an RS256 signature.
    rs256_check_us: f64,
    /// The processor time of checking an ES256 signature.
    es256_check_us: f64,
    /// The processor time of checking an `EdDSA` signature.
    eddsa_check_us: f64,
    /// Password hashes per second on one core.
    pub(crate) hashes_one_core: f64,
    /// Password hashes per second on all cores.
    pub(crate) hashes_all_cores: f64,
}

impl Yardstick {
    /// Measures the limits, each for `length`.
    pub(crate) fn measure(cores: usize, length: Duration) -> anyhow::Result<Self> {
        Ok(Self {
            rs256_us: signature_us(Algorithm::Rs256, length)?,
            es256_us: signature_us(Algorithm::Es256, length)?,
            eddsa_us: signature_us(Algorithm::EdDsa, length)?,
            rs256_check_us: check_us(Algorithm::Rs256, length)?,
            es256_check_us: check_us(Algorithm::Es256, length)?,
            eddsa_check_us: check_us(Algorithm::EdDsa, length)?,
            hashes_one_core: hashes_per_second(1, length)?,
            hashes_all_cores: hashes_per_second(cores, length)?,
        })
    }

    /// The median of several measurements, limit by limit.
    pub(crate) fn median(of: &[Self]) -> Option<Self> {
        let limit = |limit: fn(&Self) -> f64| median(of.iter().map(limit));
        Some(Self {
            rs256_us: limit(|of| of.rs256_us)?,
            es256_us: limit(|of| of.es256_us)?,
            eddsa_us: limit(|of| of.eddsa_us)?,
            rs256_check_us: limit(|of| of.rs256_check_us)?,
            es256_check_us: limit(|of| of.es256_check_us)?,
            eddsa_check_us: limit(|of| of.eddsa_check_us)?,
            hashes_one_core: limit(|of| of.hashes_one_core)?,
            hashes_all_cores: limit(|of| of.hashes_all_cores)?,
        })
    }

    /// The processor time of one signature in microseconds.
    pub(crate) fn signature_us(&self, algorithm: Algorithm) -> f64 {
        match algorithm {
            Algorithm::Rs256 => self.rs256_us,
            Algorithm::Es256 => self.es256_us,
            Algorithm::EdDsa => self.eddsa_us,
        }
    }

    /// The processor time of checking one signature in microseconds.
    pub(crate) fn check_us(&self, algorithm: Algorithm) -> f64 {
        match algorithm {
            Algorithm::Rs256 => self.rs256_check_us,
            Algorithm::Es256 => self.es256_check_us,
            Algorithm::EdDsa => self.eddsa_check_us,
        }
    }

    /// The time of one password hash in milliseconds.
    pub(crate) fn hash_ms(&self) -> f64 {
        1e3 / self.hashes_one_core
    }
}

fn signature_us(algorithm: Algorithm, length: Duration) -> anyhow::Result<f64> {
    let key = SigningKey::generate(algorithm)?;
    mean_us(length, || {
        black_box(key.sign(black_box(&MESSAGE))?);
        Ok(())
    })
}

fn check_us(algorithm: Algorithm, length: Duration) -> anyhow::Result<f64> {
    let key = SigningKey::generate(algorithm)?;
    let signature = key.sign(&MESSAGE)?;
    mean_us(length, || key.verify(black_box(&MESSAGE), &signature))
}

/// Processor time, not time by the wall: the goals compare it with processor time.
fn mean_us(length: Duration, work: impl Fn() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (begun, used_before) = (Instant::now(), processor_time()?);
    let mut times = 0_u32;
    while begun.elapsed() < length {
        work()?;
        times += 1;
    }
    let used = processor_time()?.saturating_sub(used_before);
    Ok(used.as_secs_f64() * 1e6 / f64::from(times))
}

/// What this thread has used.
pub(crate) fn processor_time() -> anyhow::Result<Duration> {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(used).context("the thread's processor time")
}

fn hashes_per_second(threads: usize, length: Duration) -> anyhow::Result<f64> {
    let over = AtomicBool::new(false);
    let hashes = AtomicU32::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| hash_until(&over, &hashes)))
            .collect();
        thread::sleep(length);
        over.store(true, Ordering::Relaxed);
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .map_err(|_| anyhow!("a hashing thread panicked"))?
        })
    })?;
    Ok(f64::from(hashes.into_inner()) / begun.elapsed().as_secs_f64())
}

/// Hashes a password again and again in the same memory. Every thread ends its last hash, and is timed till then.
fn hash_until(over: &AtomicBool, hashes: &AtomicU32) -> anyhow::Result<()> {
    let (memory, passes, lanes) = PASSWORD_COST;
    let cost = Params::new(memory, passes, lanes, None).context("the cost of passwords")?;
    let mut blocks = vec![Block::default(); cost.block_count()];
    let argon2 = Argon2::new(Variant::Argon2id, Version::V0x13, cost);
    let mut hash = [0; 32];
    while !over.load(Ordering::Relaxed) {
        argon2
            .hash_password_into_with_memory(
                b"a password",
                b"sixteen of salt!",
                &mut hash,
                &mut blocks,
            )
            .context("cannot hash")?;
        black_box(&hash);
        hashes.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
