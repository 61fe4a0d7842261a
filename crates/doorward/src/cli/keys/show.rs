//! `doorward keys show`

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;

use super::list::member;
use super::status::{applications, members};
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date, facts};
use crate::signing_keys::Readers;

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The key, as `keys list` shows it
    #[arg(value_name = "KID")]
    kid: String,
}

impl Show {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let now = admin.now();
        let keys = admin.directory.keys().read().await?.keys;
        let key = keys.into_iter().find(|key| key.kid == self.kid);
        let key = key.with_context(|| {
            format!(
                "there is no signing key {}; `doorward keys list` shows those there are",
                self.kid
            )
        })?;
        let readers = Readers::load(&admin.directory, now).await?;
        let uptake = readers.uptake(&key.as_key());
        let moments = key.life.moments();
        let text = facts(&[
            ("kid", Some(key.kid.clone())),
            ("algorithm", Some(key.algorithm.to_string())),
            ("state", Some(key.life.stage(now).to_string())),
            ("made", Some(date(key.created_at))),
            ("published", Some(date(moments.published_at))),
            ("signs from", moments.signs_from.map(date)),
            ("signs until", moments.signs_until.map(date)),
            ("gone", moments.gone_at.map(date)),
        ]);
        let mut value = member(&key, now);
        if let Some(of_key) = value.as_object_mut() {
            of_key.insert("applications".to_owned(), json!(members(&uptake)));
        }
        Ok(Answer::new(
            &value,
            format!("{text}\n\n{}", applications(&uptake)),
        )?)
    }
}
