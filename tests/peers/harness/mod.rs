//! What every peer finds: a Doorward that serves, somebody who signs in, and an application that is registered.

mod certificates;
mod conversation;
mod kept_port;
mod library;
mod scene;
mod setting;

pub(crate) use certificates::MadeBy;
pub(crate) use kept_port::KeptPort;
pub(crate) use library::{Language, Library};
pub(crate) use scene::Scene;
pub(crate) use setting::{
    ENCRYPTING, KEY, NONCES, PAYING, REGISTRATION, SELF_SIGNED, SIGNING, Setting, VOUCHED, fapi,
    fapi_with_certificates,
};
