/* JUnit XML as it comes, never held as a whole. junit_xml.c is the only file that includes expat's header. */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "parse/format.h"
#include "parse/xml_bytes.h"

#define PIECE_BYTES	  (32 * 1024)
#define DEPTH_MAX	  64
#define TOKEN_MAX_BYTES	  (4 * 1024 * 1024) /* one tag with all its attributes */
#define DETAIL_ROOM_BYTES 8192
#define NAME_ROOM_BYTES	  4096

struct junit {
	struct parser base;
	XML_Parser xml;
	struct xml_bytes bytes;
	uint64_t fed;
	unsigned depth;
	unsigned taking_text_at; /* depth of the element whose text is the detail; 0: none */
	bool root_seen, root_ended;
	bool in_case;
	bool ended_early;    /* what follows is no XML any more: what was read counts */
	const char *refused; /* why these bytes are not read at all; NULL: they are */
	struct str early_why;
	struct str suite; /* name of the innermost suite, for tests without a class */
	struct str name, detail;
	enum verdict verdict;
	int64_t took_ns;
};

static const char *attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return NULL;
}

static void add_up_to(struct str *s, const char *text, size_t len, size_t room)
{
	if (s->len < room)
		str_add_bytes(s, text, len < room - s->len ? len : room - s->len);
}

static void stop(struct junit *p, const char *why)
{
	p->refused = why;
	XML_StopParser(p->xml, XML_FALSE);
}

static void begin_suite(struct junit *p, const char **attributes)
{
	const char *name = attribute(attributes, "name");

	str_clear(&p->suite);
	if (name)
		add_up_to(&p->suite, name, strlen(name), NAME_ROOM_BYTES / 2);
}

static void begin_case(struct junit *p, const char **attributes)
{
	const char *class = NULL, *name = NULL, *seconds = NULL, *status = NULL;

	for (; *attributes; attributes += 2) {
		const char *key = attributes[0];

		if (!strcmp(key, "name"))
			name = attributes[1];
		else if (!strcmp(key, "classname"))
			class = attributes[1];
		else if (!strcmp(key, "time"))
			seconds = attributes[1];
		else if (!strcmp(key, "status"))
			status = attributes[1];
	}
	if (!class || !*class)
		class = str_text(&p->suite);
	str_clear(&p->name);
	str_clear(&p->detail);
	add_up_to(&p->name, class, strlen(class), NAME_ROOM_BYTES / 2);
	if (p->name.len && name && *name)
		str_add_bytes(&p->name, "::", 2);
	if (name)
		add_up_to(&p->name, name, strlen(name), NAME_ROOM_BYTES);
	p->took_ns = seconds ? seconds_to_ns(seconds, strlen(seconds)) : -1;
	p->verdict =
		status && (!strcmp(status, "notrun") || !strcmp(status, "disabled")) ? VERDICT_SKIPPED : VERDICT_PASSED;
	p->in_case = true;
}

/* pytest writes a module that cannot be imported as an error with this message. */
static enum verdict error_verdict(const char *message)
{
	return message && !strcmp(message, "collection failure") ? VERDICT_BROKEN : VERDICT_FAILED;
}

/* <failure>, <error> or <skipped> of the test at hand; anything else in it says nothing about its verdict. */
static void begin_finding(struct junit *p, const char *element, const char **attributes)
{
	const char *message = attribute(attributes, "message"), *type = attribute(attributes, "type");
	enum verdict v;

	if (!strcmp(element, "failure"))
		v = VERDICT_FAILED;
	else if (!strcmp(element, "error"))
		v = error_verdict(message);
	else if (!strcmp(element, "skipped"))
		v = VERDICT_SKIPPED;
	else
		return;
	if (p->verdict == VERDICT_PASSED || verdict_worst(p->verdict, v) == v)
		p->verdict = v;
	if (v == VERDICT_SKIPPED && type && !strcmp(type, "pytest.xfail"))
		str_add(&p->detail, "xfail: ");
	if (message)
		add_up_to(&p->detail, message, strlen(message), DETAIL_ROOM_BYTES);
	if (p->detail.len)
		add_up_to(&p->detail, "\n", 1, DETAIL_ROOM_BYTES);
	p->taking_text_at = p->depth;
}

static void XMLCALL on_start(void *ctx, const char *element, const char **attributes)
{
	struct junit *p = ctx;

	if (++p->depth > DEPTH_MAX) {
		stop(p, "is nested too deeply");
	} else if (p->in_case) {
		begin_finding(p, element, attributes);
	} else if (!strcmp(element, "testcase") && p->root_seen) {
		begin_case(p, attributes);
	} else if (!strcmp(element, "testsuite") || !strcmp(element, "testsuites")) {
		p->root_seen = true;
		begin_suite(p, attributes);
	} else if (p->depth == 1) {
		stop(p, "is XML, but not JUnit's: its root is neither testsuites nor testsuite");
	}
}

static void trim_end(struct str *s)
{
	while (s->len && strchr(" \n\r\t", s->text[s->len - 1]))
		str_cut(s, s->len - 1);
}

