//! An API with `doorward-verify` in front of its routes, over real HTTP.

mod api;
mod dpop;
mod issuer;
mod networks;
mod opaque;
mod signed;
mod status_list;
