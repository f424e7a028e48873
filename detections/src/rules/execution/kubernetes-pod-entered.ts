import { commandRule } from "../../command-rule.js";

/** Somebody opened a shell inside a container of a cluster. */
export const kubernetesPodEntered = commandRule({
  id: "kubernetes-pod-entered",
  alertType: "Picket_KubernetesPodEntered",
  name: "Shell in a pod opened",
  severity: "Low",
  about: "Somebody opened a shell inside a container of a cluster.",
  tactics: ["Execution", "Lateral Movement"],
  techniques: ["T1609"],
  falsePositives: ["Administrators who look after a cluster from this machine."],
  witness: ["kubectl", "crictl", "k3s"],
  patterns: [
    /\b(?:kubectl|k3s kubectl)\b[^|;]{0,200}\sexec\s[^|;]{0,200}\s(?:-it|-ti|--stdin|-i\s+-t|--tty)\b[^|;]{0,200}\b(?:ba|da|a)?sh\b/,
    /\bcrictl\s+exec\s+-(?:it|ti)\b[^|;]{0,100}\b(?:ba|a)?sh\b/,
  ],
  did: "opened a shell inside a pod",
  because: "a container is entered by hand",
  fires: [
    "kubectl exec -n prod -it web-1 -- /bin/bash",
    "crictl exec -it 3f2 sh",
    "kubectl exec pod/a --stdin --tty -- sh",
  ],
  silent: [
    "kubectl get pods",
    "kubectl exec web-1 -- nginx -t",
    "kubectl logs -f web-1",
    "kubectl apply -f app.yaml",
    "crictl ps",
    "docker exec -it web sh",
  ],
});
