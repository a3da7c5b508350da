// What must not be published is not: not one byte of it leaves, and the editor is told why.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Site } from "./helper.js";
import { davs } from "./places.js";
import { filesOf, stampOf, temporary } from "./processes.js";

function publisher(settings = {}) {
  const root = temporary("gates");
  const site = new Site({ live: { remote: "folder", path: root, ...settings } });
  const isAsBefore = async (body) => {
    const before = stampOf(root);
    await body();
    // Whoever looks whether somebody publishes leaves his mark, and no more.
    const after = stampOf(root);
    for (const stamp of [before, after]) stamp.delete(".guidewright.lock");
    assert.deepEqual(after, before);
  };
  return { root, site, isAsBefore, current: () => filesOf(path.join(root, "current")) };
}

test("a site with an error stays as it is published", async () => {
  const { site, isAsBefore } = publisher();
  await site.publish("live");
  site.edit("content/visit.md", "The path", "[The path](nowhere.md)");
  await isAsBefore(async () => {
    const { said } = await site.publish("live", { code: 1 });
    assert.match(said, /nowhere/);
    assert.match(said, /content\/visit\.md/);
  });
});

test("of a site with an error the remote hears nothing at all", async () => {
  const { target, env, wire, root } = await davs.apache();
  const site = new Site({ live: target });
  site.edit("content/visit.md", "The path", "[The path](nowhere.md)");
  await site.publish("live", { env, code: 1 });
  assert.deepEqual(wire.changes(), []);
  assert.equal(filesOf(root).size, 0);
});

