//! What is counted while requests are answered, for whoever watches over the provider.
//!
//! A family is a field of [`Metrics`], a line in [`Metrics::register`] and a function that counts. A label has a few values that we choose: never
//! anything that a request brought along, nor anything that names a person, a client or a token.

use doorward_core::api_token::ApiTokenRefused;
use doorward_core::api_token::usage::Denial;
use doorward_core::api_token::watch::SignalKind;
use doorward_core::event::{Event, EventClass};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The counters of a node, which begin with zero at each start.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    events: Family<EventLabels, Counter>,
    api_token_uses: Counter,
    api_token_refusals: Family<RefusalLabels, Counter>,
    api_token_signals: Family<SignalLabels, Counter>,
    api_token_overflows: Counter,
    leaked_tokens: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
    class: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignalLabels {
    signal: &'static str,
}

impl Metrics {
    /// Adds its families to what is exposed.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "events",
            "Security events that this node has seen happen, as the log and `doorward event list` name them",
            self.events.clone(),
        );
        registry.register(
            "api_token_uses",
            "Checks of API tokens that worked",
            self.api_token_uses.clone(),
        );
        registry.register(
            "api_token_refusals",
            "Checks of API tokens that did not work, by the kind of reason",
            self.api_token_refusals.clone(),
        );
        registry.register(
            "api_token_signals",
            "What was worth a look in the use of API tokens",
            self.api_token_signals.clone(),
        );
        registry.register(
            "api_token_uncounted_uses",
            "Uses of API tokens that were not counted by token, because too many tokens were used at once",
            self.api_token_overflows.clone(),
        );
        registry.register(
            "leaked_tokens_handed_in",
            "Texts with the form of an API token that somebody handed in as found",
            self.leaked_tokens.clone(),
        );
    }

    /// Counts an event.
    pub(crate) fn happened(&self, event: &Event) {
        let labels = EventLabels {
            event: event.name(),
            class: EventClass::of(event).name(),
        };
        self.events.get_or_create(&labels).inc();
    }

    /// Counts a check of an API token that worked.
    pub(crate) fn api_token_used(&self) {
        self.api_token_uses.inc();
    }

    /// Counts a check of an API token that did not.
    pub(crate) fn api_token_refused(&self, reason: &ApiTokenRefused) {
        let reason = Denial::of(reason).map_or("unknown", Denial::as_str);
        let labels = RefusalLabels { reason };
        self.api_token_refusals.get_or_create(&labels).inc();
    }

    /// Counts a signal.
    pub(crate) fn api_token_signalled(&self, kind: SignalKind) {
        let signal = kind.as_str();
        let labels = SignalLabels { signal };
        self.api_token_signals.get_or_create(&labels).inc();
    }

    /// Counts a use that could not be counted by token.
    pub(crate) fn api_token_use_overflown(&self) {
        self.api_token_overflows.inc();
    }

    /// Counts what was handed in.
    pub(crate) fn handed_in(&self, finds: usize) {
        let finds = u64::try_from(finds).unwrap_or(u64::MAX);
        self.leaked_tokens.inc_by(finds);
    }
}
