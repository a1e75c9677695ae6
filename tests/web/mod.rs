//! Web servers on loopback, for what a device would see: every name by one address, told apart by the name asked for.
//!
//! Names that begin with `expired.`, `other.`, `untrusted.`, `long.`, `toolong.`, `soon.` or `nousage.` get a certificate that
//! is so, and those with `client.` one that is for clients.
#![allow(
    dead_code,
    reason = "shared by two test binaries, each of which uses its part"
)]

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use tempfile::TempDir;

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub host: String,
    pub path: String,
    pub query: String,
    pub agent: String,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The connection ends before the body does.
    broken: bool,
}

/// An answer of this status, type and body.
pub fn answer(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let answer = Answer {
        status,
        headers: Vec::new(),
        body: body.into(),
        broken: false,
    };
    match content_type {
        "" => answer,
        _ => answer.with("Content-Type", content_type),
    }
}

/// A document that names this enrollment URL.
pub fn document(base_url: &str) -> Answer {
    let body = format!(r#"{{"Servers":[{{"Version":"mdm-byod","BaseURL":"{base_url}"}}]}}"#);
    answer(200, "application/json", body)
}

/// A redirect.
pub fn redirect(status: u16, to: &str) -> Answer {
    answer(status, "text/html", "moved").with("Location", to)
}

impl Answer {
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn broken(mut self) -> Self {
        self.broken = true;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} X\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let more = if self.broken { 100 } else { 0 };
        head += &format!("Content-Length: {}\r\n\r\n", self.body.len() + more);
        [head.as_bytes(), &self.body].concat()
    }
}

/// An authority: its certificate in PEM, and what signs with it.
fn authority(name: &str) -> (String, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}

struct Names {
    issuer: Issuer<'static, KeyPair>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    fn certificate(&self, name: &str) -> CertifiedKey {
        let host = match name.split_once('.') {
            Some(("other", _)) => "www.example",
            _ => name,
        };
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        // macOS refuses more than 825 days, and a certificate without this usage. The clients have the tests' clock.
        (params.not_before, params.not_after) = if name.starts_with("expired.") {
            (date_time_ymd(2025, 1, 1), date_time_ymd(2026, 1, 31))
        } else {
            let end = match name.split('.').next() {
                Some("long") => date_time_ymd(2028, 11, 30),
                Some("toolong") => date_time_ymd(2029, 11, 30),
                Some("soon") => date_time_ymd(2026, 11, 30),
                _ => date_time_ymd(2027, 11, 30),
            };
            (date_time_ymd(2026, 11, 1), end)
        };
        params.extended_key_usages = match name.split('.').next() {
            Some("nousage") => Vec::new(),
            Some("client") => vec![ExtendedKeyUsagePurpose::ClientAuth],
            _ => vec![ExtendedKeyUsagePurpose::ServerAuth],
        };
        let key = KeyPair::generate().unwrap();
        let issuer = if name.starts_with("untrusted.") {
            &authority("Nobody knows this one").1
        } else {
            &self.issuer
        };
        let certificate = params.signed_by(&key, issuer).unwrap();
        let der = rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&der).unwrap();
        CertifiedKey::new(vec![certificate.der().clone()], key)
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_owned();
        let mut made = self.made.lock().unwrap();
        let certificate = made
            .entry(name.clone())
            .or_insert_with(|| Arc::new(self.certificate(&name)));
        Some(Arc::clone(certificate))
    }
}

/// Whether a server asks for client certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientCertificates {
    Ignored,
    Asked,
    Required,
}

/// The servers. Dropping them closes their listener: macOS lets a process have 256 open files.
pub struct Web {
    pub address: SocketAddr,
    folder: TempDir,
    stopped: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<Mutex<usize>>,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The server checks the flag at the next connection.
        let _ = TcpStream::connect(self.address);
    }
}

impl Web {
    /// Answers as `answers` does: `None` is 404.
    pub fn start(answers: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::of_versions(rustls::ALL_VERSIONS, answers)
    }

