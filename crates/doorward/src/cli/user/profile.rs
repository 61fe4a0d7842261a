//! The standard claims as arguments ([OpenID Connect Core section 5.1]).
//!
//! [OpenID Connect Core section 5.1]: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims

use clap::Args;
use doorward_core::person::{Address, Profile};

use crate::cli::text;

/// What applications may be told about a person. An empty text takes a value away.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Profile")]
pub(super) struct ProfileArguments {
    /// Full name
    #[arg(long, value_parser = text::line)]
    name: Option<String>,
    /// Given name or names
    #[arg(long, value_name = "NAME", value_parser = text::line)]
    given_name: Option<String>,
    /// Surname or surnames
    #[arg(long, value_name = "NAME", value_parser = text::line)]
    family_name: Option<String>,
    /// Middle name or names
    #[arg(long, value_name = "NAME", value_parser = text::line)]
    middle_name: Option<String>,
    /// Casual name
    #[arg(long, value_name = "NAME", value_parser = text::line)]
    nickname: Option<String>,
    /// Page about the person
    #[arg(long, value_name = "URL", value_parser = text::web_address)]
    profile: Option<String>,
    /// Picture of the person
    #[arg(long, value_name = "URL", value_parser = text::web_address)]
    picture: Option<String>,
    /// The person's own site
    #[arg(long, value_name = "URL", value_parser = text::web_address)]
    website: Option<String>,
    /// E-mail address; a new one is not verified unless --email-verified says so
    #[arg(long, value_name = "ADDRESS", value_parser = text::email)]
    email: Option<String>,
    /// It is proven that the e-mail address is the person's
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    email_verified: Option<bool>,
    /// Gender, in the person's words
    #[arg(long, value_name = "TEXT", value_parser = text::line)]
    gender: Option<String>,
    /// Date of birth: YYYY-MM-DD, YYYY, or 0000-MM-DD without the year
    #[arg(long, value_name = "DATE", value_parser = text::birthdate)]
    birthdate: Option<String>,
    /// Time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = text::line)]
    zoneinfo: Option<String>,
    /// Language tag, such as de-DE
    #[arg(long, value_name = "TAG", value_parser = text::line)]
    locale: Option<String>,
    /// Telephone number, such as +49 30 123456
    #[arg(long, value_name = "NUMBER", value_parser = text::line)]
    phone_number: Option<String>,
    /// It is proven that the telephone number is the person's
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    phone_number_verified: Option<bool>,
    /// The whole postal address, over several lines
    #[arg(long, value_name = "TEXT", value_parser = text::lines)]
    address: Option<String>,
    /// Street and house number
    #[arg(long, value_name = "TEXT", value_parser = text::lines)]
    street_address: Option<String>,
    /// City
    #[arg(long, value_name = "TEXT", value_parser = text::line)]
    locality: Option<String>,
    /// State, province or prefecture
    #[arg(long, value_name = "TEXT", value_parser = text::line)]
    region: Option<String>,
    /// Postal code
    #[arg(long, value_name = "TEXT", value_parser = text::line)]
    postal_code: Option<String>,
    /// Country
    #[arg(long, value_name = "TEXT", value_parser = text::line)]
    country: Option<String>,
}

impl ProfileArguments {
    /// Whether nothing was given.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Writes what was given into `profile`.
    pub(super) fn apply(self, profile: &mut Profile) {
        if self.email.is_some() && self.email != profile.email {
            profile.email_verified = false;
        }
        if self.phone_number.is_some() && self.phone_number != profile.phone_number {
            profile.phone_number_verified = false;
        }
        let mut address = profile.address.take().unwrap_or_default();
        for (given, field) in [
            (self.name, &mut profile.name),
            (self.given_name, &mut profile.given_name),
            (self.family_name, &mut profile.family_name),
            (self.middle_name, &mut profile.middle_name),
            (self.nickname, &mut profile.nickname),
            (self.profile, &mut profile.profile),
            (self.picture, &mut profile.picture),
            (self.website, &mut profile.website),
            (self.email, &mut profile.email),
            (self.gender, &mut profile.gender),
            (self.birthdate, &mut profile.birthdate),
            (self.zoneinfo, &mut profile.zoneinfo),
            (self.locale, &mut profile.locale),
            (self.phone_number, &mut profile.phone_number),
            (self.address, &mut address.formatted),
            (self.street_address, &mut address.street_address),
            (self.locality, &mut address.locality),
            (self.region, &mut address.region),
            (self.postal_code, &mut address.postal_code),
            (self.country, &mut address.country),
        ] {
            if let Some(text) = given {
                *field = (!text.is_empty()).then_some(text);
            }
        }
        profile.address = (address != Address::default()).then_some(address);
        profile.email_verified = self.email_verified.unwrap_or(profile.email_verified);
        profile.phone_number_verified = self
            .phone_number_verified
            .unwrap_or(profile.phone_number_verified);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        profile: ProfileArguments,
    }

    fn applied(mut profile: Profile, arguments: &[&str]) -> Profile {
        let line = Line::try_parse_from([&["test"], arguments].concat()).unwrap();
        line.profile.apply(&mut profile);
        profile
    }

    #[test]
    fn what_is_given_is_written_and_the_rest_stays() {
        let before = applied(
            Profile::default(),
            &["--name", "Alice Doe", "--country", "Norway"],
        );
        let after = applied(before, &["--given-name", "Alice", "--locality", "Oslo"]);
        assert_eq!(after.name.as_deref(), Some("Alice Doe"));
        assert_eq!(after.given_name.as_deref(), Some("Alice"));
        let address = after.address.unwrap();
        assert_eq!(
            (address.country.as_deref(), address.locality.as_deref()),
            (Some("Norway"), Some("Oslo"))
        );
    }

    #[test]
    fn an_empty_text_takes_the_value_away() {
        let before = applied(
            Profile::default(),
            &["--name", "Alice", "--country", "Norway"],
        );
        assert_eq!(
            applied(before, &["--name=", "--country="]),
            Profile::default()
        );
    }

    #[test]
    fn a_new_address_is_not_verified_by_what_was_known_of_the_old_one() {
        let before = applied(
            Profile::default(),
            &["--email", "a@example.com", "--email-verified"],
        );
        assert!(before.email_verified);
        assert!(applied(before.clone(), &["--email", "a@example.com"]).email_verified);
        assert!(!applied(before.clone(), &["--email", "b@example.com"]).email_verified);
        assert!(!applied(before, &["--email-verified=false"]).email_verified);
    }
}
