//! Addresses that a caller might try.

use super::*;

fn allowing(hosts: &[&str]) -> Egress {
    Egress::to_webhooks(hosts.iter().map(|host| host.parse().unwrap()).collect())
}

/// Ways to write what is not to be reached; those with a name only show when it is resolved.
const FORBIDDEN: &[&str] = &[
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1:8443/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.000.000.001/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.5/",
    "https://10.255.255.255/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.10/",
    "https://192.168.1.10:443/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://192.88.99.1/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[fc00::1]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[100::1]/",
    "https://[4000::1]/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "http://93.184.215.14/",
    "http://example.com/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:6379/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://example.com@127.0.0.1/",
    "https://:pass@example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "ftp://example.com/",
    "unix:///run/docker.sock",
    "data:application/json,{}",
    "javascript:alert(1)",
    "//example.com/",
    "example.com",
    "https://",
    "https://?",
    "",
];

#[test]
fn what_must_not_be_reached() {
    let nobody = allowing(&[]);
    assert!(FORBIDDEN.len() >= 60, "{}", FORBIDDEN.len());
    for url in FORBIDDEN {
        assert!(nobody.url(url).is_err(), "{url}");
    }
    for url in [
        "https://example.com/hook?a=1",
        "https://example.com:8443/",
        "https://93.184.215.14/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
        "https://[64:ff9b::93.184.215.14]/",
        "https://bücher.example/",
        " https://example.com/ ",
    ] {
        assert!(nobody.url(url).is_ok(), "{url}");
    }
}

#[test]
fn the_reason_is_said() {
    let refused = |url| allowing(&[]).url(url).unwrap_err();
    assert_eq!(refused("https://10.0.0.5/"), AddressRefused::NotPublic);
    assert_eq!(refused("http://10.0.0.5/"), AddressRefused::NotPublic);
    assert_eq!(refused("http://example.com/"), AddressRefused::NotHttps);
    assert_eq!(refused("https://example.com:6379/"), AddressRefused::Port);
    assert_eq!(refused("https://a:b@example.com/"), AddressRefused::UserInfo);
    assert_eq!(refused("gopher://example.com/"), AddressRefused::NotWeb("https"));
}

#[test]
fn every_special_network_from_its_first_address_to_its_last() {
    for net in public::special() {
        assert!(!is_public(net.network()), "{net}");
        assert!(!is_public(net.broadcast()), "{net}");
    }
    for around in ["9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255"] {
        assert!(is_public(around.parse().unwrap()), "{around}");
    }
}

#[test]
fn what_the_operator_allows() {
    let allowed = allowing(&["10.1.0.0/16", "192.168.1.7", "::1", "hooks.lan", "Bücher.example"]);
    for url in [
        "http://10.1.2.3:3005/hook",
        "https://10.1.255.255/",
        "http://[::ffff:10.1.0.1]/",
        "http://192.168.1.7:6379/",
        "http://[::1]:3005/",
        "http://hooks.lan:8080/",
        "http://HOOKS.LAN/",
        "http://hooks.lan./",
        "http://bücher.example/",
    ] {
        assert!(allowed.url(url).is_ok(), "{url}");
    }
    for url in [
        "http://10.2.0.1/",
        "http://192.168.1.8/",
        "http://127.0.0.1/",
        "http://sub.hooks.lan/",
        "http://user@hooks.lan/",
        "ftp://hooks.lan/",
    ] {
        assert!(allowed.url(url).is_err(), "{url}");
    }
}

#[test]
fn hosts_of_the_operator() {
    for (text, shown) in [
        ("10.1.2.3/16", "10.1.0.0/16"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("[::1]", "::1/128"),
        ("Hooks.LAN", "hooks.lan"),
        ("localhost", "localhost"),
    ] {
        assert_eq!(text.parse::<AllowedHost>().unwrap().to_string(), shown);
    }
    for text in
        ["", "10.0.0.0/33", "https://hooks.lan", "hooks.lan:80", "hooks.lan/x", "a b", "*", "u@h"]
    {
        assert!(text.parse::<AllowedHost>().is_err(), "{text}");
    }
}

#[test]
fn one_address_that_is_not_public_spoils_the_name() {
    let addresses = |list: &[&str]| -> Vec<SocketAddr> {
        list.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect()
    };
    let (open, closed) = (addresses(&["93.184.215.14"]), addresses(&["93.184.215.14", "10.0.0.1"]));
    let nobody = allowing(&[]);
    assert!(nobody.addresses("example.com", open).is_ok());
    assert!(nobody.addresses("rebinding.example", closed.clone()).is_err());
    assert!(
        allowing(&["rebinding.example"]).addresses("rebinding.example", closed.clone()).is_ok()
    );
    assert!(allowing(&["10.0.0.0/8"]).addresses("rebinding.example", closed).is_ok());
}

#[tokio::test]
async fn names_are_looked_at_when_they_are_resolved() {
    let resolved =
        |egress: Egress| async move { egress.resolve("localhost".parse().unwrap()).await };
    let error = resolved(allowing(&[])).await.err().unwrap();
    assert_eq!(error.downcast_ref(), Some(&AddressRefused::NotPublic));
    let found = resolved(allowing(&["localhost"])).await.ok().unwrap();
    assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    assert_eq!(
        allowing(&[]).url_resolved("https://localhost/").await,
        Err(AddressRefused::NotPublic)
    );
    assert!(allowing(&["localhost"]).url_resolved("http://localhost:3005/").await.is_ok());
}

#[tokio::test]
async fn cameras() {
    let allowing = |hosts: &[&str]| {
        Egress::to_cameras(hosts.iter().map(|host| host.parse().unwrap()).collect())
    };
    let nobody = allowing(&[]);
    for url in [
        "rtsp://cam.example/1",
        "rtsp://cam.example:8554/1",
        "http://cam.example/video.mjpg",
        "http://93.184.215.14:81/stream",
    ] {
        assert!(nobody.url(url).is_ok(), "{url}");
    }
    for url in [
        "rtsp://cam.example:22/",
        "http://cam.example:6379/",
        "rtsp://127.0.0.1/1",
        "rtsp://[::1]/1",
        "rtsp://10.0.0.8:554/1",
        "http://192.168.1.50:81/stream",
        "http://2130706433/",
        "rtsp://",
        "rtsps://cam.example/1",
        "gopher://cam.example/",
        "file:///etc/passwd",
        "/dev/video0",
        "0",
    ] {
        assert!(nobody.url(url).is_err(), "{url}");
    }
    assert!(allowing(&["10.0.0.0/8"]).url("rtsp://10.0.0.8:9554/1").is_ok());
    // The names of other schemes than the web's are not read as numbers before they are resolved.
    for url in ["rtsp://2130706433/", "rtsp://0x7f.1/", "rtsp://localhost/"] {
        let url = Url::parse(url).unwrap();
        let resolved = nobody.resolved(&url).await;
        assert!(resolved.is_err() || resolved.unwrap().is_err(), "{url}");
    }
    let (allowed, url) = (allowing(&["127.0.0.0/8"]), Url::parse("rtsp://127.0.0.1/").unwrap());
    let there = allowed.resolved(&url).await.unwrap().unwrap();
    assert_eq!(there, ["127.0.0.1:554".parse().unwrap()]);
}
