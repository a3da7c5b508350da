//! A theme and those it inherits from, file by file, and the assets made of them.

use super::{base_theme, colours::Colours, hindrances};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
        span::Span,
    },
    load::containers::{BOXES, EXPANSIONS, PLACES},
    settings::{
        site,
        theme::{self as theme_file, Components, Pictures},
        yaml,
    },
    source::tree::{File, Tree},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The theme that every other builds on. It is part of the program, and a site may put files of
/// its own over single ones of it (`themes/base/…`).
pub const BASE: &str = "base";

/// A theme, ready for use.
#[derive(Debug, Clone)]
pub struct Theme {
    /// The chain, the site's theme first, `base` last.
    pub chain: Vec<String>,
    /// The templates: `theme/name.html` and its text, and the file it is from.
    pub templates: Vec<(String, String, SitePath)>,
    /// The texts of the interface: language, file, text; `base` first.
    pub strings: Vec<(String, SitePath, String)>,
    /// What pages load, by output path.
    pub outputs: Vec<(SitePath, Vec<u8>)>,
    /// The addresses of those, for templates.
    pub assets: Assets,
    /// The blocks that it declares; a theme nearer to the site replaces single ones.
    pub components: Components,
    /// How pictures are made ready.
    pub pictures: Pictures,
    /// The digest of all of it.
    pub digest: Digest,
}

/// The addresses of a theme's assets from the site's root, without a leading slash.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Assets {
    /// The one style sheet.
    pub style: String,
    /// The modules, by their name in the theme.
    pub scripts: BTreeMap<String, String>,
    /// Other files, by their name in the theme.
    pub files: BTreeMap<String, String>,
}

/// Loads the theme of that name, named in guide.yaml at `span`.
pub fn load(tree: &Tree, name: &str, span: Span) -> (Theme, Vec<Finding>) {
    let mut loader = Loader { tree, findings: Vec::new() };
    let (chain, settings) = loader.chain(name, span);
    let files = loader.files(&chain);
    let mut assets = Assets::default();
    let mut outputs = Vec::new();
    for (theme, settings) in chain.iter().zip(&settings).rev() {
        for name in settings.files.iter().chain(&settings.scripts) {
            let Some((_, bytes)) = loader.file(&files, theme, name) else { continue };
            let path = hashed(name, &bytes);
            let list = if settings.scripts.contains(name) { &mut assets.scripts } else { &mut assets.files };
            list.insert(name.clone(), path.to_string());
            outputs.push((path, bytes));
        }
    }
    let mut components = Components::new();
    for settings in settings.iter().rev() {
        components.extend(settings.components.clone());
    }
    let pictures = settings.iter().find_map(|settings| settings.pictures.clone()).unwrap_or_default();
    let mut css = String::new();
    let mut colours = Colours::default();
    for (theme, settings) in chain.iter().zip(&settings).rev() {
        for name in &settings.styles {
            if let Some((path, bytes)) = loader.file(&files, theme, name) {
                let text = loader.text(&path, bytes);
                loader.hosts(&path, &text);
                colours.read(&path, &text);
                if *theme != BASE {
                    loader.findings.extend(hindrances::of_style(&path, &text));
                }
                css.push_str(&text);
                css.push('\n');
            }
        }
    }
    let pairs = chain.iter().zip(&settings).flat_map(|(theme, settings)| {
        let file = SitePath::from(format!("themes/{theme}/theme.yaml"));
        settings.contrast.iter().map(move |pair| (file.clone(), pair.clone()))
    });
    loader.findings.extend(colours.check(&pairs.collect::<Vec<_>>()));
    for (name, url) in &assets.files {
        // All assets lie in one folder, so the hashed name alone is the relative address.
        let file = url.rsplit('/').next().unwrap_or(url);
        for quote in ["", "\"", "'"] {
            css = css.replace(&format!("url({quote}{name}{quote})"), &format!("url({quote}{file}{quote})"));
        }
    }
    let style = hashed("style.css", css.as_bytes());
    assets.style = style.to_string();
    outputs.push((style, css.into_bytes()));
    outputs.sort();
    outputs.dedup();

    let mut templates = Vec::new();
    let mut strings = Vec::new();
    // Of the words of the interface a site may write single ones anew: the others stay.
    for (name, bytes) in base_theme::FILES {
        if let Some(lang) = name.strip_prefix("strings/").and_then(|name| name.strip_suffix(".ftl")) {
            let path = SitePath::from(format!("themes/{BASE}/{name}"));
            strings.push((lang.to_string(), path, String::from_utf8_lossy(bytes).into_owned()));
        }
    }
    for (theme, files) in files.iter().rev() {
        for (path, file) in files {
            let inner = path.strip_prefix(&format!("themes/{theme}/")).unwrap_or(path);
            if let Some(name) = inner.strip_prefix("templates/").filter(|name| name.ends_with(".html")) {
                let text = loader.read(path, file);
                if *theme != BASE {
                    loader.findings.extend(hindrances::of_template(path, &text));
                }
                templates.push((format!("{theme}/{name}"), text, path.clone()));
            } else if let Some(lang) = inner.strip_prefix("strings/").and_then(|name| name.strip_suffix(".ftl")) {
                let text = loader.read(path, file);
                if !strings.iter().any(|(_, own, known)| own == path && *known == text) {
                    strings.push((lang.to_string(), path.clone(), text));
                }
            }
        }
    }
    let digests: Vec<(&SitePath, Digest)> =
        files.iter().flat_map(|(_, files)| files).map(|(path, file)| (path, file.digest)).collect();
    let digest = Digest::of_value(&(&chain, digests));
    loader.components(&chain, &settings, &templates);
    (Theme { chain, templates, strings, outputs, assets, components, pictures, digest }, loader.findings)
}

