//! What a person does in the browser at the emulator's authorize page.

use std::io::{Read, Write};
use std::net::TcpStream;

use url::Url;

/// Consent in a browser, in place of a person: what the address bar shows then.
pub fn landed(authorize: &str, form: &str) -> String {
    let url = Url::parse(authorize).unwrap();
    let address = (url.host_str().unwrap().to_owned(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).unwrap();
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    write!(
        stream,
        "POST {target} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        url.authority(),
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let location = answer.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location")
            .then(|| value.trim().to_owned())
    });
    location.unwrap_or_else(|| panic!("{answer}"))
}
