//! The whole planet, against a loopback blogosphere, and the rules of the house.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking, in its helpers too"
)]

mod tidy;
