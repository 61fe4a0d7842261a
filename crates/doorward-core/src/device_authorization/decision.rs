//! What the person at the other browser may answer, and what must happen before
//! ([RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3)).

use serde::{Deserialize, Serialize};

use crate::authorization::{Circumstances, Demands, Expected, Next, course};
use crate::client::Client;
use crate::device_authorization::{DeviceAnswer, DeviceAuthorization, DeviceRequest, UserCode};
use crate::time::Timestamp;

/// A device whose code somebody entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundDevice {
    /// The code.
    pub user_code: UserCode,
    /// What it stands for.
    pub authorization: DeviceAuthorization,
}

/// Why a code that somebody entered leads nowhere. The person is only told that it does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceNotFound {
    /// It never was, or its time was over long ago.
    #[error("the user code is unknown")]
    Unknown,
    /// Its time is over.
    #[error("the user code has expired")]
    Expired,
    /// Somebody has answered.
    #[error("the user code was answered before")]
    Answered,
    /// The client was removed, or its registration changed.
    #[error("the client of the user code is gone, or no longer allowed what it asked for")]
    NotAllowed,
}

/// Finds the device that somebody may answer at `now`, given what the store has and who is registered today. It is asked when
/// a code is entered, and again when it is answered.
pub fn find(
    user_code: UserCode,
    stored: Option<DeviceAuthorization>,
    answer: Option<&DeviceAnswer>,
    client: Option<&Client>,
    now: Timestamp,
) -> Result<FoundDevice, DeviceNotFound> {
    let authorization = stored.ok_or(DeviceNotFound::Unknown)?;
    if authorization.is_over(now) {
        return Err(DeviceNotFound::Expired);
    }
    if answer.is_some() {
        return Err(DeviceNotFound::Answered);
    }
    if !client.is_some_and(|client| authorization.request.is_allowed_to(client)) {
        return Err(DeviceNotFound::NotAllowed);
    }
    Ok(FoundDevice {
        user_code,
        authorization,
    })
}

