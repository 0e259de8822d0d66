/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-app"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "lf-badge.h"
#include "lf-own-status-menu.h"
#include "lf-status-editor.h"
#include "lf-status-words.h"
#include "lf-window.h"

#define MAX_RECENT 4  /* custom statuses kept */
#define BADGE_SIZE 16 /* px, of a choice */

/* What is offered, in its order. */
typedef enum
{
  OWN_AUTOMATIC,
  OWN_AVAILABLE,
  OWN_AWAY,
  OWN_DND,
  OWN_INVISIBLE,
  N_OWN,
} OwnChoice;

struct _LfOwnStatusMenu
{
  GtkPopover parent_instance;

  LfClient  *client;   /* owned */
  GSettings *settings; /* owned */

  LfDesktopCalendars *calendars; /* owned, nullable */

  GtkStack       *stack;
  GtkWidget      *note_box;
  GtkLabel       *note_label;
  GtkLabel       *note_until_label;
  GtkWidget      *choices_box;
  GtkWidget      *calendar_separator;
  GtkWidget      *join_button;
  GtkWidget      *left_early_button;
  GtkWidget      *unread_calendar_button;
  GtkWidget      *recent_box;
  GtkGrid        *seen_grid;
  LfStatusEditor *editor;

  GtkWidget *choices[N_OWN];
  GtkWidget *checks[N_OWN];
  GtkLabel  *subtitles[N_OWN];
  GtkLabel  *seen[LF_N_KINDS];
};

G_DEFINE_FINAL_TYPE (LfOwnStatusMenu, lf_own_status_menu, GTK_TYPE_POPOVER)

/* ---- what is in force ---- */

static OwnChoice
get_current (const LfWireMe *me)
{
  if (me->visibility.is_invisible)
    return OWN_INVISIBLE;
  if (me->dnd.is_on)
    return OWN_DND;
  if (me->status.choice == LF_CHOICE_AVAILABLE)
    return OWN_AVAILABLE;
  if (me->status.choice == LF_CHOICE_AWAY)
    return OWN_AWAY;

  return OWN_AUTOMATIC;
}

static gint64
get_now_us (LfOwnStatusMenu *self)
{
  return lf_clock_get_now_us (lf_client_get_clock (self->client));
}

/* What colleagues are shown: nobody is surprised, also not by "Appear offline". */
static void
update_seen (LfOwnStatusMenu *self, LfContact *own, const LfWireMe *me)
{
  const LfPresence *presence = lf_contact_get_presence (own);
  gint64            now_us = get_now_us (self);

  for (int kind = 0; kind < LF_N_KINDS; kind++)
    {
      g_autofree char *words = NULL;
      g_autofree char *span = NULL;
      g_autofree char *line = NULL;

      if (me->visibility.is_invisible)
        words = g_strdup (kind == LF_KIND_REACHABILITY ? lf_status_words_get_name (LF_DISPLAY_OFFLINE) : _("Hidden"));
      else
        {
          words = lf_status_words_format_kind (presence, (LfKind) kind, now_us);
          span = lf_status_words_format_span (presence, (LfKind) kind, now_us);
        }
      line = span != NULL ? g_strdup_printf (C_("state and age", "%s · %s"), words, span) : g_strdup (words);
      gtk_label_set_label (self->seen[kind], line);
    }
}

/* Whether the calendar says so now, whatever else is shown. */
static gboolean
is_in_meeting (LfOwnStatusMenu *self, LfContact *own)
{
  const LfCalendar *calendar = &lf_contact_get_presence (own)->calendar;
  gint64            now_us = get_now_us (self);

  return calendar->busy != NULL && (calendar->valid_until_us == LF_INSTANT_NONE || now_us < calendar->valid_until_us) &&
         lf_busy_list_covers (calendar->busy, LF_BUSY_BUSY, now_us, NULL);
}

static gboolean
has_unread_calendar (const LfWireMe *me)
{
  for (guint i = 0; me->calendars != NULL && i < me->calendars->len; i++)
    if (((const LfWireReadCalendar *) me->calendars->pdata[i])->code != LF_CALENDAR_CODE_OK)
      return TRUE;
  return FALSE;
}

