#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "lab_fixture.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void write_runtimes(struct lab_fixture *f)
{
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\ninstall: {apt: [python3]}\n");
	lab_write(f, "recipes/runtimes/pypy.yaml", "command: pypy3\ninstall: {apt: [pypy3]}\n");
}

static void an_empty_lab_has_its_defaults(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *results = file_join(f->folder, "results");
	AUTO_FREE char *lib = file_join(f->folder, "recipes/lib");
	struct lab *lab = lab_open(f);

	assert_non_null(lab);
	assert_string_equal(lab->folder, f->folder);
	assert_string_equal(lab->results_folder, results);
	assert_string_equal(lab->lib_folder, lib);
	assert_string_equal(lab->settings.tier, "smoke");
	assert_null(lab->settings.baseline);
	assert_int_equal(lab->settings.fresh_for_ns, 7 * 86400 * NS_PER_S);
	assert_true(lab->settings.shipped);
	assert_int_equal(lab->target_count, 1);
	assert_int_equal(lab->settings.targets.count, 1);
	assert_string_equal(lab->settings.targets.items[0], "here");
	assert_non_null(lab_target(lab, "here"));
	assert_null(lab_target(lab, "there"));
	assert_true(lab_target(lab, "here")->system_packages);
	assert_null(lab_target(lab, "here")->arch);
	lab_free(lab);
}

static void everything_is_read(void **state)
{
	struct lab_fixture *f = *state;

	lab_write(f, "lab.yaml",
		  "title: mine\ntargets: [here]\nruntimes: [pypy]\ntier: full\nvariables: {deep: '${lab}/x', "
		  "mirror_of: '${deep}/y'}\n");
	lab_write(f, "targets/far.yaml",
		  "kind: ssh\narch: s390x\nenv: {WHERE: '${mirror_of}'}\n"
		  "ssh: {host: far.example, port: 2222, key_file: keys/id, jump: [{host: a}, {host: b, port: 23}]}\n");
	write_runtimes(f);
	lab_write(f, "recipes/packages/numpy.yaml",
		  "install:\n- runtimes: [cpython]\n  apt: [python3-numpy]\n- runtimes: [pypy]\n  pip: [numpy]\n  "
		  "pip_needs: [gcc]\n"
		  "tiers:\n  smoke: {pytest: [--pyargs, numpy.linalg], limit: 5m}\n  full: {run: 'echo ${x}', format: "
		  "tap, report: out.tap}\n"
		  "  plain: {run: 'true'}\nknown_failures:\n- {test: 'a.*b', reason: slow, archs: [s390x]}\n");
	lab_write(f, "recipes/packages/pandas.yaml", "needs: [numpy]\ninstall: {apt: [python3-pandas]}\n");
	lab_write(f, "recipes/suites/daily.yaml", "packages: [numpy, pandas]\ntargets: [here, -far]\ntier: smoke\n");
	lab_write(f, "recipes/causes.yaml",
		  "- {name: no room, pattern: ENOSPC}\n- {name: no Tk, pattern: _tkinter, advice: install it}\n");
	struct lab *lab = lab_open(f);
	assert_non_null(lab);

	const struct target_spec *far = lab_target(lab, "far");
	AUTO_FREE char *where = mem_printf("%s/x/y", f->folder), *key = mem_printf("%s/targets/keys/id", f->folder);
	assert_string_equal(far->env.items[0].value, where);
	assert_string_equal(far->ssh.key_file, key);
	assert_int_equal(far->ssh.port, 2222);
	assert_int_equal(far->ssh.jump.count, 2);
	assert_int_equal(((struct ssh_hop *)far->ssh.jump.items)[0].port, 22);
	assert_int_equal(((struct ssh_hop *)far->ssh.jump.items)[1].port, 23);
	assert_false(far->system_packages);

	const struct package_recipe *numpy = lab_package(lab, "numpy");
	const struct install_step *steps = numpy->install.items;
	assert_int_equal(numpy->install.count, 2);
	assert_int_equal(steps[1].at.line, 4);
	assert_true(recipe_applies(&steps[1].runtimes, &steps[1].archs, "pypy", "arm64"));
	assert_false(recipe_applies(&steps[1].runtimes, &steps[1].archs, "cpython", "arm64"));
	assert_int_equal(package_tier(numpy, "smoke")->format, TIER_PYTEST);
	assert_int_equal(package_tier(numpy, "smoke")->limit_ns, 300 * NS_PER_S);
	assert_string_equal(package_tier(numpy, "full")->run, "echo ${x}");
	assert_int_equal(package_tier(numpy, "full")->format, TIER_TAP);
	assert_int_equal(package_tier(numpy, "plain")->format, TIER_EXIT);
	assert_null(package_tier(numpy, "none"));
	assert_string_equal(lab->settings.baseline, "cpython");
	assert_int_equal(lab->cause_count, 2);
	assert_string_equal(lab->causes[1].name, "no Tk");
	assert_string_equal(lab_suite(lab, "daily")->packages.items[1], "pandas");
	assert_string_equal(lab_runtime(lab, "pypy")->command, "pypy3");
	lab_free(lab);
}

