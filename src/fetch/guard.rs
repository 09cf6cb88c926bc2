//! The address guard: which addresses a blog may have.
//!
//! The planet asks addresses that strangers write down, so it must never be led into the private network it runs
//! in. An IP literal is judged here before any connection; a name is judged by its addresses inside the resolver
//! that the connection itself uses, so that no answer can change in between.
//!
//! It must not know what is asked of an address that it lets pass.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::{FetchError, Network};

/// Longest address that is asked, in characters.
pub(super) const URL_CHARS_MAX: usize = 2_048;

/// Where blogs live; any other port may be somebody's database.
const PORTS: [u16; 4] = [80, 443, 8_080, 8_443];

/// IPv4 outside the public internet (RFC 6890 and its registry), and one cloud's metadata service inside it.
const CLOSED_V4: [Network; 16] = [
    Network::v4([0, 0, 0, 0], 8),
    Network::v4([10, 0, 0, 0], 8),
    Network::v4([100, 64, 0, 0], 10),
    Network::v4([127, 0, 0, 0], 8),
    Network::v4([168, 63, 129, 16], 32),
    Network::v4([169, 254, 0, 0], 16),
    Network::v4([172, 16, 0, 0], 12),
    Network::v4([192, 0, 0, 0], 24),
    Network::v4([192, 0, 2, 0], 24),
    Network::v4([192, 88, 99, 0], 24),
    Network::v4([192, 168, 0, 0], 16),
    Network::v4([198, 18, 0, 0], 15),
    Network::v4([198, 51, 100, 0], 24),
    Network::v4([203, 0, 113, 0], 24),
    Network::v4([224, 0, 0, 0], 4),
    Network::v4([240, 0, 0, 0], 4),
];

/// The only part of IPv6 that is handed out for the public internet.
const OPEN_V6: Network = Network::v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// What is not public inside it: protocol assignments with Teredo, documentation twice, and 6to4.
const CLOSED_V6: [Network; 4] = [
    Network::v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    Network::v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    Network::v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    Network::v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

/// IPv4 inside IPv6, as a network with NAT64 answers for public IPv4 hosts.
const NAT64: Network = Network::v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

/// Why a name leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum LookupError {
    /// It has addresses, but none that may be asked.
    #[error("none of the name's addresses may be asked")]
    Refused,
    /// It has no address.
    #[error("the name has no address")]
    Unknown,
}

/// What tells the addresses of a name: the operating system, or what a test says.
type Lookup = Arc<dyn Fn(String) -> Looking + Send + Sync>;
type Looking = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, LookupError>> + Send>>;

/// Decides which addresses may be asked, and resolves names for the connections themselves, so that nothing can change
/// between the check and the connection.
#[derive(Clone)]
pub(super) struct Guard {
    /// The private networks that may be asked all the same.
    networks: Arc<[Network]>,
    lookup: Lookup,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Guard")
            .field("networks", &self.networks)
            .finish_non_exhaustive()
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses = guard.looked_up(name.as_str()).await?;
            let addresses: Addrs = Box::new(addresses.into_iter().map(|ip| (ip, 0).into()));
            Ok(addresses)
        })
    }
}

/// Whether this address may be asked: it is a public host's, or lies in one of the networks that were let in.
pub fn allowed(ip: IpAddr, allow: &[Network]) -> bool {
    is_listed(ip, allow) || is_public(ip)
}

impl Guard {
    /// A guard that asks the operating system for the addresses of names.
    pub(super) fn new(networks: &[Network]) -> Self {
        Self {
            networks: networks.into(),
            lookup: Arc::new(|name| Box::pin(addresses_of(name))),
        }
    }

    /// A guard that is told the addresses of names by `lookup`.
    #[cfg(test)]
    pub(super) fn told_by<F>(networks: &[Network], lookup: F) -> Self
    where
        F: Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static,
    {
        Self {
            networks: networks.into(),
            lookup: Arc::new(move |name| {
                let addresses = lookup(&name);
                Box::pin(async move { Ok(addresses) })
            }),
        }
    }

