"use strict";

// The page has loaded when every frame has, whatever came of it. One that takes too long is not waited for.
const onward = document.getElementById("signing-out-continue").href;
const go = () => location.replace(onward);

addEventListener("load", go);
setTimeout(go, 5000);
