import { useMay } from "../shared/api.js";
import { Page } from "../shared/page.js";
import { Empty } from "../shared/states.js";
import { Tokens } from "./tokens.js";
import { Users } from "./users.js";

/** Who may do what here: people and programs. */
export function People() {
  const isAdmin = useMay("admin");
  return (
    <Page
      title="People and tokens"
      lede="A viewer sees everything and changes nothing; an analyst also decides about alerts; an administrator also connects devices and manages people and tokens."
    >
      {isAdmin ? (
        <>
          <Users />
          <Tokens />
        </>
      ) : (
        <Empty title="Only administrators see this screen">
          Ask one of them if somebody should be added.
        </Empty>
      )}
    </Page>
  );
}
