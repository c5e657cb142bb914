//! What is said where, and what wins.

use std::time::Duration;

use super::*;

fn config(listen: &str, key: &str) -> Config {
    let layers = Layers::built_in().with_flag("webhook_url", "").unwrap();
    let addresses = comma_separated(listen);
    Config {
        listen: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        api_key: Secret::new(key.to_owned()),
        ..Config::new(&layers, PathBuf::new(), PathBuf::new(), |_| None).unwrap()
    }
}

fn of(layers: &Layers) -> Result<Config, ConfigError> {
    Config::new(layers, PathBuf::new(), PathBuf::new(), |_| None)
}

fn vars(vars: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    vars.iter().map(owned).collect::<Vec<_>>().into_iter()
}

#[test]
fn a_relay_that_others_can_reach_needs_a_key() {
    let cases = [
        ("127.0.0.1:8000", "", true),
        ("127.0.0.1:8000, [::1]:5001", "", true),
        ("[::ffff:127.0.0.1]:8000", "", true),
        ("0.0.0.0:8000", "", false),
        ("127.0.0.1:8000,192.168.1.5:8000", "", false),
        ("[::]:8000", "", false),
        ("0.0.0.0:8000", "long-random-text", true),
        ("", "long-random-text", false),
    ];
    for (listen, key, starts) in cases {
        let mut config = config(listen, key);
        config.allowed_origins = vec!["none".to_owned()];
        assert_eq!(config.check().is_ok(), starts, "{listen} / {key}");
    }
    let refused = config("0.0.0.0:8000", "").check().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "0.0.0.0:8000 can be reached from other machines, and no key is set: \
         set ROSTRO_API_KEY to a long random text, or listen on 127.0.0.1"
    );
}

#[test]
fn a_relay_that_others_can_reach_says_what_else_to_set() {
    let open = config("127.0.0.1:8000,0.0.0.0:5001", "long-random-text");
    let refused = open.check().unwrap_err().to_string();
    assert!(refused.contains("set ROSTRO_ALLOWED_ORIGINS to the origins"), "{refused}");
    let allowed_origins = vec!["https://gym.example.com".to_owned()];
    let webhook = WebhookConfig { url: Some("http://localhost/".to_owned()), ..open.webhook };
    let open = Config { allowed_origins, webhook, ..open };
    let refused = open.check().unwrap_err().to_string();
    assert!(refused.contains("set FACIAL_RECOGNITION_WEBHOOK_SECRET to a long"), "{refused}");
    let webhook = WebhookConfig { secret: Secret::new("another".to_owned()), ..open.webhook };
    assert!(Config { webhook, ..open }.check().is_ok());
}

#[test]
fn what_is_built_in() {
    let config = of(&Layers::built_in()).unwrap();
    assert_eq!(config.listen, ["127.0.0.1:8000".parse().unwrap()]);
    assert_eq!(
        config.webhook.url.as_deref(),
        Some("http://localhost:3005/api/facial-recognition/webhook")
    );
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.limits.webhooks.give_up_after, Duration::from_secs(75 * 3600));
    assert_eq!(config.limits.webhooks.dead_kept, Duration::from_secs(30 * 24 * 3600));
}

#[test]
fn the_later_wins() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("relay.toml");
    let said = "allowed_origins = [\"https://a.example\"]\n\
                [requests]\npage_max = 10\nsamples_max = 11\nconnections_max = 12\n";
    std::fs::write(&file, said).unwrap();
    let layers = Layers::built_in()
        .with_file(&file)
        .and_then(|layers| {
            layers.with_env(vars(&[
                ("ROSTRO_REQUESTS_SAMPLES_MAX", "21"),
                ("ROSTRO_REQUESTS_CONNECTIONS_MAX", " 2_2 "),
                ("ROSTRO_ALLOWED_WEBHOOK_HOSTS", "hooks.lan, 10.0.0.0/8"),
                ("NEXTJS_WEBHOOK_URL", " "),
                ("ROSTRO_API_KEY", "hush-hush"),
                ("ROSTRO_SOMETHING_ELSE", "x"),
                ("PATH", "/bin"),
            ]))
        })
        .and_then(|layers| layers.with_flag("requests.connections_max", "32"))
        .unwrap();
    let config = of(&layers).unwrap();
    let requests = config.limits.requests;
    assert_eq!((requests.page_max, requests.samples_max, requests.connections_max), (10, 21, 32));
    assert_eq!(config.allowed_origins, ["https://a.example"]);
    assert_eq!(config.webhook.allowed_hosts.len(), 2);
    assert_eq!(config.webhook.url, None);
    let source = |wanted: &str| {
        let (_, _, source) = layers.iter().find(|(path, ..)| *path == wanted).unwrap();
        source.to_string()
    };
    assert_eq!(source("requests.page_max"), file.display().to_string());
    assert_eq!(source("requests.samples_max"), "ROSTRO_REQUESTS_SAMPLES_MAX");
    assert_eq!(source("requests.connections_max"), "flag");
    assert_eq!(source("requests.picture_body_max_bytes"), "default");
    assert!(!format!("{layers:?}").contains("hush"));
}

