//! Where the relay may be sent by what arrives over the API.
//!
//! An address that the operator writes into the configuration is trusted. One that a caller names is not: it could
//! point the relay at what only the relay can reach. Such a one is `https` at a public address, or the operator has
//! allowed its host. Names are resolved once, and exactly the addresses that were looked at are connected to, so that
//! a name that answers otherwise the next time gains nothing.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Url, redirect};

mod public;

use public::is_public;

/// What may be called at public addresses for one purpose. Where the operator allows the host, every port may, and `http`
/// where `https` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rules {
    schemes: &'static [&'static str],
    needs_https: bool,
    ports: &'static [u16],
}

const WEBHOOKS: Rules =
    Rules { schemes: &["http", "https"], needs_https: true, ports: &[443, 8443] };
/// Cameras seldom have a certificate. The ports are those that cameras are made with, or are put behind.
const CAMERAS: Rules = Rules {
    schemes: &["http", "https", "rtsp"],
    needs_https: false,
    ports: &[80, 81, 443, 554, 8000, 8080, 8081, 8443, 8554],
};

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressRefused {
    /// Not an address of the kind that is called.
    #[error("expected an address such as {0}://host/path")]
    NotWeb(&'static str),
    /// It would be shown and logged with them.
    #[error("a user or password in the URL is not taken; give a secret instead")]
    UserInfo,
    /// Names travel in the open over plain http.
    #[error("plain http is called only where the relay's operator allows the host")]
    NotHttps,
    /// A port of something else than the web.
    #[error("that port is called only where the relay's operator allows the host")]
    Port,
    /// This machine, its network, or nothing at all.
    #[error("the host is at no public address, and the relay's operator has not allowed it")]
    NotPublic,
}

/// A host that the operator allows, public or not, at any port, by http or https.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedHost {
    /// Every address of a network.
    Net(IpNet),
    /// A name, lower case, wherever it points.
    Name(String),
}

/// What is neither a host's name nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is no host name, no IP address and no network such as 192.168.1.0/24")]
pub struct NoHost(String);

impl FromStr for AllowedHost {
    type Err = NoHost;

    fn from_str(text: &str) -> Result<Self, NoHost> {
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Net(net.trunc()));
        }
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Net(address.to_canonical().into()));
        }
        // What a URL makes of it, such as punycode; a port or a path would show.
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| NoHost(text.to_owned()))?;
        match url.domain() {
            Some(name) if !name.contains('*') && url.as_str() == format!("https://{name}/") => {
                Ok(Self::Name(name.to_owned()))
            }
            _ => Err(NoHost(text.to_owned())),
        }
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// What may be called on somebody's word; clones share it.
#[derive(Clone, Debug)]
pub struct Egress {
    rules: Rules,
    allowed: Arc<[AllowedHost]>,
}

/// The clients of HTTP: one for each measure of trust in an address.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    /// For what the operator wrote into the configuration.
    pub(crate) trusted: Client,
    /// For what came over the API: each name is looked at when it is resolved.
    pub(crate) guarded: Client,
}

impl Egress {
    /// Receivers of webhooks: public addresses by `https`, and `allowed`.
    #[must_use]
    pub fn to_webhooks(allowed: Vec<AllowedHost>) -> Self {
        Self { rules: WEBHOOKS, allowed: allowed.into() }
    }

    /// Cameras: public addresses by `http`, `https` and `rtsp`, and `allowed`.
    #[must_use]
    pub fn to_cameras(allowed: Vec<AllowedHost>) -> Self {
        Self { rules: CAMERAS, allowed: allowed.into() }
    }

    /// The clients for one purpose, as `more` sets them up. They follow no redirect, which could lead anywhere, and go
    /// through no proxy.
    ///
    /// # Errors
    /// No client can be made, such as without certificates to trust.
    pub(crate) fn clients(
        &self,
        more: impl Fn(ClientBuilder) -> ClientBuilder,
    ) -> reqwest::Result<Clients> {
        // An error says that a provider is installed already, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = || {
            more(Client::builder())
                .user_agent(concat!("rostro/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .no_proxy()
        };
        let guarded = client().dns_resolver(self.clone()).build()?;
        Ok(Clients { trusted: client().build()?, guarded })
    }

    /// The URL of `text`, if it may be called as far as its text says. Where its host is a name, the addresses behind
    /// it are looked at when it is resolved.
    ///
    /// # Errors
    /// [`AddressRefused`].
    pub fn url(&self, text: &str) -> Result<Url, AddressRefused> {
        let Rules { schemes, needs_https, ports } = self.rules;
        let no_such = AddressRefused::NotWeb(schemes[schemes.len() - 1]);
        let url = Url::parse(text.trim()).map_err(|_| no_such)?;
        if !schemes.contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
            return Err(no_such);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressRefused::UserInfo);
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let is_allowed = match literal {
            Some(address) => self.allows_address(address),
            None => self.allows_name(host),
        };
        if is_allowed {
            return Ok(url);
        }
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(AddressRefused::NotPublic);
        }
        if needs_https && url.scheme() != "https" {
            return Err(AddressRefused::NotHttps);
        }
        if !port_of(&url).is_some_and(|port| ports.contains(&port)) {
            return Err(AddressRefused::Port);
        }
        Ok(url)
    }

    /// [`Egress::url`], and the addresses behind the host's name as they are now. A name that is not found is let
    /// pass: it may be found later.
    ///
    /// # Errors
    /// [`AddressRefused`].
    pub async fn url_resolved(&self, text: &str) -> Result<Url, AddressRefused> {
        let url = self.url(text)?;
        if let Some(name) = url.domain()
            && let Ok(addresses) = tokio::net::lookup_host((name, 0)).await
        {
            self.addresses(name, addresses.collect())?;
        }
        Ok(url)
    }

    /// The addresses at which `url` may be called, for those who connect by themselves: at none but these.
    ///
    /// # Errors
    /// [`AddressRefused`]; the outer one where the name is not found.
    pub async fn resolved(
        &self,
        url: &Url,
    ) -> std::io::Result<Result<Vec<SocketAddr>, AddressRefused>> {
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((bare, port_of(url).unwrap_or(0))).await?.collect();
        Ok(self.addresses(host, found))
    }

    /// Whether the operator allows the host of `url`, which is at `address`.
    #[must_use]
    pub fn allows(&self, url: &Url, address: IpAddr) -> bool {
        self.allows_name(url.host_str().unwrap_or_default()) || self.allows_address(address)
    }

    /// The addresses behind `name`, if every one of them may be called.
    fn addresses(
        &self,
        name: &str,
        addresses: Vec<SocketAddr>,
    ) -> Result<Vec<SocketAddr>, AddressRefused> {
        let may_be_called =
            |address: &SocketAddr| is_public(address.ip()) || self.allows_address(address.ip());
        if self.allows_name(name) || addresses.iter().all(may_be_called) {
            Ok(addresses)
        } else {
            Err(AddressRefused::NotPublic)
        }
    }

    fn allows_name(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        self.allowed.iter().any(|host| matches!(host, AllowedHost::Name(one) if *one == name))
    }

    fn allows_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed
            .iter()
            .any(|host| matches!(host, AllowedHost::Net(net) if net.contains(&address)))
    }
}

/// The port of an address, or its scheme's.
#[must_use]
pub fn port_of(url: &Url) -> Option<u16> {
    url.port_or_known_default().or_else(|| (url.scheme() == "rtsp").then_some(554))
}

impl Resolve for Egress {
    /// The addresses behind a name, or [`AddressRefused`] if one of them may not be called.
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses = this.addresses(name.as_str(), found)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
