//! Makes up the devices: those of the organization, those that it released, and their orders and profiles.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{days_before, hours_before, is_large};
use crate::sandbox::derive::{self, Generator};
use crate::sandbox::options::Options;
use crate::sandbox::organization::{
    Device, DeviceFamily, DeviceProfile, EnrollmentProfile, Migration, Order, Server, ServerType,
};

/// The serial numbers' letters: Apple leaves out vowels and what looks like a digit.
const LETTERS: &[u8; 28] = b"0123456789CDFGHJKLMNPQRTVWXY";

/// How many devices share an order.
const ORDER: usize = 6;

/// How many devices the organization released.
const RELEASED: usize = 3;

/// The devices of the organization.
///
/// They share orders, those added by hand have none. Two of them migrate to another device management service. A large
/// organization has more that filters find: devices on the Configurator service, and migrations in each status.
pub(super) fn present(options: &Options, servers: &[Server], now: Timestamp) -> Vec<Device> {
    let mut generator = Generator::new(&format!("{} devices", options.seed));
    let id = |index: usize| servers.get(index).map(|server| server.id.clone());
    let mut devices: Vec<Device> = (0..options.devices)
        .map(|index| {
            let family = match generator.below(100) {
                0..42 => DeviceFamily::Iphone,
                42..66 => DeviceFamily::Ipad,
                66..93 => DeviceFamily::Mac,
                93..96 => DeviceFamily::AppleTv,
                96..99 => DeviceFamily::Vision,
                _ => DeviceFamily::Watch,
            };
            let server_id = match (generator.below(100), family) {
                (0..6, _) => None,
                (6..9, _) => id(2),
                (_, DeviceFamily::Mac) => id(0),
                (_, DeviceFamily::AppleTv | DeviceFamily::Watch) => None,
                _ => id(1),
            };
            let hours = i64::try_from(generator.below(700 * 24)).unwrap_or(0);
            let added_at = hours_before(now, hours);
            device(
                serial_number(index, &mut generator),
                family,
                server_id,
                added_at,
            )
        })
        .collect();
    order(options.seed, &mut devices);
    if is_large(options) {
        add_by_configurator(servers, &mut devices, now);
    }
    assign_profiles(servers, &mut devices);
    if is_large(options) {
        migrate(servers, &mut devices, now);
    }
    let migrating = devices.iter_mut().filter(|device| {
        device.server_id.is_some() && device.family == DeviceFamily::Mac && device.model().migrates
    });
    for (device, (status, days)) in migrating.zip([("STARTED", 5), ("REQUESTED", 30)]) {
        device.migration = Some(Migration {
            status: status.to_owned(),
            deadline: days_before(now, -days),
            from: id(1),
        });
    }
    devices
}

/// How many devices of a large organization are as in a small one.
const SMALL: usize = 250;

/// Every fortieth device was added by hand and is on the Configurator service, every other one of them within the last 30
/// days.
fn add_by_configurator(servers: &[Server], devices: &mut [Device], now: Timestamp) {
    let mut services = servers.iter();
    let service = services.find(|server| server.server_type == ServerType::AppleConfigurator);
    let id = service.map(|server| &server.id);
    for (n, device) in (0..).zip(devices.iter_mut().skip(SMALL).step_by(40)) {
        device.order = None;
        device.server_id = id.cloned();
        if n % 2 == 0 {
            device.added_at = hours_before(now, 20 + n % 29 * 24);
            device.updated_at = device.added_at;
        }
    }
}

/// Of the devices that can migrate, every fiftieth does or did.
fn migrate(servers: &[Server], devices: &mut [Device], now: Timestamp) {
    let able = devices
        .iter_mut()
        .skip(SMALL)
        .filter(|device| device.server_id.is_some() && device.model().migrates);
    for (n, device) in (0..).zip(able.step_by(50)) {
        let (status, days) = match n % 4 {
            0 => ("REQUESTED", 1 + n % 60),
            1 => ("STARTED", 1 + n % 60),
            2 => ("SUCCESS", -1 - n % 200),
            _ => ("FAILED", -1 - n % 200),
        };
        device.migration = Some(Migration {
            status: status.to_owned(),
            deadline: days_before(now, -days),
            from: servers
                .iter()
                .map(|server| &server.id)
                .find(|id| Some(*id) != device.server_id.as_ref())
                .cloned(),
        });
    }
}

