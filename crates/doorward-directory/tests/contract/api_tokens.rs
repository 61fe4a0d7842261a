//! API tokens and service accounts.

use std::time::Duration;

use doorward_core::api_token::{
    ActsFor, ApiToken, Cause, Owner, OwnerStanding, PresentedApiToken, Quota, ServiceAccount, State,
};
use doorward_core::identifiers::{ApiTokenId, PersonId, ServiceAccountId};
use doorward_core::person::{Person, PersonStatus};
use doorward_core::secret::Secret;
use doorward_directory::api_tokens::{ApiTokenFilter, KEPT_API_TOKENS_FOR, Memories, Whose};
use doorward_directory::clients::{Added, Updated};
use doorward_directory::groups;
use doorward_directory::{Directory, Failure};

use crate::api_token_uses::used_and_watched;
use crate::support::{Counter, NOW, Store, at_once};

contract![
    a_token_is_found_by_what_opens_it,
    one_that_was_found_is_not_asked_for_again_until_something_changes,
    every_change_that_decides_is_seen,
    another_process_sees_a_revocation_when_it_looks,
    what_opened_a_rotated_token_before_ends,
    of_rotations_at_once_one_counts,
    all_tokens_of_a_person_are_revoked_at_once,
    tokens_are_listed_newest_first_page_by_page,
    whoever_answers_for_tokens_finds_them,
    tokens_that_end_soon_are_counted_for_whoever_owns_or_answers_for_them,
    a_person_answers_for_their_tokens_projects_and_service_accounts,
    an_owner_stands_as_they_do_now,
    a_service_account_is_handed_over,
    a_token_goes_with_its_person,
    a_group_of_the_same_name_answers_for_nothing_of_the_one_before,
    what_has_long_been_over_is_forgotten,
];

const DAY: Duration = Duration::from_hours(24);

fn token(acts_for: ActsFor, at: u64) -> ApiToken {
    let made = NOW.plus(Duration::from_secs(at));
    ApiToken {
        id: ApiTokenId::generate(made, &Counter),
        name: format!("token {at}").parse().unwrap(),
        acts_for,
        scope: "reports:read".parse().unwrap(),
        resources: [].into(),
        networks: Some("192.0.2.0/24".parse().unwrap()),
        quota: Quota::default(),
        created_at: made,
        rotated_at: None,
        expires_at: Some(made.plus(90 * DAY)),
        state: State::Live,
    }
}

fn secret(token: &ApiToken, number: u8) -> (Secret, PresentedApiToken) {
    let mut bytes = token.id.as_bytes().to_vec();
    bytes.extend([number; 16]);
    let secret = Secret::from_bytes(token.kind().secret(), &bytes);
    let presented = PresentedApiToken::parse(secret.reveal()).unwrap();
    (secret, presented)
}

pub(crate) async fn added(
    store: &Store,
    acts_for: ActsFor,
    at: u64,
) -> (ApiToken, PresentedApiToken) {
    let token = token(acts_for, at);
    let (secret, presented) = secret(&token, 1);
    store
        .directory
        .api_tokens()
        .add(&token, &secret)
        .await
        .unwrap();
    (token, presented)
}

pub(crate) async fn of_ada(store: &Store) -> (ApiToken, PresentedApiToken, PersonId) {
    let ada = store.person("ada").await;
    let (token, presented) = added(store, ActsFor::Person(ada.id), 1).await;
    (token, presented, ada.id)
}

/// A service account of somebody's, with a token.
pub(crate) async fn one_of_a_service_account(store: &Store, owner: &Person) {
    let nightly = account("nightly", Owner::Person(owner.id));
    let accounts = store.directory.service_accounts();
    assert_eq!(accounts.add(&nightly).await, Ok(Added::Added));
    let (token, _) = added(store, ActsFor::ServiceAccount(nightly.id), 1).await;
    used_and_watched(store, token.id).await;
}

async fn change(directory: &Directory, id: ApiTokenId, state: State) {
    let decide = |token: &ApiToken| {
        Ok::<_, Failure>(ApiToken {
            state: state.clone(),
            ..token.clone()
        })
    };
    let changed = directory.api_tokens().update(id, decide).await;
    assert!(matches!(changed, Ok(Updated::Updated(_))), "{changed:?}");
}

fn revoked() -> State {
    State::Live.revoked(NOW, Cause::Operator)
}

