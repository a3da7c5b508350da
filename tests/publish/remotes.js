// The servers that a site is sent to, apart from WebDAV, which the web servers take.
import { execFileSync, spawn } from "node:child_process";
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

/** The buckets of a store that was started, for one who sends these headers. */
function buckets(started, headers) {
  const url = `http://127.0.0.1:${started.port}`;
  const ask = async (method, address, options = {}) => {
    const response = await fetch(`${url}/${address}`, { method, ...options, headers: { ...headers, ...options.headers } });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return response;
  };
  const encoded = (key) => key.split("/").map(encodeURIComponent).join("/");
  return {
    ...started,
    url,
    createBucket: (bucket) => ask("PUT", bucket),
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
        const text = await (await ask("GET", `${bucket}?list-type=2${more}`)).text();
        for (const [, key, rest] of text.matchAll(/<Contents><Key>([^<]*)<\/Key>(.*?)<\/Contents>/gs)) keys.set(unescaped(key), rest);
        const token = /<NextContinuationToken>([^<]*)/.exec(text)?.[1];
        if (!token) return keys;
        more = `&continuation-token=${encodeURIComponent(token)}`;
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
