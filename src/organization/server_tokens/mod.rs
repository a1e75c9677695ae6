//! Server tokens: which are meant, what Apple says with them, and what is known of their servers.

pub mod choice;
pub mod reading;
pub mod state;