async fn a_token_is_found_by_what_opens_it(store: Store) {
    let (token, presented, ada) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let found = tokens
        .find(&presented, Memories::Fresh)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.token, token);
    assert_eq!(found.standing.owner, OwnerStanding::Enabled([].into()));
    assert_eq!(found.owner(), Some(Owner::Person(ada)));
    let (_, other) = secret(&token, 2);
    assert_eq!(tokens.find(&other, Memories::Fresh).await, Ok(None));
    assert_eq!(tokens.by_id(token.id).await.unwrap().unwrap().token, token);
}

async fn one_that_was_found_is_not_asked_for_again_until_something_changes(store: Store) {
    let (token, presented, _) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    tokens.find(&presented, Memories::Fresh).await.unwrap();
    let asked = store.directory.round_trips();
    tokens.find(&presented, Memories::Fresh).await.unwrap();
    assert_eq!(store.directory.round_trips(), asked);
    tokens.find(&presented, Memories::Stale).await.unwrap();
    assert_eq!(store.directory.round_trips(), asked + 1);
    let (_, _) = added(&store, token.acts_for, 2).await;
    let asked = store.directory.round_trips();
    tokens.find(&presented, Memories::Fresh).await.unwrap();
    assert_eq!(
        store.directory.round_trips(),
        asked,
        "a new token changes no other"
    );
}

/// T04: the owner's standing is that of now.
async fn every_change_that_decides_is_seen(store: Store) {
    let (token, presented, ada) = of_ada(&store).await;
    let directory = &store.directory;
    let standing = async || {
        let found = directory
            .api_tokens()
            .find(&presented, Memories::Fresh)
            .await;
        found.unwrap().unwrap().standing.owner.clone()
    };
    assert_eq!(standing().await, OwnerStanding::Enabled([].into()));
    let staff: doorward_core::person::GroupName = "staff".parse().unwrap();
    assert_eq!(
        directory.groups().add(&staff, "").await,
        Ok(groups::Added::Added)
    );
    let joined = directory.groups().add_member(&staff, ada).await;
    assert_eq!(joined, Ok(groups::MemberAdded::Added));
    assert_eq!(
        standing().await,
        OwnerStanding::Enabled([staff.clone()].into())
    );
    directory.groups().remove(&staff).await.unwrap();
    assert_eq!(standing().await, OwnerStanding::Enabled([].into()));
    directory
        .people()
        .set_status(ada, PersonStatus::Disabled, NOW)
        .await
        .unwrap();
    assert_eq!(standing().await, OwnerStanding::Disabled);
    change(directory, token.id, revoked()).await;
    let found = directory
        .api_tokens()
        .find(&presented, Memories::Fresh)
        .await;
    assert_eq!(found.unwrap().unwrap().token.state, revoked());
}

/// T08.
async fn another_process_sees_a_revocation_when_it_looks(store: Store) {
    let (token, presented, _) = of_ada(&store).await;
    let another = store.another().await;
    let seen = async |memories| {
        let found = another.api_tokens().find(&presented, memories).await;
        found.unwrap().unwrap().token.state.clone()
    };
    assert_eq!(seen(Memories::Fresh).await, State::Live);
    change(&store.directory, token.id, revoked()).await;
    assert_eq!(seen(Memories::Stale).await, revoked());
    another.refresh().await.unwrap();
    assert_eq!(seen(Memories::Fresh).await, revoked());
}

async fn what_opened_a_rotated_token_before_ends(store: Store) {
    let (token, first, _) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let ends = async |presented: &PresentedApiToken| {
        let found = tokens.find(presented, Memories::Fresh).await.unwrap();
        found.map(|found| found.secret_ends_at)
    };
    assert_eq!(ends(&first).await, Some(None));
    let rotated = ApiToken {
        rotated_at: Some(NOW.plus(DAY)),
        ..token.clone()
    };
    let (second_secret, second) = secret(&token, 2);
    let end = NOW.plus(2 * DAY);
    assert_eq!(
        tokens.rotate(&token, &rotated, &second_secret, end).await,
        Ok(true)
    );
    assert_eq!(
        (ends(&first).await, ends(&second).await),
        (Some(Some(end)), Some(None))
    );
    let again = ApiToken {
        rotated_at: Some(NOW.plus(2 * DAY)),
        ..token.clone()
    };
    let (third_secret, third) = secret(&token, 3);
    assert_eq!(
        tokens.rotate(&token, &again, &third_secret, end).await,
        Ok(false)
    );
    assert_eq!(
        tokens.rotate(&rotated, &again, &third_secret, end).await,
        Ok(true)
    );
    let left = (ends(&first).await, ends(&second).await, ends(&third).await);
    assert_eq!(left, (None, Some(Some(end)), Some(None)));
}

