//! How `serve` and `build --watch` behave as programs: what they answer, what they refuse, how they end.

mod common;

use common::{
    http::{Answer, Reader},
    served::Served,
};
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    time::Duration,
};
use tempfile::TempDir;

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        "guide.yaml",
        "title: Guide\n\
         base_url: https://guide.example/\n\
         redirects: [{ from: /was/, to: /visit/ }]\n\
         headers: { \"/*\": { X-Frame-Options: DENY }, \"/visit/*\": { X-Own: visit } }\n\
         publish:\n\
         \x20 live: { host: nginx }\n\
         \x20 caddy: { host: caddy }\n\
         \x20 pages: { host: github-pages, base_url: https://us.example/guide/ }\n",
    );
    put(folder.path(), "content/index.md", "---\ntitle: Home\nsummary: s\n---\nSee [[visit]].\n");
    let long = "A sentence of a page that is long enough to be worth packing. ".repeat(40);
    put(folder.path(), "content/visit.md", &format!("---\ntitle: Visit\nsummary: s\n---\n{long}\n"));
    folder
}

fn put(site: &Path, path: &str, text: &str) {
    let path = site.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn location(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.header("location").unwrap_or_default())
}

#[test]
fn a_preview_does_what_the_host_of_its_target_does() {
    let site = site();
    let plain = Served::start(site.path(), &[]);
    let mut reader = plain.reader();
    assert_eq!(location(&reader.get("/visit")), (301, "/visit/"));
    let old = reader.get("/was/");
    assert!(old.status == 200 && old.text().contains("http-equiv=\"refresh\""), "a plain host only has the page");
    assert_eq!(reader.get("/nowhere/").status, 404);

    let nginx = Served::start(site.path(), &["--target", "live"]);
    let mut reader = nginx.reader();
    assert_eq!(location(&reader.get("/was/")), (301, "/visit/"));
    let page = reader.get("/visit/");
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("x-own"), Some("visit"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));

    let caddy = Served::start(site.path(), &["--target", "caddy"]);
    assert_eq!(location(&caddy.reader().get("/visit")), (308, "/visit/"));

    let pages = Served::start(site.path(), &["--target", "pages"]);
    assert!(pages.url.ends_with("/guide/"), "{}", pages.url);
    let mut reader = pages.reader();
    assert_eq!(location(&reader.get("/")), (301, "/guide/"));
    let page = reader.get("/guide/visit/");
    assert_eq!((page.status, page.header("x-own")), (200, None), "GitHub Pages sends no headers of the site's own");
}

/// The site with so many pages more that it opens with its home page.
fn large_site() -> TempDir {
    let site = site();
    for i in 0..1100 {
        let text = format!("---\ntitle: Page {i}\nsummary: s\n---\nText.\n");
        put(site.path(), &format!("content/part-{}/page-{i}.md", i % 7), &text);
    }
    site
}

/// A large site is open before it is whole, and a reader who is early gets what everybody gets, if later.
#[test]
fn who_comes_while_a_large_site_opens_waits_for_no_more_than_his_page() {
    let site = large_site();
    let served = Served::opening(site.path(), &["--no-cache"]);
    let asked = ["/", "/part-3/page-10/", "/sitemap.xml", "/a-z", "/nothing/", "/__guidewright/", "/"];
    let early: Vec<_> = asked
        .map(|path| {
            std::thread::spawn({
                let mut reader = served.reader();
                move || reader.get(path)
            })
        })
        .into_iter()
        .map(|answer| answer.join().unwrap())
        .collect();
    served.wait("the whole site", || served.said().contains("pages in "));
    let mut reader = served.reader();
    for (path, early) in asked.iter().zip(early) {
        let late = reader.get(path);
        assert_eq!((early.status, early.header("etag")), (late.status, late.header("etag")), "{path}");
        assert_eq!(early.text(), late.text(), "{path}");
    }
    let is_address = |line: &str| line.starts_with("http://");
    served.wait("the address", || served.printed().lines().any(is_address));
}

