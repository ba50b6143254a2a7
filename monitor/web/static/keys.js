// Keys and local times; every page works without it.
"use strict";
(() => {
  const stops = [...document.querySelectorAll("[data-stop]")];
  let at = -1;

  const go = (step) => {
    if (!stops.length) return;
    at = Math.min(Math.max(at + step, 0), stops.length - 1);
    const stop = stops[at];
    stops.forEach((other) => other.classList.toggle("at", other === stop));
    stop.setAttribute("tabindex", "-1");
    stop.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    stop.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  };
  const follow = (selector) => {
    const link = document.querySelector(selector);
    if (link) location.assign(link.href);
    return Boolean(link);
  };
  const unified = () => {
    const shown = document.querySelector('[data-view="unified"][aria-current]');
    return follow(shown ? '[data-view="inline"]' : '[data-view="unified"]');
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    u: unified,
    "[": () => follow('link[rel="prev"], a[rel="prev"]'),
    "]": () => follow('link[rel="next"], a[rel="next"]'),
    "/": (event) => {
      event.preventDefault();
      document.querySelector('input[type="search"]').focus();
    },
    Enter: () => {
      const link = stops[at] && document.activeElement === stops[at] && stops[at].querySelector("[data-open]");
      if (link) location.assign(link.href);
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    if (Object.hasOwn(keys, event.key)) keys[event.key](event);
  });

  // What a link inside the page leads to may be folded away.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target && target.closest("details");
    if (fold) {
      fold.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();
  addEventListener("beforeprint", () => document.querySelectorAll("details.fold").forEach((fold) => { fold.dataset.was = fold.open; }));

  const two = (number) => String(number).padStart(2, "0");
  document.querySelectorAll("time[data-show]").forEach((element) => {
    const time = new Date(element.dateTime);
    const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
    const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
    element.title = `${element.dateTime} (UTC)`;
    element.textContent = element.dataset.show === "minute" ? `${day} ${clock}` : day;
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.querySelectorAll("[data-zone]").forEach((element) => { element.textContent = `Times are in ${zone}.`; });
})();
