//! Proxy, roots of trust, and the words for a refused certificate, shared by all clients.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
#[cfg(not(target_os = "macos"))]
use std::sync::OnceLock;

#[cfg(not(target_os = "macos"))]
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig};
use rustls_native_certs::ErrorKind;

pub mod generator;
mod no_proxy;
mod tunnel;

use no_proxy::is_excepted;
pub use tunnel::ProxyRefusal;

/// What this program calls itself; Device Assignment Services refuse some other clients' names (observed).
pub const AGENT: &str = concat!("abmctl/", env!("CARGO_PKG_VERSION"));

/// Where a proxy and further roots of trust come from. Prints without the proxy, whose address may have a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// `HTTPS_PROXY`, or else `ALL_PROXY`: http, https, socks5 or socks5h.
    pub proxy: Option<String>,
    /// `NO_PROXY`.
    pub no_proxy: Option<String>,
    /// `SSL_CERT_FILE`, added to the system's roots.
    pub certificates: Option<PathBuf>,
    /// The file of the profile's `services.certificates`, added too, and what names it in a message.
    pub profile_certificates: Option<(PathBuf, String)>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("no_proxy", &self.no_proxy)
            .field("certificates", &self.certificates)
            .finish_non_exhaustive()
    }
}

impl Network {
    /// The proxy for https, which [`Self::is_proxied`] decides on for each host.
    pub fn https_proxy(&self) -> Result<Option<reqwest::Proxy>, String> {
        if self.proxy.is_none() {
            return Ok(None);
        }
        let Some(proxy) = self.proxy_url() else {
            return Err("HTTPS_PROXY isn't the URL of a proxy".to_owned());
        };
        let network = self.clone();
        Ok(Some(reqwest::Proxy::custom(move |url| {
            let (host, port) = (url.host_str()?, url.port_or_known_default()?);
            let proxied = url.scheme() == "https" && network.is_proxied(host, port);
            proxied.then(|| proxy.clone())
        })))
    }

    /// Whether https to this host and port goes through the proxy: there is one, and neither loopback nor `NO_PROXY` excepts the host.
    pub fn is_proxied(&self, host: &str, port: u16) -> bool {
        let list = self.no_proxy.as_deref().unwrap_or_default();
        self.proxy.is_some() && !is_excepted(list, host, port)
    }

    /// The certificates of `SSL_CERT_FILE` and of the profile that can be used as roots; an error if a file has none.
    pub fn further_roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let mut roots = Vec::new();
        if let Some(file) = &self.certificates {
            roots.extend(named_roots("SSL_CERT_FILE", file)?);
        }
        if let Some((file, name)) = &self.profile_certificates {
            roots.extend(named_roots(name, file)?);
        }
        Ok(roots)
    }

    /// The further roots and the distribution's, which `SSL_CERT_FILE` doesn't replace; an error if there are none, or if
    /// the distribution's are all that there could be and can't be read.
    #[cfg(not(target_os = "macos"))]
    pub fn roots(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        // What many set is the system's bundle itself, which isn't read twice.
        let mut roots = if self.names_the_bundle() {
            Vec::new()
        } else {
            self.further_roots()?
        };
        match system_roots() {
            Ok(system) => roots.extend_from_slice(system),
            Err(why) if roots.is_empty() => return Err(why.clone()),
            Err(why) => tracing::info!(target: "abmctl::http", "{why}"),
        }
        if roots.is_empty() {
            return Err("This system has no trusted certificates. Set SSL_CERT_FILE to a file with certificates".to_owned());
        }
        Ok(roots)
    }

    /// Whether `SSL_CERT_FILE` is the distribution's bundle, by whatever path.
    #[cfg(not(target_os = "macos"))]
    fn names_the_bundle(&self) -> bool {
        let file = self.certificates.as_ref();
        let file = file.and_then(|file| file.canonicalize().ok());
        let system = bundle().and_then(|bundle| bundle.canonicalize().ok());
        file.is_some() && file == system
    }

    /// TLS that trusts the system's roots and the further ones, at the time that `time` tells.
    pub fn tls(&self, time: Arc<dyn TimeProvider>) -> Result<ClientConfig, String> {
        tls(provider(), time, self.verifier()?)
    }

    /// The Keychain decides, and the further roots count beside its own.
    #[cfg(target_os = "macos")]
    pub fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, String> {
        let further = self.further_roots()?;
        let verifier =
            rustls_platform_verifier::Verifier::new_with_extra_roots(further, provider())
                .map_err(|error| error.to_string())?;
        Ok(Arc::new(verifier))
    }

    /// The distribution's roots, and the further ones.
    #[cfg(not(target_os = "macos"))]
    pub fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, String> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(self.roots()?);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
        Ok(verifier.map_err(|error| error.to_string())?)
    }
}

