//! What the pages of an interaction show.

use axum::Extension;
use axum::http::StatusCode;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::response::{IntoResponse, Response};
use doorward_core::authorization::Purpose;
use doorward_core::client::Client;
use doorward_core::consent::Permission;
use doorward_core::parameters::Parameters;
use doorward_core::person::Person;
use doorward_core::redirect_uri::RedirectUri;

use super::way::Way;
use super::{Step, path};
use crate::authorization::action_source;
use crate::browser::Here;
use crate::device::DeviceCourse;
use crate::forward_auth::address;
use crate::headers::{FormsLeadTo, ImagesFrom};
use crate::interaction::Course;
use crate::pages::{
    self, AskedLines, ClientCard, DeviceCodeProblem, DeviceOutcome, PersonCard, SignInLead,
    SignInProblem,
};
use crate::texts::Texts;

impl Step<'_> {
    pub(super) fn sign_in_page(
        &self,
        account: Option<PersonCard>,
        again: Option<(SignInProblem, &Parameters)>,
    ) -> Response {
        let request = self.waiting.interaction.purpose.authorization();
        let client = self.client().ok().flatten();
        let shown = client.as_deref().map(ClientCard::from);
        let hinted = request.and_then(|request| request.login_hint.clone());
        let confirms = self.confirms();
        let present = confirms.map(|here| here.present.person.username.to_string());
        let typed = again
            .as_ref()
            .and_then(|(_, form)| form.one("username"))
            .map(str::to_owned);
        let problem = again.map(|(problem, _)| problem);
        let status = match problem {
            None | Some(SignInProblem::Expired) => StatusCode::OK,
            Some(SignInProblem::WrongCredentials) => StatusCode::FORBIDDEN,
            Some(SignInProblem::TooManyAttempts { .. }) => StatusCode::TOO_MANY_REQUESTS,
        };
        let page = pages::SignIn {
            action: path(&self.waiting.name),
            csrf: self.csrf(),
            client: shown.or_else(|| self.site_card()),
            username: typed.or(hinted).or(present).unwrap_or_default(),
            lead: confirms.map_or(SignInLead::SignIn, |_| SignInLead::Confirm),
            problem,
            account,
        };
        (
            status,
            self.policies(client.as_deref()),
            page.page(self.texts()),
        )
            .into_response()
    }

    /// Who is signed in, and asked to prove it once more for a page of their own.
    fn confirms(&self) -> Option<&Here> {
        let of_page = matches!(self.waiting.interaction.purpose, Purpose::Page(_));
        self.here.as_ref().filter(|_| of_page)
    }

    pub(super) fn consent_page(&self, course: &Course<'_>, asked: &Permission) -> Response {
        let address = course.request.target.redirect_uri();
        let Some(here) = &self.here else {
            return self.sign_in_page(None, None);
        };
        let page = pages::Consent {
            action: path(&self.waiting.name),
            csrf: self.csrf(),
            client: ClientCard::from(&*course.client),
            redirect_host: address
                .parse::<RedirectUri>()
                .map(|uri| uri.display_host())
                .unwrap_or_default(),
            person: person_card(&here.present.person),
            asked: self.asked(asked),
            memory: asked.memory(&self.app.directory.resource_servers().registry()),
        };
        (self.policies(Some(&course.client)), page.page(self.texts())).into_response()
    }

    pub(super) fn device_code_page(
        &self,
        user_code: &str,
        problem: Option<DeviceCodeProblem>,
    ) -> Response {
        let status = match problem {
            None => StatusCode::OK,
            Some(DeviceCodeProblem::Wrong) => StatusCode::BAD_REQUEST,
            Some(DeviceCodeProblem::TooManyAttempts) => StatusCode::TOO_MANY_REQUESTS,
        };
        let page = pages::DeviceCode {
            action: path(&self.waiting.name),
            csrf: self.csrf(),
            user_code: user_code.to_owned(),
            problem,
        };
        (status, page.page(self.texts())).into_response()
    }

    pub(super) fn confirm_device_page(&self, device: &DeviceCourse<'_>) -> Response {
        let Some(here) = &self.here else {
            return self.sign_in_page(None, None);
        };
        let page = pages::ConfirmDevice {
            action: path(&self.waiting.name),
            csrf: self.csrf(),
            client: ClientCard::from(&*device.client),
            person: person_card(&here.present.person),
            user_code: device.found.user_code.to_string(),
            asked: self.asked(&device.asked()),
        };
        (self.policies(Some(&device.client)), page.page(self.texts())).into_response()
    }

    pub(super) fn device_done_page(
        &self,
        device: &DeviceCourse<'_>,
        outcome: DeviceOutcome,
    ) -> Response {
        let status = match outcome {
            DeviceOutcome::Allowed | DeviceOutcome::Denied => StatusCode::OK,
            DeviceOutcome::Over => StatusCode::BAD_REQUEST,
        };
        let client = device.client.client_name.clone();
        let page = pages::DeviceDone { client, outcome };
        (status, page.page(self.texts())).into_response()
    }

    /// What somebody is asked to allow, in the language of the page.
    fn asked(&self, permission: &Permission) -> AskedLines {
        let servers = self.app.directory.resource_servers().registry();
        AskedLines::of(permission, &servers, self.texts().language())
    }

    /// The language that the client asked for, then the browser's.
    fn texts(&self) -> &'static Texts {
        let accepted = self
            .parts
            .headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let wanted = self
            .waiting
            .interaction
            .purpose
            .authorization()
            .and_then(|request| request.ui_locales.as_deref());
        Texts::negotiate(wanted, accepted)
    }

    /// Where the page's forms may lead and its images come from.
    fn policies(&self, client: Option<&Client>) -> (Extension<FormsLeadTo>, Extension<ImagesFrom>) {
        let request = self.waiting.interaction.purpose.authorization();
        let leads_to = request.map(|request| action_source(request.target.redirect_uri()));
        let leads_to = leads_to.or_else(|| self.site_address());
        let logo = client
            .and_then(|client| client.logo_uri.as_ref())
            .map(|logo| logo.origin().ascii_serialization());
        (
            Extension(FormsLeadTo(leads_to.into_iter().collect())),
            Extension(ImagesFrom(logo.unwrap_or_default())),
        )
    }

    /// The site that somebody is on the way to, as pages show it.
    fn site_card(&self) -> Option<ClientCard> {
        match self.way() {
            Ok(Way::Site(_, site)) => Some(ClientCard {
                name: site.name.clone(),
                logo: None,
                client_uri: Some(address(self.app, &site.host, "/")),
                policy_uri: None,
                tos_uri: None,
                described_by: None,
            }),
            _ => None,
        }
    }

    fn site_address(&self) -> Option<String> {
        match &self.waiting.interaction.purpose {
            Purpose::Site(visit) => Some(address(self.app, &visit.host, "")),
            _ => None,
        }
    }

    /// The token of this page's forms.
    fn csrf(&self) -> String {
        self.waiting
            .binding
            .csrf(self.here.as_ref().map(|here| here.present.session.id))
    }
}

/// A person as pages show them.
pub(crate) fn person_card(person: &Person) -> PersonCard {
    let username = person.username.to_string();
    let display_name = person
        .profile
        .name
        .clone()
        .unwrap_or_else(|| username.clone());
    PersonCard {
        display_name,
        username,
    }
}

/// The host of the document that a client is described by, if nobody registered it.
fn described_by(client: &Client) -> Option<String> {
    client.dynamic.as_ref()?;
    let url = client.client_id.document_url()?;
    url.host_str().map(str::to_owned)
}

impl From<&Client> for ClientCard {
    fn from(client: &Client) -> Self {
        let link = |url: &Option<url::Url>| url.as_ref().map(ToString::to_string);
        Self {
            name: client.client_name.clone(),
            logo: link(&client.logo_uri),
            client_uri: link(&client.client_uri),
            policy_uri: link(&client.policy_uri),
            tos_uri: link(&client.tos_uri),
            described_by: described_by(client),
        }
    }
}
