//! A device as Apple shows it, in the user's words.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Value;

use crate::core::platform::Family;

/// The attributes that this version knows, by Apple's name and the one that [`member_name`] gives.
const NAMES: [(&str, &str); 24] = [
    ("serialNumber", "serial_number"),
    ("addedToOrgDateTime", "added_at"),
    ("releasedFromOrgDateTime", "released_from_org_date_time"),
    ("updatedDateTime", "updated_date_time"),
    ("deviceModel", "model"),
    ("productFamily", "product_family"),
    ("productType", "product_type"),
    ("deviceCapacity", "device_capacity"),
    ("partNumber", "part_number"),
    ("orderNumber", "order_number"),
    ("color", "color"),
    ("status", "status"),
    ("orderDateTime", "order_date_time"),
    ("imei", "imei"),
    ("meid", "meid"),
    ("eid", "eid"),
    ("wifiMacAddress", "wifi_mac_address"),
    ("bluetoothMacAddress", "bluetooth_mac_address"),
    ("ethernetMacAddress", "ethernet_mac_address"),
    ("purchaseSourceId", "purchase_source_id"),
    ("purchaseSourceType", "purchase_source_type"),
    ("isMdmMigrationCapable", "is_mdm_migration_capable"),
    ("mdmMigrationStatus", "mdm_migration_status"),
    (
        "mdmMigrationDeadlineDateTime",
        "mdm_migration_deadline_date_time",
    ),
];

/// What Apple says of a device, by the names that [`member_name`] gives, in Apple's order.
///
/// A list rather than a map: an organization may have a hundred thousand devices of 25 members each, and a list of these is read and
/// written in half the time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(Cow<'static, str>, Value)>);

impl Attributes {
    /// What a member is.
    pub fn get(&self, member: &str) -> Option<&Value> {
        let (_, value) = self.0.iter().find(|(name, _)| name == member)?;
        Some(value)
    }

    /// Sets a member.
    pub fn insert(&mut self, member: impl Into<Cow<'static, str>>, value: Value) {
        let member = member.into();
        match self.0.iter_mut().find(|(name, _)| *name == member) {
            Some((_, known)) => *known = value,
            None => self.0.push((member, value)),
        }
    }

    /// Drops all members but these.
    pub fn keep_only(&mut self, members: &[&str]) {
        self.0.retain(|(name, _)| members.contains(&&name[..]));
        self.0.shrink_to_fit();
    }

    /// Takes all members.
    pub fn into_members(self) -> Vec<(Cow<'static, str>, Value)> {
        self.0
    }
}

/// A device of an organization. Every attribute may be missing, and new ones come unasked (official).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Apple's id of it.
    pub serial_number: String,
    /// All that Apple says of it, by the names that [`member_name`] gives.
    pub attributes: Attributes,
}

/// The name of an attribute of Apple's here: in `snake_case`, such as `order_number` for `orderNumber`; `model` and `added_at` for
/// `deviceModel` and `addedToOrgDateTime`.
pub fn member_name(apples: &str) -> Cow<'static, str> {
    match NAMES.iter().find(|(theirs, _)| *theirs == apples) {
        Some((_, name)) => Cow::Borrowed(name),
        None => in_snake_case(apples).into(),
    }
}

fn in_snake_case(apples: &str) -> String {
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
    pub fn new(id: String, attributes: impl IntoIterator<Item = (String, Value)>) -> Self {
        let attributes = attributes.into_iter();
        let mut ours = Attributes(Vec::with_capacity(attributes.size_hint().0));
        for (name, value) in attributes {
            ours.insert(member_name(&name), value);
        }
        Self {
            serial_number: id,
            attributes: ours,
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
            ("somethingNew", "something_new"),
            ("", ""),
        ] {
            assert_eq!(member_name(apples), name);
        }
        let others = NAMES
            .iter()
            .filter(|(theirs, name)| in_snake_case(theirs) != *name);
        let others: Vec<&str> = others.map(|(_, name)| *name).collect();
        assert_eq!(others, ["added_at", "model"]);
    }

    #[test]
    fn of_a_member_that_comes_twice_the_last_counts() {
        let twice = [("color", "RED"), ("status", "ASSIGNED"), ("color", "BLUE")];
        let twice = twice.map(|(name, value)| (name.to_owned(), json!(value)));
        let device = Device::new("C02".to_owned(), twice);
        let members = device.attributes.into_members();
        let members: Vec<(&str, &str)> = members
            .iter()
            .map(|(name, it)| (&name[..], it.as_str().unwrap()))
            .collect();
        assert_eq!(members, [("color", "BLUE"), ("status", "ASSIGNED")]);
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
