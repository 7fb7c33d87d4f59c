/* SPDX-License-Identifier: Apache-2.0 */
#include "support/near.h"

#include <dlrn/report.h>

#include <stdlib.h>
#include <string.h>

static const dlrn_report_column columns[] = {
    {"Model", NULL, NULL, DLRN_ALIGN_LEFT},
    {"AUC", "(95% CI)", "a", DLRN_ALIGN_RIGHT},
};
static const char *const cells[] = {"Clinical", "0.71 (0.62–0.80)", "<DLRN & co>", NULL};
static const char *const notes[] = {"a DeLong's interval"};
static const dlrn_report_table table = {.id = "performance",
                                        .title = "Performance",
                                        .columns = columns,
                                        .n_columns = 2,
                                        .cells = cells,
                                        .n_rows = 2,
                                        .notes = notes,
                                        .n_notes = 1,
                                        .csv = "tables/performance.csv"};

static char *write_report(void)
{
    dlrn_report *r;
    char *text;
    const dlrn_report_figure figure = {.id = "roc_external",
                                       .svg = "<svg viewBox=\"0 0 4 3\"></svg>\n",
                                       .title = "ROC curves.",
                                       .caption = "In the \"external\" cohort.",
                                       .pdf = "figures/roc_external.pdf"};
    assert_ok(dlrn_report_new(&r, "Acute <versus> chronic", "two hospitals", NULL));
    dlrn_report_made_up_weights(r);
    dlrn_report_headline(r, "The nomogram reached an AUC of 0.88.");
    dlrn_report_warning(r, "Few events.");
    dlrn_report_section(r, "models", "Models", 1);
    dlrn_report_section(r, "external", "External", 2);
    dlrn_report_paragraph(r, "a < b");
    dlrn_report_item(r, "one");
    dlrn_report_item(r, "two");
    assert_ok(dlrn_report_table_add(r, &table, NULL));
    assert_ok(dlrn_report_figure_add(r, &figure, NULL));
    dlrn_report_section(r, "provenance", "Provenance", 1);
    dlrn_report_fact(r, "Seed", "1");
    assert_ok(dlrn_report_text(&text, r, NULL));
    dlrn_report_free(r);
    return text;
}

static void the_page_escapes_text_and_numbers_tables_and_figures(void **state)
{
    (void)state;
    char *t = write_report();
    static const char *const parts[] = {
        "<h1>Acute &lt;versus&gt; chronic</h1>",
        "Research use only, not a medical device.",
        "Made-up weights",
        "<p>a &lt; b</p>",
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
        "<b>Table 1.</b> Performance",
        "<td>&lt;DLRN &amp; co&gt;</td><td class=\"r\">–</td>",
        "<b>Figure 1. ROC curves.</b> In the &quot;external&quot; cohort.",
        "href=\"figures/roc_external.pdf\"",
        "<dt>Seed</dt><dd>1</dd>",
        ("<ol>\n<li><a href=\"#models\">Models</a><ol>\n<li><a href=\"#external\">External</a></li>\n"
         "</ol>\n</li>\n<li><a href=\"#provenance\">Provenance</a></li>\n</ol>"),
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(t, parts[i])) fail_msg("the page lacks %s", parts[i]);
    free(t);
}

static void the_page_asks_nobody_and_is_the_same_each_time(void **state)
{
    (void)state;
    char *a = write_report(), *b = write_report();
    assert_string_equal(a, b);
    assert_null(strstr(a, "http"));
    assert_null(strstr(a, "src="));
    free(a);
    free(b);
}

static void an_id_twice_and_a_bad_id_are_refused(void **state)
{
    (void)state;
    dlrn_report *r;
    dlrn_error err = {0};
    dlrn_report_table bad = table;
    assert_ok(dlrn_report_new(&r, "t", NULL, NULL));
    assert_ok(dlrn_report_summary(r, &table, NULL));
    assert_int_equal(dlrn_report_table_add(r, &table, &err), DLRN_EINVAL);
    assert_string_equal(err.msg, "report: the id \"performance\" is there twice");
    bad.id = "a b";
    assert_int_equal(dlrn_report_table_add(r, &bad, &err), DLRN_EINVAL);
    dlrn_report_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_escapes_text_and_numbers_tables_and_figures),
        cmocka_unit_test(the_page_asks_nobody_and_is_the_same_each_time),
        cmocka_unit_test(an_id_twice_and_a_bad_id_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
