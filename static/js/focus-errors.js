// Moves the keyboard to the summary of errors, or of a conflict, when a form comes back with one.
document.querySelector("[data-focus]")?.focus();
