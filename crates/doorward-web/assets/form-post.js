"use strict";

// A parameter of the response might be called "submit" and hide the form's own method.
HTMLFormElement.prototype.submit.call(document.getElementById("form-post"));
