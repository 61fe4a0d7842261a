use proptest::prelude::*;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, SanType, date_time_ymd};

use super::CertificateField::{Base64Der, ByteSequence, EscapedPem};
use super::SubjectMember as M;
use super::testing::{authority, below, given, key, params, self_signed, trusted};
use super::*;
use crate::testing::NOW;

const ALONE: [&[u8]; 0] = [];

fn at(year: i32) -> Timestamp {
    Timestamp::from_seconds(date_time_ymd(year, 6, 1).unix_timestamp())
}

/// [RFC 8705 section 3.1](https://www.rfc-editor.org/rfc/rfc8705#section-3.1), whose example in appendix A this is.
#[test]
fn the_certificate_of_the_standard_has_the_thumbprint_that_the_standard_says() {
    let pem = "-----BEGIN CERTIFICATE-----\n\
        MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx\n\
        ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG\n\
        SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ\n\
        /Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID\n\
        SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV\n\
        bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=\n\
        -----END CERTIFICATE-----\n";
    let escaped = escaped(pem);
    let read = CertificateField::EscapedPem
        .read(&[&escaped], &[])
        .unwrap()
        .unwrap();
    assert_eq!(
        read.thumbprint().as_str(),
        "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
    );
    assert_eq!(read.subject().to_string(), "CN=mtls");
    assert_eq!(read.in_time(at(2020)), Ok(()));
    assert!(matches!(read.in_time(at(2023)), Err(OutOfTime::Expired(_))));
    assert!(matches!(read.in_time(at(2017)), Err(OutOfTime::NotYet(_))));
}

/// Anybody may show one, and it is read before anything else is known.
#[test]
fn a_certificate_that_is_longer_than_anybody_needs_is_not_read() {
    let refused = Certificate::parse(&[0x30; 8193], &ALONE).unwrap_err();
    assert_eq!(refused, CertificateUnreadable::Length);
}

/// P39: [RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1).
#[test]
fn nobody_vouches_for_a_certificate_but_the_configured_authorities() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let authorities = trusted(&ours);
    let client = given(&ours, &params("ledger"));
    assert_eq!(authorities.vouch_for(&client, NOW), Ok(()));

    let for_servers = {
        let mut params = params("ledger");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        given(&ours, &params)
    };
    let namesake = authority("ours");
    for (stranger, why) in [
        (given(&theirs, &params("ledger")), "of another authority"),
        (
            given(&namesake, &params("ledger")),
            "of one that took the name",
        ),
        (self_signed("ledger"), "of nobody"),
        (for_servers, "for servers"),
    ] {
        let refused = authorities.vouch_for(&stranger, NOW);
        assert!(
            matches!(refused, Err(NotVouchedFor::Chain(_))),
            "{why}: {refused:?}"
        );
    }
    for year in [2022, 2025] {
        let refused = authorities.vouch_for(&client, at(year));
        assert!(
            matches!(refused, Err(NotVouchedFor::Chain(_))),
            "{year}: {refused:?}"
        );
    }
    let nobody = Authorities::default();
    assert_eq!(
        nobody.vouch_for(&client, NOW),
        Err(NotVouchedFor::NoAuthorities)
    );
}

#[test]
fn a_certificate_brings_those_who_stand_between_it_and_its_authority() {
    let root = authority("root");
    let between = below(&root, "between");
    let der = params("ledger").signed_by(&key(), &between).unwrap();
    let alone = Certificate::parse(der.der(), &ALONE).unwrap();
    let with_chain = Certificate::parse(der.der(), &[between.der()]).unwrap();
    let authorities = trusted(&root);
    assert!(authorities.vouch_for(&alone, NOW).is_err());
    assert_eq!(authorities.vouch_for(&with_chain, NOW), Ok(()));
    let long = vec![between.der().to_vec(); MAX_CHAIN + 1];
    let refused = Certificate::parse(der.der(), &long);
    assert_eq!(refused, Err(CertificateUnreadable::Chain));
}

fn named(names: Vec<SanType>) -> CertificateParams {
    let mut params = params("ledger");
    params.subject_alt_names = names;
    params
}