/// What an opening made is new, although the whole build that follows need not make it again.
#[test]
fn a_home_page_that_changed_while_nobody_served_is_kept_for_the_next_start() {
    let site = large_site();
    let serve_once = || {
        let mut served = Served::start(site.path(), &[]);
        served.signal("INT");
        assert_eq!(served.end(), Some(0));
        served.said()
    };
    assert!(serve_once().contains(" opens; "), "nothing was there before");
    let home = std::fs::read_to_string(site.path().join("content/index.md")).unwrap();
    put(site.path(), "content/index.md", &format!("{home}\nMore.\n"));
    assert!(serve_once().contains(" opens; "), "one page is another");
    assert!(!serve_once().contains(" opens; "), "and now it is known");
}

#[test]
fn what_did_not_change_is_not_sent_again_and_text_is_packed() {
    let site = site();
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    let page = reader.get("/visit/");
    let tag = page.header("etag").unwrap().to_string();
    let ask = |extra: &str| format!("GET /visit/ HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n\r\n");
    let same = reader.ask(ask(&format!("If-None-Match: {tag}"))).unwrap();
    assert_eq!((same.status, same.body.len()), (304, 0));
    let packed = reader.ask(ask("Accept-Encoding: gzip")).unwrap();
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 3 < page.body.len(), "{} of {}", packed.body.len(), page.body.len());
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut text).unwrap();
    assert_eq!(text, page.body);
    put(site.path(), "content/visit.md", "---\ntitle: Visit\nsummary: s\n---\nShort.\n");
    served.wait("the new page", || reader.ask(ask(&format!("If-None-Match: {tag}"))).unwrap().status == 200);
}

#[test]
fn only_get_and_head_of_this_machine_are_answered_and_no_path_leads_out() {
    let site = site();
    put(site.path(), "secret.txt", "secret");
    put(site.path(), "content/_data/private.yaml", "secret: yes\n");
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer =
            reader.ask(format!("{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")).unwrap();
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    let two = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n";
    let whole = "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for request in [two, whole] {
        assert!(reader.ask(request).is_some_and(|answer| [400, 421].contains(&answer.status)), "{request}");
        reader = served.reader();
    }
    for host in ["evil.example", "localhost.evil.example", "guide.example", ""] {
        let answer = reader.ask(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).unwrap();
        assert_eq!(answer.status, 421, "{host}");
    }
    let head = reader.ask("HEAD /visit/ HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!((head.status, head.body.len()), (200, 0));
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%252e%252e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/visit/..%2f..%2fsecret.txt",
        "//etc/passwd",
        "/visit%00.html",
        "/visit%00/",
        "/%ff%fe",
        "/_data/private.yaml",
        "/guide.yaml",
        "/.guidewright/inputs",
        "/__guidewright/../secret.txt",
        "/__guidewright/nothing",
    ] {
        let answer = reader.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret: yes") && !answer.text().ends_with("secret"), "{path}");
    }
}

/// Whatever bytes come, the next reader is served.
#[test]
fn no_request_kills_the_server() {
    let site = site();
    let served = Served::start(site.path(), &[]);
    let mut garbage: Vec<Vec<u8>> = [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /__guidewright/events?page=%&version=% HTTP/1.1\r\nHost: evil\r\n\r\n",
        "GET /__guidewright/inputs?page=%00%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    garbage.push(format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(1 << 20)).into_bytes());
    garbage.push(format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(1 << 20)).into_bytes());
    garbage.push((0..=255).cycle().take(5000).collect());
    for bytes in garbage {
        let mut stream = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        // The server may hang up in the middle: that is its right.
        let _ = stream.write_all(&bytes);
        let _ = stream.read(&mut [0; 1024]);
        drop(stream);
        assert_eq!(served.reader().get("/").status, 200);
    }
    // A reader who says nothing keeps nobody else waiting.
    let _silent: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(("127.0.0.1", served.port)).unwrap()).collect();
    assert_eq!(served.reader().get("/").status, 200);
}

