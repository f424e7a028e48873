import { Modal } from "@mantine/core";

const groups = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Go to a device, alert or screen"],
      ["g o", "Overview"],
      ["g a", "Alerts"],
      ["g d", "Devices"],
      ["g r", "Recommendations"],
      ["g e", "Explorer"],
      ["g h", "Health"],
      ["/", "Search in the list"],
      ["?", "These keys"],
    ],
  },
  {
    title: "Alerts",
    keys: [
      ["j  k", "Next, previous alert"],
      ["o", "Open it"],
      ["x", "Choose it, for doing many at once"],
      ["a", "Acknowledge"],
      ["s", "Assign"],
      ["c", "Close with a reason"],
      ["r", "Show new and changed ones"],
    ],
  },
  {
    title: "Explorer",
    keys: [
      ["Shift Enter", "Run the query"],
      ["Ctrl Enter", "Run the query"],
      ["Ctrl Space", "What could stand here"],
    ],
  },
] as const;

/** Every key there is. */
export function KeyHelp({ isOpen, leave }: { readonly isOpen: boolean; readonly leave: () => void }) {
  return (
    <Modal
      opened={isOpen}
      onClose={leave}
      title="Keys"
      size="lg"
      closeButtonProps={{ "aria-label": "Close keys" }}
    >
      <div className="grid" style={{ "--least": "220px" } as React.CSSProperties}>
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl className="facts" style={{ gridTemplateColumns: "auto 1fr" }}>
              {keys.map(([key, what]) => (
                <div key={key} style={{ display: "contents" }}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
