//! How long a node takes to see that one client of many has changed, beside how long it takes to read all of them.
//!
//! `cargo run --release -p doorward-directory --example change_of_a_client [CLIENTS] [postgres://…]`; without a URL in a SQLite file
//! that is made for it. A PostgreSQL database must be empty, and keeps the clients.
#![expect(clippy::disallowed_methods, reason = "it measures real time")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_core::client::Client;
use doorward_directory::clients::Added;
use doorward_directory::{Directory, Failure, Location};
use serde_json::json;
use tokio::task::JoinSet;

/// How many clients are added at once.
const AT_ONCE: usize = 64;

/// How often a change is measured; the median counts.
const TIMES: usize = 101;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let clients = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let place = arguments.next();
    let place = place.as_deref().unwrap_or("embedded");
    let location = Location::parse(place, folder.path())?;

    let writer = Directory::open(&location).await?;
    fill(&writer, clients).await?;
    let (reader, opened) = measured(Directory::open(&location)).await?;
    println!("{clients} clients");
    println!("reading all of them: {opened:?}");
    let (mut written, mut seen) = (Vec::new(), Vec::new());
    for at in 0..TIMES {
        let (write, read) = change(&writer, &reader, at * clients / TIMES, at).await?;
        written.push(write);
        seen.push(read);
    }
    println!("changing one: {:?}", median(written));
    println!("reading it on another node: {:?}", median(seen));
    Ok(())
}

fn client(at: usize, name: &str) -> Outcome<Client> {
    Ok(serde_json::from_value(json!({
        "client_id": format!("client-{at}"),
        "client_name": name,
        "token_endpoint_auth_method": "client_secret_basic",
        "secrets": [],
        "redirect_uris": [format!("https://client-{at}.example/callback")],
        "post_logout_redirect_uris": [],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
        "consent": "ask",
        "pkce": "required",
        "id_token_signed_response_alg": "RS256",
        "access_token_signed_response_alg": "ES256",
        "created_at": 1_700_000_000_000_i64,
    }))?)
}

async fn fill(directory: &Directory, clients: usize) -> Outcome<()> {
    let mut adding = JoinSet::new();
    for lane in 0..AT_ONCE {
        let directory = directory.clone();
        adding.spawn(async move {
            for at in (lane..clients).step_by(AT_ONCE) {
                let added = directory.clients().add(&client(at, "before")?).await?;
                if added == Added::Taken {
                    return Err("the directory is not empty".into());
                }
            }
            Outcome::Ok(())
        });
    }
    while let Some(lane) = adding.join_next().await {
        lane??;
    }
    Ok(())
}

/// How long it took to change a client, and to see that elsewhere.
async fn change(
    writer: &Directory,
    reader: &Directory,
    client: usize,
    at: usize,
) -> Outcome<(Duration, Duration)> {
    let name = format!("after {at}");
    let id = format!("client-{client}").parse()?;
    let changing = writer.clients();
    let changing = changing.update::<Failure>(&id, |present| {
        Ok(Client {
            client_name: name.clone(),
            ..present.clone()
        })
    });
    let (_updated, written) = measured(changing).await?;
    let (_changed, seen) = measured(reader.refresh()).await?;
    let known = reader.clients().client(&id);
    match known.as_ref().map(Arc::as_ref) {
        Some(known) if known.client_name == name => Ok((written, seen)),
        _ => Err("the change is not seen".into()),
    }
}

async fn measured<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<(T, Duration), E> {
    let began = Instant::now();
    let done = work.await?;
    Ok((done, began.elapsed()))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
