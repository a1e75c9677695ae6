//! The devices of the organization, found by serial number and by service without a search: there may be 100,000.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::Device;

/// The devices, in Apple's order. They are a list to whoever changes them; the index is made again at the next look-up.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Devices {
    list: Vec<Device>,
    #[serde(skip)]
    index: OnceLock<Index>,
}

/// Places in the list.
#[derive(Debug, Clone, Default)]
struct Index {
    by_serial: HashMap<String, usize>,
    /// In the order of the list.
    by_server: HashMap<String, Vec<usize>>,
}

impl Index {
    fn new(list: &[Device]) -> Self {
        let mut index = Self {
            by_serial: HashMap::with_capacity(list.len()),
            by_server: HashMap::new(),
        };
        for (place, device) in list.iter().enumerate() {
            index.by_serial.insert(device.serial_number.clone(), place);
            if let Some(server) = &device.server_id {
                index.of_server(server).push(place);
            }
        }
        index
    }

    fn of_server(&mut self, server: &str) -> &mut Vec<usize> {
        // Looked up first, so that the name is copied once for each service only.
        if !self.by_server.contains_key(server) {
            self.by_server.insert(server.to_owned(), Vec::new());
        }
        self.by_server.entry(server.to_owned()).or_default()
    }

    /// A device goes from one service to another.
    fn moved(&mut self, place: usize, from: Option<&str>, to: Option<&str>) {
        if from == to {
            return;
        }
        if let Some(places) = from.and_then(|server| self.by_server.get_mut(server))
            && let Ok(at) = places.binary_search(&place)
        {
            places.remove(at);
        }
        if let Some(server) = to {
            let places = self.of_server(server);
            if let Err(at) = places.binary_search(&place) {
                places.insert(at, place);
            }
        }
    }
}

impl Devices {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.list))
    }

    /// The device with this serial number.
    pub fn find(&self, serial: &str) -> Option<&Device> {
        self.list.get(*self.index().by_serial.get(serial)?)
    }

    /// How many devices `server` has.
    pub fn count_of(&self, server: &str) -> usize {
        self.index().by_server.get(server).map_or(0, Vec::len)
    }

    /// The devices of `server`, in order.
    pub fn of_server(&self, server: &str) -> impl Iterator<Item = &Device> + Clone {
        let places = self.index().by_server.get(server);
        let places = places.map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.list.get(*place))
    }

    /// Changes the device with this serial number, all but the number.
    pub fn change<R>(&mut self, serial: &str, change: impl FnOnce(&mut Device) -> R) -> Option<R> {
        let place = *self.index().by_serial.get(serial)?;
        let device = self.list.get_mut(place)?;
        let before = device.server_id.clone();
        let result = change(device);
        if let Some(index) = self.index.get_mut() {
            index.moved(place, before.as_deref(), device.server_id.as_deref());
        }
        Some(result)
    }
}

impl From<Vec<Device>> for Devices {
    fn from(list: Vec<Device>) -> Self {
        Self {
            list,
            index: OnceLock::new(),
        }
    }
}

impl PartialEq for Devices {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Deref for Devices {
    type Target = Vec<Device>;

    fn deref(&self) -> &Vec<Device> {
        &self.list
    }
}

impl DerefMut for Devices {
    fn deref_mut(&mut self) -> &mut Vec<Device> {
        self.index = OnceLock::new();
        &mut self.list
    }
}

impl<'a> IntoIterator for &'a Devices {
    type Item = &'a Device;
    type IntoIter = std::slice::Iter<'a, Device>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<'a> IntoIterator for &'a mut Devices {
    type Item = &'a mut Device;
    type IntoIter = std::slice::IterMut<'a, Device>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::sandbox::Options;
    use crate::sandbox::organization::Organization;

    /// The look-ups find what a search finds.
    fn assert_indexed(devices: &Devices) {
        let mut servers: Vec<_> = devices.iter().filter_map(|d| d.server_id.clone()).collect();
        servers.dedup();
        for server in servers {
            let searched: Vec<_> = devices
                .iter()
                .filter(|device| device.server_id.as_ref() == Some(&server))
                .collect();
            assert_eq!(devices.of_server(&server).collect::<Vec<_>>(), searched);
            assert_eq!(devices.count_of(&server), searched.len());
        }
        for device in devices {
            assert_eq!(devices.find(&device.serial_number), Some(device));
        }
    }

    #[test]
    fn look_ups_find_what_a_search_finds() {
        let organization =
            Organization::seeded(&Options::default(), String::new(), Timestamp::UNIX_EPOCH);
        let mut devices = organization.devices;
        assert_indexed(&devices);
        let serials: Vec<_> = devices.iter().map(|d| d.serial_number.clone()).collect();
        let server = organization.servers[2].id.clone();
        for serial in serials.iter().step_by(3).rev() {
            let moved = devices.change(serial, |device| device.server_id = Some(server.clone()));
            assert_eq!(moved, Some(()));
        }
        assert_indexed(&devices);
        for serial in serials.iter().step_by(2) {
            devices.change(serial, |device| device.server_id = None);
        }
        assert_indexed(&devices);
        assert_eq!(devices.change("NOSUCH", |_| ()), None);
        // Changed as a list.
        devices.retain(|device| device.server_id.is_some());
        devices[0].serial_number = "OTHER".to_owned();
        assert_indexed(&devices);
        assert_eq!(devices.find(&serials[0]), None);
        assert_eq!(devices.count_of("NOSUCH"), 0);
    }
}