    /// Answers so, and speaks these versions of TLS.
    pub fn of_versions(
        versions: &[&'static rustls::SupportedProtocolVersion],
        answers: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::with_clients(ClientCertificates::Ignored, versions, answers)
    }

    /// Answers so, to clients with such certificates.
    pub fn with_clients(
        clients: ClientCertificates,
        versions: &[&'static rustls::SupportedProtocolVersion],
        answers: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let (pem, issuer) = authority("The tests' authority");
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("roots.pem"), &pem).unwrap();
        let names = Names {
            issuer,
            made: Mutex::default(),
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        let root = pem::parse(&pem).unwrap().into_contents();
        roots.add(root.into()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
        let verifier = match clients {
            ClientCertificates::Ignored => WebPkiClientVerifier::no_client_auth(),
            ClientCertificates::Asked => verifier.allow_unauthenticated().build().unwrap(),
            ClientCertificates::Required => verifier.build().unwrap(),
        };
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(names));
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Self {
            address: listener.local_addr().unwrap(),
            folder,
            stopped: Arc::default(),
            asked: Arc::default(),
            connections: Arc::default(),
        };
        let (asked, connections) = (Arc::clone(&web.asked), Arc::clone(&web.connections));
        let (answers, stopped) = (Arc::new(answers), Arc::clone(&web.stopped));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                *connections.lock().unwrap() += 1;
                let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let stream = rustls::StreamOwned::new(connection, stream.unwrap());
                let (asked, answers) = (Arc::clone(&asked), Arc::clone(&answers));
                // A client that goes away early is what some tests are about.
                std::thread::spawn(move || {
                    let mut stream = BufReader::new(stream);
                    let Some(request) = read(&mut stream) else {
                        return;
                    };
                    asked.lock().unwrap().push(request.clone());
                    let answer =
                        answers(&request).unwrap_or_else(|| answer(404, "text/html", "<html>"));
                    let mut stream = stream.into_inner();
                    let _ = stream.write_all(&answer.bytes());
                    if !answer.broken {
                        stream.conn.send_close_notify();
                    }
                    let _ = stream.flush();
                });
            }
        });
        web
    }

    /// Answers by host and path, whatever the query.
    pub fn table(answers: Vec<(&'static str, Answer)>) -> Self {
        Self::start(move |asked| {
            let place = format!("{}{}", asked.host, asked.path);
            let found = answers.iter().find(|(at, _)| *at == place);
            found.map(|(_, answer)| answer.clone())
        })
    }

    /// The file of the authority that the servers' certificates come from.
    pub fn roots(&self) -> PathBuf {
        self.folder.path().join("roots.pem")
    }

    /// What was asked, as `METHOD host/path?query`.
    pub fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .map(|it| format!("{} {}{}?{}", it.method, it.host, it.path, it.query))
            .collect()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

fn read(stream: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|it| it.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
    Some(Asked {
        method,
        host: header("host"),
        path: path.to_owned(),
        query: query.to_owned(),
        agent: header("user-agent"),
    })
}

/// A resolver that knows every name by the address of loopback, but for those that begin with `unknown.`, `empty.` and
/// `failing.`; of `half.` it says that there is no address of the fourth version, and fails for the sixth. `quoted.` has a TXT
/// record with quotes in it, in two strings, and `doubled.` one under its name twice.
pub fn resolver() -> SocketAddr {
    // It has no state, so one is enough for all tests.
    static RESOLVER: LazyLock<SocketAddr> = LazyLock::new(|| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let _ = socket.send_to(&reply(&buffer[..length]), from);
            }
        });
        address
    });
    *RESOLVER
}

/// The answer to a question, of which the first twelve bytes are the head.
fn reply(question: &[u8]) -> Vec<u8> {
    let name = &question[12..];
    let end = name.iter().position(|byte| *byte == 0).unwrap();
    let (label, kind) = (&name[1..=usize::from(name[0])], name[end + 2]);
    let code = match label {
        b"unknown" => 3,
        b"failing" => 2,
        b"half" if kind == 28 => 2,
        _ => 0,
    };
    let text: &[u8] = match label {
        b"quoted" => b"\x07\"apple-\x16domain-verification=x\"",
        b"token" => b"\x0eapple-domain-v\x0derification=x",
        b"doubled"
            if name[..end]
                .windows(8)
                .filter(|it| it == b"\x07doubled")
                .count()
                == 2 =>
        {
            b"\x1bapple-domain-verification=x"
        }
        _ => b"",
    };
    if kind == 16 && !text.is_empty() {
        let mut reply = question[..2].to_vec();
        reply.extend([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
        reply.extend(&name[..end + 5]);
        reply.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0]);
        reply.push(u8::try_from(text.len()).unwrap());
        reply.extend(text);
        return reply;
    }
    let found = code == 0 && !matches!(label, b"empty" | b"half") && kind == 1;
    let mut reply = question[..2].to_vec();
    reply.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(found), 0, 0, 0, 0]);
    reply.extend(&name[..end + 5]);
    if found {
        // The name again, A, IN, a minute, four bytes.
        reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    }
    reply
}
