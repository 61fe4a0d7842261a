//! What an application is told of whoever asks for something.

use super::Caller;
use crate::person::{GroupName, Person};

/// The headers that tell it. A proxy takes them from the answer, and from nowhere else.
pub const IDENTITY: [&str; 7] = [USER, NAME, EMAIL, GROUPS, SUBJECT, SCOPE, CLIENT];

const USER: &str = "Remote-User";
const NAME: &str = "Remote-Name";
const EMAIL: &str = "Remote-Email";
const GROUPS: &str = "Remote-Groups";
const SUBJECT: &str = "Remote-Subject";
const SCOPE: &str = "Remote-Scope";
const CLIENT: &str = "Remote-Client";

/// What an application is told of `caller`, free of what would end a header. All of the headers are there, empty where there is nothing to
/// say: so a proxy that copies them replaces what a request says of itself.
pub fn identity(caller: &Caller) -> [(&'static str, String); 7] {
    let person = caller.person();
    let (subject, scope, client) = match caller {
        Caller::Nobody => (None, None, None),
        Caller::Browser(person) => (Some(person.id.to_string()), None, None),
        Caller::Token(holder) => (
            Some(holder.subject.clone()),
            Some(holder.scope.to_string()),
            holder.client.as_ref().map(ToString::to_string),
        ),
    };
    let values = [
        (USER, person.map(|person| person.username.to_string())),
        (NAME, person.map(name)),
        (EMAIL, person.and_then(email)),
        (GROUPS, person.map(groups)),
        (SUBJECT, subject),
        (SCOPE, scope),
        (CLIENT, client),
    ];
    values.map(|(header, value)| (header, clean(&value.unwrap_or_default())))
}

fn name(person: &Person) -> String {
    let name = person.profile.name.clone();
    name.unwrap_or_else(|| person.username.to_string())
}

/// An address that was verified: applications take it for who somebody is.
fn email(person: &Person) -> Option<String> {
    let address = person.profile.email.clone();
    address.filter(|_| person.profile.email_verified)
}

/// No group has a comma in its name.
fn groups(person: &Person) -> String {
    let groups: Vec<&str> = person.groups.iter().map(GroupName::as_str).collect();
    groups.join(",")
}

fn clean(value: &str) -> String {
    let kept = value.chars().filter(|char| !char.is_control());
    kept.collect::<String>().trim().to_owned()
}
