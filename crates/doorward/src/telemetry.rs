//! Logs: for people on a terminal, one JSON object per line elsewhere; always to standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::configuration::{Log, LogFormat};

/// Writes log lines from here on as `settings` say.
///
/// # Errors
/// When lines are already being written somewhere.
pub fn start(settings: &Log) -> Result<(), TryInitError> {
    // The filter was read once when it was configured.
    let filter = EnvFilter::new(settings.filter.as_str());
    let terminal = std::io::stderr().is_terminal();
    let human = match settings.format {
        LogFormat::Auto => terminal,
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if human {
        registry
            .with(lines.with_ansi(terminal).with_target(false))
            .try_init()
    } else {
        // The innermost span has the request; the list would say it a second time.
        let lines = lines.json().flatten_event(true).with_span_list(false);
        registry.with(lines).try_init()
    }
}
