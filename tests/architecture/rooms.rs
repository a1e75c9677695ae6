//! The rooms of the source, and what each may name.

/// What everything may name.
pub const LEAVES: [&str; 4] = ["error", "host", "text", "private_files"];

/// A room, and the rooms and modules of this crate that it may name beside itself and the leaves. The row that says most of a
/// file counts.
pub const ROOMS: [(&str, &[&str]); 29] = [
    ("main.rs", ALL),
    ("lib.rs", ALL),
    ("system.rs", &["secret"]),
    ("cli.rs", &["commands", "core", "help", "options", "output"]),
    ("help.rs", &[]),
    (
        "completion.rs",
        &["cli", "commands", "config", "options", "output"],
    ),
    ("options.rs", &["device_view", "output", "ui"]),
    (
        "context.rs",
        &[
            "config",
            "core",
            "options",
            "organization",
            "output",
            "secret",
            "ui",
        ],
    ),
    ("commands", COMMANDS),
    // Apple's own JSON is its matter.
    ("commands/api", ALL),
    ("commands/sandbox", ALL),
    (
        "organization",
        &[
            "apple",
            "config",
            "core",
            "device_view",
            "network",
            "secret",
            "state",
        ],
    ),
    // `apple/family.rs` is a leaf: Apple's open enum of families.
    ("core", &["apple::family"]),
    ("apple", &["network"]),
    ("apple/family.rs", &[]),
    ("device_view", &["core", "network"]),
    ("network.rs", &[]),
    ("network", &[]),
    ("config", &["core", "secret"]),
    ("secret", &["core"]),
    ("state", &["config", "core"]),
    ("output", &[]),
    ("ui.rs", &["core"]),
    ("ui", &["core"]),
    ("error.rs", &["core"]),
    ("host.rs", &[]),
    ("text.rs", &[]),
    ("private_files.rs", &[]),
    // What the emulator believes about Apple it states itself.
    ("sandbox", &[]),
];

/// Whoever may name all of it.
const ALL: &[&str] = &["*"];

/// What a command may name.
const COMMANDS: &[&str] = &[
    "config",
    "context",
    "core",
    "device_view",
    "help",
    "options",
    "organization",
    "output",
    "secret",
    "state",
    "ui",
];

/// The nouns and verbs of the command line, which never name each other.
pub const NOUNS: [&str; 11] = [
    "adde_url", "api", "assign", "auth", "devices", "domains", "journal", "profiles", "sandbox",
    "servers", "tokens",
];

/// Who may know a crate, by the beginnings of paths.
pub const CRATES: [(&str, &[&str]); 1] = [(
    "clap",
    &[
        "cli",
        "commands",
        "completion.rs",
        "help",
        "lib.rs",
        "options.rs",
    ],
)];
