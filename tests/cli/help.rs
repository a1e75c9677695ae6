//! Help: that it fits, that its examples work, what each topic says, and what a mistyped command line is told.
//!
//! Over 400 lines, since each kind of mistyped command line is a row.

use std::fs;
use std::path::Path;
use std::process::Command as Process;

use clap::Command;
use clap::error::ErrorKind;
use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::Machine;

/// Runs `check` with each command and its words, the top included.
fn each(command: &Command, words: &[String], check: &mut impl FnMut(&Command, &[String])) {
    check(command, words);
    for inner in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        let words: Vec<String> = words
            .iter()
            .cloned()
            .chain([inner.get_name().to_owned()])
            .collect();
        each(inner, &words, check);
    }
}

fn each_command(mut check: impl FnMut(&Command, &[String])) {
    each(&abmctl::cli::tree(), &[], &mut check);
}

#[test]
fn help_fits_on_a_terminal_and_ends_with_the_global_options() {
    let machine = Machine::bare();
    each_command(|command, words| {
        let line = words.join(" ");
        let short = machine.run(&format!("{line} -h"));
        let long = machine.run(&format!("{line} --help"));
        assert_eq!((short.code, long.code), (0, 0), "{short}{long}");
        assert!(short.stdout.lines().count() <= 40, "{short}");
        for help in [&short, &long] {
            let fits = help.stdout.lines().all(|line| line.chars().count() <= 80);
            assert!(fits, "{help}");
        }
        let last = short.stdout.lines().last();
        let is_rare = |it: &clap::Arg| it.is_hide_short_help_set() && !it.is_global_set();
        let expected = if command.get_arguments().any(is_rare) {
            "More options: --help. Global options: abmctl help options"
        } else {
            "Global options: abmctl help options"
        };
        assert_eq!(last, Some(expected), "{short}");
        assert!(!short.stdout.contains("--max-wait <"), "{short}");
        let (before, globals) = long.stdout.split_once("\nGlobal options:\n").unwrap();
        assert!(before.contains("\nExamples"), "{long}");
        assert!(globals.contains("--max-wait <"), "{long}");
        assert!(globals.lines().all(|line| line.starts_with(' ')), "{long}");
    });
}

/// The examples of a command, each as one line.
fn examples(command: &Command) -> Vec<String> {
    let text = command.get_after_help().map(ToString::to_string);
    let text = text.unwrap_or_default();
    let mut examples: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().skip(1) {
        // Also in a manual page, which indents it by five more.
        assert!(line.chars().count() <= 75, "{line}");
        let (line, goes_on) = match line.strip_suffix(" \\") {
            Some(line) => (line, true),
            None => (line, false),
        };
        match examples.last_mut() {
            Some(last) if open => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => examples.push(line.trim().to_owned()),
        }
        open = goes_on;
    }
    assert!(!open, "{text}");
    examples
}

#[test]
fn every_command_has_examples_that_can_be_pasted() {
    let tree = abmctl::cli::tree();
    each_command(|command, words| {
        let examples = examples(command);
        assert!(examples.len() >= 2, "{words:?} has {examples:?}");
        for example in examples {
            // What a shell would take for something else, and comments, which zsh doesn't know at a prompt.
            // A shell knows its own SHELL.
            let shown = example.replace(" $SHELL", "");
            assert!(!shown.contains(['…', '<', '#', '`', '$']), "{example}");
            assert!(example.starts_with("abmctl "), "{example}");
            let checked = Process::new("sh").args(["-n", "-c", &example]).output();
            assert!(checked.unwrap().status.success(), "{example}");
            let typed = shell_words::split(&example).unwrap();
            let commands = typed.split(|word| ["&&", "||", ">"].contains(&word.as_str()));
            for command in commands.filter(|words| words[0] == "abmctl") {
                let parsed = tree.clone().try_get_matches_from(command);
                assert!(parsed.is_ok(), "{example}: {parsed:?}");
            }
            let own: Vec<&String> = typed.iter().skip(1).take(words.len()).collect();
            assert!(own.iter().copied().eq(words), "{example} is of {words:?}");
        }
    });
}

