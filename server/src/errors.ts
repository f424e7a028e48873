import { catalogue } from "@picket/kit";

export const serverErrors = catalogue("API", {
  notSignedIn: {
    status: 401,
    retry: "never",
    message: () => "Nobody is signed in. Sign in, or send an API token.",
  },
  wrongPassword: { status: 401, retry: "never", message: () => "User name or password is wrong." },
  linkSpent: {
    status: 401,
    retry: "never",
    message: () => "This link was used or has expired. Make a new one with `npx picket user link NAME`.",
  },
  notAllowed: {
    status: 403,
    retry: "never",
    message: (d: { role: string; needs: string }) =>
      `This needs the role ${d.needs}; yours is ${d.role}. Ask an administrator.`,
  },
  crossSite: {
    status: 403,
    retry: "never",
    message: () =>
      "Changes need the header x-picket-client or a bearer token, so that other sites cannot make them.",
  },
  wrongHost: {
    status: 421,
    retry: "never",
    message: (d: { host: string }) => `This server does not answer to the name ${d.host}.`,
  },
  tooManyAttempts: {
    status: 429,
    retry: "later",
    message: () => "Too many attempts to sign in. Wait a minute.",
  },
  notFound: { status: 404, retry: "never", message: (d: { what: string }) => `${d.what} does not exist.` },
  exists: { status: 409, retry: "never", message: (d: { what: string }) => `${d.what} exists already.` },
  badRequest: {
    status: 400,
    retry: "never",
    message: (d: { why: string }) => `The request is not valid: ${d.why}.`,
  },
  lastAdmin: {
    status: 409,
    retry: "never",
    message: () => "This is the last administrator; make another one first.",
  },
  notReady: {
    status: 503,
    retry: "later",
    message: (d: { what: string }) => `${d.what} is not ready yet. Try again in a few seconds.`,
  },
  internal: {
    status: 500,
    retry: "later",
    message: (d: { id: string }) => `Something went wrong here. It was logged under ${d.id}.`,
  },
});

export const startErrors = catalogue("START", {
  badConfig: {
    status: 500,
    retry: "never",
    message: (d: { what: string; why: string }) => `${d.what} is not valid: ${d.why}.`,
  },
  noPort: {
    status: 500,
    retry: "never",
    message: (d: { tried: string }) =>
      `None of the ports ${d.tried} is free. Name one with the matching --…-port flag.`,
  },
  alreadyRunning: {
    status: 500,
    retry: "never",
    message: (d: { data: string; pid: number }) =>
      `A server (process ${d.pid}) already uses ${d.data}. Stop it, or choose another folder with --data.`,
  },
  noServer: {
    status: 500,
    retry: "never",
    message: (d: { data: string }) =>
      `No server runs on ${d.data}. Start one with \`npm start\`, or name its folder with --data.`,
  },
});
