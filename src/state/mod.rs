//! What abmctl keeps between runs beside access tokens: a journal of changes, and what Apple said of server tokens.

pub mod facts;
pub mod journal;
