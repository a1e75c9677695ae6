//! Small sets of small numbers: families inside the transaction.

use std::ops::{BitAnd, BitOr, Sub};

/// A set of families, each a number below [`Set::CAPACITY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Set(u16);

impl Set {
    /// The set without members.
    pub const EMPTY: Self = Self(0);
    /// The set of every family that there can be.
    pub const ALL: Self = Self(u16::MAX);
    /// The number of different families that a set can have.
    pub const CAPACITY: usize = 16;

    /// The set with this one family.
    pub fn one(family: usize) -> Self {
        Self(1 << family)
    }

    /// Whether it has no members.
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// Whether it has every member of `other`.
    pub fn has(self, other: Self) -> bool {
        self & other == other
    }

    /// Whether it has a member of `other`.
    pub fn meets(self, other: Self) -> bool {
        !(self & other).is_empty()
    }

    /// Its members as sets of one, the smallest number first.
    pub fn each(self) -> impl Iterator<Item = Self> {
        (0..Self::CAPACITY)
            .map(Self::one)
            .filter(move |family| self.has(*family))
    }

    /// Its members as numbers, the smallest first.
    pub fn numbers(self) -> impl Iterator<Item = usize> {
        (0..Self::CAPACITY).filter(move |family| self.has(Self::one(*family)))
    }
}

impl FromIterator<Set> for Set {
    fn from_iter<I: IntoIterator<Item = Set>>(sets: I) -> Self {
        sets.into_iter().fold(Self::EMPTY, BitOr::bitor)
    }
}

impl BitOr for Set {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Set {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Set {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}
