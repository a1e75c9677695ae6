//! The answer of a proxy that refuses a tunnel. The HTTP client hides the status of CONNECT, so the proxy is asked again; SOCKS has
//! its own words.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use rustls::time_provider::DefaultTimeProvider;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use super::{AGENT, Network};

/// The longest first line of an answer, in bytes.
const LONGEST_LINE: usize = 1024;

/// A proxy's answer to CONNECT, or to a request of SOCKS, other than a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyRefusal {
    /// The proxy, without name and password.
    pub proxy: String,
    /// Host and port that it was to connect to.
    pub target: String,
    /// The status of its answer; for SOCKS that of HTTP which means the same.
    pub status: u16,
    /// What the answer means, if SOCKS gave it.
    pub socks: Option<&'static str>,
}

impl ProxyRefusal {
    /// Whether it may pass: a limit or an outage. Everything else is for somebody to correct.
    pub fn is_outage(&self) -> bool {
        matches!(self.status, 429 | 500 | 502 | 503 | 504)
    }

    /// The status and its usual words.
    pub fn status_words(&self) -> String {
        if let Some(words) = self.socks {
            return words.to_owned();
        }
        let words = reqwest::StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason());
        match words {
            Some(words) => format!("{} {words}", self.status),
            None => self.status.to_string(),
        }
    }
}

impl fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The proxy {} didn't connect to {}: {}",
            self.proxy,
            self.target,
            self.status_words()
        )
    }
}

impl Network {
    /// Why the proxy opened no tunnel to `url`, if that is what `error` means: asks it once more, for `limit` at the most.
    pub async fn proxy_refusal(
        &self,
        error: &reqwest::Error,
        url: &Url,
        limit: Duration,
    ) -> Option<ProxyRefusal> {
        if !error.is_connect() {
            return None;
        }
        let proxy = self.proxy_url()?;
        let target = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let why = innermost(error);
        let is_socks = proxy.scheme().starts_with("socks");
        let (status, socks) = if is_socks {
            let (status, words) = socks_refusal(&why, has_name(&proxy))?;
            (status, Some(words))
        } else if is_refused_tunnel(&why) {
            let asked = tokio::time::timeout(limit, self.connect_through(&proxy, &target));
            (asked.await.ok()?.ok()?, None)
        } else {
            return None;
        };
        (!(200..300).contains(&status)).then(|| ProxyRefusal {
            proxy: shown(proxy),
            target,
            status,
            socks,
        })
    }

    /// Why no connection to `url` could be made, with the proxy that it was to go through.
    pub fn with_proxy(&self, why: String, url: &Url) -> String {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        match self.shown_proxy() {
            Some(proxy) if url.scheme() == "https" && self.is_proxied(host, port) => {
                format!("{why}, through the proxy {proxy}")
            }
            _ => why,
        }
    }

    /// The proxy as it is shown: without name and password.
    pub fn shown_proxy(&self) -> Option<String> {
        self.proxy_url().map(shown)
    }

    pub(super) fn proxy_url(&self) -> Option<Url> {
        let text = self.proxy.as_deref()?;
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        Url::parse(&whole).ok().filter(Url::has_host)
    }

    /// Sends one CONNECT, and returns the status of the answer.
    async fn connect_through(&self, proxy: &Url, target: &str) -> io::Result<u16> {
        let host = proxy.host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = proxy.port_or_known_default().unwrap_or_default();
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        let request = request(proxy, target);
        if proxy.scheme() == "http" {
            return status(stream, &request).await;
        }
        let tls = self
            .tls(Arc::new(DefaultTimeProvider))
            .map_err(io::Error::other)?;
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let stream = TlsConnector::from(Arc::new(tls))
            .connect(name, stream)
            .await?;
        status(stream, &request).await
    }
}

fn shown(mut proxy: Url) -> String {
    // Neither can fail, since it has a host.
    let _ = proxy.set_username("");
    let _ = proxy.set_password(None);
    proxy.as_str().trim_end_matches('/').to_owned()
}