/* Where the meeting of now or of the next minutes is joined; it never leaves this computer but by being opened. */
static char *
dup_join_link (LfOwnStatusMenu *self)
{
  return self->calendars != NULL ? lf_desktop_calendars_dup_join_link (self->calendars, get_now_us (self)) : NULL;
}

static void
update (LfOwnStatusMenu *self, LfContact *own, const LfWireMe *me)
{
  const LfResolved *resolved = lf_contact_get_resolved (own);
  g_autofree char  *note = lf_status_words_format_note (resolved);
  g_autofree char  *link = dup_join_link (self);
  OwnChoice         current = get_current (me);

  for (int i = 0; i < N_OWN; i++)
    {
      gtk_widget_set_opacity (self->checks[i], (int) current == i ? 1 : 0);
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->choices[i]), GTK_ACCESSIBLE_STATE_CHECKED,
                                   (int) current == i ? GTK_ACCESSIBLE_TRISTATE_TRUE : GTK_ACCESSIBLE_TRISTATE_FALSE, -1);
    }
  /* Where nobody can switch the telephone itself it will ring: say so. */
  gtk_widget_set_visible (GTK_WIDGET (self->subtitles[OWN_DND]), lf_telephone_rings_in_dnd (lf_client_get_telephone (self->client)));

  gtk_widget_set_visible (self->note_box, note != NULL);
  if (note != NULL)
    {
      gtk_label_set_label (self->note_label, note);
      gtk_widget_set_visible (GTK_WIDGET (self->note_until_label), resolved->note_until_us != LF_INSTANT_NONE);
      if (resolved->note_until_us != LF_INSTANT_NONE)
        {
          g_autofree char *time = lf_status_words_format_time (resolved->note_until_us, get_now_us (self));
          g_autofree char *until = g_strdup_printf (_("until %s"), time);

          gtk_label_set_label (self->note_until_label, until);
        }
    }
  gtk_widget_set_visible (self->join_button, link != NULL);
  gtk_widget_set_visible (self->left_early_button, is_in_meeting (self, own));
  gtk_widget_set_visible (self->unread_calendar_button, has_unread_calendar (me));
  gtk_widget_set_visible (self->calendar_separator, gtk_widget_get_visible (self->join_button) || gtk_widget_get_visible (self->left_early_button) ||
                                                      gtk_widget_get_visible (self->unread_calendar_button));
  update_seen (self, own, me);
}

/* ---- choosing ---- */

/* A choice replaces the other ones; a note in force stays, it has an end of its own. */
static void
choose (LfOwnStatusMenu *self, OwnChoice choice)
{
  const LfWireMe  *me = lf_client_get_me (self->client);
  LfChoice         wanted = choice == OWN_AVAILABLE ? LF_CHOICE_AVAILABLE : choice == OWN_AWAY ? LF_CHOICE_AWAY
                                                                                               : LF_CHOICE_AUTOMATIC;
  g_autofree char *text = NULL;
  g_autofree char *emoji = NULL;
  gint64           expires_at_us;

  if (me == NULL)
    return;

  if (choice == OWN_INVISIBLE)
    {
      lf_client_set_invisible (self->client, TRUE);
      return;
    }
  if (me->visibility.is_invisible)
    lf_client_set_invisible (self->client, FALSE);
  me = lf_client_get_me (self->client);
  if (choice == OWN_DND)
    {
      lf_client_set_dnd (self->client, TRUE, LF_INSTANT_NONE);
      return;
    }
  if (me->dnd.is_on)
    lf_client_set_dnd (self->client, FALSE, LF_INSTANT_NONE);

  me = lf_client_get_me (self->client);
  if (me->status.choice == wanted)
    return;
  text = g_strdup (me->status.text);
  emoji = g_strdup (me->status.emoji);
  expires_at_us = me->status.expires_at_us;
  if (wanted == LF_CHOICE_AUTOMATIC && text == NULL && emoji == NULL)
    lf_client_clear_status (self->client);
  else
    lf_client_set_status (self->client, wanted, text, emoji, text != NULL || emoji != NULL ? expires_at_us : LF_INSTANT_NONE);
}

