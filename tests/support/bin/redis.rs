//! Starts Redis in every form for all tests at once, says where it is, and ends it when nobody listens any more.
//!
//! It prints one `VARIABLE=URL` a line and then `ready`; the end of its standard input is the end of the servers.

use std::io::{self, copy, sink, stdin};

use doorward_tests::redis::SharedRedis;
use tokio::task::spawn_blocking;

#[tokio::main]
async fn main() -> io::Result<()> {
    let Some(servers) = SharedRedis::start().await else {
        return Err(io::Error::other("Redis or openssl is not installed"));
    };
    for (name, url) in servers.variables() {
        println!("{name}={url}");
    }
    println!("ready");
    spawn_blocking(|| copy(&mut stdin(), &mut sink())).await??;
    Ok(())
}
