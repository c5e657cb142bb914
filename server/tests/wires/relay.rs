//! A relay on an empty folder, asked without a socket.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rostro_core::{Embedding, ModelId};
use rostro_server::app::{AppState, Parts, router};
use rostro_server::auth::{Access, Connection};
use rostro_server::cameras::Cameras;
use rostro_server::captures::Captures;
use rostro_server::config::limits::Limits;
use rostro_server::config::{CameraConfig, Secret, WebhookConfig};
use rostro_server::people::{EncodingSource, NewPerson, People};
use rostro_server::recognition::load::{LoadedModels, load_models};
use rostro_server::recognition::{ImageSource, Recognition};
use rostro_server::settings::Settings;
use rostro_server::sightings::cool_down::CoolDown;
use rostro_server::store::Store;
use rostro_server::webhooks::Webhooks;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// A relay, asked as from a page on this machine.
pub(crate) struct Relay {
    pub(crate) state: AppState,
    pub(crate) router: Router,
    pub(crate) folder: TempDir,
}

/// An answer, with its body as JSON where it is some.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Relay {
    /// Every model is there; no key is needed.
    pub(crate) async fn new() -> Self {
        Self::with(all_models(), Access::new(None, &[])).await
    }

    pub(crate) async fn with_key(key: &str) -> Self {
        let key = Secret::new(key.to_owned());
        Self::with(all_models(), Access::new(key.as_ref(), &[])).await
    }

    pub(crate) async fn with(models: LoadedModels, access: Access) -> Self {
        Self::all(models, access, &WebhookConfig::default()).await
    }

    /// Every model is there, no key is needed; webhooks are sent once `webhooks.run` runs.
    pub(crate) async fn telling(webhook: &WebhookConfig) -> Self {
        Self::all(all_models(), Access::new(None, &[]), webhook).await
    }

    async fn all(models: LoadedModels, access: Access, webhook: &WebhookConfig) -> Self {
        let (folder, cameras) = (tempfile::tempdir().unwrap(), CameraConfig::default());
        Self::on(folder, models, access, webhook, &cameras).await
    }

    /// As [`Relay::new`], in that folder; cameras are read once `cameras.run` runs.
    pub(crate) async fn reading(
        folder: TempDir,
        webhook: &WebhookConfig,
        cameras: &CameraConfig,
    ) -> Self {
        Self::on(folder, all_models(), Access::new(None, &[]), webhook, cameras).await
    }

    /// As [`Relay::new`], on what an earlier relay has left in the folder.
    pub(crate) async fn again(folder: TempDir) -> Self {
        Self::reading(folder, &WebhookConfig::default(), &CameraConfig::default()).await
    }

    async fn on(
        folder: TempDir,
        models: LoadedModels,
        access: Access,
        webhook: &WebhookConfig,
        cameras: &CameraConfig,
    ) -> Self {
        let mut limits = Limits::default();
        limits.recognition.places = 2;
        let store = Store::open(folder.path()).unwrap();
        let webhooks = Webhooks::load(store.clone(), webhook).await.unwrap();
        let state = AppState::new(Parts {
            people: People::load(store.clone()).await.unwrap(),
            captures: Captures::load(store.clone(), webhooks.outbox()),
            settings: Settings::load(store.clone()).await.unwrap(),
            recognition: Recognition::new(models, &limits.recognition),
            webhooks,
            cameras: Cameras::load(store.clone(), cameras).await.unwrap(),
            access,
            cool_down: CoolDown::new(limits.reports.cool_down),
            limits,
            store: store.clone(),
        });
        Self { router: router(state.clone()), state, folder }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send_text(method, path, "application/json", body.to_string()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn send_text(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let request = request(method, path).header("content-type", kind);
        self.ask(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, text, json }
    }

    /// The embedding of the one face of a portrait, as the relay sees it.
    pub(crate) async fn embedding_of(&self, portrait: &str, model: ModelId) -> Embedding {
        let file = ImageSource::File(file_of(portrait).into());
        let seen = self.state.recognition.recognize(file, vec![model], "test").await.unwrap();
        assert_eq!(seen.faces.len(), 1, "{portrait}");
        seen.faces[0].embeddings[0].clone()
    }

    /// Enrols somebody by a portrait; gives back their id.
    pub(crate) async fn enrol(&self, name: &str, portrait: &str, model: ModelId) -> String {
        let sample = self.embedding_of(portrait, model).await;
        let person = NewPerson {
            name: name.to_owned(),
            unit: Some("4B".to_owned()),
            kind: Some("propietario".to_owned()),
            document: Some("12345678".to_owned()),
            client_id: None,
        };
        let people = &self.state.people;
        people.enrol(person, vec![sample], EncodingSource::Picture).await.unwrap().id
    }
}

/// A request as a page on this machine would send it.
pub(crate) fn request(method: Method, path: &str) -> axum::http::request::Builder {
    let connection = Connection {
        peer: "127.0.0.1:50000".parse().unwrap(),
        local: "127.0.0.1:8000".parse().unwrap(),
    };
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost:8000")
        .header("origin", "http://localhost:3000")
        .extension(connection)
}

/// The real models, loaded once for all tests.
pub(crate) fn all_models() -> LoadedModels {
    static LOADED: OnceLock<LoadedModels> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| load_models(&repository().join("models")));
    for model in &loaded.status {
        assert_eq!(model.unavailable, None, "{}", model.id);
    }
    LoadedModels { engine: loaded.engine.clone(), status: loaded.status.clone() }
}

/// The models of an empty folder: none.
pub(crate) fn no_models() -> LoadedModels {
    load_models(tempfile::tempdir().unwrap().path())
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The file of a public-domain portrait.
pub(crate) fn file_of(portrait: &str) -> Vec<u8> {
    let file = repository().join(format!("crates/rostro-testkit/fixtures/{portrait}.png"));
    std::fs::read(file).expect(portrait)
}

/// The same as JPEG.
pub(crate) fn jpeg_of(portrait: &str) -> Vec<u8> {
    let picture = image::load_from_memory(&file_of(portrait)).unwrap().to_rgb8();
    encoded(&picture, image::ImageFormat::Jpeg)
}

/// A portrait as a browser's `canvas.toDataURL` gives it.
pub(crate) fn data_url(portrait: &str) -> String {
    data_url_of(&file_of(portrait))
}

pub(crate) fn data_url_of(file: &[u8]) -> String {
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(file))
}

/// A grey picture, without a face, as PNG.
pub(crate) fn empty_picture() -> Vec<u8> {
    png(&image::RgbImage::from_pixel(320, 240, image::Rgb([128, 128, 128])))
}

/// Two portraits side by side, as PNG.
pub(crate) fn side_by_side(left: &str, right: &str) -> Vec<u8> {
    let decode = |portrait| {
        let picture = image::load_from_memory(&file_of(portrait)).unwrap();
        picture.resize(480, 480, image::imageops::FilterType::Triangle).to_rgb8()
    };
    let (left, right) = (decode(left), decode(right));
    let mut both = image::RgbImage::new(left.width() + right.width(), 480);
    image::imageops::replace(&mut both, &left, 0, 0);
    image::imageops::replace(&mut both, &right, i64::from(left.width()), 0);
    png(&both)
}

fn png(picture: &image::RgbImage) -> Vec<u8> {
    encoded(picture, image::ImageFormat::Png)
}

fn encoded(picture: &image::RgbImage, format: image::ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}
