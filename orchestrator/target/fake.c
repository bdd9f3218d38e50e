/* The scripted target: rules decide what a script yields, while all of target.c's own (status files, put and get)
 * happens for real in a private folder of this machine. For tests, and for trying labctl without a machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/regex.h"
#include "base/vec.h"
#include "target/pipe_exec.h"

#define FILLER_LINE "fake output fake output fake output fake output fake output 012\n"

struct scripted {
	const struct fake_rule *rule;
	struct regex *match; /* NULL: any script */
	int64_t used;
};

struct fake {
	char *folder; /* work/ and prefix/ are below it */
	struct scripted *rules;
	size_t rule_count;
	VEC(char *) layers;
	bool dead;
};

static struct fake *inside(struct target *t)
{
	return t->inside;
}

static const struct fake_rule *rule_at(const struct fake_settings *s, size_t i)
{
	return (const struct fake_rule *)s->rules.items + i;
}

static int read_rules(struct fake *f, const struct fake_settings *s, struct err *e)
{
	f->rules = mem_new(s->rules.count, sizeof(*f->rules));
	for (size_t i = 0; i < s->rules.count; i++) {
		struct scripted *scripted = &f->rules[f->rule_count++];
		scripted->rule = rule_at(s, i);
		if (!scripted->rule->match)
			continue;
		scripted->match = regex_new(scripted->rule->match, e);
		if (!scripted->match)
			return err_wrap(e, "rule %zu", i + 1);
	}
	return 0;
}

static void fake_close(struct target *t)
{
	struct fake *f = inside(t);

	for (size_t i = 0; i < f->rule_count; i++)
		regex_free(f->rules[i].match);
	for (size_t i = 0; i < f->layers.count; i++)
		free(f->layers.items[i]);
	vec_free(&f->layers);
	if (f->folder)
		file_remove_tree(f->folder, NULL);
	free(f->folder);
	free(f->rules);
	free(f);
	t->inside = NULL;
}

static int make_folder(struct target *t, struct err *e)
{
	const char *parent = t->opts.scratch_folder ? t->opts.scratch_folder : getenv("TMPDIR");
	struct fake *f = inside(t);

	if (file_make_temp_folder(parent ? parent : "/tmp", "fake-", &f->folder, e) != 0)
		return -1;
	AUTO_FREE char *here = realpath(f->folder, NULL);
	free(t->work_folder);
	t->work_folder = mem_printf("%s/work", here ? here : f->folder);
	t->prefix = mem_printf("%s/prefix", here ? here : f->folder);
	return 0;
}

static int fake_open(struct target *t, struct err *e)
{
	const struct fake_settings *s = &t->spec->fake;

	target_say(&t->opts, "opening");
	if (s->open_delay_ns > 0)
		clock_sleep_ns(s->open_delay_ns);
	if (s->open_error)
		return err_set(e, ERR_UNREACHABLE, "%s: %s", t->spec->name, s->open_error);
	t->inside = mem_new(1, sizeof(struct fake));
	if (read_rules(inside(t), s, e) == 0 && make_folder(t, e) == 0)
		return 0;
	fake_close(t);
	return err_wrap(e, "%s", t->spec->name);
}

static bool has_layer(const struct fake *f, const char *key)
{
	for (size_t i = 0; i < f->layers.count; i++)
		if (strcmp(f->layers.items[i], key) == 0)
			return true;
	return false;
}

static int fake_restore(struct target *t, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	(void)e;
	*out_kept = count;
	while (*out_kept > 0 && !has_layer(inside(t), keys[*out_kept - 1]))
		--*out_kept;
	return 0;
}

static int fake_keep(struct target *t, const char *key, const char *parent, const char *label, struct err *e)
{
	(void)parent;
	(void)label;
	(void)e;
	if (!has_layer(inside(t), key))
		vec_add(&inside(t)->layers, mem_dup(key));
	return 0;
}

static const struct fake_rule *choose(struct fake *f, const char *script)
{
	for (size_t i = 0; i < f->rule_count; i++) {
		struct scripted *s = &f->rules[i];
		if (s->rule->times > 0 && s->used >= s->rule->times)
			continue;
		if (s->match && !regex_matches(s->match, script, strlen(script)))
			continue;
		if (s->rule->while_file && unlink(s->rule->while_file) != 0)
			continue;
		s->used++;
		return s->rule;
	}
	return NULL;
}

/* What an unscripted fake says of itself. */
static void add_facts(const struct target *t, struct str *out)
{
	str_addf(out, "arch=%s\nkernel=fake\nos=fake\nprocessors=%lld\nmemory_bytes=%lld\n", t->spec->arch,
		 (long long)t->spec->processors, (long long)t->spec->memory_bytes);
	if (t->spec->fake.slowness > 0)
		str_addf(out, "slowness=%g\n", t->spec->fake.slowness);
}

static int print(const struct driver_exec *x, const char *text, size_t len, struct err *e)
{
	return x->output && len > 0 ? x->output(x->ctx, TARGET_OUT, text, len, e) : 0;
}

static int print_filler(const struct driver_exec *x, int64_t bytes, struct err *e)
{
	AUTO_STR block = { 0 };
	int failed = 0;

	while (bytes > 0 && block.len < 64 * 1024)
		str_add(&block, FILLER_LINE);
	while (bytes > 0 && failed == 0) {
		size_t len = bytes < (int64_t)block.len ? (size_t)bytes : block.len;
		failed = print(x, str_text(&block), len, e);
		bytes -= (int64_t)len;
	}
	return failed;
}

