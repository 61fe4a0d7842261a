//! Forward authentication: a reverse proxy asks about each request to a site of its own whether it may pass.
//!
//! A site is what an operator registered: a host, and rules of which the first that fits a request decides. What no rule fits is denied.

mod caller;
mod challenge;
mod decision;
mod entry;
mod host;
mod identity;
mod method;
mod path;
mod pattern;
mod return_path;
mod rule;
mod site;
mod who;

pub use caller::{Caller, Holder};
pub use challenge::Challenge;
pub use decision::{Asked, Decision, Denied, Mismatch, Step, Weighed, decide, steps};
pub use entry::{EntryCode, EntryRefused, Visit, enter};
pub use host::SiteHost;
pub use identity::{IDENTITY, identity};
pub use method::RequestMethod;
pub use path::{PathRefused, RequestPath};
pub use pattern::{PathPattern, PatternRefused};
pub use return_path::ReturnPath;
pub use rule::{Rule, RuleRefused, Verdict};
pub use site::{Site, Sites};
pub use who::{Who, WhoRefused};

#[cfg(test)]
mod tests;
