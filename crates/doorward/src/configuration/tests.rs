use super::*;

/// Reads `text` as a file, with `environment` and `flags` over it.
fn load(
    text: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &'static str, &str)],
) -> Result<Loaded, Refused> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("doorward.toml");
    std::fs::write(&file, text).unwrap();
    let loaded = Sources {
        file: Some(file),
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        flags: flags
            .iter()
            .map(|(key, flag, value)| (*key, *flag, (*value).to_owned()))
            .collect(),
    }
    .load();
    loaded.map_err(|Refused(problems)| {
        Refused(
            problems
                .into_iter()
                .map(|problem| shortened(problem, directory.path()))
                .collect(),
        )
    })
}

/// The problem with the file's bare name.
fn shortened(mut problem: Problem, directory: &std::path::Path) -> Problem {
    if let Origin::File { path, .. } = &mut problem.origin {
        *path = path.strip_prefix(directory).unwrap().to_owned();
    }
    problem
}

fn refused(text: &str) -> Vec<String> {
    let Refused(problems) = load(text, &[], &[]).unwrap_err();
    problems.iter().map(Problem::to_string).collect()
}

#[test]
fn an_empty_file_means_the_defaults() {
    let loaded = load("", &[], &[]).unwrap();
    let configuration = loaded.configuration;
    assert_eq!(
        configuration.server.issuer.as_str(),
        "http://localhost:8000"
    );
    assert_eq!(configuration.server.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(
        configuration.key_file().to_str(),
        Some("doorward-data/key-encryption-key")
    );
    assert!(loaded.origins.is_empty());
}

#[test]
fn every_default_is_allowed() {
    for section in Configuration::default().sections() {
        for setting in section.settings() {
            let key = dotted(section.table(), setting.name);
            if key == "key_file" {
                continue;
            }
            let (head, line) = match section.table() {
                "" => (String::new(), 1),
                table => (format!("[{table}]\n"), 2),
            };
            let loaded = load(
                &format!("{head}{} = {}\n", setting.name, setting.shown),
                &[],
                &[],
            )
            .unwrap();
            assert!(
                matches!(loaded.origin(&key), Origin::File { line: at, .. } if *at == line),
                "{key}"
            );
        }
    }
}

#[test]
fn the_later_layer_wins_and_its_origin_is_known() {
    let text = "issuer = \"https://file.example\"\ndata = \"file\"\nlisten = \"127.0.0.1:1\"\n";
    let variables = [
        ("DOORWARD_DATA", "variable"),
        ("DOORWARD_LISTEN", "127.0.0.1:2"),
        ("DOORWARD_TOKENS__ACCESS_TOKEN", "5m"),
    ];
    let loaded = load(text, &variables, &[("listen", "--listen", "127.0.0.1:3")]).unwrap();
    let Configuration { server, tokens, .. } = &loaded.configuration;
    assert_eq!(server.issuer.as_str(), "https://file.example");
    assert_eq!(server.data, PathBuf::from("variable"));
    assert_eq!(server.listen.port(), 3);
    assert_eq!(tokens.access_token.duration().as_secs(), 300);

    assert!(
        loaded
            .origin("issuer")
            .to_string()
            .ends_with("doorward.toml, line 1")
    );
    assert_eq!(loaded.origin("data").to_string(), "variable DOORWARD_DATA");
    assert_eq!(loaded.origin("listen").to_string(), "flag --listen");
    assert_eq!(loaded.origin("tokens.id_token").to_string(), "default");
}

#[test]
fn a_bad_value_is_told_with_line_key_and_what_is_allowed() {
    assert_eq!(
        refused("# comment\nissuer = \"https://login.example\"\n\n[tokens]\ncode = \"5m\"\n"),
        [
            "doorward.toml, line 5: tokens.code is \"5m\"\n  allowed: a time from 10s to 1m, such as \"1m\""
        ]
    );
    assert_eq!(
        refused("[password]\nmin_length = 4\n"),
        [
            "doorward.toml, line 2: password.min_length is \"4\"\n  allowed: a whole number from 8 to 64"
        ]
    );
}

#[test]
fn an_unknown_key_or_section_is_told_with_those_that_exist() {
    assert_eq!(
        refused("[session]\nidel = \"1h\"\n"),
        ["doorward.toml, line 2: there is no key session.idel\n  allowed: idle, absolute"]
    );
    assert_eq!(
        refused("[sesion]\nidle = \"1h\"\n"),
        [
            "doorward.toml, line 1: there is no section sesion\n  allowed: the sections session, acr, tokens, keys, pkcs11, dpop, password, api_tokens, limits, registration, tls, mtls, proxy, outbound, stop, log, metrics"
        ]
    );
    assert_eq!(refused("[sesion]\n").len(), 1);
    assert_eq!(refused("[session.more]\nidle = \"1h\"\n").len(), 1);
    assert_eq!(refused("\"sesion.idle\" = \"1h\"\n").len(), 1);
}

#[test]
fn a_key_that_signs_for_less_than_its_successor_waits_is_refused() {
    let told = "keys.rotate_every is shorter than keys.publish_before\n  allowed: a time that is longer than the next key waits in the key set, or a shorter keys.publish_before";
    assert_eq!(
        refused("[keys]\nrotate_every = \"6d\"\n"),
        [format!("doorward.toml, line 2: {told}")]
    );
    let longer = "[keys]\npublish_before = \"91d\"\n";
    assert_eq!(refused(longer), [format!("default: {told}")]);
}

#[test]
fn every_problem_is_told_at_once() {
    let problems = refused("listen = 8000\nissuer = true\n[log]\nformat = \"xml\"\n");
    assert_eq!(problems.len(), 3);
    assert!(
        problems
            .iter()
            .any(|problem| problem.starts_with("doorward.toml, line 1: listen is \"8000\"")),
        "{problems:?}"
    );
    assert!(
        problems
            .iter()
            .any(|problem| problem.starts_with("doorward.toml, line 2: issuer is \"true\"")),
        "{problems:?}"
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line() {
    let problems = refused("issuer = \"https://login.example\"\nlisten = \n");
    assert!(
        problems[0].starts_with("doorward.toml, line 2: "),
        "{problems:?}"
    );
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let sources = Sources {
        file: Some(PathBuf::from("/does/not/exist.toml")),
        ..Sources::default()
    };
    let refused = sources.load().unwrap_err().to_string();
    let told = "/does/not/exist.toml: the file cannot be read: ";
    assert!(refused.contains(told), "{refused}");
}

#[test]
fn a_bad_variable_is_told_by_its_name() {
    let Refused(problems) = load("", &[("DOORWARD_LOG__FORMAT", "xml")], &[]).unwrap_err();
    assert_eq!(
        problems[0].origin.to_string(),
        "variable DOORWARD_LOG__FORMAT"
    );
}

/// A cluster adds variables of its own for a service of the same name, such as `DOORWARD_PORT`.
#[test]
fn an_unknown_variable_is_told_and_does_not_stop_the_start() {
    let variables = [
        ("DOORWARD_PORT", "tcp://10.0.0.1:80"),
        ("DOORWARD_CONFIG", "a"),
        ("DOORWARD_KEY_ENCRYPTION_KEY", "b"),
        ("PATH", "/bin"),
    ];
    assert_eq!(
        load("", &variables, &[]).unwrap().unknown_variables,
        ["DOORWARD_PORT"]
    );
}

#[test]
fn the_key_is_printed_by_a_command_or_kept_in_a_file_and_never_both() {
    let text = r#"key_command = ["vault", "-o=a,b", 'c:\d']"#;
    let words = ["vault", "-o=a,b", r"c:\d"];
    let loaded = load(text, &[], &[]).unwrap();
    assert_eq!(loaded.configuration.server.key_command.words(), words);
    let variable = ("DOORWARD_KEY_COMMAND", r"vault,-o=a\,b,c:\\d");
    let loaded = load("", &[variable], &[]).unwrap();
    assert_eq!(loaded.configuration.server.key_command.words(), words);
    assert_eq!(
        refused("key_file = \"key\"\nkey_command = [\"vault\"]\n"),
        ["doorward.toml, line 2: key_command and key_file are both set\n  allowed: one of them"]
    );
}

#[test]
fn idle_is_never_longer_than_absolute() {
    let problems = refused("[session]\nidle = \"2h\"\nabsolute = \"1h\"\n");
    assert_eq!(
        problems,
        [
            "doorward.toml, line 2: session.idle is longer than session.absolute\n  allowed: at most session.absolute, which is \"1h\""
        ]
    );
}

/// P39: what would ask nobody for a certificate, or believe everybody, does not start.
#[test]
fn settings_of_certificates_that_contradict_each_other_are_told() {
    const TLS: &str =
        "issuer = \"https://login.example\"\n[tls]\ncertificate = \"a\"\nkey = \"b\"\n[mtls]\n";
    let with_tls = |more: &str| format!("{TLS}certificates = \"tls\"\n{more}");
    for (text, says) in [
        ("[tls]\ncertificate = \"a\"\n", "tls.key is not"),
        ("[tls]\nkey = \"a\"\n", "tls.certificate is not"),
        (
            "[tls]\ncertificate = \"a\"\nkey = \"b\"\n",
            "the issuer begins with http://",
        ),
        ("[mtls]\ncertificates = \"tls\"\n", "Doorward ends no TLS"),
        (
            "[mtls]\ncertificates = \"client_cert\"\n",
            "no proxy is trusted to set it",
        ),
        ("[mtls]\nauthorities = \"a\"\n", "mtls.authorities is set"),
        (
            "[mtls]\naddress = \"https://mtls.example\"\n",
            "mtls.address is set",
        ),
        (
            "[mtls]\nlisten = \"127.0.0.1:8443\"\n",
            "mtls.listen is set",
        ),
        (
            &with_tls("listen = \"127.0.0.1:8443\"\n"),
            "of mtls.listen and mtls.address one is set",
        ),
        (
            &with_tls("address = \"https://mtls.example\"\n"),
            "of mtls.listen and mtls.address one is set",
        ),
    ] {
        let problems = refused(text);
        assert!(
            problems.iter().any(|told| told.contains(says)),
            "{text}: {problems:?}"
        );
    }
    let beside = "listen = \"127.0.0.1:8443\"\naddress = \"https://login.example:8443\"\n";
    for text in [
        with_tls(""),
        with_tls(beside),
        "[mtls]\ncertificates = \"escaped_pem\"\n[proxy]\ntrusted = [\"10.0.0.0/8\"]\n".to_owned(),
    ] {
        assert!(load(&text, &[], &[]).is_ok(), "{text}");
    }
}

#[test]
fn values_of_certificates_are_read_or_told() {
    for (text, says) in [
        ("[mtls]\ncertificates = \"maybe\"\n", "\"escaped_pem\""),
        ("[mtls]\nheader = \"two words\"\n", "the name of a header"),
        ("[mtls]\nlisten = \"here\"\n", "an IP address and a port"),
        (
            "[mtls]\naddress = \"http://mtls.example\"\n",
            "an https URL",
        ),
        (
            "[mtls]\naddress = \"https://mtls.example/a\"\n",
            "an https URL",
        ),
    ] {
        let problems = refused(text);
        assert!(
            problems.iter().any(|told| told.contains(says)),
            "{text}: {problems:?}"
        );
    }
}

#[test]
fn the_password_of_a_store_is_not_in_the_message() {
    let problems = refused("sessions = \"memcached://someone:hush@redis.example\"\n");
    assert_eq!(problems.len(), 1);
    assert!(!problems[0].contains("hush"), "{problems:?}");
}

#[test]
fn lists_are_read_from_file_and_variable() {
    let networks = Networks::parse("10.0.0.0/8,fd00::/8").unwrap();
    let file = load(
        "[proxy]\ntrusted = [\"10.0.0.0/8\", \"fd00::/8\"]\n",
        &[],
        &[],
    )
    .unwrap();
    let variable = load(
        "",
        &[("DOORWARD_PROXY__TRUSTED", "10.0.0.0/8, fd00::/8")],
        &[],
    )
    .unwrap();
    assert_eq!(file.configuration.proxy.trusted, networks);
    assert_eq!(variable.configuration.proxy.trusted, networks);
}
