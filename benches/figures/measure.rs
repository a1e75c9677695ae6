//! What a process costs: time by the clock, time of the processor, and memory.

use std::fmt;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What several runs of one command took.
pub struct Times {
    sorted: Vec<Duration>,
    processor: Option<Duration>,
}

impl Times {
    /// The shortest run.
    pub fn minimum(&self) -> Duration {
        self.sorted[0]
    }

    /// The run in the middle.
    pub fn median(&self) -> Duration {
        self.sorted[self.sorted.len() / 2]
    }
}

/// The shortest, the middle, and the mean time of the processor.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let processor = self.processor.map_or_else(|| "-".into(), milliseconds);
        let (minimum, median) = (milliseconds(self.minimum()), milliseconds(self.median()));
        write!(f, "{minimum:>10}{median:>10}{processor:>10}")
    }
}

/// How wide the first column is.
pub const LABEL: usize = 48;

/// The head of what [`Times`] shows.
pub const TIMES: &str = "       MIN    MEDIAN       CPU";

/// A time in milliseconds, with as many digits as mean something.
pub fn milliseconds(time: Duration) -> String {
    let value = time.as_secs_f64() * 1000.0;
    let digits = usize::from(value < 100.0);
    format!("{value:.digits$} ms")
}

/// How many times as long.
pub fn ratio(time: Duration, other: Duration) -> String {
    format!("{:.1}x", time.as_secs_f64() / other.as_secs_f64())
}

/// Runs the commands in turn, so that what else the machine does falls on all of them, after one round to warm up.
///
/// `None` for a command that is not installed.
pub fn times(runs: usize, commands: &mut [Command]) -> Vec<Option<Times>> {
    let mut taken: Vec<Option<Times>> = commands
        .iter_mut()
        .map(|command| {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let warm = command.status().ok()?;
            assert!(warm.success(), "{command:?}: {warm}");
            Some(Times {
                sorted: Vec::new(),
                processor: processor().map(|_| Duration::ZERO),
            })
        })
        .collect();
    for _ in 0..runs {
        for (command, taken) in commands.iter_mut().zip(&mut taken) {
            let Some(taken) = taken else { continue };
            let before = processor();
            let start = Instant::now();
            let status = command.status().unwrap();
            taken.sorted.push(start.elapsed());
            assert!(status.success(), "{command:?}: {status}");
            let spent = before.zip(processor());
            taken.processor = taken
                .processor
                .zip(spent)
                .map(|(sum, (before, after))| sum + after.saturating_sub(before));
        }
    }
    for taken in taken.iter_mut().flatten() {
        taken.sorted.sort();
        let runs = u32::try_from(runs).unwrap();
        taken.processor = taken.processor.map(|sum| sum / runs);
    }
    taken
}

/// The time of the processor that children of this process took so far; Linux only.
///
/// It comes in steps of 10 ms, which even out over many runs: a run of 2 ms is one step in five of the runs.
fn processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the program's name in brackets, may hold blanks; the third comes behind the last bracket.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place - 3)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(16)? + ticks(17)?) * 10))
}

/// The most memory that a command holds at once, in MB; `-` where GNU time is not installed.
pub fn peak_memory(command: &Command) -> String {
    let report = tempfile::NamedTempFile::new().unwrap();
    let mut measured = Command::new("/usr/bin/time");
    measured
        .args(["-f", "%M", "-o"])
        .arg(report.path())
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ran = measured.status().is_ok_and(|status| status.success());
    let text = fs::read_to_string(report.path()).unwrap_or_default();
    match text.trim().parse::<u64>() {
        Ok(kibibytes) if ran => format!("{} MB", (kibibytes * 1024).div_ceil(1_000_000)),
        _ => "-".into(),
    }
}
