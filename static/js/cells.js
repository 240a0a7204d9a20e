// Opens the form of a cell in a row of its own beneath, keeps it from there, and shows the row as it is then.
// Nothing typed is lost: an answer that keeps nothing leaves the form as it is. Without scripts the same links open
// a page with the same form. Enter opens, Esc closes, Ctrl+Enter saves, arrows walk through a column.
const page = document.querySelector("[data-cells]");
const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const say = (text) => (page.querySelector("[data-cells-said]").textContent = text);

async function open(link) {
  const row = link.closest("tr");
  const old = formRow(row);
  if (old && !close(old)) return;
  const shown = await part(await fetch(link.href));
  if (!shown) return location.assign(link.href); // signed out, or not allowed: the whole page says so
  const below = document.createElement("tr");
  below.className = "cell-form";
  below.dataset.of = link.dataset.cell;
  below.dataset.from = link.href;
  below.append(document.createElement("td"));
  below.firstChild.colSpan = row.cells.length;
  row.after(below);
  show(below, shown);
}

const formRow = (row) => (row.nextElementSibling?.matches(".cell-form") ? row.nextElementSibling : null);

async function part(answer) {
  const found = parse(await answer.text()).querySelector("[data-entry]");
  return found && document.adoptNode(found);
}

function show(below, shown) {
  for (const old of below.querySelectorAll("input[type=file]")) {
    const fresh = shown.querySelector(`input[type=file][name="${old.name}"]`);
    if (!fresh || !old.files.length) continue;
    fresh.files = old.files; // only the old form has the chosen files
    fresh.parentElement.querySelector("[data-choose-again]")?.remove();
  }
  below.firstChild.replaceChildren(shown);
  const first = shown.querySelector("[data-focus]") ?? shown.querySelector("select, textarea, input:not([type=hidden])");
  first?.focus();
}

// Closes the form and gives the keyboard back to the link that opened it; false where the writer wants to go on.
function close(below) {
  if (below.dataset.typed && !confirm(page.dataset.discard)) return false;
  const row = below.previousElementSibling;
  below.remove();
  back(row, below.dataset.of);
  return true;
}

const back = (row, cell) => (row.querySelector(`[data-cell="${cell}"]`) ?? row.querySelector("a"))?.focus();

async function save(form) {
  const below = form.closest(".cell-form");
  below.ariaBusy = "true";
  try {
    let answer = await send(form);
    if (answer.status === 403 && (await renewed(form, below))) answer = await send(form);
    await take(below, answer);
  } catch {
    say(page.dataset.lost);
  }
  delete form.dataset.sent;
  below.ariaBusy = null;
}

const send = (form) =>
  fetch(form.closest(".cell-form").dataset.from, { method: "POST", body: new FormData(form) });

// After signing in again in another window the form needs the new token.
async function renewed(form, below) {
  const token = (await part(await fetch(below.dataset.from)))?.querySelector("[name=csrfmiddlewaretoken]");
  if (token) form.elements.csrfmiddlewaretoken.value = token.value;
  return Boolean(token);
}

async function take(below, answer) {
  const content = parse(await answer.text());
  const again = content.querySelector("[data-entry]");
  if (again) return show(below, document.adoptNode(again)); // errors, or what somebody else wrote meanwhile
  if (!content.querySelector("[data-cells]")) return say(page.dataset.refused);
  const row = below.previousElementSibling;
  const fresh = content.getElementById(row.id);
  if (!fresh) return location.assign(answer.url); // the row no longer fits the filters, or has another number
  const tally = content.querySelector("[data-tally]");
  if (tally) page.querySelector("[data-tally]")?.replaceWith(document.adoptNode(tally));
  below.remove();
  row.replaceWith(document.adoptNode(fresh));
  back(fresh, below.dataset.of);
  say(page.dataset.saved);
}

function walk(link, step) {
  const links = [...page.querySelectorAll(`[data-cell="${link.dataset.cell}"]`)];
  links[links.indexOf(link) + step]?.focus();
}

page?.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-cell]");
  const cancel = event.target.closest(".cell-form .actions a");
  if ((!link && !cancel) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link) open(link);
  else close(cancel.closest(".cell-form"));
});

page?.addEventListener("input", (event) => {
  const below = event.target.closest(".cell-form");
  if (below) below.dataset.typed = "yes";
});

addEventListener("submit", (event) => {
  const form = event.target.closest(".cell-form form");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  save(form);
});

page?.addEventListener("keydown", (event) => {
  const below = event.target.closest(".cell-form");
  if (below && event.key === "Escape") close(below);
  else if (below && event.key === "Enter" && (event.ctrlKey || event.metaKey)) below.querySelector("form").requestSubmit();
  else if (!below && event.target.matches("a[data-cell]") && event.key === "ArrowDown") walk(event.target, 1);
  else if (!below && event.target.matches("a[data-cell]") && event.key === "ArrowUp") walk(event.target, -1);
  else return;
  event.preventDefault();
});

addEventListener("beforeunload", (event) => {
  if (page?.querySelector("[data-typed]")) event.preventDefault();
});

// One box chooses all rows of the page, Shift with a click or the space bar all rows since the last choice, arrows walk
// through the boxes, Enter leads to what to change and Esc back; the bar counts. Without scripts each row is chosen alone.
const picks = () => [...page.querySelectorAll("[data-pick]")];
const bar = page?.querySelector("[data-chosen]");
const everywhere = page?.querySelector("[data-pick-everywhere]");
let last = null;

function count() {
  const chosen = picks().filter((box) => box.checked).length;
  bar.textContent = `${bar.dataset.chosen} ${chosen}`;
}

function pickAll(checked) {
  picks().forEach((box) => (box.checked = checked));
  count();
}

page?.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches("[data-pick]")) return;
  const all = picks();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((one) => (one.checked = box.checked));
  last = box;
  count();
});

page?.addEventListener("keydown", (event) => {
  const all = picks();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const change = page.querySelector(".bulk select");
  if (step && event.target.matches("[data-pick]")) all[all.indexOf(event.target) + step]?.focus();
  else if (event.key === "Enter" && event.target.matches("[data-pick]")) change.focus();
  else if (event.key === "Escape" && event.target === change) (last ?? all[0])?.focus();
  else return;
  event.preventDefault();
});

everywhere?.addEventListener("change", () => {
  pickAll(everywhere.checked);
  if (everywhere.checked) bar.textContent = bar.dataset.chosen;
});

const head = page?.querySelector("[data-pick-all]");
if (head) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.ariaLabel = head.dataset.pickAll;
  all.addEventListener("change", () => pickAll(all.checked));
  head.replaceChildren(all);
}
if (bar) count();
