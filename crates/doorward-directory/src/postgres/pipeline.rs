//! Requests that are all sent before the first answer is awaited, so that together they cost one round trip.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio_postgres::types::ToSql;

use crate::database::Value;

/// A request that is sent when it is polled for the first time.
pub(super) type Request<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request on its way.
enum Sent<'a, T> {
    Waiting(Request<'a, T>),
    Answered(T),
}

/// Requests that were sent, in their order.
pub(super) struct Pipeline<'a, T>(Vec<Sent<'a, T>>);

/// Sends `requests` in their order, then waits for their answers, which come in the same order.
pub(super) async fn all<T: Send>(requests: Vec<Request<'_, T>>) -> Vec<T> {
    send(requests).await.answers().await
}

/// Sends `requests` in their order.
pub(super) async fn send<T: Send>(requests: Vec<Request<'_, T>>) -> Pipeline<'_, T> {
    let mut requests = requests.into_iter();
    let sent = poll_fn(|context| {
        let send = requests
            .by_ref()
            .map(|mut request| match request.as_mut().poll(context) {
                Poll::Ready(answer) => Sent::Answered(answer),
                Poll::Pending => Sent::Waiting(request),
            });
        Poll::Ready(send.collect::<Vec<_>>())
    });
    Pipeline(sent.await)
}

impl<'a, T: Send> Pipeline<'a, T> {
    /// Sends one more.
    pub(super) async fn push(&mut self, request: Request<'a, T>) {
        self.0.extend(send(vec![request]).await.0);
    }

    /// Waits for their answers, which come in their order.
    pub(super) async fn answers(self) -> Vec<T> {
        let mut answers = Vec::with_capacity(self.0.len());
        for sent in self.0 {
            answers.push(match sent {
                Sent::Answered(answer) => answer,
                Sent::Waiting(request) => request.await,
            });
        }
        answers
    }
}

impl<T, E> Pipeline<'_, Result<T, E>> {
    /// Whether one of them is known to have failed already: the driver could not write it down, or the server was quick.
    /// A good answer may be there as well, since the connection is served by another thread.
    pub(super) fn has_failed(&self) -> bool {
        let failed = |sent: &Sent<'_, Result<T, E>>| matches!(sent, Sent::Answered(Err(_)));
        self.0.iter().any(failed)
    }
}

/// Values as the driver takes them.
pub(super) fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    async fn has_failed(requests: Vec<Request<'_, Result<u64, &'static str>>>) -> bool {
        send(requests).await.has_failed()
    }

    /// A server that answers before all is sent has done what it was asked.
    #[tokio::test]
    async fn a_quick_answer_is_no_failure_and_a_failure_is_none_that_is_awaited() {
        assert!(!has_failed(vec![Box::pin(pending()), Box::pin(ready(Ok(1)))]).await);
        assert!(has_failed(vec![Box::pin(ready(Ok(1))), Box::pin(ready(Err("unsent")))]).await);
    }
}
