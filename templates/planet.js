// Three small comforts; every page works without them. Nothing leaves the browser.
(function () {
  "use strict";
  var words = document.currentScript.dataset;
  var posts = Array.prototype.slice.call(document.querySelectorAll("article[data-post]"));

  // What is kept for the next visit. A browser may forbid it, and then nothing is.
  function recall(name) {
    try { return localStorage.getItem("thingplanet:" + words.base + ":" + name); } catch (refused) { return null; }
  }
  function keep(name, value) {
    try { localStorage.setItem("thingplanet:" + words.base + ":" + name, value); } catch (refused) { /* as before */ }
  }
  function make(name, text, kind) {
    var element = document.createElement(name);
    element.textContent = text;
    if (kind) { element.className = kind; }
    return element;
  }

  // New since the last visit. Numbers grow as posts come in, so that a late post counts as new, too. A visit is over
  // after half an hour without a page.
  function markNew() {
    if (!posts.length || document.querySelector("article.single")) { return; }
    var now = Date.now();
    var highest = Number(recall("highest")) || 0;
    var seen = Number(recall("seen")) || 0;
    if (now - (Number(recall("at")) || 0) > 30 * 60 * 1000) {
      seen = highest;
      keep("seen", seen);
    }
    var fresh = 0;
    posts.forEach(function (post) {
      var number = Number(post.dataset.post);
      highest = Math.max(highest, number);
      if (seen && number > seen) {
        fresh += 1;
        post.classList.add("fresh");
        post.querySelector(".meta").appendChild(make("span", words.new, "new"));
      }
    });
    keep("highest", highest);
    keep("at", now);
    if (seen && fresh) {
      var line = fresh === 1 ? words.sinceOne : words.sinceMany.replace("{number}", fresh);
      var place = document.querySelector("h1");
      place.parentNode.insertBefore(make("p", line, "since"), place.nextSibling);
    }
  }

  // j and k go from post to post, unless somebody types or has turned them off.
  function step(by) {
    var at = posts.indexOf(document.activeElement.closest("article[data-post]"));
    var post = at < 0 && by < 0 ? null : posts[at + by];
    if (!post) { return; }
    var link = post.querySelector(".post-title a");
    link.focus({ preventScroll: true });
    post.scrollIntoView({ block: "start" });
  }
  function offerKeys() {
    var list = document.querySelector(".stream") || document.querySelector("main");
    // Where there is hardly a keyboard, a hint would only be in the way; and without one the keys stay silent.
    if (!matchMedia("(hover: hover) and (pointer: fine)").matches) { return; }
    if (posts.length < 2 || !posts[0].querySelector(".post-title a")) { return; }
    var on = recall("keys") !== "off";
    var line = make("p", "", "keys");
    var hint = make("span", "");
    var button = make("button", "");
    button.type = "button";
    line.append(hint, " ", button);
    function show() {
      hint.textContent = on ? words.keys : "";
      button.textContent = on ? words.keysOff : words.keysOn;
    }
    button.addEventListener("click", function () {
      on = !on;
      keep("keys", on ? "on" : "off");
      show();
    });
    show();
    var first = list.querySelector(".of-day") || posts[0];
    first.parentNode.insertBefore(line, first);
    document.addEventListener("keydown", function (event) {
      var typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (!on || typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
      if (event.key === "j") { step(1); }
      if (event.key === "k") { step(-1); }
    });
  }

  // A button beside each feed address that copies it.
  function offerCopies() {
    document.querySelectorAll("a[data-copy]").forEach(function (link) {
      if (!navigator.clipboard) { return; }
      var button = make("button", words.copy, "copy");
      button.type = "button";
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(link.textContent).then(function () {
          button.textContent = words.copied;
          setTimeout(function () { button.textContent = words.copy; }, 2000);
        }, function () {
          // The browser refuses; what is selected can be copied by hand.
          getSelection().selectAllChildren(link);
        });
      });
      link.insertAdjacentElement("afterend", button);
      link.insertAdjacentText("afterend", " ");
    });
  }

  // What is wider than its column scrolls inside it; so that the arrow keys can scroll it, it has to take the focus.
  function reachWide() {
    document.querySelectorAll(".post-body, .post-body table").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth && !box.querySelector("a[href]")) { box.tabIndex = 0; }
    });
  }

  offerKeys();
  markNew();
  offerCopies();
  reachWide();
  addEventListener("load", reachWide);
}());
