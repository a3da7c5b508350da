// The sites as they are published: built once into a folder, handed out as any static host does, looked
// at in tabs that are watched (helper.js).
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { guidewright, watched } from "./helper.js";

const repository = path.join(import.meta.dirname, "../..");

/** The day on which it was built: no review has grown old by then. */
const TODAY = "2026-11-25";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".xml": "application/xml",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
};

/** A site that is built from a folder of the repository, or from one that a test has made. */
export class Built {
  #from;
  #started = null;
  /** `base` is the path of the site's base URL, which the host puts before everything. */
  constructor(from, base = "/") {
    this.#from = path.resolve(repository, from);
    this.base = base;
  }

  /** Builds the site and hands it out; what is built once serves all tests of a file. */
  start() {
    return (this.#started ??= this.#start());
  }
  async #start() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "guidewright-built-"));
    const args = ["build", "--site", this.#from, "--output", this.folder, "--no-cache", "--quiet", "--today", TODAY];
    // What it says of the site is for its writers; the tests of the program read it.
    execFileSync(guidewright, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.server = http.createServer((request, response) => this.#answer(request, response));
    await new Promise((resolve) => this.server.listen(0, "localhost", resolve));
    this.url = `http://localhost:${this.server.address().port}${this.base}`;
  }
  #answer(request, response) {
    const address = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    let file = address.startsWith(this.base) ? path.join(this.folder, address.slice(this.base.length)) : "";
    if (address.endsWith("/")) file = path.join(file, "index.html");
    const isThere = file.startsWith(this.folder) && fs.statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!isThere) file = path.join(this.folder, "404.html");
    response.writeHead(isThere ? 200 : 404, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
    response.end(fs.readFileSync(file));
  }
  stop() {
    // A tab that waits for more would keep it from closing.
    this.server?.closeAllConnections();
    this.server?.close();
    if (this.folder) fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** The addresses of all pages, those of other languages among them, below the site's own. */
  pages() {
    const files = fs.readdirSync(this.folder, { recursive: true }).filter((file) => file.endsWith(".html"));
    return files.map((file) => file.replace(/(^|\/)index\.html$/, "$1")).sort();
  }
  /** What a page or another file consists of. */
  read(address) {
    const file = path.join(this.folder, address);
    return fs.readFileSync(address === "" || address.endsWith("/") ? path.join(file, "index.html") : file);
  }
}

/** The guide that this repository publishes. */
export const guide = new Built(".");
/** A guide in English, Spanish and Arabic that is published below the root of its host. */
export const clinic = new Built("tests/sites/clinic", "/diabetes/");
/** The manual: a site whose sections stand beside its pages. */
export const manual = new Built("docs");

after(() => [guide, clinic, manual].forEach((site) => site.stop()));

/** A test of a built site: it gets the `site`, and `visit` to look at it, as a story does. */
export function look(name, site, ...rest) {
  const body = rest.pop();
  watched(name, rest.pop() ?? {}, body, { make: () => site, start: () => site.start() });
}
