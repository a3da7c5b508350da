// Bad connections: stretches of wire between the program and a server that can be cut, slow or deaf, and that
// write down what passes through them.
import http from "node:http";
import net from "node:net";
import { listen } from "./processes.js";

/**
 * A wire for HTTP. `trouble(request, number)` is asked before each request, and may answer
 * - `{ cut: "before" }`: the connection breaks, and the server hears nothing;
 * - `{ cut: "half" }`: it breaks in the middle of what is being sent;
 * - `{ cut: "after" }`: the server does as it was told, and its answer is lost;
 * - `{ status, headers, body }`: that is the answer, and the server hears nothing;
 * - `{ wait }`: so many milliseconds pass first.
 */
export async function wire(port) {
  const made = { requests: [], trouble: () => undefined };
  const server = http.createServer(async (request, response) => {
    const entry = { method: request.method, path: decodeURIComponent(request.url.split("?")[0]), url: request.url };
    made.requests.push(entry);
    const trouble = made.trouble(entry, made.requests.length) ?? {};
    if (trouble.wait) await new Promise((resolve) => setTimeout(resolve, trouble.wait));
    if (trouble.cut === "before") return request.socket.destroy();
    const body = await read(request);
    if (trouble.status) {
      entry.status = trouble.status;
      response.writeHead(trouble.status, trouble.headers).end(trouble.body);
      return;
    }
    const { method, url: path, headers } = request;
    const onward = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false, setHost: false });
    onward.on("error", () => request.socket.destroy());
    // Whoever dies while he sends breaks off just so, and the server is not to wait for the rest.
    if (trouble.cut === "half" || !request.complete) {
      onward.flushHeaders();
      onward.write(request.complete ? body.subarray(0, body.length >> 1) : body, () => (onward.destroy(), request.socket.destroy()));
      return;
    }
    onward.on("response", async (answer) => {
      entry.status = answer.statusCode;
      const bytes = await read(answer);
      if (trouble.cut === "after") return request.socket.destroy();
      response.writeHead(answer.statusCode, answer.rawHeaders);
      response.end(bytes);
    });
    onward.end(body);
  });
  server.on("clientError", (_, socket) => socket.destroy());
  made.port = await listen(server);
  made.url = `http://127.0.0.1:${made.port}/`;
  /** Begins a new record. */
  made.forget = () => void (made.requests.length = 0);
  /** The requests that change something. */
  made.changes = () => made.requests.filter(({ method }) => !["GET", "HEAD", "PROPFIND", "OPTIONS"].includes(method));
  return made;
}

async function read(stream) {
  const parts = [];
  try {
    for await (const part of stream) parts.push(part);
  } catch {
    // Whoever sent it is gone; so will the answer be.
  }
  return Buffer.concat(parts);
}

/** A wire for anything else. It breaks once `length` bytes have been sent through it to the server. */
export async function rope(port) {
  const made = { length: Infinity, sent: 0, connections: 0 };
  const server = net.createServer((client) => {
    made.connections += 1;
    const onward = net.connect(port, "127.0.0.1");
    const end = () => (client.destroy(), onward.destroy());
    for (const socket of [client, onward]) socket.on("error", end).on("close", end);
    client.on("data", (data) => {
      made.sent += data.length;
      if (made.sent > made.length) end();
      else onward.write(data);
    });
    onward.pipe(client);
  });
  made.port = await listen(server);
  return made;
}
