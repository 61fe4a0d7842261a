//! `doorward client`

use serde_json::{Value, json};

use super::{Operator, REFUSED, USAGE};

/// P29: a secret is shown once.
#[tokio::test]
async fn a_client_is_added_with_safe_defaults_and_its_secret_is_shown_once() {
    let operator = Operator::new();
    let line = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let mut added = operator.types(line).await.json();

    let secret = added
        .as_object_mut()
        .unwrap()
        .remove("client_secret")
        .unwrap();
    assert!(secret.as_str().unwrap().starts_with("dw_cs_"), "{secret}");
    assert_eq!(
        added,
        json!({
            "client_id": "wiki",
            "client_name": "wiki",
            "redirect_uris": ["https://wiki.example/cb"],
            "post_logout_redirect_uris": [],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "address email groups offline_access openid phone profile",
            "consent": "trusted",
            "pkce": "optional",
            "require_pushed_authorization_requests": false,
            "dpop_bound_access_tokens": false,
            "tls_client_certificate_bound_access_tokens": false,
            "id_token_signed_response_alg": "RS256",
            "access_token_signed_response_alg": "ES256",
            "subject_type": "public",
            "secrets": [{ "created_at": "2023-11-14T22:13:20Z", "expires_at": null, "live": true }],
            "created_at": "2023-11-14T22:13:20Z",
        })
    );
    let shown = operator
        .types("doorward client show wiki --json")
        .await
        .json();
    assert_eq!(shown, added);
    let listed = operator.types("doorward client list --json").await.json();
    assert_eq!(listed, json!([added]));
}

/// P29: what is kept is a hash, of no use to who reads the files.
#[tokio::test]
async fn no_file_has_the_secret_of_a_client() {
    let operator = Operator::new();
    let line = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let added = operator.types(line).await.json();
    let secret = added["client_secret"].as_str().unwrap();
    let line = line.replace("wiki", "till") + " --auth-method client_secret_jwt";
    let derived = operator.types(&line).await.json();
    let derived = derived["client_secret"].as_str().unwrap();
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(operator.data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            kept.extend(std::fs::read(path).unwrap());
        }
    }
    let has = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("https://wiki.example/cb"), "what is kept was read");
    assert!(!has(secret) && !has(derived));
}

#[tokio::test]
async fn the_answer_for_people_says_that_the_secret_is_shown_once() {
    let operator = Operator::new();
    let line = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    let answer = operator.types(line).await.done();
    assert!(answer.contains("client_secret"), "{answer}");
    assert!(answer.contains("shown this once"), "{answer}");
}

#[tokio::test]
async fn a_public_client_has_no_secret_and_must_use_pkce() {
    let operator = Operator::new();
    let line = "doorward client add phone --public --redirect-uri com.example.phone:/cb --json";
    let added = operator.types(line).await.json();
    assert_eq!(added["token_endpoint_auth_method"], "none");
    assert_eq!(added["pkce"], "required");
    assert_eq!(added["secrets"], json!([]));
    assert_eq!(added.get("client_secret"), None);
    operator
        .types("doorward client rotate-secret phone")
        .await
        .refused(REFUSED);
}

