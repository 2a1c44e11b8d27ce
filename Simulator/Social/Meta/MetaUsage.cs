using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>
/// What of Meta's limits is used, as each answer says: calls of the application in an hour in <c>X-App-Usage</c>, of an account in
/// <c>X-Business-Use-Case-Usage</c>, in per cent.
/// </summary>
internal sealed class MetaUsage(SocialNetwork network, string type)
{
    private const int CallsOfUser = 200;
    private const int LeastCalls = 5_000;
    private const int CallsOfAccount = 4_800;
    private readonly Quota _app = new(network.Clock, TimeSpan.FromHours(1));
    private readonly Quota _accounts = new(network.Clock, TimeSpan.FromDays(1));

    /// <summary>Counts a call, and says what is used; the error when it is too much.</summary>
    public MetaProblem? Count(HttpResponse response, SocialAccount account)
    {
        var app = _app.Take("app", Math.Max(LeastCalls, CallsOfUser * network.Accounts.Count));
        var own = _accounts.Take(account.Id, CallsOfAccount);
        var wait = own.IsTaken ? 0 : (int)Math.Ceiling((own.ResetsAt - network.Now).TotalMinutes);
        response.Headers["X-App-Usage"] = new JsonObject
        {
            ["call_count"] = Percent(app),
            ["total_cputime"] = 0,
            ["total_time"] = 0,
        }.ToJsonString();
        response.Headers["X-Business-Use-Case-Usage"] = new JsonObject
        {
            [account.Id] = new JsonArray(new JsonObject
            {
                ["type"] = type,
                ["call_count"] = Percent(own),
                ["total_cputime"] = 0,
                ["total_time"] = 0,
                ["estimated_time_to_regain_access"] = wait,
            }),
        }.ToJsonString();
        return !app.IsTaken ? MetaProblem.Fault(null, "4")
            : !own.IsTaken ? new(400, 80001, "(#80001) There have been too many calls to this account.", IsTransient: true)
            : null;
    }

    private static int Percent(QuotaState state) => (int)(100L * state.Used / state.Limit);
}
