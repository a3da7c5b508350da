// What every story needs: a copy of the small site, the program that publishes it, and a way to look at both.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { filesOf, run, temporary } from "./processes.js";

const here = import.meta.dirname;

/** The program under test. */
export const guidewright = path.resolve(here, process.env.GUIDEWRIGHT || "../../target/debug/guidewright");

/** The day on which all of it happens, so that no review here grows old. */
const TODAY = "2026-11-28";

/** The list of what was published, at the root of it. */
export const MANIFEST = ".guidewright.json";
/** What says that somebody publishes at this moment. */
export const LOCK = ".guidewright.lock";

/** A copy of the small site, with `publish` as its targets: settings of guide.yaml by name. */
export class Site {
  constructor(publish = {}) {
    this.folder = temporary("site");
    // Of this machine's owner the program is to find nothing: no keys, no settings, no cache.
    this.home = temporary("home");
    fs.cpSync(path.join(here, "site"), this.folder, { recursive: true });
    this.targets(publish);
  }

  /** Puts other targets in the place of those that are there. JSON is YAML. */
  targets(publish) {
    const settings = this.read("guide.yaml").replace(/^publish:.*\n/m, "");
    this.write("guide.yaml", `${settings}publish: ${JSON.stringify(publish)}\n`);
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
  remove(file) {
    fs.rmSync(this.#at(file), { recursive: true });
  }
  /** Another style sheet, which has another name, so that every page is another. */
  restyle(name) {
    this.write("themes/shed/theme.yaml", "inherits: base\nstyles: [css/shed.css]\n");
    this.write("themes/shed/css/shed.css", `/* ${name} */\n`);
    if (!this.read("guide.yaml").includes("theme:")) this.edit("guide.yaml", "language: en\n", "language: en\ntheme: shed\n");
  }

  /** How the program is called: its name and what is said to it. */
  command(args, today = TODAY) {
    return [guidewright, ...args, "--site", this.folder, "--today", today];
  }
  /** An environment that has nobody's secrets in it, and `env`. */
  environment(env = {}) {
    return { PATH: process.env.PATH, HOME: this.home, LANG: "C.UTF-8", ...env };
  }
  /** Runs the program to its end. */
  guidewright(args, { env, killedAfter, started, today } = {}) {
    const [command, ...all] = this.command(args, today);
    return run(command, all, { env: this.environment(env), killedAfter, started, cwd: this.home });
  }

  /** Publishes, and insists on how it ends. */
  async publish(target, { flags = [], code = 0, ...options } = {}) {
    const done = await this.guidewright(["publish", target, ...flags], options);
    assert.equal(done.code, code, `publish ${target} ${flags.join(" ")} ended with ${done.code ?? done.signal}:\n${done.said}`);
    return done;
  }

  /** What would be done, as a plan that a program can read. */
  async plan(target, options = {}) {
    const done = await this.publish(target, { ...options, flags: ["--dry-run", "--format", "json", ...(options.flags ?? [])] });
    return JSON.parse(done.stdout);
  }

  /** What `build --target` makes: each file that is to be published, by path. */
  async build(target) {
    const output = temporary("output");
    const done = await this.guidewright(["build", "--target", target, "--output", output, "--quiet"]);
    assert.equal(done.code, 0, done.said);
    const files = filesOf(output);
    files.delete(MANIFEST);
    return files;
  }
}

/** Insists that both are the same files with the same bytes. What differs is told by its path. */
export function assertSame(actual, expected, what) {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort(), `${what}: the files`);
  const others = [...expected].filter(([file, bytes]) => !actual.get(file).equals(bytes)).map(([file]) => file);
  assert.deepEqual(others, [], `${what}: files with other bytes`);
}

/** The paths in which two sets of files differ: new, changed and gone. */
export function difference(before, after) {
  const changed = [...after].filter(([file, bytes]) => !before.get(file)?.equals(bytes)).map(([file]) => file);
  return { written: changed.sort(), gone: [...before.keys()].filter((file) => !after.has(file)).sort() };
}

/** The address of an output file below the root of the site. */
export const addressOf = (file) => file.replace(/(^|\/)index\.html$/, "$1").split("/").map(encodeURIComponent).join("/");

/** What a page of the site has in it that it needs to look right: its styles and scripts. */
function assetsOf(html) {
  return [...html.toString().matchAll(/(?:href|src)="\/(assets\/[^"]+)"/g)].map(([, file]) => file);
}

/** Insists that no page asks for a style or script that is not there. */
export function assertPagesHaveTheirAssets(files, what) {
  for (const [file, bytes] of files) {
    if (!file.endsWith(".html")) continue;
    for (const asset of assetsOf(bytes)) assert.ok(files.has(asset), `${what}: ${file} asks for ${asset}, which is not there`);
  }
}

/** Insists on the safe order: the list that says what may come, assets, pages, ways in, the list that says it came. */
export function assertOrder(changes, root = "") {
  const stages = [/\/assets\//, /\/(?!index\.html$).+\/index\.html$/, /^\/(index\.html|sitemap\.xml|robots\.txt)$|^\/search\/index\.bin$/];
  const puts = changes
    .filter(({ method }) => method === "PUT")
    .map(({ path }) => path.slice(root.length))
    .filter((path) => !path.startsWith(`/${LOCK}`));
  assert.equal(puts[0], `/${MANIFEST}`, "the list comes first");
  assert.equal(puts.at(-1), `/${MANIFEST}`, "and last");
  // The home pages of other languages and the page of the search are ways in as well as pages.
  const stageOf = (path) => (/^\/(es|search)\/(index\.html|es\/.*)$/.test(path) ? -1 : stages.findIndex((stage) => stage.test(path)));
  const known = puts.map((path) => [stageOf(path), path]).filter(([stage]) => stage >= 0);
  for (let at = 1; at < known.length; at += 1) {
    assert.ok(known[at][0] >= known[at - 1][0], `${known[at][1]} came after ${known[at - 1][1]}`);
  }
}

/** Waits until something is true. */
export async function until(what, holds, patience = 15_000) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
