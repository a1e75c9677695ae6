//! The way of a device, against web servers of the tests' own: every step, and what is found on it.
//!
//! Over 400 lines, since each thing that can be found is found here once.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use abmctl::core::domains::{DnsFacts, DnsToken};
use abmctl::core::service_discovery::{Code, Fallback, Weight};
use abmctl::device_view::dns::Dns;
use abmctl::device_view::{Purpose, ResolverAddress, Settings, Start, View, Walk};
use abmctl::network::Network;
use rustls::CipherSuite;
use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::FakeClock;
use super::support::wire::{self, Wire};
use super::web::{Answer, Asked, ClientCertificates, Web, answer, document, redirect, resolver};

const WELL_KNOWN: &str = "/.well-known/com.apple.remotemanagement";
const BASE: &str = "https://mdm.acme.com/enroll";
const QUERY: &str = "user-identifier=a@acme.com&model-family=Mac";

fn settings(web: &Web) -> Settings {
    let names = [
        "acme.com",
        "www.acme.com",
        "mdm.acme.com",
        "login.acme.com",
        "expired.acme.com",
        "other.acme.com",
        "untrusted.acme.com",
        "long.acme.com",
        "toolong.acme.com",
        "soon.acme.com",
        "nousage.acme.com",
        "client.acme.com",
    ];
    let mut overrides: Vec<_> = names
        .iter()
        .map(|name| format!("{name}:{}", web.address).parse().unwrap())
        .collect();
    // Nothing listens there.
    overrides.push("closed.acme.com:127.0.0.1:9".parse().unwrap());
    Settings {
        network: Network {
            certificates: Some(web.roots()),
            ..Network::default()
        },
        timeout: Duration::from_secs(10),
        overrides,
        resolver: Some(ResolverAddress(resolver())),
        confined: false,
        clock: Arc::new(FakeClock::new()),
    }
}

fn view(web: &Web) -> View {
    View::new(settings(web)).unwrap()
}

fn acme() -> Start {
    of("acme.com")
}

fn of(domain: &str) -> Start {
    Start::WellKnown {
        domain: domain.into(),
        user: "a@acme.com".into(),
        family: "Mac".into(),
    }
}

/// Walks through a web that answers so at the domain, and well at the enrollment.
async fn walk(at_domain: Answer) -> Walk {
    let web = Web::start(move |asked| (asked.host == "acme.com").then(|| at_domain.clone()));
    view(&web).walk(&acme()).await
}

fn codes(walk: &Walk) -> Vec<Code> {
    walk.findings.iter().map(|finding| finding.code).collect()
}

#[tokio::test]
async fn a_good_domain_leads_to_where_the_device_would_enrol() {
    let web = Web::table(vec![(
        "acme.com/.well-known/com.apple.remotemanagement",
        document(BASE),
    )]);
    let view = view(&web);
    let walk = view.walk(&acme()).await;
    assert_eq!(walk.findings, []);
    assert_eq!(walk.server.as_ref().unwrap().base_url, BASE);
    assert_eq!(walk.fallback(), Fallback::Never);
    let [asked, base] = &walk.steps[..] else {
        panic!("{:?}", walk.steps);
    };
    assert_eq!(asked.url, format!("https://acme.com{WELL_KNOWN}?{QUERY}"));
    assert_eq!(asked.address, Some(web.address));
    assert!(asked.user_agent.unwrap().starts_with("abmctl/"));
    let seen = asked.answer.as_ref().unwrap();
    assert_eq!(
        (seen.status, &seen.content_types[0][..]),
        (200, "application/json")
    );
    assert_eq!(seen.body_length, seen.body_start.len());
    assert_eq!(
        (base.purpose, base.method, &base.answer),
        (Purpose::BaseUrl, None, &None)
    );
    assert_eq!((base.address, &base.failure), (Some(web.address), &None));
    assert_eq!(web.asked(), [format!("GET acme.com{WELL_KNOWN}?{QUERY}")]);
    // The enrollment's host is connected to once for a run.
    let before = web.connections();
    view.walk(&acme()).await;
    assert_eq!(web.connections(), before + 1);
}

