import { createTheme, type MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#effaf7",
  "#d9f1eb",
  "#b0e2d6",
  "#83d2bf",
  "#5bc3ab",
  "#3db597",
  "#1f9a80",
  "#0f766e",
  "#0b5f58",
  "#074a45",
];

/** One accent colour, one face; everything else is tokens. */
export const theme = createTheme({
  primaryColor: "pine",
  colors: { pine },
  primaryShade: { light: 7, dark: 7 },
  fontFamily: "ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Code', 'Source Code Pro', Menlo, monospace",
  defaultRadius: "sm",
  headings: { fontWeight: "620" },
});
