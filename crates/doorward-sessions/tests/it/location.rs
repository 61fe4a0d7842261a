//! How a setting names a session store.

use std::path::Path;

use doorward_sessions::{Location, UnknownLocation, open};
use proptest::prelude::*;

use crate::support::{LONG, SettableClock};

fn parse(text: &str) -> Result<String, UnknownLocation> {
    Location::parse(text, Path::new("/data")).map(|location| location.to_string())
}

#[test]
fn each_form_is_read() {
    for (text, location) in [
        ("embedded", "embedded:/data/sessions.sqlite"),
        ("embedded:here.sqlite", "embedded:/data/here.sqlite"),
        ("embedded:/over/there:1", "embedded:/over/there:1"),
        ("redis://cache", "redis://cache:6379/0"),
        ("redis://cache:7000/3", "redis://cache:7000/3"),
        ("redis://doorward:secret@cache", "redis://cache:6379/0"),
        ("redis://[::1]:7000", "redis://[::1]:7000/0"),
    ] {
        assert_eq!(parse(text).as_deref(), Ok(location), "{text}");
    }
}

#[test]
fn anything_else_is_refused_with_what_is_allowed() {
    for text in [
        "",
        "embedded:",
        "Embedded",
        "sessions.sqlite",
        "/data",
        "memcached://cache",
        " embedded",
    ] {
        assert_eq!(parse(text), Err(UnknownLocation::Form), "{text}");
    }
    assert_eq!(parse("rediss://cache"), Err(UnknownLocation::Tls));
    for text in [
        "redis:",
        "redis://",
        "redis://cache/first",
        "redis://cache:port",
    ] {
        assert!(
            matches!(parse(text), Err(UnknownLocation::Server(_))),
            "{text}"
        );
    }
}

#[test]
fn no_password_is_shown() {
    let location = Location::parse("redis://doorward:hunter2@cache", Path::new("")).unwrap();
    let shown = format!("{location} {location:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let error = parse("redis://doorward:hunter2@cache:port").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_location_that_is_parsed_opens() {
    let data = tempfile::tempdir().unwrap();
    let location = Location::parse("embedded", data.path()).unwrap();
    let backend = open(&location, SettableClock::new()).await.unwrap();
    let key = doorward_sessions::Key::of("test", "");
    assert_eq!(backend.add(&key, LONG).await, Ok(1));
    assert!(data.path().join("sessions.sqlite").exists());
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,100}") {
        let _ = parse(&text);
        let _ = parse(&format!("redis:{text}"));
        let _ = parse(&format!("redis://{text}"));
    }

    #[test]
    fn what_is_shown_reads_back(text in "(embedded(:[a-z/.]{1,20})?|redis://([a-z]{1,5}(:[a-z]{1,5})?@)?[a-z]{1,9}(:[1-9][0-9]{0,3})?(/[0-9]{1,2})?)") {
        let shown = parse(&text).unwrap();
        prop_assert_eq!(parse(&shown), Ok(shown));
    }
}
