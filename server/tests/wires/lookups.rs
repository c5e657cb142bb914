//! Questions that store nothing, single captures and encodings, pages.

use axum::http::{Method, StatusCode};
use rostro_core::ModelId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::relay::{Relay, data_url, data_url_of, empty_picture, side_by_side};

const SFACE: ModelId = ModelId::Sface2021Dec;
const DLIB: ModelId = ModelId::DlibResnetV1;

async fn embedding(relay: &Relay, portrait: &str, model: ModelId) -> Value {
    let values = relay.embedding_of(portrait, model).await.values().to_vec();
    json!({"model": model.as_str(), "embedding": values})
}

#[tokio::test]
async fn who_it_is_and_nothing_is_stored() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    let probe = json!({"embeddings": [embedding(&relay, "obama-2012", SFACE).await]});
    let answer = relay.post("/v1/identify", &probe).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let face = &answer.json["faces"][0];
    assert_eq!((&face["name"], &face["person_id"]), (&json!("Ana"), &json!(ana)));
    assert_eq!((&face["decision"]["outcome"], &face["box"]), (&json!("known"), &Value::Null));

    let both = data_url_of(&side_by_side("obama-2012", "biden-2010"));
    let faces = relay.post("/v1/identify", &json!({"picture": both})).await.json["faces"].clone();
    let mut names: Vec<_> = faces.as_array().unwrap().iter().map(|f| f["name"].clone()).collect();
    names.sort_by_key(Value::is_null);
    assert_eq!(names, [json!("Ana"), Value::Null]);
    assert!(faces[0]["box"]["right"].as_i64() > faces[0]["box"]["left"].as_i64());
    let nobody = json!({"picture": data_url_of(&empty_picture())});
    assert_eq!(relay.post("/v1/identify", &nobody).await.json, json!({"faces": []}));
    assert_eq!(relay.get("/v1/events").await.json, json!({"events": []}));
}

