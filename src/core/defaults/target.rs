//! Whether a server can enroll the devices that a default would assign to it.
//!
//! An MDM fetches new devices from Apple with its server token. A server that no MDM connects to gets them all the same, and
//! nothing enrolls them. Only known facts refuse a server.

use jiff::{SignedDuration, Timestamp};

/// An MDM that didn't connect for longer is taken for idle.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When a server last connected to Apple, as its single answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LastConnected {
    At(Timestamp),
    /// A complete answer that was asked for it has none.
    Absent,
    /// Apple says something that isn't understood.
    Unreadable,
    /// There is no complete answer.
    #[default]
    NotRead,
}

impl LastConnected {
    /// What a complete answer says.
    pub fn read(text: Option<&str>) -> Self {
        match text.map(str::parse) {
            None => Self::Absent,
            Some(Ok(at)) => Self::At(at),
            Some(Err(_)) => Self::Unreadable,
        }
    }

    /// Whether Apple says something.
    fn is_told(self) -> bool {
        matches!(self, Self::At(_) | Self::Unreadable)
    }
}

/// What the single answer of a server says of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Service {
    /// It is certainly of type MDM: Apple's own services and Configurator need no connection.
    pub is_mdm: bool,
    pub connected: LastConnected,
}

/// Why a server token fetches nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It expired, at this time if that is known.
    Expired(Option<Timestamp>),
    /// Apple handed out a newer one, or it was revoked.
    Replaced,
    /// Apple refuses it until its new terms are accepted.
    TermsNotSigned,
}

/// A token of a server, kept here, that fetches nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultyToken {
    pub name: String,
    pub fault: TokenFault,
    /// When Apple said so; `None` if the token's own date does.
    pub seen: Option<Timestamp>,
}

/// Why the devices of a server would stay unmanaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idle {
    NeverConnected,
    /// It last connected at this time, too long ago.
    LastConnected(Timestamp),
    Token {
        token: FaultyToken,
        /// When the server last connected, if that shows that the MDM has probably another token.
        connected: Option<Timestamp>,
    },
}

impl FaultyToken {
    /// The time of a connection that was probably made with another token: a lately one, unless this one was good then.
    fn outlived_by(&self, connected: LastConnected) -> Option<Timestamp> {
        let LastConnected::At(at) = connected else {
            return None;
        };
        match self.fault {
            TokenFault::Expired(Some(over)) => at > over,
            TokenFault::Expired(None) | TokenFault::Replaced => true,
            // It opens nothing, whichever the MDM has.
            TokenFault::TermsNotSigned => false,
        }
        .then_some(at)
    }
}

