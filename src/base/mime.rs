//! The types of files by their extension, as hosts must send them (WHATWG MIME Sniffing; IANA's registry).

/// Texts by extension: all of them are UTF-8, and worth compressing.
pub const TEXTS: [(&str, &str); 12] = [
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mjs", "text/javascript"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("webmanifest", "application/manifest+json"),
    ("xml", "application/xml"),
];

/// Everything else that a guide is likely to hold.
const OTHERS: [(&str, &str); 18] = [
    ("avif", "image/avif"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("epub", "application/epub+zip"),
    ("gif", "image/gif"),
    ("ico", "image/x-icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("m4a", "audio/mp4"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("wasm", "application/wasm"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("zip", "application/zip"),
];

fn extension(path: &str) -> String {
    path.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase()
}

/// The file that a file is a compressed version of, as hosts look for it beside the file.
pub fn of_sibling(path: &str) -> Option<&str> {
    path.strip_suffix(".gz").or_else(|| path.strip_suffix(".br"))
}

/// Whether a file is a text by its extension.
pub fn is_text(path: &str) -> bool {
    let extension = extension(path);
    TEXTS.iter().any(|(own, _)| *own == extension)
}

/// The Content-Type of a file, with the character set of a text.
pub fn content_type(path: &str) -> String {
    let extension = extension(path);
    let text = TEXTS.iter().find(|(own, _)| *own == extension);
    if path.ends_with("feed.xml") {
        return "application/atom+xml; charset=utf-8".into();
    }
    match text {
        Some((_, kind)) => format!("{kind}; charset=utf-8"),
        None => {
            OTHERS.iter().find(|(own, _)| *own == extension).map_or("application/octet-stream", |(_, kind)| kind).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_their_character_set() {
        assert_eq!(content_type("a/index.html"), "text/html; charset=utf-8");
        assert_eq!(content_type("feed.xml"), "application/atom+xml; charset=utf-8");
        assert_eq!(content_type("a.b/PLAN.PDF"), "application/pdf");
        assert_eq!(content_type("search/index.bin"), "application/octet-stream");
    }
}
