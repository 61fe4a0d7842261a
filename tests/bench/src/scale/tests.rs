//! What is generated is what the product would have written: it reads all of it back.

use doorward::provider::Ambient;
use doorward_directory::Directory;

use super::{
    filling::Target,
    population::{Population, Visit},
};
use crate::scale::population::username;

async fn filled(target: &Target) -> (Population, Directory) {
    let now = Ambient::default().clock.now();
    let population = Population::new(1000, now).unwrap();
    target.fill(&population).await.unwrap();
    let directory = Directory::open(&target.location().unwrap()).await.unwrap();
    (population, directory)
}

async fn is_read_back(population: &Population, directory: &Directory) {
    for number in [0, 1, 499, 999] {
        let person = population.person(number).unwrap();
        let session = population.session(population.visit(number)).unwrap();
        let grant = population.grant(number).unwrap();
        let (_, family) = population.refresh_token(number);

        let found = directory
            .people()
            .credential(&username(number).unwrap())
            .await;
        let (found, password) = found.unwrap().unwrap();
        assert_eq!(found, person);
        assert_eq!(password.unwrap().as_str(), population.password.as_str());
        let found = directory.sessions().with_person(session.id).await.unwrap();
        assert_eq!(found, Some((session, person.clone())));
        let found = directory.grants().refresh_token(family.id).await.unwrap();
        assert_eq!(found, Some((family, grant, person.clone())));
    }
}

async fn clients_and_groups_are_read_back(population: &Population, directory: &Directory) {
    let clients = directory.clients().list();
    assert_eq!(clients.len(), 10);
    assert_eq!(*clients[3], population.client(3).unwrap());
    let groups = directory.groups().list().await.unwrap();
    assert_eq!(groups.len(), 10);
    assert!(groups.iter().all(|group| group.members == 100));
}

async fn guests_are_let_in(target: &Target, population: &Population, directory: &Directory) {
    let guest = Visit {
        number: 1 << 40,
        ..population.visit(7)
    };
    target.put_sessions(population, &[guest]).await.unwrap();
    let session = population.session(guest).unwrap();
    let found = directory.sessions().with_person(session.id).await.unwrap();
    assert_eq!(found, Some((session, population.person(7).unwrap())));
}

async fn all_is_read_back(target: &Target) {
    let (population, directory) = filled(target).await;
    is_read_back(&population, &directory).await;
    clients_and_groups_are_read_back(&population, &directory).await;
    guests_are_let_in(target, &population, &directory).await;
    directory.close().await.unwrap();
}

#[tokio::test]
async fn the_directory_on_sqlite_reads_what_was_generated() {
    let folder = tempfile::tempdir().unwrap();
    all_is_read_back(&Target::Sqlite(folder.path().join("directory.sqlite"))).await;
}

#[tokio::test]
async fn the_directory_on_postgresql_reads_what_was_generated() {
    let Some(schema) = doorward_tests::postgres::Schema::new().await else {
        return;
    };
    // The last parameter is for the product alone.
    let url = schema.url().replace("&connections=6", "");
    all_is_read_back(&Target::Postgres(url)).await;
}