async fn of_rotations_at_once_one_counts(store: Store) {
    let (token, _, _) = of_ada(&store).await;
    let directory = store.directory.clone();
    let rotated = at_once(|number| {
        let (directory, token) = (directory.clone(), token.clone());
        async move {
            let (secret, _) = secret(&token, 10 + u8::try_from(number).unwrap());
            let rotated = ApiToken {
                rotated_at: Some(NOW.plus(DAY)),
                ..token.clone()
            };
            let tokens = directory.api_tokens();
            tokens.rotate(&token, &rotated, &secret, NOW).await.unwrap()
        }
    });
    assert_eq!(rotated.await, 1);
}

/// T08: mass revocation is one operation.
async fn all_tokens_of_a_person_are_revoked_at_once(store: Store) {
    let (_, own, ada) = of_ada(&store).await;
    let account = account("nightly", Owner::Person(ada));
    assert_eq!(
        store.directory.service_accounts().add(&account).await,
        Ok(Added::Added)
    );
    let (_, of_account) = added(&store, ActsFor::ServiceAccount(account.id), 2).await;
    let bob = store.person("bob").await;
    let (_, of_bob) = added(&store, ActsFor::Person(bob.id), 3).await;
    let tokens = store.directory.api_tokens();
    let state = async |presented: &PresentedApiToken| {
        let found = tokens
            .find(presented, Memories::Fresh)
            .await
            .unwrap()
            .unwrap();
        found.token.state.clone()
    };
    assert_eq!(state(&own).await, State::Live);
    assert_eq!(
        tokens
            .revoke_all(Whose::Person(ada), Cause::Operator, NOW)
            .await,
        Ok(2)
    );
    assert_eq!(
        (state(&own).await, state(&of_account).await),
        (revoked(), revoked())
    );
    assert_eq!(state(&of_bob).await, State::Live);
    assert_eq!(
        tokens
            .revoke_all(Whose::Everybody, Cause::Operator, NOW)
            .await,
        Ok(1)
    );
    assert_eq!(
        tokens
            .revoke_all(Whose::Everybody, Cause::Operator, NOW)
            .await,
        Ok(0)
    );
}

async fn tokens_are_listed_newest_first_page_by_page(store: Store) {
    let ada = store.person("ada").await;
    let owner = Owner::Person(ada.id);
    let project = ActsFor::Project {
        project: "website".parse().unwrap(),
        owner,
    };
    let mut expected = Vec::new();
    for at in 1..=5 {
        expected.insert(0, added(&store, ActsFor::Person(ada.id), at).await.0);
    }
    let (key, _) = added(&store, project, 6).await;
    let tokens = store.directory.api_tokens();
    let filter = ApiTokenFilter::Person(ada.id);
    let first = tokens.list(&filter, None, 3).await.unwrap();
    let rest = tokens
        .list(&filter, Some(first[2].token.id), 3)
        .await
        .unwrap();
    let listed: Vec<_> = first
        .into_iter()
        .chain(rest)
        .map(|found| found.token)
        .collect();
    assert_eq!(listed, expected);
    let keys = tokens
        .list(
            &ApiTokenFilter::Project("website".parse().unwrap()),
            None,
            9,
        )
        .await;
    assert_eq!(keys.unwrap()[0].token, key);
    assert_eq!(
        tokens
            .list(&ApiTokenFilter::All, None, 9)
            .await
            .unwrap()
            .len(),
        6
    );
    assert_eq!(tokens.count(&filter, NOW).await, Ok(5));
    change(&store.directory, expected[0].id, revoked()).await;
    assert_eq!(tokens.count(&filter, NOW).await, Ok(4));
    assert_eq!(tokens.count(&filter, NOW.plus(91 * DAY)).await, Ok(0));
}

/// A person with a token of their own, and a token of each kind that they answer for, alone and with a group.
async fn one_who_answers(store: &Store) -> (PersonId, Vec<ApiTokenId>) {
    let ada = store.person("ada").await.id;
    let web: doorward_core::person::GroupName = "web".parse().unwrap();
    let groups = store.directory.groups();
    assert_eq!(groups.add(&web, "").await, Ok(groups::Added::Added));
    let joined = groups.add_member(&web, ada).await;
    assert_eq!(joined, Ok(groups::MemberAdded::Added));
    added(store, ActsFor::Person(ada), 1).await;
    let mut expected = Vec::new();
    for (at, owner) in [(2, Owner::Person(ada)), (4, Owner::Group(web))] {
        let mut nightly = account(&format!("nightly-{at}"), owner.clone());
        nightly.id = ServiceAccountId::from_bytes([u8::try_from(at).unwrap(); 16]);
        let accounts = store.directory.service_accounts();
        assert_eq!(accounts.add(&nightly).await, Ok(Added::Added));
        let project = "website".parse().unwrap();
        for (more, acts_for) in [
            (0, ActsFor::ServiceAccount(nightly.id)),
            (1, ActsFor::Project { project, owner }),
        ] {
            expected.insert(0, added(store, acts_for, at + more).await.0.id);
        }
    }
    (ada, expected)
}