static void problems_of_all_files_come_at_once(void **state)
{
	struct lab_fixture *f = *state;

	lab_write(f, "lab.yaml", "targts: [here]\ntier: nightly\nruntimes: [cpythn]\nbaseline: snake\n");
	write_runtimes(f);
	lab_write(f, "targets/far.yaml", "kind: qemu\narch: s390\nssh: {host: x}\nmemory: 1\n");
	lab_write(f, "recipes/packages/pandas.yaml", "needs: [numpi]\ntiers: {smoke: {pytest: x}}\n");
	lab_write(f, "recipes/packages/numpy.yaml", "tiers: {full: {pytest: x}}\n");
	lab_write(f, "recipes/suites/s.yaml", "packages: [nmpy]\n");
	lab_expect_problems(
		f, "lab.yaml:1:1: unknown key \"targts\" (lab)\n    did you mean \"targets\"?\n"
		   "lab.yaml:2:7: there is no package with the tier \"nightly\"\n    known here: full, smoke\n"
		   "lab.yaml:3:12: there is no runtime \"cpythn\"\n    did you mean \"cpython\"?\n"
		   "lab.yaml:4:11: there is no runtime \"snake\"\n    known here: cpython, pypy\n"
		   "recipes/packages/pandas.yaml:1:9: there is no package \"numpi\"\n    did you mean \"numpy\"?\n"
		   "recipes/suites/s.yaml:1:12: there is no package \"nmpy\"\n    did you mean \"numpy\"?\n"
		   "targets/far.yaml:2:7: there is no Debian architecture \"s390\"\n    did you mean \"s390x\"?\n"
		   "targets/far.yaml:3:1: ssh is for targets of kind ssh, but this one is of kind qemu\n"
		   "    leave it out, or change the kind\n"
		   "targets/far.yaml:4:9: memory is \"1\", but a size is wanted\n"
		   "    a whole number and a unit: memory: 512M, memory: 2 GiB\n");
	assert_true(str_starts(f->e.text, "9 problems in the lab "));
}

static void expect_target_problem(struct lab_fixture *f, const char *text, const char *told)
{
	lab_write(f, "targets/t.yaml", text);
	lab_expect_text(f, told);
}

static void keys_belong_to_kinds(void **state)
{
	struct lab_fixture *f = *state;

	expect_target_problem(f, "arch: amd64\n", "targets/t.yaml:1:1: this target has no kind");
	expect_target_problem(f, "kind: vm\narch: amd64\n",
			      "t.yaml:1:7: kind is \"vm\", but one of local, ssh, qemu, fake is wanted");
	expect_target_problem(f, "kind: ssh\narch: amd64\n", "t.yaml:1:1: a target of kind ssh needs ssh with a host");
	expect_target_problem(f, "kind: ssh\narch: amd64\nssh: {port: 22}\n",
			      "t.yaml:3:1: this ssh setting has no host");
	expect_target_problem(f, "kind: qemu\n", "t.yaml:1:1: a target of kind qemu needs arch");
	expect_target_problem(f, "kind: local\nqemu: {kvm: never}\n", "t.yaml:2:1: qemu is for targets of kind qemu");
	expect_target_problem(f, "kind: ssh\narch: amd64\nssh: {host: x}\nimage: {release: sid}\n",
			      "t.yaml:4:1: image is for targets of kind local and qemu");
	expect_target_problem(f, "kind: qemu\narch: amd64\nsystem_packages: true\n",
			      "t.yaml:3:1: system_packages is for targets of kind ssh and fake");
	expect_target_problem(f, "kind: local\nfake: {}\n", "t.yaml:2:1: fake is for targets of kind fake");
	expect_target_problem(f, "kind: qemu\narch: amd64\nkeepalive: 5m\n",
			      "keepalive must be shorter than idle_limit");
	expect_target_problem(f, "kind: local\nwork_folder: tmp\n",
			      "t.yaml:2:14: work_folder must be an absolute path to a folder of its own");
	expect_target_problem(f, "kind: local\nwork_folder: /./\n", "t.yaml:2:14: work_folder must be");
	expect_target_problem(f, "kind: fake\narch: amd64\nwork_folder: /x/y\n",
			      "t.yaml:3:1: work_folder is for targets");
	expect_target_problem(f, "kind: fake\narch: amd64\nfake: {rules: [{match: '('}]}\n",
			      "t.yaml:3:24: match does not compile");
	expect_target_problem(f, "kind: local\nname: other\n",
			      "t.yaml:2:7: name is \"other\", but the file is called t.yaml");
	expect_target_problem(f, "kind: local\ntitle: ${nme}\n", "t.yaml:2:8: unknown variable ${nme}");
	lab_write(f, "targets/t.yaml", "kind: local\nname: t\n");
	lab_free(lab_open(f));
	assert_int_equal(f->problems.count, 0);
}

