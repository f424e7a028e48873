import { Type } from "typebox";
import type { Route } from "./route.js";
import { instant, oneOf, text } from "./shapes.js";

const roles = ["viewer", "analyst", "admin"] as const;
const who = Type.Object({
  name: text("User or token name."),
  role: oneOf(roles, "Role."),
  kind: oneOf(["user", "token"], "A person or a program."),
  mustSetPassword: Type.Boolean({ description: "True after the one-time link until a password is set." }),
  server: Type.Object({
    version: text("Version of the server."),
    hubHostName: text("Host name that devices use."),
    mqttPort: Type.Integer(),
    httpsPort: Type.Integer(),
  }),
});
const user = Type.Object({
  name: text("User name."),
  role: oneOf(roles, "Role."),
  createdAt: instant("When it was made."),
  lastSeenAt: Type.Optional(instant("When it last signed in.")),
  disabled: Type.Boolean({ description: "Whether it may sign in." }),
});
const token = Type.Object({
  id: text("Id of the token."),
  name: text("What it is for."),
  role: oneOf(roles, "Role."),
  createdAt: instant("When it was made."),
  expiresAt: instant("When it stops working."),
  lastUsedAt: Type.Optional(instant("When it was last used.")),
});
const named = Type.Object({ name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$" }) });
const password = Type.String({ minLength: 12, maxLength: 256, description: "At least 12 characters." });

/** People, programs and who is signed in. */
export const sessionRoutes = {
  "POST /session": {
    about: "Signs a person in and sets the session cookie.",
    role: "anyone",
    audit: "session.open",
    body: Type.Object({ name: text("User name.", 64), password: text("Password.", 256) }),
    reply: who,
  },
  "POST /session/link": {
    about: "Signs in with a one-time link's token and sets the session cookie. The token works once.",
    role: "anyone",
    audit: "session.link",
    body: Type.Object({ token: text("Token from the link.", 200) }),
    reply: who,
  },
  "GET /session": { about: "Who is signed in.", role: "viewer", reply: who },
  "DELETE /session": { about: "Signs out.", role: "viewer", audit: "session.close" },
  "PUT /session/password": {
    about: "Sets one's own password. The present one is asked for unless signed in by a one-time link.",
    role: "viewer",
    audit: "session.password",
    body: Type.Object({ present: Type.Optional(text("Present password.", 256)), password }),
  },
  "GET /users": {
    about: "The people who may sign in.",
    role: "admin",
    reply: Type.Object({ users: Type.Array(user) }),
  },
  "POST /users": {
    about: "Adds a person and answers a one-time link with which they set a password.",
    role: "admin",
    audit: "users.add",
    body: Type.Object({ name: named.properties.name, role: oneOf(roles, "Role.") }),
    reply: Type.Object({ user, link: text("One-time link, valid for 24 hours.", 500) }),
  },
  "PATCH /users/{name}": {
    about: "Changes a person's role or whether they may sign in.",
    role: "admin",
    audit: "users.change",
    params: named,
    body: Type.Object({
      role: Type.Optional(oneOf(roles, "Role.")),
      disabled: Type.Optional(Type.Boolean()),
    }),
    reply: user,
  },
  "POST /users/{name}/link": {
    about: "Answers a new one-time link for a person.",
    role: "admin",
    audit: "users.link",
    params: named,
    reply: Type.Object({ link: text("One-time link, valid for 24 hours.", 500) }),
  },
  "DELETE /users/{name}": { about: "Removes a person.", role: "admin", audit: "users.remove", params: named },
  "GET /tokens": {
    about: "The API tokens.",
    role: "admin",
    reply: Type.Object({ tokens: Type.Array(token) }),
  },
  "POST /tokens": {
    about: "Makes an API token; its secret is answered once and kept only as a hash.",
    role: "admin",
    audit: "tokens.add",
    body: Type.Object({
      name: named.properties.name,
      role: oneOf(roles, "Role."),
      days: Type.Integer({ minimum: 1, maximum: 365, description: "How long it works." }),
    }),
    reply: Type.Object({ token, secret: text("Send as `Authorization: Bearer …`.", 200) }),
  },
  "DELETE /tokens/{id}": {
    about: "Revokes an API token.",
    role: "admin",
    audit: "tokens.remove",
    params: Type.Object({ id: text("Id of the token.", 64) }),
  },
} as const satisfies Readonly<Record<string, Route>>;
