// The servers themselves, before anything is published to them: what fails here is no fault of the program.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { filesOf, run, temporary } from "./processes.js";
import { ACCOUNT, azurite, bare, containerAccess, gitHttp, MIRROR, moto, rsyncd, sshd } from "./remotes.js";
import { apache, apacheDav, caddy, nginx, nginxDav, WRITER } from "./servers.js";
import { rope, wire } from "./wires.js";

/** A folder with one file, whose name is not easy. */
function shed() {
  const folder = temporary("shed");
  fs.writeFileSync(path.join(folder, "café menu.txt"), "Tea.\n");
  return folder;
}

for (const [name, make] of Object.entries({ nginx: (root) => nginx(root, ""), apache, caddy: (root) => caddy(root, "file_server") })) {
  test(`${name} sends a file`, async () => {
    const { url } = await make(shed());
    const answer = await fetch(`${url}caf%C3%A9%20menu.txt`);
    assert.equal(await answer.text(), "Tea.\n");
    assert.match(answer.headers.get("server"), new RegExp(name, "i"));
  });
}

for (const [name, make] of Object.entries({ nginx: nginxDav, apache: apacheDav })) {
  test(`${name} takes files by WebDAV from those who know the password`, async () => {
    const root = temporary("dav");
    const { url } = await make(root);
    const authorization = `Basic ${btoa(`${WRITER.user}:${WRITER.password}`)}`;
    const ask = async (method, file, rest = {}) => {
      const headers = { authorization, ...(method === "PROPFIND" && { depth: "1" }), ...rest.headers };
      return (await fetch(url + file, { method, body: rest.body, headers })).status;
    };
    assert.equal(await ask("PUT", "a.txt", { body: "Tea.", headers: { authorization: "" } }), 401);
    assert.equal(await ask("MKCOL", "b/"), 201);
    assert.equal(await ask("PUT", "b/caf%C3%A9.txt", { body: "Tea." }), 201);
    assert.equal(await ask("PROPFIND", "b/"), 207);
    assert.deepEqual([...filesOf(root).keys()], ["b/café.txt"]);
    assert.equal(await ask("DELETE", "b/caf%C3%A9.txt"), 204);
    assert.equal(filesOf(root).size, 0);
  });
}

test("sshd lets in who has the key, and is known by its own", async () => {
  const server = await sshd();
  const [site, root] = [temporary("site"), temporary("sftp")];
  const put = () => run("sh", ["-c", `echo put ssh_config ${root}/one.txt | sftp -F ssh_config -b - allotment`], { cwd: site });
  server.client(site);
  const done = await put();
  assert.equal(done.code, 0, done.said);
  assert.ok(filesOf(root).has("one.txt"));
  server.client(site, { identity: "stranger" });
  assert.match((await put()).said, /Permission denied/);
  server.client(site, { expected: "stranger" });
  assert.match((await put()).said, /Host key verification failed/);
});

test("the rsync daemon takes files from those who know the password", async () => {
  const root = temporary("mirror");
  const { port } = await rsyncd(root);
  const send = (password) =>
    run("rsync", ["-r", `${shed()}/`, `rsync://${MIRROR.user}@127.0.0.1:${port}/site/`], { env: { ...process.env, RSYNC_PASSWORD: password } });
  assert.match((await send("wrong")).said, /auth failed/);
  const done = await send(MIRROR.password);
  assert.equal(done.code, 0, done.said);
  assert.deepEqual([...filesOf(root).keys()], ["café menu.txt"]);
});

for (const [name, { make, own }] of Object.entries({ moto: { make: moto, own: "" }, azurite: { make: azurite, own: "x-ms-blob-" } })) {
  test(`${name} keeps objects with what they are sent with`, async () => {
    const store = await make();
    await store.createBucket("shed");
    const sent = { [`${own}content-type`]: "text/plain; charset=utf-8", [`${own}cache-control`]: "no-cache" };
    await store.put("shed", "leaflets/café & menu.txt", "Tea.", sent);
    const { headers, body } = await store.get("shed", "leaflets/café & menu.txt");
    assert.equal(body.toString(), "Tea.");
    assert.equal(headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(headers.get("cache-control"), "no-cache");
    assert.deepEqual([...(await store.list("shed")).keys()], ["leaflets/café & menu.txt"]);
    await store.remove("shed", "leaflets/café & menu.txt");
    assert.equal((await store.list("shed")).size, 0);
  });
}

test("azurite lets in who bears a signature of the account, and nobody else", async () => {
  const store = await azurite();
  for (const name of ["shed", "house"]) await store.createBucket(name), await store.put(name, "a.txt", "Tea.");
  const ask = async (name, query) => (await fetch(`${store.url}/${ACCOUNT.name}/${name}/a.txt?${query}`)).status;
  assert.equal(await ask("shed", containerAccess("shed", "r")), 200);
  const others = ["", containerAccess("shed", "w"), containerAccess("house", "r"), containerAccess("shed", "w").replace("sp=w", "sp=r")];
  for (const query of others) assert.equal(await ask("shed", query), 403, query);
});

test("git pushes over HTTP with the password", async () => {
  const repository = bare();
  const url = new URL(await gitHttp(repository, { user: "anna", password: "correct-horse" }));
  const work = shed();
  const git = (...args) => execFileSync("git", ["-C", work, "-c", "user.name=Anna", "-c", "user.email=anna@allotment.example", ...args], { stdio: "pipe" });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "Tea");
  const push = (password) => {
    Object.assign(url, { username: "anna", password });
    return run("git", ["-C", work, "push", url.href, "main"], { env: { ...process.env, GIT_TERMINAL_PROMPT: "0" } });
  };
  assert.match((await push("wrong")).said, /Authentication failed/);
  const done = await push("correct-horse");
  assert.equal(done.code, 0, done.said);
  assert.match(execFileSync("git", ["-C", repository, "log", "--oneline", "main"], { encoding: "utf8" }), /Tea/);
});

test("a wire can break before, in the middle of and after a request, and answer by itself", async () => {
  const root = temporary("dav");
  const { port } = await nginxDav(root);
  const bad = await wire(port);
  const authorization = `Basic ${btoa(`${WRITER.user}:${WRITER.password}`)}`;
  const put = (name) => fetch(bad.url + name, { method: "PUT", body: "Tea and cake.", headers: { authorization } });
  const troubles = { a: { cut: "before" }, b: { cut: "half" }, c: { cut: "after" }, d: { status: 503 } };
  bad.trouble = ({ path }) => troubles[path.slice(1)];
  for (const name of ["a", "b", "c"]) await assert.rejects(put(name));
  assert.equal((await put("d")).status, 503);
  assert.equal((await put("e")).status, 201);
  assert.deepEqual([...filesOf(root).keys()], ["c", "e"]);
  assert.deepEqual(bad.changes().map(({ method, path }) => `${method} ${path}`), ["PUT /a", "PUT /b", "PUT /c", "PUT /d", "PUT /e"]);
});

test("a rope breaks after so many bytes", async () => {
  const { port } = await rsyncd(temporary("mirror"));
  const bad = await rope(port);
  const send = () =>
    run("rsync", ["-r", `${shed()}/`, `rsync://${MIRROR.user}@127.0.0.1:${bad.port}/site/`], { env: { ...process.env, RSYNC_PASSWORD: MIRROR.password } });
  assert.equal((await send()).code, 0);
  const needed = bad.sent;
  Object.assign(bad, { sent: 0, length: needed / 2 });
  assert.notEqual((await send()).code, 0);
});
