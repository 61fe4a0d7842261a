//! What stands in front of a route: it lets requests through whose access token allows them.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::verifier::Verifier;

/// Requires a good access token that allows a scope, in front of whatever it is laid over
/// ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
///
/// It is made by [`Verifier::require`] and [`Verifier::authenticate`]. Behind it, the request has an
/// [`Authorized`](crate::Authorized) among its extensions.
#[derive(Clone, Debug)]
pub struct RequireScope {
    verifier: Verifier,
    scope: Arc<str>,
}

/// A service that is reached with a good access token only.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    inner: S,
    verifier: Verifier,
    scope: Arc<str>,
}

impl RequireScope {
    pub(crate) fn new(verifier: Verifier, scope: &str) -> Self {
        let scope = scope.into();
        Self { verifier, scope }
    }
}

impl<S> Layer<S> for RequireScope {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            inner,
            verifier: self.verifier.clone(),
            scope: Arc::clone(&self.scope),
        }
    }
}

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that said that it is ready is used up, and a copy of it waits for the next request.
        let copy = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, copy);
        let (verifier, scope) = (self.verifier.clone(), Arc::clone(&self.scope));
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match verifier.authorize(&parts, &scope).await {
                Ok(authorized) => {
                    parts.extensions.insert(authorized);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(refused) => Ok(verifier.answer(&parts, &scope, &refused)),
            }
        })
    }
}
