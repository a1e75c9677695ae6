//! The words of other command lines for what abmctl calls otherwise.

/// A verb of abmctl, and what other programs call it.
const VERBS: [(&str, &[&str]); 22] = [
    ("get", &["show", "describe", "view", "info", "read"]),
    ("show", &["get", "describe", "view", "info", "read"]),
    ("status", &["show", "get", "info", "whoami", "list", "ls"]),
    (
        "check",
        &["verify", "test", "validate", "inspect", "get", "show"],
    ),
    ("list", &["ls", "all", "index", "get", "show"]),
    ("create", &["new", "add", "make"]),
    ("set", &["put", "update", "edit", "apply", "add", "change"]),
    (
        "clear",
        &["remove", "rm", "delete", "del", "unset", "reset"],
    ),
    ("remove", &["rm", "delete", "del", "destroy", "drop"]),
    ("delete", &["rm", "remove", "del", "destroy", "drop"]),
    ("import", &["add", "load", "upload", "store", "set"]),
    ("keygen", &["generate", "create", "new", "genkey"]),
    (
        "login",
        &["signin", "sign-in", "configure", "setup", "init"],
    ),
    ("logout", &["signout", "sign-out", "remove", "rm", "delete"]),
    ("declare", &["add", "create", "register"]),
    (
        "use",
        &["switch", "select", "activate", "set", "set-default"],
    ),
    ("rename", &["mv", "move"]),
    ("alias", &["aliases"]),
    ("history", &["log", "logs", "events"]),
    ("serve", &["start", "run", "up"]),
    ("exec", &["run"]),
    ("assign", &["set", "move"]),
];

/// What other programs call a command at the top, by its words.
const COMMANDS: [(&str, &str); 16] = [
    ("whoami", "auth status"),
    ("signin", "auth login"),
    ("configure", "auth login"),
    ("config", "auth status"),
    ("init", "auth login"),
    ("setup", "auth login"),
    ("credentials", "auth"),
    ("url", "adde-url"),
    ("adde", "adde-url"),
    ("default", "assign"),
    ("defaults", "assign"),
    ("mdm", "servers"),
    ("log", "journal"),
    ("audit", "journal"),
    ("rest", "api"),
    ("emulator", "sandbox"),
];

/// An option of abmctl, and what other programs call it.
const OPTIONS: [(&str, &[&str]); 10] = [
    ("server", &["service", "mdm", "mdm-server", "to", "target"]),
    (
        "platform",
        &["device-type", "os", "product-family", "family"],
    ),
    ("output", &["format"]),
    ("yes", &["force", "assume-yes", "auto-approve", "confirm"]),
    ("dry-run", &["noop", "what-if", "plan"]),
    ("clear", &["unset", "remove", "delete", "none"]),
    ("remove", &["delete", "unset", "clear"]),
    ("note", &["comment", "message", "reason", "ticket"]),
    ("verbose", &["debug", "trace"]),
    ("quiet", &["silent"]),
];

/// The verb that another program's word stands for, among those that there are.
pub(super) fn verb<'a>(word: &str, there_are: &[&'a str]) -> Option<&'a str> {
    among(word, &VERBS, there_are)
}

/// The option that another program's word stands for, among those that there are.
pub(super) fn option<'a>(word: &str, there_are: &[&'a str]) -> Option<&'a str> {
    among(word, &OPTIONS, there_are)
}

/// The command that another program's word stands for.
pub(super) fn command(word: &str) -> Option<&'static str> {
    let found = COMMANDS.iter().find(|(other, _)| *other == word);
    found.map(|(_, command)| *command)
}

fn among<'a>(word: &str, table: &[(&str, &[&str])], there_are: &[&'a str]) -> Option<&'a str> {
    let mut fits = table.iter().filter(|(_, others)| others.contains(&word));
    fits.find_map(|(name, _)| there_are.iter().copied().find(|it| it == name))
}
