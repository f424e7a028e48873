import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

/** An account of a cluster was bound to the role that may do everything. */
export const clusterRightsGranted = commandRule({
  id: "cluster-rights-granted",
  alertType: "Picket_ClusterRightsGranted",
  name: "Rights of a cluster's administrator granted",
  severity: "High",
  about: "An account of a cluster was bound to the role that may do everything.",
  tactics: ["Privilege Escalation", "Persistence"],
  techniques: ["T1098.006"],
  falsePositives: ["The set-up of a cluster, once."],
  witness: ["clusterrolebinding", "cluster-admin"],
  sees: (reading) =>
    find(
      reading,
      /^(?:kubectl|k3s|oc|microk8s\.kubectl)$/,
      ({ text }) =>
        /\bcreate\s+(?:clusterrolebinding|rolebinding)\b.*cluster-admin/.test(text) ||
        /\badm\s+policy\s+add-cluster-role-to-user\s+cluster-admin/.test(text),
    ),
  did: "granted rights over the whole cluster",
  because: "the account may do everything in it",
  fires: [
    "kubectl create clusterrolebinding x --clusterrole=cluster-admin --serviceaccount=default:default",
    "k3s kubectl create clusterrolebinding a --clusterrole cluster-admin --user eve",
    "oc adm policy add-cluster-role-to-user cluster-admin eve",
  ],
  silent: [
    "kubectl get clusterrolebinding",
    "kubectl describe clusterrolebinding cluster-admin",
    "kubectl apply -f cluster-admin.yaml",
    "kubectl create rolebinding dev --role=edit --user=op",
    "kubectl delete clusterrolebinding x",
  ],
});
