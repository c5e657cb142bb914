//! The relay and the web app, running side by side, and the way in from the network where one is wanted.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::children::{Children, Running, log_file};
use crate::lan::Lan;
use crate::port;
use crate::workspace;

/// How long either may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(60);
const SECRET_BYTES: usize = 32;
/// Of the code that whoever makes the first account may have to type.
const CODE_BYTES: usize = 6;

/// Where the two listen and keep what they know.
pub(crate) struct Settings {
    /// Port of the relay.
    pub(crate) relay_port: u16,
    /// A second port of the relay, where clients of the Flask app look for it.
    pub(crate) flask_port: Option<u16>,
    /// Port of the web app.
    pub(crate) web_port: u16,
    /// Folder of both databases and the secret that they share.
    pub(crate) data: PathBuf,
    /// Hosts that webhooks added over the relay's API may be at though they are not public.
    pub(crate) allowed_hosts: Option<&'static str>,
    /// Where other devices of the network come in; `None` for this machine alone.
    pub(crate) lan: Option<Lan>,
}

impl Settings {
    /// The relay's address.
    pub(crate) fn relay_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.relay_port)
    }

    /// The web app's address.
    pub(crate) fn web_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.web_port)
    }
}

/// The programs; dropping this ends them.
pub(crate) struct Services {
    running: Vec<(&'static str, Running)>,
    /// What the relay shows the web app's webhook.
    pub(crate) secret: String,
    /// What making the first account takes; `None` where there is an account, or only this machine gets in.
    pub(crate) setup_code: Option<String>,
}

/// What the programs are told and nobody else.
struct Secrets {
    webhook: String,
    /// Of the relay and of the first account, where the network gets in.
    guard: Option<Guard>,
}

struct Guard {
    api_key: String,
    setup_code: String,
}

impl Secrets {
    fn of(settings: &Settings) -> anyhow::Result<Self> {
        let webhook = match given("FACIAL_RECOGNITION_WEBHOOK_SECRET") {
            Some(secret) => secret,
            None => shared_secret(&settings.data.join("webhook-secret"))?,
        };
        let guard = settings.lan.map(|_| Guard::new()).transpose()?;
        Ok(Self { webhook, guard })
    }
}

impl Guard {
    /// Those of the environment, else new ones at each start.
    fn new() -> anyhow::Result<Self> {
        let made = |name, bytes| given(name).map_or_else(|| random_hex(bytes), Ok);
        Ok(Self {
            api_key: made("ROSTRO_API_KEY", SECRET_BYTES)?,
            setup_code: made("ROSTRO_WEB_SETUP_CODE", CODE_BYTES)?,
        })
    }
}

impl Services {
    /// Starts them and returns when all answer. They must have been built.
    ///
    /// # Errors
    /// One ended, or did not answer within a minute; the last lines of its output are printed.
    pub(crate) fn up(children: &Children, settings: &Settings) -> anyhow::Result<Self> {
        fs::create_dir_all(&settings.data)
            .with_context(|| format!("making {}", settings.data.display()))?;
        let secrets = Secrets::of(settings)?;
        let mut relay =
            children.spawn(&mut relay_command(settings, &secrets), &log_file("relay"))?;
        let mut web = children.spawn(&mut web_command(settings, &secrets), &log_file("web"))?;
        relay.answers("the relay", settings.relay_port, "/v1/health", START_LIMIT)?;
        web.answers("the web app", settings.web_port, "/sw.js", START_LIMIT)?;
        let mut running = vec![("relay", relay), ("web app", web)];
        if let Some(lan) = settings.lan {
            let mut command =
                lan.command(&settings.web_url(), &settings.relay_url(), &settings.data);
            let mut door = children.spawn(&mut command, &log_file("lan"))?;
            door.is_up("the HTTPS server", START_LIMIT, || port::takes_connections(lan.address))?;
            running.push(("HTTPS server", door));
        }
        // The page where the first account is made is there only while there is none.
        let is_first = port::answers(settings.web_port, "/welcome");
        let setup_code = secrets.guard.map(|guard| guard.setup_code).filter(|_| is_first);
        Ok(Self { running, secret: secrets.webhook, setup_code })
    }

    /// Checks that all still run.
    ///
    /// # Errors
    /// One has ended.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        for (name, running) in &mut self.running {
            if let Some(status) = running.ended()? {
                bail!("the {name} ended ({status}); its output is in {}", running.log().display());
            }
        }
        Ok(())
    }
}

fn relay_command(settings: &Settings, secrets: &Secrets) -> Command {
    let ports = std::iter::once(settings.relay_port).chain(settings.flask_port);
    let listen: Vec<String> = ports.map(|port| format!("127.0.0.1:{port}")).collect();
    let web = settings.web_url();
    let mut origins = vec![web.clone(), format!("http://localhost:{}", settings.web_port)];
    origins.extend(settings.lan.map(Lan::origin));
    let mut command = Command::new(workspace::relay_program());
    command
        .arg("serve")
        .env("ROSTRO_LISTEN", listen.join(","))
        .env("ROSTRO_DATA", settings.data.join("relay"))
        .env("ROSTRO_MODELS", workspace::root().join("models"))
        .env("ROSTRO_ALLOWED_ORIGINS", origins.join(","))
        .env("FACIAL_RECOGNITION_WEBHOOK_SECRET", &secrets.webhook);
    if let Some(guard) = &secrets.guard {
        command.env("ROSTRO_API_KEY", &guard.api_key);
    }
    if let Some(hosts) = settings.allowed_hosts {
        command
            .env("ROSTRO_ALLOWED_WEBHOOK_HOSTS", hosts)
            .env("ROSTRO_ALLOWED_CAMERA_HOSTS", hosts);
    }
    if std::env::var_os("NEXTJS_WEBHOOK_URL").is_none() {
        command.env("NEXTJS_WEBHOOK_URL", format!("{web}/api/facial-recognition/webhook"));
    }
    command
}

