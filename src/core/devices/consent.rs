//! Whether a change of devices may go ahead, has to be asked for, or is refused.

use jiff::Timestamp;

use super::deadline;

/// Devices named by serial numbers are asked for above this many.
const ASKED_ABOVE: usize = 100;
/// Without a terminal, devices named by serial numbers need `--yes` above this many.
const YES_ABOVE: usize = 1000;

/// How devices were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    BySerials,
    ByFilters,
}

/// What was said beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub chosen: Chosen,
    /// It can't be undone.
    pub is_release: bool,
    /// `--yes`
    pub yes: bool,
    /// Somebody can be asked.
    pub answers: bool,
    /// `--expect`: exactly this many.
    pub expect: Option<usize>,
    /// `--max-devices`: not more than this.
    pub most: Option<usize>,
}

/// What would be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Devices.
    pub sends: usize,
    /// The earliest deadline.
    pub deadline: Option<Timestamp>,
    pub now: Timestamp,
}

/// What the change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    GoAhead,
    Ask,
    Refuse(Refusal),
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another number of devices than `--expect`.
    NotExpected { expected: usize, sends: usize },
    /// More devices than `--max-devices`.
    TooMany { most: usize, sends: usize },
    /// A filter needs a number beside `--yes`, without a terminal.
    NeedsNumber,
    /// Without a terminal it needs `--yes`, for this reason.
    NeedsYes(Why),
}

/// Why somebody has to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Release,
    Filter,
    /// The deadline is over, which forces the migration.
    Forced,
    /// The deadline is less than a day ahead.
    Soon,
    /// Many devices.
    Many,
}

impl Said {
    /// What is missing, whatever there is to send: known before anything is read.
    pub fn missing(&self) -> Option<Refusal> {
        if self.answers {
            return None;
        }
        let has_number = self.expect.is_some() || self.most.is_some();
        match (self.chosen, self.is_release) {
            (_, true) if !self.yes => Some(Refusal::NeedsYes(Why::Release)),
            (Chosen::ByFilters, _) if !self.yes => Some(Refusal::NeedsYes(Why::Filter)),
            (Chosen::ByFilters, _) if !has_number => Some(Refusal::NeedsNumber),
            _ => None,
        }
    }

    /// Why not so many devices may be sent, if that is so.
    pub fn wrong_number(&self, sends: usize) -> Option<Refusal> {
        match (self.expect, self.most) {
            (Some(expected), _) if expected != sends => {
                Some(Refusal::NotExpected { expected, sends })
            }
            (_, Some(most)) if most < sends => Some(Refusal::TooMany { most, sends }),
            _ => None,
        }
    }

    /// Decides. Where nothing is sent, nobody has to agree; a number that was expected holds all the same.
    pub fn decide(&self, extent: Extent) -> Decision {
        if let Some(refusal) = self.wrong_number(extent.sends) {
            return Decision::Refuse(refusal);
        }
        if extent.sends == 0 {
            return Decision::GoAhead;
        }
        if let Some(refusal) = self.missing() {
            return Decision::Refuse(refusal);
        }
        let Some(why) = self.why(extent).filter(|_| !self.yes) else {
            return Decision::GoAhead;
        };
        if self.answers {
            Decision::Ask
        } else {
            Decision::Refuse(Refusal::NeedsYes(why))
        }
    }

