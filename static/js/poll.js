// Asks for a part of the page again until it no longer carries data-poll. Without scripts a link does the same.
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function follow(part) {
  let pause = Number(part.dataset.pollSeconds) || 2;
  while (part?.dataset.poll) {
    await wait(pause);
    try {
      const answer = await fetch(part.dataset.poll, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
      part.replaceChildren(...fresh.childNodes);
      part.dataset.state = fresh.dataset.state;
      if ("reload" in fresh.dataset) location.reload(); // the rest of the page depends on it, too
      if (fresh.dataset.poll) part.dataset.poll = fresh.dataset.poll;
      else delete part.dataset.poll;
      pause = Number(part.dataset.pollSeconds) || 2;
    } catch {
      pause = Math.min(pause * 2, 30); // the server is away: ask less often, keep what is shown
    }
  }
}

document.querySelectorAll("[data-poll]").forEach(follow);
