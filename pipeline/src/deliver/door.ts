export { Deliveries, type Delivery } from "./deliveries.js";
export { type Alert, type DeliveryRoute, readRoute, takes } from "./delivery-route.js";
export { printAlert } from "./print-alert.js";
export { signatureOf } from "./senders.js";