    fn why(&self, extent: Extent) -> Option<Why> {
        let above = if self.answers { ASKED_ABOVE } else { YES_ABOVE };
        let Extent { deadline, now, .. } = extent;
        if self.is_release {
            return Some(Why::Release);
        }
        match deadline {
            Some(at) if at <= now => return Some(Why::Forced),
            Some(at) if deadline::is_soon(at, now) => return Some(Why::Soon),
            _ => {}
        }
        match self.chosen {
            Chosen::ByFilters => Some(Why::Filter),
            Chosen::BySerials if extent.sends > above => Some(Why::Many),
            Chosen::BySerials => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn sends(sends: usize) -> Extent {
        Extent {
            sends,
            deadline: None,
            now: now(),
        }
    }

    const SERIALS: Said = Said {
        chosen: Chosen::BySerials,
        is_release: false,
        yes: false,
        answers: false,
        expect: None,
        most: None,
    };
    const FILTERS: Said = Said {
        chosen: Chosen::ByFilters,
        ..SERIALS
    };

    #[test]
    fn serials_are_asked_for_above_a_hundred_and_need_yes_above_a_thousand() {
        let terminal = Said {
            answers: true,
            ..SERIALS
        };
        let yes = Said {
            yes: true,
            ..SERIALS
        };
        let needs_yes = Decision::Refuse(Refusal::NeedsYes(Why::Many));
        for (said, count, expected) in [
            (terminal, 100, Decision::GoAhead),
            (terminal, 101, Decision::Ask),
            (SERIALS, 101, Decision::GoAhead),
            (SERIALS, 1000, Decision::GoAhead),
            (SERIALS, 1001, needs_yes),
            (yes, 1001, Decision::GoAhead),
            (yes, 100_000, Decision::GoAhead),
            (
                Said {
                    yes: true,
                    ..terminal
                },
                101,
                Decision::GoAhead,
            ),
        ] {
            assert_eq!(said.decide(sends(count)), expected, "{said:?} {count}");
        }
    }

    #[test]
    fn filters_are_asked_for_and_need_a_number_without_a_terminal() {
        let terminal = Said {
            answers: true,
            ..FILTERS
        };
        let yes = Said {
            yes: true,
            ..FILTERS
        };
        let expect = Said {
            expect: Some(3),
            ..yes
        };
        let most = Said {
            most: Some(3),
            ..yes
        };
        for (said, count, expected) in [
            (terminal, 1, Decision::Ask),
            (
                Said {
                    yes: true,
                    ..terminal
                },
                1,
                Decision::GoAhead,
            ),
            (FILTERS, 1, Decision::Refuse(Refusal::NeedsYes(Why::Filter))),
            (
                Said {
                    expect: Some(1),
                    ..FILTERS
                },
                1,
                Decision::Refuse(Refusal::NeedsYes(Why::Filter)),
            ),
            (yes, 1, Decision::Refuse(Refusal::NeedsNumber)),
            (expect, 3, Decision::GoAhead),
            (
                expect,
                2,
                Decision::Refuse(Refusal::NotExpected {
                    expected: 3,
                    sends: 2,
                }),
            ),
            (
                expect,
                4,
                Decision::Refuse(Refusal::NotExpected {
                    expected: 3,
                    sends: 4,
                }),
            ),
            (
                expect,
                0,
                Decision::Refuse(Refusal::NotExpected {
                    expected: 3,
                    sends: 0,
                }),
            ),
            (most, 0, Decision::GoAhead),
            (most, 2, Decision::GoAhead),
            (most, 3, Decision::GoAhead),
            (
                most,
                4,
                Decision::Refuse(Refusal::TooMany { most: 3, sends: 4 }),
            ),
        ] {
            assert_eq!(said.decide(sends(count)), expected, "{said:?} {count}");
        }
    }

    #[test]
    fn a_release_and_a_deadline_that_is_near_always_need_somebody() {
        let release = Said {
            is_release: true,
            ..SERIALS
        };
        let terminal = |said: Said| Said {
            answers: true,
            ..said
        };
        let one = sends(1);
        let near = |hours: i64| Extent {
            deadline: Some(now() + SignedDuration::from_hours(hours)),
            ..one
        };
        let refused = |why| Decision::Refuse(Refusal::NeedsYes(why));
        for (said, extent, expected) in [
            (terminal(release), one, Decision::Ask),
            (release, one, refused(Why::Release)),
            (SERIALS, near(24), Decision::GoAhead),
            (SERIALS, near(23), refused(Why::Soon)),
            (terminal(SERIALS), near(23), Decision::Ask),
            (SERIALS, near(0), refused(Why::Forced)),
            (SERIALS, near(-3), refused(Why::Forced)),
        ] {
            assert_eq!(said.decide(extent), expected, "{said:?} {extent:?}");
            let yes = Said { yes: true, ..said };
            assert_eq!(yes.decide(extent), Decision::GoAhead);
        }
    }

    #[test]
    fn what_is_missing_is_known_before_anything_is_read() {
        assert_eq!(FILTERS.missing(), Some(Refusal::NeedsYes(Why::Filter)));
        let yes = Said {
            yes: true,
            ..FILTERS
        };
        assert_eq!(yes.missing(), Some(Refusal::NeedsNumber));
        assert_eq!(SERIALS.missing(), None);
        let terminal = Said {
            answers: true,
            ..FILTERS
        };
        assert_eq!(terminal.missing(), None);
    }

    proptest! {
        #[test]
        fn without_a_terminal_nothing_is_asked_and_no_number_is_passed(
            by_filters in any::<bool>(),
            is_release in any::<bool>(),
            yes in any::<bool>(),
            answers in any::<bool>(),
            expect in prop::option::of(0_usize..5000),
            most in prop::option::of(0_usize..5000),
            count in 0_usize..5000,
            hours in prop::option::of(-50_i64..3000),
        ) {
            let said = Said {
                chosen: if by_filters { Chosen::ByFilters } else { Chosen::BySerials },
                is_release, yes, answers, expect, most,
            };
            let deadline = hours.map(|hours| now() + SignedDuration::from_hours(hours));
            let extent = Extent { sends: count, deadline, now: now() };
            match said.decide(extent) {
                Decision::Ask => prop_assert!(answers && !yes),
                Decision::Refuse(_) => prop_assert!(count > 0),
                Decision::GoAhead if count == 0 => {}
                Decision::GoAhead => {
                    prop_assert!(expect.is_none_or(|expect| expect == count));
                    prop_assert!(most.is_none_or(|most| count <= most));
                    prop_assert!(yes || !is_release);
                    prop_assert!(yes || !by_filters);
                    prop_assert!(answers || !by_filters || expect.is_some() || most.is_some());
                    let few = if answers { 100 } else { 1000 };
                    prop_assert!(yes || count <= few);
                    prop_assert!(yes || hours.is_none_or(|hours| hours >= 24));
                }
            }
        }
    }
}