static void disks_need_their_sum(void **state)
{
	struct lab_fixture *f = *state;

	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {file: d.qcow2}\n",
			      "t.yaml:3:9: image.file needs sha256 beside it");
	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {url: 'https://x/d'}\n",
			      "image.url needs sha256 beside it");
	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {file: d, sha256: abc}\n",
			      "t.yaml:3:26: image.sha256 must be 64 digits 0-9 a-f, but here are 3 characters");
	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {sha256: " SHA "}\n",
			      "sha256 stands without file or url");
	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {file: d, url: 'http://x', sha256: " SHA "}\n",
			      "image has both file and url");
	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {url: 'ftp://x', sha256: " SHA "}\n",
			      "must begin with https://");
	expect_target_problem(f, "kind: qemu\narch: amd64\nimage: {file: d, release: sid, sha256: " SHA "}\n",
			      "image.release is for a root that labctl builds");
	expect_target_problem(f, "kind: local\nimage: {file: d, sha256: " SHA "}\n",
			      "a disk image is for targets of kind qemu");
	lab_write(f, "targets/t.yaml", "kind: qemu\narch: amd64\nimage: {file: d.qcow2, sha256: " SHA "}\n");
	struct lab *lab = lab_open(f);
	assert_non_null(lab);
	assert_true(str_ends(lab_target(lab, "t")->image.file, "/targets/d.qcow2"));
	lab_free(lab);
}

static void expect_package_problem(struct lab_fixture *f, const char *text, const char *told)
{
	lab_write(f, "recipes/packages/p.yaml", text);
	lab_expect_text(f, told);
}

static void tiers_and_steps_make_sense(void **state)
{
	struct lab_fixture *f = *state;

	write_runtimes(f);
	expect_package_problem(f, "tiers: {smoke: {limit: 5m}}\n",
			       "p.yaml:1:9: the tier smoke has neither pytest nor run");
	expect_package_problem(f, "tiers: {smoke: {pytest: x, run: y}}\n",
			       "p.yaml:1:28: the tier smoke has both pytest and run");
	expect_package_problem(f, "tiers: {smoke: {pytest: []}}\n", "pytest has no arguments");
	expect_package_problem(f, "tiers: {smoke: {pytest: x, format: tap}}\n", "format is for run");
	expect_package_problem(f, "tiers: {smoke: {run: x, format: pytest}}\n", "format pytest does not go with run");
	expect_package_problem(f, "tiers: {smoke: {run: x, format: lines}}\n",
			       "the tier smoke has format lines, but no lines");
	expect_package_problem(
		f, "tiers: {smoke: {run: x, format: lines, lines: {pattern: '^ok (.*)', verdict: passed}}}\n",
		"p.yaml:1:57: pattern has no group called name");
	expect_package_problem(f, "tiers: {smoke: {run: x, lines: [{pattern: '(?<name>x)', verdict: passed}]}}\n",
			       "lines goes with format: lines only");
	expect_package_problem(f, "tiers: {smoke: {run: x, report: y}}\n",
			       "report goes with format junit, tap or lines only");
	expect_package_problem(f, "install: {runtimes: [pypy]}\n", "p.yaml:1:10: this install step does nothing");
	expect_package_problem(f, "install: [{apt: x, unavailable: no}]\n",
			       "p.yaml:1:20: unavailable stands beside apt in one step");
	expect_package_problem(f, "install: [{apt: x, pip_needs: gcc}]\n", "pip_needs stands without pip");
	expect_package_problem(f, "install: [{apt: x, network: true}]\n", "network stands without run");
	expect_package_problem(f, "install: [{apt: x, archs: [arm46]}]\n",
			       "there is no Debian architecture \"arm46\"\n    did you mean \"arm64\"?");
	expect_package_problem(f, "install: [{apt: x, runtimes: [pypi]}]\n",
			       "there is no runtime \"pypi\"\n    did you mean \"pypy\"?");
	expect_package_problem(f, "known_failures: [{test: '*', reason: x}]\n", "test does not compile");
	expect_package_problem(f, "known_failures: [{test: x}]\n", "this known failure has no reason");
	lab_write(f, "recipes/runtimes/pypy.yaml", "install: [{}]\n");
	lab_expect_text(f, "runtimes/pypy.yaml:1:1: this runtime has no command");
	lab_expect_text(f, "runtimes/pypy.yaml:1:11: this install step does nothing");
}

