//! What an open page is told: one stream of server-sent events a tab
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! The server knows which page a tab shows and which version of it, so it can say of each build what
//! that means for the tab: nothing, a new style, a new page, another address. The script in the tab
//! only does what it is told.

use super::{
    desk::{self, Desk},
    editor::Editor,
    news::News,
    serve,
    shown::Shown,
};
use crate::{
    base::{digest::Digest, path::SitePath},
    report::located::Located,
};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc};
use tokio::sync::watch;

/// What is shown just now; nothing before the first build is done.
pub type Now = watch::Receiver<Option<Arc<Shown>>>;

/// A tab: what it shows, and what it was told last.
#[derive(Debug)]
pub struct Tab {
    /// Where to hear of builds.
    pub now: Now,
    /// The path of its address.
    pub path: String,
    /// The version of the page that it has.
    pub version: String,
    /// How files are opened in the editor; none for readers on other machines.
    pub editor: Option<Arc<Editor>>,
    /// Whether all is over.
    pub stop: watch::Receiver<bool>,
}

/// The events of a tab, until it goes or the server stops.
pub fn events(tab: Tab) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = stream::unfold((tab, None::<Arc<Shown>>), |(mut tab, mut before)| async move {
        let shown = loop {
            let current = tab.now.borrow_and_update().clone();
            match (current, &before) {
                // The same build, if with its pages in another place.
                (Some(shown), Some(old)) if shown.number == old.number => before = Some(shown),
                (Some(shown), _) if shown.is_opening => {}
                (Some(shown), _) => break shown,
                (None, _) => {}
            }
            tokio::select! {
                changed = tab.now.changed() => changed.ok()?,
                _ = tab.stop.changed() => return None,
            }
        };
        let events = tell(&tab, before.as_deref(), &shown);
        Some((stream::iter(events.into_iter().map(Ok)), (tab, Some(shown))))
    });
    Sse::new(stream.flatten()).keep_alive(KeepAlive::default())
}

/// What a build means for a tab.
fn tell(tab: &Tab, before: Option<&Shown>, shown: &Shown) -> Vec<Event> {
    let event = |name: &str, data: &str| Event::default().event(name).data(data);
    let (path, query) = tab.path.split_once('?').unwrap_or((&tab.path, ""));
    let place = shown.place(path);
    // What the desk shows here, if it does. It says itself what is wrong, so the tab is told of nothing
    // but another version.
    let desk = |shown: &Shown| {
        let desk = Desk { shown, editor: tab.editor.as_deref() };
        match path.strip_prefix(desk::ROOT) {
            Some(name) => desk.page(name.trim_start_matches('/'), serve::value(query, "page").as_deref()),
            None => desk.instead(&place),
        }
    };
    let now = desk(shown);
    let news = match before {
        Some(before) => match desk(before) {
            before if before.is_some() && before == now => News::Same,
            None if now.is_none() => shown.news(before, &place),
            _ => News::Reload,
        },
        // What came before this connection, the tab itself knows.
        None => {
            let version = now.as_deref().map_or_else(|| version(shown, &place), version_of);
            match shown.moved.get(&place) {
                _ if version == tab.version => News::Same,
                Some(to) => News::Moved(to.clone()),
                None => News::Reload,
            }
        }
    };
    if now.is_some() && news == News::Same {
        return Vec::new();
    }
    let findings = || event("findings", &findings(tab, shown, &place).to_string());
    match news {
        News::Same => vec![findings()],
        News::Style(to) => {
            let style = json!({ "to": to, "version": version(shown, &place) });
            vec![event("style", &style.to_string()), findings()]
        }
        // What is wrong with the page that comes, that page will ask. (A browser drops an event without
        // data.)
        News::Reload => vec![event("reload", "now")],
        News::Moved(to) => vec![event("moved", &to)],
        News::Gone => vec![event("gone", &shown.base_path)],
    }
}

/// The version of the page at a place: what stands in the script element that `serve` adds.
pub fn version(shown: &Shown, place: &SitePath) -> String {
    let entry = shown.output.files.get(place).or_else(|| shown.not_found(place).map(|(_, entry)| entry));
    entry.map_or_else(|| format!("build-{}", shown.number), |entry| entry.digest.short())
}

/// The version of a page of the desk.
pub fn version_of(html: &str) -> String {
    Digest::of(html.as_bytes()).short()
}

/// What is wrong with the page of a tab.
fn findings(tab: &Tab, shown: &Shown, place: &SitePath) -> Value {
    let all = shown.concerning(place);
    let finding = |finding: &&Located| {
        json!({
            "severity": finding.severity.name(),
            "rule": finding.rule,
            "message": finding.message,
            "help": finding.help,
            "file": finding.file,
            "line": finding.start.line,
            "column": finding.start.column,
            "editor": tab.editor.as_ref().map(|editor| editor.address(finding)),
        })
    };
    json!({
        "held": shown.is_frozen || shown.held.contains_key(place),
        "findings": all.iter().take(MOST).map(finding).collect::<Vec<_>>(),
        "more": all.len().saturating_sub(MOST),
        "desk": format!("{}/", desk::ROOT),
    })
}

/// A banner of so many findings is still one; the list has all of them.
const MOST: usize = 5;
