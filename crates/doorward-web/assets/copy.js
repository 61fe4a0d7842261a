"use strict";

// Everything works without this file. Where it runs, one press copies the token.
const token = document.getElementById("token");
const copy = document.getElementById("token-copy");
const copied = document.getElementById("token-copied");

token.addEventListener("focus", () => token.select());

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(token.value);
    copied.textContent = copied.dataset.copied;
  });
}
