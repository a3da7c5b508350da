//! Addresses that open a file of the site in the editor of whoever reads the list of problems.

use crate::{report::located::Located, resolve::urls::encode};
use std::path::{Path, PathBuf};

/// How a file is opened at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    site: PathBuf,
    address: String,
}

/// The addresses that editors listen to, by the command that starts each.
const KNOWN: [(&str, &str); 9] = [
    ("code", VSCODE),
    ("code-insiders", "vscode-insiders://file{file}:{line}:{column}"),
    ("codium", "vscodium://file{file}:{line}:{column}"),
    ("cursor", "cursor://file{file}:{line}:{column}"),
    ("windsurf", "windsurf://file{file}:{line}:{column}"),
    ("zed", "zed://file{file}:{line}:{column}"),
    ("subl", "subl://open?url=file://{file}&line={line}&column={column}"),
    ("idea", "idea://open?file={file}&line={line}&column={column}"),
    ("mate", "txmt://open?url=file://{file}&line={line}&column={column}"),
];

/// Where nobody says otherwise.
const VSCODE: &str = "vscode://file{file}:{line}:{column}";

impl Editor {
    /// The editor for the site in a folder. `wish` is an address with `{file}`, `{line}` and
    /// `{column}` in it, or the command of an editor, as `$EDITOR` has it; an unknown one, which only
    /// lives in a terminal, is taken for VS Code.
    pub fn new(site: &Path, wish: Option<&str>) -> Editor {
        let wish = wish.unwrap_or_default();
        let command = wish.split_whitespace().next().unwrap_or_default();
        let command = command.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
        let known = KNOWN.iter().find(|(name, _)| *name == command).map(|(_, address)| *address);
        let address = if wish.contains("{file}") { wish } else { known.unwrap_or(VSCODE) };
        Editor { site: site.into(), address: address.into() }
    }

    /// The address that opens the place of a finding.
    pub fn address(&self, finding: &Located) -> String {
        self.open(&finding.file, finding.start.line, finding.start.column)
    }

    /// The address that opens a file of the site.
    pub fn open(&self, file: &str, line: u32, column: u32) -> String {
        let path = self.site.join(file).to_string_lossy().replace('\\', "/");
        // A drive letter begins no path of an address: C:/x is /C:/x there.
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        let fill = |address: &str, name: &str, value: &str| address.replace(name, value);
        let address = fill(&self.address, "{file}", &encode(&path).replace("%3A", ":"));
        fill(&fill(&address, "{line}", &line.to_string()), "{column}", &column.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_that_is_asked_for_opens_the_line() {
        let open = |wish| Editor::new(Path::new("/my guide"), wish).open("content/a.md", 7, 3);
        assert_eq!(open(None), "vscode://file/my%20guide/content/a.md:7:3");
        assert_eq!(open(Some("vim")), open(None));
        assert_eq!(open(Some("/usr/bin/zed --wait")), "zed://file/my%20guide/content/a.md:7:3");
        assert_eq!(open(Some("x-emacs://open?f={file}&l={line}")), "x-emacs://open?f=/my%20guide/content/a.md&l=7");
    }
}