#[tokio::test]
async fn a_registered_url_keeps_its_own_query_and_port() {
    let web = Web::start(|_| Some(document(BASE)));
    let start = Start::Registered {
        url: "https://mdm.acme.com:8443/discovery?team=1#x".into(),
        user: "a@acme.com".into(),
        family: "RealityDevice".into(),
    };
    let walk = view(&web).walk(&start).await;
    assert_eq!(walk.findings, []);
    let expected = "GET mdm.acme.com:8443/discovery?team=1&user-identifier=a@acme.com&model-family=RealityDevice";
    assert_eq!(web.asked(), [expected]);
    for url in ["http://mdm.acme.com/", "mdm.acme.com", ""] {
        let start = Start::Registered {
            url: url.into(),
            user: "a@acme.com".into(),
            family: "Mac".into(),
        };
        assert_eq!(
            codes(&view(&web).walk(&start).await),
            [Code::AddeUrlMalformed],
            "{url}"
        );
    }
    for (url, code) in [
        ("https:/mdm.acme.com/discovery", Code::AddeUrlMalformed),
        ("https://mdm.acme.com/discovery ", Code::AddeUrlMalformed),
        ("https://localhost/discovery", Code::LoopbackAddress),
        (
            "https://mdm.acme.com/MDMServiceConfig",
            Code::ConfiguratorUrl,
        ),
        ("https://mdm.acme.com/{tenant}", Code::Placeholder),
    ] {
        let start = Start::Registered {
            url: url.into(),
            user: "a@acme.com".into(),
            family: "Mac".into(),
        };
        assert_eq!(codes(&view(&web).walk(&start).await), [code], "{url}");
    }
}

#[tokio::test]
async fn a_user_goes_out_with_its_at_sign_and_nothing_else_as_it_is() {
    let web = Web::start(|_| Some(document(BASE)));
    let start = Start::WellKnown {
        domain: "acme.com".into(),
        user: "ada+x&y=z ü@acme.com".into(),
        family: "Mac".into(),
    };
    view(&web).walk(&start).await;
    let query = "user-identifier=ada%2Bx%26y%3Dz%20%C3%BC@acme.com&model-family=Mac";
    assert_eq!(web.asked(), [format!("GET acme.com{WELL_KNOWN}?{query}")]);
}

#[tokio::test]
async fn a_document_beside_its_place_is_found() {
    for (end, found) in [(".json", true), (".", true), (".txt", false)] {
        let path = format!("acme.com{WELL_KNOWN}{end}");
        let web = Web::start(move |asked| {
            let at = format!("{}{}", asked.host, asked.path);
            let good =
                r#"{"Servers":[{"Version":"mdm-byod","BaseURL":"https://mdm.acme.com/enroll"}]}"#;
            Some(if at == path {
                answer(200, "application/octet-stream", good)
            } else {
                answer(404, "text/html", "<html>")
            })
        });
        let view = view(&web);
        let walk = view.walk(&acme()).await;
        let code = if found {
            Code::DocumentMisplaced
        } else {
            Code::NotFound
        };
        assert_eq!(codes(&walk), [code], "{end}");
        assert_eq!(walk.fallback(), Fallback::Runs);
        let message = &walk.findings[0].message;
        assert_eq!(
            message.contains(&format!("remotemanagement{end},")),
            found,
            "{message}"
        );
        // It is looked for once, whatever the platform.
        let asked = web.asked().len();
        view.walk(&acme()).await;
        assert_eq!(web.asked().len(), asked + 1);
    }
}

#[tokio::test]
async fn a_document_beside_its_place_is_found_whatever_the_answer_in_its_place() {
    for (status, content_type, code, says) in [
        (410, "", Code::DocumentMisplaced, "The answer is 410: the"),
        (403, "", Code::DocumentMisplaced, "The answer is 403: the"),
        (400, "", Code::DocumentMisplaced, "The answer is 400: the"),
        (200, "text/html", Code::Html, "with status 200. The"),
    ] {
        let walk = walk_with(move |asked| {
            if asked.path == format!("{WELL_KNOWN}.json") {
                document(BASE)
            } else {
                answer(status, content_type, "<html>")
            }
        })
        .await;
        assert_eq!(codes(&walk), [code], "{status}");
        let message = &walk.findings[0].message;
        let place = format!("{says} document is at {WELL_KNOWN}.json");
        assert!(message.contains(&place), "{message}");
    }
    // A page for everything is no document.
    let walk = walk_with(|_| answer(200, "text/html", "<html>")).await;
    assert_eq!(codes(&walk), [Code::Html]);
    assert!(walk.findings[0].message.ends_with("with status 200."));
}

