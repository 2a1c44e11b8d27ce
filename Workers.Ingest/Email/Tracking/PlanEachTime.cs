namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Has each statement of a transaction planned for the tables as they are. The other statements of this process keep the plan that they
/// were given first (<see cref="Core.Jobs.BatchStatements"/>). Those of tracking look up by an account and something else, and several
/// indexes begin with the account: where the planner believes that an account has few mails, one is as good as another, and with the wrong
/// one each look-up reads all mails of the account. It believes so as long as the tables are small, and of an account that was not there
/// when it last counted. So beside this:
/// <list type="bullet">
/// <item>A statement looks up one mail at a time (<c>LATERAL</c> with <c>LIMIT</c> or <c>OFFSET 0</c>): of a join the planner may read the
/// whole account once.</item>
/// <item>It does not know which account it is for (<c>account_id = (SELECT $1)</c>), and takes the average.</item>
/// <item>What is looked up by its id has its account only checked (<c>IS NOT DISTINCT FROM</c>, which no index serves).</item>
/// </list>
/// A batch of hundreds of mails hardly notices that it is planned. Nor is a plan compiled that only looks expensive.
/// </summary>
internal static class PlanEachTime
{
    /// <summary>The first statement of the transaction; it has a result.</summary>
    public const string Sql = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)";
}
