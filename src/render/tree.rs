//! The tree of sections beside the pages of a manual.

use super::{viewer::Viewer, views::TreeView};
use crate::resolve::guide::{PageNo, counterpart};

impl Viewer<'_> {
    /// The tree of sections as it stands beside a page: only what leads to it is open, so that a large site
    /// has no large tree on each of its pages.
    pub fn tree(&self, number: PageNo) -> Vec<TreeView> {
        let home = self.guide.home.map(|home| counterpart(&self.guide.pages, home, self.lang));
        let Some(home) = home.filter(|_| self.site.is_manual) else { return Vec::new() };
        let trail = self.guide.trail(number);
        self.branch(home, number, &trail)
    }

    fn branch(&self, under: PageNo, current: PageNo, trail: &[PageNo]) -> Vec<TreeView> {
        let view = |page: &PageNo| TreeView {
            link: self.link(*page, true),
            is_current: *page == current,
            children: match *page == current || trail.contains(page) {
                true => self.branch(*page, current, trail),
                false => Vec::new(),
            },
        };
        self.guide.below(under).iter().map(view).collect()
    }
}
