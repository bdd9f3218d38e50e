/* Why a foreign root is fast to build: nearly all the time goes into emulating sh, perl, tar, xz and their like
 * hundreds of times. While the packages are installed, this machine's own build of the same programs (same release,
 * same versions) lies over the emulated ones, file by file, as bind mounts in mmdebstrap's mount namespace; dpkg leaves
 * these files as they were unpacked. What knows its own architecture or writes files for it stays emulated. */
#include "target/debian_hooks.h"

static const char body[] =
	"what=$1 root=$2\n"
	"build=$root/run/labctl-build\n"
	"exclude=$root/etc/dpkg/dpkg.cfg.d/labctl-build\n"
	"\n"
	"stub() {\n"
	"	printf '#!/bin/sh\\nexit 0\\n' > \"$1\"\n"
	"	chmod 755 \"$1\"\n"
	"}\n"
	"\n"
	"cover() {\n"
	"	mount --bind \"$1\" \"$2\"\n"
	"	printf '%s\\n' \"$2\" >> \"$build/covered\"\n"
	"}\n"
	"\n"
	"knows_its_architecture() {\n"
	"	case ${1##*/} in\n"
	"	dpkg|dpkg-query|dpkg-trigger|dpkg-divert|ldconfig*|localedef|iconvconfig|uname|arch|setarch|lscpu|"
	"getconf) ;;\n"
	"	*) return 1 ;;\n"
	"	esac\n"
	"}\n"
	"\n"
	"use_native_programs() {\n"
	"	mkdir -p \"$root/$native_libs\" \"$root/usr/${loader%/*}\"\n"
	"	test -e \"$root/${loader%/*}\" || ln -s \"usr/${loader%/*}\" \"$root/${loader%/*}\"\n"
	"	cover \"$native/$native_libs\" \"$root/$native_libs\"\n"
	"	: > \"$root/usr/$loader\"\n"
	"	cover \"$native/$native_libs/${loader##*/}\" \"$root/usr/$loader\"\n"
	"	for file in \"$native\"/usr/bin/* \"$native\"/usr/sbin/*; do\n"
	"		name=${file#\"$native\"}\n"
	"		if test -L \"$file\" || test -L \"$root$name\" || ! test -f \"$root$name\"; then continue; fi\n"
	"		if knows_its_architecture \"$name\"; then continue; fi\n"
	"		cover \"$file\" \"$root$name\"\n"
	"		printf 'path-exclude=%s\\npath-exclude=%s\\n' \"$name\" \"${name#/usr}\" >> \"$exclude\"\n"
	"	done\n"
	"}\n"
	"\n"
	"use_own_programs() {\n"
	"	while read -r covered; do umount \"$covered\"; done < \"$build/covered\"\n"
	"	rm \"$root/usr/$loader\"\n"
	"	rmdir \"$root/$native_libs\"\n"
	"	if rmdir \"$root/usr/${loader%/*}\" 2> /dev/null; then rm \"$root/${loader%/*}\"; fi\n"
	"}\n"
	"\n"
	"merged_usr() {\n"
	"	if test -x \"$merged_usr/$1\"; then \"$merged_usr/$1\" \"$root\"; fi\n"
	"}\n"
	"\n"
	"case $what in\n"
	"setup)\n"
	/* dpkg's scripts find our stubs first. */
	"	printf 'DPkg::Path \"/run/labctl-build:%s\";\\n' \"$script_path\" >> \"$MMDEBSTRAP_APT_CONFIG\"\n"
	"	mkdir -p \"$root/etc/apt/apt.conf.d\"\n"
	"	printf '%s' \"$apt_options\" > \"$root/etc/apt/apt.conf.d/90labctl\"\n"
	"	merged_usr setup00.sh\n"
	"	;;\n"
	"extract)\n"
	"	mkdir -p \"$build\" \"$root/etc/dpkg/dpkg.cfg.d\"\n"
	/* Unpacked before dpkg could be told what to leave out; dpkg will unpack the rest of it again. */
	"	for name in doc info lintian locale man; do rm -rf \"$root/usr/share/$name\"; done\n"
	"	printf '%s' \"$dpkg_options\" > \"$root/etc/dpkg/dpkg.cfg.d/labctl\"\n"
	/* Keys that every user of the image would share are worth nothing, and slow to make. */
	"	stub \"$build/ssh-keygen\"\n"
	/* Most of what would be compiled is never imported: a package's own tests. What is, Python compiles by itself.
	 */
	"	mkdir -p \"$root$later\"\n"
	"	stub \"$root$later/py3compile\"\n"
	"	stub \"$root$later/pypy3compile\"\n"
	"	if test -n \"$native\"; then use_native_programs; fi\n"
	"	;;\n"
	"customize)\n"
	"	if test -n \"$native\"; then use_own_programs; fi\n"
	"	rm -rf \"$build\" \"$exclude\"\n"
	"	merged_usr essential00.sh\n"
	"	printf '127.0.0.1 localhost\\n::1 localhost\\n' > \"$root/etc/hosts\"\n"
	"	;;\n"
	"esac\n";

/* What tests never look at is not unpacked, now and in every layer above; a crash costs the layer anyway, so nothing
 * waits for the disk. */
const char debian_dpkg_options[] = "force-unsafe-io\n"
				   "path-exclude=/usr/share/doc/*\n"
				   "path-include=/usr/share/doc/*/copyright\n"
				   "path-exclude=/usr/share/info/*\n"
				   "path-exclude=/usr/share/lintian/*\n"
				   "path-exclude=/usr/share/locale/*\n"
				   "path-include=/usr/share/locale/locale.alias\n"
				   "path-exclude=/usr/share/man/*\n";

#define SCRIPT_PATH DEBIAN_STUBS ":/usr/sbin:/usr/bin:/sbin:/bin"

const char debian_apt_options[] = "APT::Install-Recommends \"false\";\n"
				  "Acquire::Languages \"none\";\n"
				  "Acquire::Retries \"3\";\n"
				  "DPkg::Use-Pty \"0\";\n"
				  "DPkg::Path \"" SCRIPT_PATH "\";\n";

static void add_variable(struct str *out, const char *name, const char *value)
{
	str_addf(out, "%s=", name);
	str_add_quoted(out, value ? value : "", STR_SHELL);
	str_add(out, "\n");
}

void debian_hooks_script(const struct debian_hooks *h, struct str *out)
{
	AUTO_STR all_apt_options = { 0 };

	str_addf(&all_apt_options, "%s%s", debian_apt_options, h->apt_options ? h->apt_options : "");
	str_add(out, "set -eu\n");
	add_variable(out, "native", h->native);
	add_variable(out, "native_libs", h->native_libs);
	add_variable(out, "loader", h->loader);
	add_variable(out, "later", DEBIAN_STUBS);
	add_variable(out, "script_path", SCRIPT_PATH);
	add_variable(out, "apt_options", str_text(&all_apt_options));
	add_variable(out, "dpkg_options", debian_dpkg_options);
	add_variable(out, "merged_usr", "/usr/share/mmdebstrap/hooks/maybe-merged-usr");
	str_add(out, body);
}
