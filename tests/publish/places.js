// The places to which a site is published here: each a new, empty one, with
// - `target`, what guide.yaml says of it, and `env`, what else whoever publishes there has to know;
// - `prepare(site)`, what has to lie beside guide.yaml;
// - `files()`, all that lies there, by path, and `stamp()`, which is another after anything was written;
// - `put(path, text)` and `remove(path)`, with which somebody else lays a file there or takes one away;
// - `wire`, where the program reaches it over HTTP: what it asked for, and a way to disturb it.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { filesOf, lay, stampOf, temporary } from "./processes.js";
import { ACCOUNT, azurite, bare, MIRROR, moto, rsyncd, s3rver, sshd } from "./remotes.js";
import { apacheDav, nginxDav, WRITER } from "./servers.js";
import { wire } from "./wires.js";

/** A server that all stories of a file share, started when the first of them needs it. */
const shared = (begin) => {
  let begun;
  return () => (begun ??= begin());
};
export const ssh = shared(() => sshd());
export const store = shared(moto);
export const otherStore = shared(s3rver);
export const blobs = shared(azurite);

/** An empty folder of this machine, behind whatever server. */
function empty(name) {
  const root = path.join(temporary(name), "srv");
  fs.mkdirSync(root);
  return {
    root,
    files: () => filesOf(root),
    stamp: () => stampOf(root),
    put: (file, text) => lay(root, file, text),
    remove: (file) => fs.rmSync(path.join(root, file), { force: true }),
  };
}

export function folder() {
  const { root, stamp } = empty("folder");
  return {
    root,
    target: { host: "nginx", remote: "folder", path: root },
    files: () => filesOf(path.join(root, "current")),
    // Whoever publishes may look who else does.
    stamp: () => new Map([...stamp()].filter(([file]) => file !== ".guidewright.lock")),
  };
}

export const git = (repository, ...args) => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8", maxBuffer: 1 << 26 });

/** What a host would take from a branch, by path. */
export function checkout(repository, branch = "pages") {
  const work = temporary("checkout");
  git(repository, `--work-tree=${work}`, "checkout", "-f", branch, "--", ".");
  return filesOf(work);
}

/** Lets somebody push into a branch. */
export function push(repository, branch, files) {
  const work = temporary("clone");
  git(work, "init", "-q", "-b", branch);
  if (git(repository, "branch", "--list", branch).trim() !== "") git(work, "pull", "-q", repository, branch);
  for (const [file, text] of Object.entries(files)) lay(work, file, text);
  git(work, "add", "--all", "--force");
  git(work, "-c", "user.name=Anna", "-c", "user.email=anna@allotment.example", "commit", "-qm", "By hand");
  git(work, "push", "-q", repository, branch);
}

export function repository(folder = bare(), url = `file://${folder}`) {
  return {
    repository: folder,
    target: { host: "github-pages", remote: "git", url, branch: "pages" },
    files: () => checkout(folder),
    stamp: () => git(folder, "for-each-ref"),
    put: (file, text) => push(folder, "pages", { [file]: text }),
  };
}

const dav = (start) => async () => {
  const place = empty("dav");
  const { port } = await start(place.root);
  const between = await wire(port);
  return {
    ...place,
    wire: between,
    /** The path of the site in the requests that the wire sees. */
    below: "",
    target: { host: "apache", remote: "webdav", url: between.url, user: WRITER.user },
    env: { GUIDEWRIGHT_WEBDAV_PASSWORD: WRITER.password },
    put(file, text) {
      place.put(file, text);
      // The folders in which others laid their files are the server's to write in, too.
      for (let at = path.dirname(file); at !== "."; at = path.dirname(at)) fs.chmodSync(path.join(place.root, at), 0o777);
    },
  };
};
export const davs = { nginx: dav(nginxDav), apache: dav(apacheDav) };

export const KEYS = { AWS_ACCESS_KEY_ID: "AKIAALLOTMENT", AWS_SECRET_ACCESS_KEY: "a-secret-of-the-society" };

let buckets = 0;
/** A new bucket of a store: `named(name, endpoint)` says what guide.yaml says of it, and what its path is in the
 * requests. */
async function bucketOf(begin, { prefix = "site", ...settings }, env, named) {
  const store = await begin();
  const name = `allotment-${(buckets += 1)}`;
  await store.createBucket(name);
  const between = await wire(store.port);
  const { root, ...own } = named(name, between.url.slice(0, -1));
  const inside = prefix ? `${prefix}/` : "";
  const get = (file) => store.get(name, inside + file);
  return {
    get,
    wire: between,
    below: prefix ? `${root}/${prefix}` : root,
    target: { prefix, ...own, ...settings },
    env,
    async files() {
      const keys = [...(await store.list(name)).keys()].filter((key) => key.startsWith(inside)).map((key) => key.slice(inside.length));
      const bodies = await Promise.all(keys.map(async (key) => (await get(key)).body));
      return new Map(keys.map((key, at) => [key, bodies[at]]));
    },
    stamp: () => store.list(name),
    put: (file, text) => store.put(name, inside + file, text),
    remove: (file) => store.remove(name, inside + file),
  };
}

export const bucket = (settings = {}, { of = store, env = KEYS } = {}) =>
  bucketOf(of, settings, env, (bucket, endpoint) => ({ root: `/${bucket}`, host: "s3", remote: "s3", bucket, region: "eu-west-1", endpoint }));

/** A container of Azure. Its emulator has the account in the path of an address, where Azure has it in the host. */
export const container = (settings = {}) =>
  bucketOf(blobs, settings, { AZURE_STORAGE_ACCOUNT_KEY: ACCOUNT.key }, (container, endpoint) => ({
    root: `/${ACCOUNT.name}/${container}`,
    remote: "azure",
    account: ACCOUNT.name,
    container,
    endpoint: `${endpoint}/${ACCOUNT.name}`,
  }));

export async function sftp() {
  const place = empty("sftp");
  const server = await ssh();
  const target = { host: "apache", remote: "sftp", url: `sftp://allotment${place.root}`, config: "ssh_config" };
  return { ...place, target, prepare: (site, client) => server.client(site.folder, client) };
}

export async function rsyncOverSsh() {
  const place = empty("mirror");
  const server = await ssh();
  const target = { host: "nginx", remote: "rsync", url: `allotment:${place.root}`, config: "ssh_config" };
  return { ...place, target, prepare: (site, client) => server.client(site.folder, client) };
}

export async function rsyncDaemon(settings) {
  const place = empty("mirror");
  const { port } = await rsyncd(place.root, settings);
  const url = `rsync://${MIRROR.user}@127.0.0.1:${port}/site/`;
  return { ...place, port, target: { host: "nginx", remote: "rsync", url }, env: { RSYNC_PASSWORD: MIRROR.password } };
}
