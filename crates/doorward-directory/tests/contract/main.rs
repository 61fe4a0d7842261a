//! What every database behind the directory must do, aggregate by aggregate.
//!
//! Each behaviour takes an empty store; [`contract!`] runs it on every backend.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::allow_attributes,
    reason = "tests fail by panicking"
)]

/// Makes a test of each behaviour for each backend. A new backend is one line here and one function in `support`.
macro_rules! contract {
    ($($behaviour:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $behaviour() {
                    super::$behaviour(crate::support::sqlite().await).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $behaviour() {
                    if let Some(store) = crate::support::postgres().await {
                        super::$behaviour(store).await;
                    }
                }
            )+
        }
    };
}

mod access_tokens;
mod api_token_uses;
mod api_tokens;
mod assertion_issuers;
mod bad_rows;
mod clients;
mod consents;
mod documents;
mod durability;
mod dynamic_clients;
mod events;
mod grants;
mod groups;
mod keys;
mod lease;
mod logout_deliveries;
mod people;
mod races;
mod resource_servers;
mod root_key;
mod sessions;
mod sites;
mod status_lists;
mod support;
mod sweep;
mod transfer;