#[tokio::test]
async fn each_answer_has_its_finding() {
    let ok = || document(BASE);
    for (answer, code, fallback) in [
        (
            answer(404, "text/html", "<html>"),
            Code::NotFound,
            Fallback::Runs,
        ),
        (answer(403, "", ""), Code::Forbidden, Fallback::Runs),
        (
            answer(200, "text/html", "<!doctype html>"),
            Code::Html,
            Fallback::Disputed,
        ),
        (
            answer(200, "application/octet-stream", "{\"Servers\":[]}"),
            Code::ContentType,
            Fallback::Disputed,
        ),
        (
            ok().with("Content-Type", "text/plain"),
            Code::ContentType,
            Fallback::Disputed,
        ),
        (
            answer(503, "text/html", ""),
            Code::ServerError,
            Fallback::Disputed,
        ),
        (ok().broken(), Code::BrokenOff, Fallback::Disputed),
        (
            answer(200, "application/json", vec![b' '; 1024 * 1024 + 1]),
            Code::NotJson,
            Fallback::Disputed,
        ),
        (
            answer(302, "", ""),
            Code::RedirectBroken,
            Fallback::Disputed,
        ),
        (
            redirect(302, "mailto:a@acme.com"),
            Code::RedirectBroken,
            Fallback::Disputed,
        ),
        (
            redirect(302, "https://"),
            Code::RedirectBroken,
            Fallback::Disputed,
        ),
        (
            document("http://mdm.acme.com/"),
            Code::BaseUrlNotHttps,
            Fallback::Never,
        ),
        (
            document("https://closed.acme.com/"),
            Code::BaseUrlNoConnection,
            Fallback::Never,
        ),
        (
            document("https://expired.acme.com/"),
            Code::BaseUrlTls,
            Fallback::Never,
        ),
        (
            document("https://unknown.acme.com/"),
            Code::BaseUrlNameNotFound,
            Fallback::Never,
        ),
    ] {
        let walk = walk(answer.clone()).await;
        assert_eq!(codes(&walk), [code], "{answer:?} {walk:?}");
        assert_eq!(walk.fallback(), fallback, "{answer:?}");
    }
}

#[tokio::test]
async fn each_failure_to_connect_has_its_finding() {
    let web = Web::start(|_| Some(document(BASE)));
    let view = view(&web);
    // On macOS the system judges certificates, and names neither their end nor their hosts.
    let (since, for_whom) = if cfg!(target_os = "macos") {
        ("is expired", "is for a different name")
    } else {
        ("expired on January 31, 2026", "is for www.example")
    };
    for (domain, code, part) in [
        ("closed.acme.com", Code::NoConnection, "Connection refused"),
        ("expired.acme.com", Code::CertificateExpired, since),
        ("other.acme.com", Code::CertificateWrongName, for_whom),
        (
            "untrusted.acme.com",
            Code::CertificateUntrusted,
            "root that this machine trusts",
        ),
        (
            "client.acme.com",
            Code::CertificateNoServerAuth,
            "lacks serverAuth",
        ),
        ("unknown.acme.com", Code::NameNotFound, "doesn't exist"),
        ("empty.acme.com", Code::NameNotFound, "has no address"),
        ("failing.acme.com", Code::ResolverFailed, "can't look up"),
    ] {
        let walk = view.walk(&of(domain)).await;
        assert_eq!(codes(&walk), [code], "{walk:?}");
        assert!(walk.findings[0].message.contains(part), "{walk:?}");
        assert_eq!(
            walk.steps[0].failure.as_ref(),
            Some(&walk.findings[0].message)
        );
    }
}

#[tokio::test]
async fn a_certificate_is_judged_as_devices_judge_it_at_each_host() {
    let web = Web::start(|_| Some(document(BASE)));
    for (label, code, says) in [
        ("toolong", Code::CertificateTooLong, "valid for 1,125 days"),
        (
            "nousage",
            Code::CertificateNoServerAuth,
            "no extended key usage",
        ),
        ("long", Code::CertificateLong, "valid for 760 days"),
        (
            "soon",
            Code::CertificateEndsSoon,
            "expires on November 30, 2026",
        ),
    ] {
        let host = format!("{label}.acme.com");
        let walk = view(&web).walk(&of(&host)).await;
        // The system's verifier on macOS refuses the first two by itself.
        assert_eq!(codes(&walk), [code], "{walk:?}");
        assert!(walk.findings[0].message.contains(says), "{walk:?}");
        // A redirect's target is a host as well, and is told once.
        let to = format!("https://{host}/d?{QUERY}");
        let redirecting = Web::start(move |asked| {
            Some(match asked.host.as_str() {
                "acme.com" => redirect(302, &to),
                _ => document(&format!("https://{}/enroll", asked.host)),
            })
        });
        let walk = view(&redirecting).walk(&acme()).await;
        assert_eq!(codes(&walk), [code], "{walk:?}");
        // The host of BaseURL.
        let base = format!("https://{host}/enroll");
        let web = Web::start(move |_| Some(document(&base)));
        let walk = view(&web).walk(&acme()).await;
        let fails = code.weight() == Weight::Fails;
        let at_base = if fails { Code::BaseUrlTls } else { code };
        assert_eq!(codes(&walk), [at_base], "{walk:?}");
        assert!(walk.findings[0].message.contains("BaseURL"), "{walk:?}");
        assert_eq!(walk.fallback(), Fallback::Never);
        assert!(walk.server.is_some());
    }
}

