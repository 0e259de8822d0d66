/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The names of all actions, in one place: templates write them out, C uses these. A (s) takes the
 * user id of a contact, in the roster or found in the directory. lf-window-actions.c owns the
 * window's, lf-application.c the application's (which notifications use). */

#define LF_ACTION_OPEN_CONTACT     "win.open-contact"     /* (s) shows the contact page */
#define LF_ACTION_CHAT             "win.chat"             /* (s) shows it with the composer focused */
#define LF_ACTION_CALL             "win.call"             /* (s) calls the first address */
#define LF_ACTION_PICK_UP          "win.pick-up"          /* (s) takes the call that rings there */
#define LF_ACTION_CALL_ADDRESS     "win.call-address"     /* (s) calls a URI: "tel:…", "sip:…" */
#define LF_ACTION_WHY              "win.why"              /* (s) shows it with the why-card focused */
#define LF_ACTION_ADD              "win.add"              /* (s) adds to the roster */
#define LF_ACTION_TOGGLE_FAVOURITE "win.toggle-favourite" /* (s) */
#define LF_ACTION_TOGGLE_WATCHED   "win.toggle-watched"   /* (s) notify me whenever available */
#define LF_ACTION_TOGGLE_ARMED     "win.toggle-armed"     /* (s) tell me when free, once */
#define LF_ACTION_TOGGLE_LAMP      "win.toggle-lamp"      /* (s) a speed dial, or none */
#define LF_ACTION_ADD_LAMP         "win.add-lamp"         /* asks for people in the directory */
#define LF_ACTION_MOVE_TO_GROUP    "win.move-to-group"    /* ((ss)) user, group id or "" */
#define LF_ACTION_NEW_GROUP        "win.new-group"        /* (s) asks for a name, moves there */
#define LF_ACTION_REMOVE           "win.remove"           /* (s) asks first */
#define LF_ACTION_BLOCK            "win.block"            /* (s) asks first */
#define LF_ACTION_FIND             "win.find"             /* anybody: the directory dialog */
#define LF_ACTION_FIND_FOR         "win.find-for"         /* (s) the same, with words to begin with */
#define LF_ACTION_FIND_TIME        "win.find-time"        /* (s) a time at which that person, or "", is free too */
#define LF_ACTION_FILTER           "win.filter"           /* the search entry of the list */
#define LF_ACTION_VIEW             "win.view"             /* (s) "contacts", "chats", "calls" or "lamps" */
#define LF_ACTION_OWN_STATUS       "win.own-status"       /* opens the popover */
#define LF_ACTION_SHORTCUTS        "win.shortcuts"
#define LF_ACTION_BACK             "win.back" /* to the list, when folded */
#define LF_ACTION_RECONNECT        "win.reconnect"

#define LF_ACTION_LAMP_FIRST "lamps.move-first" /* (s) of the grid of lamps */
#define LF_ACTION_LAMP_LAST  "lamps.move-last"  /* (s) */

#define LF_ACTION_APP_CHAT          "app.chat"           /* (s) raises the window, then as win.chat */
#define LF_ACTION_APP_CALL          "app.call"           /* (s) */
#define LF_ACTION_APP_OPEN_CONTACT  "app.open-contact"   /* (s) */
#define LF_ACTION_APP_DND           "app.do-not-disturb" /* toggles */
#define LF_ACTION_APP_PREFERENCES   "app.preferences"
#define LF_ACTION_APP_HELP          "app.help"
#define LF_ACTION_APP_ABOUT         "app.about"
#define LF_ACTION_APP_SIGN_OUT      "app.sign-out"
#define LF_ACTION_APP_QUIT          "app.quit"
#define LF_ACTION_APP_RETRY_SESSION "app.retry-session" /* opens the kept session now */
#define LF_ACTION_APP_LEAVE_SESSION "app.leave-session" /* asks for a password instead */
