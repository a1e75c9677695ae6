//! Makes up the organization "Acme" from a seed, counted back from the present.

mod devices;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    ApiAccount, App, AuditEvent, Organization, OrganizationKind, OtherEvents, Outcome, Permission,
    ProductFamily, RefreshToken, Roster, RosterDomain, Server, ServerStatus, ServerToken,
    ServerType, ServiceDiscovery, Unit, User, UserGroup,
};
use crate::sandbox::derive::{self, Generator};
use crate::sandbox::key::Key;
use crate::sandbox::options::Options;

const FIRST_NAMES: [&str; 16] = [
    "Ada", "Bo", "Chiara", "Dmitri", "Elif", "Femi", "Grace", "Hana", "Ines", "Jonas", "Kofi",
    "Lena", "Mateo", "Nora", "Omar", "Priya",
];
const LAST_NAMES: [&str; 16] = [
    "Abe", "Brandt", "Costa", "Diaz", "Evans", "Fischer", "Garcia", "Haas", "Ivanova", "Jansen",
    "Kim", "Lopez", "Meyer", "Nkosi", "Okafor", "Park",
];

impl Organization {
    /// Makes up the organization that `options` describe, as it is at `now`.
    pub(in crate::sandbox) fn seeded(
        options: &Options,
        public_key: String,
        now: Timestamp,
    ) -> Self {
        let seed = options.seed;
        let servers = servers(options, now);
        let users = users(options, now);
        let members = users.iter().step_by(9).map(|user| user.id.clone());
        Self {
            kind: options.kind,
            name: "Acme".to_owned(),
            id: (10_000_000 + derive::number(&format!("{seed} organization")) % 90_000_000)
                .to_string(),
            api_account: ApiAccount {
                client_id: format!(
                    "{}{}",
                    options.kind.client_id_prefix(),
                    derive::uuid(&format!("{seed} client"))
                ),
                key_id: derive::uuid(&format!("{seed} key")),
                public_key,
            },
            permissions: BTreeSet::from(Permission::ALL),
            access_tokens: Vec::new(),
            devices: devices::present(options, &servers, now).into(),
            released: devices::released(options, now),
            device_profiles: devices::profiles(&servers),
            activities: Vec::new(),
            unseen: Vec::new(),
            groups: vec![UserGroup {
                id: derive::uuid(&format!("{seed} group Design")),
                name: "Design".to_owned(),
                members: members.collect(),
            }],
            users,
            units: ["Acme", "Acme Berlin"]
                .map(|name| Unit {
                    id: derive::uuid(&format!("{seed} unit {name}")),
                    name: name.to_owned(),
                })
                .into(),
            roster: None,
            audit_events: audit_events(options, now),
            other_events: other_events(options, now),
            server_tokens: server_tokens(options, &servers, now),
            servers,
            terms_signed: true,
            enrollment_profiles: true,
            behaviour: options.behaviour.clone(),
        }
    }
}

impl Roster {
    /// What the Roster API holds of a School whose administrator authorized the app of this key.
    pub(in crate::sandbox) fn seeded(key: Key) -> Self {
        let domain = |name: &str, verified| RosterDomain {
            name: name.to_owned(),
            is_verified: Some(verified),
        };
        Self {
            domains: vec![
                domain("acme.com", true),
                domain("acme.de", true),
                domain("acme.org", false),
            ],
            scope: true,
            codes: Vec::new(),
            refresh_tokens: vec![RefreshToken {
                token: derive::hex(&format!("{} first refresh token", key.pem), 64),
                scope: "edu.users.read".to_owned(),
            }],
            access_tokens: Vec::new(),
            made: 0,
            app: App {
                client_id: "com.acme.abmctl".to_owned(),
                team_id: "ABCDE12345".to_owned(),
                key_id: "FGHIJ67890".to_owned(),
                public_key: key.public,
                private_key: key.pem,
                redirect_uri: "https://acme.example/abmctl".to_owned(),
            },
        }
    }
}

/// Whether the organization has what a small one lacks: devices on the Configurator service, and migrations in each status.
fn is_large(options: &Options) -> bool {
    options.devices >= 5_000
}