async fn whoever_answers_for_tokens_finds_them(store: Store) {
    let (ada, expected) = one_who_answers(&store).await;
    let bob = store.person("bob").await;
    let tokens = store.directory.api_tokens();
    let listed = async |person, after| {
        let filter = ApiTokenFilter::ProgramsOf(person);
        let listed = tokens.list(&filter, after, 9).await.unwrap();
        let listed: Vec<_> = listed.into_iter().map(|found| found.token.id).collect();
        listed
    };
    assert_eq!(listed(ada, None).await, expected);
    assert_eq!(listed(ada, Some(expected[1])).await, expected[2..]);
    assert_eq!(listed(bob.id, None).await, []);
    let filter = ApiTokenFilter::ProgramsOf(ada);
    assert_eq!(tokens.count(&filter, NOW).await, Ok(4));
}

async fn tokens_that_end_soon_are_counted_for_whoever_owns_or_answers_for_them(store: Store) {
    let (ada, all) = one_who_answers(&store).await;
    let bob = store.person("bob").await;
    let tokens = store.directory.api_tokens();
    let week = |day: u32| NOW.plus(day * DAY)..NOW.plus((day + 7) * DAY);
    assert_eq!(tokens.expiring(ada, week(80)).await, Ok(0));
    assert_eq!(tokens.expiring(ada, week(84)).await, Ok(5));
    assert_eq!(tokens.expiring(bob.id, week(84)).await, Ok(0));
    assert_eq!(tokens.expiring(ada, week(91)).await, Ok(0));
    change(&store.directory, all[0], revoked()).await;
    assert_eq!(tokens.expiring(ada, week(84)).await, Ok(4));
}

fn account(name: &str, owner: Owner) -> ServiceAccount {
    ServiceAccount {
        id: ServiceAccountId::generate(NOW, &Counter),
        name: name.parse().unwrap(),
        owner,
        status: PersonStatus::Enabled,
        created_at: NOW,
    }
}

async fn a_person_answers_for_their_tokens_projects_and_service_accounts(store: Store) {
    let (own, _, ada) = of_ada(&store).await;
    let person = store.directory.people().person(ada).await;
    one_of_a_service_account(&store, &person.unwrap().unwrap()).await;
    let of_project = |owner| ActsFor::Project {
        project: "website".parse().unwrap(),
        owner,
    };
    added(&store, of_project(Owner::Person(ada)), 2).await;
    let of_group = Owner::Group("accountants".parse().unwrap());
    added(&store, of_project(of_group), 3).await;
    let tokens = store.directory.api_tokens();
    let counts = async |filter: &ApiTokenFilter| {
        let listed = tokens.list(filter, None, 10).await.unwrap().len();
        let counted = tokens.count(filter, NOW).await.unwrap();
        assert_eq!(u64::try_from(listed), Ok(counted), "{filter:?}");
        listed
    };
    assert_eq!(counts(&ApiTokenFilter::AnsweredForBy(ada)).await, 3);
    assert_eq!(counts(&ApiTokenFilter::of(&own.acts_for)).await, 1);
    let others = ApiTokenFilter::AnsweredForBy(PersonId::from_bytes([7; 16]));
    assert_eq!(counts(&others).await, 0);
}

async fn an_owner_stands_as_they_do_now(store: Store) {
    let ada = store.person("ada").await;
    let accountants = "accountants".parse().unwrap();
    let (person, group) = (
        Owner::Person(ada.id),
        Owner::Group("accountants".parse().unwrap()),
    );
    let tokens = store.directory.api_tokens();
    assert_eq!(tokens.standing_of(&group).await, Ok(OwnerStanding::Gone));
    let groups = store.directory.groups();
    let added = groups.add(&accountants, "").await;
    assert_eq!(added, Ok(groups::Added::Added));
    let joined = groups.add_member(&accountants, ada.id).await;
    assert_eq!(joined, Ok(groups::MemberAdded::Added));
    let enabled = Ok(OwnerStanding::Enabled([accountants].into()));
    assert_eq!(tokens.standing_of(&group).await, enabled);
    assert_eq!(tokens.standing_of(&person).await, enabled);
    let people = store.directory.people();
    let disabled = people.set_status(ada.id, PersonStatus::Disabled, NOW).await;
    assert_eq!(disabled, Ok(true));
    let standing = tokens.standing_of(&person).await;
    assert_eq!(standing, Ok(OwnerStanding::Disabled));
    assert_eq!(people.remove(ada.id, NOW).await, Ok(true));
    assert_eq!(tokens.standing_of(&person).await, Ok(OwnerStanding::Gone));
}

