//! Writing to disk: whatever happens, each file is whole, nothing foreign is touched, and the next
//! build completes what this one could not.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread::sleep,
    time::Instant,
};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_guidewright");

/// A site of `pages` pages, each of which shows the title of the site.
fn site(pages: usize, title: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    settings(folder.path(), title);
    put("content/index.md", "---\ntitle: Home\nsummary: Home.\n---\nWelcome.\n");
    put("content/part/index.md", "---\ntitle: Part\nsummary: A part.\n---\nPages.\n");
    for number in 0..pages {
        let text = format!("---\ntitle: Page {number}\nsummary: A page.\n---\n{}\n", "Some words. ".repeat(100));
        put(&format!("content/part/page-{number}.md"), &text);
    }
    put("static/file.txt", title);
    folder
}

fn settings(site: &Path, title: &str) {
    fs::write(site.join("guide.yaml"), format!("title: {title}\nbase_url: https://guide.example/\n")).unwrap();
}

fn command(site: &Path, output: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["build", "--quiet", "--today", "2026-11-23", "--site"]).arg(site).arg("--output").arg(output);
    command
}

fn build(site: &Path, output: &Path) -> Output {
    command(site, output).output().unwrap()
}

fn read(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let walk = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    walk.filter(|entry| entry.file_type().is_file())
        .filter(|entry| !entry.path().to_string_lossy().contains(".guidewright"))
        .map(|entry| (entry.path().strip_prefix(folder).unwrap().into(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_kill_at_any_moment_leaves_every_file_whole_and_the_next_build_completes_it() {
    let site = site(300, "Old");
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("site");
    let mut versions = Vec::new();
    for title in ["Old", "New"] {
        settings(site.path(), title);
        fs::write(site.path().join("static/file.txt"), title).unwrap();
        let clean = output.path().join(title);
        assert!(build(site.path(), &clean).status.success());
        versions.push(read(&clean));
    }
    let start = Instant::now();
    assert!(build(site.path(), &folder).status.success());
    let whole = start.elapsed();

    let mut killed = 0;
    for number in 0..100u32 {
        let now = (number % 2) as usize;
        settings(site.path(), ["Old", "New"][now]);
        fs::write(site.path().join("static/file.txt"), ["Old", "New"][now]).unwrap();
        let mut child = command(site.path(), &folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Moments spread over the whole of a build, in an order that jumps about.
        sleep(whole.mul_f64(f64::from(number * 37 % 100) / 80.0));
        killed += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        for (path, bytes) in read(&folder) {
            let known = versions.iter().any(|version| version.get(&path) == Some(&bytes));
            assert!(known, "{} is neither old nor new after kill {number}", path.display());
        }
        if number % 5 == 4 {
            assert!(build(site.path(), &folder).status.success());
            assert!(read(&folder) == versions[now], "the build after kill {number} did not complete the site");
        }
    }
    assert!(killed > 20, "only {killed} of 100 builds were still running when they were killed");
}

#[test]
fn a_folder_that_guidewright_did_not_make_is_never_touched() {
    let site = site(1, "Guide");
    let foreign = tempfile::tempdir().unwrap();
    fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
    let result = build(site.path(), foreign.path());
    assert_eq!(result.status.code(), Some(2));
    assert!(said(&result).contains("did not write"), "{}", said(&result));
    assert_eq!(read(foreign.path()).len(), 1);

    for above in [site.path(), site.path().parent().unwrap()] {
        let result = build(site.path(), above);
        assert_eq!(result.status.code(), Some(2), "{}", said(&result));
        assert!(said(&result).contains("the site itself"), "{}", said(&result));
    }
}

#[test]
fn no_detour_leads_into_the_site() {
    let site = site(1, "Guide");
    for detour in ["nope/..", "nope/../content/new", "content/new", "static"] {
        let result = build(site.path(), &site.path().join(detour));
        assert_eq!(result.status.code(), Some(2), "{detour}: {}", said(&result));
    }
    assert!(!site.path().join("index.html").exists() && !site.path().join("content/new").exists());
}

#[test]
fn only_what_guidewright_wrote_is_removed() {
    let site = site(3, "Guide");
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("out");
    assert!(build(site.path(), &folder).status.success());
    fs::write(folder.join("part/own-note.txt"), "mine").unwrap();
    fs::write(folder.join(".htaccess"), "mine").unwrap();
    fs::remove_file(site.path().join("content/part/page-1.md")).unwrap();
    assert!(build(site.path(), &folder).status.success());
    assert!(!folder.join("part/page-1").exists(), "a page that is gone goes from the output");
    assert!(folder.join("part/own-note.txt").exists() && folder.join(".htaccess").exists());

    let clean = Command::new(PROGRAM).args(["clean", "--site"]).arg(site.path()).arg("--output").arg(&folder).status();
    assert!(clean.unwrap().success());
    let left: Vec<_> = read(&folder).into_keys().collect();
    assert_eq!(left, [PathBuf::from(".htaccess"), PathBuf::from("part/own-note.txt")]);
}

#[test]
fn a_file_changed_by_hand_is_put_right() {
    let site = site(2, "Guide");
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("out");
    assert!(build(site.path(), &folder).status.success());
    let expected = read(&folder);
    fs::write(folder.join("index.html"), "spoilt").unwrap();
    fs::remove_file(folder.join("part/page-0/index.html")).unwrap();
    assert!(build(site.path(), &folder).status.success());
    assert_eq!(read(&folder), expected);
}

#[test]
fn a_page_may_become_a_folder_and_a_folder_a_page() {
    let site = site(1, "Guide");
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("out");
    fs::write(site.path().join("static/thing"), "a file").unwrap();
    assert!(build(site.path(), &folder).status.success());
    fs::remove_file(site.path().join("static/thing")).unwrap();
    fs::create_dir(site.path().join("static/thing")).unwrap();
    fs::write(site.path().join("static/thing/inner"), "a file").unwrap();
    let result = build(site.path(), &folder);
    assert!(result.status.success(), "{}", said(&result));
    assert!(folder.join("thing/inner").is_file());
    fs::remove_dir_all(site.path().join("static/thing")).unwrap();
    fs::write(site.path().join("static/thing"), "a file").unwrap();
    let result = build(site.path(), &folder);
    assert!(result.status.success(), "{}", said(&result));
    assert!(folder.join("thing").is_file());
}

/// A disk that takes no more is played by a limit on the size of files.
#[test]
#[cfg(unix)]
fn a_full_disk_is_said_and_loses_nothing() {
    let site = site(20, "Guide");
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("out");
    assert!(build(site.path(), &folder).status.success());
    let before = read(&folder);
    settings(site.path(), "Another title");
    let result = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 2; exec \"$@\"",
            "sh",
            PROGRAM,
            "build",
            "--quiet",
            "--no-cache",
            "--site",
        ])
        .arg(site.path())
        .arg("--output")
        .arg(&folder)
        .output()
        .unwrap();
    assert_eq!(result.status.code(), Some(2), "{}", said(&result));
    assert!(said(&result).contains("cannot be written"), "{}", said(&result));
    assert_eq!(read(&folder).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert!(build(site.path(), &folder).status.success());
    assert!(String::from_utf8_lossy(&read(&folder)[&PathBuf::from("index.html")]).contains("Another title"));
}

#[test]
fn an_output_that_cannot_be_made_is_a_clear_error() {
    let site = site(1, "Guide");
    let output = tempfile::tempdir().unwrap();
    fs::write(output.path().join("file"), "x").unwrap();
    let result = build(site.path(), &output.path().join("file/out"));
    assert_eq!(result.status.code(), Some(2));
    assert!(said(&result).contains("help:"), "{}", said(&result));
}

#[test]
fn a_site_with_an_error_changes_nothing() {
    let site = site(2, "Guide");
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("out");
    assert!(build(site.path(), &folder).status.success());
    let before = read(&folder);
    fs::write(site.path().join("content/part/page-0.md"), "---\ntitle: [\n---\n").unwrap();
    assert_eq!(build(site.path(), &folder).status.code(), Some(1));
    assert_eq!(read(&folder), before);
}
