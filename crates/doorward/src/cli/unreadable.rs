//! What is in the directory and cannot be read: lists name it, so that somebody repairs or removes it.

use serde_json::{Map, Value, json};

/// The names of what is there and is as good as absent.
pub(super) struct Unreadable {
    pub(super) names: Vec<String>,
    /// What the name is called in JSON.
    pub(super) member: &'static str,
    /// The command that removes one.
    pub(super) remove: &'static str,
}

impl Unreadable {
    /// What programs are shown, beside what can be read.
    pub(super) fn views(&self) -> impl Iterator<Item = Map<String, Value>> {
        self.names.iter().map(|name| {
            let members = [(self.member, json!(name)), ("unreadable", json!(true))];
            let members = members.map(|(name, value)| (name.to_owned(), value));
            members.into_iter().collect()
        })
    }

    /// What people read below a list.
    pub(super) fn below(&self, list: String) -> String {
        let remove = self.remove;
        self.names.iter().fold(list, |text, name| {
            format!("{text}\n\n{name} cannot be read and is refused; `{remove}` removes it.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named_with_what_to_do() {
        let unreadable = Unreadable {
            names: vec!["payroll".to_owned()],
            member: "client_id",
            remove: "doorward client remove",
        };
        assert_eq!(
            unreadable.below("no clients".to_owned()),
            "no clients\n\npayroll cannot be read and is refused; `doorward client remove` removes it."
        );
        let views: Vec<_> = unreadable.views().collect();
        assert_eq!(
            json!(views),
            json!([{ "client_id": "payroll", "unreadable": true }])
        );
    }
}
