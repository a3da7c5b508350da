// Leaving the page at once: the link replaces this page in the history, and so does the Shift key when it
// is pressed three times. Without this file it is an ordinary link.
// The pattern is that of the GOV.UK Design System, "Exit this page".

const link = document.querySelector("[data-exit]");

if (link) {
  const status = document.createElement("p");
  status.className = "quiet";
  status.setAttribute("role", "status");
  document.body.append(status);

  const WITHIN = 5000;
  let presses = 0;
  let timer;

  const leave = () => {
    // What was on the screen is gone before the other page has come.
    document.body.hidden = true;
    document.title = "";
    location.replace(link.href);
  };
  const forget = () => {
    presses = 0;
    status.textContent = "";
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  // A Shift that made a capital, went a stop back or went with the pointer is none of the three.
  let went = false;
  const others = () => {
    clearTimeout(timer);
    forget();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Shift") return;
    went = event.shiftKey;
    others();
  });
  for (const name of ["pointerdown", "wheel"]) {
    document.addEventListener(name, (event) => {
      went = event.shiftKey;
      others();
    }, { passive: true });
  }
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") return;
    clearTimeout(timer);
    if (went) {
      went = false;
      return forget();
    }
    presses += 1;
    if (presses === 3) return leave();
    status.textContent = presses === 1 ? link.dataset.exitTwice : link.dataset.exitOnce;
    timer = setTimeout(forget, WITHIN);
  });
  // Who comes back by the Back button sees the page again.
  addEventListener("pageshow", () => {
    document.body.hidden = false;
    forget();
  });
}
