//! What a worker does again and again, one file per kind; each checks what it gets.

mod check;
mod code;
mod credentials;
mod fetch;
mod introspection;
mod login;
mod refresh;

pub(crate) use check::Check;
pub(crate) use code::CodeRoundTrip;
pub(crate) use credentials::ClientCredentials;
pub(crate) use fetch::Fetch;
pub(crate) use introspection::Introspection;
pub(crate) use login::{Begun, Login, PASSWORD, PEOPLE, elsewhere};
pub(crate) use refresh::Refresh;

use crate::http::Connection;

/// A worker with its own connection, and whatever else it needs to go on.
pub(crate) trait Operation: 'static {
    /// Performs one operation and checks its answers.
    async fn perform(&mut self) -> anyhow::Result<()>;

    /// Waits before the next operation, unmeasured; for most there is no reason to.
    async fn rest(&mut self) {}

    /// The connection on which the next operation would go.
    fn connection(&mut self) -> &mut Connection;
}

#[cfg(test)]
mod tests {
    use std::{process, time::Duration};

    use tokio::task::LocalSet;

    use super::*;
    use crate::{
        driver::{Window, drive},
        http::Busy,
        provider::{self, Mood},
        relying_party::Endpoints,
        signature::Algorithm,
    };

    async fn in_local_set<T>(work: impl Future<Output = T>) -> T {
        LocalSet::new().run_until(work).await
    }

    const TWICE: [(); 2] = [(), ()];

    #[tokio::test]
    async fn a_person_logs_in_again_and_again_as_a_stranger() {
        let mut login = Login::of_anybody(provider::start(Mood::Welcoming).await).unwrap();
        for () in TWICE {
            login.perform().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_code_is_had_without_a_prompt_after_one_login() {
        let mut code = CodeRoundTrip::prepare(provider::start(Mood::Welcoming).await)
            .await
            .unwrap();
        for () in TWICE {
            code.perform().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_chain_of_refresh_tokens_goes_on() {
        let mut refresh = Refresh::prepare(provider::start(Mood::Welcoming).await)
            .await
            .unwrap();
        assert_eq!(refresh.signatures, [Algorithm::Es256; 2]);
        for () in TWICE {
            refresh.perform().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_busy_server_is_told_from_a_broken_one() {
        let mut login = Login::of_anybody(provider::start(Mood::Busy).await).unwrap();
        let error = login.perform().await.unwrap_err();
        let busy = error.downcast_ref::<Busy>().unwrap();
        assert_eq!(busy.retry_after.as_deref(), Some("2"));
    }

    #[tokio::test]
    async fn a_load_counts_what_its_workers_did_and_what_failed() {
        let party = provider::start(Mood::Welcoming).await;
        let window = Window {
            warm_up: Duration::ZERO,
            measured: Duration::from_millis(50),
        };
        let path = Endpoints::DISCOVERY;
        let load = in_local_set(async {
            let workers = vec![
                Fetch::prepare(party.server, path).await.unwrap(),
                Fetch::prepare(party.server, path).await.unwrap(),
            ];
            drive(workers, window, process::id()).await.unwrap()
        })
        .await;
        assert!(load.latencies.count() > 0);
        assert_eq!(load.failures, 0);

        let busy = provider::start(Mood::Busy).await;
        let load = in_local_set(async {
            drive(
                vec![Login::of_anybody(busy).unwrap()],
                window,
                process::id(),
            )
            .await
            .unwrap()
        })
        .await;
        assert_eq!((load.latencies.count(), load.failures), (0, 1));
        assert!(load.first_failure.unwrap().is::<Busy>());
    }
}
