//! `rostro config`, and settings that a relay does not start with.

use crate::rostro::Rostro;

fn line<'a>(text: &'a str, setting: &str) -> Vec<&'a str> {
    let line = text.lines().find(|line| line.starts_with(&format!("{setting} = ")));
    line.unwrap_or_else(|| panic!("{setting}: {text}")).split(" # ").map(str::trim).collect()
}

#[test]
fn what_is_in_force_and_who_said_so() {
    let rostro = Rostro::new();
    let file = rostro.file("relay.toml", b"[requests]\npage_max = 7\nsamples_max = 8\n");
    let mut command =
        rostro.command(&["config", "--config", &file, "--set", "sockets.sockets_max=9"]);
    command.env("ROSTRO_REQUESTS_SAMPLES_MAX", "10").env("ROSTRO_API_KEY", "hush-hush");
    command.env("NEXTJS_WEBHOOK_URL", "https://user:hush@example.com/hook?token=hush");
    command.env("FACIAL_RECOGNITION_WEBHOOK_SECRET", "hush-hush");
    let output = command.output().unwrap();
    let (said, errors) = (String::from_utf8(output.stdout).unwrap(), output.stderr);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&errors));
    assert_eq!(line(&said, "page_max"), ["page_max = 7", file.as_str()]);
    assert_eq!(line(&said, "samples_max"), ["samples_max = 10", "ROSTRO_REQUESTS_SAMPLES_MAX"]);
    assert_eq!(line(&said, "sockets_max"), ["sockets_max = 9", "flag"]);
    assert_eq!(line(&said, "faces_max")[1], "default");
    let webhook = ["webhook_url = \"https://example.com/hook\"", "NEXTJS_WEBHOOK_URL"];
    assert_eq!(line(&said, "webhook_url"), webhook);
    assert!(said.contains("# ROSTRO_API_KEY: set\n") && !said.contains("hush"), "{said}");
    assert!(said.contains("# FACIAL_RECOGNITION_WEBHOOK_SECRET_PREVIOUS: not set\n"), "{said}");

    // What it prints is a settings file.
    let again = rostro.file("again.toml", said.as_bytes());
    let ran = rostro.run(&["config", "--config", &again]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(line(&ran.stdout, "samples_max")[0], "samples_max = 10");
    let default = rostro.run(&["config", "--default"]).stdout;
    let built_in = rostro.file("default.toml", default.as_bytes());
    assert_eq!(rostro.run(&["config", "--config", &built_in]).code, 0);
}

#[test]
fn a_relay_does_not_start_with_settings_that_cannot_be() {
    let rostro = Rostro::new();
    let cases = [
        (
            &["--set", "requests.page_max=0"][..],
            "requests.page_max (flag): expected a whole number",
        ),
        (&["--set", "requests.pages=1"], "there is no setting «requests.pages» (flag)"),
        (&["--listen", "localhost:1"], "invalid socket address syntax"),
        (&["--config", "/nowhere/relay.toml"], "cannot read the settings in /nowhere/relay.toml"),
        (&["--listen", "0.0.0.0:0"], "no key is set: set ROSTRO_API_KEY"),
        (&["--set", "allowed_webhook_hosts=http://x"], "«http://x» is no host name"),
    ];
    for (arguments, said) in cases {
        let ran = rostro.run(&[&["serve"], arguments].concat());
        assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert!(!rostro.data().exists(), "{arguments:?}: nothing was begun");
    }
    let refused = rostro.command(&["config"]).env("ROSTRO_SOCKETS_MAX", "7").output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("there is no setting «ROSTRO_SOCKETS_MAX»"), "{said}");
}
