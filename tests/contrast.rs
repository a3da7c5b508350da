//! The colours of the themes can be told from what they stand on (WCAG 2.2, 1.4.6: 7:1).

use std::{collections::BTreeMap, fs, path::Path};

type Colours = BTreeMap<String, [u8; 3]>;

const ENOUGH: f64 = 7.0;

const TOKENS: [&str; 2] = ["themes/base/css/tokens.css", "themes/harbour/css/tokens.css"];

/// The colours in a style sheet: those for light, and those for dark with what light leaves to it.
fn schemes(path: &str) -> [Colours; 2] {
    let css = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let dark = dark.split_once('}').unwrap().0;
    let mut all = [colours(light), colours(light)];
    assert!(!all[0].is_empty(), "{path} has no colours");
    all[1].extend(colours(dark));
    all
}

/// The declarations `--name: #rrggbb`.
fn colours(css: &str) -> Colours {
    let declaration = |text: &str| {
        let (name, value) = text.split_once(':')?;
        let digits = value.trim().strip_prefix('#')?;
        Some((name.trim().to_string(), colour(digits)))
    };
    css.split(['{', '}', ';']).filter(|text| text.trim().starts_with("--")).filter_map(declaration).collect()
}

fn colour(digits: &str) -> [u8; 3] {
    assert_eq!(digits.len(), 6, "#{digits} is not of the form #rrggbb");
    [0, 2, 4].map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
}

/// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Says which of the pairs are too close: (where, colour, ground).
fn assert_enough(pairs: Vec<(String, [u8; 3], [u8; 3])>) {
    assert!(!pairs.is_empty());
    let close = pairs.into_iter().map(|(name, a, b)| (name, contrast(a, b))).filter(|(_, ratio)| *ratio < ENOUGH);
    let close: Vec<String> = close.map(|(name, ratio)| format!("{name}: {ratio:.2}")).collect();
    assert!(close.is_empty(), "less than {ENOUGH}:1:\n{}", close.join("\n"));
}

#[test]
fn the_ratio_is_that_of_the_standard() {
    assert_eq!(contrast(colour("000000"), colour("ffffff")), 21.0);
    assert_eq!(contrast(colour("123456"), colour("123456")), 1.0);
    // Known from the tools: the lightest grey that has 4.5:1 on white.
    assert!((contrast(colour("767676"), colour("ffffff")) - 4.54).abs() < 0.01);
}

#[test]
fn code_can_be_read_on_its_ground_in_both_themes_and_schemes() {
    let code = schemes("themes/base/css/highlight.css");
    let mut pairs = Vec::new();
    for path in TOKENS {
        for (at, (code, tokens)) in code.iter().zip(schemes(path)).enumerate() {
            assert!(code.len() >= 10);
            for (name, colour) in code {
                for ground in ["--raised", "--paper"] {
                    pairs.push((format!("{name} on {ground} of {path}, scheme {at}"), *colour, tokens[ground]));
                }
            }
        }
    }
    assert_enough(pairs);
}

#[test]
fn text_can_be_read_on_its_ground_in_both_themes_and_schemes() {
    let mut pairs = Vec::new();
    for path in TOKENS {
        for (at, tokens) in schemes(path).iter().enumerate() {
            let mut pair = |name: &str, ground: &str| {
                pairs.push((format!("{name} on {ground} of {path}, scheme {at}"), tokens[name], tokens[ground]));
            };
            for name in ["--ink", "--quiet", "--accent", "--urgent"] {
                pair(name, "--paper");
                pair(name, "--raised");
            }
            pair("--urgent", "--urgent-soft");
        }
    }
    assert_enough(pairs);
}
