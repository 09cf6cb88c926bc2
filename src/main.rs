//! thingplanet, the command: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    thingplanet::cli::main()
}