static void circles_of_needs_are_told_once(void **state)
{
	struct lab_fixture *f = *state;

	lab_write(f, "recipes/packages/a.yaml", "title: x\nneeds: [b]\n");
	lab_write(f, "recipes/packages/b.yaml", "needs: [d, c]\n");
	lab_write(f, "recipes/packages/c.yaml", "needs:\n- a\n");
	lab_write(f, "recipes/packages/d.yaml", "title: fine\n");
	lab_write(f, "recipes/packages/e.yaml", "needs: [d, b]\n");
	lab_write(f, "recipes/packages/self.yaml", "needs: [self]\n");
	lab_expect_problems(f, "recipes/packages/c.yaml:2:3: needs go in a circle: a needs b needs c needs a\n"
			       "    leave out one of these needs\n"
			       "recipes/packages/self.yaml:1:9: needs go in a circle: self needs self\n"
			       "    leave out one of these needs\n");
}

static void a_lab_without_targets_is_told(void **state)
{
	struct lab_fixture *f = *state;

	assert_int_equal(file_remove_tree(f->folder, NULL), 0);
	lab_write(f, "lab.yaml", "");
	lab_expect_problems(
		f,
		"lab.yaml:1:1: this lab has no targets\n    write targets/NAME.yaml, for example with kind: local\n");
	lab_write(f, "lab.yaml", "targets: []\n");
	lab_expect_text(f, "lab.yaml:1:10: targets chooses nothing");
}

static void names_come_from_files(void **state)
{
	struct lab_fixture *f = *state;

	lab_write(f, "targets/a b.yaml", "kind: local\n");
	lab_write(f, "targets/-x.yaml", "kind: local\n");
	lab_write(f, "targets/.hidden.yaml", "kind: nonsense\n");
	lab_write(f, "targets/README", "kind: nonsense\n");
	lab_write(f, "targets/old.yml", "kind: local\n");
	lab_write(f,
		  "targets/"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.yaml",
		  "kind: local\n");
	lab_expect_problems(f, "targets/-x.yaml: a file's name is the target's, and this one is no name\n"
			       "    letters, digits, - _ . +, at most 64\n"
			       "targets/a b.yaml: a file's name is the target's, and this one is no name\n"
			       "    letters, digits, - _ . +, at most 64\n"
			       "targets/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.yaml: a "
			       "file's name is the "
			       "target's, and this one is no name\n    letters, digits, - _ . +, at most 64\n"
			       "targets/old.yml: only files that end in .yaml are read\n    name it .yaml\n");
}

static void variables_may_lean_on_each_other(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *wanted = mem_printf("%s-%s", host_arch(), host_arch());

	lab_write(f, "lab.yaml", "title: ${a}\nvariables: {a: '${b}', b: '${arch}-${arch}'}\n");
	struct lab *lab = lab_open(f);
	assert_non_null(lab);
	assert_string_equal(lab->settings.title, wanted);
	lab_free(lab);
	lab_write(f, "lab.yaml", "variables: {a: '${b}', b: '${a}', c: '${archh}'}\n");
	lab_expect_problems(f, "lab.yaml:1:16: unknown variable ${b}\n"
			       "    set it under `variables:` in lab.yaml, or write $${b} for a plain ${b}\n"
			       "lab.yaml:1:27: unknown variable ${a}\n"
			       "    set it under `variables:` in lab.yaml, or write $${a} for a plain ${a}\n"
			       "lab.yaml:1:38: unknown variable ${archh}\n    did you mean ${arch}?\n");
}