static void
on_choice_clicked (GtkButton *button, gpointer user_data)
{
  LfOwnStatusMenu *self = user_data;

  for (int i = 0; i < N_OWN; i++)
    if (self->choices[i] == GTK_WIDGET (button))
      choose (self, (OwnChoice) i);
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_clear (LfOwnStatusMenu *self)
{
  lf_client_clear_status (self->client);
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_join_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef             *ref = user_data;
  g_autoptr (GtkWidget) self = g_weak_ref_get (ref);
  g_autoptr (GError)    error = NULL;
  GtkRoot              *window = self != NULL ? gtk_widget_get_root (self) : NULL;

  g_weak_ref_clear (ref);
  g_free (ref);
  if (g_app_info_launch_default_for_uri_finish (result, &error))
    return;
  g_debug ("meeting: %s", g_quark_to_string (error->domain)); /* the words have the link in them */
  if (window != NULL && LF_IS_WINDOW (window))
    lf_window_toast (LF_WINDOW (window), _("No program opens the link of this meeting. Open it from your calendar."));
}

/* The link is looked up anew: the menu may have stood open while the meeting ended. */
static void
on_join (LfOwnStatusMenu *self)
{
  g_autofree char                *link = dup_join_link (self);
  g_autoptr (GdkAppLaunchContext) context = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (self)));

  GWeakRef *ref;

  gtk_popover_popdown (GTK_POPOVER (self));
  if (link == NULL)
    return;
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  /* Not gtk_show_uri_full(): in GTK 4.18 that asks a window that may have gone. */
  g_app_info_launch_default_for_uri_async (link, G_APP_LAUNCH_CONTEXT (context), NULL, on_join_launched, ref);
}

static void
on_left_early (LfOwnStatusMenu *self)
{
  lf_client_leave_early (self->client);
  gtk_popover_popdown (GTK_POPOVER (self));
}

/* The button's action opens them. */
static void
on_preferences (LfOwnStatusMenu *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_new_status (LfOwnStatusMenu *self)
{
  lf_status_editor_reset (self->editor, get_now_us (self));
  gtk_stack_set_visible_child_name (self->stack, "editor");
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

/* ---- custom statuses used lately ---- */

static void
remember (LfOwnStatusMenu *self, const char *emoji, const char *text, gboolean is_away)
{
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, "custom-statuses");
  GVariantBuilder      builder;
  GVariantIter         iter;
  const char          *old_emoji, *old_text;
  gboolean             old_away;
  guint                n_kept = 1;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssb)"));
  g_variant_builder_add (&builder, "(ssb)", emoji != NULL ? emoji : "", text, is_away);
  g_variant_iter_init (&iter, before);
  while (n_kept < MAX_RECENT && g_variant_iter_next (&iter, "(&s&sb)", &old_emoji, &old_text, &old_away))
    {
      if (g_str_equal (old_text, text) && g_strcmp0 (old_emoji, emoji != NULL ? emoji : "") == 0)
        continue;
      g_variant_builder_add (&builder, "(ssb)", old_emoji, old_text, old_away);
      n_kept++;
    }
  g_settings_set_value (self->settings, "custom-statuses", g_variant_builder_end (&builder));
}

static void
set_custom (LfOwnStatusMenu *self, const char *emoji, const char *text, gboolean is_away, gint64 expires_at_us)
{
  g_autofree char *clean = g_strstrip (g_strdup (text));

  lf_client_set_status (self->client, is_away ? LF_CHOICE_AWAY : LF_CHOICE_AUTOMATIC,
                        *clean != '\0' ? clean : NULL, emoji != NULL && *emoji != '\0' ? emoji : NULL,
                        expires_at_us);
  remember (self, emoji, clean, is_away);
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_recent_clicked (GtkButton *button, gpointer user_data)
{
  LfOwnStatusMenu *self = user_data;
  GVariant        *status = g_object_get_data (G_OBJECT (button), "status");
  g_autofree char *emoji = NULL;
  g_autofree char *text = NULL;
  gboolean         is_away;

  g_variant_get (status, "(ssb)", &emoji, &text, &is_away);
  set_custom (self, emoji, text, is_away, lf_clear_after_get_expiry (LF_CLEAR_AFTER_TODAY, get_now_us (self)));
}

static void
on_editor_cancelled (LfOwnStatusMenu *self)
{
  gtk_stack_set_visible_child_name (self->stack, "choices");
}

static void
on_editor_done (LfOwnStatusMenu *self)
{
  set_custom (self, lf_status_editor_get_emoji (self->editor), lf_status_editor_get_text (self->editor),
              lf_status_editor_get_is_away (self->editor), lf_status_editor_get_expiry (self->editor, get_now_us (self)));
}

/* Emoji and text under the badges and words of the choices. */
static GtkWidget *
make_recent (const char *emoji, const char *text, gboolean is_away)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *picture = gtk_label_new (emoji);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_size_request (picture, BADGE_SIZE, -1);
  gtk_widget_add_css_class (picture, "caption"); /* or it is wider than a badge */
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "choice");
  gtk_widget_set_tooltip_text (button, is_away ? _("Away, until the end of today") : _("Until the end of today"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, *text != '\0' ? text : emoji, -1);

  return button;
}

