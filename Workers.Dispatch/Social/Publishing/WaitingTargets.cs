using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// Goes on with what waits for its account as soon as that publishes again, whoever has changed it; and, at the start of the process, looks
/// for what should have been sent and was not (<see cref="PublishSweep"/>).
/// </summary>
internal sealed partial class WaitingTargets(
    NpgsqlDataSource dataSource,
    PublishTargetStore targets,
    PublishSweep sweep,
    JobOutbox outbox,
    IOptions<PublishingOptions> options,
    TimeProvider timeProvider,
    ILogger<WaitingTargets> logger) : ResilientLoop(timeProvider, logger)
{
    private const int Most = 500;

    private bool _isSwept;

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!_isSwept)
        {
            await sweep.RunAsync(cancellationToken);
            _isSwept = true;
        }

        return await ResumeAsync(cancellationToken) == Most ? TimeSpan.Zero : TimeSpan.FromSeconds(options.Value.ResumeSeconds);
    }

    private const string ResumableSql =
        """
        SELECT t.id, t.user_id
        FROM social_post_targets t
        JOIN social_accounts a ON a.id = t.account_id AND a.user_id = t.user_id
        WHERE t.state = 'waiting' AND t.reason LIKE 'account-%' AND a.state IN ('active', 'warming')
          AND (t.next_attempt_at IS NULL OR t.next_attempt_at > $1)
        ORDER BY t.due_at
        LIMIT $2
        FOR NO KEY UPDATE OF t SKIP LOCKED
        """;

    /// <summary>Has what waits looked at now whose account publishes again.</summary>
    /// <returns>How many targets they were.</returns>
    public async Task<int> ResumeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = TimeProvider.GetUtcNow();
        var waiting = await transaction.Command(ResumableSql, now, Most)
            .ListAsync(row => (row.GetGuid(0), row.GetGuid(1)), cancellationToken);
        if (waiting.Count == 0)
            return 0;
        var jobs = await targets.LookNowAsync(transaction, waiting, now, cancellationToken);
        await outbox.CommitAsync(transaction, jobs, cancellationToken);
        Log.Resumed(logger, waiting.Count);
        return waiting.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} posts go on whose accounts publish again")]
        public static partial void Resumed(ILogger logger, int count);
    }
}
