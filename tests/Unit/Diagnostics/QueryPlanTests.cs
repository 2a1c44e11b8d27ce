using Switchboard.Core.Diagnostics;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>A plan goes into the log, values do not.</summary>
public sealed class QueryPlanTests
{
    [Fact]
    public void Costs_and_names_are_told_and_values_are_not() =>
        QueryPlan.WithoutValues(
            """
            Limit  (cost=0.42..8.44 rows=1 width=36)
              ->  Index Scan using idx_2 on tracked_emails t1  (cost=0.42..8.44 rows=1 width=36)
                    Index Cond: ((account_id = '0198f1c4-0000-7000-8000-000000000001'::uuid) AND (sent_at >= $1))
                    Filter: ((recipient = 'o''brien@contoso.test'::text) AND (responses > 42) AND (rate < -1.5e+10) AND (SubPlan 1))
            """).ShouldBe(
            """
            Limit  (cost=0.42..8.44 rows=1 width=36)
              ->  Index Scan using idx_2 on tracked_emails t1  (cost=0.42..8.44 rows=1 width=36)
                    Index Cond: ((account_id = '…'::uuid) AND (sent_at >= $1))
                    Filter: ((recipient = '…'::text) AND (responses > …) AND (rate < -…) AND (SubPlan 1))
            """);

    [Fact]
    public void A_value_of_several_lines_is_one_value() =>
        QueryPlan.WithoutValues("Filter: (subject = 'Dear (cost=\nJohn''s\n'::text)").ShouldBe("Filter: (subject = '…'::text)");

    [Fact]
    public void A_plan_without_end_is_cut() => QueryPlan.WithoutValues(new string('a', 5_000)).Length.ShouldBe(4_000);
}
