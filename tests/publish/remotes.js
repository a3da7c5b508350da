// The servers that a site is sent to, apart from WebDAV, which the web servers take.
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { listen, start, temporary } from "./processes.js";

const write = (file, text, mode = 0o600) => (fs.writeFileSync(file, text, { mode }), file);

/**
 * An SSH server that knows one key, and what a client needs to reach it. `client` writes an ssh_config into a
 * site: for the host name "allotment" it names the port, the key and the host key to expect, as a society's
 * own would. `rest` goes into the server's settings.
 */
export async function sshd(rest = "") {
  const folder = temporary("sshd");
  for (const name of ["host", "key", "stranger"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path.join(folder, name)]);
  }
  // The folder that sshd insists on, where its own service would have made it.
  fs.mkdirSync("/run/sshd", { recursive: true });
  const started = await start("sshd", (port) => {
    const settings = `
      ListenAddress 127.0.0.1:${port}
      HostKey ${folder}/host
      PidFile none
      AuthorizedKeysFile ${folder}/key.pub
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      UsePAM no
      StrictModes no
      PermitRootLogin prohibit-password
      MaxStartups 100
      # The usual one costs as much again as all the rest of a connection.
      KexAlgorithms curve25519-sha256
      Subsystem sftp internal-sftp
      ${rest}\n`;
    return { command: "/usr/sbin/sshd", args: ["-D", "-e", "-f", write(path.join(folder, "sshd_config"), settings)] };
  });
  const key = (name) => fs.readFileSync(path.join(folder, `${name}.pub`), "utf8").split(" ").slice(0, 2).join(" ");
  const client = (site, { port = started.port, identity = "key", expected = "host" } = {}) => {
    const known = expected ? `allotment ${key(expected)}\n` : "";
    write(path.join(site, "known_hosts"), known);
    const settings = `Host allotment
      HostName 127.0.0.1
      Port ${port}
      User ${os.userInfo().username}
      HostKeyAlias allotment
      IdentityFile ${folder}/${identity}
      IdentitiesOnly yes
      UserKnownHostsFile ${path.join(site, "known_hosts")}
      GlobalKnownHostsFile /dev/null\n`;
    write(path.join(site, "ssh_config"), settings);
  };
  return { ...started, client };
}

/** Who may write by the rsync daemon. */
export const MIRROR = { user: "anna", password: "correct-horse" };

/** An rsync daemon with `root` as the module "site". */
export async function rsyncd(root, rest = "") {
  const folder = temporary("rsyncd");
  const secrets = write(path.join(folder, "secrets"), `${MIRROR.user}:${MIRROR.password}\n`);
  const started = await start("rsync", (port) => {
    const settings = `
      use chroot = no
      reverse lookup = no
      [site]
      path = ${root}
      read only = no
      ${process.getuid() === 0 ? "uid = root\n gid = root" : ""}
      auth users = ${MIRROR.user}
      secrets file = ${secrets}
      ${rest}\n`;
    const config = write(path.join(folder, "rsyncd.conf"), settings);
    return { command: "rsync", args: ["--daemon", "--no-detach", `--config=${config}`, "--address=127.0.0.1", `--port=${port}`, "--log-file=/dev/stdout"] };
  });
  return started;
}

/** An object store that speaks as S3 does. */
export async function moto() {
  const command = path.join(import.meta.dirname, ".venv/bin/moto_server");
  const started = await start("moto", (port) => ({ command, args: ["-H", "127.0.0.1", "-p", String(port)] }));
  // It reads who is asking and does not check the signature.
  return buckets(started, { authorization: "AWS4-HMAC-SHA256 Credential=looker/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0" });
}

/** Another store that speaks S3: it knows one key, and lets anybody in who shows none. It knows no conditions. */
export async function s3rver() {
  const command = path.join(import.meta.dirname, "node_modules/.bin/s3rver");
  const folder = temporary("s3rver");
  return buckets(await start("s3rver", (port) => ({ command, args: ["-d", folder, "-a", "127.0.0.1", "-p", String(port)] })), {});
}

/** The account that Azure's emulator knows. */
export const ACCOUNT = { name: "allotment", key: btoa("a-secret-of-the-society") };

/** What Microsoft gives to those who have no Azure. It checks every signature. */
export async function azurite() {
  const command = path.join(import.meta.dirname, "node_modules/.bin/azurite-blob");
  const env = { AZURITE_ACCOUNTS: `${ACCOUNT.name}:${ACCOUNT.key}` };
  const started = await start("azurite", (port) => ({ command, args: ["--inMemoryPersistence", "--silent", "--blobPort", String(port)], env }));
  return buckets(started, { "x-ms-blob-type": "BlockBlob" }, AZURE);
}

