//! Cameras that speak HTTP: an endless answer of JPEGs (`multipart/x-mixed-replace`, as ESP32-CAM, motion, mjpg-streamer
//! and ffmpeg send it, right or wrong), or one picture for each request.

use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, Instant};

use http_auth::{PasswordClient, PasswordParams};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use reqwest::{Client, Response, StatusCode, Url};
use rostro_wire::v1::CameraFault;
use tokio::time::timeout;

use super::files::too_long;
use crate::cameras::Reach;
use crate::cameras::address::{Login, StreamAddress};
use crate::cameras::fault::Fault;
use crate::cameras::newest::{Newest, RawFrame};
use crate::cameras::registry::Registered;
use crate::egress::AddressRefused;
use crate::recognition::mjpeg::JpegSplitter;

/// A camera of single pictures is asked for one no more often than this.
const SNAPSHOT_EVERY: Duration = Duration::from_millis(200);

/// Reads what the camera answers; asks again where that is one picture.
pub(in crate::cameras) async fn read(
    camera: &Registered,
    address: &StreamAddress,
    reach: &Reach,
    newest: &Newest,
) -> Result<Infallible, Fault> {
    let (client, url) = reach.http(&camera.id, address)?;
    let login = camera.login.as_ref();
    let mut caller = Caller { client, url, login, challenge: None, reach };
    loop {
        let asked = Instant::now();
        let answer = caller.ask().await?;
        match kind_of(&answer)? {
            Answer::Stream => return stream(answer, reach, newest).await,
            Answer::Picture => newest.put(RawFrame::Jpeg(picture(answer, reach).await?.into())),
        }
        tokio::time::sleep(SNAPSHOT_EVERY.saturating_sub(asked.elapsed())).await;
    }
}

/// What a camera's answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Stream,
    Picture,
}

/// By what the answer says it is. Streams are found in it by the pictures' own markers, so a missing or general type is
/// taken for one.
fn kind_of(answer: &Response) -> Result<Answer, Fault> {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match kind.as_str() {
        "image/jpeg" | "image/jpg" | "image/png" | "image/webp" => Ok(Answer::Picture),
        ""
        | "application/octet-stream"
        | "video/x-motion-jpeg"
        | "video/x-mjpeg"
        | "video/mjpeg" => Ok(Answer::Stream),
        kind if kind.starts_with("multipart/") => Ok(Answer::Stream),
        kind => {
            let kind: String = kind.chars().take(60).collect();
            let reason = format!("offers {kind}; motion JPEG and JPEG pictures are read");
            Err(Fault::new(CameraFault::Unsupported, reason))
        }
    }
}

async fn stream(mut answer: Response, reach: &Reach, newest: &Newest) -> Result<Infallible, Fault> {
    let max_bytes = reach.limits.frame_max_bytes;
    let mut splitter = JpegSplitter::new(max_bytes);
    // As fast as a camera may send, what is no picture is not read for long.
    let mut without_picture = 0;
    while let Some(bytes) = answer.chunk().await.map_err(|error| broken(&error))? {
        splitter.push(&bytes);
        without_picture += bytes.len();
        while let Some(jpeg) = splitter.next_picture().map_err(too_long)? {
            newest.put(RawFrame::Jpeg(jpeg));
            without_picture = 0;
        }
        if without_picture > 2 * max_bytes {
            let reason = format!("no picture in {without_picture} bytes");
            return Err(Fault::new(CameraFault::BadPicture, reason));
        }
    }
    Err(Fault::new(CameraFault::Ended, "the camera ended the stream"))
}

