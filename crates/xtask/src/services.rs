//! The relay and the web app, running side by side.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::children::{Children, Running, log_file};
use crate::workspace;

/// How long either may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(60);
const SECRET_BYTES: usize = 32;

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
    pub(crate) webhook_hosts: Option<&'static str>,
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

/// Both programs; dropping this ends them.
pub(crate) struct Services {
    relay: Running,
    web: Running,
    /// What the relay shows the web app's webhook.
    pub(crate) secret: String,
}

impl Services {
    /// Starts both and returns when both answer. They must have been built.
    ///
    /// # Errors
    /// One ended, or did not answer within a minute; the last lines of its output are printed.
    pub(crate) fn up(children: &Children, settings: &Settings) -> anyhow::Result<Self> {
        fs::create_dir_all(&settings.data)
            .with_context(|| format!("making {}", settings.data.display()))?;
        let secret = match std::env::var("FACIAL_RECOGNITION_WEBHOOK_SECRET") {
            Ok(secret) if !secret.is_empty() => secret,
            _ => shared_secret(&settings.data.join("webhook-secret"))?,
        };
        let mut relay =
            children.spawn(&mut relay_command(settings, &secret), &log_file("relay"))?;
        let mut web = children.spawn(&mut web_command(settings, &secret), &log_file("web"))?;
        relay.answers("the relay", settings.relay_port, "/v1/health", START_LIMIT)?;
        web.answers("the web app", settings.web_port, "/", START_LIMIT)?;
        Ok(Self { relay, web, secret })
    }

    /// Checks that both still run.
    ///
    /// # Errors
    /// One has ended.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        for (name, running) in [("relay", &mut self.relay), ("web app", &mut self.web)] {
            if let Some(status) = running.ended()? {
                bail!("the {name} ended ({status}); its output is in {}", running.log().display());
            }
        }
        Ok(())
    }
}

fn relay_command(settings: &Settings, secret: &str) -> Command {
    let ports = std::iter::once(settings.relay_port).chain(settings.flask_port);
    let listen: Vec<String> = ports.map(|port| format!("127.0.0.1:{port}")).collect();
    let web = settings.web_url();
    let mut command = Command::new(workspace::relay_program());
    command
        .arg("serve")
        .env("ROSTRO_LISTEN", listen.join(","))
        .env("ROSTRO_DATA", settings.data.join("relay"))
        .env("ROSTRO_MODELS", workspace::root().join("models"))
        .env("ROSTRO_ALLOWED_ORIGINS", format!("{web},http://localhost:{}", settings.web_port))
        .env("FACIAL_RECOGNITION_WEBHOOK_SECRET", secret);
    if let Some(hosts) = settings.webhook_hosts {
        command.env("ROSTRO_ALLOWED_WEBHOOK_HOSTS", hosts);
    }
    if std::env::var_os("NEXTJS_WEBHOOK_URL").is_none() {
        command.env("NEXTJS_WEBHOOK_URL", format!("{web}/api/facial-recognition/webhook"));
    }
    command
}

fn web_command(settings: &Settings, secret: &str) -> Command {
    let mut command = Command::new("node");
    command
        .current_dir(workspace::root().join("web"))
        .args(["node_modules/next/dist/bin/next", "start", "--hostname", "127.0.0.1", "--port"])
        .arg(settings.web_port.to_string())
        .env("NEXT_PUBLIC_API_URL", settings.relay_url())
        .env("ROSTRO_WEB_DATA", settings.data.join("web"))
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("FACIAL_RECOGNITION_WEBHOOK_SECRET", secret);
    command
}

/// The secret in `file`; made there, readable by this user only, if there is none.
fn shared_secret(file: &Path) -> anyhow::Result<String> {
    match fs::read_to_string(file) {
        Ok(secret) if !secret.trim().is_empty() => return Ok(secret.trim().to_owned()),
        Ok(_) => bail!("{} is empty; remove it and a new secret is made", file.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
    }
    let mut random = [0; SECRET_BYTES];
    fs::File::open("/dev/urandom")?.read_exact(&mut random).context("reading random bytes")?;
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    created.write_all(secret.as_bytes()).with_context(|| format!("writing {}", file.display()))?;
    Ok(secret)
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
}