#[tokio::test]
async fn every_member_of_a_registration_can_be_chosen() {
    let operator = Operator::new();
    let line = "doorward client add shop --redirect-uri https://shop.example/cb \
        --redirect-uri http://127.0.0.1/cb --post-logout-redirect-uri https://shop.example/ \
        --name Shop --response-mode form_post --response-mode jwt --auth-method client_secret_post --grant-type authorization_code \
        --scope openid --consent ask --pkce required --require-par --require-dpop --algorithm EdDSA \
        --access-token-algorithm PS256 --userinfo-algorithm ES256 --response-algorithm PS256 --introspection-algorithm EdDSA --default-max-age 3600 \
        --client-uri https://shop.example/ --logo-uri https://shop.example/logo.svg \
        --policy-uri https://shop.example/policy --tos-uri https://shop.example/tos \
        --backchannel-logout-uri https://shop.example/signed-out \
        --backchannel-logout-session-required \
        --frontchannel-logout-uri https://shop.example/signed-out-here \
        --frontchannel-logout-session-required \
        --subject-type pairwise --sector-identifier-uri https://shop.example/sector --json";
    let added = operator.types(line).await.json();
    for (member, value) in [
        ("client_name", json!("Shop")),
        (
            "redirect_uris",
            json!(["https://shop.example/cb", "http://127.0.0.1/cb"]),
        ),
        (
            "post_logout_redirect_uris",
            json!(["https://shop.example/"]),
        ),
        (
            "backchannel_logout_uri",
            json!("https://shop.example/signed-out"),
        ),
        ("backchannel_logout_session_required", json!(true)),
        (
            "frontchannel_logout_uri",
            json!("https://shop.example/signed-out-here"),
        ),
        ("frontchannel_logout_session_required", json!(true)),
        ("subject_type", json!("pairwise")),
        ("sector", json!("shop.example")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("grant_types", json!(["authorization_code"])),
        ("scope", json!("openid")),
        ("consent", json!("ask")),
        ("pkce", json!("required")),
        ("require_pushed_authorization_requests", json!(true)),
        ("dpop_bound_access_tokens", json!(true)),
        ("id_token_signed_response_alg", json!("EdDSA")),
        ("access_token_signed_response_alg", json!("PS256")),
        ("authorization_signed_response_alg", json!("PS256")),
        ("userinfo_signed_response_alg", json!("ES256")),
        ("introspection_signed_response_alg", json!("EdDSA")),
        ("response_modes", json!(["form_post", "jwt"])),
        ("default_max_age", json!(3600)),
        ("client_uri", json!("https://shop.example/")),
        ("logo_uri", json!("https://shop.example/logo.svg")),
        ("policy_uri", json!("https://shop.example/policy")),
        ("tos_uri", json!("https://shop.example/tos")),
    ] {
        assert_eq!(added[member], value, "{member}");
    }
}

#[tokio::test]
async fn a_program_that_acts_for_itself_has_no_redirect_uri_and_nothing_about_people() {
    let operator = Operator::new();
    let add = "doorward client add reports --grant-type client_credentials --json";
    let added = operator.types(add).await.json();
    assert_eq!(added["grant_types"], json!(["client_credentials"]));
    assert_eq!(added["redirect_uris"], json!([]));
    assert_eq!(added["scope"], json!(""));
    assert!(added["client_secret"].is_string());
}

/// [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628).
#[tokio::test]
async fn a_program_on_a_device_has_no_redirect_uri_and_may_stay_connected() {
    let operator = Operator::new();
    let add = "doorward client add tv --public --grant-type device_code,refresh_token --json";
    let added = operator.types(add).await.json();
    let device_code = "urn:ietf:params:oauth:grant-type:device_code";
    assert_eq!(added["grant_types"], json!(["refresh_token", device_code]));
    assert_eq!(added["redirect_uris"], json!([]));
    let scope = added["scope"].as_str().unwrap();
    assert!(scope.contains("openid") && scope.contains("offline_access"));
    let more = "doorward client add box --grant-type device_code --redirect-uri https://a.example/";
    let errors = operator.types(more).await.refused(USAGE);
    assert!(errors.contains("--redirect-uri goes with"), "{errors}");
}

/// P32: a client exchanges nothing unless it is said for what, and must say who acts unless it is said that it need not.
#[tokio::test]
async fn an_api_is_allowed_to_exchange_tokens_for_the_resource_servers_that_are_named() {
    let operator = Operator::new();
    let add = "doorward client add reports-api --grant-type token_exchange --json";
    let errors = operator.types(add).await.refused(USAGE);
    assert!(errors.contains("--exchange-for URI"), "{errors}");
    let add = format!("{add} --exchange-for https://files.example");
    let added = operator
        .types(&format!("{add} --exchange-for urn:mail --scope files:read"))
        .await
        .json();
    let grant_type = "urn:ietf:params:oauth:grant-type:token-exchange";
    assert_eq!(added["grant_types"], json!([grant_type]));
    let both = json!(["https://files.example", "urn:mail"]);
    assert_eq!(added["exchange_for"], both);
    assert_eq!(added["exchange"], "delegation");
    let errors = operator.types(&format!("{add} --public")).await;
    let errors = errors.refused(USAGE);
    assert!(errors.contains("cannot prove who it is"), "{errors}");

    let wiki = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let errors = operator
        .types(&format!("{wiki} --exchange-for urn:mail"))
        .await
        .refused(USAGE);
    assert!(errors.contains("--grant-type token_exchange"), "{errors}");
    operator
        .types(&format!("{wiki} --exchange impersonation"))
        .await
        .refused(USAGE);
    let added = operator.types(wiki).await.json();
    assert_eq!(added.get("exchange_for"), None);
    assert_eq!(added.get("exchange"), None);
}

#[tokio::test]
async fn registrations_that_contradict_themselves_are_wrong_usage() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    for (more, reason) in [
        (
            "--public --auth-method client_secret_post",
            "a public client has no secret",
        ),
        ("--public --pkce optional", "PKCE is the only proof"),
        (
            "--auth-method none --pkce optional",
            "PKCE is the only proof",
        ),
        (
            "--grant-type refresh_token",
            "--grant-type authorization_code",
        ),
        (
            "--public --grant-type authorization_code,client_credentials",
            "a public client has no credentials",
        ),
        (
            "--sector-identifier-uri https://wiki.example/sector",
            "--subject-type pairwise only",
        ),
        (
            "--subject-type pairwise --redirect-uri https://two.example/cb",
            "several hosts",
        ),
        (
            "--frontchannel-logout-uri https://elsewhere.example/out",
            "--redirect-uri of the same scheme, host and port",
        ),
        (
            "--grant-type client_credentials",
            "--redirect-uri goes with --grant-type authorization_code",
        ),
        ("--algorithm none", "RS256, ES256, PS256, EdDSA"),
        ("--redirect-uri http://wiki.example/cb", "use https"),
        ("--redirect-uri https://wiki.example/*", "wildcard"),
        ("--redirect-uri https://wiki.example/#a", "fragment"),
        ("--logo-uri javascript:alert(1)", "https://"),
    ] {
        let errors = operator
            .types(&format!("{add} {more}"))
            .await
            .refused(USAGE);
        assert!(errors.contains(reason), "{more}: {errors}");
    }
    let line = "doorward client add wiki";
    let errors = operator.types(line).await.refused(USAGE);
    assert!(errors.contains("--redirect-uri is missing"), "{errors}");
    let bad_id = "doorward client add wi/ki --redirect-uri https://wiki.example/cb";
    let errors = operator.types(bad_id).await.refused(USAGE);
    assert!(errors.contains("1 to 128 letters, digits"), "{errors}");
    assert_eq!(
        operator.types("doorward client list --json").await.json(),
        json!([])
    );
}