test("an address that was published leads somewhere, unless somebody says that it may not", async () => {
  const { site, isAsBefore, current } = publisher();
  await site.publish("live");
  site.remove("content/tools/rake.md");
  await isAsBefore(async () => {
    const { stderr } = await site.publish("live", { code: 1 });
    assert.match(stderr, /tools\/rake\//, "which address");
    assert.match(stderr, /alias|redirect/, "how to keep it alive");
    assert.match(stderr, /--allow vanished/, "how to let it go");
  });
  await site.publish("live", { flags: ["--allow", "vanished"] });
  assert.ok(!current().has("tools/rake/index.html"));
  await site.publish("live");
});

test("a page that moved and kept its old address passes", async () => {
  const { site, current } = publisher();
  await site.publish("live");
  site.remove("content/tools/rake.md");
  site.write("content/rake.md", "---\ntitle: The rake\nsummary: Moved.\naliases: [/tools/rake/, /es/tools/rake/]\n---\nTeeth down.\n");
  site.edit("content/index.md", "- [Bees]", "- [The rake](rake.md)\n- [Bees]");
  await site.publish("live");
  assert.match(current().get("tools/rake/index.html").toString(), /\/rake\//);
});

test("a target may say that addresses may vanish", async () => {
  const { site } = publisher({ gates: { vanished: "pass" } });
  await site.publish("live");
  site.remove("content/tools/rake.md");
  await site.publish("live");
});

test("a page whose review is overdue stops a target that says so, and no other", async () => {
  const late = { today: "2028-01-15" };
  const { site, isAsBefore, current } = publisher({ gates: { overdue: "stop" } });
  await site.publish("live");
  await isAsBefore(async () => {
    const { said } = await site.publish("live", { ...late, code: 1 });
    assert.match(said, /bees/);
    assert.match(said, /--allow overdue/);
  });
  await site.publish("live", { ...late, flags: ["--allow", "overdue"] });
  assert.ok(current().has("bees/index.html"));
  const other = publisher();
  await other.site.publish("live", late);
});

test("a plan that a gate would stop says so", async () => {
  const { site, isAsBefore } = publisher();
  await site.publish("live");
  site.remove("content/tools/rake.md");
  await isAsBefore(() => site.publish("live", { flags: ["--dry-run"], code: 1 }));
});

test("--allow with a word that is no gate is refused", async () => {
  const { site, isAsBefore } = publisher();
  await isAsBefore(() => site.publish("live", { flags: ["--allow", "everything"], code: 2 }));
});

for (const [what, target] of Object.entries({
  "a password": { remote: "webdav", url: "https://dav.example.org/", user: "anna", password: "hunter2-and-more" },
  "a secret key": { remote: "s3", bucket: "guide", aws_secret_access_key: "hunter2-and-more" },
  "a token": { remote: "git", url: "https://git.example.org/us/guide.git", branch: "pages", token: "hunter2-and-more" },
  "a password in an address": { remote: "git", url: "https://anna:hunter2-and-more@git.example.org/us/guide.git", branch: "pages" },
})) {
  test(`${what} in guide.yaml is an error, and is not repeated`, async () => {
    const site = new Site({ live: target });
    const done = await site.guidewright(["check", "--format", "json"]);
    assert.equal(done.code, 1, done.said);
    const findings = done.stdout.trim().split("\n").map((line) => JSON.parse(line));
    const finding = findings.find(({ rule }) => rule === "settings/secret");
    assert.ok(finding, done.stdout);
    assert.deepEqual([finding.severity, finding.file], ["error", "guide.yaml"]);
    assert.ok(finding.help.length > 0);
    assert.ok(!done.said.includes("hunter2"), done.said);
    const published = await site.publish("live", { code: 1 });
    assert.ok(!published.said.includes("hunter2"), published.said);
  });
}

test("the one target that can be published needs no name; of two, one must be named", async () => {
  const { site, root } = publisher();
  site.targets({ live: { remote: "folder", path: root }, preview: { host: "plain", base_url: "https://preview.example/" } });
  const done = await site.guidewright(["publish"]);
  assert.equal(done.code, 0, done.said);
  assert.ok(fs.existsSync(path.join(root, "current/index.html")));
  site.targets({ live: { remote: "folder", path: root }, other: { remote: "folder", path: root } });
  const asked = await site.guidewright(["publish"]);
  assert.equal(asked.code, 2, asked.said);
  assert.match(asked.stderr, /live/);
  assert.match(asked.stderr, /other/);
  const unknown = await site.publish("lvie", { code: 2 });
  assert.match(unknown.stderr, /live/);
  const nowhere = new Site({ preview: { host: "plain" } });
  const { stderr } = await nowhere.publish("preview", { code: 2 });
  assert.match(stderr, /remote/);
});

test("why it was not published is said in quiet too", async () => {
  const { site } = publisher();
  await site.publish("live");
  site.remove("content/tools/rake.md");
  const { stderr } = await site.publish("live", { flags: ["--quiet"], code: 1 });
  assert.match(stderr, /\/tools\/rake\//);
});

test("a leaflet that vanishes is missed like a page", async () => {
  const { site } = publisher();
  site.write("static/leaflet.pdf", "%PDF-1.4\n");
  await site.publish("live");
  site.remove("static/leaflet.pdf");
  const { stderr } = await site.publish("live", { code: 1 });
  assert.match(stderr, /\/leaflet\.pdf/);
});

test("no level of the rules lets a secret stay", async () => {
  const { site } = publisher({ password: "beans-and-more-beans" });
  site.write("guide.yaml", `${site.read("guide.yaml")}rules: { settings/secret: off }\n`);
  const { said } = await site.publish("live", { code: 1 });
  assert.match(said, /settings\/secret/);
  assert.doesNotMatch(said, /beans-and-more/);
});

test("only one at a time works for a target on a machine, be it to try", async () => {
  const { site } = publisher();
  await site.publish("live");
  const lock = path.join(site.folder, ".guidewright/publish/live/lock");
  const holder = spawn("flock", [lock, "sleep", "20"], { stdio: "ignore" });
  try {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { stderr } = await site.publish("live", { flags: ["--dry-run"], code: 2 });
    assert.match(stderr, /another guidewright/);
  } finally {
    holder.kill();
  }
});
