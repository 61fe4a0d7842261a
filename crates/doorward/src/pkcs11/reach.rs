//! The way to a token, which is gone anew when it breaks.

use std::sync::{PoisonError, RwLock};

use super::Place;
use super::connection::Connection;
use super::failed::TokenFailed;
use super::pin::Pin;

/// The way to a token. Many go it at once; whoever finds it broken closes it when nobody is on it, and opens another.
pub(super) struct Reach {
    place: Place,
    way: RwLock<Way>,
}

/// The way as it is now.
#[derive(Default)]
struct Way {
    connection: Option<Connection>,
    /// How often it was opened.
    times: u64,
    /// The PIN that the token refused.
    refused: Option<Pin>,
}

impl Reach {
    pub(super) fn to(place: Place) -> Self {
        let way = RwLock::default();
        Self { place, way }
    }

    /// What `work` gets done, at the second attempt if the way broke since the last one who went it.
    pub(super) fn connected<T>(
        &self,
        work: impl Fn(&Connection) -> Result<T, TokenFailed>,
    ) -> Result<T, TokenFailed> {
        let seen = {
            let way = self.way.read().unwrap_or_else(PoisonError::into_inner);
            match way.connection.as_ref().map(&work) {
                Some(Err(failed)) if failed.may_pass() => {
                    tracing::warn!(%failed, "the way to the PKCS #11 token is gone anew");
                }
                Some(done) => return done,
                None => {}
            }
            way.times
        };
        self.go_anew(seen)?;
        let way = self.way.read().unwrap_or_else(PoisonError::into_inner);
        way.connection.as_ref().map_or(Err(TokenFailed::Gone), work)
    }

    /// Opens the way unless somebody has since it was `seen` broken.
    fn go_anew(&self, seen: u64) -> Result<(), TokenFailed> {
        let mut way = self.way.write().unwrap_or_else(PoisonError::into_inner);
        if way.times != seen && way.connection.is_some() {
            return Ok(());
        }
        if let Some(broken) = way.connection.take() {
            broken.close();
        }
        way.open(&self.place)
    }
}

impl Way {
    /// A token that refused a PIN is not asked again with the same: it would lock itself.
    fn open(&mut self, place: &Place) -> Result<(), TokenFailed> {
        let pin = place.pin.read()?;
        if self.refused.as_ref() == Some(&pin) {
            return Err(TokenFailed::PinRefused(
                cryptoki::error::RvError::PinIncorrect,
            ));
        }
        match Connection::open(place, &pin) {
            Ok(connection) => {
                self.connection = Some(connection);
                self.times += 1;
                self.refused = None;
                tracing::info!(token = place.token, "the PKCS #11 token is open");
                Ok(())
            }
            Err(failed) => {
                if matches!(failed, TokenFailed::PinRefused(_)) {
                    self.refused = Some(pin);
                }
                Err(failed)
            }
        }
    }
}
