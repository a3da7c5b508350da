"""The rows of watching: from the save of a file to the word that reaches an open page."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from statistics import median

# So long the watcher waits for quiet (source/watch.rs, QUIET); the budget counts what comes after.
QUIET = 0.020
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """`guidewright serve`, from its start to its first page, and an open page that hears of builds."""

    def __init__(self, engine, site, env, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [engine, "serve", "--site", site, "--port", str(self.port), *options]
        self.said = open(site.parent / "serve.err", "w+")
        started = time.perf_counter()
        self.child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.said, env=env)
        self.first_page = self.until_answered(started)
        self.stream = None

    def until_answered(self, started):
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as page:
                    page.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    if page.recv(12).endswith(b" 200"):
                        return time.perf_counter() - started
            except OSError:
                if self.child.poll() is not None or time.perf_counter() - started > 120:
                    raise
                time.sleep(0.002)

    def open_page(self, path):
        """Opens a page: its events come from now on."""
        if self.stream:
            self.stream.close()
        self.stream = socket.create_connection(("127.0.0.1", self.port))
        self.stream.settimeout(60)
        request = f"GET /__guidewright/events?page={path}&version= HTTP/1.1\r\nHost: localhost\r\n\r\n"
        self.stream.sendall(request.encode())
        self.heard = b""
        self.hear(b"event: reload")

    def hear(self, word):
        """Waits for an event; gives the time."""
        until = time.monotonic() + 60
        while word not in self.heard:
            # The server says that it is still there every few seconds: that is no event.
            if time.monotonic() > until:
                raise TimeoutError(f"no {word.decode()} came in a minute")
            self.heard += self.stream.recv(65536)
        at = time.perf_counter()
        self.heard = b""
        return at

    def edit(self, change, word=b"event: reload", rest=0.0):
        """Seconds from a save to the event, without the wait for quiet; and of the processor, until the
        server has come to rest."""
        before = self.cpu()
        started = time.perf_counter()
        change()
        wall = self.hear(word) - started - QUIET
        time.sleep(rest)
        return wall, self.cpu() - before

    def cpu(self):
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        lines = Path(f"/proc/{self.child.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024

    def last_made(self):
        """How many pages the last build made."""
        time.sleep(0.05)
        lines = [line for line in Path(self.said.name).read_text().splitlines() if " made in " in line]
        words = lines[-1].split(": ", 1)[1].split() if lines else ["0"]
        return int(words[0])

    def stop(self):
        if self.stream:
            self.stream.close()
        self.child.terminate()
        self.child.wait(30)
        self.said.close()


def ordinary(site, hub, count):
    """Ordinary pages spread over the site, with their addresses."""
    content = site / "content"
    pages = sorted(page for page in content.rglob("*.md") if page.name != "index.md" and page != content / hub)
    chosen = [pages[len(pages) * (n + 1) // (count + 1)] for n in range(count)]
    return [(page, "/" + str(page.relative_to(content).with_suffix("")) + "/") for page in chosen]


def append(page, n):
    with page.open("a") as file:
        file.write(f"\nOne more line, number {n}.\n")


def retitle(page, n):
    text = page.read_text()
    title = next(line for line in text.splitlines() if line.startswith("title: "))
    page.write_text(text.replace(title, f"title: Another title {n}", 1))


def measure(bench, pages, edits):
    """All figures of one size of site."""
    site, told = bench.site(pages)
    # A guide in the making has a note on each of its pages: nobody has reviewed them yet.
    for page in (site / "content").rglob("*.md"):
        lines = page.read_text().splitlines(keepends=True)
        page.write_text("".join(line for line in lines if not line.startswith("reviewed: ")))
    root = Path(__file__).resolve().parent.parent
    try:
        shutil.rmtree(site / ".guidewright", ignore_errors=True)
        server = Server(bench.engine, site, bench.env)
        figures = {"cold": server.first_page}
        turns = max(6, bench.options.runs * 2)
        chosen = ordinary(site, told["hub"], turns)
        bodies, titles = [], []
        # The first seconds are for the pages behind the first, the cache, and the first look at everything.
        time.sleep(7 if pages > 2000 else 2)
        figures["rest"] = server.memory()
        for n, (page, path) in enumerate(chosen):
            server.open_page(path)
            time.sleep(0.3)
            bodies.append(server.edit(lambda: append(page, n), rest=0.3))
        for n, (page, path) in enumerate(chosen):
            server.open_page(path)
            time.sleep(0.3)
            wall, cpu = server.edit(lambda: retitle(page, n), rest=0.3)
            titles.append((wall, cpu, server.last_made()))
        figures["body"] = (median(wall for wall, _ in bodies), median(cpu for _, cpu in bodies))
        figures["title"] = sorted(titles)[len(titles) // 2]
        server.open_page("/")
        css = site / "themes/base/css/tokens.css"
        css.parent.mkdir(parents=True, exist_ok=True)
        own = (root / "themes/base/css/tokens.css").read_text()
        # After each of these edits an editor looks at what came of it, and the new pages are put down meanwhile.
        look = lambda: time.sleep(4 if pages > 2000 else 2)
        figures["style"] = server.edit(lambda: css.write_text(own.replace("#1a1f20", "#1b1f20")), b"event: style")[0]
        look()
        template = site / "themes/base/templates/layout.html"
        template.parent.mkdir(parents=True, exist_ok=True)
        text = (root / "themes/base/templates/layout.html").read_text()
        figures["template"] = server.edit(lambda: template.write_text(text.replace("</body>", "<!-- x --></body>")))[0]
        look()
        schema = site / "schema.yaml"
        text = schema.read_text()
        figures["schema"] = server.edit(lambda: schema.write_text(text.replace("heading: ", "heading: Now ")), b"event: ")[0]
        if edits:
            page, path = chosen[0]
            server.open_page(path)
            figures["before"] = server.memory()
            for n in range(edits):
                server.edit(lambda: append(page, n + 1000))
            figures["after"] = server.memory()
        server.stop()
        server = Server(bench.engine, site, bench.env)
        figures["warm"] = server.first_page
        server.stop()
        return figures
    finally:
        bench.tidy(site)