/// [RFC 8705 section 2.1.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2).
#[test]
fn a_certificate_is_its_clients_when_the_one_registered_name_is_in_it() {
    let names = vec![
        SanType::DnsName("ledger.example".try_into().unwrap()),
        SanType::URI("spiffe://example/Ledger".try_into().unwrap()),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
        SanType::Rfc822Name("Ledger@example.com".try_into().unwrap()),
    ];
    let certificate = given(&authority("ours"), &named(names));
    for (member, text, is_its) in [
        (M::SubjectDn, "CN=ledger,O=Example", true),
        (M::SubjectDn, "CN=ledger", false),
        (M::SubjectDn, "CN=LEDGER,O=Example", false),
        (M::SanDns, "ledger.example", true),
        (M::SanDns, "LEDGER.example", true),
        (M::SanDns, "example", false),
        (M::SanDns, "192.0.2.7", false),
        (M::SanUri, "spiffe://example/Ledger", true),
        (M::SanUri, "spiffe://example/ledger", false),
        (M::SanIp, "192.0.2.7", true),
        (M::SanIp, "192.0.2.8", false),
        (M::SanEmail, "Ledger@EXAMPLE.com", true),
        (M::SanEmail, "ledger@example.com", false),
    ] {
        let subject = member.parse(text).unwrap();
        assert_eq!(subject.is_of(&certificate), is_its, "{member:?} {text}");
        assert_eq!(subject.member(), member);
        let written = serde_json::to_value(&subject).unwrap();
        assert!(written.get(member.as_str()).is_some(), "{written}");
    }
    for (member, text) in [
        (M::SubjectDn, "ledger"),
        (M::SanDns, "*.example"),
        (M::SanDns, ""),
        (M::SanUri, "ledger"),
        (M::SanIp, "192.0.2"),
        (M::SanEmail, "ledger"),
    ] {
        let refused = member.parse(text).unwrap_err().to_string();
        assert!(refused.starts_with(member.as_str()), "{refused}");
    }
}

/// A wildcard or a name that only looks the same in a certificate is none of the registered ones.
#[test]
fn a_wildcard_in_a_certificate_names_nobody() {
    let names = vec![SanType::DnsName("*.example".try_into().unwrap())];
    let certificate = given(&authority("ours"), &named(names));
    let subject = SubjectMember::SanDns.parse("ledger.example").unwrap();
    assert!(!subject.is_of(&certificate));
}

fn escaped(pem: &str) -> String {
    percent_encoding::utf8_percent_encode(pem, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn encoded(der: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(der)
}

/// [RFC 9440 section 2](https://www.rfc-editor.org/rfc/rfc9440#section-2).
#[test]
fn a_field_is_read_as_the_proxy_writes_it_and_in_no_other_way() {
    let root = authority("root");
    let between = below(&root, "between");
    let (key, params) = (key(), params("ledger"));
    let leaf = params.signed_by(&key, &between).unwrap();
    let expected = Certificate::parse(leaf.der(), &[between.der()]).unwrap();
    let alone = Certificate::parse(leaf.der(), &ALONE).unwrap();
    let der = encoded(leaf.der());
    let (bytes, chain) = (format!(":{der}:"), format!(":{}:", encoded(between.der())));
    let pem = escaped(&leaf.pem());
    let read = ByteSequence.read(&[&bytes], &[&chain]);
    assert_eq!(read, Ok(Some(expected.clone())));
    let (twice, empty) = (format!("{chain}, {chain}"), ByteSequence.read(&[""], &[]));
    assert!(ByteSequence.read(&[&bytes], &[&twice, &chain]).is_ok());
    assert_eq!(empty, Ok(None));
    for (style, own) in [
        (ByteSequence, &bytes),
        (EscapedPem, &pem),
        (Base64Der, &der),
    ] {
        assert_eq!(
            style.read(&[own], &[]),
            Ok(Some(alone.clone())),
            "{style:?}"
        );
        assert_eq!(style.read(&[], &[]), Ok(None), "{style:?}");
        let repeated = style.read(&[own, own], &[]);
        assert_eq!(repeated, Err(FieldRefused::Repeated), "{style:?}");
        for other in [&bytes, &pem, &der] {
            let refused = style.read(&[other], &[]) == Err(FieldRefused::Malformed(style));
            assert_eq!(refused, other != own, "{style:?}");
        }
        let joined = format!("{own}, {own}");
        assert_eq!(
            style.read(&[&joined], &[]),
            Err(FieldRefused::Malformed(style))
        );
    }
    let parameters = format!("{bytes};a=1");
    let broken = ByteSequence.read(&[&parameters], &[]);
    assert_eq!(broken, Err(FieldRefused::Malformed(ByteSequence)));
    let no_chain = ByteSequence.read(&[&bytes], &["between"]);
    assert_eq!(no_chain, Err(FieldRefused::Malformed(ByteSequence)));
    let nothing = Base64Der.read(&["AAAA"], &[]);
    assert!(
        matches!(nothing, Err(FieldRefused::Certificate(_))),
        "{nothing:?}"
    );
}

#[test]
fn what_is_no_list_of_authorities_is_refused_with_the_reason() {
    for (pem, reason) in [
        ("", "there is no certificate in it"),
        ("ledger", "there is no certificate in it"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "cannot be an authority's",
        ),
        (
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
            "no list of certificates in PEM",
        ),
    ] {
        let refused = Authorities::parse(pem.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_certificate_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Certificate::parse(&bytes, &ALONE);
    }

    #[test]
    fn any_field_is_read_or_refused(field in "\\PC{0,60}") {
        for style in [
            CertificateField::ByteSequence,
            CertificateField::EscapedPem,
            CertificateField::Base64Der,
        ] {
            let _ = style.read(&[&field], &[&field]);
        }
    }
}