#[test]
fn what_cannot_be_meant_is_named() {
    let built_in = Layers::built_in;
    let by_flag = |path: &str, text: &str| {
        let layers = built_in().with_flag(path, text);
        layers.and_then(|layers| of(&layers)).map(drop).unwrap_err().to_string()
    };
    for (path, text) in [
        ("requests.page_max", "many"),
        ("requests.page_max", "0"),
        ("requests.page_max", "-1"),
        ("requests.page_max", "4294967296"),
        ("requests.page_max", ""),
        ("requests.page_max", "1.5"),
    ] {
        let refused = by_flag(path, text);
        assert!(refused.starts_with("requests.page_max (flag): expected a whole"), "{refused}");
    }
    assert!(built_in().with_flag("recognition.places", "0").is_ok());
    assert!(
        built_in()
            .with_flag("webhooks.dead_kept_days", "4294967295")
            .and_then(|layers| of(&layers))
            .is_ok()
    );
    assert_eq!(
        by_flag("requests.pagemax", "1"),
        "there is no setting «requests.pagemax» (flag); «rostro config» lists them"
    );
    assert!(
        by_flag("listen", "localhost").contains("socket address"),
        "{}",
        by_flag("listen", "localhost")
    );
    let refused = by_flag("allowed_webhook_hosts", "http://x");
    assert!(refused.contains("«http://x» is no host name"), "{refused}");

    let by_env = |name, text| built_in().with_env(vars(&[(name, text)])).unwrap_err().to_string();
    assert!(
        by_env("ROSTRO_REQUESTS_PAGE_MAX", "x")
            .starts_with("requests.page_max (ROSTRO_REQUESTS_PAGE_MAX): ")
    );
    assert!(
        by_env("ROSTRO_REQUESTS_PAGEMAX", "1")
            .starts_with("there is no setting «ROSTRO_REQUESTS_PAGEMAX»")
    );

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("relay.toml");
    let by_file = |text: &str| {
        std::fs::write(&file, text).unwrap();
        built_in().with_file(&file).unwrap_err().to_string()
    };
    assert!(by_file("[requests]\npage_max = \"10\"\n").contains("relay.toml): expected a whole"));
    assert!(by_file("[requests]\npage = 10\n").contains("no setting «requests.page»"));
    assert!(by_file("listen = \"127.0.0.1:1\"\n").contains("expected a list of texts"));
    assert!(by_file("listen = [1]\n").contains("expected a list of texts"));
    assert!(by_file("requests = 1\n").contains("no setting «requests»"));
    assert!(by_file("[requests\n").contains("no TOML"));
    let missing = built_in().with_file(&dir.path().join("none.toml")).unwrap_err().to_string();
    assert!(missing.contains("none.toml"), "{missing}");
}

#[test]
fn every_setting_is_said_in_the_docs_of_itself() {
    // A line of words stands above each setting.
    let lines: Vec<&str> = limits::DEFAULT_TOML.lines().collect();
    for (path, ..) in Layers::built_in().iter() {
        let key = path.rsplit('.').next().unwrap();
        let at = lines.iter().position(|line| line.starts_with(&format!("{key} ="))).unwrap();
        let above = lines[..at].iter().rev().find(|line| !line.contains(" = ")).unwrap();
        assert!(above.starts_with("# "), "{path}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let secret = |name: &str| name.contains("SECRET").then(|| "hush-hush".to_owned());
    let layers = Layers::built_in().with_flag("webhook_url", "https://hush-hush.example/").unwrap();
    let config = Config::new(&layers, PathBuf::new(), PathBuf::new(), secret).unwrap();
    assert!(config.webhook.secret.is_some());
    assert!(!format!("{config:?}").contains("hush"));
}