#[tokio::test]
async fn a_new_secret_ends_the_old_one_at_once_or_after_a_while() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let first = operator.types(add).await.json();
    let rotate = "doorward client rotate-secret wiki --json";
    let second = operator
        .types(&format!("{rotate} --overlap 24h"))
        .await
        .json();
    assert_ne!(first["client_secret"], second["client_secret"]);
    let until: Vec<&Value> = second["secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["expires_at"])
        .collect();
    assert_eq!(until, [&json!("2023-11-15T22:13:20Z"), &Value::Null]);

    let third = operator.types(rotate).await.json();
    assert_eq!(third["secrets"].as_array().unwrap().len(), 1);
    let fourth = format!("{rotate} --overlap 1h --lifetime 90d");
    let fourth = operator.types(&fourth).await.json();
    let secrets = fourth["secrets"].as_array().unwrap().iter();
    let ends: Vec<&Value> = secrets.map(|secret| &secret["expires_at"]).collect();
    assert_eq!(ends, ["2023-11-14T23:13:20Z", "2024-02-12T22:13:20Z"]);
    operator
        .types(&format!("{rotate} --overlap soon"))
        .await
        .refused(USAGE);
}

/// P29: the first secret may end by itself, too, and says so.
#[tokio::test]
async fn the_first_secret_of_a_client_ends_when_it_is_to() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let ending = format!("{add} --secret-lifetime 90d");
    let ends = |client: &Value| client["secrets"][0]["expires_at"].clone();
    assert_eq!(
        ends(&operator.types(&ending).await.json()),
        "2024-02-12T22:13:20Z"
    );

    let replace = ending.replace("client add", "client replace");
    let refused = operator.types(&replace).await.refused(REFUSED);
    assert!(
        refused.contains("client rotate-secret wiki --lifetime"),
        "{refused}"
    );
    let derived = format!("{replace} --auth-method client_secret_jwt");
    assert_eq!(
        ends(&operator.types(&derived).await.json()),
        "2024-02-12T22:13:20Z"
    );
    let public = format!("{replace} --public");
    let refused = operator.types(&public).await.refused(USAGE);
    assert!(refused.contains("has no secret"), "{refused}");
}

