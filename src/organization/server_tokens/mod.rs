//! Server tokens and the key pairs that Apple encrypts them for: which are meant, what Apple says with them, what is known of their
//! servers, and how they are opened, stored and removed.

pub mod choice;
mod faulty;
pub mod import;
pub mod in_use;
pub mod key_pairs;
pub mod keygen;
pub mod locked_profile;
pub mod open;
pub mod reading;
pub mod removal;
pub mod state;
