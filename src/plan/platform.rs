//! Platforms: which hosts are one house, so that politeness counts the house and not its doors.
//!
//! `anna.blogspot.com` and `bert.blogspot.com` are two blogs and one server's load. The public suffix list has
//! `blogspot.com` in its private section, because the blogs are different people's; for load only the suffixes count that
//! ICANN hands out, so a platform is the one label before such a suffix.

use std::net::{IpAddr, SocketAddr};

use psl::Type;
use url::{Host, Url};

/// The platform of an address: the registrable domain under ICANN's suffixes in lower case, or an IP address with its
/// port, where each port is a server of its own.
///
/// Nothing for an address without a host, which nobody can ask.
pub fn platform(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain(name) => Some(domain(name)),
        Host::Ipv4(ip) => Some(server(url, ip.into())),
        Host::Ipv6(ip) => Some(server(url, ip.to_canonical())),
    }
}

fn server(url: &Url, ip: IpAddr) -> String {
    SocketAddr::new(ip, url.port_or_known_default().unwrap_or(0)).to_string()
}

fn domain(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let suffix = icann_suffix(&name);
    let before = name.len() - suffix.len();
    let label = name[..before].trim_end_matches('.').rsplit('.').next();
    match label.filter(|label| !label.is_empty()) {
        Some(label) => format!("{label}.{suffix}"),
        None => name,
    }
}

/// The longest suffix that ICANN hands out, or the last label where the list does not know the name.
fn icann_suffix(name: &str) -> &str {
    let mut rest = name;
    loop {
        let Some(suffix) = psl::suffix(rest.as_bytes()) else {
            return rest;
        };
        // A suffix is the end of the name it was found in, and whole labels of it.
        let found = &rest[rest.len() - suffix.as_bytes().len()..];
        match (suffix.typ(), found.split_once('.')) {
            (Some(Type::Private), Some((_, parent))) => rest = parent,
            _ => return found,
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::platform;

    fn check(address: &str, expected: &str) {
        let url = Url::parse(address).unwrap();
        assert_eq!(platform(&url).as_deref(), Some(expected), "{address}");
    }

    /// Shows A16.
    #[test]
    fn frb034_many_blogs_of_one_house_are_one_platform() {
        check(
            "https://anna.blogspot.com/feeds/posts/default",
            "blogspot.com",
        );
        check("https://bert.blogspot.com/", "blogspot.com");
        check("http://BERT.Blogspot.co.uk./", "blogspot.co.uk");
        check("https://cpd23.wordpress.com/feed/", "wordpress.com");
        check("https://a.b.github.io/", "github.io");
        check("https://feeds.feedburner.com/x", "feedburner.com");
        check("https://b7.blogspot.test/", "blogspot.test");
    }

    #[test]
    fn two_libraries_under_one_countrys_suffix_are_two_platforms() {
        check("https://blogs.lib.cam.ac.uk/feed", "cam.ac.uk");
        check("https://www.ox.ac.uk/", "ox.ac.uk");
        check("https://www.example.org/", "example.org");
        check("https://bücher.example/", "xn--bcher-kva.example");
    }

    #[test]
    fn an_address_without_a_name_is_a_platform_with_its_port() {
        check("http://127.0.0.1:8023/feed", "127.0.0.1:8023");
        check("http://[2606:4700::1]:8080/", "[2606:4700::1]:8080");
        check("http://[::ffff:8.8.8.8]/", "8.8.8.8:80");
        check("http://localhost/", "localhost");
        check("http://com/", "com");
        check("http://blogspot.com/", "blogspot.com");
    }
}
