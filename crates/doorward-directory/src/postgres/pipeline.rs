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
    /// Whether each of them is on its way. One that is answered already was not sent: the driver could not write it down.
    pub(super) fn is_under_way(&self) -> bool {
        self.0.iter().all(|sent| matches!(sent, Sent::Waiting(_)))
    }

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

/// Values as the driver takes them.
pub(super) fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}
