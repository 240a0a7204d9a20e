// “/” goes to the search box; arrows walk from the box through the results and back. Without scripts Tab does the same.
const box = document.querySelector("[data-search]");
const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = document.activeElement ?? document.body;
  if (event.key === "/" && !isTyping(here)) {
    event.preventDefault();
    box.focus();
    box.select();
    return;
  }
  const stops = [box, ...document.querySelectorAll("[data-hit]")];
  const place = stops.indexOf(here);
  if (stops.length === 1 || place < 0) return;
  if (event.key === "Escape" && place > 0) box.focus();
  else if (event.key === "ArrowDown") stops[Math.min(place + 1, stops.length - 1)].focus();
  else if (event.key === "ArrowUp") stops[Math.max(place - 1, 0)].focus();
  else return;
  event.preventDefault();
});
