//! Devices page by page: the next page is on its way while one is passed on.

use std::collections::HashSet;
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::{StreamExt, stream};

use super::reader::{Reader, matches};
use super::{Found, Item, MOST_ALONE, TURN};
use crate::apple::error::Failure;
use crate::apple::manager::devices::OrgDevice;
use crate::apple::manager::servers::AT_ONCE;
use crate::apple::page::{Pages, UnreadPage};
use crate::core::devices::Device;
use crate::core::devices::selection::Filter;
use crate::error::{Error, Kind};
use crate::organization::devices::extra::Extra;

/// What is passed on of a page.
enum Choice {
    /// All that match, and the next page is wanted whatever this one holds.
    AllThatMatch,
    /// These, and maybe the next page is wanted.
    These { chosen: Vec<Found>, goes_on: bool },
}

impl Reader<'_> {
    /// All devices that match, page by page.
    pub(super) async fn pages_of(&mut self, filter: &Filter) -> Result<(), Error> {
        let Some(mut left) = self.wish.limit else {
            let read = self.each_page(filter, |_, _| Choice::AllThatMatch).await;
            return self.after_filter(read);
        };
        let choose = |page: &UnreadPage, _: Seen| {
            let mut chosen: Vec<Found> = self.matching(page, filter).collect();
            chosen.truncate(left);
            left -= chosen.len();
            Choice::These {
                chosen,
                goes_on: left > 0,
            }
        };
        let read = self.each_page(filter, choose).await;
        self.after_filter(read)
    }

    fn after_filter(&mut self, read: Result<Seen, (Seen, Failure)>) -> Result<(), Error> {
        if self.after_pages(read)?.has_changed {
            self.organization
                .warn("The number of devices changed while abmctl read them, so a device may be missing. Run the command again to be sure.");
        }
        Ok(())
    }

    /// The devices with these serial numbers, page by page, for as long as that takes fewer requests.
    pub(super) async fn pages_with(&mut self, serials: Vec<String>) -> Result<(), Error> {
        let mut wanted: HashSet<String> = serials.iter().cloned().collect();
        let mut alone = false;
        let everything = Filter::default();
        let choose = |page: &UnreadPage, seen: Seen| {
            let chosen = self
                .rows(page)
                .filter(|it| wanted.remove(&it.device.serial_number.to_ascii_uppercase()));
            // The servers of others are nobody's question.
            let chosen = chosen.inspect(|it| self.note_server(&it.server)).collect();
            alone = seen.pages_left().is_some_and(|pages| wanted.len() < pages);
            Choice::These {
                chosen,
                goes_on: !wanted.is_empty() && !alone,
            }
        };
        let read = self.each_page(&everything, choose).await;
        let has_changed = self.after_pages(read)?.has_changed;
        let left: Vec<String> = serials
            .into_iter()
            .filter(|it| wanted.contains(it))
            .collect();
        // One that can't be understood may be any of them.
        let is_odd = !self.odd.borrow().is_empty();
        let unread = self.broke_off.clone().or_else(|| {
            let odd = self.odd.borrow();
            odd.first().map(|it| Error::failed(it.to_string()))
        });
        let unread = unread.or_else(|| {
            let changed =
                "Apple's list of devices changed while abmctl read it, so it may lack some.";
            has_changed.then(|| Error::failed(changed))
        });
        let may_be_there =
            (self.wish.released || is_odd || has_changed) && left.len() <= MOST_ALONE;
        if self.broke_off.is_none() && (alone || may_be_there) {
            self.one_by_one(left, None).await;
        } else if let Some(error) = unread {
            // What broke off, and odd items, are told once.
            if self.broke_off.is_none() && !is_odd {
                self.failures = vec![error.clone(); left.len()];
            }
            for serial_number in left {
                let error = error.clone();
                if !self.pass(Item::Unread {
                    serial_number,
                    error,
                }) {
                    break;
                }
            }
        } else {
            for serial in left {
                if !self.pass(Item::NotFound(serial.clone())) {
                    break;
                }
                self.ended.not_found.push(serial);
            }
        }
        Ok(())
    }

    /// Those of a page that match. One whose server isn't known may match as well, so each counts.
    fn matching<'p>(
        &'p self,
        page: &'p UnreadPage,
        filter: &'p Filter,
    ) -> impl Iterator<Item = Found> + 'p {
        let rows = self.rows(page).inspect(|it| self.note_server(&it.server));
        rows.filter(move |found| matches(filter, found))
    }

    /// The devices of a page, with their servers as far as no request is needed.
    fn rows<'p>(&'p self, page: &'p UnreadPage) -> impl Iterator<Item = Found> + 'p {
        page.read::<OrgDevice>().filter_map(move |item| {
            let device = match item {
                Ok(OrgDevice { id, attributes }) => Device::new(id, attributes),
                Err(odd) => {
                    self.odd.borrow_mut().push(odd);
                    return None;
                }
            };
            let server = self.lookup.known(&device);
            Some(Found {
                device,
                server,
                extra: Extra::default(),
            })
        })
    }

    /// Reads pages for as long as `choose` wants more of them. The request for the next page goes out before the devices of a page
    /// are passed on, and before they are read unless that decides whether there is to be a next page.
    async fn each_page(
        &self,
        filter: &Filter,
        mut choose: impl FnMut(&UnreadPage, Seen) -> Choice,
    ) -> Result<Seen, (Seen, Failure)> {
        let mut seen = Seen::default();
        let mut pages = self.manager.devices().map_err(|failure| (seen, failure))?;
        let first = pages.next_page().await;
        let mut page = first.map_err(|failure| (seen, failure))?;
        while let Some(this) = page.take() {
            seen.add(this.len(), &pages);
            self.say_progress(seen);
            let choice = choose(&this, seen);
            if let Choice::These {
                chosen,
                goes_on: false,
            } = choice
            {
                if let Some(total) = seen.total {
                    self.count.keep(total);
                }
                self.pass_all(chosen.into_iter()).await;
                return Ok(seen);
            }
            let passing = pin!(async {
                match choice {
                    Choice::AllThatMatch => self.pass_all(self.matching(&this, filter)).await,
                    Choice::These { chosen, .. } => self.pass_all(chosen.into_iter()).await,
                }
            });
            let next = pin!(pages.next_page());
            let read = match select(next, passing).await {
                Either::Left((read, passing)) => {
                    if !passing.await {
                        return Ok(seen);
                    }
                    read
                }
                Either::Right((false, _)) => return Ok(seen),
                Either::Right((true, next)) => next.await,
            };
            page = read.map_err(|failure| (seen, failure))?;
        }
        self.count.keep(seen.devices);
        Ok(seen)
    }

    fn say_progress(&self, seen: Seen) {
        let words = match seen.total {
            Some(total) if total > seen.devices => {
                format!("Reading devices: {} of {total}", seen.devices)
            }
            _ => format!("Reading devices: {}", seen.devices),
        };
        self.organization.progress(&words);
    }

    /// Passes devices on; false once nobody wants more.
    async fn pass_all(&self, chosen: impl Iterator<Item = Found>) -> bool {
        // The request for the next page goes first.
        tokio::task::yield_now().await;
        if self.is_one_request_each() {
            let mut whole = pin!(
                stream::iter(chosen)
                    .map(|found| self.whole(found.device))
                    .buffered(AT_ONCE)
            );
            while let Some(found) = whole.next().await {
                if !self.pass_found(found) {
                    return false;
                }
            }
            return true;
        }
        for (number, found) in (1..).zip(chosen) {
            if !self.pass_found(found) {
                return false;
            }
            if number % TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
        true
    }

    fn pass_found(&self, found: Found) -> bool {
        self.found.set(self.found.get() + 1);
        self.pass(Item::Found(found))
    }

    /// Takes how the pages ended: a failure of the first page is an error, one of a later page a part that is missing.
    fn after_pages(&mut self, read: Result<Seen, (Seen, Failure)>) -> Result<Seen, Error> {
        match read {
            Ok(seen) => Ok(seen),
            Err((seen, failure)) if seen.devices == 0 => Err(failure.into()),
            Err((seen, failure)) => {
                let read = match seen.total {
                    Some(total) => format!("{} of {total}", seen.devices),
                    None => seen.devices.to_string(),
                };
                let error = Error::from(failure);
                let message = format!(
                    "abmctl read {read} devices, then the list broke off: {}",
                    error.message
                );
                self.ended.broke_off = Some(error.kind);
                self.broke_off = Some(error.saying(message).of_kind(Kind::Partial));
                Ok(seen)
            }
        }
    }
}

/// How far the pages were read.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    devices: usize,
    /// The most devices of a page.
    largest: usize,
    total: Option<usize>,
    /// Apple said another length on a page than on the one before it.
    has_changed: bool,
}

impl Seen {
    fn add(&mut self, devices: usize, pages: &Pages<'_>) {
        self.devices += devices;
        self.largest = self.largest.max(devices);
        self.total = pages.total().or(self.total);
        self.has_changed = !pages.is_steady();
    }

    /// How many pages there are still, if Apple says how many devices there are.
    fn pages_left(self) -> Option<usize> {
        let left = self.total?.saturating_sub(self.devices);
        (self.largest > 0).then(|| left.div_ceil(self.largest))
    }
}
