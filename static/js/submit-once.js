// Sends a form once: a second press of the button while the answer is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-submit-once]");
  if (!form) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// The page may come back from the browser's memory with the mark still on it.
addEventListener("pageshow", () => {
  document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
});
