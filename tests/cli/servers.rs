//! `servers`.