/// The files of each theme by their path in the site, in the order of the chain.
type Files = Vec<(String, BTreeMap<SitePath, File>)>;

struct Loader<'a> {
    tree: &'a Tree,
    findings: Vec<Finding>,
}

impl Loader<'_> {
    /// The chain of themes from `name` down to `base`, with their settings.
    fn chain(&mut self, name: &str, span: Span) -> (Vec<String>, Vec<theme_file::ThemeFile>) {
        let mut chain: Vec<String> = Vec::new();
        let mut settings = Vec::new();
        let mut next = Some((name.to_string(), Place::span(&SitePath::from(site::FILE), span)));
        while let Some((name, place)) = next.take() {
            if chain.contains(&name) {
                let message = format!("the theme \"{name}\" inherits from itself");
                let help = "Let one theme of the chain inherit from base.";
                self.findings.push(Finding::new(Rule::READ_THEME, place, message, help));
                break;
            }
            let path = SitePath::from(format!("themes/{name}/theme.yaml"));
            let embedded = base_theme::FILES.iter().find(|(file, _)| name == BASE && *file == "theme.yaml");
            let file =
                self.tree.files.get(&path).cloned().or_else(|| embedded.map(|(_, bytes)| File::of_bytes(*bytes)));
            let Some(file) = file else {
                let known = self.known();
                let help = did_you_mean(&name, known.iter().map(String::as_str), || {
                    format!("Themes here: {}. A theme is a folder of themes/ with a theme.yaml.", known.join(", "))
                });
                self.findings.push(Finding::new(
                    Rule::READ_THEME,
                    place,
                    format!("there is no theme \"{name}\""),
                    help,
                ));
                break;
            };
            let text = self.read(&path, &file);
            let theme = match yaml::parse(&text, 0) {
                Ok(node) => {
                    let (theme, findings) = theme_file::read(&path, &node);
                    self.findings.extend(findings);
                    theme
                }
                Err(fault) => {
                    let place = Place::span(&path, fault.span);
                    self.findings.push(Finding::new(Rule::READ_YAML, place, fault.message, fault.help));
                    theme_file::ThemeFile::default()
                }
            };
            if name != BASE {
                let parent = theme.inherits.clone().unwrap_or_else(|| BASE.into());
                next = Some((parent, Place::file(&path)));
            }
            chain.push(name);
            settings.push(theme);
        }
        if chain.last().map(String::as_str) != Some(BASE) {
            chain.push(BASE.into());
            let text = base_theme::FILES.iter().find(|(file, _)| *file == "theme.yaml").map_or(&b""[..], |(_, b)| b);
            let node = yaml::parse(&String::from_utf8_lossy(text), 0);
            let path = SitePath::from("themes/base/theme.yaml");
            settings.push(node.map(|node| theme_file::read(&path, &node).0).unwrap_or_default());
        }
        (chain, settings)
    }

    fn known(&self) -> Vec<String> {
        let mut known: Vec<String> = vec![BASE.into()];
        for (path, _) in self.tree.below("themes") {
            if let Some(name) = path.strip_prefix("themes/").and_then(|rest| rest.strip_suffix("/theme.yaml")) {
                known.push(name.into());
            }
        }
        known.sort();
        known.dedup();
        known
    }

    fn files(&self, chain: &[String]) -> Files {
        let mut files = Files::new();
        for theme in chain {
            let mut own = BTreeMap::new();
            if theme == BASE {
                for (name, bytes) in base_theme::FILES {
                    own.insert(SitePath::from(format!("themes/base/{name}")), File::of_bytes(*bytes));
                }
            }
            let folder = format!("themes/{theme}");
            own.extend(self.tree.below(&folder).map(|(path, file)| (path.clone(), file.clone())));
            files.push((theme.clone(), own));
        }
        files
    }

    /// A file that `theme` names: the version of the theme nearest to the site.
    fn file<'f>(&mut self, files: &'f Files, theme: &str, name: &str) -> Option<(SitePath, Vec<u8>)> {
        let version = |(own, list): &'f (String, BTreeMap<SitePath, File>)| {
            list.get_key_value(&SitePath::from(format!("themes/{own}/{name}")))
        };
        let Some((path, file)) = files.iter().find_map(version) else {
            let place = Place::file(&SitePath::from(format!("themes/{theme}/theme.yaml")));
            let message = format!("the theme names a file \"{name}\" that is not there");
            self.findings.push(Finding::new(
                Rule::READ_THEME,
                place,
                message,
                "Add the file, or take it out of theme.yaml.",
            ));
            return None;
        };
        match file.bytes() {
            Ok(bytes) => Some((path.clone(), bytes.into_owned())),
            Err(error) => {
                self.findings.push(Finding::unreadable(path, &error));
                None
            }
        }
    }

    fn read(&mut self, path: &SitePath, file: &File) -> String {
        match file.bytes() {
            Ok(bytes) => self.text(path, bytes.into_owned()),
            Err(error) => {
                self.findings.push(Finding::unreadable(path, &error));
                String::new()
            }
        }
    }

    /// Finds components without a template, and those that no text could use.
    fn components(
        &mut self,
        chain: &[String],
        settings: &[theme_file::ThemeFile],
        templates: &[(String, String, SitePath)],
    ) {
        for (theme, settings) in chain.iter().zip(settings) {
            for name in settings.components.keys() {
                let place = Place::file(&SitePath::from(format!("themes/{theme}/theme.yaml")));
                let file = format!("components/{name}.html");
                let has_template =
                    templates.iter().any(|(own, ..)| own.split_once('/').is_some_and(|(_, own)| own == file));
                let mut say = |message: String, help: String| {
                    self.findings.push(Finding::new(Rule::READ_THEME, place.clone(), message, help));
                };
                if BOXES.iter().chain(&PLACES).chain(&EXPANSIONS).any(|taken| taken == name) {
                    let message = format!("every page has a block \"{name}\", so no component can be called that");
                    say(message, "Give the component another name.".into());
                } else if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "{}()".contains(c)) {
                    say(format!("no text can use a component \"{name}\""), "Write its name as one word.".into());
                } else if !has_template {
                    let help =
                        format!("Write templates/{file} into the theme, or take the component out of theme.yaml.");
                    say(format!("the component \"{name}\" has no template"), help);
                }
            }
        }
    }

    /// Finds what a style sheet would load from other hosts.
    fn hosts(&mut self, path: &SitePath, css: &str) {
        let mut from = 0;
        while let Some(at) = css[from..].find("url(").map(|at| from + at) {
            let address = css[at + 4..].trim_start_matches(['"', '\'', ' ']);
            if address.starts_with("http:") || address.starts_with("https:") || address.starts_with("//") {
                let end = css[at..].find(')').map_or(css.len(), |end| at + end + 1);
                let message = "this style sheet would load something from another host";
                let help = "Put the file into the theme, name it under \"files:\" in theme.yaml, and use its path.";
                self.findings.push(Finding::new(
                    Rule::PRIVACY_HOST,
                    Place::span(path, Span::new(at..end)),
                    message,
                    help,
                ));
            }
            from = at + 4;
        }
        if let Some(at) = css.find("@import") {
            let message = "a style sheet that imports another";
            let help = "Name the other under \"styles:\" in theme.yaml: all of them become one file.";
            self.findings.push(Finding::new(
                Rule::PRIVACY_HOST,
                Place::span(path, Span::new(at..at + 7)),
                message,
                help,
            ));
        }
    }

    fn text(&mut self, path: &SitePath, bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap_or_else(|error| {
            self.findings.push(Finding::not_utf8(Place::file(path)));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        })
    }
}

/// `css/site.css` → `assets/site.0a1b2c3d4e.css`: a new name whenever the bytes change, so that a
/// host may let browsers keep it for a year.
fn hashed(name: &str, bytes: &[u8]) -> SitePath {
    let file = name.rsplit('/').next().unwrap_or(name);
    let digest = Digest::of(bytes).short();
    SitePath::from(match file.rsplit_once('.') {
        Some((stem, extension)) => format!("assets/{stem}.{digest}.{extension}"),
        None => format!("assets/{file}.{digest}"),
    })
}
