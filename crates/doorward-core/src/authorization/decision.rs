//! What must happen next: the whole course of an authorization as one function.

use std::collections::BTreeSet;

use crate::acr::{Acr, AcrLevels, AcrRequest, Required, Strength};
use crate::authorization::interaction::Progress;
use crate::authorization::max_age::MaxAge;
use crate::authorization::prompt::{Prompt, Prompts};
use crate::authorization::request::AuthorizationRequest;
use crate::authorization_details::AuthorizationDetails;
use crate::client::Client;
use crate::consent::{Consent, Permission};
use crate::error::ErrorCode;
use crate::grant::GrantLifetime;
use crate::person::{Person, PersonStatus};
use crate::resource_server::{Resource, ResourceServers};
use crate::scope::{self, Scope};
use crate::session::Session;
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
    Consent(Permission),
    /// The client may have a code.
    Allow(Allowed),
    /// The client must be told no.
    Refuse(ErrorCode, &'static str),
}

/// What a client may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// What is allowed.
    pub scope: Scope,
    /// What is allowed in detail.
    pub authorization_details: AuthorizationDetails,
    /// Whether it outlives the session.
    pub lifetime: GrantLifetime,
    /// How strongly the person has signed in for it, if that has a name.
    pub acr: Option<Acr>,
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
    /// The last time was not as strong as the client or an API wants
    /// ([RFC 9470 section 5](https://www.rfc-editor.org/rfc/rfc9470#section-5)).
    TooWeak,
    /// Somebody else is signed in than the client expects.
    AnotherPerson,
}

/// All that a request meets.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Who asks.
    pub client: &'a Client,
    /// Who is signed in at the browser.
    pub present: Option<&'a Present>,
    /// What they allowed the client before.
    pub consent: Option<&'a Consent>,
    /// What they have done in this interaction.
    pub progress: &'a Progress,
    /// All resource servers.
    pub servers: &'a ResourceServers,
    /// How strongly people may sign in.
    pub levels: &'a AcrLevels,
    /// The present time.
    pub now: Timestamp,
}

/// Decides what must happen next with `request` ([OpenID Connect Core section 3.1.2.3] and [3.1.2.4]).
///
/// [OpenID Connect Core section 3.1.2.3]: https://openid.net/specs/openid-connect-core-1_0.html#Authenticates
/// [3.1.2.4]: https://openid.net/specs/openid-connect-core-1_0.html#Consent
pub fn next(
    request: &AuthorizationRequest,
    circumstances: Circumstances<'_>,
    subjects: &Subjects,
) -> Next {
    let Circumstances {
        client, present, ..
    } = circumstances;
    let here = present.map(|present| subjects.of(present.person.id, client));
    let demands = Demands {
        expected: Expected::by(request, here.as_ref()),
        ..Demands::from(request)
    };
    let wanted = course(&demands, circumstances);
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
    /// The scope that the person is asked to allow.
    pub(crate) consent_scope: Scope,
    pub(crate) resources: &'a BTreeSet<Resource>,
    pub(crate) authorization_details: &'a AuthorizationDetails,
    pub(crate) prompts: &'a Prompts,
    pub(crate) max_age: Option<MaxAge>,
    pub(crate) expected: Expected,
    pub(crate) acr: &'a AcrRequest,
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
            resources: &request.resources,
            authorization_details: &request.authorization_details,
            prompts: &request.prompts,
            max_age: request.max_age,
            expected: Expected::Anybody,
            acr: &request.acr,
        }
    }
}

