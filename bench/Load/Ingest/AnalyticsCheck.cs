using System.Globalization;
using Switchboard.Load.Api;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Ingest;

/// <summary>Holds the product's analytics of an account against what the simulator knows, figure by figure.</summary>
internal sealed class AnalyticsCheck(ApiClient edge, ApiClient simulator, LoadUser user)
{
    /// <summary>Compares a time.</summary>
    /// <returns>The figures that differ.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(MailAccount account, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var time = $"from={Time(from)}&to={Time(to)}";
        var truth = await simulator.GetAsync(
            $"/_sim/graph/mailboxes/{Uri.EscapeDataString(account.Address)}/truth?{time}", null, IngestJson.Default.TruthSum, cancellation);
        var analytics = await edge.GetAsync(
            $"/api/emails/analytics?accountId={account.Id}&{time}&bucket=day", user.Key, IngestJson.Default.MailAnalytics, cancellation);
        return [.. AnalyticsDifferences.Between(truth, analytics).Select(difference => $"{account.Address}: analytics of {from:s} to {to:s}: {difference}")];
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
