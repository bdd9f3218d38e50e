#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

/* What one match may cost. The limits hold per place where a match may begin, the first that is hit ends the search. */
#define MATCH_LIMIT	      500000
#define DEPTH_LIMIT	      250000
#define HEAP_LIMIT_KIB	      (32 * 1024)
#define JIT_STACK_START_BYTES (32 * 1024)
#define JIT_STACK_MOST_BYTES  (1024 * 1024)
#define PATTERN_MOST_BYTES    (64 * 1024)

struct regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	pcre2_jit_stack *jit_stack; /* NULL: no JIT on this processor */
	uint32_t group_count;	    /* the whole match is not counted */
};

static void *must(void *made)
{
	if (!made)
		abort(); /* as mem_new: only out of memory leads here */
	return made;
}

static pcre2_code *compile(const char *pattern, int *out_problem, size_t *out_offset)
{
	pcre2_compile_context *context = must(pcre2_compile_context_create(NULL));

	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_max_pattern_length(context, PATTERN_MOST_BYTES);
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			      PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C,
			      out_problem, out_offset, context);
	pcre2_compile_context_free(context);
	return code;
}

static void use_jit(struct regex *r)
{
	if (pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) != 0)
		return; /* the interpreter does it, only slower */
	r->jit_stack = must(pcre2_jit_stack_create(JIT_STACK_START_BYTES, JIT_STACK_MOST_BYTES, NULL));
	pcre2_jit_stack_assign(r->limits, NULL, r->jit_stack);
}

struct regex *regex_new(const char *pattern, struct err *e)
{
	int problem;
	size_t offset;
	pcre2_code *code = compile(pattern, &problem, &offset);

	if (!code) {
		PCRE2_UCHAR text[256];
		pcre2_get_error_message(problem, text, sizeof(text));
		AUTO_STR shown = { 0 };
		str_add_quoted(&shown, pattern, STR_TERMINAL);
		err_set(e, ERR_CONFIG, "pattern \"%.200s\", at byte %zu: %s", str_text(&shown), offset + 1,
			(const char *)text);
		return NULL;
	}
	struct regex *r = mem_new(1, sizeof(*r));
	r->code = code;
	r->match = must(pcre2_match_data_create_from_pattern(code, NULL));
	r->limits = must(pcre2_match_context_create(NULL));
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KIB);
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &r->group_count);
	use_jit(r);
	return r;
}

/* >0: found; PCRE2_ERROR_NOMATCH; any other: a limit was hit. */
static int match(const struct regex *r, const char *text, size_t len)
{
	PCRE2_SPTR subject = (PCRE2_SPTR)(text ? text : "");
	int rc = pcre2_match(r->code, subject, len, 0, 0, r->match, r->limits);

	/* The machine code's stack is smaller than what the interpreter may take from the heap. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(r->code, subject, len, 0, PCRE2_NO_JIT, r->match, r->limits);
	return rc;
}

bool regex_matches(const struct regex *r, const char *text, size_t len)
{
	return match(r, text, len) > 0;
}

int regex_groups(const struct regex *r, const char *text, size_t len, struct regex_group *out, size_t max)
{
	int rc = match(r, text, len);

	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0)
		return -1;
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(r->match);
	size_t count = (size_t)r->group_count + 1 < max ? (size_t)r->group_count + 1 : max;
	for (size_t i = 0; i < count; i++) {
		bool unused = i >= (size_t)rc || offsets[2 * i] == PCRE2_UNSET;
		out[i].start = unused ? 1 : offsets[2 * i];
		out[i].end = unused ? 0 : offsets[2 * i + 1];
	}
	return (int)count;
}

int regex_group_number(const struct regex *r, const char *name)
{
	int number = pcre2_substring_number_from_name(r->code, (PCRE2_SPTR)name);

	return number > 0 ? number : -1;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_jit_stack_free(r->jit_stack);
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->match);
	pcre2_code_free(r->code);
	free(r);
}

const char *regex_library_version(void)
{
	static char text[64];

	if (!text[0] && pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= (int)sizeof(text))
		pcre2_config(PCRE2_CONFIG_VERSION, text);
	return text;
}