static bool leads_outside(const char *path)
{
	AUTO_FREE char *fenced = mem_printf("/%s/", path);

	return path[0] == '/' || strstr(fenced, "/../");
}

static int leave_files(const struct target *t, const struct text_map *files, struct err *e)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct text_pair *file = &files->items[i];
		if (leads_outside(file->key))
			return err_set(e, ERR_CONFIG, "files: %s leads out of the work folder", file->key);
		AUTO_FREE char *path = file_join(t->work_folder, file->key);
		AUTO_FREE char *folder = file_parent(path);
		if (file_make_folders(folder, e) != 0 || file_write(path, file->value, strlen(file->value), e) != 0)
			return -1;
	}
	return 0;
}

static int write_status(const struct driver_exec *x, const char *text, struct err *e)
{
	AUTO_FREE char *folder = file_parent(x->status_file);

	if (file_make_folders(folder, e) != 0)
		return -1;
	FILE *file = fopen(x->status_file, "we");
	if (!file)
		return err_errno(e, ERR_IO, "%s", x->status_file);
	fputs(text, file);
	fclose(file);
	return 0;
}

/* Waits as the rule says. Not DRIVER_ENDED: a limit passed first. */
static enum driver_ending wait_for(const struct fake_rule *rule, const struct driver_exec *x)
{
	int64_t delay_ns = rule->silent ? INT64_MAX : rule->delay_ns;
	int64_t limit_ns = x->limit_ns > 0 ? x->limit_ns : INT64_MAX;
	int64_t silence_ns = x->silence_limit_ns > 0 ? x->silence_limit_ns : INT64_MAX;
	int64_t shortest_ns = limit_ns < silence_ns ? limit_ns : silence_ns;

	if (rule->silent && shortest_ns == INT64_MAX)
		for (;;)
			pause();
	if (delay_ns < shortest_ns) {
		if (delay_ns > 0)
			clock_sleep_ns(delay_ns);
		return DRIVER_ENDED;
	}
	clock_sleep_ns(shortest_ns);
	return limit_ns <= silence_ns ? DRIVER_TIMED_OUT : DRIVER_SILENT;
}

static int answer(struct target *t, const struct fake_rule *rule, const struct driver_exec *x, enum driver_ending *out,
		  struct err *e)
{
	char status[16];

	if (write_status(x, "began\n", e) != 0)
		return -1;
	*out = wait_for(rule, x);
	if (*out != DRIVER_ENDED)
		return 0;
	if (rule->die) {
		inside(t)->dead = true;
		*out = DRIVER_LOST;
		err_set(e, ERR_LOST, "the fake machine died");
		return 0;
	}
	if (leave_files(t, &rule->files, e) != 0 ||
	    print(x, rule->output, rule->output ? strlen(rule->output) : 0, e) != 0 ||
	    print_filler(x, rule->output_bytes, e) != 0)
		return -1;
	snprintf(status, sizeof(status), "%lld\n", (long long)rule->exit_status);
	return write_status(x, rule->disk_full ? "" : status, e);
}

static int run_here(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	const char *const argv[] = { "sh", "-c", x->command, NULL };
	struct proc_spec spec = { .argv = argv, .folder = inside(t)->folder };

	return pipe_exec(&spec, x, out, e);
}

static int fake_exec(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	static const struct fake_rule nothing;

	if (inside(t)->dead) {
		*out = DRIVER_LOST;
		err_set(e, ERR_LOST, "the fake machine is dead");
		return 0;
	}
	if (!x->script)
		return run_here(t, x, out, e);
	const struct fake_rule *rule = choose(inside(t), x->script);
	if (!rule && x->script == facts_script) {
		AUTO_STR facts = { 0 };
		add_facts(t, &facts);
		if (print(x, str_text(&facts), facts.len, e) != 0)
			return -1;
	}
	return answer(t, rule ? rule : &nothing, x, out, e);
}

static int fake_shell(struct target *t, const char *command, struct err *e)
{
	const char *const argv[] = { "sh", "-c", command, NULL };
	struct proc_spec spec = {
		.argv = argv, .folder = inside(t)->folder, .in = 0, .out = 1, .err = 2, .same_group = true
	};
	pid_t pid;

	if (proc_start(&spec, &pid, e) != 0)
		return -1;
	return proc_wait(pid, -1, NULL, e);
}

static bool fake_alive(struct target *t)
{
	return !inside(t)->dead;
}

static void fake_doctor(const struct target_spec *spec, const struct target_opts *o, target_finding_fn *tell, void *ctx)
{
	(void)o;
	if (spec->fake.open_error)
		tell(ctx, FINDING_PROBLEM, spec->fake.open_error, "remove open_error from the target's file");
	else
		tell(ctx, FINDING_OK, "a scripted target: nothing to check", NULL);
}

const struct driver fake_driver = {
	.name = "fake",
	.has_layers = true,
	.open = fake_open,
	.restore = fake_restore,
	.keep = fake_keep,
	.exec = fake_exec,
	.shell = fake_shell,
	.alive = fake_alive,
	.close = fake_close,
	.doctor = fake_doctor,
};
