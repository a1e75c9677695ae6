//! One reading: how devices are read one by one, and how it ended.

use std::cell::{Cell, RefCell};

use futures_util::{StreamExt, stream};
use reqwest::Method;

use super::{Ended, FEW, Found, Item, PAGE, Wish};
use crate::apple::manager::Manager;
use crate::apple::manager::devices::{DEVICES, OrgDevice};
use crate::apple::manager::servers::AT_ONCE;
use crate::apple::page::OddItem;
use crate::core::devices::Device;
use crate::core::devices::selection::{Filter, Server};
use crate::error::{Error, Kind};
use crate::organization::Organization;
use crate::organization::devices::extra::{Extras, Streak};
use crate::organization::devices::servers_map::{AssignedTo, Lookup};
use crate::state::device_counts::DeviceCount;

/// One reading of devices.
pub(super) struct Reader<'a> {
    pub(super) organization: &'a Organization,
    pub(super) manager: &'a Manager,
    pub(super) lookup: Lookup,
    pub(super) extras: Extras,
    pub(super) wish: Wish<'a>,
    pub(super) each: RefCell<&'a mut dyn FnMut(Item) -> bool>,
    pub(super) count: DeviceCount,
    pub(super) ended: Ended,
    pub(super) failures: Vec<Error>,
    /// Failures of what was read beside the attributes.
    pub(super) extra_failures: RefCell<Vec<Error>>,
    pub(super) odd: RefCell<Vec<OddItem>>,
    /// How many devices were passed on.
    pub(super) found: Cell<usize>,
    /// How many devices have a server that isn't known.
    pub(super) not_known: Cell<usize>,
    /// A failure that ended the reading of pages, after some were read.
    pub(super) broke_off: Option<Error>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        organization: &'a Organization,
        lookup: Lookup,
        wish: Wish<'a>,
        each: &'a mut dyn FnMut(Item) -> bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            organization,
            manager: organization.manager()?,
            lookup,
            extras: Extras::new(organization, wish.applecare, wish.refresh, wish.lock)?,
            wish,
            each: RefCell::new(each),
            count: organization.device_count()?,
            ended: Ended::default(),
            failures: Vec::new(),
            extra_failures: RefCell::default(),
            odd: RefCell::default(),
            found: Cell::new(0),
            not_known: Cell::new(0),
            broke_off: None,
        })
    }

    /// Whether so many devices are fewer requests than all pages.
    pub(super) fn is_cheaper_alone(&self, devices: usize) -> bool {
        match self.count.read() {
            Some(all) => devices < all.div_ceil(PAGE).max(1) || devices <= 1,
            None => devices <= FEW,
        }
    }

    pub(super) fn pass(&self, item: Item) -> bool {
        (self.each.borrow_mut())(item)
    }

    /// Whether a device takes requests of its own.
    pub(super) fn is_one_request_each(&self) -> bool {
        matches!(self.lookup, Lookup::Single(_)) || self.extras.are_wanted()
    }

    /// A device with all that was asked for.
    pub(super) async fn whole(&self, device: Device) -> Found {
        let server = self.lookup.of(self.manager, &device).await;
        // With a map it was noted when the device was matched.
        if matches!(self.lookup, Lookup::Single(_)) {
            self.note_server(&server);
        }
        let extra = self.extras.of(self.organization, &device).await;
        let failures = extra.failures().cloned();
        self.extra_failures.borrow_mut().extend(failures);
        Found {
            device,
            server,
            extra,
        }
    }

    /// Counts a device whose server isn't known.
    pub(super) fn note_server(&self, server: &AssignedTo) {
        if matches!(server, AssignedTo::NotKnown(_)) {
            self.not_known.set(self.not_known.get() + 1);
        }
    }

    /// These devices, a request for each, four at a time, in this order. Only those that match a filter are passed on.
    pub(super) async fn one_by_one(&mut self, serials: Vec<String>, filter: Option<&Filter>) {
        let total = serials.len();
        let streak = Streak::default();
        let mut failures = Vec::new();
        let mut not_found = Vec::new();
        {
            let mut reads = stream::iter(serials)
                .map(|serial| {
                    let (streak, this) = (&streak, &*self);
                    async move {
                        let asked = match streak.over() {
                            Some(error) => Err(error),
                            None => this.ask(&serial).await,
                        };
                        streak.note(&asked);
                        (serial, asked)
                    }
                })
                .buffered(AT_ONCE);
            let limit = self.wish.limit.unwrap_or(usize::MAX);
            let mut done = 0;
            while self.found.get() < limit
                && let Some((serial_number, asked)) = reads.next().await
            {
                done += 1;
                self.organization
                    .progress(&format!("Reading devices: {done} of {total}"));
                let item = match asked {
                    Ok(Some(it)) => {
                        if filter.is_some_and(|filter| !matches(filter, &it)) {
                            continue;
                        }
                        self.found.set(self.found.get() + 1);
                        Item::Found(it)
                    }
                    Ok(None) => {
                        not_found.push(serial_number.clone());
                        if filter.is_some() {
                            continue;
                        }
                        Item::NotFound(serial_number)
                    }
                    Err(error) => {
                        failures.push(error.clone());
                        Item::Unread {
                            serial_number,
                            error,
                        }
                    }
                };
                if !self.pass(item) {
                    break;
                }
            }
        }
        self.ended.not_found.extend(not_found);
        self.failures.extend(failures);
    }

    /// One device; `None` if the organization lacks it.
    async fn ask(&self, serial: &str) -> Result<Option<Found>, Error> {
        let [version, devices] = DEVICES;
        let api = self.manager.api();
        let request = api.request_name(&Method::GET, &[version, devices, serial]);
        match self.manager.device(serial).await {
            Ok(OrgDevice { id, attributes }) => {
                let device = Device::new(id, attributes);
                if device.released_at().is_some() && !self.wish.released {
                    return Ok(None);
                }
                let found = self.whole(device).await;
                if !matches!(self.lookup, Lookup::Single(_)) {
                    self.note_server(&found.server);
                }
                Ok(Some(found))
            }
            Err(failure) if failure.status_of(&request) == Some(404) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// How it ended.
    pub(super) fn end(self) -> Ended {
        let odd = self.odd.into_inner();
        // The first is told with the error.
        self.organization.warn_of(odd.get(1..).unwrap_or_default());
        let count = odd.len();
        let odd = odd.first().map(|odd| {
            Error::failed(match count {
                1 => format!("1 device of Apple's list isn't shown. {odd}"),
                more => format!("{more} devices of Apple's list aren't shown. {odd}"),
            })
            .of_kind(Kind::Partial)
        });
        let mut ended = Ended {
            found: self.found.get(),
            ..self.ended
        };
        let unread = self.failures.first().map(|first| {
            let count = self.failures.len();
            let kinds = self.failures.iter().map(|it| it.kind);
            let all = ended.found == 0 && ended.not_found.is_empty();
            let kind = match Kind::of_several(kinds) {
                Some(kind) if all => kind,
                _ => Kind::Partial,
            };
            let error = first.clone();
            let message = match count {
                1 => format!("abmctl couldn't read 1 device: {}", first.message),
                _ => format!("abmctl couldn't read {count} devices: {}", first.message),
            };
            if count == 1 && all {
                error
            } else {
                error.saying(message).of_kind(kind)
            }
        });
        let servers = self.lookup.problem(self.not_known.get());
        let extras = extra_problem(&self.extra_failures.into_inner());
        ended.problem = self.broke_off.or(unread).or(odd).or(servers).or(extras);
        ended
    }
}

pub(super) fn matches(filter: &Filter, found: &Found) -> bool {
    let server = found.server.server();
    let server = Server {
        id: server.map(|it| &it.id[..]),
        name: server.and_then(|it| it.name.as_deref()),
    };
    filter.matches(&found.device, server)
}

/// The failures of what was read beside the attributes of so many devices.
fn extra_problem(failures: &[Error]) -> Option<Error> {
    let first = failures.first()?;
    let message = match failures.len() {
        1 => format!("A part of 1 device couldn't be read: {}", first.message),
        more => format!(
            "Parts of {more} devices couldn't be read: {}",
            first.message
        ),
    };
    Some(first.clone().saying(message).of_kind(Kind::Partial))
}
