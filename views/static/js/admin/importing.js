// An import or a task under way: the page takes in, every second, what the server says of it, until the work is over.
const PAUSE = 1000;

async function refresh() {
  const here = document.querySelector("main:has(.working[data-busy])");
  if (!here) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    if (answer.ok && fresh) {
      here.replaceWith(document.adoptNode(fresh));
      document.title = page.title;
    }
  } catch {
    // the network is away: what stands there stays, and is asked for again
  }
  setTimeout(refresh, PAUSE);
}

setTimeout(refresh, PAUSE);
