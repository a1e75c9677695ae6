//! Two organizations at work at once: each its own changes, its own failures and its own patience.

use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use abmctl::config::{Flags, Settings};
use abmctl::core::platform::Family;
use abmctl::core::printed::{Hint, Reach};
use abmctl::error::{Error, Kind};
use abmctl::host::{Environment, Signal, Terminal};
use abmctl::organization::defaults::change::Wish;
use abmctl::organization::defaults::summary::{Extent, Summary};
use abmctl::organization::interrupts::{Interrupts, Reaction};
use abmctl::organization::notices::Notices;
use abmctl::organization::{Organization, Surroundings};
use abmctl::sandbox::Options;

use crate::support::{Apple, Machine, requests};

#[derive(Default)]
struct Collected(Mutex<Vec<String>>);

impl Notices for Collected {
    fn progress(&self, _: &str) {}

    fn waiting(&self, text: &str, _: Option<&str>) {
        self.0.lock().unwrap().push(format!("waiting: {text}"));
    }

    fn warn(&self, text: &Hint) {
        let text = text.written(&Reach::default());
        self.0.lock().unwrap().push(format!("warning: {text}"));
    }

    fn hint(&self, text: &Hint) {
        let text = text.written(&Reach::default());
        self.0.lock().unwrap().push(format!("hint: {text}"));
    }

    fn said(&self, text: &Hint) {
        let text = text.written(&Reach::default());
        self.0.lock().unwrap().push(text);
    }
}

/// Two organizations on one machine, each with an Apple of its own.
struct Both {
    machine: Machine,
    acme: Apple,
    globex: Apple,
    said: Arc<Collected>,
    interrupts: Rc<Interrupts>,
}

impl Both {
    fn new() -> Self {
        Self::with_latency(Duration::ZERO)
    }

    /// Both Apples take this long for an answer.
    fn with_latency(latency: Duration) -> Self {
        let options = |seed| Options {
            seed,
            latency,
            ..Options::default()
        };
        let (machine, acme) = Machine::with_apple(options(1));
        let options = options(2);
        Self {
            globex: Apple::start(options, Arc::clone(&machine.clock)),
            acme,
            machine,
            said: Arc::default(),
            interrupts: Rc::default(),
        }
    }

    fn organizations(&self) -> [Organization; 2] {
        let sink = || Box::new(std::io::sink());
        let surroundings = Surroundings {
            outside: self.machine.host(sink(), sink()).outside(),
            notices: Arc::clone(&self.said) as Arc<dyn Notices>,
            interrupts: Rc::clone(&self.interrupts),
            clients: Arc::default(),
            note: None,
            command: "abmctl assign".to_owned(),
        };
        let globex = self
            .globex
            .write_home(&self.machine.path("globex"))
            .unwrap();
        let mut environment = self.machine.environment.clone();
        environment.extend(globex);
        [self.machine.environment.clone(), environment].map(|environment| {
            let environment = Environment::new(environment);
            let flags = Flags {
                max_wait: Some("20s".to_owned()),
                ..Flags::default()
            };
            let settings = Settings::resolve(&flags, &environment, Terminal::default()).unwrap();
            Organization::new(settings, surroundings.clone())
        })
    }

    /// Makes the server `test` the default for Apple Vision Pro in both.
    fn set(&self) -> [Result<Summary, Error>; 2] {
        self.set_while(std::future::ready(()))
    }

    /// The same, with something else that happens meanwhile.
    fn set_while(&self, other: impl Future<Output = ()>) -> [Result<Summary, Error>; 2] {
        let [acme, globex] = self.organizations();
        let wish = Wish {
            families: vec![Family::Vision],
            server: Some("test"),
            from: None,
            even_if_idle: true,
            extent: Extent::Made,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (acme, globex, ()) = runtime.block_on(async {
            tokio::join!(acme.set_defaults(&wish), globex.set_defaults(&wish), other)
        });
        [acme, globex]
    }

    fn said(&self) -> Vec<String> {
        self.said.0.lock().unwrap().clone()
    }
}

fn patches(apple: &Apple) -> usize {
    let all = requests(apple);
    all.iter().filter(|it| it.starts_with("PATCH")).count()
}

#[test]
fn both_are_changed_and_a_signal_ends_the_program_again_afterwards() {
    let both = Both::new();
    for told in both.set() {
        let told = told.unwrap();
        assert_eq!((told.changes.len(), told.is_confirmed()), (1, true));
        assert!(told.problem.is_none());
    }
    assert_eq!((patches(&both.acme), patches(&both.globex)), (2, 2));
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    assert_eq!(
        both.interrupts.receive(Signal::Interrupt, now),
        Reaction::End
    );
}

#[test]
fn what_one_waits_for_or_fails_at_is_no_business_of_the_other() {
    let both = Both::new();
    both.globex.add_fault("PATCH *=403".parse().unwrap());
    let [acme, globex] = both.set();
    assert!(acme.unwrap().is_confirmed());
    assert_eq!(globex.unwrap_err().kind, Kind::Refused);
    // The patience of one is over, and the other, which goes on succeeding, has all of its own.
    let both = Both::new();
    both.globex
        .add_fault("GET /v1/mdmServers=503".parse().unwrap());
    let [acme, globex] = both.set();
    assert!(acme.unwrap().is_confirmed(), "{:#?}", both.said());
    assert_eq!(globex.unwrap_err().kind, Kind::Unavailable);
}

#[test]
fn a_signal_stops_both_and_each_says_which_it_was() {
    let both = Both::with_latency(Duration::from_secs(1));
    let taken = async {
        while patches(&both.acme) + patches(&both.globex) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let reaction = both.interrupts.receive(Signal::Terminate, now);
        assert!(matches!(reaction, Reaction::GoOn(Some(_))), "{reaction:?}");
    };
    for told in both.set_while(taken) {
        // One that had sent something has put it back; the other had not begun.
        let error = told.map_or_else(
            |error| error,
            |told| {
                assert!(told.changes.is_empty(), "{told:?}");
                told.problem.unwrap()
            },
        );
        assert_eq!(error.kind, Kind::Terminated, "{error}");
    }
    assert!(
        [&both.acme, &both.globex]
            .map(patches)
            .iter()
            .all(|sent| sent % 2 == 0)
    );
}
