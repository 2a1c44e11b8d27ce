using Npgsql;

namespace Switchboard.Core.Postgres;

/// <summary>
/// The advisory locks that processes must agree on. The number in each is its kind, which keeps it apart from those of others; 0 and 1 are
/// those of rate limits and slots (0008_rate_limits.sql). All end with their transaction.
/// </summary>
public static class AdvisoryLocks
{
    /// <summary>Its holder alone changes what is tracked of the account <c>$1</c>.</summary>
    public const string OfAccountMail = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 2))";

    /// <summary>Its holder alone makes days of tracked mail.</summary>
    public const string TryOfTrackingViews = "SELECT pg_try_advisory_xact_lock(hashtextextended('tracking-views', 3))";

    /// <summary>
    /// Whether something of an account is found, or may be in a moment: who makes days of tracked mail just now may have begun before the
    /// account was gone.
    /// </summary>
    public static async Task<bool> IsLeftAsync(
        NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        return !await transaction.Command(TryOfTrackingViews).ScalarAsync<bool>(cancellationToken)
            || await transaction.Command(sql, values).ScalarAsync<bool>(cancellationToken);
    }

    /// <summary>Within a statement: its holder alone puts something into the inbox of the recipient <c>id</c>.</summary>
    public const string OfInbox = "pg_advisory_xact_lock(hashtextextended(id::text, 4))";

    /// <summary>Its holder alone computes the health of accounts.</summary>
    public const string OfHealth = "SELECT pg_advisory_xact_lock(hashtextextended('social-health', 6))";

    /// <summary>Within a statement: its holder alone makes posts of the user <c>$1</c> whose texts are in this <c>slot</c> of 64.</summary>
    public const string OfPostTexts = "pg_advisory_xact_lock(hashtextextended($1::uuid::text || slot, 5))";
}