static void XMLCALL on_end(void *ctx, const char *element)
{
	struct junit *p = ctx;

	if (p->depth == p->taking_text_at) {
		p->taking_text_at = 0;
		trim_end(&p->detail);
	}
	if (p->in_case && !strcmp(element, "testcase")) {
		parser_add(&p->base, str_text(&p->name), p->verdict, p->took_ns, str_text(&p->detail));
		p->in_case = false;
	}
	if (--p->depth == 0)
		p->root_ended = true;
	if (p->base.full)
		XML_StopParser(p->xml, XML_FALSE);
}

static void XMLCALL on_text(void *ctx, const char *text, int len)
{
	struct junit *p = ctx;

	if (p->taking_text_at && p->depth == p->taking_text_at)
		add_up_to(&p->detail, text, (size_t)len, DETAIL_ROOM_BYTES);
}

/* A test report has no use for entities of its own; those who declare some mean to blow up. */
static void XMLCALL on_entity(void *ctx, const char *name, int is_parameter, const char *value, int value_len,
			      const char *base, const char *system_id, const char *public_id, const char *notation)
{
	(void)name, (void)is_parameter, (void)value, (void)value_len;
	(void)base, (void)system_id, (void)public_id, (void)notation;
	stop(ctx, "declares XML entities, which is refused");
}

/* Where a file that breaks off was still JUnit's, what it told until there counts. */
static int judge(struct junit *p, struct err *e)
{
	if (p->refused)
		return err_set(e, ERR_FORMAT, "%s: line %lu: the file %s", p->base.what,
			       (unsigned long)XML_GetCurrentLineNumber(p->xml), p->refused);
	if (p->base.full)
		return 0;
	p->ended_early = true;
	str_clear(&p->early_why);
	str_addf(&p->early_why, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(p->xml),
		 XML_ErrorString(XML_GetErrorCode(p->xml)));
	return 0;
}

static int feed_piece(struct junit *p, const char *data, size_t len, struct err *e)
{
	char *room = XML_GetBuffer(p->xml, PIECE_BYTES + XML_BYTES_EXTRA);
	XML_Index at;
	size_t n;

	if (!room)
		return err_set(e, ERR_FORMAT, "%s: one piece of the file is too large", p->base.what);
	n = xml_bytes_repair(&p->bytes, data, len, room);
	if (XML_ParseBuffer(p->xml, (int)n, 0) == XML_STATUS_ERROR)
		return judge(p, e);
	at = XML_GetCurrentByteIndex(p->xml);
	p->fed += n;
	if (at >= 0 && p->fed > (uint64_t)at && p->fed - (uint64_t)at > TOKEN_MAX_BYTES) {
		p->refused = "holds one tag of more than 4 MiB";
		return judge(p, e);
	}
	return 0;
}

static int junit_feed(struct parser *base, const char *data, size_t len, struct err *e)
{
	struct junit *p = (struct junit *)base;

	while (len && !p->ended_early && !base->full) {
		size_t n = len < PIECE_BYTES ? len : PIECE_BYTES;

		if (feed_piece(p, data, n, e) < 0)
			return -1;
		data += n;
		len -= n;
	}
	return 0;
}

static int junit_finish(struct parser *base, struct err *e)
{
	struct junit *p = (struct junit *)base;

	if (!p->refused && !p->ended_early && !base->full && XML_Parse(p->xml, "", 0, 1) == XML_STATUS_ERROR)
		judge(p, NULL);
	if (p->refused)
		return err_set(e, ERR_FORMAT, "%s: the file %s", base->what, p->refused);
	if (!p->root_seen)
		return err_set(e, ERR_FORMAT, "%s: not JUnit XML: %s", base->what,
			       p->early_why.len ? p->early_why.text : "it is empty");
	if (p->in_case)
		parser_add(base, str_text(&p->name), VERDICT_BROKEN, -1, "the report ends in the middle of this test");
	base->result.complete = p->root_ended;
	return 0;
}

static void junit_free(struct parser *base)
{
	struct junit *p = (struct junit *)base;

	XML_ParserFree(p->xml);
	str_free(&p->early_why);
	str_free(&p->suite);
	str_free(&p->name);
	str_free(&p->detail);
	parser_end(base);
	free(p);
}

static const struct parser_ops junit_ops = { junit_feed, junit_finish, junit_free };

static struct parser *junit_open(const struct parser_opts *o, struct err *e)
{
	struct junit *p = mem_new(1, sizeof(*p));

	p->xml = XML_ParserCreate(NULL);
	if (!p->xml) {
		free(p);
		err_set(e, ERR_INTERNAL, "no memory for an XML parser");
		return NULL;
	}
	parser_begin(&p->base, &junit_ops, o);
	XML_SetUserData(p->xml, p);
	XML_SetElementHandler(p->xml, on_start, on_end);
	XML_SetCharacterDataHandler(p->xml, on_text);
	XML_SetEntityDeclHandler(p->xml, on_entity);
	return &p->base;
}

const struct parser_format junit_format = { "junit", "JUnit XML, as pytest, surefire, googletest and others write it",
					    junit_open };
