//! What people and clients of a filled provider do, one file per kind.

mod code_flow;
mod logout;
mod refreshing;
mod sign_in;
mod user_info;

pub(crate) use code_flow::CodeFlow;
pub(crate) use logout::Logout;
pub(crate) use refreshing::Refreshing;
pub(crate) use sign_in::SignIn;
pub(crate) use user_info::UserInfo;

use std::{net::SocketAddr, rc::Rc};

use super::{people::Share, world::World};

/// A worker's place: whom it asks, and whose part it plays.
pub(crate) struct Place {
    pub(crate) world: Rc<World>,
    pub(crate) node: SocketAddr,
    pub(crate) share: Share,
}
