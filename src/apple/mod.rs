//! Clients of Apple's services. No command line, no printing, no configuration files.

pub mod api;
pub mod device_assignment;
pub mod error;
pub mod family;
pub mod http;
pub mod lenient;
pub mod manager;
pub mod oauth;
pub mod page;
mod pem_text;
pub mod retry;
pub mod roster;
