//! What `serve` shows is what a clean build would publish, whatever an editor, a file system or git does to
//! the site.
//!
//! A real folder, a real watcher, a real server. Random edits are written in the manner of random
//! editors; folders are renamed, moved in and deleted, links are followed, files are written by
//! halves. After each quiet point every served byte must be that of a clean build, whenever the site
//! has no errors. The seed is printed. By hand, for an hour from another seed:
//! `SEED=7 SECONDS=3600 cargo test --release --test torture -- --nocapture`.

mod common;

use common::{
    build_folder, bytes,
    edits::{Random, bytes_of, edit, start},
    http::Reader,
    served::Served,
};
use guidewright::base::finding::Severity;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

/// So many operations there are at the least, however long they take.
const OPERATIONS: u64 = 2000;

/// The site as it should be, and the folder that it is written to.
struct Site {
    root: PathBuf,
    outside: PathBuf,
    files: BTreeMap<String, String>,
    random: Random,
}

impl Site {
    fn new(root: &Path, outside: &Path, seed: u64) -> Site {
        let mut files = start();
        // A link out of the site, which it allows.
        files.entry("guide.yaml".into()).and_modify(|text| text.push_str("symlinks: [content/remedies/shared]\n"));
        let site = Site { root: root.into(), outside: outside.into(), files, random: Random(seed) };
        for (path, text) in &site.files {
            site.put(path, &bytes_of(path, text)).unwrap();
        }
        fs::create_dir_all(&site.outside).unwrap();
        fs::write(site.outside.join("rose.md"), "---\ntitle: Rose\nsummary: s\n---\nFrom outside.\n").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&site.outside, site.root.join("content/remedies/shared")).unwrap();
        site
    }

    fn disk(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.disk(path);
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, bytes)
    }

    /// One random operation; says what it was.
    fn operate(&mut self) -> String {
        match self.random.below(12) {
            0 => self.rename_folder(),
            1 => self.delete_folder(),
            2 => self.move_folder_in(),
            3 => self.edit_outside(),
            4 => self.replace_theme(),
            5 => self.litter(),
            6 => self.touch(),
            _ => self.edit(),
        }
    }

    /// An edit, written in the manner of some editor.
    fn edit(&mut self) -> String {
        let before = self.files.clone();
        let what = edit(&mut self.files, &mut self.random);
        // The random settings know nothing of the link.
        if let Some(guide) = self.files.get_mut("guide.yaml").filter(|text| !text.contains("symlinks")) {
            guide.push_str("symlinks: [content/remedies/shared]\n");
        }
        let after = self.files.clone();
        let mut how = String::new();
        for gone in before.keys().filter(|path| !after.contains_key(*path)) {
            let _ = fs::remove_file(self.disk(gone));
        }
        for (path, text) in after.iter().filter(|(path, text)| before.get(*path) != Some(*text)) {
            how = self.save(path, &bytes_of(path, text));
        }
        format!("{what} ({how})")
    }

    /// Saves a file as some editor does.
    fn save(&mut self, path: &str, bytes: &[u8]) -> String {
        let file = self.disk(path);
        let folder = file.parent().unwrap().to_path_buf();
        fs::create_dir_all(&folder).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let pause = Duration::from_millis(self.random.below(8) as u64);
        let half = &bytes[..bytes.len() / 2];
        let beside = |name: String| folder.join(name);
        let write = |path: &Path, bytes: &[u8]| fs::write(path, bytes).unwrap();
        match self.random.below(8) {
            0 => {
                write(&file, bytes);
                "written"
            }
            1 => {
                write(&file, b"");
                sleep(pause);
                write(&file, bytes);
                "truncated, then written"
            }
            2 => {
                write(&file, half);
                sleep(pause * 8);
                write(&file, bytes);
                "written by halves"
            }
            3 => {
                // Vim with a backup: a probe, the old file aside, a new one in its place.
                write(&beside("4913".into()), b"");
                fs::remove_file(beside("4913".into())).unwrap();
                write(&beside(format!(".{name}.swp")), half);
                let backup = beside(format!("{name}~"));
                let _ = fs::rename(&file, &backup);
                sleep(pause);
                write(&file, bytes);
                let _ = fs::remove_file(backup);
                "Vim"
            }
            4 => {
                // Emacs: a lock, an automatic copy, the old file aside.
                #[cfg(unix)]
                let _ = std::os::unix::fs::symlink("me@here.1:2", beside(format!(".#{name}")));
                write(&beside(format!("#{name}#")), half);
                let _ = fs::rename(&file, beside(format!("{name}~")));
                write(&file, bytes);
                let _ = fs::remove_file(beside(format!("#{name}#")));
                let _ = fs::remove_file(beside(format!(".#{name}")));
                "Emacs"
            }
            5 => {
                // JetBrains: a new file beside, the old one aside, the new one over it.
                let (new, old) = (beside(format!("{name}___jb_tmp___")), beside(format!("{name}___jb_old___")));
                write(&new, bytes);
                let _ = fs::rename(&file, &old);
                fs::rename(&new, &file).unwrap();
                let _ = fs::remove_file(&old);
                "JetBrains"
            }
            6 => {
                let new = beside(format!(".{name}.tmp"));
                write(&new, bytes);
                sleep(pause);
                fs::rename(&new, &file).unwrap();
                "renamed over"
            }
            _ => {
                let _ = fs::remove_file(&file);
                sleep(pause);
                write(&file, bytes);
                "deleted and created"
            }
        }
        .into()
    }

    /// Some folder of pages that is not the link.
    fn folder(&mut self) -> String {
        self.random.pick(&["content/problems", "content/remedies", "content/a", "content/a/b", "content/c"]).into()
    }

    fn rename_folder(&mut self) -> String {
        let (from, to) = (self.folder(), self.folder());
        let is_free = !self.disk(&to).exists() && !to.starts_with(&format!("{from}/")) && self.disk(&from).exists();
        // The link must stay where guide.yaml says.
        if !is_free || from == "content/remedies" {
            return "nothing".into();
        }
        fs::create_dir_all(self.disk(&to).parent().unwrap()).unwrap();
        fs::rename(self.disk(&from), self.disk(&to)).unwrap();
        self.rekey(&from, Some(&to));
        format!("rename the folder {from} to {to}")
    }

    fn delete_folder(&mut self) -> String {
        let folder = self.folder();
        if folder == "content/remedies" || self.random.below(3) > 0 {
            return "nothing".into();
        }
        let _ = fs::remove_dir_all(self.disk(&folder));
        self.rekey(&folder, None);
        format!("delete the folder {folder}")
    }

    /// Files below one folder are below another, or gone.
    fn rekey(&mut self, from: &str, to: Option<&str>) {
        let below = format!("{from}/");
        let moved: Vec<String> = self.files.keys().filter(|path| path.starts_with(&below)).cloned().collect();
        for path in moved {
            let text = self.files.remove(&path).unwrap();
            if let Some(to) = to {
                self.files.insert(format!("{to}/{}", &path[below.len()..]), text);
            }
        }
    }

    /// A folder with folders in it comes in one step.
    fn move_folder_in(&mut self) -> String {
        let to = self.folder();
        if self.disk(&to).exists() {
            return "nothing".into();
        }
        let made = self.outside.with_file_name("made");
        let _ = fs::remove_dir_all(&made);
        for path in ["ash-bark.md", "deep/deeper/elm-bark.md"] {
            let number = self.random.below(1000);
            let text = format!("---\ntitle: Bark {number}\nsummary: s\n---\nCame in.\n");
            fs::create_dir_all(made.join(path).parent().unwrap()).unwrap();
            fs::write(made.join(path), &text).unwrap();
            self.files.insert(format!("{to}/{path}"), text);
        }
        fs::create_dir_all(self.disk(&to).parent().unwrap()).unwrap();
        fs::rename(&made, self.disk(&to)).unwrap();
        format!("move a folder in as {to}")
    }

    fn edit_outside(&mut self) -> String {
        let text = format!("---\ntitle: Rose\nsummary: s\n---\nFrom outside {}.\n", self.random.below(1000));
        fs::write(self.outside.join("rose.md"), text).unwrap();
        "edit behind the link".into()
    }

    /// The theme goes away and another one of its name comes.
    fn replace_theme(&mut self) -> String {
        let (own, away) = (self.disk("themes/own"), self.outside.with_file_name("away"));
        let _ = fs::remove_dir_all(&away);
        if fs::rename(&own, &away).is_err() {
            return "nothing".into();
        }
        let css = format!("body {{ margin: {}em }}\n", self.random.below(9));
        self.files.insert("themes/own/own.css".into(), css);
        let theme: Vec<(String, String)> = self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with("themes/"))
            .map(|(p, t)| (p.clone(), t.clone()))
            .collect();
        for (path, text) in theme {
            self.put(&path, text.as_bytes()).unwrap();
        }
        "replace the theme".into()
    }

    /// Things that editors and systems leave, and that are no part of the site.
    fn litter(&mut self) -> String {
        for name in [".ash.md.swp", "ash.md~", ".DS_Store", "#ash.md#"] {
            let path = self.disk("content/problems").join(name);
            if self.random.below(2) == 0 {
                let _ = fs::write(&path, b"litter");
            } else {
                let _ = fs::remove_file(&path);
            }
        }
        "litter".into()
    }

    /// A file that is saved as it was.
    fn touch(&mut self) -> String {
        let paths: Vec<&String> = self.files.keys().collect();
        let path = paths[self.random.below(paths.len())].clone();
        let bytes = bytes_of(&path, &self.files[&path]);
        self.put(&path, &bytes).unwrap();
        format!("save {path} as it was")
    }

    /// Mends what a clean build finds wrong: every faulty file is as at the start, or gone.
    fn mend(&mut self) -> bool {
        for _ in 0..4 {
            let built = build_folder(&self.root);
            let errors: Vec<String> = (built.findings.iter())
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| finding.file.to_string())
                .collect();
            if errors.is_empty() {
                return true;
            }
            for file in errors {
                match start().remove(&file) {
                    Some(mut text) => {
                        if file == "guide.yaml" {
                            text.push_str("symlinks: [content/remedies/shared]\n");
                        }
                        self.put(&file, &bytes_of(&file, &text)).unwrap();
                        self.files.insert(file, text);
                    }
                    None => {
                        let _ = fs::remove_file(self.disk(&file));
                        self.files.remove(&file);
                    }
                }
            }
        }
        false
    }
}

