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

/// Sends `requests` in their order, then waits for their answers, which come in the same order.
pub(super) async fn all<T: Send>(requests: Vec<Request<'_, T>>) -> Vec<T> {
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
    let mut answers = Vec::new();
    for sent in sent.await {
        answers.push(match sent {
            Sent::Answered(answer) => answer,
            Sent::Waiting(request) => request.await,
        });
    }
    answers
}

/// Values as the driver takes them.
pub(super) fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}