static void
fill_recent (LfOwnStatusMenu *self)
{
  g_autoptr (GVariant) statuses = g_settings_get_value (self->settings, "custom-statuses");
  GtkWidget           *child;
  gsize                n_statuses = MIN (g_variant_n_children (statuses), MAX_RECENT);

  while ((child = gtk_widget_get_first_child (self->recent_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->recent_box), child);

  for (gsize i = 0; i < n_statuses; i++)
    {
      g_autoptr (GVariant) status = g_variant_get_child_value (statuses, i);
      const char          *emoji, *text;
      gboolean             is_away;
      GtkWidget           *button;

      g_variant_get (status, "(&s&sb)", &emoji, &text, &is_away);
      button = make_recent (emoji, text, is_away);
      g_object_set_data_full (G_OBJECT (button), "status", g_steal_pointer (&status), (GDestroyNotify) g_variant_unref);
      g_signal_connect (button, "clicked", G_CALLBACK (on_recent_clicked), self);
      gtk_box_append (GTK_BOX (self->recent_box), button);
    }
}

/* ---- making the rows ---- */

static void
make_choice (LfOwnStatusMenu *self, OwnChoice choice, LfDisplayStatus lamp, const char *title, const char *subtitle)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *badge = lf_badge_new ();
  GtkWidget *label = gtk_label_new (title);

  lf_badge_set_status (LF_BADGE (badge), lamp, FALSE);
  lf_badge_set_size (LF_BADGE (badge), BADGE_SIZE);
  gtk_widget_add_css_class (badge, "plain");
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (text), label);
  if (subtitle != NULL)
    {
      self->subtitles[choice] = GTK_LABEL (gtk_label_new (subtitle));
      gtk_label_set_xalign (self->subtitles[choice], 0);
      gtk_widget_add_css_class (GTK_WIDGET (self->subtitles[choice]), "caption");
      gtk_widget_add_css_class (GTK_WIDGET (self->subtitles[choice]), "dim-label");
      gtk_box_append (GTK_BOX (text), GTK_WIDGET (self->subtitles[choice]));
    }
  self->checks[choice] = gtk_image_new_from_icon_name ("object-select-symbolic");
  gtk_box_append (GTK_BOX (box), badge);
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), self->checks[choice]);

  self->choices[choice] = g_object_new (GTK_TYPE_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO, "child", box, NULL);
  gtk_widget_add_css_class (self->choices[choice], "flat");
  gtk_widget_add_css_class (self->choices[choice], "choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choices[choice]), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect (self->choices[choice], "clicked", G_CALLBACK (on_choice_clicked), self);
  gtk_box_append (GTK_BOX (self->choices_box), self->choices[choice]);
}

static void
make_seen (LfOwnStatusMenu *self)
{
  const char *titles[LF_N_KINDS] = { _("Phone"), _("Calendar"), _("Reachability") };

  for (int kind = 0; kind < LF_N_KINDS; kind++)
    {
      GtkWidget *title = gtk_label_new (titles[kind]);

      gtk_label_set_xalign (GTK_LABEL (title), 0);
      gtk_widget_add_css_class (title, "dim-label");
      self->seen[kind] = GTK_LABEL (gtk_label_new (NULL));
      gtk_label_set_xalign (self->seen[kind], 0);
      gtk_label_set_ellipsize (self->seen[kind], PANGO_ELLIPSIZE_END);
      gtk_grid_attach (self->seen_grid, title, 0, kind, 1, 1);
      gtk_grid_attach (self->seen_grid, GTK_WIDGET (self->seen[kind]), 1, kind, 1, 1);
    }
}