static void the_index_is_checked(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *told = mem_printf("lab.yaml:1:17: index.folder: there is no folder %s/wheels\n", f->folder);

	lab_write(f, "lab.yaml", "index: {folder: wheels, only_folder: true}\n");
	lab_expect_problems(f, told);
	lab_write(f, "lab.yaml", "index: {only_folder: true}\n");
	lab_expect_text(f, "index.only_folder needs index.folder");
	lab_write(f, "lab.yaml", "index: {constraints: none.txt, url: 'localhost:80'}\n");
	lab_expect_text(f, "index.constraints: cannot read");
	lab_expect_text(f, "index.url must begin with");
	lab_write(f, "wheels/x.whl", "");
	lab_write(f, "lab.yaml", "index: {folder: wheels, only_folder: true}\n");
	struct lab *lab = lab_open(f);
	assert_non_null(lab);
	lab_free(lab);
}

static void causes_are_a_list(void **state)
{
	struct lab_fixture *f = *state;

	lab_write(f, "recipes/causes.yaml", "- {name: a, pattern: x}\n- {name: a, pattern: '['}\n- {pattern: y}\n");
	lab_expect_text(f, "recipes/causes.yaml:2:3: cause: \"a\" stands here a second time");
	lab_expect_text(f, "recipes/causes.yaml:2:22: pattern does not compile");
	lab_expect_text(f, "recipes/causes.yaml:3:3: this cause has no name");
	lab_write(f, "recipes/causes.yaml", "causes: wrong\n");
	lab_expect_text(f, "recipes/causes.yaml:1:1: cause is a map, but a list of maps is wanted");
	lab_write(f, "recipes/causes.yaml", "");
	lab_free(lab_open(f));
	assert_int_equal(f->problems.count, 0);
}

/* ---- the shipped lab ---- */

static void the_shipped_lab_fills_in(void **state)
{
	struct lab_fixture *f = *state, *shipped = NULL;

	lab_setup((void **)&shipped);
	lab_write(shipped, "lab.yaml",
		  "targets: [here, other]\nruntimes: [pypy]\nvariables: {word: theirs, where: '${lab}'}\n");
	lab_write(shipped, "targets/here.yaml", "kind: local\ntitle: shipped\n");
	lab_write(shipped, "targets/other.yaml",
		  "kind: qemu\narch: arm64\ntitle: ${word} ${where}\nwork_folder: ${lab}\n");
	lab_write(shipped, "recipes/lib/x.sh", "");
	lab_write(shipped, "recipes/causes.yaml", "- {name: a, pattern: theirs}\n- {name: b, pattern: theirs}\n");
	lab_write(f, "recipes/causes.yaml", "- {name: b, pattern: ours}\n");
	lab_write(f, "lab.yaml", "variables: {word: ours}\n");
	write_runtimes(shipped);

	struct lab *lab = lab_open_with(f, shipped->folder);
	AUTO_FREE char *title = mem_printf("ours %s", shipped->folder),
		       *lib = mem_printf("%s/recipes/lib", shipped->folder);
	assert_string_equal(str_text(&f->shown), "");
	assert_non_null(lab);
	assert_int_equal(lab->target_count, 2);
	assert_null(lab_target(lab, "here")->title);
	assert_string_equal(lab_target(lab, "other")->title, title);
	assert_string_equal(lab_target(lab, "other")->work_folder, shipped->folder);
	assert_string_equal(lab->lib_folder, lib);
	assert_int_equal(lab->cause_count, 2);
	assert_string_equal(lab->causes[0].pattern, "ours");
	assert_string_equal(lab->causes[1].name, "a");
	assert_int_equal(lab->settings.targets.count, 1); /* the user's own folder has one */
	assert_int_equal(lab->settings.runtimes.count, 1);
	assert_string_equal(lab->settings.runtimes.items[0], "pypy");
	lab_free(lab);

	lab_write(f, "lab.yaml", "shipped: false\n");
	lab = lab_open_with(f, shipped->folder);
	assert_non_null(lab);
	assert_int_equal(lab->target_count, 1);
	assert_int_equal(lab->runtime_count, 0);
	lab_free(lab);

	AUTO_FREE char *own = mem_printf("%s/targets", f->folder);
	assert_int_equal(file_remove_tree(own, NULL), 0);
	lab_write(f, "lab.yaml", "");
	lab = lab_open_with(f, shipped->folder);
	assert_non_null(lab);
	assert_int_equal(lab->settings.targets.count, 2);
	lab_free(lab);

	struct lab_wish wish = { .folder = shipped->folder, .shipped = shipped->folder };
	lab = lab_load(&wish, &f->problems, &f->e);
	assert_non_null(lab);
	assert_int_equal(lab->target_count, 2);
	lab_free(lab);
	lab_teardown((void **)&shipped);
}

