//! Compares declared domains with Apple's statements.

use serde::{Deserialize, Serialize};

use super::evidence::is_listed_without_a_word;
use super::{Domain, Evidence, Source, Status};

/// How a domain differs from what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// verified at Apple, but not declared.
    NotDeclared,
    /// It is declared, and Apple logged its verification as begun only.
    Pending,
    /// It is declared, and Apple logged a removal since that does not say of which domain.
    MayBeRemoved,
    /// It is declared, and Apple logged that it was removed.
    Removed,
    /// It is declared, and Apple says that it is not verified.
    Unverified,
    /// It is declared, and not among the domains that Apple lists.
    NotListed,
}

/// How `domain` differs from what is declared; `None` if it does not, or where nothing tells.
///
/// What is unknown is no difference, unless Apple's own list is without it ([`is_compared`] tells). Neither is a row without a
/// name, which nobody could declare, nor one that is not declared and not verified: it is not the organization's yet.
pub fn difference(domain: &Domain) -> Option<Difference> {
    domain.domain.as_ref()?;
    let from = |source| domain.evidence.iter().any(|found| found.source == source);
    match (from(Source::Declared), domain.status) {
        (false, Status::Verified) => Some(Difference::NotDeclared),
        (false, _) => None,
        (true, Status::Verified) => {
            let removed_at = domain.disputed_at?;
            // Who looked in the portal since knows.
            let declared = |found: &&Evidence| found.source == Source::Declared;
            let seen = domain.evidence.iter().find(declared)?.at;
            (seen.is_none_or(|seen| seen < removed_at)).then_some(Difference::MayBeRemoved)
        }
        (true, Status::Pending) => Some(Difference::Pending),
        (true, Status::Removed) => Some(Difference::Removed),
        (true, Status::Unverified) => Some(Difference::Unverified),
        (true, Status::Unknown) => {
            let listed = is_listed_without_a_word(domain);
            (from(Source::Roster) && !listed).then_some(Difference::NotListed)
        }
    }
}

/// Whether what is declared could be compared with what Apple says of `domain`, or nothing of the kind is there to compare.
pub fn is_compared(domain: &Domain) -> bool {
    let declared = domain
        .evidence
        .iter()
        .any(|found| found.source == Source::Declared);
    match (&domain.domain, declared, domain.status) {
        (None, ..) => domain.status == Status::Removed,
        (Some(_), true, Status::Unknown) => difference(domain).is_some(),
        _ => true,
    }
}

impl Difference {
    /// It in words, as the end of a row.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotDeclared => "verified at Apple, but not declared",
            Self::Pending => "declared, but Apple logged no verification",
            Self::MayBeRemoved => {
                "declared, but Apple logged the removal of an unnamed domain since: look in the portal, and declare the domain again on a later day"
            }
            Self::Removed => "declared, but removed at Apple",
            Self::Unverified => "declared, but not verified at Apple",
            Self::NotListed => "declared, but not among Apple's domains",
        }
    }
}
