//! What must happen next: the whole course of an authorization as one function.

use crate::authorization::interaction::Progress;
use crate::authorization::max_age::MaxAge;
use crate::authorization::prompt::{Prompt, Prompts};
use crate::authorization::request::AuthorizationRequest;
use crate::claims::ClaimRequest;
use crate::client::{Client, ConsentPolicy};
use crate::consent::Consent;
use crate::error::ErrorCode;
use crate::grant::GrantLifetime;
use crate::person::{Person, PersonStatus};
use crate::scope::{self, Scope};
use crate::session::{ACR_PASSWORD, Session};
use crate::subject::{SubjectIdentifier, Subjects};
use crate::time::Timestamp;

/// Who is signed in at the browser, in a live session.
#[derive(Clone, Debug)]
pub struct Present {
    /// The browser's session.
    pub session: Session,
    /// The person.
    pub person: Person,
}

/// What must happen next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Somebody has to prove who they are.
    SignIn(SignInCause),
    /// The person has to choose an account.
    ChooseAccount,
    /// The person has to allow this.
    Consent(Scope),
    /// The client may have a code.
    Allow {
        /// What is allowed.
        scope: Scope,
        /// Whether it outlives the session.
        lifetime: GrantLifetime,
    },
    /// The client must be told no.
    Refuse(ErrorCode, &'static str),
}

/// Why somebody has to prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInCause {
    /// Nobody is signed in.
    Absent,
    /// The client asked for it by `prompt=login`.
    Prompted,
    /// The last time was too long ago.
    TooOld,
    /// Somebody else is signed in than the client expects.
    AnotherPerson,
}

/// Decides what must happen next with `request` of `client`, given who is `present`, what they allowed
/// before and what they have done in this interaction ([OpenID Connect Core section 3.1.2.3] and [3.1.2.4]).
///
/// [OpenID Connect Core section 3.1.2.3]: https://openid.net/specs/openid-connect-core-1_0.html#Authenticates
/// [3.1.2.4]: https://openid.net/specs/openid-connect-core-1_0.html#Consent
pub fn next(
    request: &AuthorizationRequest,
    client: &Client,
    present: Option<&Present>,
    consent: Option<&Consent>,
    progress: &Progress,
    now: Timestamp,
    subjects: &Subjects,
) -> Next {
    let here = present.map(|present| subjects.of(present.person.id, client));
    let demands = Demands {
        expected: Expected::by(request, here.as_ref()),
        ..Demands::from(request)
    };
    let wanted = course(&demands, client, present, consent, progress, now);
    if request.prompts.has(Prompt::None) {
        silently(wanted)
    } else {
        wanted
    }
}

/// The same where nothing may be shown: each question becomes its error.
fn silently(wanted: Next) -> Next {
    match wanted {
        Next::SignIn(_) => Next::Refuse(
            ErrorCode::LoginRequired,
            "prompt=none, and a sign-in is needed",
        ),
        Next::ChooseAccount => Next::Refuse(
            ErrorCode::AccountSelectionRequired,
            "prompt=none, and an account must be chosen",
        ),
        Next::Consent(_) => Next::Refuse(
            ErrorCode::ConsentRequired,
            "prompt=none, and consent is needed",
        ),
        other => other,
    }
}

/// What a request demands of the person, however it came and wherever its answer goes.
pub(crate) struct Demands<'a> {
    pub(crate) scope: &'a Scope,
    /// All that the person is asked to allow.
    pub(crate) consent_scope: Scope,
    pub(crate) prompts: &'a Prompts,
    pub(crate) max_age: Option<MaxAge>,
    pub(crate) expected: Expected,
    pub(crate) acr: Option<&'a ClaimRequest>,
}

/// Whom the client expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Whoever is here.
    Anybody,
    /// Somebody who is not here.
    SomebodyElse,
}

impl Expected {
    /// Compares whom `request` expects with who is `here`, as its client knows them.
    fn by(request: &AuthorizationRequest, here: Option<&SubjectIdentifier>) -> Self {
        match &request.expected_subject {
            Some(expected) if Some(expected) != here => Self::SomebodyElse,
            _ => Self::Anybody,
        }
    }
}

impl<'a> From<&'a AuthorizationRequest> for Demands<'a> {
    fn from(request: &'a AuthorizationRequest) -> Self {
        Self {
            scope: &request.scope,
            consent_scope: request.consent_scope(),
            prompts: &request.prompts,
            max_age: request.max_age,
            expected: Expected::Anybody,
            acr: request.claims.id_token.get("acr"),
        }
    }
}

/// The course of a request, where everything may be shown.
pub(crate) fn course(
    demands: &Demands<'_>,
    client: &Client,
    present: Option<&Present>,
    consent: Option<&Consent>,
    progress: &Progress,
    now: Timestamp,
) -> Next {
    let Some(Present { session, .. }) =
        present.filter(|present| present.person.status == PersonStatus::Enabled)
    else {
        return Next::SignIn(SignInCause::Absent);
    };
    let here = |step: Option<crate::identifiers::SessionId>| step == Some(session.id);
    let authenticated_here = here(progress.authenticated);

    if demands.expected == Expected::SomebodyElse {
        return if authenticated_here {
            Next::Refuse(
                ErrorCode::LoginRequired,
                "somebody else signed in than the client expects",
            )
        } else {
            Next::SignIn(SignInCause::AnotherPerson)
        };
    }
    if !authenticated_here {
        if demands.prompts.has(Prompt::Login) {
            return Next::SignIn(SignInCause::Prompted);
        }
        if demands
            .max_age
            .is_some_and(|max_age| max_age.is_exceeded(&session.authentication, now))
        {
            return Next::SignIn(SignInCause::TooOld);
        }
        if demands.prompts.has(Prompt::SelectAccount) && !here(progress.chosen) {
            return Next::ChooseAccount;
        }
    }
    if demands_unknown_acr(demands) {
        return Next::Refuse(
            ErrorCode::UnmetAuthenticationRequirements,
            "claims demands an acr that no sign-in here reaches",
        );
    }
    if !here(progress.consented) && needs_consent(demands, client, consent) {
        return Next::Consent(demands.consent_scope.clone());
    }
    allow(demands)
}

/// An essential `acr` must be reached or refused
/// ([OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics)).
fn demands_unknown_acr(demands: &Demands<'_>) -> bool {
    demands.acr.is_some_and(|acr| {
        acr.essential
            && !acr.values.is_empty()
            && !acr.values.iter().any(|value| value == ACR_PASSWORD)
    })
}

fn needs_consent(demands: &Demands<'_>, client: &Client, consent: Option<&Consent>) -> bool {
    if demands.prompts.has(Prompt::Consent) {
        return true;
    }
    match client.consent_policy() {
        ConsentPolicy::Trusted => false,
        ConsentPolicy::Ask => {
            !consent.is_some_and(|consent| demands.consent_scope.is_within(&consent.scope))
        }
    }
}

fn allow(demands: &Demands<'_>) -> Next {
    let lifetime = if demands.scope.contains(scope::OFFLINE_ACCESS) {
        GrantLifetime::Offline
    } else {
        GrantLifetime::Session
    };
    Next::Allow {
        scope: demands.scope.clone(),
        lifetime,
    }
}

#[cfg(test)]
mod tests;