/* ---- finding it ---- */

static void the_lab_is_found(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *before = realpath(".", NULL), *below = file_join(f->folder, "some/where/below"), *none = NULL;
	AUTO_FREE char *file = file_join(f->folder, "lab.yaml"), *found = NULL;
	struct lab_wish wish = { 0 };
	const char *how;

	assert_int_equal(file_make_folders(below, NULL), 0);
	assert_int_equal(chdir(below), 0);
	found = lab_find(&wish, &how, &f->e);
	assert_string_equal(found, f->folder);
	assert_string_equal(how, "the nearest lab.yaml upward from here");
	free(found);
	assert_int_equal(chdir("/"), 0);
	assert_null(found = lab_find(&wish, &how, &f->e));
	assert_non_null(strstr(f->e.hint, "--lab"));
	wish.shipped = f->folder;
	found = lab_find(&wish, &how, &f->e);
	assert_string_equal(how, "it comes with labctl");
	free(found);
	setenv("LABCTL_LAB", f->folder, 1);
	found = lab_find(&wish, &how, &f->e);
	assert_string_equal(how, "LABCTL_LAB names it");
	free(found);
	wish.folder = file;
	found = lab_find(&wish, &how, &f->e);
	assert_string_equal(found, f->folder);
	assert_string_equal(how, "--lab names it");
	wish.folder = below;
	none = lab_find(&wish, &how, &f->e);
	assert_null(none);
	assert_non_null(strstr(f->e.text, "has no lab.yaml"));
	wish.folder = "/nowhere/at/all";
	assert_null(lab_find(&wish, &how, &f->e));
	assert_string_equal(f->e.text, "/nowhere/at/all is not there");
	unsetenv("LABCTL_LAB");
	assert_int_equal(chdir(before), 0);
}

static void results_go_where_they_are_wanted(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *state_folder = file_join(f->folder, "state");
	AUTO_FREE char *shipped_results = file_join(f->folder, "state/labctl/results");
	AUTO_FREE char *before = realpath(".", NULL);
	struct lab_wish wish = { .folder = f->folder, .results = "/some/place" };

	struct lab *lab = lab_load(&wish, &f->problems, &f->e);
	assert_string_equal(lab->results_folder, "/some/place");
	lab_free(lab);
	wish.results = NULL;
	setenv("LABCTL_RESULTS", "/other/place", 1);
	lab = lab_load(&wish, &f->problems, &f->e);
	assert_string_equal(lab->results_folder, "/other/place");
	lab_free(lab);
	unsetenv("LABCTL_RESULTS");
	setenv("XDG_STATE_HOME", state_folder, 1);
	assert_int_equal(chdir("/"), 0);
	lab = lab_load(&(struct lab_wish){ .shipped = f->folder }, &f->problems, &f->e);
	assert_string_equal(lab->results_folder, shipped_results);
	lab_free(lab);
	unsetenv("XDG_STATE_HOME");
	assert_int_equal(chdir(before), 0);
}

/* ---- hostile files ---- */

static void expect_refused(struct lab_fixture *f, const char *file, const char *text, size_t len, const char *told)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	lab_write_bytes(f, file, text, len);
	lab_expect_text(f, told);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss <
		    512 * 1024); /* KiB; sanitizers take several times what the program does */
}