async fn a_service_account_is_handed_over(store: Store) {
    let ada = store.person("ada").await;
    let bob = store.person("bob").await;
    let accounts = store.directory.service_accounts();
    let nightly = account("nightly", Owner::Person(ada.id));
    assert_eq!(accounts.add(&nightly).await, Ok(Added::Added));
    assert_eq!(
        accounts
            .add(&account("nightly", Owner::Person(bob.id)))
            .await,
        Ok(Added::Taken)
    );
    let (token, presented) = added(&store, ActsFor::ServiceAccount(nightly.id), 1).await;
    let to_bob = |account: &ServiceAccount| {
        Ok::<_, Failure>(ServiceAccount {
            owner: Owner::Person(bob.id),
            ..account.clone()
        })
    };
    let handed_over = accounts.update(&nightly.name, to_bob).await;
    assert!(matches!(handed_over, Ok(Updated::Updated(_))));
    store.directory.people().remove(ada.id, NOW).await.unwrap();
    let found = store
        .directory
        .api_tokens()
        .find(&presented, Memories::Fresh)
        .await;
    let found = found.unwrap().unwrap();
    assert_eq!(
        (&found.token, found.owner()),
        (&token, Some(Owner::Person(bob.id)))
    );
    assert_eq!(accounts.list(None, 9).await.unwrap().len(), 1);
    assert_eq!(accounts.remove(&nightly.name).await, Ok(true));
    assert_eq!(accounts.remove(&nightly.name).await, Ok(false));
    let found = store
        .directory
        .api_tokens()
        .find(&presented, Memories::Fresh)
        .await;
    assert_eq!(found, Ok(None));
}

/// T04: nobody answers for it any more.
async fn a_token_goes_with_its_person(store: Store) {
    let (_, presented, ada) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    assert!(
        tokens
            .find(&presented, Memories::Fresh)
            .await
            .unwrap()
            .is_some()
    );
    store.directory.people().remove(ada, NOW).await.unwrap();
    assert_eq!(tokens.find(&presented, Memories::Fresh).await, Ok(None));
}

async fn what_has_long_been_over_is_forgotten(store: Store) {
    let (expiring, _, ada) = of_ada(&store).await;
    let (ended, _) = added(&store, ActsFor::Person(ada), 2).await;
    change(&store.directory, ended.id, revoked()).await;
    let swept = store
        .directory
        .sweep(NOW.plus(KEPT_API_TOKENS_FOR))
        .await
        .unwrap();
    assert_eq!(swept.api_tokens, 1);
    let tokens = store.directory.api_tokens();
    assert_eq!(tokens.by_id(ended.id).await, Ok(None));
    assert!(tokens.by_id(expiring.id).await.unwrap().is_some());
    let much_later = NOW.plus(91 * DAY + KEPT_API_TOKENS_FOR);
    assert_eq!(
        store.directory.sweep(much_later).await.unwrap().api_tokens,
        1
    );
}

/// T04: the key of a group that was removed is nobody's, whatever is called like it later.
async fn a_group_of_the_same_name_answers_for_nothing_of_the_one_before(store: Store) {
    let contractors: doorward_core::person::GroupName = "contractors".parse().unwrap();
    let groups = store.directory.groups();
    let added_group = async || groups.add(&contractors, "").await;
    assert_eq!(added_group().await, Ok(groups::Added::Added));
    let owner = Owner::Group(contractors.clone());
    let project = "website".parse().unwrap();
    let (_, presented) = added(&store, ActsFor::Project { project, owner }, 1).await;
    let tokens = store.directory.api_tokens();
    let owner = async || {
        let found = tokens.find(&presented, Memories::Fresh).await.unwrap();
        found.unwrap().standing.owner.clone()
    };
    let enabled = OwnerStanding::Enabled([contractors.clone()].into());
    assert_eq!(owner().await, enabled);
    assert_eq!(groups.remove(&contractors).await, Ok(true));
    assert_eq!(owner().await, OwnerStanding::Gone);
    assert_eq!(added_group().await, Ok(groups::Added::Added));
    assert_eq!(owner().await, OwnerStanding::Gone);
}
