// Finds categories by a word: shows the ones that are called so, in their opened groups.
const finder = document.querySelector(".finder");

if (finder) {
  const field = finder.querySelector("input");
  const said = finder.querySelector("[role=status]");
  const branches = [...document.querySelectorAll(".branch")].map((branch) => ({ branch, open: branch.open }));
  finder.hidden = false;
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it finds; it does not send the form
  });
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    let shown = 0;
    for (const { branch, open } of branches) {
      let here = 0;
      for (const row of branch.querySelectorAll(".tick")) {
        const fits = !words || row.dataset.words.includes(words);
        row.hidden = !fits;
        here += fits ? 1 : 0;
      }
      branch.hidden = here === 0;
      branch.open = words ? here > 0 : open || branch.querySelector(":checked") !== null;
      shown += here;
    }
    said.textContent = shown ? "" : said.dataset.none;
  });
}
