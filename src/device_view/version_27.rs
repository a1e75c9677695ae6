//! Whether devices with version 27 accept the TLS 1.2 of a host.

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::{
    AlertDescription, CipherSuite, ClientConfig, PeerIncompatible, ProtocolVersion,
    SupportedCipherSuite,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::View;
use super::failure::{is_closing, tls_name};
use super::tls::CertificateRequest;
use crate::core::service_discovery::Tls12Lacks;
use crate::network::{provider, tls, tls_error};

/// How often a server has to close the handshake: one connection may be lost by chance.
const TRIES: usize = 2;

/// How a server ended a handshake of version 27.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// It said so.
    Lacks(Tls12Lacks),
    /// It closed or reset the connection. Some servers do that if they share no cipher suite with a client, and others if
    /// they are restarted.
    Closed,
}

impl View {
    /// Connects as a device of version 27 does to a host that spoke TLS 1.2 before. `None` if the host takes it, and if the
    /// connection failed for a reason that may be another one.
    pub(super) async fn tls12_lacks(&self, host: &str, port: u16) -> Option<Tls12Lacks> {
        let version_27 = self.tls_of_version_27().ok()?;
        let work = async {
            for _ in 0..TRIES {
                let error = self.tls_version(host, port, &version_27).await?.err()?;
                tracing::info!(
                    target: "abmctl::http",
                    "CONNECT {host}:{port} like version 27: {error}"
                );
                if let Refusal::Lacks(lacks) = refusal(&error)? {
                    return Some(lacks);
                }
            }
            // If the server closes this one too, it doesn't close them for their cipher suites.
            let mut other = self.tls.clone();
            other.resumption = Resumption::disabled();
            let version = self.tls_version(host, port, &other).await?.ok()?;
            (version == Some(ProtocolVersion::TLSv1_2)).then_some(Tls12Lacks::AesGcm)
        };
        tokio::time::timeout(self.connecting(), work).await.ok()?
    }

    /// The version of TLS that a handshake ends with; `None` without a TCP connection, and if the server
    /// ends it since it wants a client certificate.
    async fn tls_version(
        &self,
        host: &str,
        port: u16,
        config: &ClientConfig,
    ) -> Option<io::Result<Option<ProtocolVersion>>> {
        let addresses = self.addresses.of(host, port).await.ok()?;
        let name = tls_name(host).ok()?;
        let stream = TcpStream::connect(&addresses[..]).await.ok()?;
        let request = Arc::<CertificateRequest>::default();
        let mut config = config.clone();
        config.client_auth_cert_resolver = Arc::<CertificateRequest>::clone(&request);
        let connector = TlsConnector::from(Arc::new(config));
        let made = connector.connect(name, stream).await;
        // A server that asks for a client certificate has chosen a cipher suite before.
        if made.is_err() && request.was_made() {
            return None;
        }
        Some(made.map(|stream| stream.get_ref().1.protocol_version()))
    }

    /// TLS 1.3, and TLS 1.2 with extended master secret, ECDHE and AES-GCM alone (official). Nothing else is different, so
    /// that a refusal is about these.
    fn tls_of_version_27(&self) -> Result<ClientConfig, String> {
        let mut provider = provider().as_ref().clone();
        provider.cipher_suites.retain(is_of_version_27);
        let time = Arc::clone(&self.tls.time_provider);
        let mut config = tls(Arc::new(provider), time, Arc::clone(&self.verifier))?;
        config.alpn_protocols.clone_from(&self.tls.alpn_protocols);
        config.require_ems = true;
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

fn is_of_version_27(suite: &SupportedCipherSuite) -> bool {
    suite.tls13().is_some()
        || matches!(
            suite.suite(),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        )
}

/// How a server that takes other clients refused one of version 27; `None` if the error is no word on that.
fn refusal(error: &io::Error) -> Option<Refusal> {
    use AlertDescription::{HandshakeFailure, InsufficientSecurity};
    match tls_error(error) {
        Some(rustls::Error::PeerIncompatible(
            PeerIncompatible::ExtendedMasterSecretExtensionRequired,
        )) => Some(Refusal::Lacks(Tls12Lacks::ExtendedMasterSecret)),
        Some(rustls::Error::AlertReceived(HandshakeFailure | InsufficientSecurity)) => {
            Some(Refusal::Lacks(Tls12Lacks::AesGcm))
        }
        Some(_) => None,
        None => is_closing(error).then_some(Refusal::Closed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_its_reason_and_other_failures_none() {
        let refused = |error: rustls::Error| refusal(&io::Error::other(error));
        let incompatible = |why| refused(rustls::Error::PeerIncompatible(why));
        let alert = |alert| refused(rustls::Error::AlertReceived(alert));
        let lacks = |lacks| Some(Refusal::Lacks(lacks));
        assert_eq!(
            incompatible(PeerIncompatible::ExtendedMasterSecretExtensionRequired),
            lacks(Tls12Lacks::ExtendedMasterSecret)
        );
        assert_eq!(incompatible(PeerIncompatible::NoKxGroupsInCommon), None);
        for (description, expected) in [
            (
                AlertDescription::HandshakeFailure,
                lacks(Tls12Lacks::AesGcm),
            ),
            (
                AlertDescription::InsufficientSecurity,
                lacks(Tls12Lacks::AesGcm),
            ),
            (AlertDescription::InternalError, None),
            (AlertDescription::UserCanceled, None),
            (AlertDescription::UnrecognisedName, None),
            (AlertDescription::NoApplicationProtocol, None),
        ] {
            assert_eq!(alert(description), expected, "{description:?}");
        }
        let certificate = rustls::CertificateError::UnknownIssuer;
        assert_eq!(refused(certificate.into()), None);
        for (kind, expected) in [
            (io::ErrorKind::ConnectionReset, Some(Refusal::Closed)),
            (io::ErrorKind::UnexpectedEof, Some(Refusal::Closed)),
            (io::ErrorKind::TimedOut, None),
            (io::ErrorKind::HostUnreachable, None),
        ] {
            assert_eq!(refusal(&kind.into()), expected, "{kind:?}");
        }
    }
}
