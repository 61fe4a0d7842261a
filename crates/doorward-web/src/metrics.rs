//! What is counted while requests are answered, for whoever watches over the provider.
//!
//! A family is a field of [`Metrics`], a line in [`Metrics::register`] and a function that counts. A label has a few values that we choose: never
//! anything that a request brought along, nor anything that names a person, a client or a token.

use doorward_core::event::{Event, EventClass};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// The counters of a node, which begin with zero at each start.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    events: Family<EventLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
    class: &'static str,
}

impl Metrics {
    /// Adds its families to what is exposed.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "events",
            "Security events that this node has seen happen, as the log and `doorward event list` name them",
            self.events.clone(),
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
}
