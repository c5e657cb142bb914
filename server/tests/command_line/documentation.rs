//! Every command in the documentation, run as it stands there. Those of `cargo` and `npm` are the checkout's, and read
//! by xtask's own test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rostro_testkit::documents::{Block, blocks};
use serde_json::{Value, json};

use crate::rostro::{Rostro, encoding, lines};
use crate::track::clip;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `serve` goes on beside what follows, until the next `serve` or the end; everything else is the program itself.
const ROSTRO: &str = r#"#!/bin/bash
set -e
if [ "$1" != serve ]; then exec "$PROGRAM" "$@"; fi
stop-relay
"$PROGRAM" "$@" > relay.log 2>&1 &
echo $! > relay.pid
until curl --silent --output /dev/null "http://127.0.0.1:$PORT/v1/health"; do
  kill -0 $! || { cat relay.log >&2; exit 1; }
  sleep 0.05
done
"#;

const STOP_RELAY: &str = r#"#!/bin/bash
if [ -e relay.pid ]; then
  kill -TERM "$(cat relay.pid)"
  while kill -0 "$(cat relay.pid)" 2> /dev/null; do sleep 0.05; done
  rm relay.pid
fi
"#;

/// An answer that is an error is a failure.
const CURL: &str = "#!/bin/sh\nexec /usr/bin/curl --fail-with-body --silent --show-error \"$@\"\n";

const KEY: &str = "a-key-of-the-documentation";

/// A folder as somebody has it who reads the documentation: Ana's pictures, a clip, the Flask app's files.
struct Reader {
    rostro: Rostro,
    /// The relay's, and Flask's.
    ports: [u16; 2],
    ana: String,
    /// Set where a page speaks of it.
    key: Option<&'static str>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shell("stop-relay");
    }
}

impl Reader {
    fn new() -> Self {
        let rostro = Rostro::new();
        for (name, portrait) in
            [("ana-1.jpg", "obama-2009"), ("ana-2.jpg", "obama-2012"), ("door.jpg", "obama-2012")]
        {
            rostro.file(name, rostro_testkit::pictures::png(portrait));
        }
        rostro.file("door.mjpeg", &clip());
        rostro.file("pictures.txt", b"ana-1.jpg\nana-2.jpg\n");
        let golden = repository().join("server/src/npy/golden");
        fs::copy(golden.join("f4-le-c-v1.npy"), rostro.path("encodings.npy")).unwrap();
        fs::copy(golden.join("labels.json"), rostro.path("labels.json")).unwrap();
        fs::create_dir_all(rostro.path("target/release")).unwrap();
        fs::create_dir(rostro.path("bin")).unwrap();
        symlink(repository().join("models"), rostro.path("models")).unwrap();
        for (name, script) in [
            ("bin/rostro", ROSTRO),
            ("target/release/rostro", ROSTRO),
            ("bin/stop-relay", STOP_RELAY),
            ("bin/curl", CURL),
        ] {
            let path = rostro.file(name, script.as_bytes());
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let free = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let ports = free.map(|listener| listener.local_addr().unwrap().port());
        Self { rostro, ports, ana: String::new(), key: None }
    }

    fn with_ana(self) -> Self {
        self.rostro.output(&["enrol", "Ana", self.rostro.path("ana-1.jpg").to_str().unwrap()]);
        self
    }

    /// With a relay that has seen Ana seven times.
    fn with_relay(mut self) -> Self {
        self.ran("rostro serve");
        let sample = json!({ "model": "dlib-resnet-v1", "embedding": encoding(0.1) });
        let person = self.post("/v1/people", &json!({ "name": "Ana", "samples": [sample] }));
        self.ana = person["id"].as_str().unwrap().to_owned();
        for time in 0..7_u8 {
            let receipt = self.post("/v1/reports", &report(time));
            assert_eq!(receipt["faces"][0]["name"], "Ana");
        }
        self
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.rostro.file("body.json", body.to_string().as_bytes());
        let answer = self.ran(&format!(
            "curl localhost:8000{path} -H 'x-api-key: {}' -H 'content-type: application/json' -d @body.json",
            self.key.unwrap_or_default()
        ));
        serde_json::from_str(&answer).unwrap()
    }

    fn shell(&self, code: &str) -> Output {
        let [relay, flask] = self.ports.map(|port| port.to_string());
        let code =
            code.replace(":8000", &format!(":{relay}")).replace(":5001", &format!(":{flask}"));
        let path =
            format!("{}:{}", self.rostro.path("bin").display(), std::env::var("PATH").unwrap());
        // The program's own environment, for whatever the shell runs.
        let program = self.rostro.command(&[]);
        let mut bash = Command::new("bash");
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => bash.env(name, value),
                None => bash.env_remove(name),
            };
        }
        bash.args([
            "-euo",
            "pipefail",
            "-c",
            &code.replace("/people/ID", &format!("/people/{}", self.ana)),
        ])
        .current_dir(self.rostro.path("."))
        .env("PATH", path)
        .env("PROGRAM", program.get_program())
        .env("PORT", &relay)
        .env("ROSTRO_LISTEN", format!("127.0.0.1:{relay}"))
        .envs(self.key.map(|key| ("ROSTRO_API_KEY", key)))
        .output()
        .unwrap()
    }

    /// What it prints; it must succeed.
    fn ran(&self, code: &str) -> String {
        let Output { status, stdout, stderr } = self.shell(code);
        let stderr = String::from_utf8_lossy(&stderr);
        let stdout = String::from_utf8(stdout).unwrap();
        assert!(status.success(), "{code}\n{stdout}\n{stderr}");
        stdout
    }
}

