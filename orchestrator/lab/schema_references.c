#include "lab/schema.h"

static void tell_names(const struct schema_field *f, const struct yaml_node *n, schema_reference_fn *tell, void *ctx)
{
	if (yaml_text(n))
		tell(ctx, f->refers_to, yaml_text(n), yaml_where(n));
	if (yaml_kind(n) == YAML_LIST)
		for (const struct yaml_node *item = yaml_next(n, NULL); item; item = yaml_next(n, item))
			if (yaml_text(item))
				tell(ctx, f->refers_to, yaml_text(item), yaml_where(item));
}

static void tell_nested(const struct schema_field *f, const struct yaml_node *n, schema_reference_fn *tell, void *ctx)
{
	bool alone = yaml_kind(n) == YAML_MAP && f->type != FIELD_STRUCT_MAP;

	if (alone)
		schema_references(f->of, n, tell, ctx);
	else if (yaml_kind(n) != YAML_TEXT)
		for (const struct yaml_node *item = yaml_next(n, NULL); item; item = yaml_next(n, item))
			schema_references(f->of, item, tell, ctx);
}

void schema_references(const struct schema *s, const struct yaml_node *n, schema_reference_fn *tell, void *ctx)
{
	if (yaml_kind(n) != YAML_MAP)
		return;
	for (const struct schema_field *f = s->fields; f->key; f++) {
		const struct yaml_node *value = f->flags & FIELD_HIDDEN ? NULL : yaml_at(n, f->key);
		if (value && f->refers_to)
			tell_names(f, value, tell, ctx);
		else if (value && f->of)
			tell_nested(f, value, tell, ctx);
	}
}
