//! The commands and the faults that are tried on them.

use super::super::*;
use super::{Table, table};

pub const TEST: &str = "Jamf Pro Test";
const TABLE: &str = "assign -o json";
const MOVE: &str = "assign --platform vision --server prod -o json";

/// Statuses in the form of Apple's errors.
const STATUSES: [&str; 12] = [
    "400", "401", "403", "404", "409", "410", "422", "429", "500", "502", "503", "504",
];
/// Web pages in place of an answer.
const PAGES: [&str; 13] = [
    "html", "html400", "html401", "html403", "html404", "html409", "html410", "html422", "html429",
    "html500", "html502", "html503", "html504",
];
/// No answer, or none that can be read.
const BROKEN: [&str; 5] = [
    "drop",
    "lost",
    "empty",
    "text:oops",
    "redirect:http://127.0.0.1:9/",
];
/// Faults that don't say whether the request was acted on, so that it may have been or may be later.
const UNCERTAIN: [&str; 12] = [
    "500",
    "502",
    "503",
    "504",
    "html",
    "html404",
    "html502",
    "drop",
    "lost",
    "empty",
    "text:oops",
    "redirect:http://127.0.0.1:9/",
];

/// One of each kind, of requests that change something.
const SOME: [&str; 4] = ["403", "html", "after-drop", "late-6s-504"];

/// A command, and what there is when it begins.
#[derive(Clone, Copy)]
pub struct Shape {
    pub name: &'static str,
    pub prepare: fn(&Machine, &Apple),
    /// What goes wrong at any rate: a server, a fault.
    pub faults: &'static [(&'static str, &'static str)],
    pub line: &'static str,
    pub named: &'static [ProductFamily],
    /// Where the named ones are to be, by this command or by an earlier one.
    pub to: Option<&'static str>,
    /// Whether this command names them. Otherwise it only looks and restores.
    pub wishes: bool,
}

pub const MOVE_ONE: Shape = Shape {
    name: "a move",
    prepare: |_, _| {},
    faults: &[],
    line: MOVE,
    named: &[ProductFamily::Vision],
    to: Some(PROD),
    wishes: true,
};
pub const MOVE_TWO: Shape = Shape {
    name: "a move of two from two servers",
    line: "assign --platform mac,vision --server test --even-if-idle -o json",
    named: &[ProductFamily::Mac, ProductFamily::Vision],
    to: Some(TEST),
    ..MOVE_ONE
};
pub const GIVE: Shape = Shape {
    name: "a give",
    line: "assign --platform watch --server prod -o json",
    named: &[ProductFamily::Watch],
    ..MOVE_ONE
};
pub const CLEAR: Shape = Shape {
    name: "a clear of one of several",
    line: "assign --platform iphone --clear --yes -o json",
    named: &[ProductFamily::Iphone],
    to: None,
    ..MOVE_ONE
};
pub const CLEAR_LAST: Shape = Shape {
    name: "a clear of the only one",
    line: "assign --platform mac --clear --yes -o json",
    named: &[ProductFamily::Mac],
    ..CLEAR
};
pub const REFUSED: Shape = Shape {
    name: "a move whose giving is refused",
    faults: &[(PROD, "403")],
    ..MOVE_ONE
};
pub const REPEATED: Shape = Shape {
    name: "a move whose taking is acted on without an answer, and whose giving is repeated",
    faults: &[("Intune", "after-504x1"), (PROD, "late-6s-503x1")],
    ..MOVE_ONE
};
pub const RESTORE: Shape = Shape {
    name: "a restoring after the taking",
    prepare: |machine, apple| killed(machine, apple, 3),
    line: TABLE,
    wishes: false,
    ..MOVE_ONE
};
pub const RESTORE_UNANSWERED: Shape = Shape {
    name: "a restoring after an unanswered taking",
    prepare: |machine, apple| killed(machine, apple, 2),
    ..RESTORE
};
pub const RESTORE_GIVEN: Shape = Shape {
    name: "a restoring after an unanswered giving",
    prepare: |machine, apple| killed(machine, apple, 4),
    ..RESTORE
};
pub const MOVE_AGAIN: Shape = Shape {
    name: "the same move after the taking",
    line: MOVE,
    wishes: true,
    ..RESTORE
};

/// The other shapes.
pub const OTHERS: [Shape; 10] = [
    RESTORE_UNANSWERED,
    RESTORE_GIVEN,
    RESTORE,
    MOVE_AGAIN,
    REFUSED,
    CLEAR,
    CLEAR_LAST,
    GIVE,
    REPEATED,
    MOVE_TWO,
];

