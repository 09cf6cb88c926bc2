//! Telling one address from another.

use url::Url;

/// A link without what varies between two sightings of the same post: scheme, `www.`, country host of Blogger,
/// `?m=1`, marks of campaigns such as `utm_*`, fragment, `index.html`, trailing slash.
pub fn canonical(link: &Url) -> String {
    let host = link.host_str().unwrap_or_default().trim_end_matches('.');
    let host = blogspot(host.strip_prefix("www.").unwrap_or(host));
    let port = link
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = folder(link.path()).trim_end_matches('/');
    let query: Vec<&str> = link
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_passing(pair))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{host}{port}{path}{mark}{}", query.join("&"))
}

/// What stays of a canonical link when its blog moves to another host; nothing for a blog's front page.
pub fn path_of(canonical: &str) -> Option<&str> {
    let at = canonical.find(['/', '?'])?;
    Some(&canonical[at..])
}

/// Whether a part of the query says how somebody came to the page, and not which page it is.
fn is_passing(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    let click = ["fbclid", "gclid", "mc_cid", "mc_eid"];
    matches!(pair, "m=0" | "m=1") || name.starts_with("utm_") || click.contains(&name)
}

/// A path without the name of the file that a server gives for a folder.
fn folder(path: &str) -> &str {
    ["/index.html", "/index.htm", "/index.php"]
        .iter()
        .find_map(|name| path.strip_suffix(name))
        .unwrap_or(path)
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

    use super::{canonical, path_of};

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
            "https://alib.blogspot.com./2011/07/thing-6.html?fbclid=x&mc_cid=y",
        ] {
            assert_eq!(canonical(&url(spelling)), expected, "{spelling}");
        }
        assert_ne!(
            canonical(&url("https://a.example/?p=1")),
            canonical(&url("https://a.example/?p=2"))
        );
        assert_ne!(
            canonical(&url("https://a.example/?gclidish=1")),
            canonical(&url("https://a.example/"))
        );
    }

    #[test]
    fn a_folder_is_its_index_page() {
        for (page, folder) in [
            ("https://a.example/six/index.html", "https://a.example/six/"),
            ("https://a.example/index.php?p=6", "https://a.example/?p=6"),
        ] {
            assert_eq!(canonical(&url(page)), canonical(&url(folder)));
        }
        let article = "https://a.example/index.php/2011/six";
        assert_eq!(canonical(&url(article)), "a.example/index.php/2011/six");
    }

    #[test]
    fn a_path_outlives_its_host_and_a_front_page_has_none() {
        let path = |text: &str| path_of(&canonical(&url(text))).map(str::to_owned);
        assert_eq!(
            path("http://old.blogspot.com/2011/six.html"),
            path("https://www.new.example/2011/six.html")
        );
        assert_eq!(path("http://a.example:8080/?p=6").as_deref(), Some("?p=6"));
        assert_eq!(path("https://a.example/"), None);
    }
}
