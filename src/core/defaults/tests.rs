//! Plans against an emulated Apple that refuses what Apple was observed to refuse.
//!
//! Over 400 lines, since the properties and the tables share the emulated Apple.

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use super::*;

/// Every family that the random organizations know, two of them unknown here.
fn families() -> Vec<Family> {
    [
        "MAC", "IPHONE", "IPAD", "VISION", "APPLE_TV", "WATCH", "IPOD", "HOME_POD", "GLASSES",
    ]
    .map(Family::from)
    .to_vec()
}

fn server(id: &str, families: &[&str]) -> Server {
    Server {
        id: id.to_owned(),
        name: format!("Server {id}"),
        families: Some(
            families
                .iter()
                .map(|family| Family::from(*family))
                .collect(),
        ),
    }
}

fn unread(id: &str) -> Server {
    Server {
        families: None,
        ..server(id, &[])
    }
}

fn wish(family: &str, to: Option<&str>) -> Wish {
    Wish {
        family: Family::from(family),
        to: to.map(str::to_owned),
        from: None,
    }
}

fn wish_from(family: &str, to: Option<&str>, from: Option<&str>) -> Wish {
    Wish {
        from: Some(from.map(str::to_owned)),
        ..wish(family, to)
    }
}

/// The patches as `ID: FAMILIES`.
fn shown(patches: &[Patch]) -> Vec<String> {
    patches
        .iter()
        .map(|patch| {
            let families: Vec<&str> = patch.families.iter().map(Family::as_str).collect();
            format!("{}: {}", patch.server, families.join(" "))
        })
        .collect()
}

/// Apple's side: who holds what.
#[derive(Clone, Debug)]
struct Apple(Vec<Server>);

impl Apple {
    /// Replaces a server's list, or answers the status that Apple was observed to answer.
    fn patch(&mut self, patch: &Patch) -> Result<(), u16> {
        let old = self.list(&patch.server).clone();
        if patch.families.is_empty() && old.is_empty() {
            return Err(400);
        }
        let elsewhere = |family: &Family| {
            self.0
                .iter()
                .any(|server| server.id != patch.server && server.holds(family))
        };
        if patch.families.iter().any(elsewhere) {
            return Err(409);
        }
        let server = self.0.iter_mut().find(|server| server.id == patch.server);
        server.unwrap().families = Some(patch.families.clone());
        Ok(())
    }

    fn list(&self, id: &str) -> &Vec<Family> {
        let server = self.0.iter().find(|server| server.id == id).unwrap();
        server.families.as_ref().unwrap()
    }

    fn holder(&self, family: &Family) -> Option<String> {
        let mut holders = self.0.iter().filter(|server| server.holds(family));
        let first = holders.next().map(|server| server.id.clone());
        assert!(holders.next().is_none(), "{family} is on two servers");
        first
    }

    /// As [`Apple::0`], with the lists in an order of their own, so that they can be compared.
    fn sorted(&self) -> Vec<Server> {
        let mut servers = self.0.clone();
        for families in servers.iter_mut().filter_map(|s| s.families.as_mut()) {
            families.sort();
        }
        servers
    }
}

/// An organization and wishes for some of its families.
fn cases() -> impl Strategy<Value = (Apple, Vec<Wish>)> {
    let count = families().len();
    (1..5_usize).prop_flat_map(move |servers| {
        let place = prop::option::weighted(0.8, 0..servers);
        let places = prop::collection::vec(place, count);
        let order = Just(families()).prop_shuffle();
        let target = prop::option::weighted(0.8, 0..servers);
        let targets = prop::collection::vec(target, count);
        let some = subsequence(families(), 0..=count).prop_shuffle();
        (places, order, targets, some).prop_map(move |(places, order, targets, some)| {
            let id = |index: usize| format!("S{index}");
            let all = (0..servers).map(|index| {
                let held = order.iter().zip(&places);
                Server {
                    families: Some(
                        held.filter(|(_, place)| **place == Some(index))
                            .map(|(family, _)| family.clone())
                            .collect(),
                    ),
                    ..server(&id(index), &[])
                }
            });
            let wishes = some.into_iter().zip(&targets).map(|(family, to)| Wish {
                family,
                to: to.map(id),
                from: None,
            });
            (Apple(all.collect()), wishes.collect())
        })
    })
}

