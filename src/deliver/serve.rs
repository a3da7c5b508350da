//! A finished site on this machine's own address, from memory.
//!
//! It answers as a static host would: trailing slashes, index files, the site's own 404, and
//! nothing but GET and HEAD. Only requests whose Host header names this machine are answered, so
//! that no other site can reach it through the reader's browser (DNS rebinding).

use crate::{
    base::path::SitePath,
    emit::output::{Entry, Output},
    resolve::urls::decode,
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, Response, StatusCode, header},
    response::IntoResponse,
};
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// A site to be served.
#[derive(Debug)]
pub struct Site {
    /// What is served.
    pub output: Output,
    /// The path that the site lives under: `/` or `/guide/`.
    pub base_path: String,
}

/// Listens on the first free port from `port` on, up to ten further; the address is known before
/// anything is served.
///
/// # Errors
/// When no port is free.
pub async fn listen(host: &str, port: u16) -> std::io::Result<(TcpListener, SocketAddr)> {
    let mut last = None;
    for port in (port..port.saturating_add(10)).chain([0]) {
        match TcpListener::bind((host, port)).await {
            Ok(listener) => {
                let address = listener.local_addr()?;
                return Ok((listener, address));
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| std::io::Error::other("no port is free")))
}

/// Serves until `stop` resolves.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    site: Site,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().fallback(answer).with_state(Arc::new(site));
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_this_machine(host) {
        return (StatusCode::MISDIRECTED_REQUEST, "guidewright serves this machine only\n").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    match find(&site, request.uri().path()) {
        Found::File(path, entry) => file(StatusCode::OK, path, entry),
        Found::Moved(to) => match HeaderValue::from_str(&to) {
            Ok(to) => (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to)]).into_response(),
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        },
        Found::Nothing => match site.output.files.get_key_value("404.html") {
            Some((path, entry)) => file(StatusCode::NOT_FOUND, path, entry),
            None => (StatusCode::NOT_FOUND, "nothing is here\n").into_response(),
        },
    }
}

/// Whether a Host header means this machine: `localhost` or a loopback address, with any port.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

enum Found<'a> {
    File(&'a SitePath, &'a Entry),
    Moved(String),
    Nothing,
}

/// What is at a path. Only whole paths of the output are ever looked up, so none can lead out.
fn find<'a>(site: &'a Site, path: &str) -> Found<'a> {
    let path = decode(path);
    let Some(inner) = path.strip_prefix(site.base_path.as_str()) else {
        return match format!("{path}/") == site.base_path || path == "/" {
            true => Found::Moved(site.base_path.clone()),
            false => Found::Nothing,
        };
    };
    let file = |name: &str| site.output.files.get_key_value(name);
    if inner.is_empty() || inner.ends_with('/') {
        return file(&format!("{inner}index.html")).map_or(Found::Nothing, |(path, entry)| Found::File(path, entry));
    }
    if let Some((path, entry)) = file(inner) {
        return Found::File(path, entry);
    }
    match file(&format!("{inner}/index.html")) {
        Some(_) => Found::Moved(crate::resolve::urls::encode(&format!("{path}/"))),
        None => Found::Nothing,
    }
}

fn file(status: StatusCode, path: &SitePath, entry: &Entry) -> Response<Body> {
    let bytes = match entry.bytes() {
        Ok(Some(bytes)) => bytes.into_owned(),
        Ok(None) | Err(_) => return (StatusCode::SERVICE_UNAVAILABLE, "this file cannot be read\n").into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(path)),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, bytes).into_response()
}

/// The media type of a file by its extension, with the charset where it is text.
pub fn content_type(path: &SitePath) -> &'static str {
    match path.extension().to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_answered() {
        for host in ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example", "10.0.0.1:80"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn a_path_finds_a_file_a_slash_or_nothing() {
        let mut output = Output::default();
        for path in ["index.html", "a/index.html", "x.pdf"] {
            output.files.insert(path.into(), Entry::of_bytes(&b"x"[..]));
        }
        let site = Site { output, base_path: "/guide/".into() };
        let tell = |path| match find(&site, path) {
            Found::File(path, _) => path.to_string(),
            Found::Moved(to) => format!("→ {to}"),
            Found::Nothing => "nothing".into(),
        };
        assert_eq!(tell("/guide/"), "index.html");
        assert_eq!(tell("/guide/a"), "→ /guide/a/");
        assert_eq!(tell("/guide/x.pdf"), "x.pdf");
        assert_eq!(tell("/guide"), "→ /guide/");
        for path in ["/guide/../x", "/guide/%2e%2e/etc/passwd", "/guide/a\0", "/guide//", "/other", "/guide/a\\b"] {
            assert_eq!(tell(path), "nothing", "{path}");
        }
    }
}
