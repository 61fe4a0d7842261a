//! Several masters that share the keys. Each has a connection of its own, so that losing one costs only its keys.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::{Value, cmd};
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::connection::Dialer;
use super::fault::{Effect, Fault};
use super::link::{Direct, Link};
use super::request::Request;
use super::slots::{Slot, Slots};

/// How often a request follows from node to node. Once is usual while a slot moves; the rest is for two moves at once.
const HOPS: usize = 3;

/// How long one node may take to say who has which slots.
const ASKING: Duration = Duration::from_millis(500);

/// How long nobody asks for that again.
const REST: Duration = Duration::from_millis(100);

/// A cluster. Cheap to clone.
#[derive(Clone)]
pub(super) struct Cluster {
    shared: Arc<Shared>,
}

struct Shared {
    dialer: Dialer,
    /// The nodes that the setting names: the first to ask, and the last resort.
    seeds: Vec<Address>,
    map: Mutex<Map>,
    learning: AtomicBool,
}

#[derive(Default)]
struct Map {
    slots: Slots,
    links: HashMap<Address, Arc<Link>>,
}

impl Cluster {
    /// Learns from one of these nodes who has which slots.
    pub(super) async fn join(dialer: Dialer, seeds: Vec<Address>) -> Result<Self, Fault> {
        let cluster = Self {
            shared: Arc::new(Shared {
                dialer,
                seeds,
                map: Mutex::default(),
                learning: AtomicBool::new(false),
            }),
        };
        cluster.shared.learn().await?;
        Ok(cluster)
    }

    /// Asks the node that has the request's key, wherever it went.
    pub(super) async fn ask(&self, request: &Request) -> Result<Value, Fault> {
        let slot = Slot::of(request.key());
        let mut answer = match self.shared.owner(slot) {
            Some(link) => link.ask(request.command()).await,
            None => Err(Fault::new(
                Effect::NotYet,
                "no node of the cluster has the key: see `redis-cli --cluster check`",
            )),
        };
        for _ in 0..HOPS {
            answer = match answer.as_ref().map_err(|fault| &fault.effect) {
                Err(Effect::Moved(to)) => {
                    let link = self.shared.moved(slot, to);
                    self.learn_soon();
                    link.ask(request.command()).await
                }
                Err(Effect::Ask(to)) => {
                    let link = self.shared.link(to);
                    link.ask_redirected(request.command()).await
                }
                _ => break,
            };
        }
        if answer.is_err() {
            self.learn_soon();
        }
        answer
    }

    /// Asks again who has which slots, beside the requests, unless somebody is at it.
    fn learn_soon(&self) {
        if self.shared.learning.swap(true, Ordering::AcqRel) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            // A failure shows in the requests, which lead here again.
            let _ = shared.learn().await;
            sleep(REST).await;
            shared.learning.store(false, Ordering::Release);
        });
    }
}

impl Shared {
    fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn owner(&self, slot: Slot) -> Option<Arc<Link>> {
        let mut map = self.map();
        let owner = map.slots.owner(slot)?.clone();
        Some(map.link(&owner, &self.dialer))
    }

    fn link(&self, to: &Address) -> Arc<Link> {
        self.map().link(to, &self.dialer)
    }

    fn moved(&self, slot: Slot, to: &Address) -> Arc<Link> {
        let mut map = self.map();
        map.slots.note(slot, to.clone());
        map.link(to, &self.dialer)
    }

    /// Asks one node after the other who has which slots, until one answers.
    async fn learn(&self) -> Result<(), Fault> {
        let mut fault = Fault::new(Effect::Refused, "the cluster has no nodes");
        for node in self.known() {
            match timeout(ASKING, self.told_by(&node)).await {
                Ok(Ok(slots)) => {
                    self.map().adopt(slots);
                    return Ok(());
                }
                Ok(Err(failed)) => fault = failed,
                Err(_) => fault = Fault::late(&node),
            }
        }
        Err(fault)
    }

    fn known(&self) -> HashSet<Address> {
        let map = self.map();
        map.slots.owners().chain(&self.seeds).cloned().collect()
    }

    async fn told_by(&self, node: &Address) -> Result<Slots, Fault> {
        let answer = self.link(node).ask(cmd("CLUSTER").arg("SLOTS")).await?;
        Slots::parse(answer, node).ok_or_else(|| {
            let reason = format!("{node} says nothing that is understood about its cluster");
            Fault::new(Effect::Refused, reason)
        })
    }
}

impl Map {
    fn link(&mut self, to: &Address, dialer: &Dialer) -> Arc<Link> {
        let make = || {
            Arc::new(Link::new(Direct {
                dialer: dialer.clone(),
                address: to.clone(),
            }))
        };
        Arc::clone(self.links.entry(to.clone()).or_insert_with(make))
    }

    /// Takes over who has which slots, and lets go of nodes that have none.
    fn adopt(&mut self, slots: Slots) {
        let owners: HashSet<&Address> = slots.owners().collect();
        self.links.retain(|address, _| owners.contains(address));
        self.slots = slots;
    }
}