fn web_command(settings: &Settings, secrets: &Secrets) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(workspace::root().join("web"))
        .args(["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port"])
        .arg(settings.web_port.to_string())
        .env("NEXT_PUBLIC_API_URL", settings.relay_url())
        .env("ROSTRO_WEB_DATA", settings.data.join("web"))
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("FACIAL_RECOGNITION_WEBHOOK_SECRET", &secrets.webhook);
    if let (Some(lan), Some(guard)) = (settings.lan, &secrets.guard) {
        let hosts = given("ROSTRO_WEB_HOSTS").into_iter().chain([lan.address.ip().to_string()]);
        command
            // Read at run time, so that one build serves with and without it.
            .env("NEXT_PUBLIC_API_URL", lan.origin())
            .env("ROSTRO_RELAY_URL", settings.relay_url())
            .env("ROSTRO_API_KEY", &guard.api_key)
            .env("ROSTRO_WEB_HOSTS", hosts.collect::<Vec<_>>().join(","))
            .env("ROSTRO_WEB_SETUP_CODE", &guard.setup_code);
    }
    command
}

/// What the environment says, if it says something.
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The secret in `file`; made there, readable by this user only, if there is none.
fn shared_secret(file: &Path) -> anyhow::Result<String> {
    match fs::read_to_string(file) {
        Ok(secret) if !secret.trim().is_empty() => return Ok(secret.trim().to_owned()),
        Ok(_) => bail!("{} is empty; remove it and a new secret is made", file.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
    }
    let secret = random_hex(SECRET_BYTES)?;
    let mut created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    created.write_all(secret.as_bytes()).with_context(|| format!("writing {}", file.display()))?;
    Ok(secret)
}

/// That many random bytes, in hexadecimal digits.
fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut random = vec![0; bytes];
    fs::File::open("/dev/urandom")?.read_exact(&mut random).context("reading random bytes")?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_kept() {
        let folder = std::env::temp_dir().join(format!("xtask-secret-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        let file = folder.join("webhook-secret");
        let first = shared_secret(&file).expect("made");
        assert_eq!(first.len(), 2 * SECRET_BYTES);
        assert_eq!(shared_secret(&file).expect("read"), first);
        fs::write(&file, "").expect("emptied");
        assert!(shared_secret(&file).is_err());
        fs::remove_dir_all(folder).expect("it was there");
    }

    fn settings(lan: Option<Lan>) -> Settings {
        Settings {
            relay_port: 8000,
            flask_port: None,
            web_port: 3005,
            data: PathBuf::from("/data"),
            allowed_hosts: None,
            lan,
        }
    }

    fn told(command: &Command, name: &str) -> Option<String> {
        let (_, value) = command.get_envs().find(|(known, _)| *known == name)?;
        value.map(|value| value.to_string_lossy().into_owned())
    }

    #[test]
    fn the_network_gets_in_only_past_a_key_and_a_code() {
        let lan = Lan::at(Some([192, 168, 1, 20].into()), 3443).expect("one machine's");
        let settings = settings(Some(lan));
        let guard = Guard { api_key: "key".to_owned(), setup_code: "code".to_owned() };
        let secrets = Secrets { webhook: "secret".to_owned(), guard: Some(guard) };
        let relay = relay_command(&settings, &secrets);
        let web = web_command(&settings, &secrets);
        assert_eq!(told(&relay, "ROSTRO_LISTEN").as_deref(), Some("127.0.0.1:8000"));
        assert_eq!(told(&relay, "ROSTRO_API_KEY").as_deref(), Some("key"));
        let origins = told(&relay, "ROSTRO_ALLOWED_ORIGINS").expect("it is told");
        assert!(origins.ends_with(",https://192.168.1.20:3443"), "{origins}");
        for (name, want) in [
            ("NEXT_PUBLIC_API_URL", "https://192.168.1.20:3443"),
            ("ROSTRO_RELAY_URL", "http://127.0.0.1:8000"),
            ("ROSTRO_API_KEY", "key"),
            ("ROSTRO_WEB_SETUP_CODE", "code"),
        ] {
            assert_eq!(told(&web, name).as_deref(), Some(want), "{name}");
        }
        assert!(
            told(&web, "ROSTRO_WEB_HOSTS").is_some_and(|names| names.ends_with("192.168.1.20"))
        );
        assert!(web.get_args().any(|argument| argument == "127.0.0.1"));
    }

    #[test]
    fn without_a_network_nothing_is_asked_for() {
        let secrets = Secrets { webhook: "secret".to_owned(), guard: None };
        let web = web_command(&settings(None), &secrets);
        assert_eq!(told(&web, "NEXT_PUBLIC_API_URL").as_deref(), Some("http://127.0.0.1:8000"));
        for name in ["ROSTRO_API_KEY", "ROSTRO_WEB_HOSTS", "ROSTRO_WEB_SETUP_CODE"] {
            assert_eq!(told(&web, name), None, "{name}");
        }
    }

    #[test]
    fn random_digits_are_as_many_as_asked_for_and_never_the_same() {
        let code = random_hex(CODE_BYTES).expect("made");
        assert_eq!(code.len(), 2 * CODE_BYTES);
        assert_ne!(code, random_hex(CODE_BYTES).expect("made"));
    }
}
