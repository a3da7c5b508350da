//! Pictures on their way to readers: nothing of what a camera wrote, sizes that keep a page still, and
//! no work done twice.

mod common;

use common::{build_tree, bytes, faults, picture};
use guidewright::{
    build::{Memo, Options, build},
    source::{
        store::Store,
        tree::{File, Tree},
    },
};

fn site(pictures: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::of(&[("guide.yaml", "title: Guide\nbase_url: https://guide.example/\n")]);
    let mut body = String::from("---\ntitle: Home\nsummary: Home.\n---\n");
    for (name, what) in pictures {
        let bytes = picture::of(name, what).expect("a picture");
        tree.files.insert(format!("content/{name}").as_str().into(), File::of_bytes(bytes));
        body += &format!("![A picture]({name})\n\n[The file]({name})\n\n");
    }
    tree.set("content/index.md", &body);
    tree
}

fn options() -> Options {
    Options {
        today: "2026-11-23".parse().expect("a date"),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    }
}

#[test]
fn what_a_camera_wrote_reaches_nobody() {
    let built = build_tree(&site(&[("street.jpg", "camera 900x600")]));
    assert_eq!(faults(&built), Vec::<String>::new());
    for (path, bytes) in bytes(&built.output) {
        let found = memchr::memmem::find(&bytes, picture::PLACE.as_bytes());
        assert_eq!(found, None, "{path} says where the picture was taken");
    }
}

#[test]
fn a_picture_comes_in_the_widths_of_the_theme_with_its_size() {
    let built = build_tree(&site(&[("a.jpg", "picture 900x600"), ("b.png", "picture 300x200")]));
    let files = bytes(&built.output);
    let html = String::from_utf8_lossy(&files["index.html"]).into_owned();
    let of = |name: &str| html.split("<img").find(|tag| tag.contains(name)).expect("a picture").to_string();
    let (first, second) = (of("/a.jpg"), of("/b.png"));
    assert!(
        first.contains(" width=\"900\" height=\"600\"") && first.contains(" 480w") && first.contains(" sizes="),
        "{first}"
    );
    assert!(!first.contains("loading=") && second.contains("loading=\"lazy\""), "{first}{second}");
    assert!(second.contains(" width=\"300\"") && !second.contains("480w"), "never larger than it is: {second}");
    for address in first.split(['"', ',', ' ']).filter(|part| part.starts_with("/assets/")) {
        assert!(files.contains_key(&address[1..]), "{address}");
    }
    assert!(html.contains("(JPG, "), "a link to a file says what it is");
}

#[test]
fn a_picture_is_made_once_and_found_again_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let tree = site(&[("a.jpg", "picture 900x600")]);
    let mut memo = Memo::default();
    memo.store = Store::at(folder.path());
    let first = build(&tree, &options(), &mut memo);
    assert_eq!(memo.pictures.runs(), 1);
    let again = build(&tree, &options(), &mut memo);
    assert_eq!(memo.pictures.runs(), 0);
    assert_eq!(bytes(&first.output), bytes(&again.output));
    assert!(folder.path().read_dir().expect("the store").count() >= 2, "its bytes are on disk");
}

#[test]
fn the_same_pictures_come_of_any_number_of_threads() {
    let tree = site(&[("a.jpg", "picture 1700x900"), ("b.png", "picture 500x200"), ("c.webp", "picture 500x300")]);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let alone = one.install(|| build_tree(&tree));
    assert_eq!(bytes(&alone.output), bytes(&build_tree(&tree).output));
}