#[test]
fn a_port_in_use_is_said_and_the_next_one_taken() {
    let site = site();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let served = Served::start(site.path(), &["--port", &port.to_string()]);
    assert_ne!(served.port, port);
    served.wait("a word on the port", || served.said().contains(&format!("port {port} is in use; taking")));
}

#[test]
fn an_open_server_says_what_it_opens_and_shows_no_paths_of_this_machine() {
    let site = site();
    put(site.path(), "content/bad.md", "---\ntitle: [\n---\n");
    let served = Served::start(site.path(), &["--host", "0.0.0.0", "--drafts"]);
    served.wait("a warning", || served.said().contains("Everybody who can reach this machine"));
    assert!(served.said().contains("its drafts too"));
    let mut reader = served.reader();
    // This reader is on the machine itself, and may open files.
    assert!(reader.get("/__guidewright/").text().contains("vscode://file/"));
    let answer = reader.ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").unwrap();
    assert_eq!(answer.status, 421, "an open server still answers to no name that somebody else chose");
    // One who comes over the network, where there is one, is not told where the site lies.
    let address = served.url.trim_start_matches("http://").rsplit_once(':').unwrap().0.to_string();
    if address != "localhost" {
        let page = Reader::at(&address, served.port).get("/__guidewright/").text();
        assert!(page.contains("content/bad.md") && !page.contains("vscode:"));
        assert!(!page.contains(&*site.path().to_string_lossy()));
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_the_end_of_the_session_and_a_closed_terminal_end_it_cleanly() {
    for name in ["INT", "TERM", "HUP"] {
        let site = site();
        let mut served = Served::start(site.path(), &[]);
        // An open page holds a connection that would never end by itself.
        let mut page = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
        page.write_all(b"GET /__guidewright/events?page=/&version=x HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        page.read_exact(&mut [0; 64]).unwrap();
        served.signal(name);
        assert_eq!(served.end(), Some(0), "{name}\n{}", served.said());
    }
}

/// An unreadable site is no reason to end: the editor mends it and sees it.
#[test]
fn a_site_that_cannot_be_read_at_first_is_shown_once_it_is_mended() {
    let site = site();
    put(site.path(), "guide.yaml", "title: [\n");
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    let page = reader.get("/");
    assert_eq!(page.status, 500);
    assert!(page.text().contains("This page cannot be shown yet") && page.text().contains("guide.yaml"));
    put(site.path(), "guide.yaml", "title: Guide\nbase_url: https://guide.example/\n");
    served.wait("the page", || reader.get("/").status == 200);
}

#[test]
fn the_terminal_says_what_changed_what_is_wrong_and_what_was_mended() {
    let site = site();
    let served = Served::start(site.path(), &[]);
    let good = fs::read_to_string(site.path().join("content/visit.md")).unwrap();
    put(site.path(), "content/visit.md", &format!("{good}\nSee [[hom]].\n"));
    served.wait("the line of the build", || served.said().contains("content/visit.md: 1 page made in "));
    served.wait("the finding", || served.printed().contains("error[links/dead]"));
    put(site.path(), "content/index.md", "---\ntitle: Home\nsummary: s\n---\nOther words. [[visit]]\n");
    served.wait("the next build", || served.said().contains("content/index.md: 1 page made in "));
    assert_eq!(served.printed().matches("error[links/dead]").count(), 1, "what is not new is not said again");
    put(site.path(), "content/visit.md", &good);
    served.wait("the good word", || served.said().contains("mended: content/visit.md: "));
}

#[test]
fn a_page_with_an_error_stays_as_it_was_and_all_others_are_as_they_are() {
    let site = site();
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    put(site.path(), "content/visit.md", "---\ntitle: Visit\nsummary: s\nsumary: s\n---\nNew words.\n");
    put(site.path(), "content/index.md", "---\ntitle: Home\nsummary: s\n---\nNew home. [[visit]]\n");
    served.wait("the new home page", || reader.get("/").text().contains("New home."));
    served.wait("the fault", || reader.get("/__guidewright/").text().contains("sumary"));
    let page = reader.get("/visit/").text();
    assert!(page.contains("long enough") && !page.contains("New words."));
    put(site.path(), "content/visit.md", "---\ntitle: Visit\nsummary: s\n---\nNew words.\n");
    served.wait("the mended page", || reader.get("/visit/").text().contains("New words."));
}

/// Its last good version has an address that the broken front matter does not tell any more.
#[test]
fn a_broken_page_with_an_address_of_its_own_stays_through_other_edits() {
    let site = site();
    put(site.path(), "content/tea.md", "---\ntitle: Tea\nsummary: s\nslug: drinks\n---\nGood tea.\n");
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    put(site.path(), "content/tea.md", "---\ntitle: [\n---\n");
    served.wait("the fault", || reader.get("/__guidewright/").text().contains("content/tea.md"));
    for n in 0..3 {
        let text = format!("---\ntitle: Home\nsummary: s\n---\nHome {n}. [[visit]]\n");
        put(site.path(), "content/index.md", &text);
        served.wait("the other page", || reader.get("/").text().contains(&format!("Home {n}.")));
        assert!(reader.get("/drinks/").text().contains("Good tea."));
    }
}

#[test]
fn broken_data_leaves_the_site_as_it_was() {
    let site = site();
    put(
        site.path(),
        "schema.yaml",
        "kinds:\n  term: { data: terms.yaml, page: words, label: name, fields: { name: { type: text, required: true } } }\n",
    );
    put(site.path(), "content/_data/terms.yaml", "leaf: { name: Leaf }\n");
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    assert!(reader.get("/words/").text().contains("Leaf"));
    put(site.path(), "content/_data/terms.yaml", "leaf: { name: Leaf\n");
    served.wait("the fault", || reader.get("/__guidewright/").text().contains("terms.yaml"));
    assert!(reader.get("/words/").text().contains("Leaf"));
    put(site.path(), "content/_data/terms.yaml", "leaf: { name: Leaves }\n");
    served.wait("the mended page", || reader.get("/words/").text().contains("Leaves"));
}

/// A file that is emptied and written as it was, while another page is made that needs it, is no fault.
#[test]
fn a_file_that_is_saved_as_it_was_in_the_middle_of_a_build_leaves_no_error() {
    let site = site();
    let guide = fs::read_to_string(site.path().join("guide.yaml")).unwrap();
    put(site.path(), "guide.yaml", &format!("{guide}markdown_copies: yes\n"));
    let page = |n: usize, word: &str| {
        let path = format!("content/many/{n}.md");
        (path, format!("---\ntitle: Page {n}\nsummary: s\n---\n{word}. [[visit]]\n"))
    };
    for n in 0..200 {
        let (path, text) = page(n, "Word");
        put(site.path(), &path, &text);
    }
    let served = Served::start(site.path(), &[]);
    let mut reader = served.reader();
    for round in 0..6 {
        // Another title of the site makes every page anew.
        put(
            site.path(),
            "guide.yaml",
            &format!("{}markdown_copies: yes\n", guide.replace("Guide", &format!("Guide {round}"))),
        );
        for _ in 0..3 {
            for n in (0..200).step_by(7) {
                let (path, text) = page(n, "Word");
                put(site.path(), &path, "");
                put(site.path(), &path, &text);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        served.wait("a whole site", || {
            let all = (0..200).step_by(7).all(|n| reader.get(&format!("/many/{n}/index.md")).status == 200);
            all && reader.get("/").text().contains(&format!("Guide {round}"))
        });
        served.wait("no fault", || !reader.get("/__guidewright/").text().contains("build again"));
    }
}

#[test]
fn a_disk_that_tells_nothing_is_looked_at_again_and_again() {
    let site = site();
    let served = Served::start(site.path(), &["--poll"]);
    let mut reader = served.reader();
    put(site.path(), "content/new/page.md", "---\ntitle: New\nsummary: s\n---\nPolled.\n");
    served.wait("the new page", || reader.get("/new/page/").text().contains("Polled."));
}

/// A second start leans on what the first one left, and makes pages when they are asked for.
#[test]
fn a_warm_start_shows_the_same_pages() {
    let site = site();
    let mut first = Served::start(site.path(), &[]);
    let (home, visit) = (first.reader().get("/"), first.reader().get("/visit/"));
    first.wait("the cache", || site.path().join(".guidewright/whole").exists());
    first.signal("INT");
    first.end();
    let second = Served::start(site.path(), &[]);
    let mut reader = second.reader();
    for (path, cold) in [("/", home), ("/visit/", visit)] {
        let warm = reader.get(path);
        assert_eq!((warm.status, warm.body), (200, cold.body), "{path}");
    }
    assert_eq!(reader.get("/robots.txt").status, 200);
    put(site.path(), "content/visit.md", "---\ntitle: Visit\nsummary: s\n---\nShort.\n");
    second.wait("the edited page", || reader.get("/visit/").text().contains("Short."));
    assert!(reader.get("/").text().contains("Home"), "a page that was not made anew is still there");
}

/// The cache of `build` has no pages: they are made when they are asked for.
#[test]
fn a_start_after_a_build_makes_pages_when_they_are_asked_for() {
    let site = site();
    let built = std::process::Command::new(env!("CARGO_BIN_EXE_guidewright"))
        .args(["build", "--quiet", "--today", "2026-11-23", "--site"])
        .arg(site.path())
        .status();
    assert!(built.unwrap().success());
    let served = Served::start(site.path(), &[]);
    let page = fs::read_to_string(site.path().join("output/visit/index.html")).unwrap();
    let shown = served.reader().get("/visit/").text();
    let (before, _) = shown.split_once("<script src=\"/__guidewright/").unwrap();
    assert!(page.starts_with(before));
}

/// `build --watch` writes what is good, removes what went, and leaves a good site alone while there are errors.
#[test]
#[cfg(unix)]
fn watching_a_build_writes_good_builds_only() {
    let site = site();
    let mut watch = common::served::Watching::start(site.path());
    let page = site.path().join("output/visit/index.html");
    let text = || fs::read_to_string(&page).unwrap_or_default();
    watch.wait("the first build", || text().contains("long enough"));
    put(site.path(), "content/visit.md", "---\ntitle: Visit\nsummary: s\n---\nSecond.\n");
    watch.wait("the second build", || text().contains("Second."));
    put(site.path(), "content/visit.md", "---\ntitle: [\n---\nThird.\n");
    watch.wait("a word on the fault", || watch.said().contains("nothing was written"));
    assert!(text().contains("Second."));
    put(site.path(), "content/index.md", "---\ntitle: Home\nsummary: s\n---\nAlone.\n");
    fs::remove_file(site.path().join("content/visit.md")).unwrap();
    put(site.path(), "guide.yaml", "title: Guide\nbase_url: https://guide.example/\n");
    watch.wait("the removal", || !page.exists());
    watch.signal("INT");
    assert_eq!(watch.end(), Some(0));
    assert!(!site.path().join("output/.guidewright-tmp").exists());
}

/// While another guidewright writes there, nothing is lost: it is tried again.
#[test]
#[cfg(unix)]
fn a_busy_output_folder_is_said_once_and_written_to_when_it_is_free() {
    let site = site();
    let watch = common::served::Watching::start(site.path());
    let page = site.path().join("output/visit/index.html");
    watch.wait("the first build", || watch.said().contains("Watching."));
    let workshop = site.path().join("output/.guidewright-tmp");
    fs::create_dir_all(&workshop).unwrap();
    let lock = fs::File::create(workshop.join("lock")).unwrap();
    lock.lock().unwrap();
    put(site.path(), "content/visit.md", "---\ntitle: Visit\nsummary: s\n---\nSecond.\n");
    watch.wait("a word on it", || watch.said().contains("another guidewright is writing"));
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(watch.said().matches("another guidewright is writing").count(), 1);
    drop(lock);
    watch.wait("the second build", || fs::read_to_string(&page).unwrap_or_default().contains("Second."));
}
