# Which interpreter the steps of a cell use, and what it sees. Read with `. lib/install/env.sh` in the work folder.
#
# Set by labctl: LABCTL_RUNTIME (name of the runtime recipe), LABCTL_COMMAND (its interpreter), LABCTL_PREFIX (where installs of ours go),
# LABCTL_SYSTEM_PACKAGES (yes: apt may install), LABCTL_REASON (file for the reason why something is not available).

LABCTL_PYTHON=$LABCTL_COMMAND
if [ -x "$LABCTL_PREFIX/venv-$LABCTL_RUNTIME/bin/python" ]; then
	LABCTL_PYTHON=$LABCTL_PREFIX/venv-$LABCTL_RUNTIME/bin/python
fi
if [ -d "$LABCTL_PREFIX/pure-$LABCTL_RUNTIME" ]; then
	PYTHONPATH=$LABCTL_PREFIX/pure-$LABCTL_RUNTIME${PYTHONPATH:+:$PYTHONPATH}
	export PYTHONPATH
fi
export LABCTL_PYTHON

# It does not exist here: an answer, not a failure. labctl knows it by this exit status and reads the reason.
labctl_unavailable() {
	printf '%s\n' "$1" >"$LABCTL_REASON"
	exit 69
}