const UNTIL = { sv: "2021-12-02", se: "2100-01-01T00:00:00Z" };
/** A shared access signature: a query that lets its bearer do what it says. `signed` is what the account signs. */
function sharedAccess(given, signed) {
  const sig = createHmac("sha256", Buffer.from(ACCOUNT.key, "base64")).update(signed.join("\n")).digest("base64");
  return new URLSearchParams({ ...UNTIL, ...given, sig }).toString();
}
/** One for all of the account. */
const accountAccess = () =>
  sharedAccess({ ss: "b", srt: "co", sp: "rwdlc" }, [ACCOUNT.name, "rwdlc", "b", "co", "", UNTIL.se, "", "", UNTIL.sv, "", ""]);
/** One for a container, as a society gives it to whoever publishes: to read, create, write and delete. */
export const containerAccess = (container, rights = "rcwd") =>
  sharedAccess({ sr: "c", sp: rights }, [rights, "", UNTIL.se, `/blob/${ACCOUNT.name}/${container}`, "", "", "", UNTIL.sv, "c", ...Array(7).fill("")]);

/** How a store is spoken to: what stands before the name of a bucket and behind every address, how a bucket is
 * made and listed, and what the list looks like. */
const S3 = {
  root: "",
  always: "",
  made: "",
  listed: "list-type=2",
  entry: /<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs,
  next: /<NextContinuationToken>([^<]+)/,
  more: "continuation-token",
};
const AZURE = {
  root: `${ACCOUNT.name}/`,
  always: accountAccess(),
  made: "restype=container",
  listed: "restype=container&comp=list",
  entry: /<Blob><Name>([^<]*)<\/Name>(.*?)<\/Blob>/gs,
  next: /<NextMarker>([^<]+)/,
  more: "marker",
};

/** The buckets of a store that was started, for one who sends these headers. */
function buckets(started, headers, says = S3) {
  const url = `http://127.0.0.1:${started.port}`;
  const ask = async (method, address, { query, ...options } = {}) => {
    const asked = [query, says.always].filter(Boolean).join("&");
    const response = await fetch(`${url}/${says.root}${address}?${asked}`, { method, ...options, headers: { ...headers, ...options.headers } });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return response;
  };
  const encoded = (key) => key.split("/").map(encodeURIComponent).join("/");
  return {
    ...started,
    url,
    createBucket: (bucket) => ask("PUT", bucket, { query: says.made }),
    put: (bucket, key, body, headers = {}) => ask("PUT", `${bucket}/${encoded(key)}`, { body, headers }),
    remove: (bucket, key) => ask("DELETE", `${bucket}/${encoded(key)}`),
    /** An object as it lies there: its bytes, and what it will be sent with. */
    async get(bucket, key) {
      const response = await ask("GET", `${bucket}/${encoded(key)}`, { headers: { "accept-encoding": "identity" } });
      return { headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    },
    /** The names of all objects, and when each was written. */
    async list(bucket) {
      const keys = new Map();
      for (let more = ""; ; ) {
        const text = await (await ask("GET", bucket, { query: says.listed + more })).text();
        for (const [, key, rest] of text.matchAll(says.entry)) keys.set(unescaped(key), rest);
        const token = says.next.exec(text)?.[1];
        if (!token) return keys;
        more = `&${says.more}=${encodeURIComponent(token)}`;
      }
    },
  };
}
const unescaped = (text) => text.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "'");

/** A bare repository, as a hoster makes one. */
export function bare(name = "repository") {
  const folder = path.join(temporary("git"), `${name}.git`);
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", folder]);
  execFileSync("git", ["-C", folder, "config", "http.receivepack", "true"]);
  return folder;
}

/** Git over HTTP for one who knows the password: git's own program behind a small door. */
export async function gitHttp(folder, { user, password }) {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const server = http.createServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="allotment"' }).end();
      return;
    }
    const url = new URL(request.url, "http://localhost");
    const env = {
      ...process.env,
      GIT_PROJECT_ROOT: path.dirname(folder),
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: request.headers["git-protocol"] ?? "",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      REMOTE_USER: user,
      REMOTE_ADDR: "127.0.0.1",
    };
    const backend = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "inherit"] });
    backend.stdin.on("error", () => {});
    request.pipe(backend.stdin);
    const parts = [];
    backend.stdout.on("data", (part) => parts.push(part));
    backend.on("close", () => {
      const answer = Buffer.concat(parts);
      const end = answer.indexOf("\r\n\r\n");
      const headers = answer.subarray(0, end).toString().split("\r\n").map((line) => line.split(/: */));
      const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
      for (const [name, value] of headers) if (name !== "Status") response.setHeader(name, value);
      response.writeHead(parseInt(status)).end(answer.subarray(end + 4));
    });
  });
  return `http://127.0.0.1:${await listen(server)}/${path.basename(folder)}`;
}
