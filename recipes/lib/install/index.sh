# sh lib/install/index.sh : can the package index be reached? Asked before compilers and headers are installed for nothing.
#
# Leaves yes or no in the file index.state, for pip.sh. Where there is neither an index nor a folder of archives, what is asked for is
# not available. Set by labctl, each may be empty: LABCTL_INDEX_URL, LABCTL_INDEX_FOLDER, LABCTL_INDEX_ONLY_FOLDER (yes).
set -u
. lib/install/env.sh

if [ "${LABCTL_INDEX_ONLY_FOLDER:-}" = yes ]; then
	echo no >index.state
	exit 0
fi

# Which index pip asks when nobody says so, pip itself knows: the runtime's own, or the one that Debian keeps for new environments.
if [ -z "${LABCTL_INDEX_URL:-}" ] && ! ls /usr/share/python-wheels/pip-*.whl >/dev/null 2>&1 &&
	! "$LABCTL_COMMAND" -c 'import pip' 2>/dev/null; then
	sh lib/install/apt.sh python3-pip-whl || exit $?
fi

if reason=$("$LABCTL_COMMAND" lib/install/index_reachable.py "${LABCTL_INDEX_URL:-}" 2>&1); then
	echo yes >index.state
elif [ -n "${LABCTL_INDEX_FOLDER:-}" ]; then
	echo "labctl: no package index reachable, only the folder of archives is used: $reason"
	echo no >index.state
else
	labctl_unavailable "no package index reachable ($(printf '%s' "$reason" | tail -n 1 | cut -c 1-160))"
fi
