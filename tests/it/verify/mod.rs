//! An API with `doorward-verify` in front of its routes, over real HTTP.

pub(crate) mod api;
mod dpop;
mod issuer;
mod networks;
mod opaque;
mod revocation;
mod signed;
mod status_list;
