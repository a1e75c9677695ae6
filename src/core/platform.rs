//! Platforms: the users' words for Apple's families.
//!
//! Apple has two more vocabularies: the `productFamily` of a device (`AppleTV`), and the `model-family` that a device sends
//! when it looks for its enrollment (`AppleTV`, `RealityDevice`).

pub use crate::apple::family::Family;

#[cfg(test)]
mod tests;

/// What else users may call a platform, in lower case and without separators.
const ALIASES: [(&str, Family); 20] = [
    ("macos", Family::Mac),
    ("macosx", Family::Mac),
    ("osx", Family::Mac),
    ("ipados", Family::Ipad),
    ("visionos", Family::Vision),
    ("visionpro", Family::Vision),
    ("applevision", Family::Vision),
    ("applevisionpro", Family::Vision),
    ("realitydevice", Family::Vision),
    ("tv", Family::AppleTv),
    ("tvos", Family::AppleTv),
    ("appletv", Family::AppleTv),
    ("watchos", Family::Watch),
    ("applewatch", Family::Watch),
    ("ipodtouch", Family::Ipod),
    // The plurals, since people type them.
    ("macs", Family::Mac),
    ("iphones", Family::Iphone),
    ("ipads", Family::Ipad),
    ("watches", Family::Watch),
    ("appletvs", Family::AppleTv),
];

/// How alike two words must be for one to be offered in place of the other; 1 is equal.
const NEAR: f64 = 0.75;

impl Family {
    /// The user's word, or Apple's own string if there is none.
    pub fn word(&self) -> &str {
        match self {
            Self::Mac => "mac",
            Self::Iphone => "iphone",
            Self::Ipad => "ipad",
            Self::Vision => "vision",
            Self::AppleTv => "apple-tv",
            Self::Watch => "watch",
            Self::Ipod => "ipod",
            Self::Other(value) => value,
        }
    }

    /// What people call several of its devices.
    pub fn devices(&self) -> String {
        match self {
            Self::Mac => "Macs".to_owned(),
            Self::Iphone => "iPhones".to_owned(),
            Self::Ipad => "iPads".to_owned(),
            Self::Vision => "Apple Vision Pro devices".to_owned(),
            Self::AppleTv => "Apple TVs".to_owned(),
            Self::Watch => "Apple Watches".to_owned(),
            Self::Ipod => "iPods".to_owned(),
            Self::Other(value) => format!("{value} devices"),
        }
    }

    /// The family of a word or an alias, in any case, with `-`, `_`, a space or nothing between its parts.
    pub fn of_word(word: &str) -> Result<Self, UnknownPlatform> {
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
        let named = Self::KNOWN.into_iter().find(|it| it.word() == plain);
        let other = || ALIASES.into_iter().find(|(alias, _)| *alias == plain);
        named
            .or_else(|| other().map(|(_, family)| family))
            .ok_or_else(|| UnknownPlatform::Unknown {
                word: word.to_owned(),
                nearest: Self::nearest(&plain),
            })
    }

    /// The `model-family` that such a device sends when it looks for its enrollment (official).
    ///
    /// `None` for an iPod, for which Apple names no value, and for a family that is not known here.
    pub fn model_family(&self) -> Option<&'static str> {
        match self {
            Self::Mac => Some("Mac"),
            Self::Iphone => Some("iPhone"),
            Self::Ipad => Some("iPad"),
            Self::Vision => Some("RealityDevice"),
            Self::AppleTv => Some("AppleTV"),
            Self::Watch => Some("Watch"),
            Self::Ipod | Self::Other(_) => None,
        }
    }

    /// The platform that the most similar word or alias stands for, if one is similar at all.
    fn nearest(plain: &str) -> Option<Self> {
        let named = Self::KNOWN
            .iter()
            .map(|family| (strsim::jaro_winkler(family.word(), plain), family.clone()));
        let others = ALIASES
            .into_iter()
            .map(|(word, family)| (strsim::jaro_winkler(word, plain), family));
        named
            .chain(others)
            .filter(|(likeness, _)| *likeness >= NEAR)
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, family)| family)
    }
}

/// Families in the user's words, with commas.
pub fn words<'a>(families: impl IntoIterator<Item = &'a Family>) -> String {
    let words: Vec<&str> = families.into_iter().map(Family::word).collect();
    words.join(", ")
}

/// A word that names no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownPlatform {
    /// Nothing is called that.
    #[error("\"{word}\" isn't a platform{}. The platforms are {}.", did_you_mean(.nearest.as_ref()), all())]
    Unknown {
        /// What was typed.
        word: String,
        /// The platform with the most similar name, if one is similar.
        nearest: Option<Family>,
    },
    /// The word stands for more than one platform.
    #[error(
        "\"{word}\" can mean iphone, ipad, or ipod. Name the platforms, such as \"iphone,ipad\"."
    )]
    Ambiguous {
        /// What was typed.
        word: String,
    },
}

fn did_you_mean(nearest: Option<&Family>) -> String {
    nearest.map_or_else(String::new, |platform| {
        format!(" (did you mean \"{}\"?)", platform.word())
    })
}

fn all() -> String {
    let words: Vec<&str> = Family::KNOWN.iter().map(Family::word).collect();
    words.join(", ")
}
