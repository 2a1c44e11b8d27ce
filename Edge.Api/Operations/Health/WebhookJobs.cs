using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>Counts what became of the webhook's jobs, by the primary key of <c>job_minutes</c>.</summary>
internal static class WebhookJobs
{
    private const int Minutes = 5;

    private const string Sql =
        "SELECT coalesce(sum(completed), 0)::bigint FROM job_minutes WHERE type = $1 AND minute >= $2 AND minute < $3";

    /// <summary>How many a minute were done, over the last five full minutes.</summary>
    public static async Task<double> PerMinuteAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellation)
    {
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        var done = await database.Command(Sql, ReadGraphChanges.Type.Name, minute.AddMinutes(-Minutes), minute).ScalarAsync<long>(cancellation);
        return (double)done / Minutes;
    }
}
