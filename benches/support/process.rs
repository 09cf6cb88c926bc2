//! A command as a whole process: how long it took, how much of the processors, and how much memory at most.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a command came to.
pub(crate) struct Ran {
    /// From its start to its end.
    pub(crate) took: Duration,
    /// Time of processors, its own and the system's on its behalf.
    pub(crate) cpu: Duration,
    /// The most memory that it had, in KiB.
    pub(crate) peak_kib: u64,
    /// Its first line.
    pub(crate) said: String,
}

/// Ticks of the kernel's clock in a second; the same on every Linux that Rust runs on (`getconf CLK_TCK`).
const TICKS: u32 = 100;

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Ran {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let (mut peak_kib, mut cpu) = (0, Duration::ZERO);
    // Both only rise, so that the last look before the end is the sum, or near it.
    let took = loop {
        let ended = child.try_wait().unwrap().is_some();
        if ended {
            break started.elapsed();
        }
        peak_kib = high_water(child.id()).unwrap_or(peak_kib).max(peak_kib);
        cpu = cpu_of(&child.id().to_string()).unwrap_or(cpu).max(cpu);
        std::thread::sleep(Duration::from_millis(2));
    };
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{command:?} ended with {}: {said}",
        output.status
    );
    Ran {
        took,
        cpu,
        peak_kib,
        said: said.lines().next().unwrap_or_default().to_owned(),
    }
}

/// The time of processors that a process has had; `self` is this one.
pub(crate) fn cpu_of(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in brackets and may hold anything; user and system time are the 14th and 15th field.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11);
    let mut ticks = || times.next()?.parse::<u32>().ok();
    Some(Duration::from_secs(1) * (ticks()? + ticks()?) / TICKS)
}

fn high_water(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
