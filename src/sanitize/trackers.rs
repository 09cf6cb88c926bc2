//! Pictures and links that are there to count readers, and the words that campaigns hang on addresses.
//!
//! It must not know which element an address stands in.

use url::Url;

/// Counters and share buttons: a host, with all hosts below it, and a path, with all paths below it where it ends in `/`.
const COUNTERS: [(&str, &str); 44] = [
    ("2o7.net", "/"),
    ("a.pheedo.com", "/"),
    ("addtoany.com", "/"),
    ("adsrvr.org", "/"),
    ("amazon-adsystem.com", "/"),
    ("analytics.yahoo.com", "/"),
    ("assoc-amazon.com", "/e/"),
    ("assoc-amazon.co.uk", "/e/"),
    ("b.scorecardresearch.com", "/"),
    ("bat.bing.com", "/"),
    ("blogger.googleusercontent.com", "/tracker/"),
    ("bluekai.com", "/"),
    ("c.statcounter.com", "/"),
    ("doubleclick.net", "/"),
    ("facebook.com", "/tr"),
    ("facebook.com", "/tr/"),
    ("feedburner.com", "/~4/"),
    ("feedburner.com", "/~a/"),
    ("feedburner.com", "/~d/"),
    ("feedburner.com", "/~f/"),
    ("feedburner.com", "/~ff/"),
    ("feedproxy.google.com", "/~4/"),
    ("feedproxy.google.com", "/~a/"),
    ("feedproxy.google.com", "/~f/"),
    ("feedproxy.google.com", "/~ff/"),
    ("feeds.wordpress.com", "/1.0/"),
    ("feedsportal.com", "/images/"),
    ("feedsportal.com", "/r/"),
    ("feedsportal.com", "/rc/"),
    ("feedsportal.com", "/social/"),
    ("google-analytics.com", "/"),
    ("googleadservices.com", "/"),
    ("googletagmanager.com", "/"),
    ("list-manage.com", "/track/open.php"),
    ("medium.com", "/_/stat"),
    ("pixel.quantserve.com", "/"),
    ("pixel.wp.com", "/"),
    ("px.ads.linkedin.com", "/"),
    ("rss.buysellads.com", "/"),
    ("sitemeter.com", "/"),
    ("stats.wordpress.com", "/"),
    ("stats.wp.com", "/"),
    ("track.hubspot.com", "/"),
    ("www.pheedo.com", "/feeds/"),
];

/// Hosts whose pictures only count, while their links lead readers to the post.
const COUNTING_PICTURES: [(&str, &str); 4] = [
    ("feedburner.com", "/~r/"),
    ("feedproxy.google.com", "/~r/"),
    ("feedsportal.com", "/"),
    ("feedpress.me", "/"),
];

/// Words that tell the target of a link where its reader came from.
const CAMPAIGN_WORDS: [&str; 19] = [
    "_hsenc",
    "_hsmi",
    "dclid",
    "fb_action_ids",
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "fbclid",
    "gclid",
    "gclsrc",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ref_src",
    "twclid",
    "yclid",
    "__s",
];

/// Whether a link leads to an advertiser's counter or a share button, and not to anything to read.
pub(super) fn is_counter(url: &Url) -> bool {
    stands_in(&COUNTERS, url)
}

/// Whether loading a picture from there only tells somebody that it was loaded.
pub(super) fn is_counting_picture(url: &Url) -> bool {
    // Feedburner counts under its customers' own hosts too.
    let is_feedburner = url.path().starts_with("/~r/") && url.path().contains("/~4/");
    is_feedburner || is_counter(url) || stands_in(&COUNTING_PICTURES, url)
}

/// The address without what a campaign hung on it; nothing else of it changes.
pub(super) fn without_campaign(mut url: Url) -> Url {
    if let Some(query) = url.query()
        && let Some(kept) = without_campaign_words(query)
    {
        url.set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    }
    if let Some(fragment) = url.fragment()
        && let Some(kept) = without_campaign_words(fragment)
    {
        url.set_fragment(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
    }
    url
}

fn stands_in(list: &[(&str, &str)], url: &Url) -> bool {
    let (host, place) = (url.host_str().unwrap_or_default(), url.path());
    list.iter().any(|(domain, path)| {
        is_within(host, domain)
            && (path.ends_with('/') && place.starts_with(path) || place == *path)
    })
}

/// Whether a host is this domain or one below it. The dot is looked at first, because hardly any host has one there.
fn is_within(host: &str, domain: &str) -> bool {
    let Some(below) = host.len().checked_sub(domain.len()) else {
        return false;
    };
    (below == 0 || host.as_bytes()[below - 1] == b'.') && host.ends_with(domain)
}

/// The other pairs, if any of them is a campaign's.
fn without_campaign_words(pairs: &str) -> Option<String> {
    let is_campaign = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        let name = name.strip_prefix("amp;").unwrap_or(name);
        let name = name.to_ascii_lowercase();
        name.starts_with("utm_") || CAMPAIGN_WORDS.contains(&name.as_str())
    };
    let kept: Vec<&str> = pairs.split('&').filter(|pair| !is_campaign(pair)).collect();
    (kept.len() < pairs.split('&').count()).then(|| kept.join("&"))
}
