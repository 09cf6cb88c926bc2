//! thingplanet, the command: arguments in, exit code out.

fn main() {}
