//! Clients that registered themselves, and the tokens that let them.

use std::time::Duration;

use doorward_core::client::Client;
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::registration::{ApplicationType, Dynamic, PresentedRegistrationToken};
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::Registered;
use doorward_directory::clients::Added;
use doorward_directory::initial_access_tokens::InitialAccessToken;

use crate::support::{NOW, Store, at_once, client, grant};

contract![
    as_many_clients_are_registered_as_the_token_says,
    a_token_is_listed_and_removed,
    a_client_that_nobody_uses_is_removed,
    many_clients_that_nobody_uses_are_removed_with_what_they_were_granted,
    a_client_is_found_by_the_token_that_manages_it,
];

const DAY: Duration = Duration::from_hours(24);

fn dynamic(id: &str) -> Client {
    Client {
        dynamic: Some(Dynamic {
            registration_access_token: None,
            document_gone_at: None,
            allowed_scope: None,
            allowed_authorization_details_types: None,
            contacts: Vec::new(),
            application_type: ApplicationType::Web,
            initiate_login_uri: None,
            sector_identifier_uri: None,
            software_id: None,
            software_version: None,
        }),
        ..client(id)
    }
}

/// A token for so many clients, for a day.
pub(crate) async fn initial_access_token(store: &Store, name: &str, uses_left: u32) -> Secret {
    let token = Secret::from_bytes(SecretKind::InitialAccessToken, name.as_bytes());
    let about = InitialAccessToken {
        name: name.to_owned(),
        uses_left,
        created_at: NOW,
        expires_at: NOW.plus(DAY),
    };
    let tokens = store.directory.initial_access_tokens();
    assert_eq!(tokens.add(&about, &token).await, Ok(Added::Added));
    assert_eq!(tokens.add(&about, &token).await, Ok(Added::Taken));
    token
}

async fn as_many_clients_are_registered_as_the_token_says(store: Store) {
    let token = initial_access_token(&store, "rollout", 3).await;
    let registered = at_once(|at| {
        let (directory, token) = (store.directory.clone(), token.clone());
        async move {
            let client = dynamic(&format!("c-{at}"));
            let clients = directory.clients();
            let registered = clients.register(&client, Some(&token), NOW).await;
            registered.unwrap() == Registered::Registered
        }
    });
    assert_eq!(registered.await, 3);
    let clients = store.directory.clients();
    assert_eq!(clients.dynamic(), 3);

    let late = initial_access_token(&store, "late", 3).await;
    let stranger = Secret::from_bytes(SecretKind::InitialAccessToken, &[9; 32]);
    for (token, now) in [(&late, NOW.plus(DAY)), (&stranger, NOW)] {
        let refused = clients.register(&dynamic("c-late"), Some(token), now).await;
        assert_eq!(refused, Ok(Registered::NoToken));
    }
    let open = clients.register(&dynamic("c-open"), None, NOW).await;
    assert_eq!(open, Ok(Registered::Registered));
    let twice = clients.register(&dynamic("c-open"), Some(&late), NOW).await;
    assert_eq!(twice, Ok(Registered::Taken));
    let left = store
        .directory
        .initial_access_tokens()
        .list()
        .await
        .unwrap();
    let left: Vec<_> = left
        .iter()
        .map(|token| (&*token.name, token.uses_left))
        .collect();
    assert_eq!(
        left,
        [("late", 3), ("rollout", 0)],
        "what registers nobody uses nothing up"
    );
}

async fn a_token_is_listed_and_removed(store: Store) {
    initial_access_token(&store, "a", 1).await;
    let tokens = store.directory.initial_access_tokens();
    let listed = tokens.list().await.unwrap();
    assert_eq!(listed[0].expires_at, NOW.plus(DAY));
    assert_eq!(tokens.remove("a").await, Ok(true));
    assert_eq!(tokens.remove("a").await, Ok(false));
    assert_eq!(tokens.list().await, Ok(Vec::new()));
}

async fn a_client_that_nobody_uses_is_removed(store: Store) {
    let clients = store.directory.clients();
    for id in ["c-used", "c-unused"] {
        let registered = clients.register(&dynamic(id), None, NOW).await;
        assert_eq!(registered, Ok(Registered::Registered));
    }
    store.client("wiki").await;
    let used = "c-used".parse().unwrap();
    for hours in [1, 20, 30] {
        let at = NOW.plus(Duration::from_hours(hours));
        assert_eq!(clients.used(&used, at).await, Ok(()));
    }
    let sweep = async |after: Duration| {
        let removed = clients
            .remove_unused(10 * DAY, NOW.plus(after))
            .await
            .unwrap();
        removed.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(sweep(10 * DAY).await.is_empty(), "they may still be used");
    assert_eq!(
        sweep(10 * DAY + Duration::from_millis(1)).await,
        ["c-unused"]
    );
    // Written down after 1 hour, and again after 30: not after 20.
    let last = 10 * DAY + Duration::from_hours(30);
    assert!(sweep(last).await.is_empty());
    assert_eq!(sweep(last + Duration::from_millis(1)).await, ["c-used"]);
    assert_eq!(clients.list().len(), 1, "what an operator registered stays");
}

async fn many_clients_that_nobody_uses_are_removed_with_what_they_were_granted(store: Store) {
    let clients = store.directory.clients();
    let session = store.session(&store.person("ada").await).await;
    store.client("wiki").await;
    let stays = store.grant(&session, GrantLifetime::Offline).await;
    for at in 0..300 {
        let registered = clients
            .register(&dynamic(&format!("c-{at}")), None, NOW)
            .await;
        assert_eq!(registered, Ok(Registered::Registered));
    }
    let used = "c-7".parse().unwrap();
    assert_eq!(clients.used(&used, NOW.plus(11 * DAY)).await, Ok(()));
    let granted = Grant {
        client: "c-299".parse().unwrap(),
        ..grant(&session, GrantLifetime::Offline)
    };
    let _recorded = store.directory.grants().record(&granted, None).await;
    assert!(store.is_live(&granted).await);

    let late = NOW.plus(12 * DAY);
    let removed = clients.remove_unused(10 * DAY, late).await.unwrap();
    assert_eq!(removed.len(), 299);
    assert!(!removed.contains(&used));
    assert_eq!(clients.dynamic(), 1);
    assert!(!store.is_live(&granted).await);
    assert!(store.is_live(&stays).await);
    let other = store.another().await;
    assert_eq!(other.clients().list(), clients.list());
    assert_eq!(clients.remove_unused(10 * DAY, late).await, Ok(Vec::new()));
}

async fn a_client_is_found_by_the_token_that_manages_it(store: Store) {
    let clients = store.directory.clients();
    let tokens = ["a", "b"]
        .map(|name| Secret::from_bytes(SecretKind::RegistrationAccessToken, name.as_bytes()));
    for (id, token) in ["c-a", "c-b"].into_iter().zip(&tokens) {
        let mut client = dynamic(id);
        if let Some(dynamic) = &mut client.dynamic {
            dynamic.registration_access_token = Some(token.hash());
        }
        assert_eq!(
            clients.register(&client, None, NOW).await,
            Ok(Registered::Registered)
        );
    }
    for (id, token) in ["c-a", "c-b"].into_iter().zip(&tokens) {
        let token = PresentedRegistrationToken::parse(token.reveal()).unwrap();
        let found = clients.managed_by(token).unwrap();
        assert_eq!(found.client_id.as_str(), id);
    }
}
