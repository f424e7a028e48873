import type { Call, Routes } from "@picket/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../shared/api.js";
import { counted } from "../shared/format.js";
import { useToast } from "../shared/toast.js";

/** What a person decides about some alerts. */
export type Decision = Call<Routes["POST /alerts/decide"]>["body"];

const said: Readonly<Record<Decision["action"], string>> = {
  acknowledge: "acknowledged",
  assign: "assigned",
  comment: "commented",
  close: "closed",
  reopen: "reopened",
};

/** Sends a decision and reads again what it changed. */
export function useDecide() {
  const queries = useQueryClient();
  const say = useToast();
  return useMutation({
    mutationFn: (body: Decision) => api("POST /alerts/decide", { body }),
    onSuccess: (_, { ids, action }) => {
      say(`${counted(ids.length, "alert")} ${said[action]}.`);
      // Not waited for: whoever decided goes on at once, and must not have a dialog taken away when the lists arrive.
      for (const first of ["alerts", "alert", "overview"])
        void queries.invalidateQueries({ queryKey: [first] });
    },
  });
}
