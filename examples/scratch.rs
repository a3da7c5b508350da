use guidewright::{
    base::path::SitePath,
    build::*,
    source::{cache::Record, tree::*, walk::walk},
};
use std::time::Instant;
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
fn main() {
    rayon::ThreadPoolBuilder::new().stack_size(16 << 20).build_global().unwrap();
    let site = std::env::args().nth(1).unwrap();
    let t = Instant::now();
    let w = walk(std::path::Path::new(&site), &Record::default());
    println!("walk {:?}", t.elapsed());
    let t = Instant::now();
    let w2 = walk(std::path::Path::new(&site), &w.record);
    println!("walk again {:?} {}", t.elapsed(), w2.tree.files.len());
    let mut tree = w.tree;
    let opt = Options { today: "2026-11-23".parse().unwrap(), drafts: false, base_url: None, target: None };
    let mut memo = Memo::for_watching(); if std::env::var_os("NOBODIES").is_some() { memo.bodies = None; }
    let t = Instant::now();
    let b = build(&tree, &opt, &mut memo);
    println!("cold {:?} {:?}", t.elapsed(), b.stats);
    let paths: Vec<SitePath> =
        tree.files.keys().filter(|p| p.ends_with(".md") && !p.ends_with("index.md")).cloned().collect();
    let mut last = b;
    for i in 0..6 {
        let p = &paths[i * 97 % paths.len()];
        let text = String::from_utf8(tree.files[p].bytes().unwrap().into_owned()).unwrap();
        let what = if i % 2 == 0 {
            tree.set(p, &format!("{text}\nOne more word.\n"));
            "body"
        } else {
            tree.set(p, &text.replacen("title: ", "title: New ", 1));
            "title"
        };
        let t = Instant::now();
        let b = build(&tree, &opt, &mut memo);
        let e = t.elapsed();
        let t = Instant::now();
        drop(std::mem::replace(&mut last, b));
        println!("{what} {e:?} {:?} drop {:?}", last.stats, t.elapsed());
    }
    std::mem::forget(memo);
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS"))
            .collect::<Vec<_>>()
            .join(" ")
    );
}
