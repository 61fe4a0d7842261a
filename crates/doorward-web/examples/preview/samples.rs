//! Every page with something in it, for the preview and for the tests.

#[path = "api_tokens.rs"]
mod api_tokens;

use doorward_core::Timestamp;
use doorward_core::authorization_details::{DetailConsent, Part, Row, Told, ToldValue};
use doorward_core::consent::Memory;
use doorward_core::identifiers::SessionId;
use doorward_core::user_agent::UserAgent;
use maud::Markup;

use super::pages::{
    Application, AskedLines, ClientCard, ConfirmDevice, ConfirmSignOut, Consent, DetailLine,
    DeviceCode, DeviceCodeProblem, DeviceDone, DeviceOutcome, EndedSession, Error, FormPost,
    LiveSession, News, PersonCard, Place, Problem, ScopeLine, Sessions, ShownAt, SignIn,
    SignInLead, SignInProblem, SignedIn, SignedOut, SigningOut, ToldApplication,
};
use super::texts::Texts;

/// What strangers write and pages show.
pub(super) struct Names {
    pub(super) client: &'static str,
    pub(super) other_client: &'static str,
    pub(super) person: &'static str,
    pub(super) username: &'static str,
    pub(super) scope: &'static str,
    pub(super) uri: &'static str,
}

/// Names as they usually are.
pub(super) const FRIENDLY: Names = Names {
    client: "Wiki",
    other_client: "Payroll",
    person: "Alice Adams",
    username: "alice",
    scope: "wiki:write",
    uri: "https://wiki.example/",
};

/// Every page, in each of its states, with a name for the state.
pub(super) fn every_page(texts: &Texts, names: &Names) -> Vec<(String, Markup)> {
    let mut pages = sign_in_pages(names)
        .into_iter()
        .map(|(name, page)| (name.to_owned(), page.page(texts)))
        .collect::<Vec<_>>();
    pages.extend(consent_pages(names).map(|(name, page)| (name.to_owned(), page.page(texts))));
    pages.extend(device_pages(names, texts));
    pages.extend(signed_in_pages(names).map(|(name, page)| (name.to_owned(), page.page(texts))));
    pages.extend(sessions_pages(names).map(|(name, page)| (name.to_owned(), page.page(texts))));
    pages.extend(api_tokens::pages(texts, names));
    pages.extend([None, Some(client(names))].map(|client| {
        let name = state("sign-out", client.as_ref());
        (name, confirm_sign_out(client, names).page(texts))
    }));
    pages.extend([None, Some(client(names))].map(|client| {
        (
            state("signed-out", client.as_ref()),
            SignedOut {
                client,
                frames: Vec::new(),
            }
            .page(texts),
        )
    }));
    pages.push(("signing-out".to_owned(), signing_out().page(texts)));
    pages.push(("form-post".to_owned(), form_post(names).page(texts)));
    pages.extend(Problem::ALL.map(|problem| {
        let reference = "7F3K-92QD".to_owned();
        (
            format!("error-{problem:?}"),
            Error {
                problem,
                reference,
                at: ShownAt::Issuer,
            }
            .page(texts),
        )
    }));
    pages
}

fn state(page: &str, client: Option<&ClientCard>) -> String {
    match client {
        Some(_) => format!("{page}-at-client"),
        None => page.to_owned(),
    }
}

fn client(names: &Names) -> ClientCard {
    ClientCard {
        name: names.client.to_owned(),
        logo: None,
        client_uri: Some(names.uri.to_owned()),
        policy_uri: Some(names.uri.to_owned()),
        tos_uri: Some(names.uri.to_owned()),
        described_by: None,
    }
}

/// One that nobody registered.
fn described(names: &Names) -> ClientCard {
    ClientCard {
        described_by: Some("wiki.example".to_owned()),
        ..client(names)
    }
}

fn person(names: &Names) -> PersonCard {
    PersonCard {
        display_name: names.person.to_owned(),
        username: names.username.to_owned(),
    }
}

fn sign_in(client: Option<ClientCard>) -> SignIn {
    SignIn {
        action: "/sign-in".to_owned(),
        csrf: "proof".to_owned(),
        client,
        lead: SignInLead::SignIn,
        username: String::new(),
        problem: None,
        account: None,
    }
}

