// The labels of pictures that stand out too little from what is painted under them, by WCAG 1.4.3.
// axe-core judges no text in SVG. Gives the number of labels seen and the pale ones, each in words.
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3]));
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const painted = (element) => {
    const style = getComputedStyle(element);
    if (!(element instanceof SVGElement)) return colour(style.backgroundColor);
    if (element.tagName === "svg" || style.fill === "none") return [0, 0, 0, 0];
    const fill = colour(style.fill);
    return [...fill.slice(0, 3), fill[3] * style.opacity * style.fillOpacity];
  };
  const contrast = (text) => {
    const { stroke, paintOrder } = getComputedStyle(text);
    if (stroke !== "none" && !paintOrder.startsWith("stroke")) return 1; // outlined over its letters
    const box = text.getBoundingClientRect();
    const stack = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const under = stack.filter((element) => !text.contains(element)).reverse();
    const ground = under.map(painted).reduce((below, top) => over(top, below), [255, 255, 255]);
    const [dark, bright] = [ground, over(painted(text), ground)].map(luminance)
      .sort((one, other) => one - other);
    return (bright + 0.05) / (dark + 0.05);
  };
  const pale = [];
  let seen = 0;
  for (const picture of document.querySelectorAll("svg")) {
    picture.scrollIntoView();
    for (const part of picture.querySelectorAll("*")) part.style.pointerEvents = "all";
    for (const text of picture.querySelectorAll("text")) {
      if (!text.textContent.trim() || !text.checkVisibility()) continue;
      seen += 1;
      const ratio = contrast(text);
      if (ratio < 4.5) pale.push(`${text.textContent.trim()}: ${ratio.toFixed(1)}`);
    }
  }
  return { seen, pale };
}
