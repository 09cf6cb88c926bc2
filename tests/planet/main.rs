//! The whole planet, against a loopback blogosphere, and the rules of the house.

mod tidy;
