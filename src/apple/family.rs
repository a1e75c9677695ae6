//! Product families, as Apple names them. A leaf: nothing of this crate is used here.

use serde::{Deserialize, Serialize};

/// A product family of a server's `defaultProductFamilies`, as Apple writes it (official).
///
/// This is what a platform is everywhere in abmctl; `core/platform.rs` has the users' words for it. The order is that of
/// tables, with the unknown ones last. Make one of a string with `Family::from`, so that `Other` never holds a value that has
/// a name here. The `productFamily` of a device is another vocabulary (`AppleTV`), and not this type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Family {
    Mac,
    Iphone,
    Ipad,
    Vision,
    AppleTv,
    Watch,
    Ipod,
    /// A value that Apple added since, kept as it is.
    Other(String),
}

impl Family {
    /// Every family that has a name here, in the order of tables.
    pub const KNOWN: [Self; 7] = [
        Self::Mac,
        Self::Iphone,
        Self::Ipad,
        Self::Vision,
        Self::AppleTv,
        Self::Watch,
        Self::Ipod,
    ];

    /// Apple's string.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mac => "MAC",
            Self::Iphone => "IPHONE",
            Self::Ipad => "IPAD",
            Self::Vision => "VISION",
            Self::AppleTv => "APPLE_TV",
            Self::Watch => "WATCH",
            Self::Ipod => "IPOD",
            Self::Other(value) => value,
        }
    }

    /// Whether it has a name here.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl From<&str> for Family {
    fn from(value: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|family| family.as_str() == value)
            .unwrap_or_else(|| Self::Other(value.to_owned()))
    }
}

impl From<String> for Family {
    fn from(value: String) -> Self {
        Self::from(value.as_str())
    }
}

impl From<Family> for String {
    fn from(family: Family) -> Self {
        family.as_str().to_owned()
    }
}
