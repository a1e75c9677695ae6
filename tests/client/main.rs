//! The clients of Apple's services against servers of the tests' own: everything that can go wrong on the way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail as tests do"
)]

mod ahead;
mod cache;
mod device_view;
mod http;
mod keys;
mod limits;
mod manager;
mod pages;
mod redaction;
mod repeating;
mod roster;
mod servers;
mod support;
mod tls;
mod token;
#[path = "../web/mod.rs"]
mod web;
