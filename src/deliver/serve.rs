//! A finished site on this machine's own address, from memory.
//!
//! It answers as the static host would that the site is built for: trailing slashes, index files,
//! redirects, headers, compression, the site's own 404, and nothing but GET and HEAD. Only requests
//! whose Host header names this machine are answered, so that no other site can reach it through the
//! reader's browser (DNS rebinding). What belongs to `serve` itself lives below
//! [`desk::ROOT`](super::desk::ROOT).

use super::{
    desk::{self, Desk},
    editor::Editor,
    live::{self, Now, Tab},
    shown::Shown,
};
use crate::{
    base::{mime, path::SitePath},
    emit::{
        headers,
        output::{Content, Entry},
    },
    resolve::urls::{decode, encode},
};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header},
    response::IntoResponse,
};
use flate2::{Compression, write::GzEncoder};
use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch};

/// So long a request waits for a page that must be made first.
const PATIENCE: Duration = Duration::from_secs(60);

/// So long the last answers may take once the server is told to stop.
const FAREWELL: Duration = Duration::from_secs(2);

/// Below so many bytes compressing a file costs more than it brings.
const SMALL: usize = 1024;

/// What a server needs to answer.
pub struct Server {
    /// What is shown.
    pub now: Now,
    /// Asks for a page that is known and was not made by this process yet.
    pub want: Box<dyn Fn(SitePath) + Send + Sync>,
    /// How files are opened in the editor.
    pub editor: Arc<Editor>,
    /// Names that this machine is called by beside `localhost`, where it is open to others.
    pub names: Vec<String>,
    /// Becomes true when all is over.
    pub stop: watch::Receiver<bool>,
}

/// Listens on the first free port from `port` on, up to ten further; the address is known before
/// anything is served.
///
/// # Errors
/// When no port is free, or the machine has no such address.
pub async fn listen(host: &str, port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let mut last = None;
    for port in (port..port.saturating_add(10)).chain([0]) {
        match TcpListener::bind((host, port)).await {
            Ok(listener) => {
                let address = listener.local_addr()?;
                return Ok((listener, address));
            }
            // Another port helps when this one is in use, or only the superuser may have it.
            Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => {
                last = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::other("no port is free")))
}

/// Serves until it is told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, server: Server) -> io::Result<()> {
    let stopped = |mut stop: watch::Receiver<bool>| async move {
        // A sender that is gone will never say more.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let (graceful, last) = (stopped(server.stop.clone()), stopped(server.stop.clone()));
    let router = Router::new().fallback(answer).with_state(Arc::new(server));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        served = axum::serve(listener, service).with_graceful_shutdown(graceful).into_future() => served,
        () = async { last.await; tokio::time::sleep(FAREWELL).await } => Ok(()),
    }
}

