use serde_json::json;

use super::*;
use crate::authorization_details::tests::{bank, payment, read, shop};
use crate::id_token::tests::ISSUER;
use crate::resource_server::tests::{files, reports};
use crate::testing::client;

const REPORTS: &str = "https://reports.example";
const FILES: &str = "urn:example:files";

fn servers() -> ResourceServers {
    [reports(), files()].into_iter().collect()
}

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

fn resources(names: &[&str]) -> BTreeSet<Resource> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn parameters(names: &[&str]) -> Parameters {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    for name in names {
        text.append_pair("resource", name);
    }
    Parameters::parse(text.finish().as_bytes()).unwrap()
}

fn wiki() -> Client {
    Client {
        scope: scope("openid reports:read"),
        ..client()
    }
}

fn target(
    granted: &str,
    named_before: &[&str],
    named: Option<&str>,
) -> Result<(String, String), TargetRefused> {
    let named = named.map(|name| name.parse().unwrap());
    let entitled = Entitlement {
        scope: scope(granted),
        resources: resources(named_before),
        ..Entitlement::default()
    };
    let target = servers().target(ISSUER, &entitled, named.as_ref())?;
    let audience: Vec<&str> = target.audience.iter().collect();
    Ok((audience.join(" "), target.scope.to_string()))
}

fn is(audience: &str, scope: &str) -> (String, String) {
    (audience.to_owned(), scope.to_owned())
}

/// [RFC 9068 section 3](https://www.rfc-editor.org/rfc/rfc9068#section-3).
#[test]
fn a_token_is_for_the_server_that_its_scope_belongs_to() {
    assert_eq!(
        target("email openid", &[], None),
        Ok(is(ISSUER, "email openid"))
    );
    assert_eq!(
        target("reports:read", &[], None),
        Ok(is(REPORTS, "reports:read"))
    );
    assert_eq!(
        target("unknown:read", &[], None),
        Ok(is(ISSUER, "unknown:read")),
        "a scope that is nobody's is ours"
    );
    let both = format!("{REPORTS} {ISSUER}");
    assert_eq!(
        target("openid reports:read", &[], None),
        Ok(is(&both, "openid reports:read")),
        "what opens UserInfo says so"
    );
}

/// [RFC 8707 section 2.2](https://www.rfc-editor.org/rfc/rfc8707#section-2.2).
#[test]
fn a_token_for_a_named_server_opens_nothing_else() {
    let all = "files:read openid reports:read reports:write";
    assert_eq!(
        target(all, &[], Some(REPORTS)),
        Ok(is(REPORTS, "reports:read reports:write"))
    );
    assert_eq!(target(all, &[], Some(FILES)), Ok(is(FILES, "files:read")));
    let several = TargetRefused::Several(format!("{REPORTS}, {FILES}"));
    assert_eq!(target(all, &[], None), Err(several));
    let refused = TargetRefused::NotGranted(FILES.parse().unwrap());
    assert_eq!(refused.code(), ErrorCode::InvalidTarget);
    assert_eq!(target("reports:read", &[], Some(FILES)), Err(refused));
}

#[test]
fn a_server_that_was_named_without_any_of_its_scopes_gets_a_token_that_opens_none() {
    let both = format!("{REPORTS} {ISSUER}");
    assert_eq!(target("openid", &[REPORTS], None), Ok(is(&both, "openid")));
    assert_eq!(
        target("openid", &[REPORTS], Some(REPORTS)),
        Ok(is(REPORTS, ""))
    );
}

/// [RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1).
#[test]
fn a_request_names_servers_that_the_client_may_reach() {
    let requested = |names: &[&str]| servers().requested(&parameters(names), &wiki());
    assert_eq!(requested(&[]), Ok(resources(&[])));
    assert_eq!(requested(&[REPORTS]), Ok(resources(&[REPORTS])));
    for stranger in [FILES, "https://nobody.example"] {
        let refused = TargetRefused::NotRegistered(stranger.parse().unwrap());
        assert_eq!(requested(&[REPORTS, stranger]), Err(refused));
    }
    let malformed = TargetRefused::Malformed(ResourceRefused::Fragment);
    assert_eq!(requested(&["https://reports.example#a"]), Err(malformed));
}

