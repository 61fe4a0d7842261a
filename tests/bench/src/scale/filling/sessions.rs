//! Cookies into the session store, through the product's own store: it alone knows how entries are sealed.

use std::{cell::RefCell, rc::Rc, time::Duration};

use anyhow::ensure;
use doorward::provider::Ambient;
use doorward_core::seal::RootKey;
use doorward_sessions::{Inserted, Location, Store};
use indicatif::ProgressBar;
use tokio::task::JoinSet;

use crate::scale::{
    cookie::{self, Cookie},
    population::Visit,
};

/// Insertions on their way at the same time, so that many share a commit or a packet.
const AT_ONCE: usize = 256;

/// How long entries live: as long as the session itself may, in the settings under test.
const TTL: Duration = Duration::from_hours(30 * 24);

/// The session store at `location`, sealed with what comes of `root`.
pub(crate) async fn open(location: &Location, root: &RootKey) -> anyhow::Result<Store> {
    let Ambient { clock, random, .. } = Ambient::default();
    let backend = doorward_sessions::open(location, clock).await?;
    Ok(Store::new(backend, root.sealer(cookie::KIND), random))
}

/// Puts the cookies of these sessions into the store. Must be called inside a `LocalSet`.
pub(crate) async fn put(
    store: &Store,
    visits: impl Iterator<Item = Visit> + 'static,
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    let visits = Rc::new(RefCell::new(visits));
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (store, visits, progress) = (store.clone(), Rc::clone(&visits), progress.clone());
        workers.spawn_local(async move {
            while let Some(visit) = next(&visits) {
                insert(&store, visit).await?;
                progress.inc(1);
            }
            anyhow::Ok(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(())
}

fn next(visits: &RefCell<impl Iterator<Item = Visit>>) -> Option<Visit> {
    visits.borrow_mut().next()
}

async fn insert(store: &Store, visit: Visit) -> anyhow::Result<()> {
    let Cookie { value, entry } = Cookie::of(visit);
    let inserted = store.insert(cookie::KIND, &value, &entry, TTL).await?;
    ensure!(inserted == Inserted::New, "a cookie was made twice");
    Ok(())
}
