//! One window of the audit log: with one question or with several, and shorter where it is too long for Apple.

use std::cell::Cell;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use super::event::{FoundEvents, apples_word, of_domains};
use crate::apple::error::{Failure, RequestName};
use crate::apple::http::Patience;
use crate::apple::manager::Manager;
use crate::apple::manager::audit_events::{EVENTS, PageSize};
use crate::apple::retry::Repeat;
use crate::core::audit_log::{Next, OVERLAP, QUICK, Read, Window, WindowLength};
use crate::core::domains::EventKind;

/// Questions asked at once; the way out allows no more.
const AT_ONCE: usize = 4;
/// The wait before a window that failed at once is tried again.
const BREATH: Duration = Duration::from_secs(2);
/// A gap of this length is asked for with one question for events of every type.
const SHORT_GAP: SignedDuration = SignedDuration::from_hours(48);

/// Why a window was not read.
pub(super) enum Refused {
    /// Apple may answer a shorter one.
    TooLong(WindowLength),
    /// For good.
    For(Failure),
}

/// Reads windows, and learns from each.
pub(super) struct LogReader<'a> {
    manager: &'a Manager,
    pub request: RequestName,
    /// How long the next one may be.
    pub pace: WindowLength,
    /// A window of the past was not seen to hold more than a page yet.
    fits_a_page: bool,
    /// Apple takes the types of events of federation, as far as is known.
    pub federation: bool,
    requests: Cell<usize>,
    /// The last success before the window under way failed. What succeeds of it from then on was known before, so all that
    /// it is asked for again uses up one patience, until the window is read.
    failing_since: Option<Timestamp>,
}

impl<'a> LogReader<'a> {
    /// Nothing was read yet.
    pub(super) fn new(manager: &'a Manager, federation: bool) -> Self {
        Self {
            manager,
            request: manager.api().request_name(&Method::GET, &EVENTS),
            pace: WindowLength::default(),
            fits_a_page: true,
            federation,
            requests: Cell::new(0),
            failing_since: None,
        }
    }

    /// How many questions were asked.
    pub(super) fn requests(&self) -> usize {
        self.requests.get()
    }

    /// What a window holds, and how long its slowest answer took.
    ///
    /// One that Apple takes long over, and then fails, is made shorter at once; one that fails at once is so after a second try.
    /// Only the shortest is repeated for as long as waiting is allowed, and what Apple says to come back for.
    pub(super) async fn window(&mut self, part: Next) -> Result<(Read, Duration), Refused> {
        let length = part.window().length();
        for last in [false, true] {
            // Asked once, since where Apple is too slow for this window asking again is, too.
            let failure = match self.attempt(part, Repeat::IfNotActedOn).await {
                Ok(read) => return Ok(self.succeeded(read)),
                Err(failure) => failure,
            };
            if !failure.broke_off() {
                return Err(Refused::For(failure));
            }
            let http = self.manager.api().http();
            self.failing_since = self
                .failing_since
                .or(http.failing_since())
                .or(Some(http.clock().now()));
            if failure.answer().is_some_and(|it| it.retry_after.is_some()) {
                break;
            }
            let left = self.asked().api().http().left();
            let shorter = match (failure.took() >= QUICK, last) {
                _ if left.is_zero() => return Err(self.given_up(failure)),
                (true, _) => self.pace.slower(length),
                (false, true) => self.pace.shorter(length),
                (false, false) if left < BREATH => return Err(self.given_up(failure)),
                (false, false) => {
                    self.manager.api().http().pause(BREATH).await;
                    continue;
                }
            };
            match shorter {
                Some(shorter) => return Err(Refused::TooLong(shorter)),
                None => break,
            }
        }
        match self.attempt(part, Repeat::Always).await {
            Ok(read) => Ok(self.succeeded(read)),
            Err(failure) => Err(Refused::For(failure)),
        }
    }

    fn given_up(&self, mut failure: Failure) -> Refused {
        let now = self.manager.api().http().clock().now();
        let breath = SignedDuration::try_from(BREATH).unwrap_or_default();
        failure.again_at = now.checked_add(breath).ok();
        Refused::For(failure)
    }