    /// Lets an address pass that is fit to be asked.
    ///
    /// # Errors
    ///
    /// [`FetchError::BadUrl`] when it is no web address; [`FetchError::Refused`] when it leads where we must not go.
    ///
    /// A name on a usual port passes here unasked, for the connection resolves it through this guard in any case. On
    /// another port its addresses are looked up beforehand, because the resolver does not learn the port.
    pub(super) async fn admit(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > URL_CHARS_MAX {
            return Err(FetchError::BadUrl);
        }
        let port_is_usual = url
            .port_or_known_default()
            .is_some_and(|port| PORTS.contains(&port));
        let passes = match url.host() {
            None => return Err(FetchError::BadUrl),
            Some(Host::Ipv4(ip)) => may_pass(ip.into(), port_is_usual, &self.networks),
            Some(Host::Ipv6(ip)) => may_pass(ip.into(), port_is_usual, &self.networks),
            Some(Host::Domain(_)) if port_is_usual => true,
            Some(Host::Domain(name)) => self
                .looked_up(name)
                .await?
                .into_iter()
                .all(|ip| is_listed(ip, &self.networks)),
        };
        if passes {
            Ok(())
        } else {
            Err(FetchError::Refused)
        }
    }

    /// The addresses of a name that may be asked.
    pub(super) async fn looked_up(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        let found = if is_this_machine(name) {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        } else if is_below(name, "invalid") {
            return Err(LookupError::Unknown);
        } else {
            (self.lookup)(name.to_owned()).await?
        };
        screened(found, &self.networks)
    }

    /// The addresses at which a host would be asked, so that hosts which share one are told.
    ///
    /// # Errors
    ///
    /// [`FetchError::BadUrl`] without a host, [`FetchError::Dns`] without an address, [`FetchError::Refused`] without
    /// one that may be asked.
    pub(super) async fn addresses(&self, url: &Url) -> Result<Vec<IpAddr>, FetchError> {
        match url.host() {
            None => Err(FetchError::BadUrl),
            Some(Host::Ipv4(ip)) => Ok(vec![ip.into()]),
            Some(Host::Ipv6(ip)) => Ok(vec![ip.into()]),
            Some(Host::Domain(name)) => Ok(self.looked_up(name).await?),
        }
    }

    /// Whether an address lies in one of the networks that were let in.
    pub(super) fn is_let_in(&self, ip: IpAddr) -> bool {
        is_listed(ip, &self.networks)
    }
}

fn may_pass(ip: IpAddr, port_is_usual: bool, allow: &[Network]) -> bool {
    is_listed(ip, allow) || (port_is_usual && is_public(ip))
}

fn is_listed(ip: IpAddr, allow: &[Network]) -> bool {
    let ip = ip.to_canonical();
    allow.iter().any(|network| network.contains(ip))
}

fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) if NAT64.contains(ip.into()) => is_public_v4(last_four_bytes(ip)),
        IpAddr::V6(ip) => {
            let ip = ip.into();
            OPEN_V6.contains(ip) && !CLOSED_V6.iter().any(|network| network.contains(ip))
        }
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !CLOSED_V4.iter().any(|network| network.contains(ip.into()))
}

fn last_four_bytes(ip: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = ip.octets();
    Ipv4Addr::new(a, b, c, d)
}

async fn addresses_of(name: String) -> Result<Vec<IpAddr>, LookupError> {
    let found = tokio::net::lookup_host((name, 0))
        .await
        .map_err(|_| LookupError::Unknown)?;
    Ok(found.map(|address| address.ip()).collect())
}

/// RFC 6761: localhost and every name below it are this machine, and the DNS is not to be asked about them. Nor is it
/// about what is invalid, which nobody has.
fn is_this_machine(name: &str) -> bool {
    is_below(name, "localhost")
}

