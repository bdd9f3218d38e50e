/* What stands in a bundle beside the files: for those who have no labctl. */
#include <string.h>

#include "analyse/likeness.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/repro.h"

static void add_versions(const struct facts *facts, struct str *out)
{
	static const char *const names[] = {
		"os", "kernel", "arch", "processor", "runtime_version", "package_version"
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = facts_get(facts, names[i]);

		if (value) {
			str_addf(out, "- %s: ", names[i]);
			str_add_quoted(out, value, STR_MARKDOWN);
			str_add(out, "\n");
		}
	}
}

/* For those who have the package installed: pytest's own words. */
static void add_plain_command(const struct repro *r, struct str *out)
{
	const char *module = r->cell->package->import ? r->cell->package->import : r->cell->package->name;
	AUTO_STR quoted = { 0 };

	if (!r->test || r->cell->tier->format != TIER_PYTEST)
		return;
	str_add_quoted(&quoted, r->test->name, STR_SHELL);
	str_addf(out,
		 "\nWhere the package is installed already:\n\n"
		 "    cd \"$(%s -c 'import %s, os; print(os.path.dirname(os.path.dirname(%s.__file__)))')\"\n"
		 "    %s -m pytest %s\n",
		 r->cell->runtime->command, module, module, r->cell->runtime->command, str_text(&quoted));
}

void repro_readme(const struct repro *r, struct str *out)
{
	char when[32];
	AUTO_STR line = { 0 };

	clock_format_utc(r->row->started_wall_ms, when, sizeof(when));
	str_addf(out, "# %s\n\n", r->label);
	if (r->test) {
		likeness_line(verdict_is_bad(r->test->verdict) ? r->test->detail : NULL, &line);
		str_add(out, "The test ");
		str_add_quoted(out, r->test->name, STR_MARKDOWN);
		str_addf(out, " %s on %s (%s).\n\n", verdict_name(r->test->verdict), r->row->arch, r->row->how_run);
		if (line.len) {
			str_add(out, "    ");
			str_add_quoted(out, str_text(&line), STR_TERMINAL);
			str_add(out, "\n\n");
		}
	} else {
		str_addf(out, "The tests ended as %s on %s (%s): ", verdict_name(r->row->verdict), r->row->arch,
			 r->row->how_run);
		str_add_quoted(out, r->row->reason ? r->row->reason : "", STR_MARKDOWN);
		str_add(out, "\n\n");
	}
	str_addf(out, "Recorded %s by labctl %s.\n\n", when, PACKAGE_VERSION);
	add_versions(&r->record.facts, out);
	str_add(out, "\n    sh reproduce.sh\n\ninstalls what was installed and runs what was run: as root, on a Debian "
		     "machine of this architecture that may be thrown away.\n");
	add_plain_command(r, out);
	str_add(out, "\n| file | holds |\n| --- | --- |\n"
		     "| reproduce.sh | install steps, environment and command |\n"
		     "| lib/ | what these call |\n"
		     "| messages.txt | what the failing tests said |\n"
		     "| log/ | the raw output of each step |\n"
		     "| facts.txt | versions of machine, runtime and package |\n"
		     "| environment.txt | variables of the tests |\n\n"
		     "Left out are values of variables whose names hold ");
	for (size_t i = 0; secret_words[i]; i++)
		str_addf(out, "%s%s", i ? ", " : "", secret_words[i]);
	str_add(out, ", keys of ssh targets, and user and password in URLs.\n");
}
