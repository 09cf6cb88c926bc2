//! thingplanet: a planet for courses.
//!
//! It reads every registered blog, works out which Thing each post addresses, keeps it in SQLite, and serves one
//! planet page and one Atom feed per Thing.
//!
//! # The house
//!
//! A room imports only from lower floors, never sideways, never up; `tests/planet/tidy.rs` holds us to it.
//!
//! ```text
//! floor 4  cli        doors: arguments, signals, the clock and environment; wires everything
//! floor 3  poll  web  retag  deeds: the poller; the server; new rules for old posts. None knows another
//! floor 2  roster fetch store render    hands: one outside technology each, never each other
//! floor 1  parse sanitize tagging plan atom opml jsonfeed   thought: pure; no I/O, no clock, no async
//! floor 0  model      words: imports nothing of ours
//! ```
//!
//! # Invariants
//!
//! - Ground state is feeds.toml, the raw entries as fetched, and people's decisions. All else (safe HTML, text, tags,
//!   search index, pages) is derived.
//! - One feed's failure is that feed's health, never the run's error. A panic in one feed is that feed's failure.
//! - A poll of one feed is one write transaction or none. Validators are stored in that same transaction, only after
//!   a successful parse.
//! - No HTTP request, sanitising or template runs while a database lock is held.
//! - `now` is an argument below `cli` and the scheduler. Random numbers too.
//! - One definition of "visible" (in the store) serves every page, feed, export, search and count.
//! - Only `sanitize` makes [`model::SafeHtml`] from text; only `store` revives it.
//! - An entry's identity, published time and place in a feed never change because of a retag, an edit or a re-poll.

pub mod atom;
pub mod cli;
pub mod fetch;
pub mod jsonfeed;
pub mod model;
pub mod opml;
pub mod parse;
pub mod plan;
pub mod poll;
pub mod render;
pub mod retag;
pub mod roster;
pub mod sanitize;
pub mod store;
pub mod tagging;
pub mod web;
