#include "target/command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* $1: work folder, $2: status file, $3: what the script ends with, $4: its length in bytes. The status file begins with
 * a word, so that "killed" (the word is still there), "no room" (the file is empty, or cannot be made) and "never
 * began" (no file) differ. A script that came in part only is not run. Standard input stays open as long as labctl is
 * there, and when it ends so does all that runs here. The last line ends what the script left behind in its process
 * group, the runner included. */
static const char runner[] =
	"exec 2>&3 3>&-\n"
	"cd \"$1\" 2>/dev/null || { mkdir -p \"$1\" && cd \"$1\"; } || exit\n"
	"{ echo began >\"$2\"; } 2>/dev/null || { mkdir -p \"${2%/*}\" && echo began >\"$2\"; } || exit\n"
	"s=$(head -c \"$4\")\n"
	"case $s in *\"$3\") ;; *) exit ;; esac\n"
	"exec 4<&0 </dev/null\n"
	"{ read -r s <&4; kill -9 0; } >/dev/null 2>&1 &\n"
	"exec 4<&-\n"
	"sh -c \"$s\"\n"
	"s=$?\n"
	"{ echo $s >\"$2\" || { mkdir -p \"${2%/*}\" && echo $s >\"$2\"; } || true >\"$2\"; } 2>/dev/null\n"
	"kill -9 0\n";

/* A status other than 0 may come from a full disk although there was just room for the status itself: so a little is
 * written as a trial. */
static const char reader[] =
	"if [ -e \"$f\" ]; then { read -r r <\"$f\"; } 2>/dev/null || r=full; else r=absent; fi\n"
	"case $r in\n"
	"0|full|absent) ;;\n"
	"*) { head -c 65536 /dev/zero >\"$f.room\"; } 2>/dev/null || r=full; rm -f \"$f.room\" ;;\n"
	"esac\n";

/* Found by a variable in their environment, and then everything in their sessions; again until none is left, since they
 * may be forking. */
static const char killer[] = "i=0\n"
			     "while [ $i -lt 8 ]; do\n"
			     "i=$((i+1)); pids=; sessions=\n"
			     "for e in $(grep -lzsFx \"LABCTL_MARK=$m\" /proc/[0-9]*/environ 2>/dev/null); do\n"
			     "p=${e#/proc/}; p=${p%/environ}\n"
			     "{ read -r l </proc/$p/stat; } 2>/dev/null || continue\n"
			     "set -- ${l##*) }; [ \"$1\" != Z ] || continue\n"
			     "pids=\"$pids $p\"; [ \"$4\" -le 1 ] || sessions=\"$sessions $4 \"\n"
			     "done\n"
			     "[ -n \"$pids\" ] || break\n"
			     "for e in /proc/[0-9]*/stat; do\n"
			     "{ read -r l <\"$e\"; } 2>/dev/null || continue\n"
			     "set -- ${l##*) }\n"
			     "case $sessions in *\" $4 \"*) p=${e#/proc/}; pids=\"$pids ${p%/stat}\" ;; esac\n"
			     "done\n"
			     "kill -9 $pids 2>/dev/null\n"
			     "done\n";

static void add_mark(const struct target *t, unsigned number, struct str *out)
{
	str_addf(out, "%s.%u", t->nonce, number);
}

void command_status_path(const struct target *t, unsigned number, struct str *out)
{
	str_addf(out, "%s/" COMMAND_STATUS_FOLDER "/", t->work_folder);
	add_mark(t, number, out);
}

static void add_script_end(const struct target *t, unsigned number, struct str *out)
{
	str_add(out, "# ");
	add_mark(t, number, out);
}

void command_runner(const struct target *t, unsigned number, size_t input_bytes, struct str *out)
{
	AUTO_STR script_end = { 0 };
	AUTO_STR status = { 0 };

	command_status_path(t, number, &status);
	add_script_end(t, number, &script_end);
	/* This shell's own standard error is set aside: there it would tell that the runner was killed. */
	str_add(out, "exec 3>&2 2>/dev/null; LABCTL_MARK=");
	add_mark(t, number, out);
	str_add(out, " setsid sh -c ");
	str_add_quoted(out, runner, STR_SHELL);
	str_add(out, " labctl ");
	str_add_quoted(out, t->work_folder, STR_SHELL);
	str_add_char(out, ' ');
	str_add_quoted(out, str_text(&status), STR_SHELL);
	str_addf(out, " '%s' %zu", str_text(&script_end), input_bytes);
	/* There must be something behind it: a shell that lets its last command replace it leads a group, and then
	 * setsid would fork and not wait. */
	str_add(out, "; [ $? -ne 127 ] || echo 'there is no program setsid' >&3\nf=");
	str_add_quoted(out, str_text(&status), STR_SHELL);
	str_add(out, "; { read -r r <\"$f\"; } && [ \"$r\" = 0 ] || exit 0\n");
	if (t->driver->guest) {
		str_add(out, "rm -f \"$f\" && rmdir \"${f%/*}\" ");
		str_add_quoted(out, t->work_folder, STR_SHELL);
		str_addf(out, " && exit %d\n", COMMAND_EXIT_SUCCESS_AND_GONE);
	}
	str_addf(out, "exit %d", COMMAND_EXIT_SUCCESS);
}

