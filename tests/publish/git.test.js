// A branch of a repository, from which hosts like GitHub Pages take a site.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Site } from "./helper.js";
import { pagesOf, passesThrough } from "./life.js";
import { checkout, git, push, repository } from "./places.js";
import { bare as newRepository, gitHttp } from "./remotes.js";

const commits = (bare) => git(bare, "log", "--format=%H", "pages").trim().split("\n");

passesThrough("git", () => repository());

test("git: over HTTP, with a password that git's own helper knows", async () => {
  const bare = newRepository();
  const known = { user: "anna", password: "correct-horse" };
  const url = await gitHttp(bare, known);
  const { target } = repository(bare, url);
  const site = new Site({ live: target });
  const knows = (password) => {
    fs.writeFileSync(path.join(site.home, ".git-credentials"), url.replace("//", `//anna:${password}@`).replace(/\/[^/]*$/, "\n"));
    fs.writeFileSync(path.join(site.home, ".gitconfig"), "[credential]\n\thelper = store\n");
  };
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /credential|password|authenti/i);
  knows("hunter2-and-more");
  const { said } = await site.publish("live", { code: 2 });
  assert.match(said, /credential|password|authenti/i);
  assert.ok(!said.includes("hunter2-and-more"), said);
  assert.equal(git(bare, "for-each-ref"), "");
  knows(known.password);
  await site.publish("live");
  const files = checkout(bare);
  for (const [file, bytes] of await site.build("live")) assert.ok(files.get(file)?.equals(bytes), file);
});

test("git: every publish is one commit, and the history stays", async () => {
  const { repository: bare, target } = repository();
  push(bare, "pages", { "README.md": "What this branch is.\n", CNAME: "allotment.example\n" });
  const site = new Site({ live: target });
  await site.publish("live");
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  await site.publish("live");
  assert.equal(commits(bare).length, 3);
  assert.match(git(bare, "log", "--format=%s", "-3", "pages"), /By hand\n$/);
  const changed = git(bare, "show", "--format=", "--name-only", "pages").trim().split("\n");
  assert.ok(changed.includes("visit/index.html") && !changed.includes("bees/index.html"), changed.join());
  assert.equal(checkout(bare).get("README.md").toString(), "What this branch is.\n");
});

test("git: other branches are left alone", async () => {
  const { repository: bare, target } = repository();
  push(bare, "main", { "guide.yaml": "title: The source\n" });
  const before = git(bare, "rev-parse", "main");
  await new Site({ live: target }).publish("live");
  assert.equal(git(bare, "rev-parse", "main"), before);
  assert.equal(commits(bare).length, 1, "the first commit of its own branch");
});

test("git: what somebody else pushed meanwhile stays, and stands under the next commit", async () => {
  const { repository: bare, target } = repository();
  const site = new Site({ live: target });
  await site.publish("live");
  push(bare, "pages", { "notes.txt": "Not ours.\n" });
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  const files = checkout(bare);
  assert.equal(files.get("notes.txt").toString(), "Not ours.\n");
  assert.match(files.get("visit/index.html").toString(), /steep/);
  assert.equal(commits(bare).length, 3);
});

test("git: two machines publish one site by turns", async () => {
  const { repository: bare, target } = repository();
  const [one, other] = [new Site({ live: target }), new Site({ live: target })];
  await one.publish("live");
  other.edit("content/visit.md", "*flat*", "*steep*");
  await other.publish("live");
  one.edit("content/visit.md", "*flat*", "*muddy*");
  await one.publish("live");
  assert.match(checkout(bare).get("visit/index.html").toString(), /muddy/);
  assert.equal(commits(bare).length, 3);
});

test("git: a push that the repository refuses is told in its own words, and changes nothing", async () => {
  const { repository: bare, target } = repository();
  const site = new Site({ live: target });
  await site.publish("live");
  const before = git(bare, "for-each-ref");
  fs.writeFileSync(path.join(bare, "hooks/pre-receive"), "#!/bin/sh\necho 'This branch is protected.' >&2\nexit 1\n", { mode: 0o755 });
  site.edit("content/visit.md", "*flat*", "*steep*");
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /This branch is protected/);
  assert.equal(git(bare, "for-each-ref"), before);
  fs.rmSync(path.join(bare, "hooks/pre-receive"));
  await site.publish("live");
  assert.match(checkout(bare).get("visit/index.html").toString(), /steep/);
});

test("git: a repository that is not there", async () => {
  const { target } = repository(null, "file:///nowhere/at/all.git");
  const { stderr } = await new Site({ live: target }).publish("live", { code: 2 });
  assert.match(stderr, /nowhere\/at\/all/);
});

test("git: GitHub is told that the site is finished, and its own address", async () => {
  const { repository: bare, target } = repository();
  const site = new Site({ live: target });
  await site.publish("live");
  const files = checkout(bare);
  assert.equal(files.get(".nojekyll").length, 0);
  assert.equal(files.get("CNAME").toString().trim(), "allotment.example");
  const ours = newRepository();
  site.targets({ live: { ...target, url: `file://${ours}`, base_url: "https://society.github.io/allotment/" } });
  // An address that a target names is looked at, and this one is not to be had here.
  await site.publish("live", { flags: ["--no-verify"] });
  assert.ok(!checkout(ours).has("CNAME"), "an address of GitHub's needs none");
  assert.ok(pagesOf(checkout(ours)).has("index.html"));
});