proptest! {
    #[test]
    fn a_plan_reaches_the_wish_and_touches_nothing_else((before, wishes) in cases()) {
        let plan = plan(&before.0, &wishes).unwrap();
        let mut apple = before.clone();
        for patch in plan.take.iter().chain(&plan.give) {
            prop_assert_eq!(apple.list(&patch.server), &patch.before);
            prop_assert_ne!(&patch.families, &patch.before);
            prop_assert_eq!(apple.patch(patch), Ok(()));
        }
        for family in families() {
            let expected = match wishes.iter().find(|wish| wish.family == family) {
                Some(wish) => wish.to.clone(),
                None => before.holder(&family),
            };
            prop_assert_eq!(apple.holder(&family), expected);
        }
        for phase in [&plan.take, &plan.give] {
            let mut ids: Vec<&str> = phase.iter().map(|patch| patch.server.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), phase.len(), "one PATCH for each server and phase");
        }
        for change in &plan.changes {
            prop_assert_eq!(&before.holder(&change.family), &change.from);
            prop_assert_eq!(&apple.holder(&change.family), &change.to);
            prop_assert_ne!(&change.from, &change.to);
        }
        prop_assert_eq!(plan.is_empty(), plan.changes.is_empty());
        prop_assert_eq!(plan.is_empty(), apple.sorted() == before.sorted());
        prop_assert_eq!(super::plan(&apple.0, &wishes), Ok(Plan::default()));
        let seen = read_back(&before.0, &plan, &wishes, Phase::Given, &apple.0);
        prop_assert_eq!(seen, ReadBack::default());
    }

    #[test]
    fn what_stays_keeps_apples_order((before, wishes) in cases()) {
        let plan = plan(&before.0, &wishes).unwrap();
        for patch in plan.take.iter().chain(&plan.give) {
            let mut old = patch.before.clone();
            old.retain(|family| patch.families.contains(family));
            prop_assert_eq!(&patch.families[..old.len()], &old[..]);
            prop_assert!(patch.families[old.len()..].is_sorted());
        }
    }

    #[test]
    fn after_a_stop_anywhere_the_undo_restores_and_a_second_run_arrives((before, wishes) in cases()) {
        let plan = plan(&before.0, &wishes).unwrap();
        let patches: Vec<&Patch> = plan.take.iter().chain(&plan.give).collect();
        for stop in 0..=patches.len() {
            let mut stopped = before.clone();
            for patch in &patches[..stop] {
                prop_assert_eq!(stopped.patch(patch), Ok(()));
            }
            if stop == plan.take.len() {
                let seen = read_back(&before.0, &plan, &wishes, Phase::Taken, &stopped.0);
                prop_assert_eq!(seen, ReadBack::default());
            }

            let mut undone = stopped.clone();
            let back = give_back(&before.0, &stopped.0, &plan.taken());
            prop_assert!(back.stuck.is_empty());
            for patch in &back.patches {
                prop_assert_eq!(undone.patch(patch), Ok(()));
            }
            for family in families() {
                if before.holder(&family).is_some() {
                    prop_assert!(undone.holder(&family).is_some(), "{} has no default", family);
                }
                if stopped.holder(&family).is_some() {
                    prop_assert_eq!(undone.holder(&family), stopped.holder(&family));
                }
            }
            if stop <= plan.take.len() {
                prop_assert_eq!(undone.sorted(), before.sorted());
            }
            let again = give_back(&before.0, &undone.0, &plan.taken());
            prop_assert_eq!(again, GiveBack::default());

            // From where it stopped, and from where the undo left it.
            for start in [stopped, undone] {
                let mut apple = start.clone();
                let second = super::plan(&start.0, &wishes).unwrap();
                for patch in second.take.iter().chain(&second.give) {
                    prop_assert_eq!(apple.patch(patch), Ok(()));
                }
                for wish in &wishes {
                    prop_assert_eq!(&apple.holder(&wish.family), &wish.to);
                }
            }
        }
    }

    #[test]
    fn a_server_that_was_not_read_is_never_written_and_never_taken_for_empty(
        (truth, wishes) in cases(),
        hidden in any::<Index>(),
    ) {
        let mut seen = truth.clone();
        let hidden = hidden.index(seen.0.len());
        seen.0[hidden].families = None;
        let hidden = &truth.0[hidden].id;
        match plan(&seen.0, &wishes) {
            Ok(plan) => {
                let mut apple = truth.clone();
                for patch in plan.take.iter().chain(&plan.give) {
                    prop_assert_ne!(&patch.server, hidden);
                    prop_assert_eq!(apple.patch(patch), Ok(()));
                }
                for wish in &wishes {
                    prop_assert_eq!(&apple.holder(&wish.family), &wish.to);
                }
            }
            Err(refusal) => {
                prop_assert!(refusal.to_string().contains(hidden.as_str()));
                let blind = |wish: &Wish| {
                    wish.to.as_ref() == Some(hidden)
                        || matches!(holder(&seen.0, &wish.family), Holder::Unknown { .. })
                };
                prop_assert!(wishes.iter().any(blind));
            }
        }
    }

    #[test]
    fn the_order_of_the_wishes_changes_no_patch((before, wishes) in cases(), turn in any::<Index>()) {
        let mut turned = wishes.clone();
        turned.rotate_left(turn.index(wishes.len() + 1));
        turned.extend(wishes.first().cloned());
        let (one, other) = (plan(&before.0, &wishes).unwrap(), plan(&before.0, &turned).unwrap());
        prop_assert_eq!((one.take, one.give), (other.take, other.give));
    }
}

