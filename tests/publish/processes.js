// What every server here has in common: a folder of its own for all that it reads and writes, a port that
// nobody else has, and an end, whatever becomes of the test.
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";

/** CI is root, and some servers are not to be: they are told whom to become. */
export const isRoot = process.getuid() === 0;

const folders = new Set();
const processes = new Set();
const listening = new Set();

/** A folder that is gone when the tests of the file are over. Others may look into it: servers run as others. */
export function temporary(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `guidewright-publish-${name}-`));
  fs.chmodSync(folder, 0o755);
  folders.add(folder);
  return folder;
}

after(async () => {
  for (const server of listening) server.closeAllConnections?.(), server.close();
  await Promise.all([...processes].map(stop));
  clear();
});
// A file that took too long is ended from outside; its servers are not to outlive it.
process.on("SIGTERM", () => process.exit(1));
process.on("exit", () => {
  for (const child of processes) child.kill("SIGKILL");
  clear();
});
function clear() {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

/** Whether a process has ended. */
const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

async function stop(child) {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await ended;
  clearTimeout(patience);
  processes.delete(child);
}

/** A port that is free at this moment. */
async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a server, and waits until it takes connections. `prepare(port)` writes its settings and says how it
 * is called. Between the choice of a port and its use somebody else may take it, so it is tried again.
 */
export async function start(name, prepare) {
  for (let left = 3; ; left -= 1) {
    const port = await freePort();
    const { command, args, env } = prepare(port);
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    processes.add(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said = (said + data).slice(-20_000)));
    if (await answers(port, child)) return { port, said: () => said, stop: () => stop(child) };
    await stop(child);
    if (left === 0) throw new Error(`${name} did not start: ${said}`);
  }
}

async function answers(port, child) {
  for (let left = 400; left > 0 && !hasEnded(child); left -= 1) {
    const socket = net.connect(port, "127.0.0.1");
    const isOpen = await new Promise((resolve) => socket.once("connect", () => resolve(true)).once("error", () => resolve(false)));
    socket.destroy();
    if (isOpen) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

/** Lets a server of node's own listen, and closes it in the end. `begin` is how it is made to listen. */
export async function listen(server, begin = () => server.listen(0, "127.0.0.1")) {
  const begun = begin();
  listening.add(begun);
  if (!begun.listening) await new Promise((resolve) => begun.once("listening", resolve));
  return begun.address().port;
}

/** Runs a program to its end. It never throws: how it ended is what a test wants to know.
 * `started` gets the process itself. */
export function run(command, args, { killedAfter, started, ...options } = {}) {
  return new Promise((resolve) => {
    const settings = { encoding: "utf8", maxBuffer: 1 << 26, ...options };
    const child = execFile(command, args, settings, (error, stdout, stderr) => {
      clearTimeout(killing);
      const code = error ? (typeof error.code === "number" ? error.code : null) : 0;
      resolve({ code, signal: child.signalCode, stdout, stderr, said: stdout + stderr });
    });
    started?.(child);
    const killing = killedAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killedAfter);
  });
}

/** Every file below a folder, by path, with its bytes. Links are what they lead to. */
export function filesOf(folder) {
  const files = new Map();
  const walk = (below) => {
    for (const name of fs.readdirSync(path.join(folder, below)).sort()) {
      const file = below + name;
      try {
        if (fs.statSync(path.join(folder, file)).isDirectory()) walk(`${file}/`);
        else files.set(file, fs.readFileSync(path.join(folder, file)));
      } catch (error) {
        // Parts of files come and go while a server still works for somebody who was killed.
        if (error.code !== "ENOENT") throw error;
      }
    }
  };
  walk("");
  return files;
}

/** Which files lie in a folder and when they were written, without reading them. */
export function stampOf(folder) {
  const stamp = new Map();
  for (const file of fs.readdirSync(folder, { recursive: true }).sort()) {
    const status = fs.lstatSync(path.join(folder, file));
    if (!status.isDirectory()) stamp.set(file, [status.ino, status.mtimeMs, status.size].join(" "));
  }
  return stamp;
}

/** Lays a file somewhere, and the folders that it takes. */
export function lay(folder, file, text) {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}
