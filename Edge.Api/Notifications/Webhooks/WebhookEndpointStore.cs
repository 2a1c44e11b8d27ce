using System.ComponentModel.DataAnnotations;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>What endpoints there may be; section <c>Webhooks</c>.</summary>
internal sealed class WebhookEndpointOptions
{
    public const string Section = "Webhooks";

    /// <summary>The most endpoints of one user.</summary>
    [Range(1, 1_000)]
    public int MaxEndpointsPerUser { get; init; } = 50;

    /// <summary>For how many hours after a rotation the former secret signs too.</summary>
    [Range(0, 720)]
    public double RotationOverlapHours { get; init; } = 24;

    /// <summary>Whether endpoints may be called without TLS; for development.</summary>
    public bool AllowHttp { get; init; }
}

/// <summary>An endpoint, without its secret.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where webhooks are posted.</param>
/// <param name="Events">The patterns of what it takes.</param>
/// <param name="Description">What its user wrote of it.</param>
/// <param name="RatePerSecond">How much it takes; null for as much as there is.</param>
/// <param name="FailingSince">Since when every delivery has failed.</param>
/// <param name="DisabledAt">When it was turned off.</param>
/// <param name="DisabledReason">Why.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
internal sealed record WebhookEndpointResponse(
    Guid Id,
    string Url,
    IReadOnlyList<string> Events,
    string Description,
    int? RatePerSecond,
    DateTimeOffset? FailingSince,
    DateTimeOffset? DisabledAt,
    string? DisabledReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>The endpoints of users and their secrets.</summary>
internal sealed class WebhookEndpointStore(NpgsqlDataSource dataSource, SecretProtector secrets, TimeProvider timeProvider)
{
    private const string Columns =
        "id, url, events, description, rate_per_second, failing_since, disabled_at, disabled_reason, created_at, updated_at";

    private const string ListSql =
        $"""
        SELECT {Columns} FROM webhook_endpoints
        WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC
        LIMIT $3
        """;

    /// <summary>A user's endpoints, newest first.</summary>
    public Task<List<WebhookEndpointResponse>> ListAsync(Guid userId, Guid? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, take).ListAsync(Read, cancellationToken);

    private const string FindSql = $"SELECT {Columns} FROM webhook_endpoints WHERE id = $1 AND user_id = $2";

    /// <summary>One of them; null when the user has it not.</summary>
    public Task<WebhookEndpointResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(Read, cancellationToken);

    /// <summary>The same within a transaction, which keeps it as it is until its end.</summary>
    public static Task<WebhookEndpointResponse?> LockAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(FindSql + " FOR NO KEY UPDATE", id, userId).FirstAsync(Read, cancellationToken);

    private const string LockUserSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    private const string CountSql = "SELECT count(*) FROM webhook_endpoints WHERE user_id = $1";

    /// <summary>How many a user has, who gets no other until the transaction ends.</summary>
    public static async Task<long> CountAsync(NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken)
    {
        // a statement of its own: the next one sees those for which this one waited
        await transaction.Command(LockUserSql, userId).RunAsync(cancellationToken);
        return await transaction.Command(CountSql, userId).ScalarAsync<long>(cancellationToken);
    }

    private const string InsertSql =
        """
        INSERT INTO webhook_endpoints (id, user_id, url, events, description, rate_per_second, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
        """;

    /// <summary>Adds an endpoint with its first secret, which is answered.</summary>
    public async Task<string> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, WebhookEndpointResponse made, CancellationToken cancellationToken)
    {
        await transaction.Command(
            InsertSql, made.Id, userId, made.Url, made.Events.ToArray(), made.Description, made.RatePerSecond, made.CreatedAt)
            .RunAsync(cancellationToken);
        return await AddSecretAsync(transaction, userId, made.Id, cancellationToken);
    }

    private const string ChangeSql =
        $"""
        UPDATE webhook_endpoints
        SET url = $3, events = $4, description = $5, rate_per_second = $6, updated_at = $7
        WHERE id = $1 AND user_id = $2
        RETURNING {Columns}
        """;

    /// <summary>Changes an endpoint that was locked.</summary>
    public async Task<WebhookEndpointResponse> ChangeAsync(
        NpgsqlTransaction transaction, Guid userId, WebhookEndpointResponse changed, CancellationToken cancellationToken) =>
        (await transaction.Command(
            ChangeSql, changed.Id, userId, changed.Url, changed.Events.ToArray(), changed.Description, changed.RatePerSecond,
            timeProvider.GetUtcNow())
            .FirstAsync(Read, cancellationToken))!;

    private const string EnableSql =
        $"""
        UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, updated_at = $3
        WHERE id = $1 AND user_id = $2
        RETURNING {Columns}
        """;

    /// <summary>Turns an endpoint on again.</summary>
    public Task<WebhookEndpointResponse?> EnableAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(EnableSql, id, userId, timeProvider.GetUtcNow()).FirstAsync(Read, cancellationToken);

    private const int DeletedAtOnce = 5_000;

    private const string DeleteDeliveriesSql =
        """
        DELETE FROM webhook_deliveries
        WHERE id = ANY (ARRAY(SELECT id FROM webhook_deliveries WHERE user_id = $1 AND endpoint_id = $2 LIMIT $3)) AND user_id = $1
        """;

    private const string DeleteSql = "DELETE FROM webhook_endpoints WHERE id = $1 AND user_id = $2";

    /// <summary>Deletes an endpoint, with its secrets and deliveries: many of these, so that each statement is short.</summary>
    public async Task<bool> DeleteAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        while (await dataSource.Command(DeleteDeliveriesSql, userId, id, DeletedAtOnce).RunAsync(cancellationToken) == DeletedAtOnce)
        {
        }

        return await dataSource.Command(DeleteSql, id, userId).RunAsync(cancellationToken) > 0;
    }

    // the former one goes on for a while; those before it end now
    private const string RetireSql =
        """
        WITH ended AS (
            DELETE FROM webhook_secrets WHERE user_id = $1 AND endpoint_id = $2 AND expires_at IS NOT NULL
        )
        UPDATE webhook_secrets SET expires_at = $3 WHERE user_id = $1 AND endpoint_id = $2 AND expires_at IS NULL
        """;

    /// <summary>Gives an endpoint that was locked a new secret, which is answered; the former one signs too until a time.</summary>
    public async Task<string> RotateAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, DateTimeOffset formerUntil, CancellationToken cancellationToken)
    {
        await transaction.Command(RetireSql, userId, id, formerUntil).RunAsync(cancellationToken);
        return await AddSecretAsync(transaction, userId, id, cancellationToken);
    }

    private const string AddSecretSql =
        "INSERT INTO webhook_secrets (id, user_id, endpoint_id, secret, created_at) VALUES ($1, $2, $3, $4, $5)";

    private async Task<string> AddSecretAsync(
        NpgsqlTransaction transaction, Guid userId, Guid endpointId, CancellationToken cancellationToken)
    {
        var (now, secret) = (timeProvider.GetUtcNow(), WebhookSecret.New());
        var id = Guid.CreateVersion7(now);
        await transaction.Command(AddSecretSql, id, userId, endpointId, secrets.Protect(secret, SecretColumn.WebhookSecret, id), now)
            .RunAsync(cancellationToken);
        return secret;
    }

    private static WebhookEndpointResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetFieldValue<string[]>(2), row.GetString(3), row.Nullable<int>(4),
        row.Nullable<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6), row.Text(7), row.GetFieldValue<DateTimeOffset>(8),
        row.GetFieldValue<DateTimeOffset>(9));
}