#[test]
fn a_move_takes_first_and_then_gives() {
    let servers = [
        server("A", &["HOME_POD", "MAC", "IPAD"]),
        server("B", &["WATCH"]),
    ];
    let plan = plan(&servers, &[wish("MAC", Some("B"))]).unwrap();
    assert_eq!(shown(&plan.take), ["A: HOME_POD IPAD"]);
    assert_eq!(shown(&plan.give), ["B: WATCH MAC"]);
    assert_eq!(plan.taken(), [Family::Mac]);
    let change = Change {
        family: Family::Mac,
        from: Some("A".to_owned()),
        to: Some("B".to_owned()),
    };
    assert_eq!(plan.changes, [change]);
}

#[test]
fn a_swap_patches_both_twice_and_gives_on_top_of_what_was_left() {
    let servers = [
        server("A", &["MAC", "IPOD"]),
        server("B", &["IPAD", "WATCH"]),
    ];
    let wishes = [wish("MAC", Some("B")), wish("IPAD", Some("A"))];
    let plan = plan(&servers, &wishes).unwrap();
    assert_eq!(shown(&plan.take), ["A: IPOD", "B: WATCH"]);
    assert_eq!(shown(&plan.give), ["A: IPOD IPAD", "B: WATCH MAC"]);
    assert_eq!(plan.give[0].before, plan.take[0].families);
}

#[test]
fn clearing_sends_the_empty_list_once_and_only_where_there_is_something() {
    let servers = [server("A", &["MAC"]), server("B", &[])];
    let cleared = plan(&servers, &[wish("MAC", None), wish("IPAD", None)]).unwrap();
    assert_eq!(shown(&cleared.take), ["A: "]);
    assert_eq!(cleared.give, []);
    assert_eq!(plan(&servers, &[wish("IPAD", None)]), Ok(Plan::default()));
}

#[test]
fn several_holders_all_lose_the_family_but_the_wished_one() {
    let servers = [
        server("A", &["MAC"]),
        server("B", &["MAC", "IPAD"]),
        server("C", &["MAC"]),
    ];
    let several = ["A", "B", "C"].map(str::to_owned).to_vec();
    assert_eq!(holder(&servers, &Family::Mac), Holder::Several(several));
    let kept = plan(&servers, &[wish("MAC", Some("B"))]).unwrap();
    assert_eq!(shown(&kept.take), ["A: ", "C: "]);
    assert_eq!(kept.give, []);
    assert_eq!(kept.changes[0].from.as_deref(), Some("A"));
    let cleared = plan(&servers, &[wish("MAC", None)]).unwrap();
    assert_eq!(shown(&cleared.take), ["A: ", "B: IPAD", "C: "]);
    assert!(plan(&servers, &[wish_from("MAC", Some("B"), Some("A"))]).is_err());
}

#[test]
fn nobody_is_said_only_when_every_server_was_read() {
    let servers = [server("A", &["MAC"]), unread("B")];
    assert_eq!(
        holder(&servers, &Family::Mac),
        Holder::Server("A".to_owned())
    );
    let unread = vec!["B".to_owned()];
    assert_eq!(holder(&servers, &Family::Ipad), Holder::Unknown { unread });
    assert_eq!(holder(&servers[..1], &Family::Ipad), Holder::Nobody);
}

#[test]
fn every_refusal_is_a_sentence_with_names() {
    let servers = [server("A", &["MAC"]), server("B", &[]), unread("C")];
    let read = &servers[..2];
    let said = |servers: &[Server], wishes: &[Wish]| plan(servers, wishes).unwrap_err().to_string();
    for (servers, wishes, message) in [
        (
            read,
            vec![wish("MAC", Some("A")), wish("MAC", Some("B"))],
            "mac is wanted on Server A (A) and on Server B (B) at once.",
        ),
        (
            read,
            vec![wish("APPLE_TV", Some("A")), wish("APPLE_TV", None)],
            "apple-tv is wanted on Server A (A) and on none at once.",
        ),
        (
            read,
            vec![wish("HOME_POD", Some("X"))],
            "No server has the id X, which HOME_POD was to be moved to or from.",
        ),
        (
            read,
            vec![wish_from("MAC", Some("B"), Some("X"))],
            "No server has the id X, which mac was to be moved to or from.",
        ),
        (
            &servers,
            vec![wish("MAC", Some("C"))],
            "mac can't be given to Server C (C), because what that server is the default for could not be read.",
        ),
        (
            &servers,
            vec![wish("IPAD", Some("B"))],
            "Which server is the default for ipad can't be known, because Server C (C) could not be read.",
        ),
        (
            read,
            vec![wish_from("MAC", Some("B"), Some("B"))],
            "The default for mac is Server A (A), not Server B (B).",
        ),
        (
            read,
            vec![wish_from("MAC", Some("B"), None)],
            "The default for mac is Server A (A), not none.",
        ),
        (
            read,
            vec![wish_from("IPAD", Some("B"), Some("A"))],
            "The default for ipad is none, not Server A (A).",
        ),
    ] {
        assert_eq!(said(servers, &wishes), message);
    }
}

