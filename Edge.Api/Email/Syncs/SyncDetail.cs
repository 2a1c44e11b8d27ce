using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>A mail that a sync could not read.</summary>
/// <param name="MessageId">The provider's id of it.</param>
/// <param name="Error">Why.</param>
internal sealed record SyncFailure(string MessageId, string Error);

/// <summary>A full sync with the mails that it could not read, the first hundred of them.</summary>
internal sealed record SyncDetail : SyncResponse
{
    private const int MostFailures = 100;

    private const string Sql = $"SELECT {Columns} FROM mail_syncs WHERE id = $1 AND user_id = $2";

    private const string FailuresSql = "SELECT message_id, error FROM mail_sync_errors WHERE sync_id = $1 ORDER BY at, message_id LIMIT $2";

    public SyncDetail(SyncResponse sync, IReadOnlyList<SyncFailure> failures)
        : base(sync) => Failures = failures;

    [JsonPropertyOrder(1)]
    public IReadOnlyList<SyncFailure> Failures { get; }

    /// <summary>Finds a sync of the user.</summary>
    public static async Task<SyncDetail?> FindAsync(NpgsqlDataSource database, Guid id, Guid userId, CancellationToken cancellation)
    {
        if (await database.Command(Sql, id, userId).FirstAsync(Read, cancellation) is not { } sync)
            return null;
        var failures = sync.Errors == 0
            ? []
            : await database.Command(FailuresSql, id, MostFailures)
                .ListAsync(row => new SyncFailure(row.GetString(0), row.GetString(1)), cancellation);
        return new(sync, failures);
    }
}
