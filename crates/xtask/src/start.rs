//! `cargo xtask start`: everything, from nothing to an address to open.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::children::Children;
use crate::lan::{self, Lan};
use crate::progress::{Steps, spoken};
use crate::services::{Services, Settings};
use crate::{build, port, setup, workspace};

/// Where clients of the Flask app look for it.
const FLASK_PORT: u16 = 5001;

const WARNING: &str = "The phone warns once, as this machine made the certificate itself and nobody vouches for it: on your own network, go on.
  Android, Chrome   Advanced, then Proceed to … (unsafe)
  iPhone, Safari    Show Details, then visit this website
docs/phone.md says what the network gets to see.";

/// Options.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Port of the relay
    #[arg(long, default_value_t = 8000)]
    relay_port: u16,
    /// Port of the web app
    #[arg(long, default_value_t = 3005)]
    web_port: u16,
    /// Folder of the databases and of the webhook's secret [default: data, in this checkout]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Lets other devices of the network in, such as a phone, over HTTPS [IP: this machine's address there]
    #[arg(long, value_name = "IP", num_args = 0..=1, require_equals = true)]
    lan: Option<Option<Ipv4Addr>>,
    /// Port of the HTTPS server of --lan
    #[arg(long, default_value_t = 3443)]
    lan_port: u16,
}

/// Runs until Ctrl-C, or until the relay or the web app ends.
///
/// # Errors
/// A port is in use, something is missing and cannot be set up, a build fails, or a program ends.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let started = Instant::now();
    let settings = settings(args)?;
    let children = Children::new()?;
    let mut steps = Steps::new(5);
    steps.step("Setting up what is missing", || {
        setup::node()?;
        setup::c_compiler(&children)?;
        setup::wasm_tools(&children)
    })?;
    steps.step("Relay", || build::relay(&children))?;
    steps.step("npm package", || build::package(&children))?;
    steps.step("Web app", || build::web(&children))?;
    let mut services = steps.step("Starting", || Services::up(&children, &settings))?;

    println!("\nReady after {}.\n", spoken(started.elapsed()));
    match settings.lan {
        Some(lan) => println!("  Open       {}", lan.origin()),
        None => println!("  Open       {}", settings.web_url()),
    }
    println!("  Relay      {}/webrtc/status/", settings.relay_url());
    if let Some(port) = settings.flask_port {
        println!("  Flask API  http://127.0.0.1:{port}/api/status");
    }
    println!("  Data       {}", settings.data.display());
    println!("  Logs       {}", workspace::logs().display());
    if let Some(lan) = settings.lan {
        invite(lan, services.setup_code.as_deref())?;
    }
    println!("\nCtrl-C stops everything.");
    loop {
        services.check()?;
        sleep(Duration::from_millis(200));
    }
}

/// How a phone gets in.
fn invite(lan: Lan, setup_code: Option<&str>) -> anyhow::Result<()> {
    let origin = lan.origin();
    let address = match setup_code {
        // After the `#`, which browsers send to nobody.
        Some(code) => format!("{origin}/welcome#code={code}"),
        None => origin,
    };
    if let Some(code) = setup_code {
        println!("  Setup code {code}  for the first account; the QR code brings it along");
    }
    println!("\nWith a phone on the same network:\n\n{}", lan::qr_code(&address)?);
    println!("{WARNING}");
    if !lan.is_private() {
        println!(
            "\n{} is not an address of a private network: whoever reaches it sees the sign-in page.",
            lan.address.ip()
        );
    }
    Ok(())
}

/// Settings with ports that are free now, so that nobody waits for a build and then learns that they are not.
fn settings(args: &Args) -> anyhow::Result<Settings> {
    port::require_free(args.relay_port, "relay", "--relay-port PORT")?;
    port::require_free(args.web_port, "web app", "--web-port PORT")?;
    let flask_port =
        (args.relay_port != FLASK_PORT && port::is_free(FLASK_PORT)).then_some(FLASK_PORT);
    if flask_port.is_none() && args.relay_port != FLASK_PORT {
        println!(
            "Port {FLASK_PORT} is in use, so clients of the Flask app find the relay at {} only.",
            args.relay_port
        );
    }
    let data = match &args.data {
        Some(folder) => std::path::absolute(folder)?,
        None => workspace::root().join("data"),
    };
    let lan = args.lan.map(|chosen| Lan::at(chosen, args.lan_port)).transpose()?;
    if let Some(lan) = lan {
        port::require_free_at(lan.address, "HTTPS server", "--lan-port PORT")?;
    }
    Ok(Settings {
        relay_port: args.relay_port,
        flask_port,
        web_port: args.web_port,
        data,
        allowed_hosts: None,
        lan,
    })
}
