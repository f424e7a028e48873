import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: the green of old signal lamps. Shade 7 carries white text at 4.5 : 1, shade 4 is for dark grounds. */
const lamp: MantineColorsTuple = [
  "#e9f7f1",
  "#cfece0",
  "#a3dcc5",
  "#74caa8",
  "#4fbb90",
  "#2c9d76",
  "#15825f",
  "#0d6a4d",
  "#0b573f",
  "#074130",
];

/** Greys with a little of the accent in them, so that nothing looks borrowed. */
const dark: MantineColorsTuple = [
  "#e4ebe7",
  "#c3cdc8",
  "#a7b3ad",
  "#7c8a83",
  "#3a4641",
  "#2b3632",
  "#202a26",
  "#171f1c",
  "#111816",
  "#0b100f",
];
const gray: MantineColorsTuple = [
  "#f8f8f4",
  "#f1f1eb",
  "#e6e6de",
  "#d9dad1",
  "#c4c7bd",
  "#9da39a",
  "#78807a",
  "#57605b",
  "#3a423e",
  "#1d2421",
];

/** Kit settings. Everything the screens colour themselves stands in `styles/tokens.css`. */
export const theme = createTheme({
  primaryColor: "lamp",
  colors: { lamp, dark, gray },
  primaryShade: { light: 7, dark: 6 },
  black: "#1a211e",
  fontFamily: "ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'JetBrains Mono', Menlo, 'Liberation Mono', monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  defaultRadius: "md",
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "10px", xl: "16px" },
  headings: {
    fontWeight: "640",
    sizes: {
      h1: { fontSize: "24px", lineHeight: "1.25" },
      h2: { fontSize: "16px", lineHeight: "1.35" },
      h3: { fontSize: "14px", lineHeight: "1.4" },
    },
  },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 420 } },
    Modal: { defaultProps: { centered: true, radius: "lg", overlayProps: { backgroundOpacity: 0.5 } } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    Button: { defaultProps: { size: "sm" } },
  },
});
