//! What every command is given: the terminal, the options, and the organization that they are about.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::rc::Rc;
use std::sync::Arc;

use crate::config::{File, Flags, Folders, OrganizationKind, Settings, is_sandbox, named_reach};
use crate::core::printed::Hint;
use crate::error::Error;
use crate::host::{Clock, Host};
use crate::options::Options;
use crate::organization::interrupts::Interrupts;
use crate::organization::new_state::NewState;
use crate::organization::notices::Notices;
use crate::organization::{Clients, Organization, Surroundings};
use crate::output::Output;
use crate::ui::Ui;

/// What every command is given.
pub struct Context {
    /// The name that the program was called by.
    pub program: OsString,
    /// The options that every command has.
    pub options: Options,
    /// Clock, environment, randomness, keyring. Its streams are `ui` and `output`.
    pub host: Host,
    /// Standard error and the terminal.
    pub ui: Ui,
    /// Standard output.
    pub output: Output,
    /// Signals, and who holds them off.
    pub interrupts: Rc<Interrupts>,
    /// The command that runs, such as `abmctl assign`, for whoever waits for its locks, and for the journal.
    pub command: String,
    /// What `--note` says of the change, for the journal.
    pub note: Option<String>,
    /// The state folder, if it is new and may not be kept.
    new_state: Option<NewState>,
    clients: Arc<Clients>,
    organization: OnceCell<Organization>,
    /// The profiles whose services are a sandbox's, as the configuration was when somebody first asked.
    sandboxes: OnceCell<BTreeSet<String>>,
    /// The warnings of the settings were given.
    warned: Cell<bool>,
}

impl Context {
    /// Takes what comes from outside. Looks at the state folder without a terminal, and opens nothing.
    pub fn new(program: OsString, options: Options, host: Host, ui: Ui, output: Output) -> Self {
        // Until the settings are known, a message can only go by what was named.
        ui.set_reach(named_reach(options.profile.as_ref(), &host.environment));
        Self {
            new_state: NewState::look(&host),
            program,
            command: "abmctl".to_owned(),
            note: None,
            options,
            host,
            ui,
            output,
            interrupts: Rc::default(),
            clients: Arc::default(),
            organization: OnceCell::new(),
            sandboxes: OnceCell::new(),
            warned: Cell::new(false),
        }
    }

    pub fn clock(&self) -> &dyn Clock {
        self.host.clock.as_ref()
    }

    /// The organization of the settings in force; the errors of [`Settings::resolve`].
    pub fn organization(&self) -> Result<&Organization, Error> {
        if let Some(organization) = self.organization.get() {
            return Ok(organization);
        }
        let organization = Organization::new(self.resolve(false)?, self.surroundings());
        Ok(self.organization.get_or_init(|| organization))
    }

    /// The organization of a profile that the command is about to write: it may be new.
    pub fn organization_to_store(&self) -> Result<Organization, Error> {
        Ok(Organization::new(self.resolve(true)?, self.surroundings()))
    }

    /// What every organization is given.
    pub fn surroundings(&self) -> Surroundings {
        Surroundings {
            outside: self.host.outside(),
            notices: Arc::new(self.ui.clone()),
            interrupts: Rc::clone(&self.interrupts),
            clients: Arc::clone(&self.clients),
            command: self.command.clone(),
            note: self.note.clone(),
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> Result<&Settings, Error> {
        self.organization().map(Organization::settings)
    }

    /// Whether a profile, which need not be in force, is a sandbox's. A command that removes profiles asks before.
    pub fn is_sandbox(&self, profile: &str) -> bool {
        let environment = &self.host.environment;
        let sandboxes = self.sandboxes.get_or_init(|| {
            let file = Folders::from_environment(environment).and_then(|it| File::load(&it));
            // A configuration that can't be used is somebody else's to report.
            let profiles = file.unwrap_or_default().profiles;
            let own = profiles
                .into_iter()
                .filter(|(_, profile)| is_sandbox(environment, Some(profile)));
            own.map(|(name, _)| name).collect()
        });
        sandboxes.contains(profile) || is_sandbox(environment, None)
    }

    fn resolve(&self, storing: bool) -> Result<Settings, Error> {
        let flags = Flags {
            profile: self.options.profile.clone(),
            timeout: self.options.timeout.clone(),
            max_wait: self.options.max_wait.clone(),
            storing,
        };
        let settings = Settings::resolve(&flags, &self.host.environment, self.host.terminal)?;
        self.ui.set_reach(settings.reach());
        self.ui
            .set_profile(settings.profile.as_ref().map(|it| it.value.clone()));
        if self.output.terminal || settings.is_one_of_several() {
            let kind = settings.credentials.as_ref().map(|it| it.kind);
            let sandbox = settings.services.is_sandbox();
            self.output
                .set_owner(headline(settings.shown_profile(), kind, sandbox));
        }
        if !self.warned.replace(true) {
            for warning in &settings.warnings {
                self.ui.warn(warning);
            }
        }
        Ok(settings)
    }

    /// The name that documents and tables give to where the credentials come from.
    pub fn profile(&self) -> Result<String, Error> {
        Ok(self.organization()?.profile().to_owned())
    }

    /// The first line above the table of a change: which profile, which kind of organization, whether a sandbox.
    pub fn headline(&self) -> Result<String, Error> {
        let settings = self.settings()?;
        let kind = settings.credentials.as_ref().map(|it| it.kind);
        let sandbox = settings.services.is_sandbox();
        Ok(headline(&self.profile()?, kind, sandbox))
    }

    /// Says what is lost if the state folder isn't kept, once the command has ended. Nothing is lost with a sandbox.
    pub fn say_what_may_be_lost(&self) {
        let Some(new) = &self.new_state else { return };
        // A command without settings that can be used did neither.
        let Ok(settings) = self.settings() else {
            return;
        };
        if settings.lookup.is_confined {
            return;
        }
        let kind = settings.credentials.as_ref().map(|it| it.kind);
        if let Some(words) = new.lost_change() {
            self.ui.warn(&words);
        } else if kind == Some(OrganizationKind::Business)
            && let Some(words) = new.lost_log()
        {
            self.ui.hint_afterwards(words);
        }
    }

    /// A sentence for a document, with its commands as they have to be run.
    pub fn written(&self, hint: &Hint) -> String {
        hint.written(&self.ui.reach())
    }
}

/// The first line above a change: the profile, the kind of its organization where there is one, and whether a sandbox.
pub fn headline(profile: &str, kind: Option<OrganizationKind>, sandbox: bool) -> String {
    let kind = kind.map(OrganizationKind::name);
    let notes: Vec<&str> = kind
        .into_iter()
        .chain(sandbox.then_some("sandbox"))
        .collect();
    if notes.is_empty() {
        format!("Profile {profile}")
    } else {
        format!("Profile {profile} ({})", notes.join(", "))
    }
}

impl Notices for Ui {
    fn progress(&self, text: &str) {
        Ui::progress(self, text);
    }

    fn waiting(&self, text: &str, expected: Option<&str>) {
        Ui::waiting(self, text, expected);
    }

    fn warn(&self, text: &Hint) {
        Ui::warn(self, text);
    }

    fn hint(&self, text: &Hint) {
        Ui::hint(self, text);
    }

    fn said(&self, text: &Hint) {
        self.say(text);
    }
}
