//! A small site and random edits of it: pages, data, schema, theme and settings are created, changed,
//! deleted, renamed, broken and mended.

use std::collections::BTreeMap;

/// A small generator of random numbers (SplitMix64), so that a seed means the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

pub const GUIDE: &str = r#"title: Guide
base_url: https://guide.example/
theme: own
menus: { main: [problems] }
rules: { "*": warning }
taxonomies: { topics: { title: Topics, paginate: 2 } }
languages: { es: { title: Guía } }
highlight: yes
llms_txt: yes
markdown_copies: yes
publish: { preview: { base_url: https://preview.example/, noindex: yes } }
"#;
pub const SCHEMA: &str = r#"kinds:
  problem:
    folder: problems
    title: Problems
    list: { title: Remedies, kind: remedy, order: -updated, limit: 3 }
    fields:
      signs: { type: list of prose, heading: Signs }
    reading: { grade: 4, mean_grade: 3, sentence: 8, min_words: 3 }
    sections: [cost]
  remedy: { folder: remedies, title: Remedies, glossary: yes, json_ld: Article }
  term:
    data: terms.yaml
    page: words
    title: Words
    label: name
    citable: true
    glossary: yes
    verify: { checked: checked, within: 3 }
    group_by: name
    fields: { name: { type: text, required: true }, says: prose, checked: date, ring: phone }
wording: wording.yaml
lapses_after: 2
relations:
  helped_by:
    from: problem
    to: remedy
    data: { reason: { type: text } }
    heading: What helps
    inverse: { name: helps, heading: Helps with }
  near: { from: any, to: any, symmetric: true, heading: Near }
"#;
pub const WORDING: &str = "trees: { words: [oak*], then: reconsider, because: It is no oak }\nclaims: { words: [says so], then: cite, because: Who says so }\n";
pub const THEME: &str = "inherits: base\nstyles: [own.css]\ncomponents: { card: { args: { tone: { type: choice, options: [calm, warm] } } } }\n";
pub const NAMES: [&str; 6] = ["ash", "birch", "cedar", "date", "elm", "fir"];

/// The site that all edits begin with.
pub fn start() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut put = |path: &str, text: &str| files.insert(path.to_string(), text.to_string());
    put("guide.yaml", GUIDE);
    put("schema.yaml", SCHEMA);
    put("content/index.md", "---\ntitle: Home\nsummary: Home.\n---\nSee [[ash]].\n");
    put("content/problems/index.md", "---\ntitle: Problems\nsummary: All.\n---\nAll of them.\n");
    put(
        "content/_data/terms.yaml",
        "leaf: { name: Leaf, says: A leaf. }\nroot: { name: Root, says: \"See [[ash]].\" }\n",
    );
    put("content/_data/wording.yaml", WORDING);
    put("themes/own/theme.yaml", THEME);
    put(
        "themes/own/templates/components/card.html",
        "<div class=\"card-{{ args.tone }}\">{{ content | safe }}</div>\n",
    );
    put("content/_parts/note.md", "A part on a leaf. [There](../problems/ash.md)\n");
    put("content/_data/prices.csv", "What,Price\nOne,1\n");
    put("content/problems/leaf.png", "picture 40x30");
    put("themes/own/own.css", "body { margin: 0 }\n");
    put("content/problems/picture.txt", "not a picture\n");
    for name in ["ash", "birch", "cedar"] {
        put(&format!("content/problems/{name}.md"), &page(name, &mut Random(name.len() as u64)));
        put(&format!("content/remedies/{name}-tea.md"), &page(name, &mut Random(9 + name.len() as u64)));
    }
    files
}

/// A page with some of everything that another page could depend on.
pub fn page(name: &str, random: &mut Random) -> String {
    let mut front = format!("title: {name} {}\nsummary: About {name}.\n", random.below(3));
    if random.below(3) == 0 {
        front += &format!("topics: [{}]\n", random.pick(&["wood", "leaf", "bark"]));
    }
    if random.below(3) == 0 {
        front += &format!("weight: {}\n", random.below(4));
    }
    if random.below(4) == 0 {
        front += &format!("near: [{}]\n", random.pick(&NAMES));
    }
    if random.below(5) == 0 {
        front += &format!("aliases: [/old/{}/]\n", random.pick(&NAMES));
    }
    if random.below(8) == 0 {
        front += &format!("status: {}\n", random.pick(&["draft", "live", "retired", "liv"]));
    }
    if random.below(3) == 0 {
        front += &format!("updated: 2026-11-1{}\n", random.below(9));
    }
    if random.below(6) == 0 {
        front += "list: { title: All, where: { topics: [wood, leaf] }, group_by: topics }\n";
    }
    if random.below(6) == 0 {
        front += &format!("review_by: 2026-11-2{}\nreviewed_by: [A]\n", random.below(9));
    }
    if random.below(8) == 0 {
        front += random.pick(&[
            "glossary: no\n",
            "a_z: no\n",
            "feed: no\n",
            "toc: yes\n",
            "also_known_as: [Tree]\n",
            "replaced_by: ash\n",
        ]);
    }
    if random.below(8) == 0 {
        front += &format!("slug: {}\n", random.pick(&[&format!("{name}-s"), name]));
    }
    if random.below(8) == 0 {
        front += &format!("publish_from: 2026-11-2{}\n", random.below(9));
    }
    if random.below(6) == 0 {
        front += random.pick(&[
            "list: { kind: problem, show: [signs, helped_by, topics], as: table }\n",
            "map: { relation: helped_by }\n",
            "map: [{ relation: helps, title: Map }]\n",
            "urgent_help: full\n",
        ]);
    }
    let mut body = String::new();
    for _ in 0..random.below(5) {
        body += &match random.below(22) {
            18 => format!("An {} says so.\n\n", random.pick(&["oak", "oaken table", "ash"])),
            19 => "<!-- allow \"oak\": a name -->\nAn oak.\n\n".into(),
            20 => format!("Ring {}.\n\n", random.pick(&["020 7946 0000", "116 123", "[us](tel:999)"])),
            21 => ":::map\n:::\n\n".into(),
            0 => format!("See [[{}]].\n\n", random.pick(&NAMES)),
            1 => format!("## {}\n\nA part.\n\n", random.pick(&["Cost", "Time", "Where"])),
            2 => format!("[there](../problems/{}.md#cost)\n\n", random.pick(&NAMES)),
            3 => "A note[^1].\n\n[^1]: The note.\n\n".into(),
            4 => format!("[{}] says so.\n\n", random.pick(&["leaf", "root", "X1"])),
            5 => ":::note Well\nA box.\n:::\n\n".into(),
            6 => "<b onclick=x>raw</b>\n\n".into(),
            7 => "[file](picture.txt)\n\n".into(),
            8 => ":::include note\n:::\n\n".into(),
            9 => ":::table prices Prices\n:::\n\n".into(),
            10 => {
                format!(":::card {{tone={}}}\nA \"leaf\" in a card.\n:::\n\n", random.pick(&["calm", "warm", "cold"]))
            }
            11 => "![A leaf](leaf.png)\n\n".into(),
            12 => ":::toc\n:::\n\n".into(),
            13 => ":::list\n:::\n\n".into(),
            14 => "[leaf, root] say so.\n\n".into(),
            15 => "```rust\nfn main() {}\n```\n\n".into(),
            16 => format!("A {} is a leaf, and a root.\n\n", random.pick(&NAMES)),
            _ => format!("Word {}.\n\n", random.below(1000)),
        };
    }
    format!("---\n{front}---\n{body}")
}

/// One random edit; says what it was.
pub fn edit(files: &mut BTreeMap<String, String>, random: &mut Random) -> String {
    let pages: Vec<String> = files.keys().filter(|path| path.ends_with(".md")).cloned().collect();
    let some = |random: &mut Random| pages[random.below(pages.len())].clone();
    let name = random.pick(&NAMES);
    let path = random.pick(&["problems", "remedies"]).to_string();
    match random.below(25) {
        18 => {
            let text =
                random.pick(&[WORDING, "trees: { words: [ash], then: block, because: It is no ash }\n", "a: [\n"]);
            files.insert(format!("content/_data/wording{}.yaml", random.pick(&["", ".es"])), text.into());
            "change wording".into()
        }
        0 | 1 => {
            let path = format!("content/{path}/{name}{}.md", random.pick(&["", "", ".es"]));
            files.insert(path.clone(), page(name, random));
            format!("write {path}")
        }
        2 if pages.len() > 2 => {
            let path = some(random);
            files.remove(&path);
            format!("delete {path}")
        }
        3 if pages.len() > 2 => {
            let from = some(random);
            let to = format!("content/{path}/{name}-{}.md", random.below(3));
            let text = files.remove(&from).unwrap();
            files.insert(to.clone(), text);
            format!("rename {from} to {to}")
        }
        4 => {
            let path = some(random);
            files.insert(
                path.clone(),
                random.pick(&["---\ntitle: x\n", "", "---\na: [1\n---\n", "+++\n+++\n", "no front\n"]).into(),
            );
            format!("break {path}")
        }
        5 => {
            let path = format!("content/{path}/index.md");
            let text = format!("---\ntitle: Part {}\nsummary: x\n---\n", random.below(3));
            files.insert(path.clone(), text);
            format!("write {path}")
        }
        6 => {
            let leaf = random.below(4);
            let form = random.pick(&["leaves", "foliage"]);
            let text = format!(
                "leaf: {{ name: Leaf {leaf}, ring: \"116 12{leaf}\", says: \"See [[{name}]], an oak.\", inflections: [leaf, {form}], checked: 2026-11-2{leaf} }}\n"
            );
            let file = random.pick(&["terms", "terms", "terms.es"]);
            files.insert(format!("content/_data/{file}.yaml"), text);
            format!("change {file}")
        }
        7 => {
            let schema = match random.below(6) {
                3 => SCHEMA.replace("grade: 4", "grade: 2"),
                4 => SCHEMA.replace("wording: wording.yaml\n", ""),
                0 => SCHEMA.replace("Helps with", "Is good for"),
                1 => SCHEMA.replace("heading: Signs", "heading: What shows it"),
                2 => "kinds: [".into(),
                _ => SCHEMA.into(),
            };
            files.insert("schema.yaml".into(), schema);
            "change schema".into()
        }
        8 => {
            let guide = match random.below(12) {
                8 => GUIDE.replace("llms_txt: yes", "json_ld: no\nopen_graph: no"),
                9 => GUIDE.replace("llms_txt: yes", "a_z: no\nreview: no"),
                10 => GUIDE.replace("llms_txt: yes", "publisher: { name: A clinic }"),
                4 => GUIDE.replace("paginate: 2", "terms: [wood, leaf]"),
                5 => GUIDE.replace("highlight: yes", "feeds: [site]\nsmart_punctuation: no"),
                6 => GUIDE.replace("languages: { es", "languages: { ar: {}, es"),
                7 => GUIDE.replace("llms_txt: yes", "redirects: [{ from: /was/*, to: /problems/* }]"),
                0 => GUIDE.replace("title: Guide", "title: Another guide"),
                1 => GUIDE.replace("guide.example/", "guide.example/sub/"),
                2 => GUIDE.replace("[problems]", "[problems, nowhere]"),
                3 => GUIDE.replace("theme: own", "theme: base"),
                _ => GUIDE.into(),
            };
            files.insert("guide.yaml".into(), guide);
            "change settings".into()
        }
        9 => {
            let css = format!("body {{ margin: {}px }}\n", random.below(9));
            files.insert("themes/own/own.css".into(), css);
            "change style".into()
        }
        10 => {
            let path = "themes/own/templates/parts/review.html";
            let text = random.pick(&[
                "<p>{{ page.title }}</p>",
                "{{ page.nothing }}",
                "{% if %}",
                "<a href=\"/nowhere/\">x</a>",
            ]);
            if random.below(3) == 0 {
                files.remove(path)
            } else {
                files.insert(path.into(), text.into())
            };
            "change template".into()
        }
        11 => {
            let path = "content/problems/picture.txt";
            if files.remove(path).is_none() {
                files.insert(path.into(), format!("picture {}\n", random.below(3)));
            }
            "toggle file".into()
        }
        13 => {
            let text = random.pick(&[
                "A leaf.\n",
                "## A part\n\n[[birch]]\n",
                ":::include note\n:::\n",
                ":::table prices\n:::\n",
            ]);
            files.insert(format!("content/_parts/note{}.md", random.pick(&["", ".es"])), text.into());
            "change part".into()
        }
        14 => {
            files.insert("content/_data/prices.csv".into(), format!("What,Price\nOne,{}\n", random.below(3)));
            "change table".into()
        }
        15 => {
            let picture =
                random.pick(&["picture 40x30", "picture 50x20", "picture 600x9", "broken", "picture 9x9 as jpg"]);
            files.insert("content/problems/leaf.png".into(), picture.into());
            "change picture".into()
        }
        16 => {
            let theme = match random.below(4) {
                0 => THEME.replace("warm", "cold"),
                1 => THEME.replace("card", "box"),
                2 => format!("{THEME}pictures: {{ widths: [30, 300] }}\n"),
                _ => THEME.into(),
            };
            files.insert("themes/own/theme.yaml".into(), theme);
            "change theme".into()
        }
        17 => {
            let text = format!("skip = Saltar {}\nfield-problem-signs = Señales\n", random.below(3));
            files.insert("themes/own/strings/es.ftl".into(), text);
            "change words".into()
        }
        12 => {
            // A file may stand where the copy of a page in Markdown would.
            let path =
                random.pick(&["static/hello.txt", "static/problems/ash/index.md", "static/problems/picture.txt"]);
            if files.remove(path).is_none() {
                files.insert(path.into(), format!("hello {}\n", random.below(3)));
            }
            "change static".into()
        }
        _ => {
            let path = some(random);
            let more = format!("One more word {}.\n", random.below(1000));
            files.entry(path.clone()).and_modify(|text| text.push_str(&more));
            format!("edit the text of {path}")
        }
    }
}

/// The bytes of a file: a picture is described in words.
pub fn bytes_of(path: &str, text: &str) -> Vec<u8> {
    let picture = if path.ends_with(".png") { super::picture::of(path, text) } else { None };
    picture.unwrap_or_else(|| text.into())
}
