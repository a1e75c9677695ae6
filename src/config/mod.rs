//! The configuration: its file, its profiles, and for each setting the value in force and where it came from.
//!
//! Flags win over environment variables, these over the profile, that over defaults. Credentials are one set from one
//! source and never mixed.

mod aliases;
mod credentials;
mod declared_urls;
mod edit;
mod file;
mod folders;
pub mod key_pairs;
mod lookup;
pub mod names;
mod network;
mod read_only;
mod services;
mod settings;
mod source;
mod trust;
mod values;

pub use credentials::{CredentialRefs, OrganizationKind, RosterRefs, TokenRef};
pub use declared_urls::{DeclaredAddeUrl, of as declared_adde_urls};
pub use edit::{Edit, TokenFacts, edit, rehearse};
pub use file::{Domains, File, Profile, Roster, Token};
pub use folders::Folders;
pub use key_pairs::{KeyPair, KeyPairRef};
pub use lookup::NameLookup;
pub use network::{Network, Proxy};
pub use services::{ProfileServices, Services, is_sandbox};
pub use settings::{Flags, Settings, named_reach};
pub use source::{Source, Sourced};
pub use values::{parse_ahead, parse_duration};
