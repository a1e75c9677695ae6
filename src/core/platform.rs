//! Platforms in the user's words, and what Apple calls them.
//!
//! Apple has three vocabularies: `defaultProductFamilies` of a server (`APPLE_TV`), `productFamily` of a device
//! (`AppleTV`), and the `model-family` that a device sends when it looks for its enrollment (`AppleTV`,
//! `RealityDevice`). This file is the one place that knows all of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// A platform, as users name it.
///
/// Serialized as the user's word; reading one also takes the aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Platform {
    /// `mac`
    Mac,
    /// `iphone`
    Iphone,
    /// `ipad`
    Ipad,
    /// `vision`
    Vision,
    /// `apple-tv`
    AppleTv,
    /// `watch`
    Watch,
    /// `ipod`
    Ipod,
}

/// What else users may call a platform, in lower case and without separators.
const ALIASES: [(&str, Platform); 20] = [
    ("macos", Platform::Mac),
    ("macosx", Platform::Mac),
    ("osx", Platform::Mac),
    ("ipados", Platform::Ipad),
    ("visionos", Platform::Vision),
    ("visionpro", Platform::Vision),
    ("applevision", Platform::Vision),
    ("applevisionpro", Platform::Vision),
    ("realitydevice", Platform::Vision),
    ("tv", Platform::AppleTv),
    ("tvos", Platform::AppleTv),
    ("appletv", Platform::AppleTv),
    ("watchos", Platform::Watch),
    ("applewatch", Platform::Watch),
    ("ipodtouch", Platform::Ipod),
    // The plurals, since people type them.
    ("macs", Platform::Mac),
    ("iphones", Platform::Iphone),
    ("ipads", Platform::Ipad),
    ("watches", Platform::Watch),
    ("appletvs", Platform::AppleTv),
];

/// How alike two words must be for one to be offered in place of the other; 1 is equal.
const NEAR: f64 = 0.75;

impl Platform {
    /// Every platform, in the order of tables.
    pub const ALL: [Self; 7] = [
        Self::Mac,
        Self::Iphone,
        Self::Ipad,
        Self::Vision,
        Self::AppleTv,
        Self::Watch,
        Self::Ipod,
    ];

    /// The user's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mac => "mac",
            Self::Iphone => "iphone",
            Self::Ipad => "ipad",
            Self::Vision => "vision",
            Self::AppleTv => "apple-tv",
            Self::Watch => "watch",
            Self::Ipod => "ipod",
        }
    }

    /// What a server's `defaultProductFamilies` calls it (official).
    pub fn family(self) -> Family {
        match self {
            Self::Mac => Family::Mac,
            Self::Iphone => Family::Iphone,
            Self::Ipad => Family::Ipad,
            Self::Vision => Family::Vision,
            Self::AppleTv => Family::AppleTv,
            Self::Watch => Family::Watch,
            Self::Ipod => Family::Ipod,
        }
    }

    /// What the `productFamily` of a device calls it (official; `iPod` is inferred, nobody has seen one).
    pub fn device_family(self) -> &'static str {
        match self {
            Self::Mac => "Mac",
            Self::Iphone => "iPhone",
            Self::Ipad => "iPad",
            Self::Vision => "Vision",
            Self::AppleTv => "AppleTV",
            Self::Watch => "Watch",
            Self::Ipod => "iPod",
        }
    }

    /// The platform of a device's `productFamily`; `None` for a value that is not known here.
    pub fn of_device_family(product_family: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.device_family() == product_family)
    }

    /// The `model-family` that such a device sends when it looks for its enrollment (official).
    ///
    /// `None` for an iPod, for which Apple names no value.
    pub fn model_family(self) -> Option<&'static str> {
        match self {
            Self::Mac => Some("Mac"),
            Self::Iphone => Some("iPhone"),
            Self::Ipad => Some("iPad"),
            Self::Vision => Some("RealityDevice"),
            Self::AppleTv => Some("AppleTV"),
            Self::Watch => Some("Watch"),
            Self::Ipod => None,
        }
    }

    /// The platform that the most similar word or alias stands for, if one is similar at all.
    fn nearest(plain: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .map(|platform| (platform.word(), platform))
            .chain(ALIASES)
            .map(|(word, platform)| (strsim::jaro_winkler(word, plain), platform))
            .filter(|(likeness, _)| *likeness >= NEAR)
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, platform)| platform)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.word().to_owned()
    }
}

impl TryFrom<String> for Platform {
    type Error = UnknownPlatform;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        word.parse()
    }
}

impl FromStr for Platform {
    type Err = UnknownPlatform;

    /// Takes the word or an alias, in any case, with `-`, `_`, a space or nothing between its parts.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let plain: String = word
            .chars()
            .filter(|c| !matches!(c, '-' | '_') && !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        // One word for two platforms would set a default that was not asked for.
        if plain == "ios" {
            return Err(UnknownPlatform::Ambiguous {
                word: word.to_owned(),
            });
        }
        Self::ALL
            .into_iter()
            .map(|platform| (platform.word(), platform))
            .chain(ALIASES)
            .find(|(known, _)| *known == plain)
            .map(|(_, platform)| platform)
            .ok_or_else(|| UnknownPlatform::Unknown {
                word: word.to_owned(),
                nearest: Self::nearest(&plain),
            })
    }
}

/// A word that names no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownPlatform {
    /// Nothing is called that.
    #[error("\"{word}\" is not a platform{}; the platforms are {}.", did_you_mean(*.nearest), all())]
    Unknown {
        /// What was typed.
        word: String,
        /// The platform with the most similar name, if one is similar.
        nearest: Option<Platform>,
    },
    /// The word stands for more than one platform.
    #[error("\"{word}\" can mean iphone, ipad or ipod; name the platforms, as in \"iphone,ipad\".")]
    Ambiguous {
        /// What was typed.
        word: String,
    },
}

fn did_you_mean(nearest: Option<Platform>) -> String {
    nearest.map_or_else(String::new, |platform| {
        format!(" (did you mean \"{platform}\"?)")
    })
}

fn all() -> String {
    Platform::ALL.map(Platform::word).join(", ")
}

/// A product family of a server's `defaultProductFamilies`, as Apple writes it (official).
///
/// The order is that of [`Platform`], with the unknown ones last. Make one of a string with `Family::from`, so that
/// `Other` never holds a value that has a name here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum Family {
    /// `MAC`
    Mac,
    /// `IPHONE`
    Iphone,
    /// `IPAD`
    Ipad,
    /// `VISION`
    Vision,
    /// `APPLE_TV`
    AppleTv,
    /// `WATCH`
    Watch,
    /// `IPOD`
    Ipod,
    /// A value that Apple added since, kept as it is.
    Other(String),
}

impl Family {
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

    /// The platform; `None` for a family that is not known here.
    pub fn platform(&self) -> Option<Platform> {
        Platform::ALL
            .into_iter()
            .find(|platform| platform.family() == *self)
    }

    /// The user's word, or Apple's own string where there is none.
    pub fn word(&self) -> &str {
        match self.platform() {
            Some(platform) => platform.word(),
            None => self.as_str(),
        }
    }
}

/// Families in the user's words, with commas.
pub fn words<'a>(families: impl IntoIterator<Item = &'a Family>) -> String {
    let words: Vec<&str> = families.into_iter().map(Family::word).collect();
    words.join(", ")
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Platform> for Family {
    fn from(platform: Platform) -> Self {
        platform.family()
    }
}

impl From<&str> for Family {
    fn from(value: &str) -> Self {
        Platform::ALL
            .into_iter()
            .map(Platform::family)
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
