//! Device Assignment Services: the account-driven enrollment URL.

pub mod account;
pub mod discovery;
pub mod key_pair;
pub mod oauth1;
pub mod p7m;
pub mod refusal;
pub mod server_token;
pub mod session;
mod time;

#[cfg(test)]
mod testing;
