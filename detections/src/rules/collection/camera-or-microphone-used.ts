import { commandRule } from "../../command-rule.js";
import { find, parentOf } from "../../shell/look.js";

/** A picture, a film or a sound was taken by a command. */
export const cameraOrMicrophoneUsed = commandRule({
  id: "camera-or-microphone-used",
  alertType: "Picket_CameraOrMicrophoneUsed",
  name: "Camera or microphone used by a command",
  severity: "Low",
  about: "A picture, a film or a sound was taken by a command.",
  tactics: ["Collection"],
  techniques: ["T1125", "T1123"],
  falsePositives: ["Cameras and intercoms: their own program does it, and not a shell."],
  witness: [
    "/dev/video",
    "fswebcam",
    "arecord",
    "ffmpeg",
    "raspistill",
    "raspivid",
    "libcamera",
    "streamer",
    "parecord",
    "rpicam",
  ],
  sees: (reading, event) =>
    /\/(?:motion|motioneye\S*|frigate|nvr|node|go2rtc|systemd)$/.test(parentOf(event))
      ? undefined
      : (find(
          reading,
          /^(?:fswebcam|raspistill|raspivid|libcamera-(?:still|vid|jpeg)|rpicam-\w+|streamer)$/,
          ({ argv }) => argv.length > 1 && !/^--(?:help|version|list)/.test(argv[1] ?? ""),
        ) ??
        find(reading, /^ffmpeg$/, ({ text }) =>
          /-i\s+(?:\/dev\/video\d|hw:|default|:0)|-f\s+(?:v4l2|alsa|pulse|x11grab)/.test(text),
        ) ??
        find(
          reading,
          /^(?:arecord|parecord)$/,
          ({ text }) => !/\s(?:-l|-L|--list|--version)/.test(text) && /\s\S+/.test(text),
        )),
  did: "used a camera or a microphone",
  because: "people are filmed or heard",
  fires: [
    "fswebcam /tmp/a.jpg",
    "arecord -d 600 /tmp/a.wav",
    "ffmpeg -f v4l2 -i /dev/video0 rtmp://203.0.113.9/x",
  ],
  silent: [
    "arecord -l",
    "ffmpeg -i in.mp4 out.webm",
    "ls /dev/video0",
    "v4l2-ctl --list-devices",
    { line: "ffmpeg -f v4l2 -i /dev/video0 out", parent: "/usr/bin/motion" },
  ],
});