static void
lf_own_status_menu_map (GtkWidget *widget)
{
  LfOwnStatusMenu *self = LF_OWN_STATUS_MENU (widget);
  const LfWireMe  *me = lf_client_get_me (self->client);
  LfContact       *own = lf_client_get_own (self->client);

  GTK_WIDGET_CLASS (lf_own_status_menu_parent_class)->map (widget);
  gtk_stack_set_visible_child_name (self->stack, "choices");
  if (me == NULL || own == NULL)
    return;

  fill_recent (self);
  update (self, own, me);
  gtk_widget_grab_focus (self->choices[get_current (me)]);
}

static void
lf_own_status_menu_dispose (GObject *object)
{
  LfOwnStatusMenu *self = LF_OWN_STATUS_MENU (object);

  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_object (&self->calendars);
  G_OBJECT_CLASS (lf_own_status_menu_parent_class)->dispose (object);
}

static void
lf_own_status_menu_class_init (LfOwnStatusMenuClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lf_own_status_menu_dispose;
  widget_class->map = lf_own_status_menu_map;

  g_type_ensure (LF_TYPE_STATUS_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/lampfield/Lampfield/status/lf-own-status-menu.ui");
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, stack);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, note_box);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, note_label);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, note_until_label);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, choices_box);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, calendar_separator);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, join_button);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, left_early_button);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, unread_calendar_button);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, recent_box);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, seen_grid);
  gtk_widget_class_bind_template_child (widget_class, LfOwnStatusMenu, editor);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_join);
  gtk_widget_class_bind_template_callback (widget_class, on_left_early);
  gtk_widget_class_bind_template_callback (widget_class, on_preferences);
  gtk_widget_class_bind_template_callback (widget_class, on_new_status);
  gtk_widget_class_bind_template_callback (widget_class, on_editor_cancelled);
  gtk_widget_class_bind_template_callback (widget_class, on_editor_done);
}

static void
lf_own_status_menu_init (LfOwnStatusMenu *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Translators: online, idle or away, as the computer finds. */
  make_choice (self, OWN_AUTOMATIC, LF_DISPLAY_ONLINE, _("Automatic"), _("Online, idle or away by itself"));
  make_choice (self, OWN_AVAILABLE, LF_DISPLAY_AVAILABLE, lf_status_words_get_name (LF_DISPLAY_AVAILABLE), NULL);
  make_choice (self, OWN_AWAY, LF_DISPLAY_AWAY, lf_status_words_get_name (LF_DISPLAY_AWAY), NULL);
  make_choice (self, OWN_DND, LF_DISPLAY_DO_NOT_DISTURB, lf_status_words_get_name (LF_DISPLAY_DO_NOT_DISTURB),
               _("Your phone will still ring"));
  make_choice (self, OWN_INVISIBLE, LF_DISPLAY_OFFLINE, _("Appear offline"), NULL);
  make_seen (self);
}

/**
 * lf_own_status_menu_new:
 * @client: whose user it is
 * @settings: where custom statuses are kept
 * @calendars: (nullable): those of this computer
 *
 * Returns: (transfer floating): the choices
 */
GtkWidget *
lf_own_status_menu_new (LfClient *client, GSettings *settings, LfDesktopCalendars *calendars)
{
  LfOwnStatusMenu *self;

  g_return_val_if_fail (LF_IS_CLIENT (client) && G_IS_SETTINGS (settings), NULL);

  self = g_object_new (LF_TYPE_OWN_STATUS_MENU, NULL);
  self->client = g_object_ref (client);
  self->settings = g_object_ref (settings);
  g_set_object (&self->calendars, calendars);
  return GTK_WIDGET (self);
}

/**
 * lf_own_status_menu_update:
 * @self: the menu
 *
 * What is in force changed, or grew older: shows it, if the menu is open.
 */
void
lf_own_status_menu_update (LfOwnStatusMenu *self)
{
  const LfWireMe *me = lf_client_get_me (self->client);
  LfContact      *own = lf_client_get_own (self->client);

  g_return_if_fail (LF_IS_OWN_STATUS_MENU (self));

  if (me != NULL && own != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self, own, me);
}