#[tokio::test]
async fn whether_it_is_that_person() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    let luis = relay.enrol("Luis", "biden-2010", SFACE).await;
    let probe = json!({"embeddings": [embedding(&relay, "obama-2012", SFACE).await]});
    let picture = json!({"picture": data_url("obama-2012")});
    for probe in [&probe, &picture] {
        let is = async |id: &str| {
            let answer = relay.post(&format!("/v1/people/{id}/verify"), probe).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            answer.json
        };
        let (same, other) = (is(&ana).await, is(&luis).await);
        assert_eq!((&same["is_match"], &other["is_match"]), (&json!(true), &json!(false)));
        let number = |answer: &Value, field: &str| answer[field].as_f64().unwrap();
        assert!(number(&same, "distance") < number(&same, "threshold"));
        assert!(number(&other, "distance") > number(&other, "threshold"));
    }
    let path = format!("/v1/people/{ana}/verify");
    let dlib = json!({"embeddings": [embedding(&relay, "obama-2012", DLIB).await]});
    let elsewhere = relay.post(&path, &dlib).await.json;
    assert_eq!((&elsewhere["is_match"], &elsewhere["distance"]), (&json!(false), &Value::Null));

    let sample = embedding(&relay, "obama-2012", SFACE).await;
    let cases = [
        (json!({}), 400, "invalid-request"),
        (
            json!({"embeddings": [sample], "picture": data_url("obama-2012")}),
            400,
            "invalid-request",
        ),
        (json!({"embeddings": [sample, sample]}), 400, "invalid-embedding"),
        (json!({"embeddings": [{"model": "facenet", "embedding": []}]}), 400, "invalid-embedding"),
        (json!({"picture": "data:image/png;base64,AAAA"}), 400, "invalid-image"),
        (json!({"image": "x"}), 400, "invalid-request"),
        (json!({"picture": data_url_of(&empty_picture())}), 422, "no-face"),
        (
            json!({"picture": data_url_of(&side_by_side("obama-2012", "biden-2010"))}),
            422,
            "several-faces",
        ),
    ];
    for (probe, status, code) in cases {
        let refused = relay.post(&path, &probe).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["error"]["code"]),
            (status, &json!(code))
        );
    }
    let nobody = relay.post("/v1/people/none/verify", &probe).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn encodings_are_listed_and_removed_one_by_one() {
    let relay = Relay::new().await;
    let ana = relay.enrol("Ana", "obama-2009", SFACE).await;
    relay.enrol("Ana", "obama-2009", DLIB).await;
    let path = format!("/v1/people/{ana}/encodings");
    let listed = relay.get(&path).await;
    assert!(!listed.text.contains("embedding"), "no numbers: {}", listed.text);
    let encodings = listed.json["encodings"].as_array().unwrap();
    let models: Vec<_> = encodings.iter().map(|one| one["model"].clone()).collect();
    assert_eq!(models, ["sface-2021dec", "dlib-resnet-v1"]);
    assert_eq!(encodings[0]["source"], "picture");
    let first = format!("{path}/{}", encodings[0]["id"]);
    assert_eq!(
        relay.send(Method::DELETE, &first, &json!(null)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        relay.send(Method::DELETE, &first, &json!(null)).await.status,
        StatusCode::NOT_FOUND
    );
    let person = relay.get(&format!("/v1/people/{ana}")).await.json;
    assert_eq!(person["encodings"], json!({"dlib-resnet-v1": 1}));
    let probe = json!({"embeddings": [embedding(&relay, "obama-2012", SFACE).await]});
    let faces = relay.post("/v1/identify", &probe).await.json["faces"].clone();
    assert_eq!(faces[0]["name"], Value::Null, "it matches no longer");
    let others = format!("/v1/people/none/encodings/{}", encodings[1]["id"]);
    assert_eq!(
        relay.send(Method::DELETE, &others, &json!(null)).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(relay.get("/v1/people/none/encodings").await.status, StatusCode::NOT_FOUND);
    assert_eq!(relay.get("/v1/people/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_capture_is_shown_as_its_receipt() {
    let relay = Relay::new().await;
    let id = Uuid::new_v4();
    let face = json!({"image": data_url("obama-2012"), "capture_id": id});
    relay.post("/webrtc/face/", &face).await;
    let shown = relay.get(&format!("/v1/captures/{id}")).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.json["capture_id"], json!(id));
    assert_eq!((&shown.json["channels"], &shown.json["hybrid"]), (&json!(["rest"]), &json!(false)));
    assert_eq!(shown.json["faces"].as_array().unwrap().len(), 1);
    for unknown in [Uuid::new_v4().to_string(), "1".to_owned()] {
        let none = relay.get(&format!("/v1/captures/{unknown}")).await;
        assert_eq!(
            (none.status, &none.json["error"]["code"]),
            (StatusCode::NOT_FOUND, &json!("not-found"))
        );
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    let relay = Relay::new().await;
    for name in ["Eva", "Ana", "Luis"] {
        relay.enrol(name, "obama-2009", SFACE).await;
    }
    let names = |page: &Value| -> Vec<String> {
        page["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = relay.get("/v1/people?limit=2").await.json;
    assert_eq!(names(&first), ["Ana", "Eva"]);
    let after = first["next_after"].as_str().unwrap();
    let second = relay.get(&format!("/v1/people?limit=2&after={after}")).await.json;
    assert_eq!((names(&second), second.get("next_after")), (vec!["Luis".to_owned()], None));
    assert_eq!(names(&relay.get("/v1/people").await.json).len(), 3);
    for query in ["?limit=0", "?limit=1001", "?limit=x"] {
        assert_eq!(relay.get(&format!("/v1/people{query}")).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(relay.get("/v1/people?after=none").await.status, StatusCode::NOT_FOUND);

    for _ in 0..5 {
        relay.post("/webrtc/face/", &json!({"image": data_url("obama-2012")})).await;
    }
    let ids = |page: &Value| -> Vec<i64> {
        page["events"].as_array().unwrap().iter().map(|e| e["id"].as_i64().unwrap()).collect()
    };
    let newest = relay.get("/v1/events?limit=3").await.json;
    assert_eq!((ids(&newest), &newest["next_before"]), (vec![5, 4, 3], &json!(3)));
    let oldest = relay.get("/v1/events?limit=3&before=3").await.json;
    assert_eq!((ids(&oldest), oldest.get("next_before")), (vec![2, 1], None));
    let since = relay.get("/v1/events?limit=3&after=1").await.json;
    assert_eq!((ids(&since), &since["next_after"]), (vec![2, 3, 4], &json!(4)));
    let none = relay.get("/v1/events?after=5").await.json;
    assert_eq!(none, json!({"events": [], "next_after": 5}));
    assert_eq!(relay.get("/v1/events?after=1&before=3").await.status, StatusCode::BAD_REQUEST);
}
