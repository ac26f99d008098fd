// Copies an address (data-copy, made absolute; empty for the address as it is now) or a text (data-text).
// Without this script, which shows the buttons, the links and texts beside them remain.

document.documentElement.dataset.scripted = "";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-text]");
  if (!button) return;
  const { copy, text, done } = button.dataset;
  const wanted = text ?? (copy ? new URL(copy, document.baseURI).href : location.href);
  const status = button.parentElement.querySelector("[role=status]");
  status.textContent = "";
  if (await copied(wanted)) {
    status.textContent = done;
  } else {
    // The thing itself, for copying by hand.
    status.textContent = wanted;
    getSelection().selectAllChildren(status);
  }
});

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or a page without https, where there is no clipboard at all.
    return false;
  }
}
