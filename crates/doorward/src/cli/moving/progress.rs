//! How far long work has come, for whoever watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of rows that were done, on a terminal; nothing elsewhere.
pub(crate) struct Progress(ProgressBar);

const TEMPLATE: &str =
    "{msg:<11} {wide_bar} {human_pos} of {human_len} rows, {per_sec}, {eta} left";

impl Progress {
    /// A bar on standard error, when that is a terminal.
    pub(crate) fn on_a_terminal() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // A template that it cannot read leaves the bar as it is by default.
        Self(match ProgressStyle::with_template(TEMPLATE) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// None, for programs.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Begins to do `what` with so many rows.
    pub(super) fn begin(&self, what: &'static str, rows: u64) {
        self.0.reset();
        self.0.set_length(rows);
        self.0.set_message(what);
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