#[test]
fn from_lets_through_what_is_as_required() {
    let servers = [server("A", &["MAC"]), server("B", &[])];
    let moved = plan(&servers, &[wish_from("MAC", Some("B"), Some("A"))]).unwrap();
    assert_eq!(shown(&moved.give), ["B: MAC"]);
    let first = plan(&servers, &[wish_from("IPAD", Some("B"), None)]).unwrap();
    assert_eq!(shown(&first.give), ["B: IPAD"]);
    let stays = plan(&servers, &[wish_from("MAC", Some("A"), Some("A"))]);
    assert_eq!(stays, Ok(Plan::default()));
}

#[test]
fn what_the_target_is_known_to_hold_needs_no_other_server() {
    let servers = [server("A", &["MAC"]), unread("B")];
    let wishes = [wish("MAC", Some("A"))];
    assert_eq!(plan(&servers, &wishes), Ok(Plan::default()));
}

#[test]
fn giving_back_keeps_what_others_did_and_says_what_it_can_not() {
    let before = [
        server("A", &["MAC", "IPAD"]),
        server("B", &["WATCH", "IPOD"]),
    ];
    let taken = [Family::Mac, Family::Ipad, Family::Watch, Family::AppleTv];
    // Meanwhile somebody gave the iPads to B and the Apple TVs to A; B's answer is known, A's too.
    let now = [server("A", &["APPLE_TV"]), server("B", &["IPAD", "IPOD"])];
    let back = give_back(&before, &now, &taken);
    assert_eq!(
        shown(&back.patches),
        ["A: APPLE_TV MAC", "B: IPAD IPOD WATCH"]
    );
    assert_eq!(back.stuck, []);
    // A can't be read and B is gone.
    let back = give_back(&before, &[unread("A")], &taken);
    assert_eq!(back.patches, []);
    let stuck: Vec<&str> = back.stuck.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(stuck, ["A", "A", "B"]);
}

#[test]
fn reading_back_tells_a_conflict_from_a_colleagues_work() {
    let before = [
        server("A", &["MAC", "IPOD"]),
        server("B", &["WATCH"]),
        unread("C"),
    ];
    let wishes = [wish("MAC", Some("B"))];
    let plan = plan(&before, &wishes).unwrap();
    let misplaced = |server: &str, held| Misplaced {
        family: Family::Mac,
        server: server.to_owned(),
        held,
    };

    let taken = |now: &[Server]| read_back(&before, &plan, &wishes, Phase::Taken, now);
    assert_eq!(taken(&[server("A", &["IPOD"])]), ReadBack::default());
    let seen = taken(&[server("A", &["MAC", "VISION"])]);
    assert_eq!(seen.conflicts, [misplaced("A", true)]);
    let meanwhile = Meanwhile {
        server: "A".to_owned(),
        added: vec![Family::Vision],
        removed: vec![Family::Ipod],
    };
    assert_eq!(seen.meanwhile, [meanwhile]);
    // On its target already, on a server that was unread or is new.
    let seen = taken(&[server("A", &["IPOD"]), server("B", &["WATCH", "MAC"])]);
    assert_eq!(seen, ReadBack::default());
    let seen = taken(&[
        server("A", &["IPOD"]),
        server("C", &["MAC", "IPAD"]),
        server("D", &["MAC"]),
    ]);
    assert_eq!(seen.conflicts, [misplaced("C", true), misplaced("D", true)]);
    assert_eq!(seen.meanwhile, []);
    assert_eq!(taken(&[unread("A")]).unread, ["A"]);

    let given = |now: &[Server]| read_back(&before, &plan, &wishes, Phase::Given, now);
    assert_eq!(
        given(&[server("B", &["MAC", "WATCH"])]),
        ReadBack::default()
    );
    assert_eq!(
        given(&[server("B", &["WATCH"])]).conflicts,
        [misplaced("B", false)]
    );
    assert_eq!(given(&[]).unread, ["B"]);
}