fn days_before(now: Timestamp, days: i64) -> Timestamp {
    hours_before(now, days * 24)
}

fn hours_before(now: Timestamp, hours: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(hours))
        .unwrap_or(now)
}

fn servers(options: &Options, now: Timestamp) -> Vec<Server> {
    use ProductFamily::{Ipad, Iphone, Mac, Vision};
    let built_in = match options.kind {
        OrganizationKind::Business => ("Built-in Device Management", ServerType::AppleMdm),
        OrganizationKind::School => ("Apple Configurator", ServerType::AppleConfigurator),
    };
    let named = [
        ("Jamf Pro Production", ServerType::Mdm, vec![Mac]),
        ("Intune", ServerType::Mdm, vec![Ipad, Iphone, Vision]),
        ("Jamf Pro Test", ServerType::Mdm, vec![]),
        (built_in.0, built_in.1, vec![]),
    ]
    .map(|(name, server_type, families)| (name.to_owned(), server_type, families));
    // The fourth is Apple's own and has no token, so more than three tokens take a server more.
    let fewest = match options.tokens {
        few @ 0..4 => few,
        many => many + 1,
    };
    let count = options.servers.max(fewest);
    let more = (5..=count).map(|n| (format!("Site {n:03}"), ServerType::Mdm, vec![]));
    let configurator = is_large(options) && options.kind == OrganizationKind::Business;
    let configurator = configurator.then(|| {
        let name = "Apple Configurator".to_owned();
        (name, ServerType::AppleConfigurator, vec![])
    });
    let all = named.into_iter().chain(more).take(count);
    (0..)
        .zip(all.chain(configurator))
        .map(|(n, (name, server_type, families))| {
            let connects = server_type == ServerType::Mdm && n != 2;
            Server {
                id: derive::server_id(&format!("{} server {name}", options.seed)),
                server_type,
                status: Some(if n == 2 {
                    ServerStatus::Inactive
                } else {
                    ServerStatus::Active
                }),
                may_disown: n == 0,
                default_families: families.into_iter().collect(),
                last_connected_at: connects.then(|| hours_before(now, 1 + n % 20)),
                last_connected_ip: connects.then(|| format!("192.0.2.{}", 10 + n % 200)),
                certificate: None,
                created_at: days_before(now, 900 - (n % 400) * 7),
                updated_at: days_before(now, 120 - n % 100),
                name,
            }
        })
        .collect()
}

/// The servers of other makers have tokens, the first ones first; Apple's own has none.
///
/// The token `prod` has set no URL yet, `intune` has. Of the others each fifth has not.
fn server_tokens(options: &Options, servers: &[Server], now: Timestamp) -> Vec<ServerToken> {
    let seed = options.seed;
    let tokens = (0..)
        .zip(servers)
        .filter(|(_, server)| server.server_type == ServerType::Mdm);
    tokens
        .take(options.tokens)
        .map(|(n, server)| {
            let name = match n {
                0 => "prod".to_owned(),
                1 => "intune".to_owned(),
                _ => server.name.to_lowercase().replace(' ', "-"),
            };
            let (days, url) = match n {
                0 => (212, None),
                1 => (
                    96,
                    Some(
                        "https://intune.acme.com/.well-known/com.apple.remotemanagement".to_owned(),
                    ),
                ),
                _ => (
                    30 + n * 7 % 300,
                    (n % 5 != 0)
                        .then(|| format!("https://mdm.acme.example/{}/discovery", server.id)),
                ),
            };
            ServerToken {
                service_discovery: url.map(|url| ServiceDiscovery {
                    url,
                    set_at: days_before(now, 52),
                }),
                ..ServerToken::made(
                    &format!("{seed}"),
                    name,
                    &server.id,
                    days_before(now, -days),
                )
            }
        })
        .collect()
}

