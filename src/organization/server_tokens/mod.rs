//! Server tokens: which are meant, what Apple says with them, and what is known of their servers.

pub mod choice;
pub mod key_pairs;
pub mod state;
pub mod urls;