/// Decides what must happen next with a device's request: what would with any other, and it is never allowed without being
/// asked for ([RFC 8628 section 5.4](https://www.rfc-editor.org/rfc/rfc8628#section-5.4)).
pub fn next(request: &DeviceRequest, circumstances: Circumstances<'_>) -> Next {
    let demands = Demands {
        scope: &request.scope,
        consent_scope: request.scope.clone(),
        resources: &request.resources,
        authorization_details: &request.authorization_details,
        prompts: &request.prompts,
        max_age: request.max_age,
        expected: Expected::Anybody,
        acr: &request.acr,
    };
    course(&demands, circumstances)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::acr::AcrLevels;
    use crate::authorization::{Allowed, Present, Progress};
    use crate::authorization::{MaxAge, SignInCause};
    use crate::authorization_details::AuthorizationDetails;
    use crate::client::{ConsentPolicy, GrantType};
    use crate::consent::{Consent, Permission};
    use crate::device_authorization::LIFETIME;
    use crate::grant::GrantLifetime;
    use crate::identifiers::SessionId;
    use crate::person::PersonStatus;
    use crate::resource_server::ResourceServers;
    use crate::secret::{Secret, SecretKind};
    use crate::session::{Authentication, AuthenticationMethod, Session};
    use crate::testing::{NOW, Pairs, alice, client, parameters};

    const HERE: SessionId = SessionId::from_bytes([5; 16]);

    fn request(changes: Pairs<'_>) -> DeviceRequest {
        let example = [("client_id", "wiki"), ("scope", "openid offline_access")];
        DeviceRequest::parse(
            &parameters(&example, changes),
            &client(),
            &ResourceServers::default(),
        )
        .unwrap()
    }

    fn waiting() -> DeviceAuthorization {
        let secret = Secret::from_bytes(SecretKind::DeviceCode, &[7; 32]);
        DeviceAuthorization::waiting(request(&[]), &secret, NOW)
    }

    fn code() -> UserCode {
        "WDJB-MJHT".parse().unwrap()
    }

    #[test]
    fn a_code_leads_to_its_device_until_it_is_answered_or_over() {
        use DeviceNotFound as N;
        let (client, late) = (client(), NOW.plus(LIFETIME));
        let just_in_time = late.minus(Duration::from_millis(1));
        let found = find(code(), Some(waiting()), None, Some(&client), just_in_time);
        assert_eq!(found.unwrap().authorization, waiting());
        let refused = |stored, answer, client: Option<&Client>, now| {
            find(code(), stored, answer, client, now).unwrap_err()
        };
        let denied = Some(&DeviceAnswer::Denied);
        assert_eq!(refused(None, None, Some(&client), NOW), N::Unknown);
        assert_eq!(
            refused(Some(waiting()), None, Some(&client), late),
            N::Expired
        );
        assert_eq!(
            refused(Some(waiting()), denied, Some(&client), NOW),
            N::Answered
        );
        assert_eq!(refused(Some(waiting()), None, None, NOW), N::NotAllowed);
    }

    /// P31: what the client may have is judged again when it is answered.
    #[test]
    fn a_device_falls_with_the_registration_of_its_client() {
        let changes: [fn(&mut Client); 4] = [
            |client| client.created_at = NOW.plus(Duration::from_secs(1)),
            |client| client.scope = "openid".parse().unwrap(),
            |client| client.client_id = "another".parse().unwrap(),
            |client| {
                client.grant_types.remove(&GrantType::DeviceCode);
            },
        ];
        for change in changes {
            let mut client = client();
            change(&mut client);
            let found = find(code(), Some(waiting()), None, Some(&client), NOW);
            assert_eq!(found, Err(DeviceNotFound::NotAllowed));
        }
    }

    fn present() -> Present {
        Present {
            session: Session {
                id: HERE,
                person: alice().id,
                authentication: Authentication {
                    at: NOW.minus(Duration::from_mins(1)),
                    methods: vec![AuthenticationMethod::Password],
                },
                started_at: NOW.minus(Duration::from_hours(1)),
                seen_at: NOW,
                ended_at: None,
                user_agent: None,
            },
            person: alice(),
        }
    }

    fn progress(authenticated: bool, consented: bool) -> Progress {
        Progress {
            authenticated: authenticated.then_some(HERE),
            chosen: None,
            consented: consented.then_some(HERE),
        }
    }

    /// [RFC 8628 section 5.4](https://www.rfc-editor.org/rfc/rfc8628#section-5.4).
    #[test]
    fn even_a_trusted_client_with_consent_is_confirmed_each_time() {
        let mut client = client();
        client.consent = ConsentPolicy::Trusted;
        let (request, present) = (request(&[]), present());
        let permission = Permission {
            scope: request.scope.clone(),
            ..Permission::default()
        };
        let consent = Consent {
            person: alice().id,
            client: client.client_id.clone(),
            permission: permission.clone(),
            given_at: NOW,
        };
        let (servers, levels) = (ResourceServers::default(), AcrLevels::default());
        let after = |progress: &Progress| {
            let circumstances = Circumstances {
                client: &client,
                present: Some(&present),
                consent: Some(&consent),
                progress,
                servers: &servers,
                levels: &levels,
                now: NOW,
            };
            next(&request, circumstances)
        };
        let asked = after(&progress(true, false));
        assert_eq!(asked, Next::Consent(permission));
        let allowed = Next::Allow(Allowed {
            scope: request.scope.clone(),
            authorization_details: AuthorizationDetails::default(),
            lifetime: GrantLifetime::Offline,
            acr: "urn:doorward:acr:password".parse().ok(),
        });
        assert_eq!(after(&progress(true, true)), allowed);
    }

    /// [OpenID Connect Core section 3.1.2.3](https://openid.net/specs/openid-connect-core-1_0.html#Authenticates).
    #[test]
    fn somebody_signs_in_who_is_absent_disabled_or_has_for_too_long() {
        let disabled = |mut present: Present| {
            present.person.status = PersonStatus::Disabled;
            present
        };
        let after = |changes, present: Option<Present>, authenticated| {
            let progress = progress(authenticated, true);
            let request = request(changes);
            let circumstances = Circumstances {
                client: &client(),
                present: present.as_ref(),
                consent: None,
                progress: &progress,
                servers: &ResourceServers::default(),
                levels: &AcrLevels::default(),
                now: NOW,
            };
            next(&request, circumstances)
        };
        let sign_in = Next::SignIn;
        let absent = sign_in(SignInCause::Absent);
        assert_eq!(after(&[], None, false), absent);
        assert_eq!(after(&[], Some(disabled(present())), true), absent);
        let too_old = sign_in(SignInCause::TooOld);
        assert_eq!(after(&[("max_age", "30")], Some(present()), false), too_old);
        let prompted = sign_in(SignInCause::Prompted);
        assert_eq!(
            after(&[("prompt", "login")], Some(present()), false),
            prompted
        );
        let chosen = after(&[("prompt", "select_account")], Some(present()), false);
        assert_eq!(chosen, Next::ChooseAccount);
        let allowed = after(&[("max_age", "30")], Some(present()), true);
        assert!(matches!(allowed, Next::Allow(_)), "{allowed:?}");
        assert_eq!(
            request(&[("max_age", "30")]).max_age,
            Some(MaxAge::seconds(30))
        );
    }
}
