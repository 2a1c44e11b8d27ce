using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Email.Rules;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>
/// Asks the rules about texts whose audio is settled: what is said in it counts as text. A text is asked about once, by the transaction
/// that settles the last of its audio.
/// </summary>
internal sealed class SmsRules(RuleCache ruleCache, NotificationStore notifications, IngestMetrics metrics)
{
    /// <summary>
    /// To be called in the transaction in which media items became completed, or failed for good, after their rows were changed.
    /// Of these texts, those that still wait for audio are left alone, and those that were asked about before.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction, of the level read committed.</param>
    /// <param name="messageIds">The texts of these items, rows in <c>sms_messages</c>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The jobs that follow, all staged: the caller hands them to <see cref="JobOutbox.FlushAsync"/> after its commit.</returns>
    public async Task<IReadOnlyCollection<OutgoingJob>> ApplyAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<Guid> messageIds,
        CancellationToken cancellation)
    {
        var waiting = await LockWaitingSms.ExecuteAsync(connection, transaction, messageIds, cancellation);
        if (waiting.Count == 0)
            return [];

        // after the locks and in a statement of its own: it sees what the other transactions, that had them before, settled
        var settled = await ReadTranscripts.ExecuteAsync(connection, transaction, waiting, cancellation);
        if (settled.Count == 0)
            return [];

        var rules = await ruleCache.ForAsync(connection, transaction, [.. settled.Select(text => text.UserId).Distinct()], cancellation);
        var matches = settled.Select(text => (Text: text, Rules: Match(text, rules))).ToList();
        await SetMatched.ExecuteAsync(connection, transaction, [.. matches.Select(match => (match.Text.Id, match.Rules.Count))], cancellation);

        var created = await notifications.CreateAsync(
            connection, transaction, [.. matches.SelectMany(match => match.Text.Notifications(match.Rules))], [], cancellation);
        metrics.Notified(created.Ids.Count);
        return created.Jobs;
    }

    // of a user who is no more nothing is asked
    private static IReadOnlyList<Rule> Match(SettledSms text, IReadOnlyDictionary<Guid, CompiledRules> rules) =>
        rules.TryGetValue(text.UserId, out var compiled) ? RuleEvaluator.Matches(compiled, text.Message) : [];
}
