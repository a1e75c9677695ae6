//! What abmctl keeps between runs beside access tokens: a journal of changes, what Apple said of server tokens, the ids
//! of servers, and authorizations that are under way.

pub mod applecare;
pub mod device_counts;
pub mod domains;
pub mod facts;
pub mod journal;
pub mod pending;
pub mod server_ids;
