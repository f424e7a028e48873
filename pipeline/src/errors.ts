import { catalogue } from "@picket/kit";

export const pipelineErrors = catalogue("PIPELINE", {
  badGroup: {
    status: 400,
    retry: "never",
    message: (d: { where: string; why: string }) =>
      `The security group is not valid at ${d.where}: ${d.why}.`,
  },
  badSetting: {
    status: 400,
    retry: "never",
    message: (d: { where: string; why: string }) => `This cannot be set: ${d.where} ${d.why}.`,
  },
  badRules: {
    status: 400,
    retry: "never",
    message: (d: { errors: number; first: string }) =>
      `The rules hold ${d.errors} error${d.errors === 1 ? "" : "s"}, the first: ${d.first}`,
  },
});
