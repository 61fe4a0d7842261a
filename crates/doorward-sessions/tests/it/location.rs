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
        ("rediss://cache?ca=/etc/ca.pem", "rediss://cache:6379/0"),
        (
            "redis+sentinel://u:p@a,b:1/main?sentinel_user=s",
            "redis+sentinel://a:26379,b:1/main/0",
        ),
        (
            "rediss+sentinel://a/main/2?prefix=x:",
            "rediss+sentinel://a:26379/main/2",
        ),
        ("redis+cluster://u:p@a,b:1", "redis+cluster://a:6379,b:1"),
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
        "redis",
    ] {
        assert_eq!(parse(text), Err(UnknownLocation::Form), "{text}");
    }
    for text in [
        "redis:",
        "redis://",
        "redis://cache/first",
        "redis://cache:port",
        "redis://a,b",
        "redis+sentinel://a",
        "redis+cluster://a/1",
        "redis+other://a",
    ] {
        assert!(
            matches!(parse(text), Err(UnknownLocation::Server(_))),
            "{text}"
        );
    }
}

#[test]
fn no_password_is_shown() {
    for good in [
        "redis://doorward:hunter2@cache",
        "redis+cluster://doorward:hunter2@a,b",
        "redis+sentinel://a/main?sentinel_password=hunter2",
    ] {
        let location = Location::parse(good, Path::new("")).unwrap();
        let shown = format!("{location} {location:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    for bad in [
        "redis://doorward:hunter2@cache:port",
        "redis://doorward:?hunter2=@cache",
        "redis://doorward:/hunter2@cache",
        "redis://doorward:#hunter2@cache",
        "redis://cache?sentinel_password=hunter2",
    ] {
        let error = parse(bad).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
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
        for layout in ["", "+sentinel", "+cluster"] {
            let _ = parse(&format!("redis{layout}://{text}"));
        }
    }

    #[test]
    fn what_is_shown_reads_back(text in "(embedded(:[a-z/.]{1,20})?|redis://([a-z]{1,5}(:[a-z]{1,5})?@)?[a-z]{1,9}(:[1-9][0-9]{0,3})?(/[0-9]{1,2})?)") {
        let shown = parse(&text).unwrap();
        prop_assert_eq!(parse(&shown), Ok(shown));
    }
}
