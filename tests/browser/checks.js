// What is asked of every page, whoever made it: the desk of `serve`, the guide, a theme of somebody else.
import fs from "node:fs";
import path from "node:path";

const axe = fs.readFileSync(path.join(import.meta.dirname, "node_modules/axe-core/axe.min.js"), "utf8");

/**
 * What axe-core finds: its rules for WCAG 2.0, 2.1 and 2.2 A and AA and for best practice, which run
 * unless told otherwise, the size of targets, and the AAA contrast that the house asks for.
 */
export const violations = async (page) => {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const rules = { "color-contrast-enhanced": { enabled: true }, "target-size": { enabled: true } };
    // Loading style sheets ahead would put styles into the page that its policy forbids.
    const { violations } = await window.axe.run(document, { rules, resultTypes: ["violations"], preload: false });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.flat().join(" ")).join(", ")}`);
  });
};

/** Whether a page scrolls sideways. */
export const isWide = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** Text that cannot be read to its end: outside of the window, or cut off by a box that does not scroll. */
export const clipped = (page) =>
  page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
      const text = walker.currentNode;
      const parent = text.parentElement;
      if (!text.data.trim() || parent.closest(".skip, svg, script")) continue;
      if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      range.selectNodeContents(text);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      let scrolls = false;
      for (let box = parent; box && !scrolls; box = box.parentElement) {
        const { overflowX, overflowY, clipPath } = getComputedStyle(box);
        // Words that only a screen reader says.
        if (clipPath !== "none") scrolls = true;
        if (overflowX === "visible" && overflowY === "visible") continue;
        if (/auto|scroll/.test(overflowX + overflowY)) scrolls = true;
        const edge = box.getBoundingClientRect();
        if (!scrolls && (left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 || bottom > edge.bottom + 1))
          found.push(`${text.data.trim()} (cut off by ${box.tagName} ${box.className})`);
      }
      if (!scrolls && (left < -1 || right > document.documentElement.clientWidth + 1)) found.push(`${text.data.trim()} (outside)`);
    }
    return found;
  });