const READER: &str = r#"{"kid":"reader","use":"enc","kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;

/// [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)
#[tokio::test]
async fn what_is_encrypted_for_a_client_needs_a_key_that_fits() {
    let operator = Operator::new();
    let add = "doorward client add clinic --redirect-uri https://clinic.example/cb --json";
    let wanted = "--id-token-encryption ECDH-ES:A256GCM --userinfo-encryption ECDH-ES";
    let keyless = operator.types(&format!("{add} {wanted}")).await;
    let errors = keyless.refused(USAGE);
    assert!(errors.contains("--jwks FILE"), "{errors}");
    let (_folder, path) = file(READER);
    let other = format!("{add} --jwks {path} --id-token-encryption RSA-OAEP-256");
    let errors = operator.types(&other).await.refused(USAGE);
    assert!(errors.contains("RSA-OAEP-256"), "{errors}");
    let broken = format!("{add} --jwks {path} --id-token-encryption RSA1_5");
    operator.types(&broken).await.refused(USAGE);

    let added = format!("{add} --jwks {path} {wanted}");
    operator.types(&added).await.json();
    let shown = operator.types("doorward client show clinic --json").await;
    let shown = shown.json();
    for (name, value) in [
        ("id_token_encrypted_response_alg", "ECDH-ES"),
        ("id_token_encrypted_response_enc", "A256GCM"),
        ("userinfo_encrypted_response_alg", "ECDH-ES"),
        ("userinfo_encrypted_response_enc", "A128CBC-HS256"),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let replace = format!("{} --jwks {path}", add.replace("add", "replace"));
    let replaced = operator.types(&replace).await.json();
    assert_eq!(replaced.get("id_token_encrypted_response_alg"), None);
}

const JWKS: &str = r#"{"keys":[{"kid":"one","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","alg":"EdDSA"}]}"#;

/// A file in a folder of its own.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[tokio::test]
async fn a_client_that_signs_has_public_keys_and_no_secret() {
    let operator = Operator::new();
    let (_folder, path) = file(JWKS);
    let add = "doorward client add bank --redirect-uri https://bank.example/cb --json";
    let line = format!(
        "{add} --auth-method private_key_jwt --jwks {path} \
        --assertion-algorithm EdDSA --assertion-audience token_endpoint_too"
    );
    let added = operator.types(&line).await.json();
    assert_eq!(added.get("client_secret"), None);
    assert_eq!(added["secrets"], json!([]));
    let key = &added["jwks"]["keys"][0];
    assert_eq!((&key["kid"], &key["kty"]), (&json!("one"), &json!("OKP")));
    for (member, value) in [
        ("token_endpoint_auth_method", "private_key_jwt"),
        ("token_endpoint_auth_signing_alg", "EdDSA"),
        ("assertion_audience", "token_endpoint_too"),
    ] {
        assert_eq!(added[member], value, "{member}");
    }
    let shown = operator.types("doorward client show bank").await.done();
    assert!(shown.contains("one (Ed25519)"), "{shown}");
    let rotate = "doorward client rotate-secret bank";
    let errors = operator.types(rotate).await.refused(REFUSED);
    assert!(errors.contains("has no secret"), "{errors}");
}

/// The secret of a client and all that is shown of those before it, after `line`.
async fn secrets_after(operator: &Operator, line: &str) -> (Option<String>, usize) {
    let shown = operator.types(line).await.json();
    assert!(!shown.to_string().contains("salt"), "{shown}");
    let secret = shown.get("client_secret");
    let secret = secret.map(|secret| secret.as_str().unwrap().to_owned());
    (secret, shown["secrets"].as_array().unwrap().len())
}

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[tokio::test]
async fn a_client_that_authenticates_assertions_has_a_secret_that_is_made_for_them() {
    let operator = Operator::new();
    let more = "--redirect-uri https://till.example/cb --json";
    let jwt = format!("{more} --auth-method client_secret_jwt");
    let audience = "--assertion-audience token_endpoint_too";
    let add = format!("doorward client add till {jwt} {audience}");
    let added = operator.types(&add).await.json();
    for (member, value) in [
        ("token_endpoint_auth_method", "client_secret_jwt"),
        ("token_endpoint_auth_signing_alg", "HS256"),
        ("assertion_audience", "token_endpoint_too"),
    ] {
        assert_eq!(added[member], value, "{member}");
    }
    let rotate = "doorward client rotate-secret till --overlap 7d --json";
    let (second, secrets) = secrets_after(&operator, rotate).await;
    assert!(second.is_some_and(|second| added["client_secret"] != second));
    assert_eq!(secrets, 2, "the old one works for a week");

    let anew = async |options: &str| {
        let line = format!("doorward client replace till {options}");
        secrets_after(&operator, &line).await
    };
    let (kept, secrets) = anew(&jwt).await;
    assert_eq!((kept, secrets), (None, 2), "nothing changes");
    for options in [more, &jwt] {
        let (new, secrets) = anew(options).await;
        assert!(new.is_some(), "{options}");
        assert_eq!(secrets, 1, "one is for one way only: {options}");
    }

    let algorithm = format!("doorward client replace till {jwt} --assertion-algorithm ES256");
    let refused = operator.types(&algorithm).await.refused(USAGE);
    assert!(refused.contains("a secret has HS256 alone"), "{refused}");
    let people = "doorward client rotate-secret till";
    let people = operator.types(people).await.done();
    assert!(people.contains("made again with a key"), "{people}");
}

#[tokio::test]
async fn keys_are_public_and_what_is_signed_needs_them() {
    let operator = Operator::new();
    let (_folder, path) = file(JWKS);
    let (_secret_folder, secret) = file(&JWKS.replace("\"x\"", "\"d\":\"AA\",\"x\""));
    let (_odd_folder, odd) = file("-----BEGIN PUBLIC KEY-----");
    let signs = "--auth-method private_key_jwt";
    let add = "doorward client add bank --redirect-uri https://bank.example/cb";
    for (more, reason) in [
        (signs.to_owned(), "--jwks FILE"),
        (
            format!("--public --jwks {path}"),
            "keeps no secret keeps no private key",
        ),
        (
            "--require-signed-requests".to_owned(),
            "--request-uri go with --jwks FILE",
        ),
        (
            "--request-object-algorithm ES256".to_owned(),
            "--request-uri go with --jwks FILE",
        ),
        (
            "--request-object-lifetime hour".to_owned(),
            "--request-uri go with --jwks FILE",
        ),
        (
            "--assertion-algorithm ES256".to_owned(),
            "--assertion-algorithm goes with",
        ),
        (
            format!("{signs} --jwks {path} --jwks-uri https://bank.example/jwks"),
            "cannot be used with",
        ),
        (
            "--public --jwks-uri https://bank.example/jwks".to_owned(),
            "keeps no secret keeps no private key",
        ),
        (
            format!("{signs} --jwks-uri http://bank.example/jwks"),
            "it is not https",
        ),
        (format!("{signs} --public --jwks {path}"), "no secret"),
        (format!("{signs} --jwks {secret}"), "private or symmetric"),
        (format!("{signs} --jwks {odd}"), "neither a JWK Set nor"),
        (format!("{signs} --jwks /nowhere"), "cannot be read"),
    ] {
        let line = format!("{add} {more}");
        let errors = operator.types(&line).await.refused(USAGE);
        assert!(errors.contains(reason), "{more}: {errors}");
    }
}

/// The certificate of [RFC 8705 appendix A](https://www.rfc-editor.org/rfc/rfc8705#appendix-A), and its thumbprint.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx\n\
    ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG\n\
    SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ\n\
    /Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID\n\
    SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV\n\
    bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=\n\
    -----END CERTIFICATE-----\n";
const THUMBPRINT: &str = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";

/// [RFC 8705 sections 2.1.2, 2.2.2 and 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2)
#[tokio::test]
async fn a_client_is_registered_by_what_its_certificate_says_or_with_the_certificate() {
    let operator = Operator::new();
    let add = "doorward client add ledger --redirect-uri https://ledger.example/cb --json";
    let replace = add.replace("add", "replace");
    let vouched = "--auth-method tls_client_auth --require-certificate --certificate-subject";
    let line = format!("{add} {vouched} CN=ledger,O=Example");
    let added = operator.types(&line).await.json();
    assert_eq!(added["tls_client_auth_subject_dn"], "CN=ledger,O=Example");
    assert_eq!(added["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(added.get("client_secret"), None);
    for (flag, member, value) in [
        ("dns", "tls_client_auth_san_dns", "ledger.example"),
        ("uri", "tls_client_auth_san_uri", "spiffe://example/ledger"),
        ("ip", "tls_client_auth_san_ip", "192.0.2.7"),
        ("email", "tls_client_auth_san_email", "ledger@example.com"),
    ] {
        let named = format!("--auth-method tls_client_auth --certificate-{flag} {value}");
        operator.types(&format!("{replace} {named}")).await.json();
        let show = "doorward client show ledger --json";
        let shown = operator.types(show).await.json();
        assert_eq!(shown[member], value);
        assert_eq!(shown.get("tls_client_auth_subject_dn"), None);
        assert_eq!(shown["tls_client_certificate_bound_access_tokens"], false);
    }
    let pem = operator.data.path().join("ledger.pem");
    std::fs::write(&pem, CERTIFICATE).unwrap();
    let own = "--auth-method self_signed_tls_client_auth --jwks";
    let line = format!("{replace} {own} {}", pem.display());
    let replaced = operator.types(&line).await.json();
    assert_eq!(replaced["jwks"]["keys"][0]["x5t#S256"], THUMBPRINT);
}

#[tokio::test]
async fn what_is_said_of_certificates_goes_together() {
    let operator = Operator::new();
    let add = "doorward client add ledger --redirect-uri https://ledger.example/cb";
    let vouched = "--auth-method tls_client_auth";
    let own = "--auth-method self_signed_tls_client_auth";
    for (more, reason) in [
        (vouched.to_owned(), "goes with what the certificate says"),
        (own.to_owned(), "goes with --jwks-uri URI, or with"),
        (
            "--certificate-dns a.example".to_owned(),
            "tls_client_auth only",
        ),
        (
            format!("{vouched} --certificate-dns *.example"),
            "without wildcards",
        ),
        (
            format!("{vouched} --certificate-subject ledger"),
            "is no distinguished name",
        ),
        (
            format!("{vouched} --certificate-dns a.example --certificate-ip 192.0.2.7"),
            "cannot be used with",
        ),
        (
            "--require-certificate --require-dpop".to_owned(),
            "cannot be used with",
        ),
    ] {
        let line = format!("{add} {more}");
        let errors = operator.types(&line).await.refused(USAGE);
        assert!(errors.contains(reason), "{more}: {errors}");
    }
}

#[tokio::test]
async fn an_operator_is_told_when_no_certificate_can_reach_the_server() {
    let mut operator = Operator::new();
    let ledger = "doorward client add ledger --redirect-uri https://ledger.example/cb \
        --auth-method tls_client_auth --certificate-dns ledger.example";
    let told = operator.types(ledger).await.done();
    assert!(
        told.contains("warning: mtls.certificates is \"off\""),
        "{told}"
    );
    let replace = ledger.replace("add", "replace") + " --json";
    let told = operator.types(&replace).await.json();
    let warning = told["warning"].as_str().unwrap_or_default();
    assert!(warning.starts_with("mtls.certificates is"), "{told}");
    let wiki = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    let bound = "doorward client add app --public --redirect-uri https://app.example/cb --require-certificate";
    for (line, warned) in [(wiki, false), (bound, true)] {
        let told = operator.types(line).await.done();
        assert_eq!(told.contains("warning:"), warned, "{told}");
    }
    let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    operator.environment.extend([
        set("DOORWARD_MTLS__CERTIFICATES", "client_cert"),
        set("DOORWARD_PROXY__TRUSTED", "127.0.0.1/32"),
    ]);
    let told = operator.types(&replace).await.json();
    let warning = told["warning"].as_str().unwrap_or_default();
    assert!(warning.starts_with("mtls.authorities is not set"), "{told}");
    let set = set(
        "DOORWARD_MTLS__AUTHORITIES",
        "/etc/doorward/authorities.pem",
    );
    operator.environment.extend([set]);
    let told = operator.types(&replace).await.json();
    assert_eq!(told.get("warning"), None, "{told}");
}

/// [FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1)
#[tokio::test]
async fn a_client_of_fapi_2_may_have_certificates_instead_of_keys() {
    let operator = Operator::new();
    let line = "doorward client add ledger --profile fapi2 --redirect-uri https://ledger.example/cb --json \
        --auth-method tls_client_auth --certificate-dns ledger.example --require-certificate";
    let added = operator.types(line).await.json();
    assert_eq!(added["token_endpoint_auth_method"], "tls_client_auth");
    assert_eq!(added["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(added["dpop_bound_access_tokens"], false);
    assert_eq!(added["require_pushed_authorization_requests"], true);
}

#[tokio::test]
async fn a_client_may_publish_its_keys_itself() {
    let operator = Operator::new();
    let line = "doorward client add bank --redirect-uri https://bank.example/cb --json \
        --auth-method private_key_jwt --jwks-uri https://bank.example/jwks \
        --require-signed-requests";
    let added = operator.types(line).await.json();
    assert_eq!(added["jwks_uri"], json!("https://bank.example/jwks"));
    assert_eq!(added.get("jwks"), None);
    assert_eq!(added["require_signed_request_object"], json!(true));
}

/// [RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5).
#[tokio::test]
async fn a_client_with_a_secret_may_sign_its_requests() {
    let operator = Operator::new();
    let (_folder, path) = file(JWKS);
    let add = "doorward client add bank --redirect-uri https://bank.example/cb --json";
    let plain = operator.types(&format!("{add} --jwks {path}")).await.json();
    for (member, value) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("require_signed_request_object", json!(false)),
        ("request_object_lifetime", json!("as_stated")),
    ] {
        assert_eq!(plain[member], value, "{member}");
    }
    let add = add.replace("bank", "broker");
    let line = format!(
        "{add} --jwks {path} --require-signed-requests \
        --request-object-algorithm EdDSA --request-object-lifetime hour \
        --request-uri https://broker.example/a.jwt --request-uri https://broker.example/b.jwt#4X_"
    );
    let strict = operator.types(&line).await.json();
    for (member, value) in [
        ("require_signed_request_object", json!(true)),
        ("request_object_signing_alg", json!("EdDSA")),
        ("request_object_lifetime", json!("hour")),
        (
            "request_uris",
            json!([
                "https://broker.example/a.jwt",
                "https://broker.example/b.jwt#4X_"
            ]),
        ),
    ] {
        assert_eq!(strict[member], value, "{member}");
    }
    let shown = operator
        .types("doorward client show broker --json")
        .await
        .json();
    assert_eq!(shown["request_uris"], strict["request_uris"]);
    let replace = line.replace("client add", "client replace");
    let replaced = operator.types(&replace).await.json();
    assert_eq!(replaced["request_uris"], strict["request_uris"]);
    for (more, reason) in [
        (
            "--request-uri https://loan.example/a.jwt",
            "--request-uri go with --jwks",
        ),
        ("--request-uri http://loan.example/a.jwt", "it is not https"),
    ] {
        let line =
            format!("doorward client add loan --redirect-uri https://loan.example/cb {more}");
        let errors = operator.types(&line).await.refused(USAGE);
        assert!(errors.contains(reason), "{more}: {errors}");
    }
}

/// [FAPI 2.0 Security Profile section 5.3](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3).
#[tokio::test]
async fn a_profile_sets_what_it_demands_and_refuses_what_it_does_not_allow() {
    let operator = Operator::new();
    let (_folder, path) = file(JWKS);
    let fapi2 =
        "doorward client add ledger --profile fapi2 --redirect-uri https://ledger.example/cb";
    let fapi2 = format!("{fapi2} --jwks {path}");
    for (more, says) in [
        ("--algorithm RS256", "signatures of ours"),
        (
            "--redirect-uri http://127.0.0.1/cb",
            "redirect URIs with https",
        ),
        (
            "--assertion-audience token_endpoint_too",
            "address the issuer",
        ),
        ("--auth-method client_secret_basic", "private_key_jwt"),
        ("--pkce optional", "PKCE"),
    ] {
        let refused = operator
            .types(&format!("{fapi2} {more}"))
            .await
            .refused(USAGE);
        assert!(
            refused.contains("the profile fapi2 demands") && refused.contains(says),
            "{refused}"
        );
    }
    let added = operator.types(&format!("{fapi2} --json")).await.json();
    assert_eq!(added["profile"], "fapi2");
    assert_eq!(added["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(added["require_pushed_authorization_requests"], true);
    assert_eq!(added["dpop_bound_access_tokens"], true);
    assert_eq!(added["pkce"], "required");
    assert_eq!(added["id_token_signed_response_alg"], "ES256");

    let phone =
        "doorward client add phone --profile native --redirect-uri com.example.phone:/cb --json";
    let phone = operator.types(phone).await.json();
    assert_eq!(phone["token_endpoint_auth_method"], "none");
    let report = "doorward client add report --profile service --scope reports:read --json";
    let report = operator.types(report).await.json();
    assert_eq!(report["grant_types"], json!(["client_credentials"]));
    let refused = "doorward client add report2 --profile service --public";
    let refused = operator.types(refused).await.refused(USAGE);
    assert!(refused.contains("--public"), "{refused}");
}

#[tokio::test]
async fn an_application_is_registered_anew_and_keeps_its_secret() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    operator.types(add).await.done();
    let again = operator.types(add).await.refused(REFUSED);
    assert!(again.contains("replace registers it anew"), "{again}");
    let before = operator
        .types("doorward client show wiki --json")
        .await
        .json();

    let replace =
        "doorward client replace wiki --redirect-uri https://wiki.example/new --name Wiki --json";
    let replaced = operator.types(replace).await.json();
    assert_eq!(
        replaced["redirect_uris"],
        json!(["https://wiki.example/new"])
    );
    assert_eq!(replaced["client_name"], "Wiki");
    assert_eq!(replaced["secrets"], before["secrets"]);
    assert_eq!(replaced.get("client_secret"), None, "the secret stays");

    let public =
        "doorward client replace wiki --public --redirect-uri https://wiki.example/cb --json";
    assert_eq!(operator.types(public).await.json()["secrets"], json!([]));
    let confidential = replace.replace("--name Wiki", "--auth-method client_secret_post");
    let confidential = operator.types(&confidential).await.json();
    assert!(
        confidential["client_secret"].is_string(),
        "it needs one again"
    );
    let nobody = operator
        .types("doorward client replace nobody --redirect-uri https://wiki.example/cb")
        .await
        .refused(REFUSED);
    assert!(nobody.contains("there is no client nobody"), "{nobody}");
}

/// What nothing signs with is refused when it is registered, and not when somebody signs in.
#[tokio::test]
async fn an_algorithm_without_a_key_is_refused_until_it_is_configured() {
    let mut operator = Operator::new();
    let add =
        "doorward client add wiki --redirect-uri https://wiki.example/cb --algorithm ES384 --json";
    let errors = operator.types(add).await.refused(REFUSED);
    assert!(errors.contains("keys.algorithms"), "{errors}");
    let (name, value) = ("DOORWARD_KEYS__ALGORITHMS", "RS256,ES256,ES384");
    operator
        .environment
        .insert(name.to_owned(), value.to_owned());
    operator.types(add).await.json();
}
