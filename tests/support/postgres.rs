//! PostgreSQL for tests: a schema of a test's own on the server that all of them share.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;

use tokio_postgres::NoTls;

use crate::requirements::needed;

/// An empty schema of one test, which stays behind when the test is over and goes with the server.
#[derive(Clone, Debug)]
pub struct Schema {
    url: String,
}

impl Schema {
    /// Makes a schema on the server at `DOORWARD_TEST_POSTGRES`. `None` where there is none.
    pub async fn new() -> Option<Self> {
        let server = env::var("DOORWARD_TEST_POSTGRES").ok();
        let server = needed("a PostgreSQL server at DOORWARD_TEST_POSTGRES", server)?;
        let name = format!("test_{:016x}", RandomState::new().hash_one("doorward"));
        run(&server, &format!("CREATE SCHEMA {name}")).await;
        Some(Self {
            url: format!("{server}?application_name={name}&options=-c%20search_path%3D{name}"),
        })
    }

    /// The URL of a directory there, as the setting `directory` has it.
    pub fn url(&self) -> String {
        format!("{}&connections=6", self.url)
    }

    /// Where the server is, such as `127.0.0.1:5432`.
    pub fn server(&self) -> String {
        let (_, after) = self.url.split_once('@').expect("the URL names a user");
        let (server, _) = after.split_once('/').expect("the URL names a database");
        server.to_owned()
    }

    /// The URL of the same directory by another way to the server.
    pub fn url_at(&self, address: SocketAddr) -> String {
        self.url().replace(&self.server(), &address.to_string())
    }

    /// Changes the schema behind everybody's back.
    pub async fn meddle(&self, sql: &str) {
        run(&self.url, sql).await;
    }

    /// Ends every connection to it, as a server does that is restarted.
    pub async fn cut(&self) {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE application_name = current_setting('application_name') \
                      AND pid <> pg_backend_pid()";
        run(&self.url, others).await;
    }
}

async fn run(url: &str, sql: &str) {
    let connected = tokio_postgres::connect(url, NoTls).await;
    let (client, connection) = connected.expect("PostgreSQL answers");
    let driven = tokio::spawn(connection);
    client.batch_execute(sql).await.expect("the SQL is right");
    drop(client);
    let ended = driven.await.expect("the connection was driven");
    ended.expect("the connection ends well");
}
