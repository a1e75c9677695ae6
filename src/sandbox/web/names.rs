//! The DNS of the emulated web: a resolver on loopback that knows the organization's domains and nobody else's.

use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::watch;

use crate::sandbox::server::Shared;

/// Records of type A and TXT.
const ADDRESS: u8 = 1;
const TEXT: u8 = 16;
/// There is no such name.
const NAME_ERROR: u8 = 3;
/// What Apple wants to find on a domain that is to be verified (official); the value is made up.
const TOKEN: &[u8] = b"apple-domain-verification=SandboxSandboxSb";
/// The domains that still have it: it may be deleted after the verification (official).
const WITH_TOKEN: [&str; 2] = ["acme.com", "acme.org"];

/// Answers until it is stopped.
pub(crate) async fn serve(socket: UdpSocket, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut buffer = [0; 512];
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut buffer) => received,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Ok((length, from)) = received else {
            return;
        };
        let known = |name: &str| shared.world().web.serves(name);
        if let Some(reply) = reply(&buffer[..length], known) {
            let _ = socket.send_to(&reply, from).await;
        }
    }
}

/// The answer to a question (RFC 1035): a head of twelve bytes, then the name in labels, its type and class.
fn reply(question: &[u8], known: impl Fn(&str) -> bool) -> Option<Vec<u8>> {
    let name = question.get(12..)?;
    let end = name.iter().position(|byte| *byte == 0)?;
    let kind = *name.get(end + 2)?;
    let asked = name.get(..end + 5)?;
    let mut labels = Vec::new();
    let mut rest = &name[..end];
    while let [length, more @ ..] = rest {
        let length = usize::from(*length);
        labels.push(String::from_utf8_lossy(more.get(..length)?).to_lowercase());
        rest = &more[length..];
    }
    let host = labels.join(".");
    let data: Option<Vec<u8>> = match kind {
        ADDRESS => Some(vec![127, 0, 0, 1]),
        TEXT if WITH_TOKEN.contains(&host.as_str()) => {
            let mut data = vec![u8::try_from(TOKEN.len()).ok()?];
            data.extend(TOKEN);
            Some(data)
        }
        _ => None,
    };
    let known = known(&host);
    let data = data.filter(|_| known);
    let code = if known { 0 } else { NAME_ERROR };
    let mut reply = question.get(..2)?.to_vec();
    reply.extend([
        0x81,
        0x80 | code,
        0,
        1,
        0,
        u8::from(data.is_some()),
        0,
        0,
        0,
        0,
    ]);
    reply.extend(asked);
    if let Some(data) = data {
        // The name again, the type, IN, a minute.
        reply.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60]);
        reply.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        reply.extend(data);
    }
    Some(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_question_is_not_answered() {
        for question in [&[][..], &[0; 12], &[1; 40], &[255; 300]] {
            let _ = reply(question, |_| true);
        }
        let mut question = vec![0; 12];
        question.extend(b"\x04acme\x03com\x00\x00\x10\x00\x01");
        let answer = reply(&question, |name| name == "acme.com").unwrap();
        assert!(answer.ends_with(TOKEN));
        let unknown = reply(&question, |_| false).unwrap();
        assert_eq!((unknown[3] & 15, unknown[7]), (NAME_ERROR, 0));
    }
}
