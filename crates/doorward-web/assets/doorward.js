"use strict";

// Everything works without this file. Where it runs, people can look at the password they typed.
const password = document.getElementById("password");
const reveal = document.getElementById("password-reveal");

function show(visible) {
  password.type = visible ? "text" : "password";
  reveal.setAttribute("aria-pressed", String(visible));
}

reveal.hidden = false;
reveal.addEventListener("click", () => {
  show(password.type === "password");
  password.focus();
});

// Browsers offer to remember only what was sent from a password field.
password.form.addEventListener("submit", () => show(false));
