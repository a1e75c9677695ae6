//! Decisions, pure: facts in, decisions out.