/// Whether a name is this special one, or stands below it.
fn is_below(name: &str, special: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.strip_suffix(special)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Drops what may not be asked; a mixed answer keeps its public part.
fn screened(addresses: Vec<IpAddr>, allow: &[Network]) -> Result<Vec<IpAddr>, LookupError> {
    if addresses.is_empty() {
        return Err(LookupError::Unknown);
    }
    let passed: Vec<IpAddr> = addresses
        .into_iter()
        .filter(|ip| allowed(*ip, allow))
        .collect();
    if passed.is_empty() {
        return Err(LookupError::Refused);
    }
    Ok(passed)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use url::{Host, Url};

    use super::{Guard, LookupError, Network, allowed, is_this_machine, screened};
    use crate::fetch::FetchError;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// The address that a host comes to once it is part of a URL, in whatever spelling.
    fn literal(host: &str) -> IpAddr {
        match Url::parse(&format!("http://{host}/")).unwrap().host() {
            Some(Host::Ipv4(ip)) => ip.into(),
            Some(Host::Ipv6(ip)) => ip.into(),
            other => panic!("{host} is no address: {other:?}"),
        }
    }

    /// Shows C1, C2.
    #[test]
    fn every_private_address_is_refused_in_every_spelling() {
        for host in [
            "127.0.0.1",
            "127.1.2.3",
            "0.0.0.0",
            "0",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.1",
            "127.0.0.1.",
            "①②⑦.⓪.⓪.①",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "100.64.0.1",
            "100.127.255.255",
            "168.63.129.16",
            "192.0.0.8",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.2.3.4",
            "239.255.255.254",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[::ffff:7f00:1]",
            "[::7f00:1]",
            "[::a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::a00:1]",
            "[2002:a9fe:a9fe::]",
            "[2002:a00:1::]",
            "[2001:0:4136:e378:8000:63bf:f5ff:fffe]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[5f00::1]",
        ] {
            assert!(!allowed(literal(host), &[]), "{host}");
        }
    }

    /// Shows C2.
    #[test]
    fn an_address_with_a_zone_or_a_hidden_nul_is_no_url() {
        for text in ["http://[fe80::1%25eth0]/", "http://127.0.0.1%00.example/"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    /// Shows C1.
    #[test]
    fn the_neighbours_of_private_networks_pass() {
        for text in [
            "1.1.1.1",
            "172.15.255.255",
            "172.32.0.1",
            "169.253.255.255",
            "11.0.0.1",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "168.63.129.17",
            "2606:4700:4700::1111",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(allowed(ip(text), &[]), "{text}");
        }
    }

    #[test]
    fn a_network_that_is_let_in_opens_itself_and_nothing_else() {
        let allow: [Network; 2] = ["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        for open in ["127.0.0.1", "::ffff:127.0.0.1", "::1"] {
            assert!(allowed(ip(open), &allow), "{open}");
        }
        for closed in ["10.0.0.1", "::2", "64:ff9b::7f00:1", "2002:7f00:1::"] {
            assert!(!allowed(ip(closed), &allow), "{closed}");
        }
    }

    /// Shows C3.
    #[test]
    fn a_mixed_answer_keeps_its_public_part() {
        let mixed = vec![ip("127.0.0.1"), ip("1.1.1.1"), ip("fd00::1")];
        assert_eq!(screened(mixed, &[]), Ok(vec![ip("1.1.1.1")]));
        let private = vec![ip("127.0.0.1"), ip("::1")];
        assert_eq!(screened(private, &[]), Err(LookupError::Refused));
        assert_eq!(screened(Vec::new(), &[]), Err(LookupError::Unknown));
    }

    #[test]
    fn names_for_this_machine_are_known_without_asking() {
        for name in ["localhost", "localhost.", "LocalHost", "a.b.localhost"] {
            assert!(is_this_machine(name), "{name}");
        }
        for name in ["notlocalhost", "localhost.example", "localhosts"] {
            assert!(!is_this_machine(name), "{name}");
        }
    }

    /// Shows C5.
    #[tokio::test]
    async fn only_the_ports_of_the_web_are_asked_outside_the_networks_let_in() {
        let allow: [Network; 1] = ["127.0.0.0/8".parse().unwrap()];
        for (address, outcome) in [
            ("http://8.8.8.8/", Ok(())),
            ("https://8.8.8.8/", Ok(())),
            ("http://8.8.8.8:8080/", Ok(())),
            ("https://[2606:4700:4700::1111]:8443/", Ok(())),
            ("http://8.8.8.8:22/", Err(FetchError::Refused)),
            ("http://8.8.8.8:8023/", Err(FetchError::Refused)),
            (
                "https://[2606:4700:4700::1111]:6379/",
                Err(FetchError::Refused),
            ),
            ("http://127.0.0.1:6379/", Ok(())),
            ("http://blog.localhost:6379/", Ok(())),
            ("http://blog.example/", Ok(())),
        ] {
            let url = Url::parse(address).unwrap();
            assert_eq!(Guard::new(&allow).admit(&url).await, outcome, "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_for_this_machine_has_only_the_addresses_that_are_let_in() {
        let allow: [Network; 1] = ["127.0.0.1/32".parse().unwrap()];
        let found = Guard::new(&allow).looked_up("blog.localhost").await;
        assert_eq!(found, Ok(vec![ip("127.0.0.1")]));
        let refused = Guard::new(&[]).looked_up("localhost.").await;
        assert_eq!(refused, Err(LookupError::Refused));
    }
}
