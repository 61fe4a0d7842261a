//! Two nodes on one directory and one Redis.

use doorward_tests::redis::RedisServer;
use doorward_tests::serving::{Application, Installation, Node};

use super::visitor::{PASSWORD, USERNAME};

const CALLBACK: &str = "https://shop.example/callback";

/// Two nodes, somebody, and an application that she signs in to.
pub(super) struct Cluster {
    pub(super) installation: Installation,
    pub(super) one: Node,
    pub(super) other: Node,
    pub(super) shop: Application,
    pub(super) _redis: RedisServer,
}

/// Makes a test of each behaviour for each place that a directory can be in.
macro_rules! on_every_directory {
    ($($behaviour:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    if let Some(cluster) = crate::end_to_end::cluster::Cluster::start("embedded").await {
                        super::$behaviour(cluster).await;
                    }
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    let Some(schema) = doorward_tests::postgres::Schema::new().await else {
                        return;
                    };
                    if let Some(cluster) = crate::end_to_end::cluster::Cluster::start(&schema.url()).await {
                        super::$behaviour(cluster).await;
                    }
                }
            )+
        }
    };
}

impl Cluster {
    pub(super) async fn start(directory: &str) -> Option<Self> {
        let redis = RedisServer::start().await?;
        let sessions = redis.url();
        let settings = format!("directory = \"{directory}\"\nsessions = \"{sessions}\"");
        let installation = Installation::new(&settings)?;
        installation.add_person(USERNAME, PASSWORD).await;
        let shop = installation.add_application("shop", CALLBACK, &[]).await;
        let one = installation.serve().await;
        Some(Self {
            other: installation.serve_for(&one.place.issuer).await,
            one,
            installation,
            shop,
            _redis: redis,
        })
    }
}
