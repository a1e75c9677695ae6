//! OAuth 2: client credentials with an ES256 assertion, which open Apple's Manager API, and the authorization-code grant
//! that opens School Manager's Roster API.

pub mod assertion;
pub mod cache;
pub mod client_secret;
mod endpoint;
pub mod grant;
mod jws;
pub mod key;
pub mod token;
