//! What the tests are told with: a planet, a blogosphere, a browser, a validator and the real command.

pub(crate) mod atom;
mod blogosphere;
pub(crate) mod bombs;
mod browser;
mod command;
mod dom;
mod feed;
mod folder;
pub(crate) mod html;
pub(crate) mod journey;
mod planet;
mod secure;
pub(crate) mod xml;

pub(crate) use blogosphere::{Answer, Asked, Blogosphere};
pub(crate) use browser::{Answered, ask, tell};
pub(crate) use command::{Ran, Running, run, run_trusting, run_with_input, start};
pub(crate) use feed::Feed;
pub(crate) use folder::Folder;
pub(crate) use planet::{BASE, Planet};
pub(crate) use secure::{Authority, serve_securely};

use std::path::PathBuf;

/// A fixture of this name; each tells its story in its first lines.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixture_path(name)).unwrap()
}

/// Where the fixture of this name lies.
pub(crate) fn fixture_path(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/planet/fixtures");
    PathBuf::from(folder).join(name)
}
