/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-demo"

#include "config.h"

#include "lf-demo-people.h"

#define ENGINEERING "Engineering"
#define CARE        "Customer care"
#define SALES       "Sales"
#define FINANCE     "Finance"
#define OFFICE      "Office"

static const LfDemoPerson visitor = {
  LF_DEMO_VISITOR_LOGIN, "Mara Lind", "Project lead", ENGINEERING, "2000", LF_DEMO_START_OFFLINE, FALSE, NULL, NULL
};

/* All names are invented. */
static const LfDemoPerson people[] = {
  { "jonas", "Jonas Weberling", "Team lead, devices", ENGINEERING, "2041", LF_DEMO_START_ON_THE_PHONE, TRUE, NULL, NULL },
  { "priya", "Priya Nairthan", "Software engineer", ENGINEERING, "2042", LF_DEMO_START_AVAILABLE, TRUE, "Ask me anything", "🙋" },
  { "kwame", "Kwame Osabutey", "Software engineer", ENGINEERING, "2043", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "ingrid", "Ingrid Solheim", "Test engineer", ENGINEERING, "2044", LF_DEMO_START_IN_A_MEETING, TRUE, NULL, NULL },
  { "tomasz", "Tomasz Wilczak", "Hardware engineer", ENGINEERING, "2045", LF_DEMO_START_DO_NOT_DISTURB, TRUE, "Release freeze", "🧊" },
  { "yuki", "Yuki Hanamori", "Interface designer", ENGINEERING, "2046", LF_DEMO_START_ONLINE, FALSE, "Sketching", "✏️" },
  { "leila", "Leila Farahmandi", "Data engineer", ENGINEERING, "2047", LF_DEMO_START_IDLE, TRUE, NULL, NULL },
  { "mateo", "Mateo Quispenza", "Software engineer", ENGINEERING, "2048", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "anneke", "Anneke van Duinen", "Technical writer", ENGINEERING, "2049", LF_DEMO_START_OFFLINE, FALSE, NULL, NULL },
  { "dmytro", "Dmytro Savchuk", "Network engineer", ENGINEERING, "2050", LF_DEMO_START_ON_HOLD, FALSE, NULL, NULL },
  { "nour", "Nour El-Hadari", "Software engineer", ENGINEERING, "2051", LF_DEMO_START_AWAY, TRUE, "At the dentist", "🦷" },
  { "eoin", "Eoin Mac Tíre", "Build engineer", ENGINEERING, "2052", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },

  { "fatou", "Fatou Diarrasso", "Head of customer care", CARE, "2101", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "lucia", "Lucía Berrocal", "Customer care", CARE, "2102", LF_DEMO_START_ON_THE_PHONE, FALSE, NULL, NULL },
  { "pavel", "Pavel Hrubín", "Customer care", CARE, "2103", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "aroha", "Aroha Tewhare", "Customer care", CARE, "2104", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "mehmet", "Mehmet Karadere", "Customer care", CARE, "2105", LF_DEMO_START_DESK_PHONE_ONLY, FALSE, NULL, NULL },
  { "siobhan", "Siobhán Ní Bhroin", "Customer care", CARE, "2106", LF_DEMO_START_IDLE, FALSE, NULL, NULL },
  { "chidi", "Chidi Okwuosah", "Field service", CARE, "2107", LF_DEMO_START_AWAY, FALSE, "On site in Bremen", "🚐" },
  { "greta", "Greta Lindqvard", "Field service", CARE, "2108", LF_DEMO_START_OFFLINE, FALSE, NULL, NULL },
  { "rajesh", "Rajesh Pillaiyar", "Customer care", CARE, "2109", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },

  { "camille", "Camille Rouvray", "Head of sales", SALES, "2201", LF_DEMO_START_IN_A_MEETING, FALSE, NULL, NULL },
  { "otto", "Otto Brandstätt", "Account manager", SALES, "2202", LF_DEMO_START_ON_THE_PHONE, FALSE, NULL, NULL },
  { "hye-jin", "Hye-jin Baekho", "Account manager", SALES, "2203", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "bruno", "Bruno Cavalheira", "Account manager", SALES, "2204", LF_DEMO_START_ONLINE, FALSE, "Tender due today", "📑" },
  { "zofia", "Zofia Marczewka", "Inside sales", SALES, "2205", LF_DEMO_START_IDLE, FALSE, NULL, NULL },
  { "tariq", "Tariq Benaissou", "Partner manager", SALES, "2206", LF_DEMO_START_OFFLINE, FALSE, NULL, NULL },
  { "malia", "Malia Kealohani", "Inside sales", SALES, "2207", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "viktor", "Viktor Aszalósi", "Account manager", SALES, "2208", LF_DEMO_START_AVAILABLE, FALSE, NULL, NULL },

  { "helena", "Helena Papadimou", "Head of finance", FINANCE, "2301", LF_DEMO_START_DO_NOT_DISTURB, FALSE, "Closing the books", "📚" },
  { "samuel", "Samuel Adeyokun", "Accounting", FINANCE, "2302", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "mei", "Mei Tangshan", "Controlling", FINANCE, "2303", LF_DEMO_START_IN_A_MEETING, FALSE, NULL, NULL },
  { "arvid", "Arvid Tollefsrud", "Purchasing", FINANCE, "2304", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "noor", "Noor Rahimullah", "Accounting", FINANCE, "2305", LF_DEMO_START_OFFLINE, FALSE, NULL, NULL },

  { "elif", "Elif Aydoğmuş", "Reception", OFFICE, "2401", LF_DEMO_START_ONLINE, TRUE, NULL, NULL },
  { "joao", "João Figueirosa", "Facilities", OFFICE, "2402", LF_DEMO_START_AWAY, FALSE, NULL, NULL },
  { "astrid", "Astrid Mørkeland", "People and culture", OFFICE, "2403", LF_DEMO_START_IN_A_MEETING, FALSE, NULL, NULL },
  { "thabo", "Thabo Mokwenane", "Systems administrator", OFFICE, "2404", LF_DEMO_START_ONLINE, FALSE, "Network maintenance", "🔧" },
  { "linh", "Linh Trầnvy", "Office assistant", OFFICE, "2405", LF_DEMO_START_ONLINE, FALSE, NULL, NULL },
  { "ruth", "Ruth Ben-Shachar", "Legal", OFFICE, "2406", LF_DEMO_START_OFFLINE, FALSE, NULL, NULL },
};

/**
 * lf_demo_people_get:
 * @index: 0 to lf_demo_people_count() - 1
 *
 * Returns: (transfer none): a colleague
 */
const LfDemoPerson *
lf_demo_people_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (people), NULL);

  return &people[index];
}

/**
 * lf_demo_people_count:
 *
 * Returns: how many colleagues there are, without the visitor
 */
guint
lf_demo_people_count (void)
{
  return G_N_ELEMENTS (people);
}

/**
 * lf_demo_people_visitor:
 *
 * Returns: (transfer none): the person who sits in front of the window
 */
const LfDemoPerson *
lf_demo_people_visitor (void)
{
  return &visitor;
}

/**
 * lf_demo_person_signs_in:
 * @person: a colleague
 *
 * Returns: whether @person has a desktop signed in when the office opens
 */
gboolean
lf_demo_person_signs_in (const LfDemoPerson *person)
{
  return person->start != LF_DEMO_START_OFFLINE && person->start != LF_DEMO_START_DESK_PHONE_ONLY;
}