#[tokio::test]
async fn a_certificate_counts_before_the_answer() {
    let web = Web::start(|_| None);
    let walk = view(&web).walk(&of("toolong.acme.com")).await;
    // On macOS there is no answer.
    let last = if cfg!(target_os = "macos") {
        Code::CertificateTooLong
    } else {
        Code::NotFound
    };
    let codes = codes(&walk);
    assert_eq!(codes.first(), Some(&Code::CertificateTooLong), "{walk:?}");
    assert_eq!(codes.last(), Some(&last), "{walk:?}");
    assert_eq!(walk.fallback(), Fallback::Disputed);
}

#[tokio::test]
async fn a_handshake_that_is_closed_or_reset_is_a_failure_of_tls() {
    for reset in [false, true] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                // What is left unread makes a reset of a close.
                let read = if reset { 1 } else { 8192 };
                let _ = std::io::Read::read(&mut stream, &mut vec![0; read]);
            }
        });
        let web = Web::start(|_| Some(document(BASE)));
        let mut settings = settings(&web);
        let closing = format!("closing.acme.com:{address}");
        settings.overrides.insert(0, closing.parse().unwrap());
        let closing = View::new(settings.clone()).unwrap();
        let walk = closing.walk(&of("closing.acme.com")).await;
        assert_eq!(codes(&walk), [Code::TlsFailed], "{walk:?}");
        assert!(
            walk.findings[0].message.contains("closes it during"),
            "{walk:?}"
        );
        let web = Web::start(|_| Some(document("https://closing.acme.com/")));
        settings.network.certificates = Some(web.roots());
        let domain = format!("acme.com:{}", web.address);
        settings.overrides.insert(0, domain.parse().unwrap());
        let walk = View::new(settings).unwrap().walk(&acme()).await;
        assert_eq!(codes(&walk), [Code::BaseUrlTls], "{walk:?}");
    }
}

/// What is done to a connection in front of a web server.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// Leads it to a server.
    Serve(std::net::SocketAddr),
    Close,
    Reset,
    /// Sends a fatal alert of this number.
    Alert(u8),
}

/// Serves the first connection, as `serve` says, and does to the handshakes of version 27 what is in `deeds`, one after
/// another. Later handshakes of other clients get `after`. Counts those of version 27.
fn in_front_of(
    serve: Deed,
    deeds: Vec<Deed>,
    after: Deed,
) -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let counted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&counted);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 8192];
            let accepted = loop {
                let there = stream.peek(&mut buffer).unwrap();
                let mut acceptor = Acceptor::default();
                acceptor.read_tls(&mut &buffer[..there]).unwrap();
                if let Some(accepted) = acceptor.accept().ok().unwrap() {
                    break accepted;
                }
            };
            let of_others = CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
            let is_27 = !accepted.client_hello().cipher_suites().contains(&of_others);
            let before = count.fetch_add(usize::from(is_27), Ordering::Relaxed);
            let deed = match (is_27, before) {
                (true, nth) => deeds.get(nth).copied().unwrap_or(serve),
                (false, 0) => serve,
                (false, _) => after,
            };
            match deed {
                Deed::Serve(to) => relay(stream, to),
                Deed::Close => {
                    let _ = stream.read(&mut buffer);
                }
                // What is left unread makes a reset of a close.
                Deed::Reset => {}
                Deed::Alert(number) => {
                    let _ = stream.read(&mut buffer);
                    stream.write_all(&[21, 3, 3, 0, 2, 2, number]).unwrap();
                }
            }
        }
    });
    (address, counted)
}

/// Leads a connection to another server, both ways.
fn relay(stream: std::net::TcpStream, to: std::net::SocketAddr) {
    let there = std::net::TcpStream::connect(to).unwrap();
    let ends = [
        (stream.try_clone().unwrap(), there.try_clone().unwrap()),
        (there, stream),
    ];
    for (mut from, mut to) in ends {
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(std::net::Shutdown::Write);
        });
    }
}

