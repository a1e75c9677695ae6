//! A proxy that speaks SOCKS5, on this machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it does with a connection.
#[derive(Clone, Copy)]
pub enum Manner {
    /// Takes anybody, and connects to this address whatever is asked for.
    Connects(SocketAddr),
    /// Wants a user name and a password, and refuses each.
    Authenticates,
    /// Refuses with this code of RFC 1928.
    Refuses(u8),
    /// Answers as no proxy does.
    Babbles,
}

/// The proxy; it ends with the tests.
pub struct Socks {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Socks {
    pub fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::default();
        let told = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (told, stream) = (Arc::clone(&told), stream.unwrap());
                std::thread::spawn(move || serve(stream, manner, &told));
            }
        });
        Self { address, asked }
    }

    /// What it was asked for: `user:password` and `host:port`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, manner: Manner, asked: &Mutex<Vec<String>>) -> Option<()> {
    let methods = read(&mut stream, 2)?[1];
    let methods = read(&mut stream, methods.into())?;
    let named = methods.contains(&2);
    match manner {
        Manner::Babbles => {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok()?;
            return None;
        }
        Manner::Authenticates if !named => {
            stream.write_all(&[5, 0xff]).ok()?;
            return None;
        }
        _ => stream.write_all(&[5, if named { 2 } else { 0 }]).ok()?,
    }
    if named {
        let length = read(&mut stream, 2)?[1];
        let user = text(&mut stream, length)?;
        let length = read(&mut stream, 1)?[0];
        let password = text(&mut stream, length)?;
        asked.lock().unwrap().push(format!("{user}:{password}"));
        let refused = matches!(manner, Manner::Authenticates);
        stream.write_all(&[1, refused.into()]).ok()?;
    }
    let kind = read(&mut stream, 4)?[3];
    let host = match kind {
        1 => read(&mut stream, 4)?
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join("."),
        3 => {
            let length = read(&mut stream, 1)?[0];
            text(&mut stream, length)?
        }
        other => panic!("an address of kind {other}"),
    };
    let port = read(&mut stream, 2)?;
    let port = u16::from_be_bytes([port[0], port[1]]);
    asked.lock().unwrap().push(format!("{host}:{port}"));
    let code = match manner {
        Manner::Refuses(code) => code,
        _ => 0,
    };
    stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).ok()?;
    let Manner::Connects(target) = manner else {
        return None;
    };
    let mut there = TcpStream::connect(target).ok()?;
    let (mut back, mut forth) = (there.try_clone().ok()?, stream.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut back, &mut forth));
    std::io::copy(&mut stream, &mut there).ok()?;
    Some(())
}

fn read(stream: &mut TcpStream, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn text(stream: &mut TcpStream, length: u8) -> Option<String> {
    String::from_utf8(read(stream, length.into())?).ok()
}
