//! What is measured at each size, and one measurement of it.

use std::{fmt, rc::Rc};

use super::{
    figures::Figures,
    operation::{CodeFlow, Logout, Place, Refreshing, SignIn, UserInfo},
    people::Share,
    usage::Shares,
    world::World,
};
use crate::{
    driver::{Load, Window, drive_watched},
    operation::{Fetch, Operation},
    relying_party::Endpoints,
};

/// What people and clients ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// The discovery document.
    Discovery,
    /// A code in a live session, and its exchange.
    CodeFlow,
    /// The next tokens for a refresh token.
    Refresh,
    /// Who an access token speaks for.
    UserInfo,
    /// A password in a fresh browser, up to the code.
    SignIn,
    /// The question and its answer.
    Logout,
}

impl Endpoint {
    /// All of them, in the order in which they are measured.
    pub(crate) const ALL: [Self; 6] = [
        Self::Discovery,
        Self::CodeFlow,
        Self::Refresh,
        Self::UserInfo,
        Self::SignIn,
        Self::Logout,
    ];

    /// How many workers ask at one node at the same time: few, so that its answer is timed and not the queue before it.
    pub(crate) const fn workers(self) -> u32 {
        match self {
            Self::SignIn => 2,
            _ => 4,
        }
    }

    /// Measures it once, at the first node.
    pub(crate) async fn measure(
        self,
        world: &Rc<World>,
        window: Window,
    ) -> anyhow::Result<Figures> {
        self.measure_with(Self::places(world, 1, self.workers()), world, window)
            .await
    }

    /// Measures it once, with the load of two nodes shared out between the first `nodes`.
    pub(crate) async fn measure_at(
        self,
        world: &Rc<World>,
        nodes: usize,
        window: Window,
    ) -> anyhow::Result<Figures> {
        let places = Self::places(world, nodes, 2 * self.workers());
        self.measure_with(places, world, window).await
    }

    async fn measure_with(
        self,
        places: Vec<Place>,
        world: &Rc<World>,
        window: Window,
    ) -> anyhow::Result<Figures> {
        let load = match self {
            Self::Discovery => {
                let mut workers = Vec::new();
                for place in places {
                    workers.push(Fetch::prepare(place.node, Endpoints::DISCOVERY).await?);
                }
                load(world, workers, window).await
            }
            Self::UserInfo => {
                let mut workers = Vec::new();
                for place in places {
                    workers.push(UserInfo::prepare(place).await?);
                }
                load(world, workers, window).await
            }
            Self::CodeFlow => load(world, staff(places, CodeFlow::new), window).await,
            Self::Refresh => load(world, staff(places, Refreshing::new), window).await,
            Self::SignIn => load(world, staff(places, SignIn::new), window).await,
            Self::Logout => load(world, staff(places, Logout::new), window).await,
        };
        Ok(Figures::of(&load?))
    }

    fn places(world: &Rc<World>, nodes: usize, workers: u32) -> Vec<Place> {
        let nodes: Vec<_> = world.addresses().into_iter().take(nodes).collect();
        let staff = (0..workers).zip(nodes.into_iter().cycle());
        staff
            .map(|(worker, node)| Place {
                share: Share::of(worker, workers, world.population.people),
                world: Rc::clone(world),
                node,
            })
            .collect()
    }
}

fn staff<O>(places: Vec<Place>, worker: impl Fn(Place) -> O) -> Vec<O> {
    places.into_iter().map(worker).collect()
}

async fn load<O: Operation>(
    world: &World,
    workers: Vec<O>,
    window: Window,
) -> anyhow::Result<Load<Shares>> {
    let watched = world.watched()?;
    drive_watched(workers, window, async |length| watched.watch(length).await).await
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery",
            Self::CodeFlow => "code flow",
            Self::Refresh => "refresh",
            Self::UserInfo => "UserInfo",
            Self::SignIn => "sign-in",
            Self::Logout => "logout",
        })
    }
}