#[tokio::test]
async fn a_connection_of_version_27_that_is_lost_is_no_refusal() {
    use Deed::{Alert, Close, Reset, Serve};
    let web = Web::of_versions(&[&rustls::version::TLS12], |_| Some(document(BASE)));
    let of_tls_13 = Web::start(|_| Some(document(BASE)));
    let roots = [web.roots(), of_tls_13.roots()].map(|it| std::fs::read(it).unwrap());
    std::fs::write(web.roots(), roots.concat()).unwrap();
    let serve = Serve(web.address);
    for (deeds, after, refused, tried) in [
        (vec![], serve, false, 1),
        (vec![Reset], serve, false, 2),
        (vec![Close], serve, false, 2),
        (vec![Reset, Reset], serve, true, 2),
        (vec![Close, Close], serve, true, 2),
        // Nothing gets through any more.
        (vec![Reset, Reset], Reset, false, 2),
        (vec![Close, Close], Alert(40), false, 2),
        // Another server answers by then.
        (vec![Close, Close], Serve(of_tls_13.address), false, 2),
        // handshake_failure, insufficient_security, internal_error.
        (vec![Alert(40)], serve, true, 1),
        (vec![Close, Alert(71)], serve, true, 2),
        (vec![Alert(80)], serve, false, 1),
    ] {
        let case = format!("{deeds:?} {after:?}");
        let (address, counted) = in_front_of(serve, deeds, after);
        let mut settings = settings(&web);
        let front = format!("acme.com:{address}");
        settings.overrides.insert(0, front.parse().unwrap());
        let walk = View::new(settings).unwrap().walk(&acme()).await;
        let says: Vec<&str> = walk.findings.iter().map(|it| &*it.message).collect();
        let refusal = "acme.com uses TLS 1.2 without a cipher suite with ECDHE and AES-GCM. iOS, iPadOS, macOS, and visionOS 27 refuse the connection.";
        let expected = if refused { vec![refusal] } else { vec![] };
        assert_eq!(says, expected, "{case}");
        assert_eq!(counted.load(Ordering::Relaxed), tried, "{case}");
    }
}

#[tokio::test]
async fn a_record_that_comes_close_is_named() {
    let dns = Dns::new(
        Some(ResolverAddress(resolver())),
        Duration::from_secs(5),
        false,
    );
    // A record's strings are one text.
    let token = dns.facts("token.example").await;
    assert_eq!(
        (token.token, token.near_misses),
        (Some(DnsToken::Present), Vec::new())
    );
    for (name, says) in [
        ("quoted.example", "its text includes the quotes"),
        (
            "doubled.example",
            "at doubled.example.doubled.example, not at",
        ),
    ] {
        let facts = dns.facts(name).await;
        assert_eq!(facts.token, Some(DnsToken::Absent), "{name}");
        let [near] = &facts.near_misses[..] else {
            panic!("{facts:?}");
        };
        assert!(near.to_string().contains(says), "{near}");
    }
}

#[tokio::test]
async fn a_name_is_asked_of_the_resolver() {
    let web = Web::start(|_| Some(document(BASE)));
    let start = Start::Registered {
        url: format!("https://asked.example:{}/", web.address.port()),
        user: "a@acme.com".into(),
        family: "Mac".into(),
    };
    let walk = view(&web).walk(&start).await;
    assert_eq!(walk.findings, []);
    assert_eq!(walk.steps[0].address, Some(web.address));
}

#[tokio::test]
async fn what_a_resolver_does_not_say_is_no_absence() {
    let dns = Dns::new(
        Some(ResolverAddress(resolver())),
        Duration::from_secs(5),
        false,
    );
    let absent = Some(DnsToken::Absent);
    for (name, token, resolves) in [
        ("acme.example", absent, Some(true)),
        ("empty.example", absent, Some(false)),
        ("unknown.example", absent, Some(false)),
        ("half.example", absent, None),
        ("failing.example", None, None),
    ] {
        assert_eq!(
            dns.facts(name).await,
            DnsFacts {
                token,
                resolves,
                near_misses: Vec::new()
            },
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_resolver_that_is_silent_is_given_up_on() {
    let web = Web::start(|_| None);
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut settings = settings(&web);
    settings.resolver = Some(ResolverAddress(socket.local_addr().unwrap()));
    settings.timeout = Duration::from_millis(300);
    let walk = View::new(settings).unwrap().walk(&of("a.example")).await;
    assert_eq!(codes(&walk), [Code::ResolverFailed], "{walk:?}");
}

#[tokio::test]
async fn what_speaks_no_tls_and_what_says_nothing_are_told_apart() {
    for (silent, code) in [(false, Code::TlsFailed), (true, Code::TimedOut)] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if !silent {
                    let _ =
                        std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
                }
                kept.push(stream);
            }
        });
        let web = Web::start(|_| None);
        let mut settings = settings(&web);
        settings.timeout = Duration::from_millis(500);
        settings.overrides = vec![format!("acme.com:{address}").parse().unwrap()];
        let walk = View::new(settings).unwrap().walk(&acme()).await;
        assert_eq!(codes(&walk), [code], "{walk:?}");
    }
}