/// The words of the innermost reason. The client's errors of a proxy have no types that can be named from here.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &(dyn Error + 'static) = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    innermost.to_string()
}

/// Whether the proxy was reached and opened no tunnel.
fn is_refused_tunnel(why: &str) -> bool {
    why.starts_with("tunnel error: ")
}

/// What a proxy that speaks SOCKS refused for: the status of HTTP that means the same, and a sentence's end. `None` if it did not refuse.
fn socks_refusal(why: &str, named: bool) -> Option<(u16, &'static str)> {
    Some(match why.strip_prefix("SOCKS error: ")? {
        "credentials not accepted" => (407, "it doesn't accept the user name and password"),
        "server does not support user/pass authentication" if named => {
            (407, "it doesn't support a user name and password")
        }
        "server does not support user/pass authentication" => {
            (407, "it requires a user name and password")
        }
        "server implements authentication incorrectly" => {
            (407, "it requires another way to authenticate")
        }
        "connection not allowed" => (403, "it doesn't allow the connection"),
        "command not supported" | "address type not supported" => {
            (501, "it doesn't support this kind of connection")
        }
        "network unreachable" | "host unreachable" => (502, "it can't reach the host"),
        "connection refused" => (502, "the host refused the connection"),
        "ttl expired" => (504, "the host didn't answer it in time"),
        "general server failure" => (502, "it failed"),
        "failed to create underlying connection" => (502, "abmctl couldn't connect to the proxy"),
        _ => (502, "its answer isn't valid SOCKS5"),
    })
}

/// Whether the URL of the proxy has a user name or a password.
fn has_name(proxy: &Url) -> bool {
    !proxy.username().is_empty() || proxy.password().is_some()
}

/// The same request that the client sends.
fn request(proxy: &Url, target: &str) -> String {
    let mut request =
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {AGENT}\r\n");
    let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    if has_name(proxy) {
        let mut pair = decoded(proxy.username());
        pair.push(b':');
        pair.extend(decoded(proxy.password().unwrap_or_default()));
        let pair = STANDARD.encode(pair);
        request.push_str(&format!("Proxy-Authorization: Basic {pair}\r\n"));
    }
    request.push_str("\r\n");
    request
}

async fn status(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> io::Result<u16> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut line = Vec::new();
    while !line.contains(&b'\n') && line.len() < LONGEST_LINE {
        if stream.read_buf(&mut line).await? == 0 {
            break;
        }
    }
    status_in(&line).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

/// The status in the first line of an answer.
fn status_in(line: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(line);
    let mut words = text.lines().next()?.split(' ');
    let version = words.next()?;
    let status = words.next()?.parse().ok()?;
    (version.starts_with("HTTP/1.") && (100..600).contains(&status)).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_stands_in_the_first_line() {
        for (line, status) in [
            (
                &b"HTTP/1.1 407 Proxy Authentication Required\r\nX: 1\r\n"[..],
                Some(407),
            ),
            (b"HTTP/1.0 403\r\n", Some(403)),
            (b"HTTP/1.1 999 x\r\n", None),
            (b"SSH-2.0 200\r\n", None),
            (b"", None),
            (b"\xff\xff 200", None),
        ] {
            assert_eq!(status_in(line), status, "{line:?}");
        }
    }

    #[test]
    fn name_and_password_are_sent_as_the_client_sends_them() {
        let request = |proxy: &str| request(&proxy.parse().unwrap(), "apple.example:443");
        let head = format!(
            "CONNECT apple.example:443 HTTP/1.1\r\nHost: apple.example:443\r\nUser-Agent: {AGENT}\r\n"
        );
        assert_eq!(request("http://proxy.example"), format!("{head}\r\n"));
        assert_eq!(
            request("http://me:p%40ss@proxy.example"),
            format!("{head}Proxy-Authorization: Basic bWU6cEBzcw==\r\n\r\n")
        );
    }
}
