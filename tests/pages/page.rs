//! A page: its blocks, their marks, and the commands in them.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use regex::Regex;

use crate::{repository, shell};

/// Why a block is not run.
pub const REASONS: &[(&str, &str)] = &[
    ("builds", "it builds abmctl or something else"),
    ("tests", "it runs tests or a program of the reader"),
    ("installs", "it installs something"),
    (
        "portal",
        "it needs an organization at Apple, its portal or a vendor",
    ),
    ("measures", "its figures are those of one machine"),
    ("system", "it needs systemd, launchd, cron or a web server"),
];

/// Blocks that are no commands; one without a word is output.
const OTHERS: &[&str] = &[
    "", "apache", "caddy", "crontab", "ini", "json", "mermaid", "nginx", "rust", "text", "toml",
    "xml", "yaml",
];

static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*<!-- (.*) -->$").unwrap());

/// A command that opens a shell in a sandbox: all before the name of the shell, and that name.
static SHELL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(abmctl sandbox exec (?:[^`]* )?-- )(bash|sh|zsh|"?\$SHELL"?)$"#).unwrap()
});

static INLINE_SHELL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"`(abmctl sandbox exec [^`]*)`").unwrap());

/// A fenced block.
pub struct Block {
    /// The word after the fence, such as `sh`.
    pub language: String,
    /// Its lines, with their numbers in the page, without the indentation of the fence.
    pub lines: Vec<(usize, String)>,
    /// The number of the fence's line.
    pub line: usize,
    /// The file of the repository that it shows.
    pub file: Option<String>,
    not_run: Option<String>,
    exits: Vec<u8>,
}

impl Block {
    pub fn is_commands(&self) -> bool {
        ["sh", "bash", "console"].contains(&self.language.as_str())
    }
}

/// How a command is run.
#[derive(Debug, PartialEq)]
pub enum Manner {
    /// To its end.
    Plain,
    /// A shell in a sandbox, which runs the rest of the page: the command without the shell's name.
    Shell(String),
    /// Until the page ends.
    Serve,
}

/// A command of a page.
#[derive(Debug)]
pub struct Step {
    pub line: usize,
    /// The line of its block.
    pub block: usize,
    pub text: String,
    pub manner: Manner,
    /// The output that the page shows; none in a block of `sh`.
    pub shown: Option<Vec<String>>,
    pub exit: u8,
}

pub struct Page {
    pub path: String,
    pub blocks: Vec<Block>,
    /// The text outside of blocks, with the numbers of its lines.
    pub prose: Vec<(usize, String)>,
}

impl Page {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(repository().join(path)).unwrap();
        Self::parse(path, &text)
    }

    pub fn parse(path: &str, text: &str) -> Self {
        let mut page = Self {
            path: path.to_owned(),
            blocks: Vec::new(),
            prose: Vec::new(),
        };
        let mut marks: Vec<(usize, String)> = Vec::new();
        let mut open: Option<(Block, usize)> = None;
        for (line, text) in (1..).zip(text.lines()) {
            let fence = text.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(language)) => {
                    let indentation = text.len() - text.trim_start().len();
                    let mut block = Block {
                        language: language.trim().to_owned(),
                        lines: Vec::new(),
                        line,
                        file: None,
                        not_run: None,
                        exits: Vec::new(),
                    };
                    for (line, mark) in marks.drain(..) {
                        block.mark(&format!("{path}:{line}"), &mark);
                    }
                    open = Some((block, indentation));
                }
                (Some((block, _)), Some("")) => {
                    block.must_be_told_apart(path);
                    page.blocks.extend(open.take().map(|(block, _)| block));
                }
                (Some((block, indentation)), _) => {
                    let own = text
                        .get(*indentation..)
                        .unwrap_or_else(|| text.trim_start());
                    block.lines.push((line, own.to_owned()));
                }
                (None, None) => {
                    if let Some(mark) = MARK.captures(text) {
                        marks.push((line, mark[1].to_owned()));
                        continue;
                    }
                    if let Some((line, mark)) = marks.pop() {
                        panic!("{path}:{line}: no block follows the mark \"{mark}\"");
                    }
                    page.prose.push((line, text.to_owned()));
                }
            }
        }
        assert!(open.is_none(), "{path}: the last block has no end");
        page
    }

    /// The commands that are run.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = self.shell_in_the_text().into_iter().collect();
        for block in &self.blocks {
            if !block.is_commands() || block.not_run.is_some() {
                continue;
            }
            let mut own = block.steps();
            for step in &mut own {
                step.block = block.line;
            }
            let at = format!("{}:{}", self.path, block.line);
            assert!(!own.is_empty(), "{at}: no command is in the block");
            if !block.exits.is_empty() {
                assert_eq!(
                    own.len(),
                    block.exits.len(),
                    "{at}: the mark \"exits\" needs a code for each command"
                );
                for (step, exit) in own.iter_mut().zip(&block.exits) {
                    step.exit = *exit;
                }
            }
            steps.extend(own);
        }
        steps
    }

    /// A shell in a sandbox that the text before the first block tells the reader to open.
    fn shell_in_the_text(&self) -> Option<Step> {
        let first = self.blocks.iter().find(|block| block.is_commands())?.line;
        let before = self.prose.iter().take_while(|(line, _)| *line < first);
        before
            .flat_map(|(line, text)| {
                let codes = INLINE_SHELL.captures_iter(text);
                codes
                    .map(|code| step(*line, &code[1], None))
                    .collect::<Vec<_>>()
            })
            .find(|step| matches!(step.manner, Manner::Shell(_)))
    }

    /// One line for the snapshot.
    pub fn counts(&self) -> String {
        let steps = self.steps();
        let compared = steps.iter().filter(|step| step.shown.is_some()).count();
        let others = steps.iter().filter(|step| step.exit != 0).count();
        let mut not_run: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in self.blocks.iter().filter_map(|it| it.not_run.as_deref()) {
            *not_run.entry(reason).or_default() += 1;
        }
        let not_run: Vec<String> = not_run
            .iter()
            .map(|(reason, number)| format!("{number} {reason}"))
            .collect();
        let not_run = if not_run.is_empty() {
            "none".to_owned()
        } else {
            not_run.join(", ")
        };
        format!(
            "{}: commands run {}, outputs compared {compared}, exit codes marked {others}; blocks not run: {not_run}",
            self.path,
            steps.len(),
        )
    }
}

impl Block {
    fn mark(&mut self, at: &str, mark: &str) {
        let (kind, value) = mark.split_once(": ").unwrap_or((mark, ""));
        if kind == "file" {
            assert!(!self.is_commands(), "{at}: the block below has commands");
            self.file = Some(value.to_owned());
            return;
        }
        assert!(self.is_commands(), "{at}: the block below has no commands");
        match kind {
            "not run" => {
                assert!(
                    REASONS.iter().any(|(word, _)| *word == value),
                    "{at}: \"{value}\" is not one of the reasons: {REASONS:?}"
                );
                self.not_run = Some(value.to_owned());
            }
            "exits" => {
                let codes = value.split(", ").map(str::parse);
                self.exits = codes.collect::<Result<_, _>>().unwrap_or_else(|error| {
                    panic!("{at}: \"{value}\" is not a list of exit codes: {error}")
                });
            }
            _ => panic!("{at}: \"{mark}\" is no mark; tests/pages/main.rs has the marks"),
        }
    }

    /// No command hides in a block of another language.
    fn must_be_told_apart(&self, path: &str) {
        if self.is_commands() {
            return;
        }
        let language = self.language.as_str();
        assert!(
            OTHERS.contains(&language),
            "{path}:{}: \"{language}\" is none of sh, console, {OTHERS:?}",
            self.line
        );
        for (line, text) in &self.lines {
            let command = text.starts_with("$ ");
            assert!(
                !command,
                "{path}:{line}: a command is in a block of \"{language}\""
            );
        }
    }

    /// Its commands, run or not.
    pub fn steps(&self) -> Vec<Step> {
        if self.language == "console" {
            self.console()
        } else {
            self.script()
        }
    }

    fn script(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut begun: Option<(usize, String)> = None;
        for (line, text) in &self.lines {
            let (first, text) = match begun.take() {
                Some((first, before)) => (first, format!("{before}\n{text}")),
                None if text.trim().is_empty() || text.trim_start().starts_with('#') => continue,
                None => (*line, text.clone()),
            };
            if shell::is_complete(&text) {
                steps.push(step(first, &text, None));
            } else {
                begun = Some((first, text));
            }
        }
        steps.extend(begun.map(|(line, text)| step(line, &text, None)));
        steps
    }

    fn console(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut complete = true;
        for (line, text) in &self.lines {
            if complete && let Some(command) = text.strip_prefix("$ ") {
                complete = shell::is_complete(command);
                steps.push(step(*line, command, Some(Vec::new())));
                continue;
            }
            let Some(last) = steps.pop() else {
                continue;
            };
            if complete {
                let mut shown = last.shown.unwrap_or_default();
                shown.push(text.clone());
                steps.push(Step {
                    shown: Some(shown),
                    ..last
                });
            } else {
                let text = format!("{}\n{}", last.text, text.strip_prefix("> ").unwrap_or(text));
                complete = shell::is_complete(&text);
                steps.push(step(last.line, &text, Some(Vec::new())));
            }
        }
        steps
    }
}

fn step(line: usize, text: &str, shown: Option<Vec<String>>) -> Step {
    let bare = shell::without_comment(text);
    let manner = if let Some(found) = SHELL.captures(&bare) {
        Manner::Shell(found[1].to_owned())
    } else if bare.starts_with("abmctl sandbox serve") {
        Manner::Serve
    } else {
        Manner::Plain
    };
    Step {
        line,
        block: 0,
        text: text.to_owned(),
        manner,
        shown,
        exit: 0,
    }
}