#[tokio::test]
async fn a_host_that_wants_a_client_certificate_says_so() {
    const ASKS: &str = "mdm.acme.com requests a client certificate and closes the connection";
    let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
    for version in versions {
        for clients in [ClientCertificates::Required, ClientCertificates::Asked] {
            let wanting = Web::with_clients(clients, &[version], |_| Some(document(BASE)));
            let web = Web::start(|_| Some(document(BASE)));
            let roots = [wanting.roots(), web.roots()].map(|it| std::fs::read(it).unwrap());
            std::fs::write(web.roots(), roots.concat()).unwrap();
            let mut settings = settings(&web);
            let mdm = format!("mdm.acme.com:{}", wanting.address);
            settings.overrides.insert(0, mdm.parse().unwrap());
            let view = View::new(settings).unwrap();
            for (domain, code) in [
                ("mdm.acme.com", Code::TlsFailed),
                ("acme.com", Code::BaseUrlTls),
            ] {
                let walk = view.walk(&of(domain)).await;
                let case = format!("{version:?} {clients:?} {walk:?}");
                if clients == ClientCertificates::Asked {
                    assert_eq!(walk.findings, [], "{case}");
                } else {
                    assert_eq!(codes(&walk), [code], "{case}");
                    assert!(walk.findings[0].message.contains(ASKS), "{case}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_handshake_that_fails_is_told_in_plain_words() {
    for (answer, says) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "acme.com doesn't answer with TLS. The usual cause is plain http on this port.",
        ),
        // handshake_failure, protocol_version, unrecognized_name, internal_error.
        (
            &[21, 3, 3, 0, 2, 2, 40],
            "abmctl doesn't support the cipher suites of older servers. If acme.com has only those, devices with version 27 refuse the connection, and devices with older versions may accept it.",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 70],
            "acme.com supports neither TLS 1.2 nor TLS 1.3.",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 112],
            "The server of acme.com has no TLS for this name.",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 80],
            "acme.com ends the TLS handshake with the alert internal_error.",
        ),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 8192]);
                let _ = stream.write_all(answer);
            }
        });
        let web = Web::start(|_| None);
        let mut settings = settings(&web);
        settings.overrides = vec![format!("acme.com:{address}").parse().unwrap()];
        let walk = View::new(settings).unwrap().walk(&acme()).await;
        assert_eq!(codes(&walk), [Code::TlsFailed], "{walk:?}");
        let message = &walk.findings[0].message;
        assert!(message.ends_with(says), "{message}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_in_plain_words() {
    let walk = walk(document(BASE).broken()).await;
    assert_eq!(codes(&walk), [Code::BrokenOff]);
    assert_eq!(
        walk.findings[0].message,
        "The connection to acme.com broke before the answer was complete: the other end closed it."
    );
}

#[tokio::test]
async fn redirects_are_followed_and_kept() {
    let web = Web::start(|asked| {
        Some(match (asked.host.as_str(), asked.path.as_str()) {
            ("acme.com", _) => redirect(
                301,
                &format!("https://www.acme.com{}?{}", asked.path, asked.query),
            ),
            ("www.acme.com", "/d") => document(BASE),
            _ => redirect(307, &format!("/d?{}#there", asked.query)),
        })
    });
    let walk = view(&web).walk(&acme()).await;
    assert_eq!(walk.findings, []);
    assert!(walk.server.is_some());
    let urls: Vec<&str> = walk.steps.iter().map(|step| step.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            format!("https://acme.com{WELL_KNOWN}?{QUERY}"),
            format!("https://www.acme.com{WELL_KNOWN}?{QUERY}"),
            format!("https://www.acme.com/d?{QUERY}"),
            BASE.to_owned(),
        ]
    );
}

#[tokio::test]
async fn the_body_of_a_redirect_does_not_matter() {
    let web = Web::start(|asked| {
        Some(match asked.path.as_str() {
            "/d" => document(BASE),
            _ => redirect(307, &format!("/d?{}", asked.query)).broken(),
        })
    });
    assert_eq!(view(&web).walk(&acme()).await.findings, []);
}

#[tokio::test]
async fn a_lost_query_is_found_whatever_comes_after_it() {
    let to_www = redirect(301, "https://www.acme.com/d");
    for (end, expected, enrols) in [
        (document(BASE), vec![Code::RedirectLostQuery], true),
        (
            answer(200, "text/html", "<html>"),
            vec![Code::RedirectLostQuery, Code::Html],
            false,
        ),
        (
            answer(404, "", ""),
            vec![Code::RedirectLostQuery, Code::NotFound],
            false,
        ),
        (
            document("https://closed.acme.com"),
            vec![Code::BaseUrlNoConnection, Code::RedirectLostQuery],
            true,
        ),
        // These don't depend on the query.
        (
            answer(200, "text/html", "<html><form><input type=password>"),
            vec![Code::LoginPage, Code::RedirectLostQuery],
            false,
        ),
        (
            answer(405, "", ""),
            vec![Code::EnrollmentUrl, Code::RedirectLostQuery],
            false,
        ),
        (
            answer(401, "", ""),
            vec![Code::Unauthorized, Code::RedirectLostQuery],
            false,
        ),
    ] {
        let (first, second) = (to_www.clone(), end.clone());
        let web = Web::start(move |asked| {
            Some(if asked.host == "acme.com" {
                first.clone()
            } else {
                second.clone()
            })
        });
        let walk = view(&web).walk(&acme()).await;
        assert_eq!(codes(&walk), expected, "{end:?}");
        assert_eq!(walk.server.is_some(), enrols, "{end:?}");
    }
}

