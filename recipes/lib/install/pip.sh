# sh lib/install/pip.sh REQUIREMENT... : installs with the runtime's own pip, in an environment of its own below the prefix.
#
# Set by labctl, each may be empty: LABCTL_INDEX_URL, LABCTL_INDEX_FOLDER (a folder of archives here), LABCTL_INDEX_CONSTRAINTS (a file
# here), LABCTL_INDEX_ISOLATED (no: build with what is installed).
set -u
. lib/install/env.sh

wanted=$*
venv=$LABCTL_PREFIX/venv-$LABCTL_RUNTIME
from_index=$(cat index.state) || exit 1 # index.sh has looked

if [ ! -x "$venv/bin/python" ]; then
	mkdir -p "$LABCTL_PREFIX"
	rm -rf "$venv"
	"$LABCTL_COMMAND" lib/install/make_venv.py "$venv" || {
		rm -rf "$venv"
		exit 1
	}
fi

set --
if [ $from_index = no ]; then
	set -- "$@" --no-index
elif [ -n "${LABCTL_INDEX_URL:-}" ]; then
	host=${LABCTL_INDEX_URL#*://}
	host=${host%%/*}
	set -- "$@" --index-url "$LABCTL_INDEX_URL" --trusted-host "${host##*@}"
fi
[ -z "${LABCTL_INDEX_FOLDER:-}" ] || set -- "$@" --find-links "$LABCTL_INDEX_FOLDER"
[ -z "${LABCTL_INDEX_CONSTRAINTS:-}" ] || set -- "$@" --constraint "$LABCTL_INDEX_CONSTRAINTS"
[ "${LABCTL_INDEX_ISOLATED:-yes}" = yes ] || set -- "$@" --no-build-isolation

# pip is done before a JIT compiler pays off: PyPy runs it twice as fast without, and more so under emulation.
no_jit=
if "$venv/bin/python" --jit off -c pass 2>/dev/null; then
	no_jit="--jit off"
fi

"$venv/bin/python" $no_jit -m pip install --no-input --disable-pip-version-check --no-cache-dir --timeout 30 --retries 2 "$@" $wanted \
	>pip.out 2>&1
status=$?
cat pip.out
[ $status != 0 ] || exit 0

if grep -q -e 'No matching distribution found' -e 'Could not find a version that satisfies' pip.out; then
	what=$(sed -n 's/.*No matching distribution found for \([^ ]*\).*/\1/p' pip.out | tail -n 1)
	where="the package index has"
	[ $from_index = yes ] || where="the folder of archives has"
	labctl_unavailable "$where no package ${what:-$wanted} that fits this runtime"
fi
# pip's own last words name nothing. What says why: the compiler's first error, else the last line of what pip had started.
why=$(grep -m 1 -e ': error: ' -e ': fatal error: ' pip.out || sed -n '/\[end of output\]/q; /[^ ]/p' pip.out | tail -n 1)
printf 'labctl: pip cannot install %s: %s\n' "$wanted" "$(printf '%s' "$why" | sed 's/^ *//')" >&2
exit $status
