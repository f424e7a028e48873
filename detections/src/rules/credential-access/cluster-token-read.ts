import { commandRule } from "../../command-rule.js";
import { readsFile } from "../../shell/look.js";

/** The token with which a container speaks to its cluster is read by a command. */
export const clusterTokenRead = commandRule({
  id: "cluster-token-read",
  alertType: "Picket_ClusterTokenRead",
  name: "Token of a cluster's account read",
  severity: "Medium",
  about: "The token with which a container speaks to its cluster is read by a command.",
  tactics: ["Credential Access"],
  techniques: ["T1552.001", "T1528"],
  falsePositives: ["Containers' start scripts that set up a client."],
  witness: ["serviceaccount", "kubeconfig", "admin.conf", "k3s.yaml"],
  sees: (reading) =>
    readsFile(
      reading,
      /\/(?:var\/)?run\/secrets\/kubernetes\.io\/serviceaccount\/token$|^\/etc\/kubernetes\/(?:admin|kubelet|controller-manager|scheduler)\.conf$|^\/etc\/rancher\/k3s\/k3s\.yaml$|^\/var\/lib\/kubelet\/pki\/\S+$/,
    ),
  did: "read the token of a cluster's account",
  because: "whoever has it may do what the account may",
  fires: [
    "cat /var/run/secrets/kubernetes.io/serviceaccount/token",
    "cp /etc/kubernetes/admin.conf /tmp/k",
    "sh -c base64 /etc/rancher/k3s/k3s.yaml",
  ],
  silent: [
    "ls /var/run/secrets/kubernetes.io/serviceaccount",
    "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes",
    "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace",
    "k3s kubectl get pods",
    "stat /etc/kubernetes/admin.conf",
  ],
});