#[tokio::test]
async fn redirects_that_lead_nowhere_end() {
    let circle = walk_with(|asked| {
        redirect(
            302,
            &format!("https://acme.com{}?{}", asked.path, asked.query),
        )
    });
    let circle = circle.await;
    assert_eq!(codes(&circle), [Code::RedirectLoop]);
    assert_eq!(circle.steps.len(), 1);
    let on = walk_with(|asked| redirect(302, &format!("{}x?{}", asked.path, asked.query))).await;
    assert_eq!(codes(&on), [Code::RedirectLoop]);
    assert_eq!(on.steps.len(), 11);
    let down = walk_with(|asked| redirect(302, &format!("http://acme.com/?{}", asked.query))).await;
    assert_eq!(codes(&down), [Code::RedirectNotHttps]);
    let login = walk_with(|asked| match asked.host.as_str() {
        "acme.com" => redirect(302, &format!("https://login.acme.com/?{}", asked.query)),
        _ => answer(200, "text/html", "<html>"),
    });
    assert_eq!(codes(&login.await), [Code::LoginPage]);
}

async fn walk_with(answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Walk {
    let web = Web::start(move |asked| Some(answers(asked)));
    view(&web).walk(&acme()).await
}

#[tokio::test]
async fn a_403_is_asked_again_as_a_device_would() {
    fn is_device(asked: &Asked) -> bool {
        asked.agent.starts_with("DeviceManagementClient/")
    }
    let forbidden = || answer(403, "text/html", "<html>");
    let served = walk_with(move |asked| {
        if is_device(asked) {
            document(BASE)
        } else {
            forbidden()
        }
    })
    .await;
    assert_eq!(codes(&served), [Code::AgentRefused]);
    assert!(served.server.is_some() && served.failure().is_none());
    assert_eq!(served.steps[1].purpose, Purpose::Explanation);
    let other = walk_with(move |asked| {
        if is_device(asked) {
            answer(500, "", "")
        } else {
            forbidden()
        }
    })
    .await;
    assert_eq!(codes(&other), [Code::BotWall]);
    assert!(other.findings[0].message.contains("is 500"), "{other:?}");
    let both = walk_with(move |_| forbidden()).await;
    assert_eq!(codes(&both), [Code::Forbidden]);
    let wall = walk_with(move |_| forbidden().with("cf-mitigated", "challenge")).await;
    assert_eq!(codes(&wall), [Code::BotWall]);
    // A server that turns devices away on purpose has said why.
    let rejection = r#"{"code":"com.apple.well-known.failed","message":"no"}"#;
    let rejected = walk_with(move |_| answer(403, "application/json", rejection)).await;
    assert_eq!(
        (codes(&rejected), rejected.steps.len()),
        (vec![Code::Rejected], 1)
    );
}

#[tokio::test]
async fn a_probe_expects_a_bearer_challenge() {
    let bearer = "Bearer method=\"apple-as-web\", url=\"https://mdm.acme.com/a\"";
    for (answer, good) in [
        (answer(401, "", "").with("WWW-Authenticate", bearer), true),
        (
            answer(401, "", "")
                .with("WWW-Authenticate", "Basic")
                .with("WWW-Authenticate", bearer),
            true,
        ),
        (
            answer(401, "", "").with("WWW-Authenticate", "Basic realm=x"),
            false,
        ),
        (answer(401, "", ""), false),
        (document(BASE), false),
        (redirect(302, "https://acme.com"), false),
    ] {
        let web = Web::table(vec![("mdm.acme.com/enroll", answer.clone())]);
        let (step, finding) = view(&web).probe(BASE).await;
        assert_eq!(step.method, Some("POST"));
        assert_eq!(web.asked(), ["POST mdm.acme.com/enroll?"]);
        let expected = (!good).then_some(Code::ProbeRefused);
        assert_eq!(finding.map(|finding| finding.code), expected, "{answer:?}");
    }
}

#[tokio::test]
async fn a_probe_that_gets_no_answer_says_where_it_failed() {
    let web = Web::start(|_| Some(document(BASE).broken()));
    let mut settings = settings(&web);
    // For names with no address given.
    settings.network.proxy = Some("http://127.0.0.1:9".into());
    settings.network.no_proxy = Some("unknown.acme.com,failing.acme.com".into());
    let view = View::new(settings).unwrap();
    for (host, code) in [
        ("mdm.acme.com", Code::BaseUrlNoConnection),
        ("closed.acme.com", Code::BaseUrlNoConnection),
        ("unknown.acme.com", Code::BaseUrlNameNotFound),
        ("expired.acme.com", Code::BaseUrlTls),
        ("other.acme.com", Code::BaseUrlTls),
        // On the way, not at the host.
        ("failing.acme.com", Code::ResolverFailed),
        ("proxied.example", Code::ProxyFailed),
    ] {
        let (step, finding) = view.probe(&format!("https://{host}/enroll")).await;
        let finding = finding.unwrap();
        assert_eq!(finding.code, code, "{finding}");
        let at_base_url = finding
            .message
            .starts_with("abmctl can't reach the BaseURL. ");
        assert_eq!(at_base_url, !code.is_unread(), "{finding}");
        assert!(step.answer.is_none() && step.failure.is_some(), "{step:?}");
    }
}

#[tokio::test]
async fn reachable_needs_no_certificate_and_asks_nothing() {
    let web = Web::start(|_| None);
    let view = view(&web);
    for (host, expected) in [
        ("untrusted.acme.com", None),
        ("closed.acme.com", Some(Code::AppleNotReachable)),
        ("unknown.acme.com", Some(Code::AppleNotReachable)),
    ] {
        let (step, finding) = view.reachable(host, 443).await;
        assert_eq!(finding.map(|finding| finding.code), expected, "{step:?}");
        assert_eq!((step.purpose, step.method), (Purpose::AppleHost, None));
    }
    assert_eq!(web.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn behind_a_proxy_the_connection_is_not_tried() {
    let web = Web::start(|_| None);
    let mut settings = settings(&web);
    settings.network.proxy = Some("http://127.0.0.1:9".into());
    let view = View::new(settings).unwrap();
    let (step, finding) = view.reachable("apple.example", 443).await;
    assert_eq!(finding, None);
    assert!(step.failure.unwrap().contains("a proxy is in between"));
    // A name with an address given is reached directly.
    let (step, finding) = view.reachable("acme.com", 443).await;
    assert_eq!((step.failure, finding), (None, None));
    let walk = view.walk(&of("proxied.example")).await;
    assert_eq!(codes(&walk), [Code::ProxyFailed], "{walk:?}");
    assert_eq!(
        walk.findings[0].message,
        "No connection to proxied.example through the proxy http://127.0.0.1:9: Connection refused."
    );
}

#[tokio::test]
async fn a_proxy_that_closes_the_connection_says_nothing_of_the_host() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            // The start of the handshake; then a filter closes it.
            let _ = stream.read(&mut request).await;
        }
    });
    let web = Web::start(|_| None);
    let mut settings = settings(&web);
    settings.network.proxy = Some(format!("http://me:s3cret@{proxy}"));
    let view = View::new(settings).unwrap();
    let walk = view.walk(&of("proxied.example")).await;
    assert_eq!(codes(&walk), [Code::ProxyFailed], "{walk:?}");
    let start = format!("No connection to proxied.example through the proxy http://{proxy}: ");
    assert!(walk.findings[0].message.starts_with(&start), "{walk:?}");
}

