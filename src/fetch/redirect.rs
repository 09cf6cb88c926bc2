//! Redirects: where an answer sends us, and how long we go along.
//!
//! Pure; it must not know whether the next address may be asked, which the guard decides at every hop.

use reqwest::Response;
use reqwest::header::LOCATION;
use url::Url;

use super::{FetchError, RedirectFault};

/// Redirects that are followed for one request.
const HOPS_MAX: usize = 8;

/// The way of one request: where it stands, and where it has been.
#[derive(Debug)]
pub(super) struct Trail {
    here: Url,
    been: Vec<Url>,
    /// Where the leading run of permanent hops ends.
    permanent: Option<Url>,
    /// Whether every hop so far was permanent.
    is_permanent: bool,
}

/// One redirect as the answer states it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Whether it is meant for good (301, 308).
    is_permanent: bool,
    /// The Location header, if there was one.
    location: Option<String>,
}

impl Step {
    /// The redirect in this answer, if it is one.
    pub(super) fn of(response: &Response) -> Option<Self> {
        let status = response.status().as_u16();
        let is_redirect = matches!(status, 300 | 301 | 302 | 303 | 307 | 308);
        is_redirect.then(|| Self {
            is_permanent: matches!(status, 301 | 308),
            // Some servers write the address in raw UTF-8, which is not allowed but clear.
            location: response
                .headers()
                .get(LOCATION)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned()),
        })
    }
}

impl Trail {
    /// A way that begins at this address.
    pub(super) fn from(start: &Url) -> Self {
        Self {
            here: tidied(start),
            been: Vec::new(),
            permanent: None,
            is_permanent: true,
        }
    }

    /// Where we stand.
    pub(super) fn here(&self) -> &Url {
        &self.here
    }

    /// Where it has been, and where we stand.
    pub(super) fn whole(&self) -> impl Iterator<Item = &Url> {
        self.been.iter().chain([&self.here])
    }

    /// Whether somebody answered already, by sending us on.
    pub(super) fn has_led_on(&self) -> bool {
        !self.been.is_empty()
    }

    /// Where the leading run of permanent hops ends, if there was one.
    pub(super) fn permanent(&self) -> Option<&Url> {
        self.permanent.as_ref()
    }

    /// Goes on to where a redirect points.
    ///
    /// # Errors
    ///
    /// When it points nowhere, out of the web, in a circle, or once too often.
    pub(super) fn step(&mut self, step: &Step) -> Result<(), FetchError> {
        let next = self.target(step)?;
        let left = std::mem::replace(&mut self.here, next);
        self.been.push(left);
        if self.been.contains(&self.here) {
            return Err(RedirectFault::Circle.into());
        }
        if self.been.len() > HOPS_MAX {
            return Err(RedirectFault::TooMany.into());
        }
        self.is_permanent &= step.is_permanent;
        if self.is_permanent {
            self.permanent = Some(self.here.clone());
        }
        Ok(())
    }

    /// Goes on as [`Trail::step`] does, but not from https to http, for what is sent along may hold a secret.
    ///
    /// # Errors
    ///
    /// As there, and [`FetchError::Refused`] where others could read along.
    pub(super) fn step_in_secret(&mut self, step: &Step) -> Result<(), FetchError> {
        let was_secret = self.here.scheme() == "https";
        self.step(step)?;
        if was_secret && self.here.scheme() != "https" {
            return Err(FetchError::Refused);
        }
        Ok(())
    }

    fn target(&self, step: &Step) -> Result<Url, RedirectFault> {
        let location = step.location.as_deref().unwrap_or_default();
        if location.is_empty() {
            return Err(RedirectFault::Nowhere);
        }
        let next = self
            .here
            .join(location)
            .map_err(|_| RedirectFault::Nowhere)?;
        if !matches!(next.scheme(), "http" | "https") {
            return Err(RedirectFault::NotWeb);
        }
        Ok(tidied(&next))
    }
}

