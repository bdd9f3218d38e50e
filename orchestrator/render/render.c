#include "render/render.h"

#include <langinfo.h>
#include <string.h>

#include "base/mem.h"

static const struct renderer *const renderers[] = { &terminal_renderer, &json_renderer, &csv_renderer,
						    &markdown_renderer, &junit_renderer };

const struct renderer *renderer_at(size_t i)
{
	return i < COUNT_OF(renderers) ? renderers[i] : NULL;
}

const struct renderer *renderer_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(renderers); i++)
		if (strcmp(renderers[i]->name, name) == 0)
			return renderers[i];
	return NULL;
}

bool render_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
