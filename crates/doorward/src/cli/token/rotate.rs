//! `doorward token rotate`

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::api_token::{Issuer, Lifetime, Rotation, rotate};
use doorward_core::event::ApiTokenChange;
use doorward_core::secret::Secret;

use super::view::Shown;
use super::{Id, found, lifetime, record, span, with};
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date};

pub(super) const EXAMPLES: &str = "\
Examples:
  doorward token rotate 0192f0c1-0000-7000-8000-000000000000
  doorward token rotate 0192f0c1-0000-7000-8000-000000000000 --overlap 7d --expires 90d
  doorward token rotate 0192f0c1-0000-7000-8000-000000000000 --overlap 0s    when it has leaked

Only one secret before goes on: rotating again within the overlap ends the one before that at once.";

#[derive(Debug, Args)]
pub(in crate::cli) struct Rotate {
    #[command(flatten)]
    token: Id,
    /// How long the secret before goes on working [default: 24h, or less where the configuration says so]
    #[arg(long, value_name = "TIME", value_parser = span)]
    overlap: Option<Duration>,
    /// How long the token works from now on, such as 30d, or never where the configuration allows that [default: as long as it was made for]
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    expires: Option<Lifetime>,
}

impl Rotate {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let before = found(self.token.id, admin).await?;
        let (policy, now) = (admin.configuration.api_tokens.policy(), admin.now());
        let rotation = Rotation {
            by: Issuer::Somebody,
            overlap: self.overlap.unwrap_or(policy.default_overlap()),
            lifetime: self.expires.unwrap_or_default(),
        };
        let rotated = rotate(&before, rotation, &policy, now);
        let (token, ends_at) = rotated.context("the token is not rotated")?;
        let secret = Secret::generate(token.kind().secret(), &*admin.random);
        let tokens = admin.directory.api_tokens();
        let done = tokens.rotate(&before.token, &token, &secret, ends_at);
        ensure!(
            done.await?,
            "somebody changed the token at the same time; look at it, and try again"
        );
        let found = with(before, &token);
        record("token rotate", &found, ApiTokenChange::Rotated, admin).await?;
        let until = if ends_at > now {
            format!("\nThe one before works until {}.", date(ends_at))
        } else {
            "\nThe one before works no more.".to_owned()
        };
        let shown = Shown::of(found, admin).await?;
        shown.answer_with(&secret, now, &until)
    }
}
