//! What a disk can hold: each is read, or is a finding with a remedy, and the rest still builds.

use guidewright::{
    build::{Build, Memo, Options, build},
    source::{cache::Record, walk::walk},
};
use std::{fs, path::Path};
use tempfile::TempDir;

fn site() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "guide.yaml", b"title: Guide\nbase_url: https://guide.example/\nsymlinks: [content/shared]\n");
    put(folder.path(), "content/index.md", b"---\ntitle: Home\nsummary: s\n---\nWelcome.\n");
    folder
}

fn put(site: &Path, path: &str, bytes: &[u8]) {
    let path = site.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn run(site: &Path) -> Build {
    let tree = walk(site, &Record::default()).tree;
    let options = Options {
        today: "2026-11-23".parse().unwrap(),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    };
    let built = build(&tree, &options, &mut Memo::default());
    assert!(built.output.files.contains_key("index.html"), "the rest of the site is built");
    built
}

/// The rules found, each with its file.
fn found(built: &Build) -> Vec<String> {
    built.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.file)).collect()
}

#[test]
fn a_text_of_fifty_megabytes_is_not_read() {
    let site = site();
    put(site.path(), "content/big.md", &vec![b'a'; 50 << 20]);
    assert_eq!(found(&run(site.path())), ["read/size content/big.md"]);
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_site_is_refused_unless_it_is_named() {
    use std::os::unix::fs::symlink;
    let (site, outside) = (site(), tempfile::tempdir().unwrap());
    put(outside.path(), "secret.txt", b"secret");
    put(outside.path(), "shared/page.md", b"---\ntitle: Shared\nsummary: s\n---\n");
    symlink(outside.path().join("secret.txt"), site.path().join("content/secret.txt")).unwrap();
    symlink(outside.path().join("shared"), site.path().join("content/shared")).unwrap();
    put(site.path(), ".env", b"KEY=1");
    symlink("../.env", site.path().join("content/env.txt")).unwrap();
    symlink("index.md", site.path().join("content/also.md")).unwrap();
    symlink(".", site.path().join("content/circle")).unwrap();
    symlink("nowhere", site.path().join("content/dangling.md")).unwrap();
    let built = run(site.path());
    let refused: Vec<String> = found(&built).into_iter().filter(|line| line.starts_with("read/symlink")).collect();
    assert_eq!(
        refused,
        [
            "read/symlink content/circle",
            "read/symlink content/dangling.md",
            "read/symlink content/env.txt",
            "read/symlink content/secret.txt",
        ]
    );
    assert!(built.output.files.contains_key("shared/page/index.html"), "the link that guide.yaml names is followed");
    assert!(built.output.files.contains_key("also/index.html"), "a link inside content/ is followed");
    assert!(!built.output.files.contains_key("secret.txt") && !built.output.files.contains_key("env.txt"));
}

#[test]
fn a_page_by_another_ending_is_never_copied_as_it_is() {
    let site = site();
    for name in ["a.MD", "b.markdown", "c.Md"] {
        put(site.path(), &format!("content/{name}"), b"---\nstatus: draft\n---\nsecret\n");
    }
    put(site.path(), "content/index.md.save", b"secret");
    let built = run(site.path());
    assert_eq!(found(&built), ["read/file content/a.MD", "read/file content/b.markdown", "read/file content/c.Md"]);
    assert!(built.output.files.keys().all(|path| !path.contains(".m") && !path.contains(".M")));
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_said() {
    let site = site();
    fs::create_dir_all(site.path().join("content/folder.md")).unwrap();
    let fifo = site.path().join("content/pipe.md");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    assert_eq!(found(&run(site.path())), ["read/file content/pipe.md"]);
}

#[test]
#[cfg(unix)]
fn a_file_that_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let site = site();
    put(site.path(), "content/closed.md", b"---\ntitle: x\n---\n");
    let path = site.path().join("content/closed.md");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser may read everything; then there is nothing to see.
    if fs::read(&path).is_err() {
        assert_eq!(found(&run(site.path())), ["read/file content/closed.md"]);
    }
}

#[test]
fn names_with_blanks_and_accents_make_plain_addresses() {
    let site = site();
    put(site.path(), "content/Über uns/Café Zoë.md", b"---\ntitle: Cafe\nsummary: s\n---\n[plan](Plan A.pdf)\n");
    put(site.path(), "content/Über uns/Plan A.pdf", b"x");
    put(site.path(), "content/Über uns/index.md", b"---\ntitle: Us\nsummary: s\n---\n[plan](<Plan A.pdf>)\n");
    let built = run(site.path());
    assert!(built.output.files.contains_key("uber-uns/cafe-zoe/index.html"));
    assert!(built.output.files.contains_key("uber-uns/Plan A.pdf"));
    assert_eq!(found(&built), Vec::<String>::new());
}

/// A page that changes while the site is built must never come out blank, now or later.
#[test]
fn a_page_that_changes_while_it_is_read_is_said_and_not_remembered() {
    let site = site();
    put(site.path(), "content/page.md", b"---\ntitle: Page\nsummary: s\n---\nOld words. [[index]]\n");
    let options = Options {
        today: "2026-11-23".parse().unwrap(),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    };
    let mut memo = Memo::default();
    let first = walk(site.path(), &Record::default());
    build(&first.tree, &options, &mut memo);
    // The next walk trusts its record and leaves the text on the disk, where it then changes.
    let mut record = first.record.clone();
    std::thread::sleep(std::time::Duration::from_millis(80));
    record.seal(site.path());
    put(site.path(), "guide.yaml", b"title: Another\nbase_url: https://guide.example/\n");
    let tree = walk(site.path(), &record).tree;
    put(site.path(), "content/page.md", b"---\ntitle: Page\nsummary: s\n---\nNew words. [[index]]\n");
    let warm = build(&tree, &options, &mut memo);
    assert!(found(&warm).contains(&"read/file content/page.md".to_string()), "{:?}", found(&warm));
    // Put back as it was: the good text must come, not what was made of the bad moment.
    put(site.path(), "content/page.md", b"---\ntitle: Page\nsummary: s\n---\nOld words. [[index]]\n");
    let again = build(&tree, &options, &mut memo);
    let page = again.output.files["page/index.html"].bytes().unwrap().unwrap().into_owned();
    assert!(String::from_utf8(page).unwrap().contains("Old words."));
}