async fn answer(
    State(server): State<Arc<Server>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response<Body> {
    // A request may name its host in its first line too (RFC 9112, section 3.2), and more than once.
    let named = request.headers().get_all(header::HOST).iter().map(|host| host.to_str().unwrap_or_default());
    let mut hosts: Vec<&str> = named.chain(request.uri().authority().map(|authority| authority.as_str())).collect();
    hosts.dedup();
    if hosts.is_empty() || !hosts.iter().all(|host| is_this_machine(host, &server.names)) {
        return (StatusCode::MISDIRECTED_REQUEST, "guidewright does not serve that host\n").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = request.uri().path();
    if let Some(name) = path.strip_prefix(desk::ROOT).filter(|name| name.is_empty() || name.starts_with('/')) {
        return own(&server, peer, name, request.uri().query().unwrap_or_default()).await;
    }
    // While the site opens, what is not there yet is waited for.
    let is_there = |shown: &Shown| !shown.is_opening || !matches!(find(shown, path), Found::Nothing);
    let Some(shown) = current(&server, is_there).await else { return unavailable() };
    match find(&shown, path) {
        Found::File(place) => page(&server, shown, &place, StatusCode::OK, request.headers()).await,
        Found::Moved(to, status) => moved(&to, status),
        Found::Nothing => {
            let place = shown.place(path);
            let editor = peer.ip().is_loopback().then_some(&*server.editor);
            if let Some(html) = (Desk { shown: &shown, editor }).instead(&place) {
                return desk_page(StatusCode::INTERNAL_SERVER_ERROR, &html);
            }
            let inner = path.strip_prefix(shown.base_path.as_str()).unwrap_or_default();
            match shown.not_found(inner).map(|(place, _)| place.clone()) {
                Some(place) => page(&server, shown, &place, StatusCode::NOT_FOUND, request.headers()).await,
                None => (StatusCode::NOT_FOUND, "nothing is here\n").into_response(),
            }
        }
    }
}

/// What is shown, once that is what is needed.
async fn current(server: &Server, is_enough: impl Fn(&Shown) -> bool) -> Option<Arc<Shown>> {
    let (mut now, mut stop) = (server.now.clone(), server.stop.clone());
    tokio::select! {
        shown = now.wait_for(|shown| shown.as_deref().is_some_and(&is_enough)) => shown.ok()?.clone(),
        _ = stop.wait_for(|stop| *stop) => None,
    }
}

/// What belongs to `serve` itself.
async fn own(server: &Arc<Server>, peer: SocketAddr, name: &str, query: &str) -> Response<Body> {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    let file = |kind, text: &'static str| (desk_headers(kind), text).into_response();
    match name {
        "" => return moved(&format!("{}/", desk::ROOT), 301),
        "/reload.js" => return file(SCRIPT, include_str!("browser/reload.js")),
        "/banner.css" => return file(STYLE, include_str!("browser/banner.css")),
        "/desk.css" => return file(STYLE, include_str!("browser/desk.css")),
        _ => {}
    }
    let editor = peer.ip().is_loopback().then(|| server.editor.clone());
    if name == "/events" {
        let tab = Tab {
            now: server.now.clone(),
            path: value(query, "page").unwrap_or_else(|| "/".into()),
            version: value(query, "version").unwrap_or_default(),
            editor,
            stop: server.stop.clone(),
        };
        return live::events(tab).into_response();
    }
    let Some(shown) = current(server, |shown| !shown.is_opening).await else { return unavailable() };
    let desk = Desk { shown: &shown, editor: editor.as_deref() };
    match desk.page(&name[1..], value(query, "page").as_deref()) {
        Some(html) => desk_page(StatusCode::OK, &html),
        None => (StatusCode::NOT_FOUND, "the desk has no such page\n").into_response(),
    }
}

/// A page of the desk: it too is kept up to date.
fn desk_page(status: StatusCode, html: &str) -> Response<Body> {
    let html = with_script(html.as_bytes(), &live::version_of(html));
    (status, desk_headers("text/html; charset=utf-8"), html).into_response()
}

/// A value of a query.
pub fn value(query: &str, key: &str) -> Option<String> {
    let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key);
    pair.map(|(_, value)| decode(&value.replace('+', " ")))
}

fn desk_headers(kind: &'static str) -> [(HeaderName, &'static str); 5] {
    [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, headers::CONTENT_SECURITY_POLICY),
    ]
}

/// Whether a Host header means this machine: `localhost`, a loopback address, or, where it is open to
/// others, one of its names or an address; a name that somebody else chose never does.
fn is_this_machine(host: &str, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    match name.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || !names.is_empty(),
        Err(_) => name.eq_ignore_ascii_case("localhost") || names.iter().any(|own| own.eq_ignore_ascii_case(name)),
    }
}

enum Found {
    File(SitePath),
    Moved(String, u16),
    Nothing,
}

/// What is at a path. Only whole paths of the output are ever looked up, so none can lead out.
fn find(shown: &Shown, path: &str) -> Found {
    let path = decode(path);
    let Some(inner) = path.strip_prefix(shown.base_path.as_str()) else {
        return match format!("{path}/") == shown.base_path || path == "/" {
            true => Found::Moved(shown.base_path.clone(), shown.host().slash_status()),
            false => Found::Nothing,
        };
    };
    if let Some(to) = shown.redirect(inner) {
        return Found::Moved(to, 301);
    }
    let file = |name: &str| shown.output.files.get_key_value(name).map(|(place, _)| place.clone());
    if inner.is_empty() || inner.ends_with('/') {
        return file(&format!("{inner}index.html")).map_or(Found::Nothing, Found::File);
    }
    if let Some(place) = file(inner) {
        return Found::File(place);
    }
    match file(&format!("{inner}/index.html")) {
        Some(_) => Found::Moved(encode(&format!("{path}/")), shown.host().slash_status()),
        None => Found::Nothing,
    }
}