async fn picture(mut answer: Response, reach: &Reach) -> Result<Vec<u8>, Fault> {
    let max_bytes = reach.limits.frame_max_bytes;
    let mut bytes = Vec::new();
    while let Some(more) = answer.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + more.len() > max_bytes {
            let reason = format!("a picture is longer than {max_bytes} bytes");
            return Err(Fault::new(CameraFault::BadPicture, reason));
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

/// Whoever asks one camera, with what it wants to know.
struct Caller<'a> {
    client: &'a Client,
    url: Url,
    login: Option<&'a Login>,
    /// How the camera asked for the login.
    challenge: Option<PasswordClient>,
    reach: &'a Reach,
}

impl Caller<'_> {
    /// An answer with what was asked for. The login is sent only where the camera asks for it, and as it asks.
    async fn ask(&mut self) -> Result<Response, Fault> {
        for is_second in [false, true] {
            let answer = self.send().await?;
            match answer.status() {
                StatusCode::OK => return Ok(answer),
                StatusCode::UNAUTHORIZED if !is_second => self.take_challenge(&answer)?,
                status => return Err(self.refused(status)),
            }
        }
        Err(self.refused(StatusCode::UNAUTHORIZED))
    }

    async fn send(&mut self) -> Result<Response, Fault> {
        let mut request = self.client.get(self.url.clone());
        if let (Some(challenge), Some(login)) = (&mut self.challenge, self.login) {
            let uri = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
            let answer = challenge.respond(&PasswordParams {
                username: &login.user,
                password: login.password(),
                uri,
                method: "GET",
                body: Some(&[]),
            });
            let answer = answer.map_err(|_| bad_challenge())?;
            request = request.header(AUTHORIZATION, answer);
        }
        let sent = timeout(self.reach.limits.answer_timeout, request.send()).await;
        sent.map_err(|_| Fault::new(CameraFault::Unreachable, "no answer in time"))?
            .map_err(|error| unreachable(&error))
    }

    fn take_challenge(&mut self, answer: &Response) -> Result<(), Fault> {
        if self.login.is_none() {
            return Err(Fault::new(
                CameraFault::LoginNeeded,
                "the camera wants a user and a password",
            ));
        }
        let asked = answer.headers().get_all(WWW_AUTHENTICATE).iter();
        let mut builder = PasswordClient::builder();
        for challenge in asked.filter_map(|challenge| challenge.to_str().ok()) {
            builder = builder.challenges(challenge);
        }
        self.challenge = Some(builder.build().map_err(|_| bad_challenge())?);
        Ok(())
    }

    fn refused(&self, status: StatusCode) -> Fault {
        let said = format!("the camera answers {}", status.as_u16());
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => match self.login {
                Some(_) => Fault::new(CameraFault::LoginRefused, "the camera refuses the login"),
                None => Fault::new(CameraFault::LoginNeeded, said),
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => Fault::new(CameraFault::NotFound, said),
            status if status.is_redirection() => Fault::new(
                CameraFault::BadAnswer,
                format!("{said}, a redirect, which is not followed"),
            ),
            status if status.is_server_error() => Fault::new(CameraFault::Unreachable, said),
            _ => Fault::new(CameraFault::BadAnswer, said),
        }
    }
}

fn bad_challenge() -> Fault {
    Fault::new(
        CameraFault::Unsupported,
        "the camera asks for a login in a way that is not known: Basic and Digest are",
    )
}

/// Why no answer came; nothing of the address, which the error's own text holds.
fn unreachable(error: &reqwest::Error) -> Fault {
    if let Some(refused) = causes(error).find_map(|cause| cause.downcast_ref::<AddressRefused>()) {
        return Reach::address_refused(*refused);
    }
    if error.is_timeout() {
        return Fault::new(CameraFault::Unreachable, "no connection in time");
    }
    Fault::new(CameraFault::Unreachable, innermost(error, "no connection"))
}

fn broken(error: &reqwest::Error) -> Fault {
    Fault::new(CameraFault::Ended, innermost(error, "the connection broke"))
}

/// What lies at the bottom of an error, such as «connection refused»; without an address.
fn innermost(error: &reqwest::Error, otherwise: &str) -> String {
    let io = causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>()).last();
    io.map_or_else(|| otherwise.to_owned(), |io| io.kind().to_string())
}

/// What caused an error, from the top.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first = error.source();
    std::iter::successors(first, |cause| (*cause).source())
}