fn sign_in_pages(names: &Names) -> [(&'static str, SignIn); 8] {
    let at_client = || sign_in(Some(client(names)));
    let after = |problem| SignIn {
        username: names.username.to_owned(),
        problem: Some(problem),
        ..at_client()
    };
    let with_logo = ClientCard {
        logo: Some(LOGO.to_owned()),
        ..client(names)
    };
    [
        ("sign-in", sign_in(None)),
        (
            "sign-in-confirm",
            SignIn {
                lead: SignInLead::Confirm,
                username: names.username.to_owned(),
                ..sign_in(None)
            },
        ),
        ("sign-in-at-client", at_client()),
        ("sign-in-with-logo", sign_in(Some(with_logo))),
        ("sign-in-wrong", after(SignInProblem::WrongCredentials)),
        (
            "sign-in-blocked",
            after(SignInProblem::TooManyAttempts { minutes: 15 }),
        ),
        ("sign-in-expired", after(SignInProblem::Expired)),
        (
            "sign-in-choice",
            SignIn {
                account: Some(person(names)),
                ..at_client()
            },
        ),
    ]
}

/// A white square on blue.
const LOGO: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath fill='%23246' d='M0 0h8v8H0z'/%3E%3Cpath fill='%23fff' d='M2 2h4v4H2z'/%3E%3C/svg%3E";

fn consent(names: &Names) -> Consent {
    let scopes = doorward_core::scope::STANDARD
        .into_iter()
        .chain([names.scope])
        .map(ScopeLine::from)
        .chain([ScopeLine::Resource {
            server: names.other_client.to_owned(),
            allows: "Read all reports".to_owned(),
        }])
        .chain([ScopeLine::Silent {
            server: names.other_client.to_owned(),
        }])
        .collect();
    Consent {
        action: "/consent".to_owned(),
        csrf: "proof".to_owned(),
        client: described(names),
        redirect_host: "wiki.example".to_owned(),
        person: person(names),
        asked: AskedLines {
            details: vec![payment(names)],
            scopes,
        },
        memory: Memory::Part,
    }
}

fn consent_pages(names: &Names) -> [(&'static str, Consent); 3] {
    let asking = |details, scopes, memory| Consent {
        client: client(names),
        asked: AskedLines { details, scopes },
        memory,
        ..consent(names)
    };
    let silent = ScopeLine::Silent {
        server: names.other_client.to_owned(),
    };
    let scopes = vec![ScopeLine::Openid, silent];
    let once = asking(vec![payment(names)], Vec::new(), Memory::Nothing);
    [
        ("consent", consent(names)),
        ("consent-once", once),
        ("consent-api", asking(Vec::new(), scopes, Memory::All)),
    ]
}

/// A detail of an API, half of which the sentence says.
fn payment(names: &Names) -> DetailLine {
    let value = |value: &str| Part::Values(vec![value.to_owned()]);
    let words = |words: &str| Part::Words(words.to_owned());
    let row = |label: &str, value| Row {
        label: label.to_owned(),
        value,
    };
    DetailLine {
        server: names.other_client.to_owned(),
        told: Told {
            sentence: vec![
                words("Pay "),
                value("123.50"),
                words(" "),
                value("EUR"),
                words(" to "),
                value(names.other_client),
                words(", who may "),
                Part::Values(["see it", "take it"].map(str::to_owned).into()),
            ],
            rows: vec![
                row(
                    "Account",
                    ToldValue::Text("DE02 1001 0010 9307 1186 03".to_owned()),
                ),
                row("Reference", ToldValue::Text(names.person.to_owned())),
                row("At once", ToldValue::Flag(true)),
                row(
                    "Told",
                    ToldValue::Texts(vec![names.person.to_owned(), names.client.to_owned()]),
                ),
            ],
        },
        consent: DetailConsent::EachTime,
    }
}

fn device_pages(names: &Names, texts: &Texts) -> Vec<(String, Markup)> {
    let code = |user_code: &str, problem| DeviceCode {
        action: "/device".to_owned(),
        csrf: "proof".to_owned(),
        user_code: user_code.to_owned(),
        problem,
    };
    let wrong = code(names.person, Some(DeviceCodeProblem::Wrong));
    let blocked = code("WDJB-MJHT", Some(DeviceCodeProblem::TooManyAttempts));
    let confirm = ConfirmDevice {
        action: "/device".to_owned(),
        csrf: "proof".to_owned(),
        client: described(names),
        person: person(names),
        user_code: "WDJB-MJHT".to_owned(),
        asked: AskedLines {
            details: vec![payment(names)],
            scopes: ["openid", "profile", "offline_access", names.scope]
                .map(ScopeLine::from)
                .into(),
        },
    };
    let mut pages = vec![
        ("device".to_owned(), code("", None).page(texts)),
        (
            "device-link".to_owned(),
            code("WDJB-MJHT", None).page(texts),
        ),
        ("device-wrong".to_owned(), wrong.page(texts)),
        ("device-blocked".to_owned(), blocked.page(texts)),
        ("device-confirm".to_owned(), confirm.page(texts)),
    ];
    pages.extend(DeviceOutcome::ALL.map(|outcome| {
        let client = names.client.to_owned();
        let page = DeviceDone { client, outcome };
        (format!("device-{outcome:?}"), page.page(texts))
    }));
    pages
}

fn signed_in_pages(names: &Names) -> [(&'static str, SignedIn); 2] {
    let with = |applications| SignedIn {
        person: person(names),
        applications,
        sessions_url: "/sessions".to_owned(),
        api_tokens_url: "/api-tokens".to_owned(),
        expiring_api_tokens: 2,
        sign_out_url: "/sign-out".to_owned(),
        csrf: "proof".to_owned(),
    };
    let applications = vec![
        Application {
            name: names.client.to_owned(),
            uri: Some(names.uri.to_owned()),
        },
        Application {
            name: names.other_client.to_owned(),
            uri: None,
        },
    ];
    [
        ("signed-in", with(applications)),
        ("signed-in-nowhere", with(Vec::new())),
    ]
}

fn sessions(names: &Names) -> Sessions {
    let at = |minutes: i64| Timestamp::from_seconds(1_790_000_000 + 60 * minutes);
    let live = [(Place::Here, 1), (Place::Elsewhere, 2)].map(|(place, id)| LiveSession {
        id: SessionId::from_bytes([id; 16]),
        place,
        user_agent: UserAgent::of_header(b"Firefox/140.0 (Windows)"),
        started_at: at(0),
        seen_at: at(95),
    });
    let told = [
        (names.client, News::Delivered(Some(at(61)))),
        (names.other_client, News::Waiting(Some(at(101)))),
        (names.client, News::Refused(Some(at(61)))),
        (names.other_client, News::Abandoned(Some(at(1500)))),
    ];
    let ended = |told| EndedSession {
        user_agent: UserAgent::of_header(b"Links (Linux)"),
        started_at: at(0),
        ended_at: at(60),
        told,
    };
    let told = told.map(|(name, news)| ToldApplication {
        name: name.to_owned(),
        news,
    });
    Sessions {
        person: person(names),
        live: live.to_vec(),
        further_live: 3,
        ended: vec![ended(told.to_vec()), ended(Vec::new())],
        further_ended: 1,
        action: "/sessions".to_owned(),
        home_url: "/".to_owned(),
        csrf: "proof".to_owned(),
    }
}

fn sessions_pages(names: &Names) -> [(&'static str, Sessions); 3] {
    let several = sessions(names);
    let only = Sessions {
        live: several.live.iter().take(1).cloned().collect(),
        further_live: 0,
        ended: Vec::new(),
        further_ended: 0,
        ..several.clone()
    };
    let elsewhere = several.live.iter().skip(1).cycle().take(12);
    let headers: [&[u8]; 3] = [b"Safari (iPhone)", b"Links (Linux)", b""];
    let elsewhere = elsewhere.zip(headers.into_iter().cycle());
    let many = (3..)
        .zip(elsewhere)
        .map(|(id, (session, header))| LiveSession {
            id: SessionId::from_bytes([id; 16]),
            user_agent: UserAgent::of_header(header),
            ..session.clone()
        });
    let many = Sessions {
        live: only.live.iter().cloned().chain(many).collect(),
        further_live: 82,
        ..several.clone()
    };
    [
        ("sessions", several),
        ("sessions-only", only),
        ("sessions-many", many),
    ]
}

fn signing_out() -> SigningOut {
    SigningOut {
        frames: Vec::new(),
        then: "https://wiki.example/bye".to_owned(),
    }
}

fn confirm_sign_out(client: Option<ClientCard>, names: &Names) -> ConfirmSignOut {
    ConfirmSignOut {
        action: "/sign-out".to_owned(),
        csrf: "proof".to_owned(),
        client,
        person: person(names),
        carried: vec![("state".to_owned(), names.person.to_owned())],
    }
}

fn form_post(names: &Names) -> FormPost {
    FormPost {
        action: "https://wiki.example/callback".to_owned(),
        fields: vec![
            ("code".to_owned(), "code".to_owned()),
            ("state".to_owned(), names.person.to_owned()),
        ],
    }
}
