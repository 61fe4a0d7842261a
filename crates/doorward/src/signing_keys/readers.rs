//! Which applications need to know a key, and which of them were seen to.

use std::collections::BTreeSet;

use doorward_core::Timestamp;
use doorward_core::jose::Algorithm;
use doorward_core::keys::{
    Awaiting, IN_USE, Key, Schedule, Sighting, Uptake, Way, client_reads, server_reads,
};
use doorward_directory::{Directory, Failure};

/// The applications that are in use, and what was seen of their fetches of the key set.
pub(crate) struct Readers {
    sightings: Vec<Sighting>,
    in_use: BTreeSet<String>,
    directory: Directory,
}

impl Readers {
    /// Those that are in use at `now`.
    pub(crate) async fn load(directory: &Directory, now: Timestamp) -> Result<Self, Failure> {
        let sightings = directory.keys().sightings().await?;
        let since = now.minus(IN_USE);
        let seen = sightings
            .iter()
            .filter(|sighting| sighting.way != Way::UserAgent && sighting.seen_at >= since);
        let mut in_use: BTreeSet<String> = seen.map(|seen| seen.application.clone()).collect();
        let allowed = directory.grants().clients_in_force(now).await?;
        in_use.extend(allowed.iter().map(ToString::to_string));
        Ok(Self {
            sightings,
            in_use,
            directory: directory.clone(),
        })
    }

    /// The applications that verify what is signed with `algorithm`: clients that are in use, and every resource server.
    pub(crate) fn of(&self, algorithm: Algorithm) -> Vec<String> {
        let clients = self.directory.clients().list();
        let of_clients: BTreeSet<Algorithm> = clients
            .iter()
            .map(|client| client.access_token_signed_response_alg)
            .collect();
        let clients = clients
            .into_iter()
            .filter(|client| client_reads(client, algorithm))
            .map(|client| client.client_id.to_string())
            .filter(|id| self.in_use.contains(id));
        let servers = self.directory.resource_servers().registry();
        let servers = servers
            .iter()
            .filter(|server| server_reads(server, algorithm, &of_clients))
            .map(|server| server.resource.to_string());
        clients.chain(servers).collect()
    }

    /// Those who fetched the key set lately and did not say who they are, the latest first.
    pub(crate) fn strangers(&self) -> Vec<&Sighting> {
        let strangers = self.sightings.iter();
        let mut strangers: Vec<&Sighting> = strangers
            .filter(|sighting| sighting.way == Way::UserAgent)
            .collect();
        strangers.sort_by_key(|sighting| std::cmp::Reverse(sighting.seen_at));
        strangers
    }

    /// The keys that wait for applications, and what is known of each of those.
    pub(crate) fn waiting(
        &self,
        algorithms: &[Algorithm],
        keys: &[Key],
        schedule: &Schedule,
    ) -> Vec<(Awaiting, Vec<Uptake>)> {
        let waiting = algorithms.iter().filter_map(|algorithm| {
            let awaiting = Awaiting::of(*algorithm, keys, schedule)?;
            let key = keys.iter().find(|key| key.kid == awaiting.kid)?;
            let uptake = self.uptake(key);
            Some((awaiting, uptake))
        });
        waiting.collect()
    }

    /// What is known of each of them and a key.
    pub(crate) fn uptake(&self, key: &Key) -> Vec<Uptake> {
        let published_at = key.life.moments().published_at;
        Uptake::of(published_at, &self.of(key.algorithm), &self.sightings)
    }
}
