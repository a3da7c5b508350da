// A branch of a repository, from which hosts like GitHub Pages take a site.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Site } from "./helper.js";
import { pagesOf, passesThrough } from "./life.js";
import { filesOf, temporary } from "./processes.js";
import { bare, gitHttp } from "./remotes.js";

const git = (folder, ...args) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });
const commits = (repository, branch = "pages") => git(repository, "log", "--format=%H", branch).trim().split("\n");

/** What somebody's push brings into a branch. */
function pushed(repository, branch, files, message = "By hand") {
  const work = temporary("clone");
  const exists = git(repository, "branch", "--list", branch).trim() !== "";
  git(work, "init", "-q", "-b", branch);
  git(work, "remote", "add", "origin", repository);
  if (exists) git(work, "pull", "-q", "origin", branch);
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
    fs.writeFileSync(path.join(work, file), text);
  }
  git(work, "add", "--all", "--force");
  git(work, "-c", "user.name=Anna", "-c", "user.email=anna@allotment.example", "commit", "-qm", message);
  git(work, "push", "-q", "origin", branch);
}

/** What a host would take from a branch, by path. */
function checkout(repository, branch = "pages") {
  const work = temporary("checkout");
  git(repository, `--work-tree=${work}`, "checkout", "-f", branch, "--", ".");
  return filesOf(work);
}

function make(repository = bare(), url = `file://${repository}`) {
  return {
    repository,
    target: { host: "github-pages", remote: "git", url, branch: "pages" },
    files: () => checkout(repository),
    stamp: () => git(repository, "for-each-ref"),
    put: (file, text) => pushed(repository, "pages", { [file]: text }),
  };
}

passesThrough("git", () => make());

test("git: over HTTP, with a password that git's own helper knows", async () => {
  const repository = bare();
  const known = { user: "anna", password: "correct-horse" };
  const url = await gitHttp(repository, known);
  const { target } = make(repository, url);
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
  assert.equal(git(repository, "for-each-ref"), "");
  knows(known.password);
  await site.publish("live");
  const files = checkout(repository);
  for (const [file, bytes] of await site.build("live")) assert.ok(files.get(file)?.equals(bytes), file);
});

test("git: every publish is one commit, and the history stays", async () => {
  const { repository, target } = make();
  pushed(repository, "pages", { "README.md": "What this branch is.\n", CNAME: "allotment.example\n" });
  const site = new Site({ live: target });
  await site.publish("live");
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  await site.publish("live");
  assert.equal(commits(repository).length, 3);
  assert.match(git(repository, "log", "--format=%s", "-3", "pages"), /By hand\n$/);
  const changed = git(repository, "show", "--format=", "--name-only", "pages").trim().split("\n");
  assert.ok(changed.includes("visit/index.html") && !changed.includes("bees/index.html"), changed.join());
  assert.equal(checkout(repository).get("README.md").toString(), "What this branch is.\n");
});

test("git: other branches are left alone", async () => {
  const { repository, target } = make();
  pushed(repository, "main", { "guide.yaml": "title: The source\n" });
  const before = git(repository, "rev-parse", "main");
  await new Site({ live: target }).publish("live");
  assert.equal(git(repository, "rev-parse", "main"), before);
  assert.equal(commits(repository).length, 1, "the first commit of its own branch");
});

test("git: what somebody else pushed meanwhile stays, and stands under the next commit", async () => {
  const { repository, target } = make();
  const site = new Site({ live: target });
  await site.publish("live");
  pushed(repository, "pages", { "notes.txt": "Not ours.\n" });
  site.edit("content/visit.md", "*flat*", "*steep*");
  await site.publish("live");
  const files = checkout(repository);
  assert.equal(files.get("notes.txt").toString(), "Not ours.\n");
  assert.match(files.get("visit/index.html").toString(), /steep/);
  assert.equal(commits(repository).length, 3);
});

test("git: two machines publish one site by turns", async () => {
  const { repository, target } = make();
  const [one, other] = [new Site({ live: target }), new Site({ live: target })];
  await one.publish("live");
  other.edit("content/visit.md", "*flat*", "*steep*");
  await other.publish("live");
  one.edit("content/visit.md", "*flat*", "*muddy*");
  await one.publish("live");
  assert.match(checkout(repository).get("visit/index.html").toString(), /muddy/);
  assert.equal(commits(repository).length, 3);
});

test("git: a push that the repository refuses is told in its own words, and changes nothing", async () => {
  const { repository, target } = make();
  const site = new Site({ live: target });
  await site.publish("live");
  const before = git(repository, "for-each-ref");
  fs.writeFileSync(path.join(repository, "hooks/pre-receive"), "#!/bin/sh\necho 'This branch is protected.' >&2\nexit 1\n", { mode: 0o755 });
  site.edit("content/visit.md", "*flat*", "*steep*");
  const { stderr } = await site.publish("live", { code: 2 });
  assert.match(stderr, /This branch is protected/);
  assert.equal(git(repository, "for-each-ref"), before);
  fs.rmSync(path.join(repository, "hooks/pre-receive"));
  await site.publish("live");
  assert.match(checkout(repository).get("visit/index.html").toString(), /steep/);
});

test("git: a repository that is not there", async () => {
  const { target } = make(null, "file:///nowhere/at/all.git");
  const { stderr } = await new Site({ live: target }).publish("live", { code: 2 });
  assert.match(stderr, /nowhere\/at\/all/);
});

test("git: GitHub is told that the site is finished, and its own address", async () => {
  const { repository, target } = make();
  const site = new Site({ live: target });
  await site.publish("live");
  const files = checkout(repository);
  assert.equal(files.get(".nojekyll").length, 0);
  assert.equal(files.get("CNAME").toString().trim(), "allotment.example");
  const ours = bare();
  site.targets({ live: { ...target, url: `file://${ours}`, base_url: "https://society.github.io/allotment/" } });
  await site.publish("live");
  assert.ok(!checkout(ours).has("CNAME"), "an address of GitHub's needs none");
  assert.ok(pagesOf(checkout(ours)).has("index.html"));
});
