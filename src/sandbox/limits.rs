//! The Manager API's limits: 20 GET a minute and 10 POST an hour (observed by trial; Apple gives no figures).

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::exchange::Answer;
use super::options::RetryAfterStyle;

/// The requests of one kind within the last while.
struct Window {
    most: usize,
    length: SignedDuration,
    taken: VecDeque<Timestamp>,
}

impl Window {
    fn new(most: usize, length: SignedDuration) -> Self {
        Self {
            most,
            length,
            taken: VecDeque::new(),
        }
    }

    /// Takes a place; where there is none, how long until there is one.
    fn take(&mut self, now: Timestamp) -> Result<(), SignedDuration> {
        while let Some(oldest) = self.taken.front() {
            let age = now.duration_since(*oldest);
            if age < self.length {
                break;
            }
            self.taken.pop_front();
        }
        if let Some(oldest) = self.taken.front().filter(|_| self.taken.len() >= self.most) {
            return Err(self.length - now.duration_since(*oldest));
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

impl Limits {
    /// Nothing was asked yet.
    pub(super) fn new() -> Self {
        Self {
            reads: Window::new(20, SignedDuration::from_mins(1)),
            writes: Window::new(10, SignedDuration::from_hours(1)),
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
        let mut limits = Limits::new();
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
        let mut limits = Limits::new();
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
}
