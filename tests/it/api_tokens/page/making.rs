//! Making a token, and seeing this once what opens it.

use doorward_core::api_token::{ApiTokenPolicy, Owner};
use doorward_core::event::{ApiTokenChange, Event};
use doorward_tests::page::Page;

use super::{NEW, READING, Stage, secret};
use crate::api_tokens::stage::REPORTS;

/// T01: what opens it is shown once.
/// T09: it is in no address, no later page, no event and no file.
#[tokio::test]
async fn somebody_makes_a_token_and_sees_this_once_what_opens_it() {
    let stage = Stage::new().await;
    let page = stage.filled(&READING).await;
    let opens = secret(&page);
    assert!(opens.starts_with("dw_pat_"), "{opens}");
    assert_eq!(page.path, NEW);
    assert_eq!(page.body.matches(&opens).count(), 1);
    for told in ["Read reports", "in 90 days", &format!("'{REPORTS}'")] {
        assert!(page.body.contains(told), "{told}: {page:?}");
    }
    assert!(stage.is_active(&opens).await);

    let list = stage.page("/api-tokens").await;
    assert!(list.body.contains("backup of the wiki"));
    let (_, id) = list
        .body
        .split_once("href=\"/api-tokens/0")
        .expect("a token");
    let path = format!("/api-tokens/0{}", id.split('"').next().unwrap_or_default());
    for path in ["/api-tokens", "/", &path, &format!("{path}/rotate")] {
        let later = stage.page(path).await;
        assert_eq!(later.status, 200, "{path}");
        assert!(!later.body.contains(&opens), "{path}");
    }
    stage.provider().assert_never_recorded(&[&opens]).await;
    assert_no_file_has(&stage, &opens);
}

/// Fails if what opens a token is anywhere in what the provider keeps.
fn assert_no_file_has(stage: &Stage, opens: &str) {
    let folder = stage.provider().folder();
    let files = std::fs::read_dir(folder).expect("the provider's folder");
    let mut read = 0;
    for file in files {
        let path = file.expect("a file").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("a file can be read");
            let found = bytes
                .windows(opens.len())
                .any(|part| part == opens.as_bytes());
            assert!(!found, "{} has it", path.display());
            read += 1;
        }
    }
    assert!(read > 0, "nothing is kept in {}", folder.display());
}

/// C06: a form works once, however often a browser sends it.
#[tokio::test]
async fn a_form_that_is_sent_again_makes_no_second_token_and_shows_nothing() {
    let stage = Stage::new().await;
    let form = stage.page(NEW).await;
    let first = stage.browser().press(&form, "make", &READING).await.page();
    let opens = secret(&first);
    let again = stage.browser().press(&form, "make", &READING).await.page();
    assert_eq!(again.status, 200, "{again:?}");
    assert!(again.path.starts_with("/api-tokens/0"), "{again:?}");
    assert!(!again.body.contains(&opens) && again.text_of("token").is_none());
    assert_eq!(held(&stage).await, 1);
}

async fn held(stage: &Stage) -> u64 {
    use doorward_core::Clock;
    let filter = doorward_directory::api_tokens::ApiTokenFilter::Person(stage.alice);
    let now = stage.provider().clock().now();
    let tokens = stage.provider().directory().api_tokens();
    tokens.count(&filter, now).await.expect("a count")
}

/// L01: with the request's reference.
#[tokio::test]
async fn that_a_token_was_made_is_noted_with_what_it_may() {
    let stage = Stage::new().await;
    stage.filled(&READING).await;
    let events = stage.provider().recent_events().await;
    let made = events.iter().find_map(|record| match &record.event {
        Event::ApiTokenChanged {
            name,
            owner,
            change: ApiTokenChange::Created { scope },
            ..
        } => Some((name, owner, scope, record.reference)),
        _ => None,
    });
    let (name, owner, scope, reference) = made.expect("an event");
    assert_eq!(name, "backup of the wiki");
    assert_eq!(*owner, Owner::Person(stage.alice).to_string());
    assert_eq!(scope.to_string(), "reports:read");
    assert!(reference.is_some());
}

