//! Telling one address from another.

use url::Url;

/// A link without what varies between two sightings of the same post: scheme, `www.`, country host of Blogger,
/// `?m=1`, `utm_*`, fragment, trailing slash.
pub fn canonical(link: &Url) -> String {
    let host = link.host_str().unwrap_or_default();
    let host = blogspot(host.strip_prefix("www.").unwrap_or(host));
    let port = link
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = link.path().trim_end_matches('/');
    let query: Vec<&str> = link
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            !pair.is_empty() && !pair.starts_with("utm_") && *pair != "m=1" && *pair != "m=0"
        })
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{host}{port}{path}{mark}{}", query.join("&"))
}

/// `x.blogspot.de` and `x.blogspot.co.uk` are `x.blogspot.com` (Blogger's country redirects, 2012 to 2018).
fn blogspot(host: &str) -> String {
    match host.split_once(".blogspot.") {
        Some((blog, country)) if country.len() <= 6 => format!("{blog}.blogspot.com"),
        _ => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::canonical;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_same_post_has_one_canonical_link() {
        let expected = "alib.blogspot.com/2011/07/thing-6.html";
        for spelling in [
            "http://alib.blogspot.com/2011/07/thing-6.html",
            "https://www.alib.blogspot.com/2011/07/thing-6.html#more",
            "https://alib.blogspot.co.uk/2011/07/thing-6.html?m=1",
            "https://alib.blogspot.de/2011/07/thing-6.html/?utm_source=feed&utm_medium=rss",
        ] {
            assert_eq!(canonical(&url(spelling)), expected, "{spelling}");
        }
        assert_ne!(
            canonical(&url("https://a.example/?p=1")),
            canonical(&url("https://a.example/?p=2"))
        );
    }
}