#[tokio::test]
async fn a_certificate_that_a_proxy_may_have_made_is_not_only_the_hosts() {
    let web = Web::start(|_| None);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    let to = web.address;
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                let mut there = tokio::net::TcpStream::connect(to).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut there).await;
            });
        }
    });
    let mut settings = settings(&web);
    settings.overrides.clear();
    settings.network.proxy = Some(format!("http://{proxy}"));
    let view = View::new(settings).unwrap();
    let walk = view.walk(&of("untrusted.acme.com")).await;
    assert_eq!(codes(&walk), [Code::CertificateUntrusted], "{walk:?}");
    assert_eq!(
        walk.findings[0].message,
        format!(
            "The certificate of untrusted.acme.com doesn't lead to a root that this machine trusts. The certificate may come from the proxy http://{proxy}; if so, set SSL_CERT_FILE to the proxy's root certificate."
        )
    );
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_its_status() {
    let proxy = Wire::always(wire::answer(407, "", "")).await;
    let web = Web::start(|_| None);
    let mut settings = settings(&web);
    settings.network.proxy = Some(format!("http://me:s3cret@{}", proxy.address));
    let view = View::new(settings).unwrap();
    let walk = view.walk(&of("proxied.example")).await;
    assert_eq!(codes(&walk), [Code::ProxyFailed]);
    assert_eq!(
        walk.findings[0].message,
        format!(
            "The proxy http://{} didn't connect to proxied.example:443: 407 Proxy Authentication Required.",
            proxy.address
        )
    );
}

#[tokio::test]
async fn what_came_back_has_no_control_characters() {
    let walk = walk(answer(404, "text/html\u{9b}", "a\u{1b}[31mb\nc")).await;
    let seen = walk.steps[0].answer.as_ref().unwrap();
    assert_eq!(seen.body_start, "a\u{fffd}[31mb c");
    assert!(!seen.content_types[0].contains('\u{9b}'));
}
