namespace Switchboard.Workers.Ingest.Tracking;

/// <summary>
/// Has each statement of a transaction planned for the tables as they are. The other statements of this process keep the plan that they
/// were given first (<see cref="Core.Jobs.BatchStatements"/>); those of tracking look up by an account and something else, with several
/// indexes that begin with the account: while the tables are empty one is as good as another, and with the wrong one each look-up would
/// later read all mails of the account. A batch of hundreds of mails hardly notices. Nor is a plan compiled that only looks expensive.
/// </summary>
internal static class PlanEachTime
{
    /// <summary>The first statement of the transaction; it has a result.</summary>
    public const string Sql = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)";
}
