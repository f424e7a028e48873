export { printGroup, readGroup } from "./read-group.js";
