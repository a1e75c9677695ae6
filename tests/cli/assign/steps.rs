//! Every fault at every request of `assign`: what it says is so and stays so, no default is lost that nobody named, and the
//! next healthy run leaves nothing open.
//!
//! One fault is left out: a 4xx in Apple's own form to a PATCH that is acted on all the same. That is the one answer that the
//! transaction rests on.

mod claims;
mod shapes;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use self::claims::Came;
use self::shapes::{Case, Faults, MOVE_ONE, OTHERS, Shape, Then};
use super::*;

/// Longer than any request without an answer may still be acted on.
const BOUND: Duration = Duration::from_secs(20 * 60);
/// How often Apple's side is looked at until then.
const LOOK: Duration = Duration::from_secs(5);
/// Cases at once: they wait more than they work.
const AT_ONCE: usize = 6;

/// The default of each family.
type Table = BTreeMap<ProductFamily, Option<String>>;

fn table(apple: &Apple) -> Table {
    let row = |family| (family, holder(apple, family));
    ProductFamily::ALL.map(row).into()
}

/// Something that isn't as it should be.
type Wrong = Result<(), String>;

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Wrong {
    if holds { Ok(()) } else { Err(why()) }
}

/// Apple's side now, and at each later moment until nothing can be acted on any more.
fn later(machine: &Machine, apple: &Apple) -> Vec<Table> {
    let mut moments = vec![table(apple)];
    for _ in 0..BOUND.as_secs() / LOOK.as_secs() {
        machine.clock.advance(LOOK);
        let now = table(apple);
        if moments.last() != Some(&now) {
            moments.push(now);
        }
    }
    moments
}

fn run(case: &Case) -> Wrong {
    let (machine, apple, beginning) = case.shape.begin(Some(&case.fault));
    let judged = |shape: &Shape, before: Table, moments: Vec<Table>, ran: &Ran| {
        let came = Came {
            shape,
            beginning: &beginning,
            before,
            moments,
            ran,
        };
        came.judge().map_err(|why| format!("{why}\n{ran}"))
    };
    let told = |why: String| format!("{}: {}: {why}", case.shape.name, case.fault);
    let before = table(&apple);
    // These don't end by the clock of the tests.
    let limits = if case.fault.contains("lost") {
        " --timeout 300ms --max-wait 1m"
    } else {
        ""
    };
    let ran = machine.run(&format!("{}{limits}", case.shape.line));
    apple.clear_faults();
    let second = match case.then {
        Then::Nothing => None,
        Then::Table => Some(case.shape.table()),
        Then::Again => Some(case.shape),
    };
    if let Some(shape) = second {
        let meanwhile = table(&apple);
        judged(&case.shape, before, vec![meanwhile.clone()], &ran).map_err(told)?;
        let ran = machine.run(shape.line);
        judged(&shape, meanwhile, later(&machine, &apple), &ran).map_err(told)?;
    } else {
        judged(&case.shape, before, later(&machine, &apple), &ran).map_err(told)?;
    }
    // I5, I6 and I7: what healthy commands come to after everything that could be acted on.
    let mut healthy = vec![case.shape];
    if machine.path("state/journal.ndjson").exists() {
        healthy = vec![case.shape.table(), case.shape.table(), case.shape];
    }
    for (number, shape) in healthy.iter().enumerate() {
        let before = table(&apple);
        let last = machine.run(shape.line);
        let told = |why: &str| told(format!("{why}, at last\n{ran}\n{last}"));
        ensure(last.code == 0, || told("not 0"))?;
        let is_quiet = number == 0 || !last.stderr.contains("warning");
        ensure(is_quiet, || told("something is open"))?;
        for family in case.shape.named {
            let at = holder(&apple, *family);
            let is_back = !shape.wishes && at == beginning[family];
            ensure(is_back || at.as_deref() == shape.to, || told("lost"))?;
        }
        judged(shape, before, vec![table(&apple)], &last).map_err(|why| told(&why))?;
    }
    Ok(())
}

/// Runs the cases of each shape, and says how many ended right.
#[allow(clippy::print_stdout, reason = "a number for the documents")]
fn all_end_right(shapes: &[Shape], faults: Faults, times: &[&str], then: &[Then]) {
    let (mut count, mut wrong) = (0, Vec::new());
    for shape in shapes {
        let cases = shape.cases(faults, times, then);
        let found = ended_wrong(&cases);
        let right = cases.len() - found.len();
        println!(
            "{}: {} faults x steps, {right} ended right",
            shape.name,
            cases.len()
        );
        count += cases.len();
        wrong.extend(found);
    }
    let right = count - wrong.len();
    println!("{count} faults x steps, {right} ended right");
    if let Some(first) = wrong.first() {
        let all: Vec<&str> = wrong.iter().filter_map(|it| it.lines().next()).collect();
        panic!("{}\n\n{first}", all.join("\n"));
    }
}

fn ended_wrong(cases: &[Case]) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = run(case) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

#[test]
fn every_fault_at_every_step_of_a_move_ends_right() {
    all_end_right(&[MOVE_ONE], Faults::Each, &["x1"], &[Then::Nothing]);
}

#[test]
fn some_faults_at_each_request_that_changes_something_end_right() {
    all_end_right(&OTHERS, Faults::Some, &["x1"], &[Then::Nothing]);
}

/// Every command with every fault, once and for good, in about half an hour:
/// `cargo test --test cli all_faults -- --ignored --nocapture`.
#[test]
#[ignore = "it takes half an hour"]
fn all_faults_at_all_steps_end_right() {
    let then = [Then::Nothing, Then::Table, Then::Again];
    let shapes = [&OTHERS[..], &[MOVE_ONE]].concat();
    all_end_right(&shapes, Faults::All, &["x1", ""], &then);
}