/// Of twelve own accounts one is on acme.de; a few external ones and ones of a reserved domain come on top.
fn users(options: &Options, now: Timestamp) -> Vec<User> {
    let mut generator = Generator::new(&format!("{} users", options.seed));
    let external = options.users.div_ceil(50);
    let reserved = options.users.div_ceil(100);
    (0..options.users + external + reserved)
        .map(|index| {
            let first = *generator.one_of(&FIRST_NAMES);
            let last = *generator.one_of(&LAST_NAMES);
            let (domain, is_external) = if index >= options.users + external {
                ("acme.appleid.com", false)
            } else if index >= options.users {
                ("partner.example", true)
            } else if index % 12 == 3 {
                ("acme.de", false)
            } else {
                ("acme.com", false)
            };
            let mailbox = format!("{first}.{last}{index}").to_lowercase();
            User {
                id: derive::uuid(&format!("{} user {index}", options.seed)),
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                managed_apple_account: format!("{mailbox}@{domain}"),
                // A contact address, on a domain that proves nothing.
                email: index
                    .is_multiple_of(3)
                    .then(|| format!("{mailbox}@mail.example")),
                external: is_external,
                status: if index % 40 == 39 {
                    "DEACTIVATED"
                } else {
                    "ACTIVE"
                }
                .to_owned(),
                created_at: hours_before(
                    now,
                    i64::try_from(generator.below(700 * 24)).unwrap_or(0),
                ),
            }
        })
        .collect()
}

/// What happened to domains, among events of other kinds, oldest first.
fn audit_events(options: &Options, now: Timestamp) -> Vec<AuditEvent> {
    let id = |name: &str| derive::uuid(&format!("{} domain {name}", options.seed));
    let event = |days, kind: &str, id: &str, name| {
        AuditEvent::domain(days_before(now, days), kind, id, name)
    };
    let (com, org, net, nameless) = (
        id("acme.com"),
        id("acme.org"),
        id("acme.net"),
        id("nameless"),
    );
    let (io, io_again) = (id("acme.io"), id("acme.io again"));
    let mut events = vec![
        event(300, "DOMAIN_ADDED", &net, Some("acme.net")),
        event(290, "DOMAIN_VERIFIED", &net, Some("acme.net")),
        // Removed, and added again under another id.
        event(280, "DOMAIN_ADDED", &io, Some("acme.io")),
        event(279, "DOMAIN_VERIFIED", &io, Some("acme.io")),
        event(150, "DOMAIN_REMOVED", &io, Some("acme.io")),
        event(110, "DOMAIN_ADDED", &io_again, Some("acme.io")),
        event(109, "DOMAIN_VERIFIED", &io_again, Some("acme.io")),
        // Named by its id alone.
        event(125, "DOMAIN_ADDED", "shop.acme.com", None),
        event(120, "DOMAIN_VERIFIED", "shop.acme.com", None),
        event(95, "DOMAIN_ADDED", &com, Some("acme.com")),
        event(81, "DOMAIN_VERIFIED", &com, Some("acme.com")),
        // Named nowhere.
        event(62, "DOMAIN_ADDED", &nameless, None),
        event(60, "DOMAIN_VERIFIED", &nameless, None),
        event(40, "DOMAIN_REMOVED", &net, Some("acme.net")),
        event(9, "DOMAIN_ADDED", &org, Some("acme.org")),
        event(8, "DOMAIN_VERIFIED", &org, Some("acme.org")).ending(Outcome::Failure),
    ];
    if options.audit_years > 1 {
        // At the very beginning.
        let days = i64::from(options.audit_years) * 365;
        let old = id("archive.acme.com");
        let name = Some("archive.acme.com");
        events.push(event(days - 20, "DOMAIN_ADDED", &old, name));
        events.push(event(days - 10, "DOMAIN_VERIFIED", &old, name));
    }
    events
}

/// Forty a year, or as many as were asked for.
fn other_events(options: &Options, now: Timestamp) -> OtherEvents {
    let years = usize::try_from(options.audit_years).unwrap_or(usize::MAX);
    OtherEvents {
        count: options.audit_events.max(years.saturating_mul(40)),
        from: days_before(now, i64::from(options.audit_years) * 365),
        until: hours_before(now, 20),
    }
}