/// T04: what is offered is what the person may, and what is sent beside it is refused.
#[tokio::test]
async fn nothing_is_offered_or_taken_that_the_person_may_not() {
    let stage = Stage::new().await;
    let offered = |page: &Page| {
        let form = page.form_with("make").expect("a form");
        let boxes = form
            .unticked
            .into_iter()
            .filter(|(name, _)| name == "scope");
        boxes.map(|(_, scope)| scope).collect::<Vec<_>>()
    };
    let own = ["doorward:tokens:read", "doorward:tokens:manage"];
    let form = stage.page(NEW).await;
    let all = [&["reports:read", "reports:write"][..], &own].concat();
    assert_eq!(offered(&form), all, "and none of it is chosen before");

    let accountants = "accountants".parse().expect("a group");
    let groups = stage.provider().directory().groups();
    let left = groups.remove_member(&accountants, stage.alice).await;
    assert_eq!(left, Ok(true));
    let less = [&["reports:read"][..], &own].concat();
    assert_eq!(offered(&stage.page(NEW).await), less);
    let typed = [("name", "backup"), ("scope", "reports:write")];
    let page = stage.browser().press(&form, "make", &typed).await.page();
    assert_eq!(page.status, 400);
    assert!(page.text_of("token").is_none());
    let told = page
        .body
        .contains("<bdi>reports:write</bdi> is not yours to give");
    assert!(told, "{page:?}");
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays() {
    let stage = Stage::new().await;
    let typed = [
        ("name", "backup"),
        ("scope", "reports:read"),
        ("expiry", "date"),
        ("date", "2001-01-01"),
        ("networks", "192.0.2.0/24\nnowhere"),
        ("per_day", "many"),
    ];
    let page = stage.filled(&typed).await;
    assert_eq!(page.status, 400);
    for problem in [
        r#"id="expiry-problem"><p>Choose a day that is not over."#,
        r#"id="networks-problem"><p>Line 2: <bdi>nowhere</bdi> is no network."#,
        r#"id="per_day-problem"><p>Write a whole number"#,
    ] {
        assert!(page.body.contains(problem), "{problem}: {page:?}");
    }
    assert!(!page.body.contains("name-problem\""));
    let kept = page.form_with("make").expect("the form again").fields;
    for (name, value) in typed {
        let pair = (name.to_owned(), value.to_owned());
        assert!(kept.contains(&pair), "{name}: {kept:?}");
    }
    let mended = [
        ("date", "2099-01-01"),
        ("expiry", "30"),
        ("networks", ""),
        ("per_day", "1"),
    ];
    let page = stage.browser().press(&page, "make", &mended).await.page();
    let opens = secret(&page);
    assert!(stage.is_active(&opens).await);
    assert!(!stage.is_active(&opens).await, "once a day");
}

/// T06: the network that the person is in is theirs to add.
#[tokio::test]
async fn a_token_works_only_from_where_it_was_made_if_that_is_wanted() {
    let stage = Stage::new().await;
    let here = [("here", "127.0.0.1"), ("networks", "2001:db8::/32")];
    let typed = [&READING[..], &here].concat();
    let opens = secret(&stage.filled(&typed).await);
    for (address, active) in [
        (Some("127.0.0.1"), true),
        (Some("2001:db8::7"), true),
        (Some("192.0.2.1"), false),
        (None, false),
    ] {
        let told = stage.answer(&opens, address).await.json();
        assert_eq!(told["active"], active, "{address:?}");
    }
}

/// T03: "never" only by policy.
#[tokio::test]
async fn a_token_never_expires_only_where_the_policy_allows_that() {
    for (max_lifetime, status, told) in [
        (
            ApiTokenPolicy::default().max_lifetime,
            400,
            "at most 366 days",
        ),
        (None, 200, "never"),
    ] {
        let stage = Stage::with(|settings| settings.api_tokens.max_lifetime = max_lifetime).await;
        let form = stage.page(NEW).await;
        let unticked = form.form_with("make").expect("a form").unticked;
        let offered = unticked.contains(&("expiry".to_owned(), "never".to_owned()));
        assert_eq!(offered, status == 200);
        let typed = [&READING[..], &[("expiry", "never")]].concat();
        let page = stage.browser().press(&form, "make", &typed).await.page();
        assert_eq!(page.status, status);
        assert!(page.body.contains(told), "{page:?}");
    }
}

/// C01: a form of another site makes nothing.
/// C06: and neither does one in which nothing was pressed.
#[tokio::test]
async fn a_form_that_is_not_ours_makes_nothing() {
    let stage = Stage::new().await;
    let form = stage.page(NEW).await.form_with("make").expect("a form");
    let field = |wanted: &str| {
        let found = form.fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).expect("a field")
    };
    let (csrf, once) = (field("csrf"), field("form"));
    for (csrf, once, action) in [
        ("forged", &*once, "make"),
        (&*csrf, &*once, "peek"),
        (&*csrf, "mine", "make"),
    ] {
        let sent = [("csrf", csrf), ("form", once), ("action", action)];
        let sent = [&sent[..], &READING].concat();
        let page = stage.browser().post(NEW, &sent).await.page();
        assert_eq!(page.status, 400, "{page:?}");
        page.reference();
    }
    assert_eq!(held(&stage).await, 0);
}
