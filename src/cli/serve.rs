//! `guidewright serve`: the site on this machine, from memory, up to date while it is written.

use super::{
    args::{Common, Serve},
    session::{Session, exit},
    watching::{self, After, Requests, Round},
};
use crate::{
    build::{Build, Slow},
    deliver::{
        editor::Editor,
        serve::{self, Server},
        shown::Shown,
    },
    report::{terminal, ticker::Ticker},
    source::watch::Watch,
};
use anyhow::{Context, Result};
use std::{
    collections::BTreeSet,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::Arc,
    time::Instant,
};
use tokio::sync::watch;

/// Builds and serves until interrupted. A page with errors is shown as it last was without.
///
/// # Errors
/// When the site's folder is not there, or no port is free.
pub fn run(common: &Common, how: &Serve) -> Result<u8> {
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    // The address is taken first: a reader who is early waits, and is not turned away.
    let listen = || async {
        serve::listen(&how.host, how.port).await.with_context(|| format!("{} cannot be listened at", how.host))
    };
    let (listener, address) = runtime.block_on(listen())?;
    let mut session = Session::watching(common)?;
    let (watch, why) = Watch::new(how.poll);
    let requests = Requests::new(&watch);
    watching::stop_on_signal(requests.clone())?;
    let (show, now) = watch::channel(None::<Arc<Shown>>);
    let (stop, stopped) = watch::channel(false);
    let editor = how.editor.clone().or_else(|| std::env::var("VISUAL").ok()).or_else(|| std::env::var("EDITOR").ok());
    let folder = std::fs::canonicalize(&session.site).unwrap_or_else(|_| session.site.clone());
    let ask = requests.clone();
    let names = if address.ip().is_loopback() { Vec::new() } else { names(&how.host) };
    let server = Server {
        now,
        want: Box::new(move |place| ask.page(place)),
        editor: Arc::new(Editor::new(&folder, editor.as_deref())),
        names,
        stop: stopped,
    };
    let serving = runtime.spawn(serve::serve(listener, server));

    let mut ticker = Ticker::default();
    let mut shown = Arc::new(Shown::new(session.pack()));
    let mut is_open = false;
    let build = |session: &mut Session, slow| watching::build(session, &BTreeSet::new(), slow);
    // What the last server left is shown at once, while this one makes itself ready; else the home pages.
    let built = match session.believed() {
        Some(built) => {
            shown = Arc::new(shown.next(built));
            show.send_replace(Some(shown.clone()));
            build(&mut session, Slow::Now)
        }
        None => match build(&mut session, Slow::Opening) {
            Some(built) if built.is_opening => {
                session.say(&format!("{} opens; the other pages follow", url(address, &built.base_path)));
                show.send_replace(Some(Arc::new(shown.next(built))));
                is_open = true;
                build(&mut session, Slow::Now)
            }
            built => built,
        },
    };
    let mut is_kept = true;
    if let Some(built) = built {
        // What was made for the opening is new, though the whole did not make it.
        is_kept = !is_open && is_old(&built) && shown.pack.is_some();
        ticker.next(&built.findings, |_| true);
        let (pages, findings) = (built.stats.pages, built.findings.clone());
        shown = Arc::new(shown.next(built));
        show.send_replace(Some(shown.clone()));
        // A terminal that is gone hears nothing; readers still see.
        let _ = session.print(&findings, false);
        let state = terminal::summary(findings.counts());
        session.say(&format!("{pages} pages in {} ms: {state}", started.elapsed().as_millis()));
    } else {
        show.send_replace(Some(shown.clone()));
    }
    why.iter().for_each(|why| session.say(why));
    greet(&session, how, address, &shown.base_path);

    session.walk.put_down();
    // Finished pages are in memory only until there is time to put them down.
    let put_down = |session: &mut Session, shown: &mut Arc<Shown>| {
        let built = if session.has_cache() { build(session, Slow::Now) } else { None };
        let pack = built.and_then(|built| session.keep_pages(&built, shown.pack.as_deref()));
        let is_kept = pack.is_some();
        if let Some(pack) = pack {
            *shown = Arc::new(shown.put_down(pack));
            show.send_replace(Some(shown.clone()));
        }
        is_kept
    };
    is_kept = is_kept || put_down(&mut session, &mut shown);
    let mut new_pages = 0;
    watching::run(&mut session, watch, &requests, &mut |session, round| {
        let Some(mut round) = round else {
            // To write all of them because of a few takes longer than a few take room.
            if new_pages > ENOUGH {
                is_kept |= put_down(session, &mut shown);
                new_pages = 0;
            }
            return After::Wait;
        };
        let news = watching::News::of(session, &mut ticker, &mut round);
        let Round { built, time, .. } = round;
        is_kept &= is_old(&built);
        new_pages += built.stats.laid_out;
        shown = Arc::new(shown.next(built));
        show.send_replace(Some(shown.clone()));
        news.tell(session, time, "");
        After::Wait
    });
    stop.send_replace(true);
    if !is_kept {
        put_down(&mut session, &mut shown);
    }
    // Whatever the last connections do, it is over now.
    let _ = runtime.block_on(serving);
    Ok(exit::GOOD)
}

/// So many new pages are put down.
const ENOUGH: u32 = 1000;

/// Whether nothing of a build is new, so that the cache need not be written.
fn is_old(built: &Build) -> bool {
    built.stats.parsed == 0 && built.stats.laid_out == 0
}

/// Says where the site is, and to whom it is open.
fn greet(session: &Session, how: &Serve, address: SocketAddr, base_path: &str) {
    let url = url(address, base_path);
    if how.port != 0 && address.port() != how.port {
        session.say(&format!("port {} is in use; taking {}", how.port, address.port()));
    }
    if !address.ip().is_loopback() {
        session.say(&format!(
            "Everybody who can reach this machine over the network can read this site at port {}{}.",
            address.port(),
            if session.options.drafts { ", its drafts too" } else { "" },
        ));
    }
    announce(&url);
    session.say("The list of problems is at /__guidewright/. Press Ctrl-C to stop.");
    if how.open
        && let Err(error) = open::that_detached(&url)
    {
        session.say(&format!("the browser cannot be opened: {error}"));
    }
}

/// The address of the site.
fn url(address: SocketAddr, base_path: &str) -> String {
    let base_path = if base_path.is_empty() { "/" } else { base_path };
    format!("http://{}:{}{base_path}", name(address.ip()), address.port())
}

/// The address is what a program reads that starts this one: it goes to standard output.
fn announce(url: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{url}").and_then(|()| out.flush());
}

/// What people call the address that is listened at.
fn name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => "localhost".into(),
        address if address.is_unspecified() => in_network().map_or_else(|| "localhost".into(), name),
        IpAddr::V6(address) => format!("[{address}]"),
        IpAddr::V4(address) => address.to_string(),
    }
}

/// The address that this machine would speak from: asked of the system's own tables, nothing is sent.
/// (192.0.2.1 is nobody's: RFC 5737.)
fn in_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The names that an open server answers to: the one it was given, and those of the machine.
fn names(host: &str) -> Vec<String> {
    #[cfg(unix)]
    let own = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let own = std::env::var("COMPUTERNAME").unwrap_or_default();
    let local = format!("{own}.local");
    [host.to_string(), own, local].into_iter().filter(|name| !name.is_empty()).collect()
}
