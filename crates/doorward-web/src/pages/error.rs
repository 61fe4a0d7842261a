//! What people see when there is no application to tell, or none that can be trusted.

use maud::{Markup, html};

use super::layout::{layout, layout_at_site};
use crate::forward_auth::SIGN_OUT;
use crate::texts::{Text, Texts};

/// The error page.
#[derive(Clone, Debug)]
pub struct Error {
    /// What happened, as far as the person can act on it.
    pub problem: Problem,
    /// What leads an operator to the reason.
    pub reference: String,
    /// Where it is shown.
    pub at: ShownAt,
}

/// At which host a page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownAt {
    /// At the issuer's.
    Issuer,
    /// At that of a site, whose proxy passes on what is under `/.doorward/`.
    Site,
}

/// What can happen, as far as a person can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The application sent a request that cannot be answered.
    InvalidLink,
    /// No such client is registered.
    UnknownApplication,
    /// The client did not register where it wants the browser to return to.
    AddressNotRegistered,
    /// Signing in took too long, or goes on in another browser than it began in.
    Expired,
    /// There is no page at this address.
    NotFound,
    /// Something that we need does not answer.
    TemporarilyUnavailable,
    /// More requests than we answer.
    TooManyRequests,
    /// The form is not one that we gave to this browser, or not any more.
    FormOutdated,
    /// The rules of a site do not let this person do that.
    NotAdmitted,
    /// A fault of ours.
    Internal,
}

impl Problem {
    /// Every problem.
    pub const ALL: [Self; 10] = [
        Self::InvalidLink,
        Self::UnknownApplication,
        Self::AddressNotRegistered,
        Self::Expired,
        Self::NotFound,
        Self::TemporarilyUnavailable,
        Self::TooManyRequests,
        Self::FormOutdated,
        Self::NotAdmitted,
        Self::Internal,
    ];

    /// What happened, and what to do now.
    fn texts(self) -> (Text, Text) {
        match self {
            Self::InvalidLink => (Text::ErrorInvalidLink, Text::ErrorInvalidLinkAdvice),
            Self::UnknownApplication => (
                Text::ErrorUnknownApplication,
                Text::ErrorUnknownApplicationAdvice,
            ),
            Self::AddressNotRegistered => (
                Text::ErrorAddressNotRegistered,
                Text::ErrorAddressNotRegisteredAdvice,
            ),
            Self::Expired => (Text::ErrorExpired, Text::ErrorExpiredAdvice),
            Self::NotFound => (Text::ErrorNotFound, Text::ErrorNotFoundAdvice),
            Self::TemporarilyUnavailable => (
                Text::ErrorTemporarilyUnavailable,
                Text::ErrorTemporarilyUnavailableAdvice,
            ),
            Self::TooManyRequests => (Text::ErrorTooManyRequests, Text::ErrorTooManyRequestsAdvice),
            Self::FormOutdated => (Text::ErrorFormOutdated, Text::ErrorFormOutdatedAdvice),
            Self::NotAdmitted => (Text::ErrorNotAdmitted, Text::ErrorNotAdmittedAdvice),
            Self::Internal => (Text::ErrorInternal, Text::ErrorInternalAdvice),
        }
    }
}

impl Error {
    /// The page.
    pub fn page(&self, texts: &Texts) -> Markup {
        let (happened, advice) = self.problem.texts();
        let main = html! {
            main.card #error-page {
                h1 { (texts.get(happened)) }
                p { (texts.get(advice)) }
                dl.reference {
                    dt { (texts.get(Text::ErrorReference)) }
                    dd { code #error-reference { (self.reference) } }
                    dd { (texts.get(Text::ErrorReferenceAdvice)) }
                }
                p.actions { (self.way_out(texts)) }
            }
        };
        match self.at {
            ShownAt::Issuer => layout(texts, happened, &main),
            ShownAt::Site => layout_at_site(texts, happened, &main),
        }
    }

    /// Where to go from here: whoever may not pass may be somebody else, too.
    fn way_out(&self, texts: &Texts) -> Markup {
        let (address, text) = match self.problem {
            Problem::NotAdmitted => (SIGN_OUT, Text::ErrorSignOut),
            _ => ("/", Text::ErrorStartPage),
        };
        html! { a.button.secondary #error-way-out href=(address) { (texts.get(text)) } }
    }
}
