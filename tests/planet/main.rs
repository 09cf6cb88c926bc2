//! The whole planet, against a loopback blogosphere, and the rules of the house.
//!
//! Each test is a sentence about what a participant, an organiser or a feed reader meets. They share one [`harness`],
//! sleep nowhere, use no network but loopback, and may run in any order. `KEEP=1` keeps the directory of every test
//! and prints where it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking, in its helpers too"
)]

mod backfill;
mod build;
mod causes;
mod command;
mod controls;
mod decide;
mod discover;
mod durability;
mod feeds;
mod frb;
mod fronts;
mod gaps;
mod harness;
mod hostile;
mod identity;
mod laws;
mod lists;
mod moves;
mod pace;
mod pages;
mod polite;
mod poll;
mod progress;
mod reading;
mod reload;
mod renamed;
mod retag;
mod rules;
mod sanitizing;
mod search;
mod secure;
mod server;
mod tidy;
mod websub;
