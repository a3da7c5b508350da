//! A reader of a served site, as plain as can be: one connection, one request after another.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection to a server on this machine.
pub struct Reader(BufReader<TcpStream>);

impl Reader {
    pub fn new(port: u16) -> Reader {
        Reader::at("127.0.0.1", port)
    }

    /// A connection to a server at an address of this machine.
    pub fn at(address: &str, port: u16) -> Reader {
        let stream = TcpStream::connect((address, port)).expect("a server");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        Reader(BufReader::new(stream))
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).expect("an answer")
    }

    /// Sends any bytes; `None` when the connection is closed without an answer.
    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Option<Answer> {
        let is_head = request.as_ref().starts_with(b"HEAD");
        self.0.get_mut().write_all(request.as_ref()).ok()?;
        let mut line = || {
            let mut line = String::new();
            self.0.read_line(&mut line).ok().filter(|read| *read > 0)?;
            Some(line.trim_end().to_string())
        };
        let status = line()?.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        while let Some((name, value)) = line()?.split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_string()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        let len = answer.header("content-length").and_then(|len| len.parse().ok()).filter(|_| !is_head);
        answer.body = vec![0; len.unwrap_or(0)];
        self.0.read_exact(&mut answer.body).ok()?;
        Some(answer)
    }
}
