//! OAuth 2 client credentials with an ES256 assertion: how abmctl opens Apple's Manager API.

pub mod assertion;
pub mod cache;
pub mod key;
pub mod token;