/// What is served and should not be, or not as it is.
fn difference(
    reader: &mut Reader,
    base_path: &str,
    expected: &BTreeMap<String, Vec<u8>>,
    ever: &[String],
) -> Option<String> {
    for (path, bytes) in expected {
        let url = address(base_path, path);
        let answer = reader.get(&url);
        let body = without_script(&answer.body);
        if answer.status != 200 || body != *bytes {
            let (served, clean) = (String::from_utf8_lossy(&body), String::from_utf8_lossy(bytes));
            return Some(format!("{url}: status {}\n--- served\n{served}\n--- clean\n{clean}", answer.status));
        }
    }
    let gone = ever.iter().filter(|path| !expected.contains_key(*path));
    for path in gone {
        let answer = reader.get(&address(base_path, path));
        if answer.status == 200 {
            return Some(format!("{path} is gone and is still served"));
        }
    }
    None
}

fn address(base_path: &str, path: &str) -> String {
    format!("{base_path}{}", path.strip_suffix("index.html").unwrap_or(path).replace(' ', "%20"))
}

/// A page without what `serve` adds to it.
fn without_script(html: &[u8]) -> Vec<u8> {
    let text = match std::str::from_utf8(html) {
        Ok(text) if text.contains("<script src=\"/__guidewright/") => text,
        _ => return html.to_vec(),
    };
    let start = text.rfind("<script src=\"/__guidewright/").unwrap();
    let end = start + text[start..].find('\n').unwrap() + 1;
    format!("{}{}", &text[..start], &text[end..]).into_bytes()
}

