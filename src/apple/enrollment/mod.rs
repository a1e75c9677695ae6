//! Device Assignment Services: the account-driven enrollment URL.
