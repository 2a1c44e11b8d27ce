using System.Text.Json;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// Runs what a creating POST does in one transaction, together with the record of its <c>Idempotency-Key</c>: either both are there or
/// neither is. While it runs it holds a lock of Postgres on the key, which ends with the transaction and so also with the process:
/// a request that was killed leaves nothing behind. Answers are stored encrypted, and without what is shown once
/// (<see cref="IShownOnce{T}"/>).
/// </summary>
internal sealed class CreatingTransactions(
    NpgsqlDataSource dataSource, SecretProtector secrets, JobOutbox outbox, TimeProvider timeProvider)
{
    /// <summary>Makes what the request asks for, once.</summary>
    /// <param name="http">The request; its key is a header.</param>
    /// <param name="request">The same for a request sent again.</param>
    /// <param name="make">Makes it within the transaction and says what to answer, or refuses; then nothing is kept.</param>
    /// <param name="cancellationToken">Ends it; then nothing is kept.</param>
    public async Task<Creation<T>> RunAsync<TRequest, T>(
        HttpContext http, TRequest request, Func<NpgsqlTransaction, Task<Creation<T>>> make, CancellationToken cancellationToken)
        where T : class
    {
        var key = http.Request.Headers[IdempotencyKeyHeader.Name] is { Count: > 0 } values ? values.ToString() : null;
        if (IdempotencyKeyHeader.ErrorOf(key) is { } error)
            return Creation<T>.Refused(Problems.Invalid(new FieldError(IdempotencyKeyHeader.Name, error)));

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var userId = http.Caller().UserId;
        var hash = RequestFingerprint.Of(http.Caller(), http.Request.Path, request);
        if (key is not null && await PriorAsync<T>(transaction, userId, key, hash, http, cancellationToken) is { } prior)
            return prior;

        var made = await make(transaction);
        if (made.Answer is null)
            return made;
        if (key is not null)
            await StoreAsync(transaction, userId, key, hash, made.Answer, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    /// <summary>
    /// The same for what jobs follow from: those that are added to the list while it is made are staged with it, and published after the
    /// commit.
    /// </summary>
    public async Task<Creation<T>> RunAsync<TRequest, T>(
        HttpContext http,
        TRequest request,
        Func<NpgsqlTransaction, List<OutgoingJob>, Task<Creation<T>>> make,
        CancellationToken cancellationToken)
        where T : class
    {
        var jobs = new List<OutgoingJob>();
        var creation = await RunAsync(
            http,
            request,
            async transaction =>
            {
                var made = await make(transaction, jobs);
                await outbox.StageAsync(transaction.Connection!, transaction, jobs, cancellationToken);
                return made;
            },
            cancellationToken);
        if (creation.IsNew)
            await outbox.FlushAsync(jobs, CancellationToken.None);
        return creation;
    }

    private async Task<Creation<T>?> PriorAsync<T>(
        NpgsqlTransaction transaction, Guid userId, string key, byte[] hash, HttpContext http, CancellationToken cancellationToken)
        where T : class
    {
        // In this order: the one that gets the lock after the first request ended sees what it committed.
        // And a machine that crashed must not hold it for long.
        var holdsLock = await transaction.Command(
            "SELECT pg_try_advisory_xact_lock($1), set_config('idle_in_transaction_session_timeout', '30s', true)",
            RequestFingerprint.LockOf(userId, key)).ScalarAsync<bool>(cancellationToken);
        var prior = await transaction
            .Command("SELECT request_hash, response FROM idempotency_keys WHERE user_id = $1 AND key = $2", userId, key)
            .FirstAsync(row => new PriorAnswer(row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), cancellationToken);

        switch (IdempotencyDecisions.Decide(holdsLock, prior, hash))
        {
            case IdempotencyDecision.Proceed:
                return null;
            case IdempotencyDecision.Replay:
                http.Response.Headers[IdempotencyKeyHeader.Replayed] = "true";
                return Creation<T>.MadeBefore(
                    JsonSerializer.Deserialize<T>(
                        secrets.Unprotect(prior!.Response, SecretColumn.IdempotentAnswer, RowOf(userId, key)), JsonSerializerOptions.Web)!);
            case IdempotencyDecision.InFlight:
                http.Response.Headers.RetryAfter = "1";
                return Creation<T>.Refused(Problems.Conflict(
                    "A request with this Idempotency-Key is being answered.", ProblemKinds.IdempotencyKeyInFlight));
            default:
                return Creation<T>.Refused(Problems.For(
                    StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key was used for another request.",
                    ProblemKinds.IdempotencyKeyReused));
        }
    }

    private Task<int> StoreAsync<T>(
        NpgsqlTransaction transaction, Guid userId, string key, byte[] hash, T answer, CancellationToken cancellationToken)
    {
        var kept = answer is IShownOnce<T> secret ? secret.WithoutSecret() : answer;
        return transaction.Command(
            "INSERT INTO idempotency_keys (user_id, key, request_hash, response, created_at) VALUES ($1, $2, $3, $4, $5)",
            userId, key, hash,
            secrets.Protect(JsonSerializer.Serialize(kept, JsonSerializerOptions.Web), SecretColumn.IdempotentAnswer, RowOf(userId, key)),
            timeProvider.GetUtcNow())
            .RunAsync(cancellationToken);
    }

    private static string RowOf(Guid userId, string key) => $"{userId}/{key}";
}

/// <summary>What a creating POST came to: exactly one of the two.</summary>
/// <param name="Answer">What to answer, now or as before.</param>
/// <param name="Refusal">Why nothing was made.</param>
/// <param name="IsNew">Whether it was made by this very request, so that what follows from it is to be done.</param>
internal sealed record Creation<T>(T? Answer, ProblemHttpResult? Refusal, bool IsNew)
    where T : class
{
    public static Creation<T> Made(T answer) => new(answer, null, true);

    public static Creation<T> MadeBefore(T answer) => new(answer, null, false);

    public static Creation<T> Refused(ProblemHttpResult refusal) => new(null, refusal, false);
}

/// <summary>An answer with a secret in it, which is shown this once: it is neither stored nor replayed.</summary>
internal interface IShownOnce<out T>
{
    /// <summary>The answer as it is stored for a request that comes again.</summary>
    T WithoutSecret();
}
