//! What may stand in a drawing: the lists that [`super::svg`] writes it anew from.

use std::{collections::HashSet, sync::LazyLock};

/// The namespace of SVG.
pub const SVG: &str = "http://www.w3.org/2000/svg";
/// The namespaces whose elements a browser acts on. Those of any other are notes of a program to
/// itself, and go without a word.
pub const SHOWN: &[&str] = &[SVG, "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"];

/// The elements that a drawing may have.
pub static ELEMENTS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "a circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
     feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
     feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight
     feTile feTurbulence filter g image line linearGradient marker mask path pattern polygon polyline radialGradient
     rect stop style svg switch symbol text textPath title tspan use"
        .split_whitespace()
        .collect()
});

/// The attributes that an element may have, besides `href`, `aria-…` and those of `xml:`.
pub static ATTRIBUTES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "alignment-baseline amplitude azimuth baseFrequency baseline-shift bias class clip clip-path clip-rule
     clipPathUnits color color-interpolation color-interpolation-filters color-rendering cursor cx cy d
     diffuseConstant direction display divisor dominant-baseline dx dy edgeMode elevation exponent fill fill-opacity
     fill-rule filter filterUnits flood-color flood-opacity font font-family font-feature-settings font-kerning
     font-size font-size-adjust font-stretch font-style font-variant font-variation-settings font-weight fr fx fy
     glyph-orientation-horizontal glyph-orientation-vertical gradientTransform gradientUnits height id
     image-rendering in in2 intercept isolation k1 k2 k3 k4 kernelMatrix kernelUnitLength kerning lang lengthAdjust
     letter-spacing lighting-color limitingConeAngle line-height marker marker-end marker-mid marker-start
     markerHeight markerUnits markerWidth mask mask-type maskContentUnits maskUnits media method mix-blend-mode mode
     numOctaves offset opacity operator order orient overflow paint-order pathLength patternContentUnits
     patternTransform patternUnits pointer-events points pointsAtX pointsAtY pointsAtZ preserveAlpha
     preserveAspectRatio primitiveUnits r radius refX refY requiredExtensions requiredFeatures result role rotate rx
     ry scale seed shape-rendering side slope spacing specularConstant specularExponent spreadMethod startOffset
     stdDeviation stitchTiles stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap
     stroke-linejoin stroke-miterlimit stroke-opacity stroke-width style surfaceScale systemLanguage tableValues
     targetX targetY text-align text-anchor text-decoration text-rendering textLength transform transform-box
     transform-origin type unicode-bidi values vector-effect viewBox visibility white-space width word-spacing
     writing-mode x x1 x2 xChannelSelector y y1 y2 yChannelSelector z"
        .split_whitespace()
        .collect()
});

/// Attributes that change nothing of what is seen, and go without a word.
pub const QUIET: &[&str] = &["baseProfile", "contentScriptType", "contentStyleType", "enable-background", "version"];

/// The pictures that may stand inside a drawing.
const PICTURES: &[&str] = &["data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/webp", "data:image/gif"];

/// What may not stand in a style, besides addresses in `url(…)`: all of it loads or runs. A
/// backslash can spell any of it in another way.
const STYLES: &[&str] = &["@import", "expression(", "javascript:", "image-set(", "image(", "src(", "\\"];

/// Whether an attribute speaks to assistive technology.
pub fn is_aria(name: &str) -> bool {
    name.strip_prefix("aria-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Whether an address leads to a part of the drawing, or is a picture that stands in it.
pub fn is_own(element: &str, value: &str) -> bool {
    let is_picture = || {
        let (kind, _) = value.split_once([';', ',']).unwrap_or_default();
        PICTURES.contains(&&*kind.to_ascii_lowercase())
    };
    value.starts_with('#') || matches!(element, "image" | "feImage") && is_picture()
}

/// What is wrong with a style sheet or with the value of an attribute that is read as one.
pub fn style_trouble(css: &str) -> Option<String> {
    let lower = css.to_ascii_lowercase();
    for (at, found) in lower.match_indices("url(") {
        let target = css[at + found.len()..].trim_start_matches([' ', '\t', '\r', '\n', '"', '\'']);
        if !target.starts_with('#') {
            return Some(address(target.split([')', '"', '\'']).next().unwrap_or_default()));
        }
    }
    STYLES.iter().find(|word| lower.contains(**word)).map(|word| format!("the style \"{word}\""))
}

/// An address in an editor's words. The whole of an embedded picture would fill a page.
pub fn address(value: &str) -> String {
    let short: String = value.chars().take(60).collect();
    let more = if short.len() < value.len() { "…" } else { "" };
    format!("the address \"{short}{more}\"")
}

/// The size that a root element says, or else that of its view box; `get` gives its attributes.
pub fn size<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<(f64, f64)> {
    let number = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    let side = |name| get(name).and_then(|text| number(text.trim().strip_suffix("px").unwrap_or(text)));
    let mut box_ = get("viewBox").unwrap_or_default().split([',', ' ']).filter(|part| !part.is_empty()).skip(2);
    let view = (box_.next().and_then(number), box_.next().and_then(number));
    match (side("width"), side("height"), view) {
        (Some(width), Some(height), _) => Some((width, height)),
        (Some(width), None, (Some(w), Some(h))) => Some((width, width * h / w)),
        (None, Some(height), (Some(w), Some(h))) => Some((height * w / h, height)),
        (None, None, (Some(w), Some(h))) => Some((w, h)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_may_point_into_the_drawing_and_nowhere_else() {
        assert_eq!(style_trouble("fill: URL( \n'#a'); font: 1em serif"), None);
        assert_eq!(style_trouble("fill:url(#a) url(//b.org/x)"), Some("the address \"//b.org/x\"".into()));
        assert_eq!(style_trouble("a{fill:UrL(data:image/png,x)}"), Some("the address \"data:image/png,x\"".into()));
        for css in
            ["@IMPORT 'x'", "width: Expression(x)", "a:u\\72l(x)", "b:-webkit-image-set('x' 1x)", "c:JavaScript:x"]
        {
            assert!(style_trouble(css).is_some(), "{css}");
        }
    }

    #[test]
    fn an_address_leads_into_the_drawing_or_is_a_picture() {
        assert!(is_own("use", "#a"));
        assert!(is_own("image", "data:image/PNG;base64,AA"));
        assert!(!is_own("use", "data:image/png;base64,AA"));
        let others = ["", "a.png", "//b.org/#a", "data:image/svg+xml,x", "data:image/png", "data:text/html;,#a"];
        assert!(others.iter().all(|value| !is_own("image", value)));
        assert!(address(&"é".repeat(61)).ends_with("é…\""));
    }

    #[test]
    fn a_name_is_only_what_it_seems() {
        assert!(is_aria("aria-label") && !is_aria("aria-\"x") && !is_aria("onclick"));
    }

    #[test]
    fn the_size_is_that_of_the_root_or_of_its_view_box() {
        let size = |width, height, view| {
            size(|name| match name {
                "width" => width,
                "height" => height,
                _ => view,
            })
        };
        assert_eq!(size(Some("20px"), Some(" 10.5 "), None), Some((20.0, 10.5)));
        assert_eq!(size(Some("100%"), Some("5mm"), Some("0 0, 30,40")), Some((30.0, 40.0)));
        assert_eq!(size(Some("60"), None, Some("0 0 30 40")), Some((60.0, 80.0)));
        assert_eq!(size(None, Some("60"), Some("0 0 30 40")), Some((45.0, 60.0)));
        assert_eq!([size(Some("NaN"), Some("-1"), None), size(None, None, Some("0 0"))], [None; 2]);
    }
}