static bool is_variable_name(const char *name, size_t len)
{
	if (len == 0 || isdigit((unsigned char)name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

static int add_variable(const char *name, size_t name_len, const char *value, struct str *out, struct err *e)
{
	if (!is_variable_name(name, name_len))
		return err_set(e, ERR_CONFIG, "environment: %.*s is not a name that a shell variable can have",
			       (int)name_len, name);
	str_add(out, "export ");
	str_add_bytes(out, name, name_len);
	str_add_char(out, '=');
	str_add_quoted(out, value, STR_SHELL);
	str_add_char(out, '\n');
	return 0;
}

int command_add_env(const struct target *t, const char *const *env, struct str *out, struct err *e)
{
	if (t->prefix)
		add_variable("LABCTL_PREFIX", strlen("LABCTL_PREFIX"), t->prefix, out, NULL);
	for (size_t i = 0; i < t->spec->env.count; i++) {
		const struct text_pair *pair = &t->spec->env.items[i];
		if (add_variable(pair->key, strlen(pair->key), pair->value, out, e) != 0)
			return -1;
	}
	for (; env && *env; env++) {
		size_t name_len = strcspn(*env, "=");
		if (add_variable(*env, name_len, *env + name_len + ((*env)[name_len] == '='), out, e) != 0)
			return -1;
	}
	return 0;
}

int command_input(const struct target *t, unsigned number, const char *const *env, const char *script, struct str *out,
		  struct err *e)
{
	if (strlen(script) > COMMAND_SCRIPT_MAX_BYTES)
		return err_set(e, ERR_CONFIG, "a script of %zu bytes is too long: at most %d", strlen(script),
			       COMMAND_SCRIPT_MAX_BYTES);
	if (command_add_env(t, env, out, e) != 0)
		return -1;
	str_addf(out, "%s\n", script);
	add_script_end(t, number, out);
	return 0;
}

static void add_answer(const struct target *t, const char *value, struct str *out)
{
	str_addf(out, "echo \"labctl-status %s %s\"", t->nonce, value);
}

void command_reader(const struct target *t, unsigned number, bool kill, struct str *out)
{
	AUTO_STR path = { 0 };

	command_status_path(t, number, &path);
	str_add(out, "LC_ALL=C; export LC_ALL; f=");
	str_add_quoted(out, str_text(&path), STR_SHELL);
	str_add_char(out, '\n');
	str_add(out, reader);
	if (kill) {
		str_add(out, "m=");
		add_mark(t, number, out);
		str_add_char(out, '\n');
		str_add(out, killer);
	}
	add_answer(t, "$r", out);
	str_add(out, " >&2");
}

void command_plain(const struct target *t, const char *script, struct str *out)
{
	str_add(out, "LC_ALL=C; export LC_ALL\n(\n");
	str_add(out, script);
	str_add(out, "\n)\n");
	add_answer(t, "$?", out);
	str_add(out, " >&2");
}

static enum command_word word_of(const char *word, int *out_status)
{
	char *end;
	long status = strtol(word, &end, 10);

	if (end != word && (*end == '\0' || isspace((unsigned char)*end)) && status >= 0 && status <= 255) {
		*out_status = (int)status;
		return COMMAND_STATUS;
	}
	if (str_starts(word, "full"))
		return COMMAND_FULL;
	if (str_starts(word, "absent"))
		return COMMAND_ABSENT;
	/* Also what a script wrote over its own status file. */
	return COMMAND_BEGAN;
}

enum command_word command_answer(const struct target *t, const char *text, int *out_status)
{
	AUTO_STR mark = { 0 };

	*out_status = -1;
	str_addf(&mark, "labctl-status %s ", t->nonce);
	const char *found = strstr(text, str_text(&mark));
	return found ? word_of(found + mark.len, out_status) : COMMAND_NO_ANSWER;
}

bool command_says_full(const char *text)
{
	return strstr(text, "No space left on device") || strstr(text, "Disk quota exceeded") ||
	       strstr(text, "disk quota exceeded");
}