fn from_env(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn whatever_happens_to_the_site_what_is_served_is_a_clean_build_of_it() {
    let seed = from_env("SEED", 20_261_125);
    let seconds = from_env("SECONDS", 0);
    println!("SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    let mut site = Site::new(&root, &folder.path().join("outside"), seed);
    let served = Served::start(&root, &["--no-cache"]);
    let mut reader = served.reader();
    let (mut operations, mut points) = (0, 0);
    let mut ever: Vec<String> = Vec::new();
    let mut history: Vec<String> = Vec::new();
    let mut slowest = Duration::ZERO;
    let started = Instant::now();
    while operations < OPERATIONS || started.elapsed().as_secs() < seconds {
        for _ in 0..1 + site.random.below(24) {
            history.push(site.operate());
            operations += 1;
            match site.random.below(200) {
                // About when the server looks at everything because nothing has happened.
                0 => sleep(Duration::from_millis(940 + site.random.below(120) as u64)),
                1..50 => sleep(Duration::from_millis(site.random.below(40) as u64)),
                _ => {}
            }
        }
        // Whatever state the site is in, somebody is answered.
        assert!([200, 301, 404, 500].contains(&reader.get("/").status), "SEED={seed}");
        if !site.mend() {
            continue;
        }
        points += 1;
        let clean = build_folder(&site.root);
        let expected = bytes(&clean.output);
        ever.extend(expected.keys().filter(|path| !ever.contains(path)).cloned().collect::<Vec<_>>());
        let quiet = Instant::now();
        while let Some(difference) = difference(&mut reader, &clean.base_path, &expected, &ever) {
            if quiet.elapsed() > Duration::from_secs(20) {
                let last = history.iter().rev().take(30).rev().cloned().collect::<Vec<_>>().join("\n  ");
                panic!(
                    "SEED={seed}, after {operations} operations, the last:\n  {last}\n{difference}\n{}",
                    served.said()
                );
            }
            sleep(Duration::from_millis(5));
        }
        slowest = slowest.max(quiet.elapsed());
    }
    println!(
        "{operations} operations, {points} quiet points, {} s; the slowest came to rest in {} ms",
        started.elapsed().as_secs(),
        slowest.as_millis(),
    );
    let surprises = served.said().matches("does not tell of every change").count();
    assert_eq!(surprises, 0, "SEED={seed}: a change was found that nothing had told of\n{}", served.said());
    assert!(points > 50, "only {points} quiet points");
}

/// A checkout of another branch: five hundred files at once.
#[test]
fn five_hundred_files_at_once_are_shown_in_one_build() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: String, text: String| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("guide.yaml".into(), "title: x\nbase_url: https://guide.example/\n".into());
    put("content/index.md".into(), "Home.\n".into());
    let page = |n: usize, word: &str| {
        let path = format!("content/{}/page-{n}.md", n % 20);
        (path, format!("---\ntitle: Page {n}\nsummary: s\n---\n{word} {n}.\n"))
    };
    let write_all = |word: &str| (0..500).map(|n| page(n, word)).for_each(|(path, text)| put(path, text));
    write_all("Old");
    let served = Served::start(folder.path(), &["--no-cache"]);
    let mut reader = served.reader();
    assert!(reader.get("/7/page-7/").text().contains("Old 7."));
    write_all("New");
    served.wait("the last page", || {
        (0..500).all(|n| reader.get(&format!("/{}/page-{n}/", n % 20)).text().contains("New"))
    });
    let builds = served.said().lines().filter(|line| line.contains(" made in ")).count();
    assert!(builds <= 5, "{builds} builds for one checkout\n{}", served.said());
}

/// More events than a queue takes: the server loses count, looks at everything, and is right again.
#[test]
fn ten_thousand_events_at_once_leave_the_site_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content/many")).unwrap();
    fs::write(folder.path().join("guide.yaml"), "title: x\nbase_url: https://guide.example/\n").unwrap();
    fs::write(folder.path().join("content/index.md"), "Home.\n").unwrap();
    let served = Served::start(folder.path(), &["--no-cache"]);
    let mut reader = served.reader();
    for n in 0..10_000 {
        let path = folder.path().join(format!("content/many/{}.md", n % 100));
        fs::write(&path, format!("Word {n}.\n")).unwrap();
    }
    served.wait("the last word", || {
        (0..100).all(|n| reader.get(&format!("/many/{n}/")).text().contains(&format!("Word {}.", 9900 + n)))
    });
}
