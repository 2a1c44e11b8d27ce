using Npgsql;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>The rows of <c>tracking_requests</c>; one that is settled stays as it is.</summary>
internal sealed class TrackingRequests(NpgsqlDataSource dataSource, TimeProvider time)
{
    // as the mail's recorder knows it
    private const string TrackedSql =
        """
        UPDATE tracking_requests AS r SET state = 'tracked', tracked_email_id = t.id, finished_at = $4
        FROM tracked_emails AS t
        WHERE r.id = $1 AND r.state = 'queued' AND t.account_id = $2 AND t.message_key = $3
        """;

    private const string FailedSql =
        "UPDATE tracking_requests SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1 AND state = 'queued'";

    /// <summary>A request that is not settled; null when there is none of that id.</summary>
    public async Task<TrackingRequest?> FindOpenAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT account_id, message_id FROM tracking_requests WHERE id = $1 AND state = 'queued'");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new(id, reader.GetGuid(0), reader.GetString(1)) : null;
    }

    /// <summary>Settles a request whose mail was recorded.</summary>
    /// <returns>False if the mail is not tracked.</returns>
    public async Task<bool> TrackedAsync(TrackingRequest request, MailEnvelope mail, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(TrackedSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.Id });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.AccountId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = MailKey.Of(mail) });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Settles a request that cannot be fulfilled.</summary>
    public async Task FailedAsync(TrackingRequest request, string error, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(FailedSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StorableText.From(error) });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
