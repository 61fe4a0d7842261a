//! Opaque access tokens ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).

use std::time::Duration;

use doorward_core::resource_server::AccessTokenFormat;
use doorward_verify::Verifier;

use super::api::{Api, REPORTS, furnished, own_token, verifier};

/// T08: a token that was revoked works no longer than an answer is kept.
#[tokio::test]
async fn an_opaque_token_works_until_it_is_revoked() {
    let (scene, wiki) = furnished(AccessTokenFormat::Opaque).await;
    let verifier = verifier(&scene).await.build().expect("a verifier");
    let api = Api::start(&verifier).await;
    let token = scene
        .tokens(&wiki, "openid reports:read")
        .await
        .access_token;
    let answer = api.read(&token).await;
    answer.assert_allowed();
    assert_eq!(answer.body, scene.alice.sub());

    let revoked = scene.provider.token(&wiki).revoke(&token).await;
    assert_eq!(revoked.status, 200);
    scene.provider.clock().advance(Duration::from_secs(5));
    api.read(&token).await.assert_refused(401, "invalid_token");
}

#[tokio::test]
async fn an_answer_is_kept_for_a_moment_and_never_longer_than_its_token_lives() {
    let (scene, wiki) = furnished(AccessTokenFormat::Opaque).await;
    let day = Duration::from_hours(24);
    let verifier = verifier(&scene).await.keep_answers(day).build();
    let api = Api::start(&verifier.expect("a verifier")).await;
    let token = own_token(&scene, &wiki, "reports:read").await;
    api.read(&token).await.assert_allowed();
    let clock = scene.provider.time();
    drop(scene);
    clock.advance(Duration::from_mins(9));
    api.read(&token).await.assert_allowed();
    clock.advance(Duration::from_mins(1));
    api.read(&token).await.assert_refused(401, "invalid_token");
}

/// P41: an API learns nothing of tokens for others.
#[tokio::test]
async fn an_opaque_token_for_another_api_opens_nothing() {
    let (scene, wiki) = furnished(AccessTokenFormat::Opaque).await;
    let asker = crate::resource_servers::api(&scene, "files-api").await;
    let files = Verifier::builder(scene.provider.issuer(), "https://files.example")
        .introspect_as(asker.id().to_owned(), asker.secret.expect("a secret"))
        .clock(scene.provider.time())
        .build();
    let api = Api::start(&files.expect("a verifier")).await;
    let token = own_token(&scene, &wiki, "reports:read").await;
    api.read(&token).await.assert_refused(401, "invalid_token");
}

/// T02: what cannot be a token is refused without asking: there is nobody to ask here.
#[tokio::test]
async fn garbage_is_refused_by_its_checksum_while_the_issuer_is_away() {
    let (scene, wiki) = furnished(AccessTokenFormat::Opaque).await;
    let verifier = verifier(&scene).await.build().expect("a verifier");
    let api = Api::start(&verifier).await;
    let token = own_token(&scene, &wiki, "reports:read").await;
    let tokens = scene
        .tokens(&wiki, "openid offline_access reports:read")
        .await;
    drop(scene);
    let answer = api.read(&token).await;
    assert_eq!(
        answer.status, 503,
        "nobody knows whether it is good: {answer:?}"
    );
    assert!(answer.challenges.is_empty(), "{answer:?}");
    let flipped = match token.strip_suffix('a') {
        Some(rest) => format!("{rest}b"),
        None => format!("{}a", &token[..token.len() - 1]),
    };
    let refresh = tokens.refresh_token.expect("a refresh token");
    for garbage in [&*flipped, &token[..token.len() - 1], &refresh] {
        api.read(garbage).await.assert_refused(401, "invalid_token");
    }
}

#[tokio::test]
async fn without_credentials_or_with_wrong_ones_no_opaque_token_passes() {
    let (scene, wiki) = furnished(AccessTokenFormat::Opaque).await;
    let token = own_token(&scene, &wiki, "reports:read").await;
    let builder =
        || Verifier::builder(scene.provider.issuer(), REPORTS).clock(scene.provider.time());
    let wrong = builder().introspect_as("reports-api", "a guess");
    for builder in [builder(), wrong] {
        let api = Api::start(&builder.build().expect("a verifier")).await;
        assert_eq!(api.read(&token).await.status, 503);
    }
}
