//! How far long work has come, for whoever watches.

use std::fmt::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar of rows that were done, on a terminal; nothing elsewhere.
pub(crate) struct Progress(ProgressBar);

const TEMPLATE: &str = "{msg:<11} {wide_bar} {human_pos} of {human_len}, {speed}, {eta} left";

impl Progress {
    /// A bar on standard error, when that is a terminal.
    pub(crate) fn on_a_terminal() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // A template that it cannot read leaves the bar as it is by default.
        Self(match ProgressStyle::with_template(TEMPLATE) {
            Ok(style) => bar.with_style(style.with_key("speed", speed)),
            Err(_) => bar,
        })
    }

    /// None, for programs.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Begins to do `what` with so many rows.
    pub(super) fn begin(&self, what: &'static str, rows: u64) {
        self.0.set_length(rows);
        self.0.set_message(what);
        self.0.reset();
    }

    /// So many rows more are done.
    pub(super) fn advance(&self, rows: u64) {
        self.0.inc(rows);
    }

    /// Leaves no bar behind.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn speed(state: &ProgressState, to: &mut dyn Write) {
    // A bar that cannot be drawn is no reason to stop.
    write!(to, "{:.0} rows/s", state.per_sec()).ok();
}
