//! People who sign in at a provider under test.

use doorward_core::Timestamp;
use doorward_core::identifiers::PersonId;
use doorward_core::password::{Hasher, Parameters, Password};
use doorward_core::person::{Address, Person, PersonStatus, Profile};
use doorward_core::random::Random;
use doorward_directory::Directory;
use doorward_directory::people::Added;

use crate::clock::{SystemRandom, random_text};

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct TestPerson {
    /// The subject of their tokens.
    pub id: PersonId,
    /// The name they sign in with.
    pub username: String,
    /// Their password.
    pub password: String,
}

impl TestPerson {
    /// The subject of their tokens, as text.
    pub fn sub(&self) -> String {
        self.id.to_string()
    }

    /// What they type on a sign-in page.
    pub fn typed(&self) -> [(&str, &str); 2] {
        [
            ("username", self.username.as_str()),
            ("password", self.password.as_str()),
        ]
    }

    /// The same name with a password that is wrong.
    #[must_use]
    pub fn with_password(&self, password: &str) -> Self {
        let password = password.to_owned();
        Self {
            password,
            ..self.clone()
        }
    }
}

pub(crate) async fn add(directory: &Directory, username: &str, now: Timestamp) -> TestPerson {
    let random: &dyn Random = &SystemRandom;
    let password = format!("password of {username} {}", random_text());
    let person = Person {
        id: PersonId::generate(now, random),
        username: username.parse().expect("a user name"),
        status: PersonStatus::Enabled,
        profile: profile(username),
        groups: ["staff".parse().expect("a group")].into(),
        created_at: now,
        updated_at: now,
    };
    let typed = Password::parse(password.as_str()).expect("a password");
    let salt = random.bytes();
    let hashed =
        tokio::task::spawn_blocking(move || Hasher::new(Parameters::FLOOR).hash(&typed, salt));
    let hash = hashed.await.expect("a hash");
    let added = directory.people().add(&person, Some(&hash)).await;
    assert_eq!(added.expect("the directory keeps people"), Added::Added);
    TestPerson {
        id: person.id,
        username: username.to_owned(),
        password,
    }
}

/// Every standard claim ([OpenID Connect Core section 5.1](https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims)).
fn profile(username: &str) -> Profile {
    let some = |text: &str| Some(text.to_owned());
    let page = |name: &str| Some(format!("https://{username}.example/{name}"));
    Profile {
        name: Some(format!("{username} Maria Example")),
        given_name: some(username),
        family_name: some("Example"),
        middle_name: some("Maria"),
        nickname: some("Exi"),
        profile: page("about"),
        picture: page("picture.png"),
        website: page(""),
        gender: some("female"),
        birthdate: some("1980-02-29"),
        zoneinfo: some("Europe/Berlin"),
        locale: some("de-DE"),
        email: Some(format!("{username}@mail.example")),
        email_verified: true,
        phone_number: some("+493012345678"),
        phone_number_verified: true,
        address: Some(Address {
            formatted: some("Am Tor 1\n10115 Berlin\nGermany"),
            street_address: some("Am Tor 1"),
            locality: some("Berlin"),
            region: some("Berlin"),
            postal_code: some("10115"),
            country: some("Germany"),
        }),
    }
}
