//! What every peer finds: a Doorward that serves, somebody who signs in, and an application that is registered.

mod conversation;
mod library;
mod scene;
mod setting;

pub(crate) use library::{Language, Library};
pub(crate) use scene::Scene;
pub(crate) use setting::{ENCRYPTING, KEY, NONCES, REGISTRATION, SIGNING, Setting, fapi};
