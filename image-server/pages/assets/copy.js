// Copies the address of a document for programs; without this script the link beside it remains.

for (const button of document.querySelectorAll("[data-copy]")) {
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = new URL(button.dataset.copy, document.baseURI).href;
    status.textContent = "";
    if (await copied(address)) {
      status.textContent = button.dataset.done;
    } else {
      // The address itself, for copying by hand.
      status.textContent = address;
      getSelection().selectAllChildren(status);
    }
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or a page without https, where there is no clipboard at all.
    return false;
  }
}
