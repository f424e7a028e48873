SUMMARY = "Watches this device and reports to its Picket or IoT hub"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

# What `npm run build` makes: device/agent/dist/picket-agent.tgz, put beside this recipe under files/.
SRC_URI = "file://picket-agent.tgz;subdir=picket-agent \
           file://picket-agent.service \
           file://picket-agent.sh \
           file://config.json"
S = "${WORKDIR}/picket-agent"

inherit systemd useradd

RDEPENDS:${PN} = "nodejs"
RRECOMMENDS:${PN} = "nftables"

USERADD_PACKAGES = "${PN}"
USERADD_PARAM:${PN} = "--system --home-dir ${localstatedir}/lib/picket-agent --no-create-home --shell /sbin/nologin --user-group picket-agent"
SYSTEMD_SERVICE:${PN} = "picket-agent.service"
# An image has no connection string yet; enable the service when the device is enrolled, or with the image that has one.
SYSTEMD_AUTO_ENABLE = "disable"

# Native libraries of other processors than the image's are left out.
KOFFI_ARCH:x86-64 = "koffi-linux-x64"
KOFFI_ARCH:aarch64 = "koffi-linux-arm64"
KOFFI_ARCH:arm = "koffi-linux-arm"

do_install() {
    install -d ${D}${nonarch_libdir}/picket-agent/node_modules/@koromix
    install -m 0644 ${S}/picket-agent.mjs ${D}${nonarch_libdir}/picket-agent/
    cp -R --no-preserve=ownership ${S}/node_modules/koffi ${D}${nonarch_libdir}/picket-agent/node_modules/
    if [ -d ${S}/node_modules/@koromix/${KOFFI_ARCH} ]; then
        cp -R --no-preserve=ownership ${S}/node_modules/@koromix/${KOFFI_ARCH} ${D}${nonarch_libdir}/picket-agent/node_modules/@koromix/
    fi
    install -D -m 0755 ${WORKDIR}/picket-agent.sh ${D}${bindir}/picket-agent
    install -D -m 0644 ${WORKDIR}/picket-agent.service ${D}${systemd_system_unitdir}/picket-agent.service
    install -D -m 0640 ${WORKDIR}/config.json ${D}${sysconfdir}/picket-agent/config.json
}

FILES:${PN} += "${nonarch_libdir}/picket-agent ${systemd_system_unitdir}"
CONFFILES:${PN} = "${sysconfdir}/picket-agent/config.json"
# The native library is built elsewhere.
INSANE_SKIP:${PN} += "already-stripped ldflags file-rdeps"