#[test]
fn naming_servers_leaves_out_the_scopes_of_others() {
    let all = scope("files:read openid reports:read");
    let within = |names: &[&str]| servers().within(all.clone(), &resources(names));
    assert_eq!(within(&[]), all);
    assert_eq!(within(&[REPORTS]), scope("openid reports:read"));
    assert_eq!(within(&[REPORTS, FILES]), all);
}

#[test]
fn a_token_request_names_at_most_one_server() {
    assert_eq!(Resource::named(&parameters(&[])), Ok(None));
    let one = REPORTS.parse().unwrap();
    assert_eq!(Resource::named(&parameters(&[REPORTS])), Ok(Some(one)));
    let several = Resource::named(&parameters(&[REPORTS, FILES]));
    assert_eq!(several, Err(TargetRefused::SeveralNamed));
}

#[test]
fn a_client_reaches_for_itself_what_it_is_registered_for() {
    let target = |named: Option<&str>, scopes: &str| {
        let named = named.map(|name| name.parse().unwrap());
        let entitled = Entitlement {
            scope: scope(scopes),
            ..Entitlement::default()
        };
        let target = servers().target_of_client(ISSUER, &wiki(), entitled, named.as_ref())?;
        Ok(target.audience)
    };
    let reports = Audience::One(REPORTS.to_owned());
    assert_eq!(target(None, "reports:read"), Ok(reports.clone()));
    assert_eq!(target(Some(REPORTS), ""), Ok(reports));
    let refused = TargetRefused::NotRegistered(FILES.parse().unwrap());
    assert_eq!(target(Some(FILES), "reports:read"), Err(refused));
}

/// P34: what a client is no longer registered for is no target, whatever was granted before.
#[test]
fn a_resource_that_was_granted_is_reached_while_the_client_is_registered_for_it() {
    let granted = resources(&[REPORTS, FILES, "https://gone.example"]);
    let still = servers().still_reachable(&granted, &wiki());
    assert_eq!(still, resources(&[REPORTS]));
}

/// P34: [RFC 9396 section 9](https://www.rfc-editor.org/rfc/rfc9396#section-9).
#[test]
fn a_token_has_the_details_of_its_own_server_alone() {
    let servers: ResourceServers = [bank(), reports()].into_iter().collect();
    let details = read(&json!([payment()])).unwrap();
    let mut resources = servers.of_details(&details);
    resources.insert(REPORTS.parse().unwrap());
    let entitled = Entitlement {
        scope: scope("openid reports:read"),
        resources,
        authorization_details: details.clone(),
    };
    let named = |resource: &str| {
        let resource = resource.parse().unwrap();
        servers.target(ISSUER, &entitled, Some(&resource)).unwrap()
    };
    assert_eq!(
        named("https://bank.example/v1").authorization_details,
        details
    );
    assert!(named(REPORTS).authorization_details.is_empty());
    let several = servers
        .target(ISSUER, &entitled, None)
        .map(|target| target.scope);
    assert!(matches!(several, Err(TargetRefused::Several(_))));

    let narrowed = entitled.clone().narrowed(Some(&details), &servers).unwrap();
    let target = servers.target(ISSUER, &narrowed, None).unwrap();
    assert_eq!(target.authorization_details, details);
    assert_eq!(target.scope, scope("openid"));
    assert_eq!(entitled.clone().narrowed(None, &servers), Ok(entitled));
}

/// [RFC 9396 section 10](https://www.rfc-editor.org/rfc/rfc9396#section-10).
#[test]
fn a_client_reaches_a_server_by_a_type_of_details_too() {
    let servers: ResourceServers = [bank()].into_iter().collect();
    let named = parameters(&["https://bank.example/v1"]);
    assert!(servers.requested(&named, &shop()).is_ok());
    assert!(servers.requested(&named, &client()).is_err());
}