/// The course of a request, where everything may be shown.
pub(crate) fn course(demands: &Demands<'_>, circumstances: Circumstances<'_>) -> Next {
    let Circumstances {
        client,
        present,
        progress,
        servers,
        ..
    } = circumstances;
    let Some(Present { session, .. }) =
        present.filter(|present| present.person.status == PersonStatus::Enabled)
    else {
        return Next::SignIn(SignInCause::Absent);
    };
    let strength = demands.strength(session, circumstances);
    if let Some(step) = demands.sign_in(session, progress, &strength, circumstances.now) {
        return step;
    }
    let acr = match strength {
        Strength::Enough(acr) | Strength::Improvable(acr) => acr,
        Strength::TooWeak | Strength::Unreachable => {
            return Next::Refuse(
                ErrorCode::UnmetAuthenticationRequirements,
                "no sign-in here is what the client or an API demands",
            );
        }
    };
    if !demands.details_are_known(servers) {
        return Next::Refuse(
            ErrorCode::InvalidAuthorizationDetails,
            "a type of authorization details was removed meanwhile",
        );
    }
    let asked = demands.permission(servers);
    let before = circumstances.consent.map(|consent| &consent.permission);
    let given = asked.is_given(client, before, servers) && !demands.prompts.has(Prompt::Consent);
    if progress.consented != Some(session.id) && !given {
        return Next::Consent(asked);
    }
    demands.allow(acr)
}

impl Demands<'_> {
    /// What the present sign-in is worth. One of this interaction is as fresh as it can be, however long the person reads.
    fn strength(&self, session: &Session, circumstances: Circumstances<'_>) -> Strength {
        let Circumstances {
            progress,
            servers,
            levels,
            now,
            ..
        } = circumstances;
        let reached = servers.reached(self.scope, self.resources).into_values();
        let demands: Vec<_> = reached.map(|server| &server.authentication).collect();
        let required = Required {
            levels,
            asked: self.acr,
            demands: &demands,
        };
        let as_of = if progress.authenticated == Some(session.id) {
            session.authentication.at
        } else {
            now
        };
        required.judge(&session.authentication, as_of)
    }

    /// Whether somebody has to sign in, or to choose an account, before anything else is asked.
    fn sign_in(
        &self,
        session: &Session,
        progress: &Progress,
        strength: &Strength,
        now: Timestamp,
    ) -> Option<Next> {
        let authenticated_here = progress.authenticated == Some(session.id);
        if self.expected == Expected::SomebodyElse {
            return Some(if authenticated_here {
                Next::Refuse(
                    ErrorCode::LoginRequired,
                    "somebody else signed in than the client expects",
                )
            } else {
                Next::SignIn(SignInCause::AnotherPerson)
            });
        }
        if authenticated_here {
            return None;
        }
        let is_exceeded = |max_age: MaxAge| max_age.is_exceeded(&session.authentication, now);
        // A wish is not worth an error.
        let improvable = matches!(strength, Strength::Improvable(_));
        let too_weak =
            *strength == Strength::TooWeak || improvable && !self.prompts.has(Prompt::None);
        if self.prompts.has(Prompt::Login) {
            Some(Next::SignIn(SignInCause::Prompted))
        } else if self.max_age.is_some_and(is_exceeded) {
            Some(Next::SignIn(SignInCause::TooOld))
        } else if too_weak {
            Some(Next::SignIn(SignInCause::TooWeak))
        } else if self.prompts.has(Prompt::SelectAccount) && progress.chosen != Some(session.id) {
            Some(Next::ChooseAccount)
        } else {
            None
        }
    }

    fn details_are_known(&self, servers: &ResourceServers) -> bool {
        let mut details = self.authorization_details.iter();
        details.all(|detail| servers.of_detail_type(&detail.of_type).is_some())
    }

    /// All that the person is asked to allow.
    fn permission(&self, servers: &ResourceServers) -> Permission {
        let scope = self.consent_scope.clone();
        Permission::asked(scope, self.resources, self.authorization_details, servers)
    }

    fn allow(&self, acr: Option<Acr>) -> Next {
        let lifetime = if self.scope.contains(scope::OFFLINE_ACCESS) {
            GrantLifetime::Offline
        } else {
            GrantLifetime::Session
        };
        Next::Allow(Allowed {
            scope: self.scope.clone(),
            authorization_details: self.authorization_details.clone(),
            lifetime,
            acr,
        })
    }
}

#[cfg(test)]
mod tests;
