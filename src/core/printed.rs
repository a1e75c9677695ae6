//! Commands that are printed, and the sentences around them. Only this file quotes a command and names its profile.

/// What a printed command needs in order to reach the organization that this command worked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The profile to name, since there are several or it was chosen by a flag or a variable.
    pub profile: Option<String>,
    /// Credentials come from environment variables, which no flag can replace.
    pub variables: bool,
}

/// A command line of abmctl, quoted for a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    about: About,
    /// Subcommands, flags and placeholders.
    words: String,
    /// More of them, and values as a shell reads them.
    more: Vec<String>,
    /// Arguments that would read as options.
    dashed: Vec<String>,
    /// A file for standard input.
    input: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    /// What is at Apple, with the credentials in force.
    Organization,
    /// What the profile in force keeps.
    Profile,
    /// This profile.
    Named(String),
    /// No profile at all.
    Nothing,
}

impl Command {
    /// A command for the organization: `words` are subcommands, flags and placeholders, written as they are.
    pub fn new(words: &str) -> Self {
        Self::about(About::Organization, words)
    }

    /// A command that changes the profile or looks into it, for which variables with credentials don't count.
    pub fn storing(words: &str) -> Self {
        Self::about(About::Profile, words)
    }

    /// A command that is about no profile.
    pub fn plain(words: &str) -> Self {
        Self::about(About::Nothing, words)
    }

    fn about(about: About, words: &str) -> Self {
        Self {
            about,
            words: words.to_owned(),
            more: Vec::new(),
            dashed: Vec::new(),
            input: None,
        }
    }

    /// With more subcommands, flags or placeholders.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        let is_option = word.starts_with('-');
        self.place(is_option).push(word.to_owned());
        self
    }

    /// With a value.
    #[must_use]
    pub fn arg(mut self, value: &str) -> Self {
        if value.starts_with('-') {
            self.dashed.push(quoted(value));
        } else {
            self.place(false).push(quoted(value));
        }
        self
    }

    /// Where the next word goes: after one with a dash, the values keep their order behind it.
    fn place(&mut self, is_option: bool) -> &mut Vec<String> {
        if is_option || self.dashed.is_empty() {
            &mut self.more
        } else {
            &mut self.dashed
        }
    }

    /// With an option that takes a value.
    #[must_use]
    pub fn option(mut self, name: &str, value: &str) -> Self {
        let between = if value.starts_with('-') { '=' } else { ' ' };
        self.more.push(format!("{name}{between}{}", quoted(value)));
        self
    }

    /// For this profile, whichever is in force.
    #[must_use]
    pub fn of_profile(mut self, name: &str) -> Self {
        self.about = About::Named(name.to_owned());
        self
    }

    /// With a file as standard input.
    #[must_use]
    pub fn input(mut self, file: &'static str) -> Self {
        self.input = Some(file);
        self
    }

    /// The command line.
    pub fn written(&self, reach: &Reach) -> String {
        let mut line = format!("abmctl {}", self.words);
        let profile = match &self.about {
            About::Organization | About::Profile => reach.profile.as_ref(),
            About::Named(name) => Some(name),
            About::Nothing => None,
        };
        if let Some(profile) = profile {
            line += &format!(" --profile {}", quoted(profile));
        }
        for word in &self.more {
            line += &format!(" {word}");
        }
        if !self.dashed.is_empty() {
            line += &format!(" -- {}", self.dashed.join(" "));
        }
        if let Some(file) = self.input {
            line += &format!(" < {file}");
        }
        line
    }

    fn needs_variables(&self, reach: &Reach) -> bool {
        reach.variables && self.about == About::Organization
    }
}

/// Several commands as one line.
pub fn line(commands: &[Command], reach: &Reach) -> String {
    let each: Vec<String> = commands.iter().map(|it| it.written(reach)).collect();
    each.join(" && ")
}

/// A value as a shell reads it, in characters that a terminal shows.
pub fn quoted(value: &str) -> String {
    let shown = |c: char| matches!(c, ' '..='~') || (!c.is_ascii() && c.is_alphanumeric());
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    if value.chars().all(shown) {
        // Quoted even where one shell alone makes something of it, such as `!` and `{`.
        return format!("'{}'", value.replace('\'', "'\\''"));
    }
    // Not $'…', which not every sh knows. A `%` as an escape would begin a conversion in some shells.
    let mut format = String::new();
    for byte in value.bytes() {
        match byte {
            b'%' => format.push_str("%%"),
            b'/' | b':' | b'.' | b'_' => format.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => format.push(char::from(byte)),
            _ => format.push_str(&format!("\\{byte:03o}")),
        }
    }
    format!("\"$(printf '{format}')\"")
}

/// A sentence with commands in it; made by `hint!`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hint(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Command(Command),
    PutBack(Vec<Command>),
}

impl Hint {
    /// These parts, one after another.
    pub fn joined(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().flat_map(|part| part.0).collect())
    }

    /// The line that says how to put a change back.
    pub fn put_back(commands: Vec<Command>) -> Self {
        Self(vec![Part::PutBack(commands)])
    }

    /// The text, with its commands as whoever is at `reach` has to run them.
    pub fn written(&self, reach: &Reach) -> String {
        let mut text = String::new();
        let mut told = false;
        for part in &self.0 {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Command(command) => {
                    text += &format!("`{}`", command.written(reach));
                    if command.needs_variables(reach) && !told {
                        text.push_str(" (with the same credential variables)");
                        told = true;
                    }
                }
                Part::PutBack(commands) => {
                    let needs = commands.iter().any(|it| it.needs_variables(reach));
                    let with = if needs {
                        "with the same credential variables"
                    } else {
                        "with"
                    };
                    text += &format!("Put back {with}: {}", line(commands, reach));
                }
            }
        }
        text
    }
}

/// So that tests compare it as somebody sees it who has one profile.
#[cfg(test)]
impl Hint {
    /// The text for somebody with one profile.
    pub fn plain(&self) -> String {
        self.written(&Reach::default())
    }
}

#[cfg(test)]
impl PartialEq<&str> for Hint {
    fn eq(&self, text: &&str) -> bool {
        self.plain() == *text
    }
}

#[cfg(test)]
impl PartialEq<String> for Hint {
    fn eq(&self, text: &String) -> bool {
        self.plain() == *text
    }
}

impl From<String> for Hint {
    fn from(words: String) -> Self {
        Self(vec![Part::Words(words)])
    }
}

impl From<&String> for Hint {
    fn from(words: &String) -> Self {
        words.clone().into()
    }
}

impl From<&str> for Hint {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<&Hint> for Hint {
    fn from(hint: &Hint) -> Self {
        hint.clone()
    }
}

impl From<Command> for Hint {
    fn from(command: Command) -> Self {
        Self(vec![Part::Command(command)])
    }
}

/// A `Hint` of words and commands, in their order.
macro_rules! hint {
    ($($part:expr),+ $(,)?) => {
        $crate::core::printed::Hint::joined([$($crate::core::printed::Hint::from($part)),+])
    };
}
pub(crate) use hint;

#[cfg(test)]
mod tests;