#[test]
fn help_shows_what_the_option_shows() {
    let machine = Machine::bare();
    assert_snapshot!("help", machine.run("help"));
    let help = machine.run("help adde-url set");
    assert_snapshot!("help_of_a_command", help);
    for line in [
        "adde-url set --help",
        "adde-url help set",
        "help discovery-url set",
        "help abmctl adde-url set",
        "help -o json adde-url set",
    ] {
        let ran = machine.run(line);
        assert_eq!((ran.code, &ran.stdout), (0, &help.stdout), "{ran}");
    }
    assert_eq!(machine.run("help").stdout, machine.run("--help").stdout);
    assert_eq!(
        machine.run("servers help").stdout,
        machine.run("servers --help").stdout
    );
}

#[test]
fn help_is_there_for_whoever_has_set_something_wrong() {
    let mut machine = Machine::bare();
    machine.set("ABMCTL_OUTPUT", "jason");
    assert_eq!(machine.run("help environment").code, 0);
    assert_eq!(machine.run("assign --help").code, 0);
}

#[test]
fn a_topic_says_what_the_reference_says() {
    let machine = Machine::bare();
    for topic in ["environment", "exit-codes", "output", "options"] {
        let ran = machine.run(&format!("help {topic}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
        assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80));
        assert!(!ran.stdout.contains("]("), "{ran}");
        assert_snapshot!(format!("topic_{topic}"), ran.stdout);
        let listed = machine.run("help").stdout;
        assert!(listed.contains(&format!("\n  {topic} ")), "{listed}");
    }
    assert_eq!(
        machine.run("help ENVIRONMENT").stdout,
        machine.run("help environment").stdout
    );
    // Each row of the reference, in its order.
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    for (page, heading, topic) in [
        (
            "configuration.md",
            "## Environment variables",
            "environment",
        ),
        ("exit-codes.md", "# Exit codes", "exit-codes"),
    ] {
        let text = fs::read_to_string(reference.join(page)).unwrap();
        let (_, text) = text.split_once(heading).unwrap();
        let text = text.split("\n## ").next().unwrap();
        let shown = machine.run(&format!("help {topic}")).stdout;
        let shown: Vec<&str> = shown.split_whitespace().collect();
        let shown = shown.join(" ");
        let rows = text
            .lines()
            .filter(|line| line.starts_with("| ") && line.len() > 9);
        let mut rest = shown.as_str();
        let mut count = 0;
        for row in rows.filter(|row| !row.contains("| what") && !row.contains("| meaning")) {
            let cell = row.split(" | ").next().unwrap().trim_start_matches("| ");
            let cell = cell.replace('`', "");
            let (_, after) = rest
                .split_once(&cell)
                .unwrap_or_else(|| panic!("{cell}: {rest}"));
            rest = after;
            count += 1;
        }
        assert!(count > 10, "{topic}");
    }
}

#[test]
fn an_unknown_topic_is_told_the_nearest_and_the_list() {
    let machine = Machine::bare();
    assert_snapshot!(machine.run("help exit-code"));
    assert_snapshot!("no_topic", machine.run("help frobnicate -o json"));
    for (line, near) in [
        ("help env", "abmctl help environment"),
        ("help opions", "abmctl help options"),
        ("help asign", "abmctl help assign"),
        ("help adde-url st", "abmctl help adde-url set"),
        ("help device-url", ""),
        ("help server get", "abmctl help servers get"),
    ] {
        let ran = machine.run(line);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
        let hint = format!("Did you mean `{near}`?");
        assert_eq!(ran.stderr.contains(&hint), !near.is_empty(), "{ran}");
        assert_eq!(
            ran.stderr.contains("Did you mean"),
            !near.is_empty(),
            "{ran}"
        );
        assert!(
            ran.stderr
                .contains("environment, exit-codes, output, options")
        );
    }
}