fn moved(to: &str, status: u16) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::MOVED_PERMANENTLY);
    match HeaderValue::from_str(to) {
        // A browser that kept a redirect of a preview would follow it for good.
        Ok(to) => {
            let cache = HeaderValue::from_static("no-store");
            (status, [(header::LOCATION, to), (header::CACHE_CONTROL, cache)]).into_response()
        }
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn unavailable() -> Response<Body> {
    let headers = [(header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, "this file cannot be read just now\n").into_response()
}

/// A file of the site.
async fn page(
    server: &Server,
    shown: Arc<Shown>,
    place: &SitePath,
    status: StatusCode,
    asked: &HeaderMap,
) -> Response<Body> {
    let Some((shown, entry)) = at_hand(server, shown, place).await else { return unavailable() };
    let Some(bytes) = shown.bytes(&entry) else { return unavailable() };
    let is_page = place.extension() == "html";
    let tag = format!("\"{}\"", entry.digest.short());
    let mut out = HeaderMap::new();
    let site = shown.insight.as_ref().map(|insight| &insight.site).filter(|site| site.target.host.sends_headers());
    for (name, value) in site.map(|site| headers::of(site, place)).unwrap_or_default() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            out.insert(name, value);
        }
    }
    let mut set = |name, value: &str| HeaderValue::from_str(value).map(|value| out.insert(name, value));
    let _ = set(header::CONTENT_TYPE, &mime::content_type(place));
    let _ = set(header::CACHE_CONTROL, "no-cache");
    let _ = set(header::VARY, "accept-encoding");
    let _ = set(header::ETAG, &tag);
    if status == StatusCode::OK
        && asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, out).into_response();
    }
    let bytes = if is_page { with_script(&bytes, &live::version(&shown, place)) } else { bytes.into_owned() };
    let takes_gzip = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(takes_gzip);
    match takes_gzip && bytes.len() >= SMALL && mime::is_text(place) {
        true => {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            (status, out, gzip(&bytes)).into_response()
        }
        false => (status, out, bytes).into_response(),
    }
}

/// What is at a place, with its bytes: a page that an earlier process made is made again first.
async fn at_hand(server: &Server, shown: Arc<Shown>, place: &SitePath) -> Option<(Arc<Shown>, Entry)> {
    let held = |shown: &Shown| shown.output.files.get(place).cloned();
    let entry = held(&shown)?;
    if !matches!(entry.content, Content::Kept) || shown.bytes(&entry).is_some() {
        return Some((shown, entry));
    }
    (server.want)(place.clone());
    let is_made = |shown: &Option<Arc<Shown>>| {
        let entry = shown.as_ref().and_then(|shown| Some((shown, held(shown)?)));
        entry.is_none_or(|(shown, entry)| !matches!(entry.content, Content::Kept) || shown.bytes(&entry).is_some())
    };
    let mut now = server.now.clone();
    let shown = tokio::time::timeout(PATIENCE, now.wait_for(is_made)).await.ok()?.ok()?.clone()?;
    let entry = held(&shown)?;
    Some((shown, entry))
}

/// The page with the script that keeps it up to date.
fn with_script(html: &[u8], version: &str) -> Vec<u8> {
    let script = format!("<script src=\"{}/reload.js\" data-version=\"{version}\" defer></script>\n", desk::ROOT);
    let at = memchr::memmem::rfind(html, b"</body>").unwrap_or(html.len());
    [&html[..at], script.as_bytes(), &html[at..]].concat()
}

/// Whether an Accept-Encoding header takes gzip (RFC 9110, section 12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        ["gzip", "*"].contains(&name.trim()) && !refused
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::fast());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::output::Output;

    #[test]
    fn only_this_machine_is_answered() {
        for host in ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"] {
            assert!(is_this_machine(host, &[]), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example", "10.0.0.1:80", "127.0.0.1.evil.example"] {
            assert!(!is_this_machine(host, &[]), "{host}");
        }
        let open = ["desk.local".to_string()];
        assert!(is_this_machine("desk.local:8000", &open) && is_this_machine("10.0.0.1:80", &open));
        assert!(!is_this_machine("evil.example", &open), "an open server is no reason to answer to any name");
    }

    #[test]
    fn a_path_finds_a_file_a_slash_or_nothing() {
        let mut output = Output::default();
        for path in ["index.html", "a/index.html", "x.pdf"] {
            output.files.insert(path.into(), Entry::of_bytes(&b"x"[..]));
        }
        let mut shown = Shown::default();
        (shown.output, shown.base_path) = (output, "/guide/".into());
        let tell = |path| match find(&shown, path) {
            Found::File(path) => path.to_string(),
            Found::Moved(to, _) => format!("→ {to}"),
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

    #[test]
    fn gzip_is_sent_to_whom_takes_it() {
        assert!(takes_gzip("gzip, deflate, br") && takes_gzip("br;q=1, *;q=0.5"));
        assert!(!takes_gzip("br") && !takes_gzip("gzip;q=0") && !takes_gzip(""));
    }

    #[test]
    fn a_page_gets_one_script_and_nothing_else() {
        let page = with_script(b"<body><p>x</p></body></html>\n", "abc");
        let script = "<script src=\"/__guidewright/reload.js\" data-version=\"abc\" defer></script>\n";
        assert_eq!(String::from_utf8(page).unwrap(), format!("<body><p>x</p>{script}</body></html>\n"));
    }
}
