//! The Manager API's limits: 20 GET a minute and 10 POST an hour (observed by trial; Apple gives no figures).

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::exchange::Answer;
use super::options::RetryAfterStyle;

/// How many requests are allowed in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub most: usize,
    pub window: SignedDuration,
}

/// The limits of the Manager API. The default is what was observed at Apple; tests use shorter windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// GET requests.
    pub reads: Rate,
    /// POST requests.
    pub writes: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            reads: Rate {
                most: 20,
                window: SignedDuration::from_mins(1),
            },
            writes: Rate {
                most: 10,
                window: SignedDuration::from_hours(1),
            },
        }
    }
}

/// Why limits can't be read: a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatesError(String);

impl fmt::Display for RatesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RatesError {}

impl FromStr for Rate {
    type Err = RatesError;

    /// Reads `20/3s`.
    fn from_str(text: &str) -> Result<Self, RatesError> {
        let fail = |why: &str| {
            Err(RatesError(format!(
                "The limit \"{text}\" can't be read: {why}. Example: \"20/3s\"."
            )))
        };
        let Some((most, window)) = text.split_once('/') else {
            return fail("it needs a number, / and a time");
        };
        let most = match most.trim().parse() {
            Ok(most @ 1..) => most,
            _ => return fail("the number of requests is a whole number from 1"),
        };
        match window.trim().parse::<SignedDuration>() {
            Ok(window) if window.is_positive() && window <= LONGEST => Ok(Self { most, window }),
            _ => fail("the time is at most 24h, such as 3s or 1m"),
        }
    }
}

/// The longest window.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

impl FromStr for Rates {
    type Err = RatesError;

    /// Reads `20/3s`, which shortens the window of POST by the same factor, or `20/3s,10/30s` for GET and POST.
    fn from_str(text: &str) -> Result<Self, RatesError> {
        let normal = Self::default();
        let Some((reads, writes)) = text.split_once(',') else {
            let reads: Rate = text.parse()?;
            let factor = normal.writes.window.as_secs() / normal.reads.window.as_secs();
            let factor = i32::try_from(factor).unwrap_or(i32::MAX);
            let window = reads.window.saturating_mul(factor);
            return Ok(Self {
                reads,
                writes: Rate {
                    window,
                    ..normal.writes
                },
            });
        };
        Ok(Self {
            reads: reads.parse()?,
            writes: writes.parse()?,
        })
    }
}

/// The requests of one kind within the last while.
struct Window {
    rate: Rate,
    taken: VecDeque<Timestamp>,
}

impl Window {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            taken: VecDeque::new(),
        }
    }

    /// Takes a place; where there is none, how long until there is one.
    fn take(&mut self, now: Timestamp) -> Result<(), SignedDuration> {
        while let Some(oldest) = self.taken.front() {
            let age = now.duration_since(*oldest);
            if age < self.rate.window {
                break;
            }
            self.taken.pop_front();
        }
        if let Some(oldest) = self
            .taken
            .front()
            .filter(|_| self.taken.len() >= self.rate.most)
        {
            return Err(self.rate.window - now.duration_since(*oldest));
        }
        self.taken.push_back(now);
        Ok(())
    }
}

/// What was asked lately.
pub(super) struct Limits {
    reads: Window,
    writes: Window,
}

/// The limit of POST as a profile of abmctl has it: `10/1h`, or `none`.
pub(super) fn activity_limit(limits: Option<&Limits>) -> String {
    let rate = limits.map(|limits| limits.writes.rate);
    rate.map_or_else(
        || "none".to_owned(),
        |Rate { most, window }| format!("{most}/{window:#}"),
    )
}

impl Limits {
    /// Nothing was asked yet.
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            reads: Window::new(rates.reads),
            writes: Window::new(rates.writes),
        }
    }

    /// Counts a request; 429 where it is one too many. A request that is refused does not count.
    ///
    /// PATCH and DELETE are not counted: whether Apple does is unconfirmed.
    pub(super) fn refuse(
        &mut self,
        method: &str,
        now: Timestamp,
        style: RetryAfterStyle,
    ) -> Option<Answer> {
        let window = match method {
            "GET" => &mut self.reads,
            "POST" => &mut self.writes,
            _ => return None,
        };
        let wait = window.take(now).err()?;
        Some(with_retry_after(
            // The code is App Store Connect's; which one this API has is unconfirmed.
            Answer::error(
                429,
                "RATE_LIMIT_EXCEEDED",
                "The request rate limit has been reached.",
                "Too many requests.",
            ),
            wait,
            now,
            style,
        ))
    }
}