#[test]
fn a_mistyped_command_line_is_told_the_right_one() {
    let machine = Machine::bare();
    for (typed, right) in [
        // Arguments where options belong.
        (
            "assign vision prod",
            "assign --platform vision --server prod",
        ),
        (
            "assign prod vision",
            "assign --platform vision --server prod",
        ),
        (
            "assign vision mac 'Jamf Pro' --check",
            "assign --platform vision,mac --server 'Jamf Pro' --check",
        ),
        (
            "assign vision --server prod",
            "assign --platform vision --server prod",
        ),
        ("assign vision", "assign --platform vision"),
        ("adde-url get prod", "adde-url get --server prod"),
        ("adde-url clear prod -n", "adde-url clear --server prod -n"),
        (
            "adde-url set prod https://x.example/a",
            "adde-url set https://x.example/a --server prod",
        ),
        (
            "adde-url set https://x.example/a prod --check",
            "adde-url set https://x.example/a --server prod --check",
        ),
        // Options where arguments belong.
        (
            "adde-url set --url https://x.example/a",
            "adde-url set https://x.example/a",
        ),
        (
            "adde-url set --url=https://x.example/a",
            "adde-url set https://x.example/a",
        ),
        (
            "servers alias --name prod --server Intune",
            "servers alias prod Intune",
        ),
        (
            "servers alias --server Intune --name prod",
            "servers alias prod Intune",
        ),
        ("servers get --server prod", "servers get prod"),
        ("domains check --domain acme.com", "domains check acme.com"),
        (
            "sandbox exec abmctl assign",
            "sandbox exec -- abmctl assign",
        ),
        (
            "sandbox exec --school abmctl assign",
            "sandbox exec --school -- abmctl assign",
        ),
        // Singular and plural, other programs' words, the other order.
        ("domain list", "domains list"),
        ("domains ls", "domains list"),
        ("server show prod", "servers get prod"),
        ("servers show", "servers list"),
        ("domains show", "domains list"),
        ("domains show acme.com", "domains check acme.com"),
        (
            "adde-url delete --server prod",
            "adde-url clear --server prod",
        ),
        (
            "adde-url update --server prod https://x.example/a",
            "adde-url set --server prod https://x.example/a",
        ),
        ("get servers", "servers list"),
        ("get server prod", "servers get prod"),
        ("list domains", "domains list"),
        ("url list", "adde-url list"),
        ("login", "auth login"),
        ("logout --yes", "auth logout --yes"),
        ("status", "auth status"),
        ("whoami", "auth status"),
        ("log show 3f2a", "journal show 3f2a"),
        ("defaults", "assign"),
        // Typos.
        ("asign", "assign"),
        (
            "-p acme asign --platform mac",
            "-p acme assign --platform mac",
        ),
        (
            "assign --platfrom vision --server x",
            "assign --platform vision --server x",
        ),
        ("assign --platforms=vision", "assign --platform=vision"),
        ("asign --platfrom vision", "assign --platform vision"),
        ("assign --dryrun", "assign --dry-run"),
        ("assign -platform mac", "assign --platform mac"),
        ("servers list -output json", "servers list --output json"),
        ("-profile acme assign", "--profile acme assign"),
        (
            "tokens list --fail-whithin 30d",
            "tokens list --fail-within 30d",
        ),
        ("tokens lst", "tokens list"),
        ("assign -o yam", "assign -o yaml"),
        (
            "domains list --status verfied",
            "domains list --status verified",
        ),
        ("auth login --store=keyrign", "auth login --store=keyring"),
        ("servers list --json", "servers list -o json"),
        (
            "assign --serials new.csv --server prod",
            "devices assign --serials new.csv --server prod",
        ),
        (
            "assign --server prod --on intune -n",
            "devices assign --server prod --on intune -n",
        ),
        ("servers list --format json", "servers list --output json"),
        (
            "assign --clear --platform mac --force",
            "assign --clear --platform mac --yes",
        ),
    ] {
        let ran = machine.run(typed);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
        let hint = format!("hint: Did you mean `abmctl {right}`?\n");
        assert!(ran.stderr.contains(&hint), "{right}: {ran}");
        assert!(ran.stderr.contains("\nhint: Run `abmctl help"), "{ran}");
        let words = shell_words::split(&format!("abmctl {right}")).unwrap();
        assert!(abmctl::cli::tree().try_get_matches_from(words).is_ok());
    }
}