/// What a move leaves behind that was killed after the taking was acted on, with as many lines in the journal.
pub fn killed(machine: &Machine, apple: &Apple, lines: usize) {
    fault(
        apple,
        &format!("PATCH /v1/mdmServers/{}=403", id(apple, PROD)),
    );
    machine.run(MOVE);
    apple.clear_faults();
    let now = abmctl::host::Clock::now(machine.clock.as_ref());
    apple.organization(|acme| acme.move_family(ProductFamily::Vision, None, now));
    let path = machine.path("state/journal.ndjson");
    let journal = std::fs::read_to_string(&path).unwrap();
    let kept: String = journal.split_inclusive('\n').take(lines).collect();
    std::fs::write(&path, kept).unwrap();
}

/// One request of a command: the `nth` with its method and path.
#[derive(Clone)]
pub struct Step {
    method: String,
    path: String,
    nth: usize,
}

/// What follows a command at once, before anything is acted on late.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Nothing,
    Table,
    Again,
}

/// A shape with one more thing that goes wrong.
pub struct Case {
    pub shape: Shape,
    pub fault: String,
    pub then: Then,
}

impl Shape {
    /// The machine, Apple, and the defaults before anything was prepared.
    pub fn begin(&self, fault: Option<&str>) -> (Machine, Apple, Table) {
        let (machine, apple) = Machine::with_business();
        let beginning = table(&apple);
        (self.prepare)(&machine, &apple);
        apple.forget_requests();
        if let Some(what) = fault {
            self::fault(&apple, what);
        }
        for (server, what) in self.faults {
            let id = id(&apple, server);
            self::fault(&apple, &format!("PATCH /v1/mdmServers/{id}={what}"));
        }
        (machine, apple, beginning)
    }

    /// The command that only looks and restores.
    pub fn table(self) -> Self {
        Self {
            line: TABLE,
            wishes: false,
            ..self
        }
    }

    /// The requests that the command makes by itself.
    fn steps(&self) -> Vec<Step> {
        let (machine, apple, _) = self.begin(None);
        machine.run(self.line);
        let mut steps: Vec<Step> = Vec::new();
        for request in apple.requests() {
            let path = request.path.split('?').next().unwrap().to_owned();
            let same = |step: &&Step| (&step.method, &step.path) == (&request.method, &path);
            let nth = steps.iter().filter(same).count() + 1;
            let method = request.method;
            steps.push(Step { method, path, nth });
        }
        steps
    }

    /// Every fault at every step, `times` each.
    pub fn cases(&self, faults: Faults, times: &[&str], then: &[Then]) -> Vec<Case> {
        let mut cases = Vec::new();
        for Step { method, path, nth } in self.steps() {
            for what in faults.of(&method, &path) {
                for times in times {
                    for then in then {
                        // Without a request that may be acted on late it is as without a second command.
                        let differs = match then {
                            Then::Nothing => true,
                            Then::Table => method == "PATCH",
                            Then::Again => method == "PATCH" && self.wishes,
                        };
                        if differs {
                            cases.push(Case {
                                shape: *self,
                                fault: format!("{method} {path}={what}{times}@{nth}"),
                                then: *then,
                            });
                        }
                    }
                }
            }
        }
        cases
    }
}

/// Which faults.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    All,
    /// Each status, and one of the pages.
    Each,
    /// A few, of requests that change something.
    Some,
}

impl Faults {
    fn of(self, method: &str, path: &str) -> Vec<String> {
        let changes = method == "PATCH";
        let (pages, times) = match self {
            Self::All => (&PAGES[..], &["after", "late-6s", "late-14m"][..]),
            Self::Each => (&PAGES[..1], &["after", "late-6s"][..]),
            Self::Some if changes => return SOME.map(str::to_owned).to_vec(),
            Self::Some => return Vec::new(),
        };
        let mut faults: Vec<String> = [&STATUSES[..], pages, &BROKEN, &["half"]]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect();
        if changes {
            for when in times {
                faults.extend(UNCERTAIN.map(|what| format!("{when}-{what}")));
            }
        }
        if self == Self::All && path.starts_with("/v1/mdmServers/") {
            faults.push("slow:45s".to_owned());
            faults.extend((!changes).then(|| "stale:30s".to_owned()));
        }
        faults
    }
}
