//! The models of devices. What a device is follows from its serial number.

use super::{Device, DeviceFamily};
use crate::sandbox::derive;

/// A model, as Apple describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// Apple's marketing name.
    pub name: &'static str,
    /// Apple's identifier of the hardware.
    pub product_type: &'static str,
    pub capacity: &'static str,
    /// Its system is new enough for a migration: iOS, iPadOS and macOS 26 have it. That `isMdmMigrationCapable` depends on
    /// it is inferred.
    pub migrates: bool,
}

const fn model(
    name: &'static str,
    product_type: &'static str,
    capacity: &'static str,
    migrates: bool,
) -> Model {
    Model {
        name,
        product_type,
        capacity,
        migrates,
    }
}

const IPHONES: [Model; 5] = [
    model("iPhone 17", "iPhone18,3", "256GB", true),
    model("iPhone 17 Pro", "iPhone18,1", "512GB", true),
    model("iPhone 16e", "iPhone17,5", "128GB", true),
    model("iPhone 15", "iPhone15,4", "128GB", true),
    model("iPhone XR", "iPhone11,8", "64GB", false),
];
const IPADS: [Model; 4] = [
    model("iPad Air 11-inch (M3)", "iPad15,3", "128GB", true),
    model("iPad (A16)", "iPad15,7", "128GB", true),
    model("iPad Pro 13-inch (M4)", "iPad16,5", "256GB", true),
    model("iPad (7th generation)", "iPad7,11", "32GB", false),
];
const MACS: [Model; 5] = [
    model("MacBook Pro 14\"", "Mac16,8", "512GB", true),
    model("MacBook Air 13\"", "Mac16,12", "256GB", true),
    model("Mac mini", "Mac16,10", "256GB", true),
    model("iMac 24\"", "Mac16,3", "256GB", true),
    model("MacBook Pro 13\"", "MacBookPro15,2", "256GB", false),
];
const APPLE_TVS: [Model; 2] = [
    model("Apple TV 4K", "AppleTV14,1", "64GB", false),
    model("Apple TV HD", "AppleTV5,3", "32GB", false),
];
const WATCHES: [Model; 2] = [
    model("Apple Watch Series 11", "Watch7,17", "64GB", false),
    model("Apple Watch SE 3", "Watch7,13", "64GB", false),
];
const VISIONS: [Model; 1] = [model(
    "Apple Vision Pro",
    "RealityDevice17,1",
    "256GB",
    false,
)];

impl Device {
    /// A number of this device alone, from which what isn't kept of it is made up.
    pub(in crate::sandbox) fn number(&self) -> u64 {
        derive::number(&self.serial_number)
    }

    /// Its model.
    pub fn model(&self) -> &'static Model {
        model_of(self.family, self.number())
    }
}

/// The model of a device of `family` with this [`Device::number`].
pub(in crate::sandbox) fn model_of(family: DeviceFamily, number: u64) -> &'static Model {
    let models: &[Model] = match family {
        DeviceFamily::Iphone => &IPHONES,
        DeviceFamily::Ipad => &IPADS,
        DeviceFamily::Mac => &MACS,
        DeviceFamily::AppleTv => &APPLE_TVS,
        DeviceFamily::Watch => &WATCHES,
        DeviceFamily::Vision => &VISIONS,
    };
    let length = u64::try_from(models.len()).unwrap_or(1);
    // The lower digits decide about other things.
    let index = usize::try_from((number >> 32) % length).unwrap_or(0);
    &models[index]
}