    fn succeeded<T>(&mut self, read: T) -> T {
        self.failing_since = None;
        read
    }

    /// Apple, with the patience that is left for the window under way.
    fn asked(&self) -> Manager {
        self.manager.with_patience(Patience {
            since: self.failing_since,
            ..self.manager.api().http().patience().clone()
        })
    }

    async fn attempt(&mut self, part: Next, repeat: Repeat) -> Result<(Read, Duration), Failure> {
        let window = part.window();
        let (whole, probed) = match part {
            // Measured: one page of everything where the gap is short, else a question for each type.
            Next::Newer(window) => (window.length() <= SHORT_GAP + OVERLAP, false),
            Next::Older(_) => (self.fits_a_page, true),
        };
        let mut slowest = Duration::ZERO;
        let mut as_of = None;
        if whole || probed {
            let size = if whole { PageSize::Full } else { PageSize::One };
            let (first, fits) = self.first_page(window, size, repeat).await?;
            (slowest, as_of) = (first.took, first.as_of);
            // An empty page that others follow says nothing.
            if fits {
                return Ok((of_domains(first), slowest));
            }
            if whole {
                self.fits_a_page &= matches!(part, Next::Newer(_));
            }
        }
        let found = self.by_type(window, repeat).await?;
        let (slowest, as_of) = (slowest.max(found.took), as_of.or(found.as_of));
        let read = of_domains(found);
        Ok((
            Read {
                anything: true,
                as_of,
                ..read
            },
            slowest,
        ))
    }

    /// The first page of events of every type, and whether it is all there is.
    async fn first_page(
        &self,
        window: Window,
        size: PageSize,
        repeat: Repeat,
    ) -> Result<(FoundEvents, bool), Failure> {
        let manager = self.asked();
        let pages = manager.audit_events(None, window.start, window.end, size)?;
        let mut pages = pages.repeating(repeat);
        self.requests.set(self.requests.get() + 1);
        let events = pages.next_raw().await?.unwrap_or_default();
        let found = FoundEvents {
            events: events.into_iter().map(|event| (None, event)).collect(),
            took: pages.slowest(),
            as_of: pages.as_of(),
        };
        Ok((found, pages.is_over()))
    }

    /// The events of domains, with a question for each type.
    async fn by_type(&mut self, window: Window, repeat: Repeat) -> Result<FoundEvents, Failure> {
        let federation = self.federation;
        let kinds = EventKind::ALL
            .into_iter()
            .filter(|kind| kind.is_of_verification() || federation);
        let this = &*self;
        let answers: Vec<Option<FoundEvents>> = stream::iter(kinds)
            .map(|kind| async move {
                match this.of_type(kind, window, repeat).await {
                    // The strings of these types are inferred: being wrong costs what they would show, and no more.
                    Err(failure)
                        if !kind.is_of_verification()
                            && failure.status_of(&this.request) == Some(400) =>
                    {
                        Ok(None)
                    }
                    other => other.map(Some),
                }
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        self.federation &= answers.iter().all(Option::is_some);
        let mut all = FoundEvents::default();
        for found in answers.into_iter().flatten() {
            all.took = all.took.max(found.took);
            // The earliest of them: what happened after it may be missing from one.
            all.as_of = match (all.as_of, found.as_of) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            all.events.extend(found.events);
        }
        Ok(all)
    }

    async fn of_type(
        &self,
        kind: EventKind,
        window: Window,
        repeat: Repeat,
    ) -> Result<FoundEvents, Failure> {
        let manager = self.asked();
        let pages = manager.audit_events(
            Some(apples_word(kind)),
            window.start,
            window.end,
            PageSize::Full,
        )?;
        let mut pages = pages.repeating(repeat);
        let mut events = Vec::new();
        self.requests.set(self.requests.get() + 1);
        while let Some(page) = pages.next_raw().await? {
            events.extend(page.into_iter().map(|event| (Some(kind), event)));
            if !pages.is_over() {
                self.requests.set(self.requests.get() + 1);
            }
        }
        Ok(FoundEvents {
            events,
            took: pages.slowest(),
            as_of: pages.as_of(),
        })
    }
}
