//! What a collector of OpenTelemetry is sent.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;
use tokio::net::TcpListener;

use crate::rostro::{Rostro, encoding};
use crate::serving::{Relay, report};

const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A collector, and what it was sent.
async fn collector() -> (String, Arc<Mutex<Vec<Bytes>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent: Arc<Mutex<Vec<Bytes>>> = Arc::default();
    let kept = Arc::clone(&sent);
    let take = async move |headers: HeaderMap, body: Bytes| {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        assert_eq!(headers["x-tenant"], "gym");
        kept.lock().unwrap().push(body);
        StatusCode::OK
    };
    let app = Router::new().route("/v1/traces", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_is_sent_what_took_how_long_and_nobody_is_named() {
    let rostro = Rostro::new();
    let (url, sent) = collector().await;
    let environment = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=gym"),
        ("ROSTRO_LOG_FORMAT", "json"),
    ];
    let mut relay = Relay::start_with(&rostro, &environment);
    let sample = json!({"model": "dlib-resnet-v1", "embedding": encoding(0.1)});
    relay.post("/v1/people", &json!({"name": "José Núñez", "samples": [sample]})).await;
    let call = relay.http.post(format!("{}/v1/reports", relay.urls[0])).json(&report(7));
    call.header("traceparent", CALLER).send().await.unwrap().error_for_status().unwrap();
    let path = format!("{}/api/results/Jos%C3%A9%20N%C3%BA%C3%B1ez", relay.urls[0]);
    relay.http.get(path).send().await.unwrap().error_for_status().unwrap();
    relay.stopped();

    let bodies = sent.lock().unwrap().clone();
    let requests: Vec<_> =
        bodies.iter().map(|it| ExportTraceServiceRequest::decode(it.clone()).unwrap()).collect();
    let text = format!("{requests:?}");
    for secret in ["José", "Jos%C3%A9", "hush-hush"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let resources: Vec<_> = requests.iter().flat_map(|it| &it.resource_spans).collect();
    assert!(format!("{:?}", resources[0].resource).contains("\"rostro\""), "{text}");
    let spans: Vec<&Span> =
        resources.iter().flat_map(|of| &of.scope_spans).flat_map(|scope| &scope.spans).collect();
    let named: BTreeMap<&str, &Span> =
        spans.iter().map(|span| (span.name.as_str(), *span)).collect();
    assert!(named.contains_key("POST /v1/people"), "{:?}", named.keys());
    assert!(named.contains_key("GET /api/results/{name}"), "{:?}", named.keys());
    let reported = named["POST /v1/reports"];
    assert_eq!(hex(&reported.trace_id), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(hex(&reported.parent_span_id), "b7ad6b7169203331");
    let is_within =
        |span: &&&Span| span.trace_id == reported.trace_id && span.name == "store.write";
    let commit =
        spans.iter().find(is_within).expect("the commit is told in the course of its request");
    assert!(commit.start_time_unix_nano >= reported.start_time_unix_nano);
    assert!(commit.end_time_unix_nano <= reported.end_time_unix_nano);
    let said = format!("{:?}", reported.attributes);
    assert!(said.contains("http.response.status_code") && said.contains("IntValue(200)"), "{said}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_protocol_that_is_not_spoken_is_refused() {
    let rostro = Rostro::new();
    let mut command = rostro.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317");
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    let ran = command.output().unwrap();
    assert!(!ran.status.success());
    assert_eq!(
        String::from_utf8(ran.stderr).unwrap().trim_end(),
        "rostro: OTEL_EXPORTER_OTLP_PROTOCOL is grpc: traces are sent as http/protobuf only"
    );
}
