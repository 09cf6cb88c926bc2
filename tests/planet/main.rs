//! The whole planet, against a loopback blogosphere.