/// The certificates of a file that a setting names; an error if none can be used.
fn named_roots(name: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let shown = file.display();
    let read = certificates_in(file)
        .map_err(|why| format!("abmctl can't read {shown} from {name}: {why}"))?;
    if read.is_empty() {
        return Err(format!(
            "{shown} from {name} contains no usable certificate"
        ));
    }
    Ok(read)
}

/// The library that TLS computes with.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// TLS with the cipher suites of `provider`, whose peers `verifier` judges.
pub fn tls(
    provider: Arc<CryptoProvider>,
    time: Arc<dyn TimeProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, String> {
    let config = ClientConfig::builder_with_details(provider, time)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// The distribution's roots, which are read once. An error names what can't be read.
#[cfg(not(target_os = "macos"))]
fn system_roots() -> Result<&'static [CertificateDer<'static>], &'static String> {
    static ROOTS: OnceLock<Result<Vec<CertificateDer<'static>>, String>> = OnceLock::new();
    let roots = ROOTS.get_or_init(read_system_roots);
    roots.as_ref().map(Vec::as_slice)
}

/// The distribution's bundle of roots, if it has one.
#[cfg(not(target_os = "macos"))]
fn bundle() -> Option<PathBuf> {
    /// Where the distributions keep it, seen from their folder of certificates.
    const BUNDLES: [&str; 4] = [
        "ca-certificates.crt",
        "ca-bundle.crt",
        "../cert.pem",
        "../ca-bundle.pem",
    ];
    openssl_probe::candidate_cert_dirs()
        .flat_map(|folder| BUNDLES.map(|bundle| folder.join(bundle)))
        .find(|bundle| bundle.is_file())
}

/// The bundle alone, or else a folder with a file for each root.
#[cfg(not(target_os = "macos"))]
fn read_system_roots() -> Result<Vec<CertificateDer<'static>>, String> {
    if let Some(bundle) = bundle() {
        let roots = certificates_in(&bundle).map_err(|why| {
            let bundle = bundle.display();
            format!("abmctl can't read the system's certificates in {bundle}: {why}")
        })?;
        if !roots.is_empty() {
            return Ok(roots);
        }
    }
    let in_folder = openssl_probe::candidate_cert_dirs().find_map(|folder| {
        let mut found = rustls_native_certs::load_certs_from_paths(None, Some(folder)).certs;
        found.retain(is_usable);
        (!found.is_empty()).then_some(found)
    });
    Ok(in_folder.unwrap_or_default())
}

/// The certificates of a file that can be used as roots. The others are skipped: no client can be built with them. An
/// error says why the file can't be read.
fn certificates_in(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = rustls_native_certs::load_certs_from_paths(Some(file), None);
    let skipped = read.errors.len();
    for error in read.errors {
        if let ErrorKind::Io { inner, .. } = error.kind {
            return Err(without_number(&inner.to_string()).to_owned());
        }
    }
    let (usable, unusable): (Vec<_>, Vec<_>) = read.certs.into_iter().partition(is_usable);
    let skipped = skipped + unusable.len();
    if skipped > 0 {
        tracing::info!(
            target: "abmctl::http",
            "{}: skipped certificates that can't be used: {skipped}",
            file.display()
        );
    }
    Ok(usable)
}

#[cfg(target_os = "macos")]
fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    rustls_platform_verifier::Verifier::new_with_extra_roots([certificate.clone()], provider())
        .is_ok()
}

#[cfg(not(target_os = "macos"))]
fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    rustls::RootCertStore::empty()
        .add(certificate.clone())
        .is_ok()
}

/// The words of an error without the system's number: `Connection refused (os error 111)`.
pub fn without_number(error: &str) -> &str {
    error.split(" (os error").next().unwrap_or_default()
}

/// What rustls refused, where it is behind an error. It comes inside of an `io::Error` inside of another, and `source`
/// shows neither.
pub fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    if let Some(inside) = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        return tls_error(inside);
    }
    error.source().and_then(tls_error)
}

/// The words of what rustls refused. The system's verifier on macOS has words of its own, which rustls would show as a
/// value of Rust.
pub fn tls_words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(why)) => {
            format!("invalid peer certificate: {why}")
        }
        other => other.to_string(),
    }
}
