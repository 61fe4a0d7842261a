//! What an application's request objects must be ([RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5)).

use clap::Args;
use doorward_core::authorization::request_object::RequestObjectUri;
use doorward_core::client::{RequestObjectLifetime, RequestObjectPolicy, RequestObjects};
use doorward_core::jose::Algorithm;

use super::registration::ALGORITHMS;
use crate::cli::choice::one_of;

const LIFETIMES: [(&str, RequestObjectLifetime); 2] = [
    ("as_stated", RequestObjectLifetime::AsStated),
    ("hour", RequestObjectLifetime::Hour),
];

#[derive(Debug, Args)]
pub(super) struct Signed {
    /// Refuse its requests unless it signed them, as request objects
    #[arg(long)]
    require_signed_requests: bool,
    /// The one signature that its request objects may have [default: any]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    request_object_algorithm: Option<Algorithm>,
    #[arg(long, help = "How long its request objects may be good for: as they state, or an hour from nbf on, as FAPI 2.0 wants it [default: as_stated]", value_name = "TIME", value_parser = one_of(&LIFETIMES))]
    request_object_lifetime: Option<RequestObjectLifetime>,
    /// An address where it publishes a request object, for requests to refer to; may be given again
    #[arg(long = "request-uri", value_name = "URI")]
    request_uris: Vec<RequestObjectUri>,
}

impl From<Signed> for RequestObjects {
    fn from(signed: Signed) -> Self {
        Self {
            algorithm: signed.request_object_algorithm,
            policy: RequestObjectPolicy::from(signed.require_signed_requests),
            lifetime: signed.request_object_lifetime.unwrap_or_default(),
            uris: signed.request_uris,
        }
    }
}
