// A form with data-search-while-typing asks for its page a moment after the last key and takes over what differs:
// the elements with data-part. The number found is said in [data-found]. Without scripts its button does the same.
const PAUSE = 300;

function follow(form) {
  const words = form.querySelector("input[type=text], input[type=search]");
  let timer;
  let running;

  async function ask() {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${form.getAttribute("action")}${asked.size ? `?${asked}` : ""}`;
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: running.signal });
      if (!answer.ok) return; // the button shows what is wrong
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelectorAll("[data-part]").forEach((part) => {
        const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
        if (other) part.replaceChildren(...other.childNodes);
      });
      history.replaceState(null, "", address);
      document.querySelector("[data-found]").textContent = document.querySelector("h1").textContent.trim();
    } catch {
      // a newer question took its place, or the server is away: what is shown stays
    }
  }

  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}

document.querySelectorAll("[data-search-while-typing]").forEach(follow);
