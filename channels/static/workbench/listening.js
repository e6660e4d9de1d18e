// Of the three ways to settle a topic one is open at a time, and only its fields must be filled in.

for (const ways of document.querySelectorAll(".ways")) {
  ways.addEventListener("toggle", (event) => {
    if (!event.target.open) return;
    for (const other of ways.querySelectorAll("details[open]")) {
      if (other !== event.target) other.open = false;
    }
  }, true);
}