/// Whether `target` enrolls nothing at `now`, as far as is known. `others` are the other servers of the same reading: if none of
/// them tells a connection, Apple may have left the member out.
pub fn idle(
    target: Service,
    others: impl IntoIterator<Item = Service>,
    token: Option<&FaultyToken>,
    now: Timestamp,
) -> Option<Idle> {
    if !target.is_mdm {
        return None;
    }
    let mut others = others.into_iter();
    match target.connected {
        LastConnected::Absent if others.any(|it| it.connected.is_told()) => {
            Some(Idle::NeverConnected)
        }
        LastConnected::At(at) if now.duration_since(at) > LATELY => Some(Idle::LastConnected(at)),
        connected => token.map(|token| Idle::Token {
            token: token.clone(),
            connected: token.outlived_by(connected),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: &str = "2026-11-22T10:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn mdm(connected: LastConnected) -> Service {
        Service {
            is_mdm: true,
            connected,
        }
    }

    fn at(time: &str) -> LastConnected {
        LastConnected::read(Some(time))
    }

    fn replaced() -> FaultyToken {
        FaultyToken {
            name: "prod".to_owned(),
            fault: TokenFault::Replaced,
            seen: Some(now()),
        }
    }

    #[test]
    fn a_server_is_idle_only_if_that_is_known() {
        let told = mdm(at(NOW));
        let odd = mdm(at("yesterday"));
        let silent = mdm(LastConnected::Absent);
        let unread = Service::default();
        let last = |time: &str| Some(Idle::LastConnected(time.parse().unwrap()));
        for (target, others, expected) in [
            (at(NOW), vec![told], None),
            (at("2026-11-15T10:00:00Z"), vec![told], None),
            (
                at("2026-11-15T09:59:59Z"),
                vec![told],
                last("2026-11-15T09:59:59Z"),
            ),
            // Its own time is enough, whatever the others say.
            (
                at("2025-01-01T00:00:00.123Z"),
                vec![],
                last("2025-01-01T00:00:00.123Z"),
            ),
            // A clock that is behind Apple's.
            (at("2026-11-22T10:05:00Z"), vec![told], None),
            (at("22 Nov 2026"), vec![told], None),
            (at(""), vec![told], None),
            (
                LastConnected::Absent,
                vec![told],
                Some(Idle::NeverConnected),
            ),
            (
                LastConnected::Absent,
                vec![silent, unread, odd],
                Some(Idle::NeverConnected),
            ),
            (LastConnected::Absent, vec![], None),
            (LastConnected::Absent, vec![silent, unread], None),
            (LastConnected::NotRead, vec![told], None),
        ] {
            assert_eq!(
                idle(mdm(target), others.clone(), None, now()),
                expected,
                "{target:?} beside {others:?}"
            );
        }
    }

    #[test]
    fn a_token_that_fetches_nothing_counts_where_the_connection_says_nothing_against_the_server() {
        let token = replaced();
        for connected in [
            at(NOW),
            at("yesterday"),
            LastConnected::Absent,
            LastConnected::NotRead,
        ] {
            let found = idle(mdm(connected), [], Some(&token), now());
            let expected = Idle::Token {
                token: token.clone(),
                connected: (connected == at(NOW)).then(now),
            };
            assert_eq!(found, Some(expected), "{connected:?}");
        }
        let others = [mdm(at(NOW))];
        let found = idle(mdm(LastConnected::Absent), others, Some(&token), now());
        assert_eq!(found, Some(Idle::NeverConnected));
    }

    #[test]
    fn a_connection_shows_another_token_unless_this_one_was_good_then() {
        let before = "2026-11-20T10:00:00Z".parse().unwrap();
        let after = "2026-11-22T10:00:01Z".parse().unwrap();
        for (fault, shows) in [
            (TokenFault::Replaced, true),
            (TokenFault::Expired(None), true),
            (TokenFault::Expired(Some(before)), true),
            (TokenFault::Expired(Some(now())), false),
            (TokenFault::Expired(Some(after)), false),
            (TokenFault::TermsNotSigned, false),
        ] {
            let token = FaultyToken {
                fault,
                ..replaced()
            };
            let found = idle(mdm(at(NOW)), [], Some(&token), now());
            let connected = shows.then(now);
            assert_eq!(found, Some(Idle::Token { token, connected }));
        }
    }

    fn connected() -> impl Strategy<Value = LastConnected> {
        prop_oneof![
            (-40_000_000_i64..1_000_000).prop_map(|seconds| {
                LastConnected::At(now() + SignedDuration::from_secs(seconds))
            }),
            Just(LastConnected::Absent),
            Just(LastConnected::Unreadable),
            Just(LastConnected::NotRead),
        ]
    }

    fn service() -> impl Strategy<Value = Service> {
        (any::<bool>(), connected()).prop_map(|(is_mdm, connected)| Service { is_mdm, connected })
    }

    proptest! {
        #[test]
        fn only_a_server_of_type_mdm_is_refused_and_only_for_what_is_known(
            target in service(),
            others in prop::collection::vec(service(), 0..4),
            faulty in any::<bool>(),
        ) {
            let token = faulty.then(replaced);
            match idle(target, others.clone(), token.as_ref(), now()) {
                None => {}
                Some(_) if !target.is_mdm => prop_assert!(false, "not an MDM"),
                Some(Idle::Token { token: found, .. }) => prop_assert_eq!(Some(found), token),
                Some(Idle::LastConnected(at)) => {
                    prop_assert_eq!(target.connected, LastConnected::At(at));
                    prop_assert!(now().duration_since(at) > LATELY);
                }
                Some(Idle::NeverConnected) => {
                    prop_assert_eq!(target.connected, LastConnected::Absent);
                    prop_assert!(others.iter().any(|it| it.connected.is_told()));
                }
            }
        }

        #[test]
        fn one_more_server_that_was_not_read_changes_nothing(
            target in service(),
            others in prop::collection::vec(service(), 0..4),
        ) {
            let more = others.iter().copied().chain([Service::default()]);
            prop_assert_eq!(
                idle(target, others.clone(), None, now()),
                idle(target, more, None, now())
            );
        }
    }
}
