//! Every page of `tests/rules/` is the documentation of a rule and its test.
//!
//! A page begins with `# family/name`, then says in words what the rule asks and how to mend it.
//! Under `## Wrong` and `## Right` stand small sites: each file is a line with its path in
//! backquotes and a fenced block with its text; `guide.yaml` and `content/index.md` are there
//! without saying. After the files a block ```` ```findings ```` lists what `check --todo`
//! must say, one finding a line: `file:line:column severity rule: message | remedy`. A right site
//! has an empty list.
//!
//! A picture is described in words (`tests/common/picture.rs`).
//!
//! `UPDATE=1 cargo test --test rules` writes what is found into the pages; read the change.

mod common;

use guidewright::{
    base::rules::Rule,
    build::{Memo, Options, build},
    source::tree::{File, Tree},
};
use libtest_mimic::{Arguments, Failed, Trial};
use std::{fs, path::PathBuf};

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let trials = Rule::ALL.iter().map(|rule| {
        let path = root.join(format!("{}.md", rule.code()));
        let code = rule.code();
        Trial::test(code, move || run(&path, code))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn run(path: &PathBuf, code: &str) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let mut out = String::new();
    let mut tree = usual();
    let (mut file, mut wrong, mut examples) = (None::<String>, None::<bool>, (0, 0));
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        match line {
            "## Wrong" => wrong = Some(true),
            "## Right" => wrong = Some(false),
            "```findings" => {
                let expected: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let found = check(&std::mem::replace(&mut tree, usual()));
                let of_rule = found.iter().any(|line| line.contains(&format!(" {code}: ")));
                match wrong {
                    Some(true) => {
                        examples.0 += 1;
                        assert_or(of_rule, format!("a wrong example does not break {code}: {found:#?}"))?;
                    }
                    Some(false) => {
                        examples.1 += 1;
                        assert_or(found.is_empty(), format!("a right example is found fault with: {found:#?}"))?;
                    }
                    None => return Err("findings before \"## Wrong\" or \"## Right\"".into()),
                }
                if std::env::var_os("UPDATE").is_none() {
                    assert_or(expected == found, format!("expected {expected:#?}\nfound {found:#?}"))?;
                }
                found.iter().for_each(|line| out.push_str(&format!("{line}\n")));
                out.push_str("```\n");
            }
            _ if line.starts_with('`') && line.ends_with('`') && !line.starts_with("```") && line.len() > 2 => {
                file = Some(line.trim_matches('`').into());
            }
            _ if line.starts_with("```") && wrong.is_some() && file.is_some() => {
                let fence = &line[..line.len() - line.trim_start_matches('`').len()];
                let mut body = String::new();
                for line in lines.by_ref() {
                    out.push_str(line);
                    out.push('\n');
                    if line == fence {
                        break;
                    }
                    body.push_str(line);
                    body.push('\n');
                }
                let name = file.take().unwrap_or_default();
                // `\xFF` and `\t` stand for what a page of text cannot show.
                let bytes =
                    body.replace("\\t", "\t").replace("\\r", "\r").replace("\\u{feff}", "\u{feff}").into_bytes();
                let bytes = replace(bytes, b"\\xFF", b"\xff");
                let bytes = common::picture::of(&name, &body).unwrap_or(bytes);
                tree.files.insert(name.as_str().into(), File::of_bytes(bytes));
            }
            _ => {}
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, out)?;
    }
    let needs_disk = matches!(code, "read/file" | "read/symlink" | "read/size" | "read/crash");
    assert_or(
        needs_disk || examples.0 > 0 && examples.1 > 0,
        format!("{examples:?} examples, at least one wrong and one right are needed"),
    )
}

fn replace(bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = &bytes[..];
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn assert_or(fine: bool, message: String) -> Result<(), Failed> {
    if fine { Ok(()) } else { Err(message.into()) }
}

fn usual() -> Tree {
    Tree::of(&[
        ("guide.yaml", "title: Guide\nbase_url: https://guide.example/\n"),
        ("content/index.md", "---\ntitle: Home\nsummary: The first page.\n---\nWelcome.\n"),
    ])
}

fn check(tree: &Tree) -> Vec<String> {
    let options = Options {
        today: "2026-11-23".parse().unwrap(),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    };
    let built = build(tree, &options, &mut Memo::default());
    let line = |f: &std::sync::Arc<guidewright::report::located::Located>| {
        let (line, column, severity) = (f.start.line, f.start.column, f.severity.name());
        format!("{}:{line}:{column} {severity} {}: {} | {}", f.file, f.rule, f.message, f.help).replace('\n', " ")
    };
    built.findings.iter().map(line).collect()
}
