//! The user that Doorward signs in as where Redis asks for one.

/// What the user may do, as `docs/operations.md` says it: nothing that Doorward does not need.
pub const ACL_RULES: &str = "reset on ~doorward:* \
    +get +set +del +eval +incr +pexpire +select +role +cluster|slots +asking";

/// The user's name.
pub(crate) const USER: &str = "doorward";

/// The user's password, which has something to encode in a URL.
const PASSWORD: &str = "open: the/door?";

/// The same as it stands in a URL.
pub(crate) const PASSWORD_IN_URL: &str = "open%3A%20the%2Fdoor%3F";

/// The user as an argument of a server.
pub(crate) fn user() -> Vec<String> {
    let mut arguments = vec!["--user".to_owned(), USER.to_owned()];
    arguments.extend(ACL_RULES.split_whitespace().map(str::to_owned));
    arguments.push(format!(">{PASSWORD}"));
    arguments
}
