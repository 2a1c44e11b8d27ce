namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>Asks the database with a short timeout: a check of health needs an answer soon.</summary>
internal static class TimeBoxedQuery
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What was read; null when the database is unavailable, or did not answer within 2 s.</summary>
    public static async Task<T?> ReadAsync<T>(
        Func<CancellationToken, Task<T>> read, TimeProvider timeProvider, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // a server that stands still does not answer the wish to stop either
            return await read(either.Token).WaitAsync(either.Token);
        }
        catch (Exception reason) when (
            reason is NpgsqlException || (reason is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
