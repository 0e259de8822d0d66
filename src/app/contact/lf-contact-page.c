/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include "lf-contact-page.h"

struct _LfContactPage
{
  AdwBin parent_instance;

  LfClient  *client;  /* owned, nullable */
  LfContact *contact; /* owned, nullable */
  gboolean   is_folded;
};

G_DEFINE_FINAL_TYPE (LfContactPage, lf_contact_page, ADW_TYPE_BIN)

enum
{
  PROP_CLIENT = 1,
  PROP_CONTACT,
  PROP_IS_FOLDED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
lf_contact_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LfContactPage *self = LF_CONTACT_PAGE (object);

  switch (id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_CONTACT:
      g_value_set_object (value, self->contact);
      break;
    case PROP_IS_FOLDED:
      g_value_set_boolean (value, self->is_folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_contact_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LfContactPage *self = LF_CONTACT_PAGE (object);

  switch (id)
    {
    case PROP_CLIENT:
      lf_contact_page_set_client (self, g_value_get_object (value));
      break;
    case PROP_CONTACT:
      lf_contact_page_set_contact (self, g_value_get_object (value));
      break;
    case PROP_IS_FOLDED:
      self->is_folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lf_contact_page_dispose (GObject *object)
{
  LfContactPage *self = LF_CONTACT_PAGE (object);

  g_clear_object (&self->client);
  g_clear_object (&self->contact);
  G_OBJECT_CLASS (lf_contact_page_parent_class)->dispose (object);
}

static void
lf_contact_page_class_init (LfContactPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lf_contact_page_get_property;
  object_class->set_property = lf_contact_page_set_property;
  object_class->dispose = lf_contact_page_dispose;

  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, LF_TYPE_CLIENT,
                                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_CONTACT] = g_param_spec_object ("contact", NULL, NULL, LF_TYPE_CONTACT,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_IS_FOLDED] = g_param_spec_boolean ("is-folded", NULL, NULL, FALSE,
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
lf_contact_page_init (LfContactPage *self)
{
}

void
lf_contact_page_set_client (LfContactPage *self, LfClient *client)
{
  if (g_set_object (&self->client, client))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLIENT]);
}

LfContact *
lf_contact_page_get_contact (LfContactPage *self)
{
  return self->contact;
}

void
lf_contact_page_set_contact (LfContactPage *self, LfContact *contact)
{
  if (g_set_object (&self->contact, contact))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONTACT]);
}

void
lf_contact_page_focus_composer (LfContactPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
lf_contact_page_focus_why (LfContactPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}
