//! The real command, as a shell would start it.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// No command takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code; nothing where a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it complained or logged.
    pub(crate) stderr: String,
}

/// The command in this directory, its own defaults in force.
pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Child {
    prepare(folder, arguments).spawn().unwrap()
}

/// Runs the command to its end.
pub(crate) async fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_with_input(folder, arguments, "").await
}

/// Runs the command to its end with this text on its standard input.
pub(crate) async fn run_with_input(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    to_the_end(prepare(folder, arguments), input).await
}

/// Runs the command to its end on a machine that trusts the certificates in this file and no others.
pub(crate) async fn run_trusting(folder: &Path, arguments: &[&str], certificates: &Path) -> Ran {
    let mut command = prepare(folder, arguments);
    command
        .env("SSL_CERT_FILE", certificates)
        .env_remove("SSL_CERT_DIR");
    to_the_end(command, "").await
}

async fn to_the_end(mut command: Command, input: &str) -> Ran {
    let input = input.to_owned();
    let running = spawn_blocking(move || {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        // A command that has no use for its input may be gone already.
        let _: std::io::Result<()> = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    });
    timeout(PATIENCE, running).await.unwrap().unwrap()
}

/// A command that serves until it is told to stop; it is killed when it is dropped before.
pub(crate) struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    /// Where it serves.
    pub(crate) address: SocketAddr,
}

impl Running {
    /// Starts it and waits until it has said where the planet is.
    pub(crate) async fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = prepare(folder, arguments)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self {
            child,
            stdout: None,
            address: ([127, 0, 0, 1], 0).into(),
        };
        let reading = spawn_blocking(move || find_address(stdout));
        let (stdout, address) = timeout(PATIENCE, reading).await.unwrap().unwrap();
        running.stdout = Some(stdout);
        running.address = address;
        running
    }

    /// Asks it to end, as a service manager does, and says with which code it did.
    pub(crate) async fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(told.success());
        let waiting = spawn_blocking(move || self.child.wait().unwrap().code());
        timeout(PATIENCE, waiting).await.unwrap().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads on until a line says where the planet is. The pipe stays open, so that nothing later meets a broken one.
fn find_address(mut stdout: BufReader<ChildStdout>) -> (BufReader<ChildStdout>, SocketAddr) {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        let bytes = stdout.read_line(&mut line).unwrap();
        assert!(bytes > 0, "it ended before it said where it is: {said}");
        let address = line
            .split_once("The planet is at http://")
            .and_then(|(_, rest)| rest.split('/').next());
        if let Some(address) = address {
            return (stdout, address.parse().unwrap());
        }
        said.push_str(&line);
    }
}

fn prepare(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thingplanet"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("RUST_LOG", "info")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
