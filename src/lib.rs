//! abmctl: the command line for Apple Business and Apple School Manager.
//!
//! The rooms: [`commands`] return values, [`core`] decides, [`apple`] talks to Apple, [`config`] and [`secret`] say with
//! what, [`output`] renders. `docs/design/` says why.

pub mod config;
pub mod core;
pub mod error;
pub mod host;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod secret;