static void alias_bombs_are_refused(void **state)
{
	AUTO_STR bomb = { 0 };

	str_add(&bomb, "title: &a0 x\ntags: &b0 [*a0, *a0]\n");
	for (int i = 1; i < 40; i++)
		str_addf(&bomb, "k%d: &b%d [*b%d, *b%d, *b%d, *b%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
	expect_refused(*state, "targets/t.yaml", bomb.text, bomb.len, "targets/t.yaml:");
	expect_refused(*state, "lab.yaml", bomb.text, bomb.len, "lab.yaml:");
}

/* Variables that double each other would do the same in other clothes. */
static void doubling_variables_are_refused(void **state)
{
	AUTO_STR bomb = { 0 };

	str_add(&bomb, "variables:\n  v0: 0123456789\n");
	for (int i = 1; i < 60; i++)
		str_addf(&bomb, "  v%d: ${v%d}${v%d}\n", i, i - 1, i - 1);
	expect_refused(*state, "lab.yaml", bomb.text, bomb.len, "with its variables the text is longer than 64 KiB");
	str_clear(&bomb);
	str_add(&bomb, "variables:\n  v: ");
	for (int i = 0; i < 60000; i++)
		str_add_char(&bomb, 'x');
	lab_write(*state, "lab.yaml", str_text(&bomb));
	str_clear(&bomb);
	str_add(&bomb, "kind: local\ntags: [a");
	for (int i = 0; i < 50000; i++)
		str_add(&bomb, ", '${v}'");
	str_add(&bomb, "]\n");
	expect_refused(*state, "targets/t.yaml", bomb.text, bomb.len,
		       "with its variables the lab takes more than 64 MiB");
	str_clear(&bomb);
	str_add(&bomb, "variables:\n");
	for (int i = 0; i < 20000; i++)
		str_addf(&bomb, "  v%d: x\n", i);
	expect_refused(*state, "lab.yaml", bomb.text, bomb.len,
		       "lab.yaml:2:3: 20000 variables, but at most 200 are read");
}

static void deep_nesting_is_refused(void **state)
{
	AUTO_STR deep = { 0 };

	str_add(&deep, "tags: ");
	for (int i = 0; i < 200000; i++)
		str_add_char(&deep, '[');
	expect_refused(*state, "targets/t.yaml", deep.text, deep.len, "targets/t.yaml:1:");
	str_clear(&deep);
	for (int i = 0; i < 500; i++)
		str_addf(&deep, "%*sa:\n", i, "");
	expect_refused(*state, "lab.yaml", deep.text, deep.len, "nested deeper than");
}

static void huge_files_are_refused(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *path = file_join(f->folder, "recipes/packages/huge.yaml");

	lab_write(f, "recipes/packages/huge.yaml", "title: x\n");
	assert_int_equal(truncate(path, 100 * 1000 * 1000), 0);
	lab_expect_text(f, "recipes/packages/huge.yaml:1:1: larger than 1024 KiB");
}

static void strange_bytes_are_refused(void **state)
{
	expect_refused(*state, "targets/t.yaml", "kind: local\ntitle: a\0b\n", 23, "targets/t.yaml:2:9: a NUL byte");
	expect_refused(*state, "targets/t.yaml", "kind: local\ntitle: \xff\xfe\n", 22,
		       "targets/t.yaml:2:8: byte 0xff is not valid UTF-8");
	expect_refused(*state, "targets/t.yaml", "kind: local\ntitle: \"a\\0b\"\n", 26,
		       "targets/t.yaml:2:8: a text with a NUL character");
	expect_refused(*state, "targets/t.yaml", "\xff\xfek\0i\0", 6, "targets/t.yaml:1:1: this is UTF-16");
	expect_refused(*state, "targets/t.yaml", "kind: local\nkind: ssh\n", 22,
		       "targets/t.yaml:2:1: the key \"kind\" stands here for the second time");
	expect_refused(*state, "targets/t.yaml", "kind: 'local\n", 13, "targets/t.yaml:");
	expect_refused(*state, "targets/t.yaml", "kind: local\n---\nkind: ssh\n", 26,
		       "targets/t.yaml:2:1: a second document");
}

static void strange_files_are_refused(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *loop = file_join(f->folder, "targets/loop.yaml"),
		       *fifo = file_join(f->folder, "targets/fifo.yaml");
	AUTO_FREE char *folder = file_join(f->folder, "targets/folder.yaml"),
		       *gone = file_join(f->folder, "targets/gone.yaml");
	AUTO_FREE char *packages = file_join(f->folder, "recipes/packages"), *recipes = file_join(f->folder, "recipes");

	assert_int_equal(symlink("loop.yaml", loop), 0);
	assert_int_equal(symlink("nowhere.yaml", gone), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(recipes, 0700), 0);
	assert_int_equal(symlink("packages", packages), 0);
	lab_open_with(f, NULL);
	assert_non_null(
		strstr(str_text(&f->shown), "targets/loop.yaml: cannot read it: Too many levels of symbolic links\n"));
	assert_non_null(strstr(str_text(&f->shown), "targets/gone.yaml: cannot read it: No such file or directory\n"));
	assert_non_null(strstr(str_text(&f->shown), "targets/fifo.yaml: cannot read it: it is not a file\n"));
	assert_non_null(strstr(str_text(&f->shown), "targets/folder.yaml: cannot read it: it is not a file\n"));
	assert_non_null(strstr(str_text(&f->shown), "recipes/packages: "));
}

static void full_folders_are_refused(void **state)
{
	struct lab_fixture *f = *state;

	lab_write(f, "recipes/packages/p0.yaml", "");
	for (int i = 0; i < 3000; i++) {
		AUTO_FREE char *path = mem_printf("%s/recipes/packages/x%d.yaml", f->folder, i);
		assert_int_equal(symlink("p0.yaml", path), 0);
	}
	lab_expect_problems(f, "recipes/packages: 3001 files, but at most 2000 are read\n");
}

static void hundreds_of_recipes_take_little_room(void **state)
{
	struct lab_fixture *f = *state;

	write_runtimes(f);
	for (int i = 0; i < 300; i++) {
		AUTO_FREE char *name = mem_printf("recipes/packages/p%d.yaml", i);
		lab_write(f, name,
			  "title: a package\ninstall:\n- runtimes: [cpython]\n  apt: [python3-x]\n- runtimes: [pypy]\n "
			  " pip: [x]\n"
			  "tiers:\n  smoke: {pytest: [--pyargs, x, -k, smoke], limit: 5m}\n  full: {pytest: [--pyargs, "
			  "x]}\n"
			  "known_failures:\n- {test: 'a::b', reason: known, archs: [s390x]}\ntags: [a, b]\n");
	}
	struct lab *lab = lab_open(f);
	assert_non_null(lab);
	assert_int_equal(lab->package_count, 300);
	assert_string_equal(lab_package(lab, "p299")->title, "a package");
	assert_true(arena_bytes(lab->arena) < 2 * 1024 * 1024);
	lab_free(lab);
}

static void emulation_is_told(void **state)
{
	struct target_spec spec = { .kind = TARGET_LOCAL };
	const char *foreign = strcmp(host_arch(), "s390x") == 0 ? "arm64" : "s390x";

	(void)state;
	assert_false(target_is_emulated(&spec));
	spec.arch = host_arch();
	assert_false(target_is_emulated(&spec));
	spec.arch = foreign;
	assert_true(target_is_emulated(&spec));
	spec.kind = TARGET_SSH;
	assert_false(target_is_emulated(&spec));
	spec.kind = TARGET_QEMU;
	assert_true(target_is_emulated(&spec));
	spec.arch = host_arch();
	assert_false(target_is_emulated(&spec));
	spec.qemu.kvm = QEMU_KVM_NEVER;
	assert_true(target_is_emulated(&spec));
	assert_string_equal(target_kind_name(TARGET_QEMU), "qemu");
	assert_string_equal(target_kind_name(77), "unknown");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_empty_lab_has_its_defaults),
		CASE(everything_is_read),
		CASE(problems_of_all_files_come_at_once),
		CASE(keys_belong_to_kinds),
		CASE(disks_need_their_sum),
		CASE(tiers_and_steps_make_sense),
		CASE(circles_of_needs_are_told_once),
		CASE(a_lab_without_targets_is_told),
		CASE(names_come_from_files),
		CASE(variables_may_lean_on_each_other),
		CASE(the_index_is_checked),
		CASE(causes_are_a_list),
		CASE(the_shipped_lab_fills_in),
		CASE(the_lab_is_found),
		CASE(results_go_where_they_are_wanted),
		CASE(alias_bombs_are_refused),
		CASE(doubling_variables_are_refused),
		CASE(deep_nesting_is_refused),
		CASE(huge_files_are_refused),
		CASE(strange_bytes_are_refused),
		CASE(strange_files_are_refused),
		CASE(full_folders_are_refused),
		CASE(hundreds_of_recipes_take_little_room),
		CASE(emulation_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