#[test]
fn nothing_far_fetched_is_suggested() {
    let machine = Machine::bare();
    for typed in [
        "report",
        "frobnicate",
        "x",
        "app",
        "users list",
        "assign prod",
        "assign extra words",
        "assign --nothing",
        "assign --device-count 3",
        "servers frobnicate",
        "servers purge prod",
        "auth bet",
        "adde-url set",
        "domains list extra",
        "tokens list prod",
        "api PUT /v1/mdmServers",
        "completions cmd",
        "assign -o toml",
    ] {
        let ran = machine.run(typed);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
        assert!(!ran.stderr.contains("Did you mean"), "{ran}");
    }
    // Nothing that may be a secret is printed again.
    for typed in [
        "adde-url set https://user:hunter2@x.example/ prod",
        "tokn import '-----BEGIN hunter2'",
    ] {
        let ran = machine.run(typed);
        assert!(!ran.stderr.contains("hunter2"), "{ran}");
    }
}

#[test]
fn what_may_be_a_secret_is_not_printed_again() {
    let machine = Machine::bare();
    let url = "https://acme.com/abmctl?code=s3cr3t";
    for (typed, told, meant) in [
        (
            r#"tokens impor '{"access_secret":"s3cr3t"}'"#,
            "abmctl tokens has no command \"impor\".",
            "`abmctl tokens import`",
        ),
        (
            r#"tokens import '{"access_secret":"s3cr3t"}'"#,
            "There is no file with the given name.",
            "",
        ),
        (
            "tokens import s3cr3tTOKEN",
            "There is no file with the given name.",
            "",
        ),
        (
            "auth login --private-key-file '-----BEGIN PRIVATE KEY-----MIIs3cr3t'",
            "Unknown option for abmctl auth login.",
            "",
        ),
        (
            &format!("auth roster '{url}'"),
            "Unexpected argument for abmctl auth roster.",
            "",
        ),
        (
            &format!("auth roster --redirected-t '{url}'"),
            "abmctl auth roster has no option --redirected-t.",
            "--redirected-to",
        ),
        (
            &format!("auth roster --redirected-t='{url}'"),
            "abmctl auth roster has no option --redirected-t.",
            "--redirected-to",
        ),
        (
            &format!("auth rostr --redirected-to '{url}'"),
            "abmctl auth has no command \"rostr\".",
            "`abmctl auth roster`",
        ),
        (
            "auth login s3cr3tTOKEN",
            "Unexpected argument for abmctl auth login.",
            "",
        ),
        (
            "auth s3cr3tTOKEN",
            "abmctl auth has no such command. Its commands are login, roster, status, logout.",
            "",
        ),
        (
            "auth login --s3cr3tTOKEN",
            "Unknown option for abmctl auth login.",
            "",
        ),
        (
            "auth login --token=s3cr3t",
            "abmctl auth login has no option --token.",
            "",
        ),
        (
            "auth login --store s3cr3t",
            "--store <WHERE> has no such value. Use one of keyring, file.",
            "",
        ),
        ("auth login --yes=s3cr3t", "--yes takes no value.", ""),
        (
            "tokens delete s3cr3t",
            "abmctl tokens has no command \"delete\".",
            "`abmctl tokens remove`",
        ),
        (
            "remove token s3cr3t",
            "abmctl has no command \"remove\".",
            "`abmctl tokens remove`",
        ),
        (
            "import s3cr3t.p7m",
            "abmctl has no command \"import\".",
            "`abmctl tokens import`",
        ),
        (
            "tokens import --file s3cr3t.p7m",
            "abmctl tokens import has no option --file.",
            "`abmctl tokens import`",
        ),
        (
            "tokens keygen s3cr3t",
            "Unexpected argument for abmctl tokens keygen.",
            "--server",
        ),
        (
            &format!("asign --server '{url}'"),
            "abmctl has no command \"asign\".",
            "`abmctl assign`",
        ),
        (
            "assign '{s3cr3t}'",
            "Unexpected argument for abmctl assign.",
            "",
        ),
        ("'{s3cr3t}'", "abmctl has no such command.", ""),
    ] {
        let ran = machine.run(typed);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
        assert!(ran.stderr.contains(told), "{told}: {ran}");
        let hint = format!("hint: Did you mean {meant}?\n");
        assert_eq!(ran.stderr.contains(&hint), !meant.is_empty(), "{ran}");
        let suggests = ran.stderr.contains("Did you mean");
        assert_eq!(suggests, !meant.is_empty(), "{ran}");
        for ran in [ran, machine.run(&format!("-o json {typed}"))] {
            let printed = format!("{}{}", ran.stdout, ran.stderr);
            assert!(!printed.contains("s3cr3t"), "{printed}");
            assert_eq!(ran.code, 2, "{ran}");
        }
    }
}

