//! What is said, and what a terminal shows of it.

use super::*;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, _: std::time::Duration) -> crate::host::Boxed<()> {
        Box::pin(std::future::ready(()))
    }
}

fn shown(manner: Manner, work: impl FnOnce(&Ui)) -> String {
    let kept = Kept::default();
    let ui = Ui::new(
        manner,
        Arc::new(NoClock),
        Box::new(kept.clone()),
        Box::new(std::io::empty()),
    );
    work(&ui);
    String::from_utf8(lock(&kept.0).clone()).unwrap()
}

#[test]
fn progress_is_never_wider_than_the_terminal() {
    let manner = Manner {
        terminal: true,
        width: Some(10),
        ..Manner::default()
    };
    let text = shown(manner, |ui| ui.progress("Reading the servers"));
    assert_eq!(text, "\rReading t\r");
}

#[test]
fn a_wait_leaves_what_is_under_way_on_a_terminal() {
    let terminal = Manner {
        terminal: true,
        ..Manner::default()
    };
    let waits = |ui: &Ui| {
        ui.waiting("429; trying again in 60 s.", Some("waiting 60 s"));
        ui.progress("Log, 5 minutes left");
        ui.waiting("429; trying again in 60 s.", Some("waiting 60 s"));
        ui.waiting("503; trying again in 3 s.", None);
    };
    let text = shown(terminal, waits);
    let shown_one_after_another: Vec<&str> = text
        .split('\r')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    assert_eq!(
        shown_one_after_another,
        [
            "429; trying again in 60 s.",
            "Log, 5 minutes left",
            "waiting 60 s; Log, 5 minutes left",
            "503; trying again in 3 s.",
        ]
    );
    let piped = shown(Manner::default(), waits);
    assert!(
        piped.starts_with("waiting: 429; trying again in 60 s.\n"),
        "{piped}"
    );
    assert_eq!(piped.lines().count(), 3);
}

#[test]
fn a_hint_is_one_line_and_help_may_have_several() {
    let text = shown(Manner::default(), |ui| {
        ui.hint("Whether Jamf\nerror: no");
        ui.say("one\ntwo");
    });
    assert_eq!(text, "hint: Whether Jamf error: no\none\ntwo\n");
}

#[test]
fn what_an_error_came_from_is_told_to_whoever_asks_for_more() {
    let refused = Error::failed("Apple answered with 403 (request 7).");
    let whole = refused.clone().after("The URL can't be read.");
    let replaced = refused.saying("The URL is not known.").hint("Look.");
    for (verbose, error, expected) in [
        (
            false,
            &replaced,
            "error: The URL is not known.\nhint: Look.\n",
        ),
        (
            true,
            &replaced,
            "error: The URL is not known.\ncause: Apple answered with 403 (request 7).\nhint: Look.\n",
        ),
        // A cause that the sentence has already isn't shown twice.
        (
            true,
            &whole,
            "error: The URL can't be read. Apple answered with 403 (request 7).\n",
        ),
    ] {
        let manner = Manner {
            verbose,
            ..Manner::default()
        };
        assert_eq!(shown(manner, |ui| ui.error(error)), expected);
    }
}

#[test]
fn of_several_hints_the_most_important_is_shown() {
    let text = shown(Manner::default(), |ui| {
        ui.hint_if_alone("Less.");
        ui.hint_afterwards("First.");
        ui.say_afterwards("Put back.");
        ui.hint_afterwards("Second.");
        ui.data_is_written();
        ui.hint_if_alone("Alone.");
        ui.data_is_written();
    });
    assert_eq!(text, "hint: First.\nPut back.\nhint: Alone.\n");
}

#[test]
fn messages_wrap_between_words_on_a_terminal_and_commands_stay_whole() {
    let hint = "Look at what there is now with `abmctl adde-url list` first.";
    let terminal = Manner {
        terminal: true,
        width: Some(30),
        ..Manner::default()
    };
    let text = shown(terminal, |ui| {
        ui.hint(hint);
        ui.say("Put back with: abmctl assign --platform vision --server Intune");
        ui.say("  abmctl is set off, and stays as it is, however long");
        ui.say("Next steps:\n  1. Upload the certificate in the portal\n  2. Run `abmctl tokens import FILE`");
    });
    assert_eq!(
        text,
        "hint: Look at what there is\n  now with\n  `abmctl adde-url list`\n  first.\n\
        Put back with:\nabmctl assign --platform vision --server Intune\n  \
        abmctl is set off, and stays as it is, however long\n\
        Next steps:\n  1. Upload the certificate in\n     the portal\n  2. Run\n     \
        `abmctl tokens import FILE`\n"
    );
    let pipe = Manner {
        width: Some(30),
        ..Manner::default()
    };
    assert_eq!(shown(pipe, |ui| ui.hint(hint)), format!("hint: {hint}\n"));
}
