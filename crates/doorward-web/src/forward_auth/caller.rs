//! Who asks for something at a site.

use std::sync::Arc;

use axum::http::HeaderMap;
use doorward_core::bearer::BearerRefused;
use doorward_core::forward_auth::Caller;

use super::bearer::{Brought, bearer, token};
use super::question::Question;
use super::session;
use crate::api_tokens;
use crate::provider::App;
use crate::refusal::{BearerError, Failed};

/// Who asks, and why their token says nothing, if they brought one.
pub(super) struct Identified {
    pub(super) caller: Arc<Caller>,
    pub(super) refused: Option<BearerRefused>,
}

/// Finds out who asks: by an access token, where the site has a resource server, or else by a session.
pub(super) async fn identify(
    app: &App,
    question: &Question,
    headers: &HeaderMap,
) -> Result<Identified, Failed> {
    match by_token(app, question, headers).await {
        Ok(Some(caller)) => Ok(Identified {
            caller,
            refused: None,
        }),
        Ok(None) => {
            let person = session::person(app, &question.site.host, headers).await?;
            Ok(Identified {
                caller: person.unwrap_or_else(|| Arc::new(Caller::Nobody)),
                refused: None,
            })
        }
        Err(BearerError::Refused(refused)) => Ok(Identified {
            caller: Arc::new(Caller::Nobody),
            refused: Some(refused),
        }),
        Err(BearerError::Failed(failed)) => Err(failed),
    }
}

async fn by_token(
    app: &App,
    question: &Question,
    headers: &HeaderMap,
) -> Result<Option<Arc<Caller>>, BearerError> {
    let Some(resource) = &question.site.resource else {
        return Ok(None);
    };
    let Some(presented) = token(headers)? else {
        return Ok(None);
    };
    let address = question.asked.address;
    let brought = Brought {
        presented,
        resource,
        address,
        agent: api_tokens::agent(headers),
        reference: question.reference,
    };
    bearer(app, brought).await.map(Some)
}