#[test]
fn a_wrong_option_of_half_a_line_is_told_the_right_one() {
    let ran = Machine::bare().run("assign --sever prod");
    assert!(ran.stderr.contains("has no option --sever.\n"), "{ran}");
    assert!(
        ran.stderr.contains("hint: Did you mean --server?\n"),
        "{ran}"
    );
    let ran = Machine::bare().run("assign -platform mac");
    assert!(ran.stderr.contains("has no option -platform.\n"), "{ran}");
}

#[test]
fn a_duration_is_not_negative() {
    let machine = Machine::bare();
    for (typed, option) in [
        ("domains list --since -5d", "--since"),
        ("assign --timeout -5d", "--timeout"),
        ("--timeout -5d assign", "--timeout"),
        ("assign --max-wait -5d", "--max-wait"),
        ("tokens list --fail-within -5d", "--fail-within"),
    ] {
        let ran = machine.run(typed);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
        let told = format!("error: The duration of {option} can't be negative.\n");
        assert!(ran.stderr.contains(&told), "{ran}");
        assert!(!ran.stderr.contains("Did you mean"), "{ran}");
    }
}

#[test]
fn a_verb_without_its_noun_is_told_the_nouns() {
    assert_snapshot!(Machine::bare().run("list"));
    assert_snapshot!("ls", Machine::bare().run("ls -o json"));
}

#[test]
fn a_value_that_is_none_is_told_the_nearest_and_all() {
    let machine = Machine::bare();
    assert_snapshot!(machine.run("assign --platform visoin"));
    assert_snapshot!("status", machine.run("domains list --status verfied"));
}

#[test]
fn help_lists_every_behavior_of_a_web_server() {
    let machine = Machine::bare();
    let refused = machine.run("sandbox web acme.de=well").stderr;
    let (_, there_are) = refused.split_once(" isn't one of ").unwrap();
    let (there_are, _) = there_are.split_once(".\n").unwrap();
    let help = machine.run("help sandbox web").stdout;
    let words: Vec<&str> = help.split([' ', '\n', ',', '.', ':']).collect();
    for behavior in there_are.split(", ") {
        assert!(words.contains(&behavior), "{behavior}: {help}");
    }
}

#[test]
fn every_command_and_topic_has_a_manual_page() {
    let folder = TempDir::new().unwrap();
    let machine = Machine::bare();
    let ran = machine.run(&format!("man {}", folder.path().display()));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
    let page = |name: &str| fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
    let mut count = 0;
    each_command(|command, words| {
        let name: Vec<&str> = std::iter::once("abmctl")
            .chain(words.iter().map(String::as_str))
            .collect();
        let name = name.join("-");
        let text = page(&name);
        let title = format!(".TH \"{}\" \"1\"", name.to_uppercase().replace('-', "\\-"));
        assert!(text.starts_with(&title), "{text}");
        let sections = [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "GLOBAL OPTIONS",
            "EXAMPLES",
            "EXIT STATUS",
            "ENVIRONMENT",
            "SEE ALSO",
        ];
        let mut rest = text.as_str();
        for section in sections {
            let heading = format!(".SH \"{section}\"\n");
            rest = rest
                .split_once(&heading)
                .unwrap_or_else(|| panic!("{section}: {text}"))
                .1;
        }
        for argument in command.get_arguments().filter(|it| !it.is_hide_set()) {
            let Some(long) = argument.get_long().filter(|_| !argument.is_global_set()) else {
                continue;
            };
            let long = format!("\\fB\\-\\-{}\\fR", long.replace('-', "\\-"));
            assert!(text.contains(&long), "{long}: {text}");
        }
        count += 1;
    });
    for topic in ["environment", "exit-codes", "output", "options"] {
        assert!(page(&format!("abmctl-{topic}")).contains(".SH \"DESCRIPTION\""));
        count += 1;
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), count);
    let page = page("abmctl-domains-list");
    assert_snapshot!("manual_page", page);
}

#[test]
fn a_version_is_still_asked_for_in_the_same_way() {
    let parsed = abmctl::cli::tree().try_get_matches_from(["abmctl", "-V"]);
    assert_eq!(parsed.unwrap_err().kind(), ErrorKind::DisplayVersion);
}
