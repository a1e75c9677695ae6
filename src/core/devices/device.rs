//! A device as Apple shows it, in the user's words.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::core::platform::Family;

/// Apple's attributes that have another name here than theirs in `snake_case`.
const NAMES: [(&str, &str); 2] = [("deviceModel", "model"), ("addedToOrgDateTime", "added_at")];

/// A device of an organization. Every attribute may be missing, and new ones come unasked (official).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Apple's id of it.
    pub serial_number: String,
    /// All that Apple says of it, by the names that [`member_name`] gives.
    pub attributes: Map<String, Value>,
}

/// The name of an attribute of Apple's here: in `snake_case`, such as `order_number` for `orderNumber`; `model` and `added_at` for
/// `deviceModel` and `addedToOrgDateTime`.
pub fn member_name(apples: &str) -> String {
    if let Some((_, name)) = NAMES.into_iter().find(|(theirs, _)| *theirs == apples) {
        return name.to_owned();
    }
    let mut name = String::with_capacity(apples.len() + 4);
    for letter in apples.chars() {
        if letter.is_ascii_uppercase() {
            if !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        } else {
            name.push(letter);
        }
    }
    name
}

impl Device {
    /// Takes Apple's attributes. A serial number among them doesn't count beside the id.
    pub fn new(id: String, attributes: Map<String, Value>) -> Self {
        let attributes = attributes
            .into_iter()
            .map(|(name, value)| (member_name(&name), value))
            .collect();
        Self {
            serial_number: id,
            attributes,
        }
    }

    /// An attribute that is a text; `None` if it is absent, null or anything else.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.attributes.get(member)?.as_str()
    }

    /// An attribute that is a time.
    pub fn time(&self, member: &str) -> Option<Timestamp> {
        self.text(member)?.parse().ok()
    }

    /// Its platform. Apple has another word for the family of a device (`iPhone`) than for that of a default (`IPHONE`).
    pub fn platform(&self) -> Option<Family> {
        let family = self.text("product_family")?;
        Some(match family {
            "Mac" => Family::Mac,
            "iPhone" => Family::Iphone,
            "iPad" => Family::Ipad,
            "Vision" => Family::Vision,
            "AppleTV" => Family::AppleTv,
            "Watch" => Family::Watch,
            "iPod" => Family::Ipod,
            other => Family::Other(other.to_owned()),
        })
    }

    /// Whether it is assigned to a server; `None` if Apple doesn't say, or says something else.
    pub fn is_assigned(&self) -> Option<bool> {
        match self.text("status")? {
            "ASSIGNED" => Some(true),
            "UNASSIGNED" => Some(false),
            _ => None,
        }
    }

    /// Whether Apple can migrate it to another server without erasing it; `None` if Apple doesn't say.
    pub fn is_migration_capable(&self) -> Option<bool> {
        self.attributes.get("is_mdm_migration_capable")?.as_bool()
    }

    /// When it was added to the organization.
    pub fn added_at(&self) -> Option<Timestamp> {
        self.time("added_at")
    }

    /// When it was released from the organization; only a single read says so (official).
    pub fn released_at(&self) -> Option<Timestamp> {
        self.time("released_from_org_date_time")
    }

    /// Apple's word for the migration: `REQUESTED`, `STARTED`, `SUCCESS`, `FAILED`, or what Apple adds.
    pub fn migration_status(&self) -> Option<&str> {
        self.text("mdm_migration_status")
    }

    /// By when it is to be enrolled in its new server.
    pub fn migration_deadline(&self) -> Option<Timestamp> {
        self.time("mdm_migration_deadline_date_time")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn apples_names_are_written_in_snake_case() {
        for (apples, name) in [
            ("serialNumber", "serial_number"),
            ("deviceModel", "model"),
            ("addedToOrgDateTime", "added_at"),
            ("wifiMacAddress", "wifi_mac_address"),
            ("isMdmMigrationCapable", "is_mdm_migration_capable"),
            (
                "mdmMigrationDeadlineDateTime",
                "mdm_migration_deadline_date_time",
            ),
            ("imei", "imei"),
            ("", ""),
        ] {
            assert_eq!(member_name(apples), name);
        }
    }

    #[test]
    fn what_apple_leaves_out_or_adds_is_no_fault() {
        let device = |attributes: Value| {
            let Value::Object(attributes) = attributes else {
                panic!("{attributes}")
            };
            Device::new("C02".to_owned(), attributes)
        };
        let bare = device(json!({}));
        assert_eq!((bare.platform(), bare.is_assigned()), (None, None));
        let odd =
            device(json!({"productFamily": "Robot", "status": "LOST", "addedToOrgDateTime": 7}));
        assert_eq!(odd.platform(), Some(Family::Other("Robot".to_owned())));
        assert_eq!((odd.is_assigned(), odd.added_at()), (None, None));
        let whole = device(
            json!({"productFamily": "AppleTV", "status": "UNASSIGNED", "isMdmMigrationCapable": false}),
        );
        assert_eq!(whole.platform(), Some(Family::AppleTv));
        assert_eq!(whole.is_assigned(), Some(false));
        assert_eq!(whole.is_migration_capable(), Some(false));
    }
}
