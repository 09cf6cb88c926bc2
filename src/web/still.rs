//! The planet as files: every page and document that the routes give, with links that work in a folder.
//!
//! It begins at the first page and follows the links of our own, so what is there is what readers can reach. What wants
//! a server, such as the search, is left out. This must not know where the files are put.

mod links;
mod names;

use std::collections::{BTreeMap, VecDeque};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use tower::ServiceExt;
use url::Url;

use self::names::Address;
use super::{Planet, routes};

/// Files of one planet; a course has thousands, and a crawl that turns in circles has more.
const FILES_MAX: usize = 500_000;

/// What nobody need link to for it to be there.
const SEEDS: [&str; 11] = [
    "/",
    "/things",
    "/participants",
    "/progress",
    "/progress.csv",
    "/status",
    "/about",
    "/feed.atom",
    "/feed.json",
    "/blogroll.opml",
    "/feeds.opml",
];

/// A planet that is being turned into files, one after the other.
#[derive(Debug)]
pub struct Still {
    routes: Router,
    base: Base,
    /// Every address that was met so far, and how.
    met: BTreeMap<Address, Met>,
    waiting: VecDeque<Address>,
    has_missing: bool,
}

/// Where the planet stands.
#[derive(Debug, Clone)]
struct Base {
    /// The address without a trailing slash: `https://example.org/planet`.
    url: String,
    /// Its path without a trailing slash: `/planet`, or nothing.
    path: String,
}

/// How an address was met.
#[derive(Debug)]
struct Met {
    /// Where.
    from: String,
    /// Whether it has to be there: the links of pages are ours alone, while feeds carry what others wrote.
    firm: bool,
}

/// A file of the planet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillFile {
    /// Its path below the folder, with slashes.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why the planet cannot be turned into files.
#[derive(Debug, thiserror::Error)]
pub enum StillError {
    /// A page leads nowhere.
    #[error(
        "{from} links to {to}, which answers {status}: mend the link if it is your theme's; else please report it"
    )]
    Dead {
        /// The page with the link.
        from: String,
        /// Where it leads.
        to: String,
        /// What is answered there.
        status: u16,
    },
    /// An answer could not be read or rewritten.
    #[error("{path} could not be made into a file: {cause}")]
    Broken {
        /// Its address.
        path: String,
        /// Why.
        cause: String,
    },
    /// There is no end to it.
    #[error("the planet has more than {FILES_MAX} files, which a folder should not hold")]
    Endless,
}

impl Still {
    /// Begins with the first page. The planet's roster says that no server answers (`Live::still`), and its store stands
    /// still (`Store::as_it_is`) where somebody may be writing.
    pub fn new(planet: Planet) -> Self {
        let url = planet.live().roster.planet.base_url.clone();
        let url = url.trim_end_matches('/').to_owned();
        let path = Url::parse(&url).map(|url| url.path().trim_end_matches('/').to_owned());
        let mut still = Self {
            routes: routes(planet),
            base: Base {
                url,
                path: path.unwrap_or_default(),
            },
            met: BTreeMap::new(),
            waiting: VecDeque::new(),
            has_missing: false,
        };
        for seed in SEEDS {
            still.meet(Address::new(seed, None), "thingplanet", true);
        }
        still
    }

    /// The next file; nothing when all are there.
    ///
    /// # Errors
    ///
    /// Where a page of ours leads nowhere or cannot be made.
    pub async fn next(&mut self) -> Result<Option<StillFile>, StillError> {
        while let Some(address) = self.waiting.pop_front() {
            let (status, kind, bytes) = self.ask(&address.asked()).await?;
            if status == StatusCode::OK {
                return self.file(&address, &kind, bytes).map(Some);
            }
            let met = self.met.remove(&address).filter(|met| met.firm);
            if let Some(met) = met {
                return Err(StillError::Dead {
                    from: met.from,
                    to: address.asked(),
                    status: status.as_u16(),
                });
            }
        }
        self.missing().await
    }

    fn file(
        &mut self,
        address: &Address,
        kind: &str,
        bytes: Vec<u8>,
    ) -> Result<StillFile, StillError> {
        let from = address.asked();
        let turned = links::turned(&self.base, address, kind, bytes);
        let turned = turned.map_err(|cause| StillError::Broken {
            path: from.clone(),
            cause,
        })?;
        for met in turned.met {
            self.meet(met, &from, turned.firm);
        }
        if self.met.len() > FILES_MAX {
            return Err(StillError::Endless);
        }
        Ok(StillFile {
            path: address.file(),
            bytes: turned.bytes,
        })
    }

    /// How many files there are, as far as is known by now.
    pub fn known(&self) -> u64 {
        self.met.len() as u64 + 1
    }

    /// The page that GitHub Pages and others show for an address that does not exist. It is shown at any depth, so its
    /// links stay as they are.
    async fn missing(&mut self) -> Result<Option<StillFile>, StillError> {
        if std::mem::replace(&mut self.has_missing, true) {
            return Ok(None);
        }
        let (_, _, bytes) = self.ask("/404.html").await?;
        let path = "404.html".to_owned();
        Ok(Some(StillFile { path, bytes }))
    }

    fn meet(&mut self, address: Address, from: &str, firm: bool) {
        if let Some(met) = self.met.get_mut(&address) {
            met.firm |= firm;
            return;
        }
        let other_form = address.other_form();
        self.waiting.push_back(address.clone());
        let met = Met {
            from: from.to_owned(),
            firm,
        };
        self.met.insert(address, met);
        // Pages lead to the Atom feed; who wants the other form of it finds it beside.
        if let Some(other_form) = other_form {
            self.meet(other_form, from, false);
        }
    }

    async fn ask(&self, address: &str) -> Result<(StatusCode, String, Vec<u8>), StillError> {
        let broken = |cause: String| StillError::Broken {
            path: address.to_owned(),
            cause,
        };
        let request = Request::get(address)
            .body(Body::empty())
            .map_err(|error| broken(error.to_string()))?;
        let response = match self.routes.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = to_bytes(response.into_body(), usize::MAX)
            .await
            .map_err(|error| broken(error.to_string()))?;
        Ok((status, kind, bytes.to_vec()))
    }
}
