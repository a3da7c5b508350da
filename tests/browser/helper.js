// What every story needs: a copy of the small site that is being served, and tabs that look at it.
//
// A tab is watched from beginning to end. Whatever its page complains of (an error in the console, a
// violation of its own security policy, a request to another host) fails the story it stands in.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { chromium } from "playwright-core";

const here = import.meta.dirname;

/** The program under test. */
export const guidewright = process.env.GUIDEWRIGHT || path.join(here, "../../target/debug/guidewright");

/** The day on which all of it happens, so that no review here grows old. */
const TODAY = ["--today", "2026-11-23"];

/** A browser that knows no host but this machine. */
let browser = null;
const launch = () =>
  (browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM || findChromium(),
    args: [
      // Root needs this, and CI is root.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    ],
  }));
const findChromium = () => execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser"], { encoding: "utf8" }).trim();
const sites = new Set();
// A story that took too long has not cleared up.
after(async () => {
  await Promise.all([...sites].map((site) => site.stop()));
  await (await browser)?.close();
});

/**
 * A test that reads as a story: it gets a `site` to edit, and `visit` to look at it.
 * `settings.allow` matches complaints that belong to the story.
 */
export function story(name, ...rest) {
  const body = rest.pop();
  const settings = rest.pop() ?? {};
  watched(name, settings, body, {
    make() {
      const site = new Site(settings.files);
      sites.add(site);
      return site;
    },
    start: (site) => settings.serve !== false && site.serve(),
    async end(site) {
      await site.stop();
      sites.delete(site);
      fs.rmSync(site.folder, { recursive: true, force: true });
    },
  });
}

/** A test whose tabs are watched. `life` makes the site that they look at, starts it (from then on it has
 * a `url`) and clears up after it. */
export function watched(name, settings, body, life) {
  test(name, { timeout: settings.timeout ?? 60_000 }, async () => {
    const site = life.make();
    const contexts = [];
    const complaints = [];
    const complain = (what) => settings.allow?.test(what) || complaints.push(what);
    try {
      await life.start(site);
      const visit = async (address, options = {}) => {
        const { beside, ...look } = options;
        const context = beside?.context() ?? (await newContext(look, contexts, complain));
        const page = await context.newPage();
        page.on("pageerror", (error) => complain(`${page.url()}: ${error}`));
        await page.goto(site.url + address);
        return page;
      };
      await body({ site, visit });
      assert.deepEqual(complaints, [], "what the pages complained of");
    } finally {
      await Promise.all(contexts.map((context) => context.close()));
      await life.end?.(site);
    }
  });
}

async function newContext(look, contexts, complain) {
  const context = await (await launch()).newContext({ viewport: { width: 1280, height: 800 }, ...look });
  contexts.push(context);
  context.setDefaultTimeout(15_000);
  context.on("console", (message) => {
    // A browser asks every host for an icon, and the small site has none.
    const isIcon = message.location().url.endsWith("/favicon.ico");
    if (message.type() === "error" && !isIcon) complain(message.text());
  });
  context.on("request", (request) => {
    if (new URL(request.url()).hostname !== "localhost") complain(`asked for ${request.url()}`);
  });
  return context;
}

/** A copy of the small site, and the program that serves it. */
class Site {
  constructor(files = {}) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "guidewright-browser-"));
    fs.cpSync(path.join(here, "site"), this.folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) this.write(file, text);
  }

  /** Starts the server, and waits until it says where it is. */
  async serve(port = 0) {
    const args = ["serve", "--site", this.folder, "--port", String(port), "--editor", "code", ...TODAY];
    this.process = spawn(guidewright, args, { stdio: ["ignore", "pipe", "pipe"] });
    // Kept for whoever looks for what went wrong.
    this.said = "";
    this.process.stderr.on("data", (data) => (this.said += data));
    const ended = new Promise((_, reject) =>
      this.process.once("exit", () => reject(new Error(`the server ended: ${this.said}`))),
    );
    ended.catch(() => {});
    const lines = createInterface({ input: this.process.stdout });
    // What is wrong with the site may be told before it.
    const address = new Promise((resolve) => lines.on("line", (line) => line.startsWith("http") && resolve(line)));
    this.url = await Promise.race([address, ended]);
  }

  /** Stops the server as Ctrl-C does. */
  async stop() {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGINT");
    const patience = setTimeout(() => this.process.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(patience);
  }

  /** Starts the server again where it was, so that open tabs can find it. */
  async restart() {
    await this.serve(new URL(this.url).port);
  }

  #at(file) {
    return path.join(this.folder, file);
  }
  read(file) {
    return fs.readFileSync(this.#at(file), "utf8");
  }
  write(file, text) {
    fs.mkdirSync(path.dirname(this.#at(file)), { recursive: true });
    fs.writeFileSync(this.#at(file), text);
  }
  /** Puts some words in the place of others, as an editor does who saves. */
  edit(file, from, to) {
    const text = this.read(file);
    assert.ok(text.includes(from), `${file} has no "${from}"`);
    this.write(file, text.replace(from, to));
  }
  rename(from, to) {
    fs.renameSync(this.#at(from), this.#at(to));
  }
  remove(file) {
    fs.rmSync(this.#at(file));
  }
  /** What `guidewright build` writes, as text by path. */
  build() {
    const output = this.#at("output");
    execFileSync(guidewright, ["build", "--site", this.folder, "--output", output, "--quiet", ...TODAY]);
    const files = fs.readdirSync(output, { recursive: true }).filter((file) => fs.statSync(path.join(output, file)).isFile());
    return new Map(files.map((file) => [file, fs.readFileSync(path.join(output, file), "utf8")]));
  }
}

/** The region in which `serve` says what is wrong with a page. */
export const banner = (page) => page.getByRole("region", { name: /problem|not part of the site/ });

/** Leaves a mark that only lives as long as the page is not loaded again. */
export const mark = (page) => page.evaluate(() => void (window.mark = true));
/** Whether the page is still the one that was marked. */
export const isMarked = (page) => page.evaluate(() => window.mark === true);

/** Waits until something is true. */
export async function until(what, holds, patience = 15_000) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** A page of front matter and text that says `title: [`, which no reader of YAML takes. */
export const BROKEN = "---\ntitle: [\n---\nBroken.\n";
