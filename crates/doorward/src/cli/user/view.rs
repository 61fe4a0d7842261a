//! A person as answers show it.

use anyhow::Result;
use doorward_core::person::{GroupName, Person, PersonStatus};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::answer::{Answer, facts, table, timestamp};
use crate::cli::token::counted;

/// The answer that shows `person`, with how many API tokens they answer for, and `more` of that.
pub(super) fn answer_with_tokens(person: &Person, tokens: u64, more: &str) -> Result<Answer> {
    let mut value = members(person)?;
    if let Some(members) = value.as_object_mut() {
        members.insert("api_tokens".to_owned(), tokens.into());
    }
    let text = known(person);
    let text = match tokens {
        0 => text,
        _ => format!("{text}\n\n{} {more}", counted(tokens)),
    };
    Ok(Answer::new(&value, text)?)
}

/// The answer that shows `person`, and a password that was just made.
pub(super) fn answer(person: &Person, generated: Option<&Zeroizing<String>>) -> Result<Answer> {
    let mut value = members(person)?;
    let mut text = known(person);
    if let (Some(password), Some(members)) = (generated, value.as_object_mut()) {
        members.insert("password".to_owned(), password.as_str().into());
        text += "\n\npassword  ";
        text += password;
        text += "\nIt is shown this once; only its hash is kept.";
    }
    Ok(Answer::new(&value, text)?)
}

/// A person for programs.
pub(super) fn members(person: &Person) -> Result<Value> {
    Ok(json!({
        "username": person.username,
        "sub": person.id,
        "status": person.status,
        "groups": person.groups,
        "profile": serde_json::to_value(&person.profile)?,
        "created_at": timestamp(person.created_at),
        "updated_at": timestamp(person.updated_at),
    }))
}

/// One line per person.
pub(super) fn rows(people: &[Person]) -> String {
    let rows: Vec<[String; 4]> = people
        .iter()
        .map(|person| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let (name, email) = (text(&person.profile.name), text(&person.profile.email));
            [person.username.to_string(), name, email, status(person)]
        })
        .collect();
    table(["NAME", "FULL NAME", "E-MAIL", "STATUS"], &rows, "no users")
}

fn status(person: &Person) -> String {
    match person.status {
        PersonStatus::Enabled => "enabled".to_owned(),
        PersonStatus::Disabled => "disabled".to_owned(),
    }
}

/// What is known of a person, for people.
fn known(person: &Person) -> String {
    let profile = &person.profile;
    let groups: Vec<&str> = person.groups.iter().map(GroupName::as_str).collect();
    let proven = |value: &Option<String>, verified: bool| {
        let mark = if verified { " (verified)" } else { "" };
        value.as_ref().map(|value| format!("{value}{mark}"))
    };
    let address = profile.address.clone().unwrap_or_default();
    facts(&[
        ("user name", Some(person.username.to_string())),
        ("sub", Some(person.id.to_string())),
        ("status", Some(status(person))),
        ("groups", (!groups.is_empty()).then(|| groups.join(", "))),
        ("name", profile.name.clone()),
        ("given name", profile.given_name.clone()),
        ("middle name", profile.middle_name.clone()),
        ("family name", profile.family_name.clone()),
        ("nickname", profile.nickname.clone()),
        ("e-mail", proven(&profile.email, profile.email_verified)),
        (
            "telephone",
            proven(&profile.phone_number, profile.phone_number_verified),
        ),
        ("profile", profile.profile.clone()),
        ("picture", profile.picture.clone()),
        ("website", profile.website.clone()),
        ("gender", profile.gender.clone()),
        ("birthdate", profile.birthdate.clone()),
        ("time zone", profile.zoneinfo.clone()),
        ("locale", profile.locale.clone()),
        (
            "address",
            address.formatted.map(|lines| lines.replace('\n', ", ")),
        ),
        (
            "street",
            address
                .street_address
                .map(|lines| lines.replace('\n', ", ")),
        ),
        ("city", address.locality),
        ("region", address.region),
        ("postal code", address.postal_code),
        ("country", address.country),
    ])
}