/// An address as it is asked: no fragment, which is none of the server's business, and no name and password.
pub(super) fn tidied(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    // Both refuse only addresses that have no host, which the guard turns away.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{RedirectFault, Step, Trail};
    use crate::fetch::FetchError;

    fn step(is_permanent: bool, location: &str) -> Step {
        Step {
            is_permanent,
            location: Some(location.to_owned()),
        }
    }

    fn trail() -> Trail {
        Trail::from(&Url::parse("http://blog.example/a/feed?x=1").unwrap())
    }

    fn lands(location: &str) -> String {
        let mut trail = trail();
        trail.step(&step(false, location)).unwrap();
        trail.here().to_string()
    }

    fn fault(step: &Step) -> FetchError {
        trail().step(step).unwrap_err()
    }

    /// Shows A26.
    #[test]
    fn a_relative_location_is_read_against_the_page_that_gave_it() {
        assert_eq!(lands("../feed"), "http://blog.example/feed");
        assert_eq!(lands("atom.xml"), "http://blog.example/a/atom.xml");
        assert_eq!(lands("?y=2"), "http://blog.example/a/feed?y=2");
        assert_eq!(lands("//other.example/"), "http://other.example/");
    }

    /// Shows A26.
    #[test]
    fn userinfo_and_fragment_do_not_come_along() {
        assert_eq!(lands("http://user:pw@b.example/#top"), "http://b.example/");
    }

    /// Shows A34.
    #[test]
    fn what_may_hold_a_secret_does_not_go_on_where_others_read_along() {
        let goes = |from: &str, to: &str| {
            let mut trail = Trail::from(&Url::parse(from).unwrap());
            trail.step_in_secret(&step(false, to))
        };
        let (secret, open) = ("https://hub.example/", "http://other.example/");
        assert_eq!(goes(secret, open), Err(FetchError::Refused));
        assert_eq!(goes(secret, "https://other.example/"), Ok(()));
        assert_eq!(goes(open, secret), Ok(()));
        assert_eq!(goes(open, "/moved"), Ok(()));
        let nowhere = FetchError::Redirects(RedirectFault::Nowhere);
        assert_eq!(goes(secret, ""), Err(nowhere));
    }

    /// Shows A26.
    #[test]
    fn a_location_that_leads_nowhere_or_out_of_the_web_is_a_fault() {
        let nowhere = FetchError::Redirects(RedirectFault::Nowhere);
        let absent = Step {
            is_permanent: false,
            location: None,
        };
        assert_eq!(fault(&absent), nowhere);
        assert_eq!(fault(&step(false, "")), nowhere);
        assert_eq!(fault(&step(false, "http://[half/")), nowhere);
        for location in ["javascript:alert(1)", "file:///etc/passwd", "ftp://x/"] {
            let not_web = FetchError::Redirects(RedirectFault::NotWeb);
            assert_eq!(fault(&step(true, location)), not_web, "{location}");
        }
    }

    /// Shows A26.
    #[test]
    fn going_in_a_circle_is_noticed_even_with_another_fragment() {
        let mut trail = trail();
        trail.step(&step(true, "/b")).unwrap();
        let circle = FetchError::Redirects(RedirectFault::Circle);
        assert_eq!(trail.step(&step(true, "/a/feed?x=1#again")), Err(circle));
    }

    /// Shows A26.
    #[test]
    fn eight_hops_are_followed_and_the_ninth_is_not() {
        let mut trail = trail();
        for hop in 1..=8 {
            trail.step(&step(false, &format!("/{hop}"))).unwrap();
        }
        let too_many = FetchError::Redirects(RedirectFault::TooMany);
        assert_eq!(trail.step(&step(false, "/9")), Err(too_many));
    }

    /// Shows A23.
    #[test]
    fn only_the_leading_run_of_permanent_hops_counts() {
        let mut trail = trail();
        assert_eq!(trail.permanent(), None);
        trail.step(&step(true, "/1")).unwrap();
        trail.step(&step(true, "/2")).unwrap();
        trail.step(&step(false, "/3")).unwrap();
        trail.step(&step(true, "/4")).unwrap();
        let permanent = trail.permanent().map(Url::as_str);
        assert_eq!(permanent, Some("http://blog.example/2"));
    }

    /// Shows A23.
    #[test]
    fn a_permanent_hop_after_a_temporary_one_does_not_count() {
        let mut trail = trail();
        trail.step(&step(false, "/1")).unwrap();
        trail.step(&step(true, "/2")).unwrap();
        assert_eq!(trail.permanent(), None);
    }
}