fn report(time: u8) -> Value {
    json!({
        "capture_id": uuid::Uuid::from_u128(time.into()),
        "captured_at": jiff::Timestamp::now().to_string(),
        "faces": [{
            "box": { "top": 1, "right": 4, "bottom": 3, "left": 2 },
            "score": 0.9,
            "model": "dlib-resnet-v1",
            "embedding": encoding(0.2 + f32::from(time) / 100.0),
        }],
    })
}

/// The documentation's blocks by page.
fn pages() -> BTreeMap<PathBuf, Vec<Block>> {
    let mut pages: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for block in blocks(&repository()) {
        pages.entry(block.page.clone()).or_default().push(block);
    }
    pages
}

fn is_of_the_checkout(block: &Block) -> bool {
    ["cargo ", "npm "].iter().any(|command| block.code.contains(command))
}

#[test]
fn every_command_runs() {
    let mut run = 0;
    for (page, blocks) in pages() {
        let commands: Vec<_> = blocks
            .iter()
            .filter(|block| block.language == "sh" && !is_of_the_checkout(block))
            .collect();
        if commands.is_empty() {
            continue;
        }
        let mut reader = Reader::new();
        let says = |command: &str| commands.iter().any(|block| block.code.contains(command));
        if !says("rostro enrol") {
            reader = reader.with_ana();
        }
        reader.key = says("$ROSTRO_API_KEY").then_some(KEY);
        if says("curl ") && !says("rostro serve") {
            reader = reader.with_relay();
        }
        for block in blocks.iter().filter(|block| block.language == "toml") {
            let (name, settings) = block.code.split_once('\n').unwrap();
            reader.rostro.file(name.strip_prefix("# ").unwrap(), settings.as_bytes());
        }
        for Block { line, code, .. } in commands {
            reader.ran(&format!("# {}:{line}\n{code}", page.display()));
            run += 1;
        }
    }
    assert!(run > 15, "only {run} blocks were found");
}

/// Where values are, by the names that lead there; all of an array's things are alike.
fn shape(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| below(name, value)).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| below("*", item)).collect(),
        _ => BTreeSet::from([String::new()]),
    }
}

fn below(name: &str, value: &Value) -> Vec<String> {
    shape(value).iter().map(|rest| format!("{name}.{rest}")).collect()
}

#[test]
fn what_is_shown_as_printed_is_printed_so() {
    let pages = pages();
    for (page, command) in [
        ("docs/command-line.md", "rostro embed --model dlib-resnet-v1 ana-1.jpg"),
        ("docs/tracking.md", "rostro track --json-lines door.mjpeg"),
    ] {
        let blocks = &pages[Path::new(page)];
        let shown = blocks.iter().find(|block| block.language == "json").unwrap();
        let shown = serde_json::Deserializer::from_str(&shown.code).into_iter::<Value>();
        let shown: Vec<_> = shown.map(|value| shape(&value.unwrap())).collect();
        let printed = lines(&Reader::new().with_ana().ran(command));
        let printed: Vec<_> = printed.iter().map(|value| without_names(shape(value))).collect();
        for shown in shown.into_iter().map(without_names) {
            assert!(printed.contains(&shown), "{page} shows {shown:#?}\nprinted is {printed:#?}");
        }
    }
}

/// A field may be named after a person.
fn without_names(shape: BTreeSet<String>) -> BTreeSet<String> {
    let named = |path: &String| path.starts_with("names.");
    shape.into_iter().filter(|path| !named(path)).collect()
}
