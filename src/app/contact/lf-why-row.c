/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "lf-status-words.h"
#include "lf-why-row.h"

struct _LfWhyRow
{
  AdwBin parent_instance;

  LfKind     kind;
  char      *words;        /* owned, nullable until the first update */
  GtkImage  *icon;         /* template */
  GtkLabel  *value_label;  /* template */
  GtkLabel  *source_label; /* template */
  GtkLabel  *caveat_label; /* template */
  GtkLabel  *span_label;   /* template */
  GtkWidget *mark;         /* template */
};

G_DEFINE_FINAL_TYPE (LfWhyRow, lf_why_row, ADW_TYPE_BIN)

enum
{
  PROP_KIND = 1,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static const char *const kind_icons[LF_N_KINDS] = {
  "call-start-symbolic",
  "x-office-calendar-symbolic",
  "avatar-default-symbolic",
};

static const char *
get_kind_name (LfKind kind)
{
  switch (kind)
    {
    case LF_KIND_PHONE:
      return _("Phone");
    case LF_KIND_CALENDAR:
      return _("Calendar");
    case LF_KIND_REACHABILITY:
      return _("Reachability");
    default:
      return "";
    }
}

/* "2041" of "sip:2041@pbx.example", "2041" as it stands. */
static char *
get_line_number (const char *address)
{
  const char *start = strchr (address, ':');
  const char *end;

  start = start == NULL ? address : start + 1;
  end = strchr (start, '@');
  return end == NULL ? g_strdup (start) : g_strndup (start, (gsize) (end - start));
}

static char *
describe_phone_source (const LfPhone *phone)
{
  g_autofree char *number = NULL;

  if (phone->detail == NULL || *phone->detail == '\0')
    return g_strdup (phone->source);
  number = get_line_number (phone->detail);
  if (phone->source == NULL || *phone->source == '\0')
    return g_strdup_printf (_("line %s"), number);
  /* Translators: number of a phone line, and the telephone system that told: "line 2041 · PBX" */
  return g_strdup_printf (_("line %s · %s"), number, phone->source);
}

static char *
describe_source (const LfPresence *presence,
                 LfKind            kind)
{
  switch (kind)
    {
    case LF_KIND_PHONE:
      return describe_phone_source (&presence->phone);
    case LF_KIND_CALENDAR:
      return presence->calendar.busy == NULL ? NULL : g_strdup (presence->calendar.source);
    case LF_KIND_REACHABILITY:
      if (presence->reachability.state == LF_REACHABILITY_AVAILABLE)
        return g_strdup (_("chosen by hand"));
      return NULL;
    default:
      return NULL;
    }
}

static void
append_part (GString    *words,
             const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  g_string_append (words, ", ");
  g_string_append (words, part);
}

static void
lf_why_row_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  LfWhyRow *self = LF_WHY_ROW (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_uint (value, self->kind);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_why_row_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  LfWhyRow *self = LF_WHY_ROW (object);

  switch (prop_id)
    {
    case PROP_KIND:
      self->kind = g_value_get_uint (value);
      gtk_image_set_from_icon_name (self->icon, kind_icons[self->kind]);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), get_kind_name (self->kind));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lf_why_row_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* the bin does not see its template go */
  gtk_widget_dispose_template (GTK_WIDGET (object), LF_TYPE_WHY_ROW);
  G_OBJECT_CLASS (lf_why_row_parent_class)->dispose (object);
}

static void
lf_why_row_finalize (GObject *object)
{
  LfWhyRow *self = LF_WHY_ROW (object);

  g_clear_pointer (&self->words, g_free);
  G_OBJECT_CLASS (lf_why_row_parent_class)->finalize (object);
}

static void
lf_why_row_class_init (LfWhyRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lf_why_row_get_property;
  object_class->set_property = lf_why_row_set_property;
  object_class->dispose = lf_why_row_dispose;
  object_class->finalize = lf_why_row_finalize;

  props[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, LF_N_KINDS - 1, LF_KIND_PHONE,
                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                          G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/lampfield/Lampfield/contact/lf-why-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LfWhyRow, icon);
  gtk_widget_class_bind_template_child (widget_class, LfWhyRow, value_label);
  gtk_widget_class_bind_template_child (widget_class, LfWhyRow, source_label);
  gtk_widget_class_bind_template_child (widget_class, LfWhyRow, caveat_label);
  gtk_widget_class_bind_template_child (widget_class, LfWhyRow, span_label);
  gtk_widget_class_bind_template_child (widget_class, LfWhyRow, mark);
}

static void
lf_why_row_init (LfWhyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lf_why_row_join_column:
 * @self: a row
 * @values: of the values of all rows that stand above each other
 *
 * Makes what follows the value begin where it does in the other rows.
 */
void
lf_why_row_join_column (LfWhyRow     *self,
                        GtkSizeGroup *values)
{
  g_return_if_fail (LF_IS_WHY_ROW (self));
  g_return_if_fail (GTK_IS_SIZE_GROUP (values));

  gtk_size_group_add_widget (values, GTK_WIDGET (self->value_label));
}

/**
 * lf_why_row_update:
 * @self: a row
 * @presence: what is known of the person
 * @now_us: the instant to speak of
 *
 * Writes the row anew.
 */
void
lf_why_row_update (LfWhyRow         *self,
                   const LfPresence *presence,
                   gint64            now_us)
{
  LfResolved       resolved;
  GString         *words;
  g_autofree char *value = NULL;
  g_autofree char *source = NULL;
  g_autofree char *span = NULL;
  g_autofree char *caveat = NULL;
  gboolean         is_shown;

  g_return_if_fail (LF_IS_WHY_ROW (self));
  g_return_if_fail (presence != NULL);

  lf_resolve (presence, now_us, &resolved);
  is_shown = resolved.kind == self->kind;
  value = lf_status_words_format_kind (presence, self->kind, now_us);
  source = describe_source (presence, self->kind);
  span = lf_status_words_format_span (presence, self->kind, now_us);
  caveat = lf_status_words_format_caveat (presence, self->kind, now_us);

  gtk_label_set_label (self->value_label, value);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->value_label), value);
  gtk_label_set_label (self->source_label, source == NULL ? "" : source);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->source_label), source);
  gtk_label_set_label (self->span_label, span == NULL ? "" : span);
  gtk_widget_set_visible (GTK_WIDGET (self->span_label), span != NULL);
  gtk_label_set_label (self->caveat_label, caveat == NULL ? "" : caveat);
  gtk_widget_set_visible (GTK_WIDGET (self->caveat_label), caveat != NULL);
  gtk_widget_set_visible (self->mark, is_shown);
  if (is_shown)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "lf-not-shown");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "lf-not-shown");

  words = g_string_new (NULL);
  g_string_append_printf (words, "%s: %s", get_kind_name (self->kind), value);
  append_part (words, source);
  append_part (words, span);
  append_part (words, caveat);
  /* Translators: read by screen readers after the kind that decides what the badge shows */
  append_part (words, is_shown ? _("shown") : NULL);
  g_free (self->words);
  self->words = g_string_free (words, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->words, -1);
}

/**
 * lf_why_row_dup_words:
 * @self: a row
 *
 * Returns: (transfer full): the row as a screen reader says it; empty before the first update
 */
char *
lf_why_row_dup_words (LfWhyRow *self)
{
  g_return_val_if_fail (LF_IS_WHY_ROW (self), NULL);

  return g_strdup (self->words == NULL ? "" : self->words);
}
