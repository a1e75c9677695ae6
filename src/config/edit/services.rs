//! The addresses of a profile.

use toml_edit::{Array, Item, Value};

use super::{Edit, unusable};
use crate::core::lookup::Override;
use crate::error::Error;

impl Edit {
    /// Adds an address for a name to `services.resolve` of a profile.
    pub fn add_resolve(&mut self, profile: &str, address: &Override) -> Result<(), Error> {
        let path = self.path.clone();
        let services = self.below_profile(profile, &["services"])?;
        if services.get("resolve").is_none() {
            services.insert("resolve", Item::Value(Value::Array(Array::new())));
        }
        let resolve = services.get_mut("resolve").and_then(Item::as_array_mut);
        resolve
            .ok_or_else(|| unusable(&path))?
            .push(address.to_string());
        Ok(())
    }
}
