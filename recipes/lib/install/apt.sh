# sh lib/install/apt.sh PACKAGE... : installs Debian packages, or says why they cannot be had.
set -u
. lib/install/env.sh

missing=
for package in "$@"; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$LABCTL_SYSTEM_PACKAGES" != yes ]; then
	labctl_unavailable "needs the Debian packages$missing, which labctl may not install there (system_packages: true in the target's file allows it)"
fi
as_root=
if [ "$(id -u)" != 0 ]; then
	sudo -n true 2>/dev/null ||
		labctl_unavailable "needs the Debian packages$missing, and the user there is neither root nor allowed sudo without a password"
	as_root="sudo -n"
fi

apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=3 -o Acquire::Languages=none \
		-o APT::Install-Recommends=false -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io "$@"
}

# A mirror in the middle of an update answers with files of unexpected size: later it is right.
update_lists() {
	for pause in 5 15 45 0; do
		apt update && return 0
		[ $pause = 0 ] || sleep $pause
	done
	return 1
}

if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
	update_lists || { echo "labctl: the package mirror does not answer" >&2; exit 1; }
fi
apt install $missing && exit 0
# The lists may be older than the mirror.
update_lists || { echo "labctl: the package mirror does not answer" >&2; exit 1; }
for package in $missing; do
	apt-cache show --no-all-versions "$package" >/dev/null 2>&1 ||
		labctl_unavailable "Debian has no package $package for $(dpkg --print-architecture)"
done
apt install $missing
