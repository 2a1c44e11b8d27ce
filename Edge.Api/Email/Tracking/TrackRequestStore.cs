namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A request to track a mail, and its outcome.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="AccountId">In whose mailbox the mail is.</param>
/// <param name="MessageId">The mail, as it was requested.</param>
/// <param name="State">queued, tracked or failed.</param>
/// <param name="TrackedEmailId">The tracked mail, at <c>GET /api/emails/tracked/{id}</c>.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When it was requested.</param>
/// <param name="FinishedAt">When it was tracked or failed.</param>
internal sealed record TrackResponse(
    Guid Id,
    Guid AccountId,
    string MessageId,
    string State,
    Guid? TrackedEmailId,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, account_id, message_id, state, tracked_email_id, error, created_at, finished_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static TrackResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.Nullable<Guid>(4), row.Text(5),
        row.GetFieldValue<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7));
}

/// <summary>Requests to track one mail, in <c>tracking_requests</c>; Workers.Ingest answers them. Each statement names the user.</summary>
internal sealed class TrackRequestStore(NpgsqlDataSource dataSource)
{
    private const string FindSql = $"SELECT {TrackResponse.Columns} FROM tracking_requests WHERE id = $1 AND user_id = $2";

    public Task<TrackResponse?> FindAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(TrackResponse.Read, cancellationToken);

    private const string InsertSql =
        $"""
        INSERT INTO tracking_requests (id, account_id, user_id, message_id, state, created_at)
        VALUES ($1, $2, $3, $4, 'queued', $5)
        RETURNING {TrackResponse.Columns}
        """;

    public static async Task<TrackResponse> InsertAsync(
        NpgsqlTransaction transaction, Guid accountId, Guid userId, string messageId, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        (await transaction.Command(InsertSql, Guid.CreateVersion7(now), accountId, userId, messageId, now)
            .FirstAsync(TrackResponse.Read, cancellationToken))!;
}
