//! Networks in CIDR form, as the roster names those that may be asked although they are private.
//!
//! Arithmetic only: it must not know why a network is let in.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses, such as `127.0.0.0/8` or `::1/128`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why some text is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a network: write it like 127.0.0.0/8 or ::1/128")]
pub struct NetworkError {
    /// The text that was read.
    pub text: String,
}

impl Network {
    /// Whether this address lies inside. An IPv4 network never contains an IPv6 address, nor the reverse.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(mine), IpAddr::V4(theirs)) => {
                let differing = mine.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(mine), IpAddr::V6(theirs)) => {
                let differing = mine.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }

    /// An IPv6 network, for the guard's own table.
    pub(super) const fn v6(segments: [u16; 8], prefix: u8) -> Self {
        Self {
            address: IpAddr::V6(Ipv6Addr::from_segments(segments)),
            prefix,
        }
    }

    /// An IPv4 network, for the guard's own table.
    pub(super) const fn v4(octets: [u8; 4], prefix: u8) -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::from_octets(octets)),
            prefix,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    /// Reads `address/prefix`, or a lone address as the network of itself.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        parsed(text.trim()).ok_or_else(|| NetworkError {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}

fn parsed(text: &str) -> Option<Network> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        // `parse` would take "+8" as well.
        Some(digits) if !digits.bytes().all(|byte| byte.is_ascii_digit()) => return None,
        Some(digits) => digits.parse().ok()?,
        None => widest,
    };
    (prefix <= widest).then_some(Network { address, prefix })
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn contains(network: &str, ip: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(ip.parse().unwrap())
    }

    #[test]
    fn a_network_contains_its_first_and_last_address_and_no_neighbour() {
        assert!(contains("172.16.0.0/12", "172.16.0.0"));
        assert!(contains("172.16.0.0/12", "172.31.255.255"));
        assert!(!contains("172.16.0.0/12", "172.15.255.255"));
        assert!(!contains("172.16.0.0/12", "172.32.0.0"));
        assert!(contains("::1/128", "::1"));
        assert!(!contains("::1/128", "::2"));
    }

    #[test]
    fn a_network_may_be_everything_or_one_address() {
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(contains("::/0", "ffff::1"));
        assert!(contains("127.0.0.1", "127.0.0.1"));
        assert!(!contains("127.0.0.1", "127.0.0.2"));
        assert!(contains("127.1.2.3/8", "127.9.9.9"));
    }

    #[test]
    fn a_network_of_one_family_contains_nothing_of_the_other() {
        assert!(!contains("0.0.0.0/0", "::1"));
        assert!(!contains("::/0", "127.0.0.1"));
    }

    #[test]
    fn a_text_that_is_no_network_is_refused_with_an_example() {
        for text in [
            "",
            "/",
            "127.0.0.0/33",
            "::1/129",
            "127.0.0/8",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "localhost",
            "10.0.0.0/8/8",
        ] {
            let error = text.parse::<Network>().unwrap_err();
            assert!(error.to_string().contains("write it like"), "{text}");
        }
    }

    #[test]
    fn a_network_prints_as_it_is_written() {
        let network: Network = " 127.0.0.0/8 ".parse().unwrap();
        assert_eq!(network.to_string(), "127.0.0.0/8");
    }
}