/// Devices that left the organization.
pub(super) fn released(options: &Options, now: Timestamp) -> Vec<Device> {
    let seed = options.seed;
    let mut generator = Generator::new(&format!("{seed} released devices"));
    (0..RELEASED)
        .map(|index| {
            let days = 30 + 40 * i64::try_from(index).unwrap_or(0);
            let serial = serial_number(options.devices + index, &mut generator);
            let added_at = days_before(now, 800 + days);
            let mut device = device(serial, DeviceFamily::Iphone, None, added_at);
            device.released_at = Some(days_before(now, days));
            device.updated_at = days_before(now, days);
            device.order = Some(Order {
                number: number(&format!("{seed} released order")),
                at: days_before(added_at, 3),
                reseller: true,
                source_id: "3702468".to_owned(),
            });
            device
        })
        .collect()
}

fn device(
    serial_number: String,
    family: DeviceFamily,
    server_id: Option<String>,
    added_at: Timestamp,
) -> Device {
    Device {
        serial_number,
        family,
        server_id,
        added_at,
        updated_at: added_at,
        order: None,
        migration: None,
        profile: None,
        released_at: None,
    }
}

/// `W` and nine digits.
fn number(label: &str) -> String {
    format!("W{:09}", derive::number(label) % 1_000_000_000)
}

/// Gives the devices to orders, all but each eleventh, which was added by hand.
fn order(seed: u64, devices: &mut [Device]) {
    for (n, together) in (0_u64..).zip(devices.chunks_mut(ORDER)) {
        let Some(first) = together.iter().map(|device| device.added_at).min() else {
            continue;
        };
        let reseller = n % 3 == 2;
        let order = Order {
            number: number(&format!("{seed} order {n}")),
            at: first
                .saturating_sub(SignedDuration::from_hours(72))
                .unwrap_or(first),
            reseller,
            source_id: if reseller { "3702468" } else { "1234567" }.to_owned(),
        };
        for device in together {
            let by_hand = derive::number(&device.serial_number).is_multiple_of(11);
            device.order = (!by_hand).then(|| order.clone());
        }
    }
}

/// Whether a device management service asks Apple for its devices.
fn syncs(server: &Server) -> bool {
    server.server_type == ServerType::Mdm
}

fn profile_uuid(server_id: &str) -> String {
    derive::server_id(&format!("{server_id} profile"))
}

/// One enrollment profile for each device management service of another maker.
pub(super) fn profiles(servers: &[Server]) -> Vec<EnrollmentProfile> {
    let content = |server: &Server| {
        let content = json!({
            "profile_name": format!("{} enrollment", server.name),
            "url": "https://mdm.acme.example/enroll",
            "is_supervised": true,
            "is_mandatory": true,
            "is_mdm_removable": false,
            "skip_setup_items": ["AppleID", "Siri"],
        });
        match content {
            Value::Object(members) => members,
            _ => serde_json::Map::new(),
        }
    };
    servers
        .iter()
        .filter(|server| syncs(server))
        .map(|server| EnrollmentProfile {
            uuid: profile_uuid(&server.id),
            server_id: server.id.clone(),
            content: content(server),
        })
        .collect()
}

/// Of eight devices of a service one has no profile yet, two have not fetched theirs.
fn assign_profiles(servers: &[Server], devices: &mut [Device]) {
    for device in devices {
        let server = servers
            .iter()
            .find(|server| Some(&server.id) == device.server_id.as_ref());
        let which = derive::number(&format!("{} profile", device.serial_number)) % 8;
        let Some(server) = server.filter(|server| syncs(server) && which != 0) else {
            continue;
        };
        device.profile = Some(DeviceProfile {
            uuid: profile_uuid(&server.id),
            assigned_at: device.added_at,
            pushed_at: (which > 2).then_some(device.added_at),
        });
    }
}

/// Four letters at random, then the device's number in the letters' base, so that no two are the same.
fn serial_number(index: usize, generator: &mut Generator) -> String {
    let mut letters = [b'0'; 10];
    for letter in &mut letters[..4] {
        *letter = *generator.one_of(&LETTERS[10..]);
    }
    let mut rest = index;
    for letter in letters[4..].iter_mut().rev() {
        *letter = LETTERS[rest % LETTERS.len()];
        rest /= LETTERS.len();
    }
    letters.iter().copied().map(char::from).collect()
}