/// Adds `Retry-After`, rounded up to seconds.
pub(super) fn with_retry_after(
    answer: Answer,
    wait: SignedDuration,
    now: Timestamp,
    style: RetryAfterStyle,
) -> Answer {
    let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
    match style {
        RetryAfterStyle::Absent => answer,
        RetryAfterStyle::Seconds => answer.header("retry-after", seconds.to_string()),
        RetryAfterStyle::Date => {
            let until = now
                .saturating_add(SignedDuration::from_secs(seconds))
                .unwrap_or(now);
            answer.header("retry-after", http_date(until))
        }
    }
}

/// A point in time as HTTP writes it.
pub(super) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn retry_after(answer: &Answer) -> Option<&str> {
        let header = answer
            .headers
            .iter()
            .find(|(name, _)| *name == "retry-after");
        header.map(|(_, value)| value.as_str())
    }

    #[test]
    fn the_twenty_first_read_of_a_minute_waits() {
        let mut limits = Limits::new(Rates::default());
        for second in 0..20 {
            let refused = limits.refuse("GET", at(second), RetryAfterStyle::Seconds);
            assert_eq!(refused, None);
        }
        let refused = limits
            .refuse("GET", at(25), RetryAfterStyle::Seconds)
            .unwrap();
        assert_eq!(refused.status, 429);
        assert_eq!(retry_after(&refused), Some("35"));
        let dated = limits.refuse("GET", at(25), RetryAfterStyle::Date).unwrap();
        assert_eq!(retry_after(&dated), Some("Fri, 15 Jan 2027 08:01:00 GMT"));
        let silent = limits.refuse("GET", at(59), RetryAfterStyle::Absent);
        assert_eq!(retry_after(&silent.unwrap()), None);
        assert_eq!(limits.refuse("GET", at(60), RetryAfterStyle::Seconds), None);
    }

    #[test]
    fn posts_have_an_hour_and_patches_no_limit() {
        let mut limits = Limits::new(Rates::default());
        for _ in 0..10 {
            assert_eq!(limits.refuse("POST", at(0), RetryAfterStyle::Seconds), None);
        }
        let refused = limits.refuse("POST", at(1), RetryAfterStyle::Seconds);
        assert_eq!(retry_after(&refused.unwrap()), Some("3599"));
        for _ in 0..50 {
            assert_eq!(
                limits.refuse("PATCH", at(1), RetryAfterStyle::Seconds),
                None
            );
        }
        assert_eq!(limits.refuse("GET", at(1), RetryAfterStyle::Seconds), None);
    }

    #[test]
    fn a_shorter_window_of_get_shortens_the_one_of_post() {
        let rates: Rates = "20/3s".parse().unwrap();
        assert_eq!(rates.reads.window, SignedDuration::from_secs(3));
        assert_eq!(rates.writes.most, 10);
        assert_eq!(rates.writes.window, SignedDuration::from_secs(180));
        assert_eq!("20/1m".parse(), Ok(Rates::default()));
        let mut limits = Limits::new(rates);
        for _ in 0..10 {
            assert_eq!(limits.refuse("POST", at(0), RetryAfterStyle::Seconds), None);
        }
        let refused = limits.refuse("POST", at(60), RetryAfterStyle::Seconds);
        assert_eq!(retry_after(&refused.unwrap()), Some("120"));
        assert_eq!(
            limits.refuse("POST", at(180), RetryAfterStyle::Seconds),
            None
        );
        let both: Rates = "5/500ms, 2/30s".parse().unwrap();
        assert_eq!(both.reads.window, SignedDuration::from_millis(500));
        assert_eq!((both.reads.most, both.writes.most), (5, 2));
        assert_eq!(both.writes.window, SignedDuration::from_secs(30));
    }

    #[test]
    fn limits_that_cannot_be_read_are_a_sentence() {
        for (text, part) in [
            ("", "needs a number"),
            ("20", "needs a number"),
            ("/3s", "whole number from 1"),
            ("0/3s", "whole number from 1"),
            ("-1/3s", "whole number from 1"),
            ("20/", "the time is"),
            ("20/3", "the time is"),
            ("20/0s", "the time is"),
            ("20/-3s", "the time is"),
            ("20/25h", "the time is"),
            ("20/3s,", "needs a number"),
            ("20/3s,10/1m,5/1s", "the time is"),
        ] {
            let why = text.parse::<Rates>().unwrap_err().to_string();
            assert!(why.contains(part), "{text}: {why}");
            assert!(why.ends_with('.'), "{why}");
        }
    }
}
