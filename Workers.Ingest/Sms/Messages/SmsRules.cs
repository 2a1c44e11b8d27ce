using System.Diagnostics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Email.Rules;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>
/// Evaluates the rules on SMS whose audio is settled: what is said in it counts as text. An SMS is evaluated once, by the transaction that
/// settles the last of its audio.
/// </summary>
internal sealed class SmsRules(NotificationStore notifications, IngestMetrics metrics)
{
    /// <summary>Sets aside what the rules of a user may lead to, before the transaction.</summary>
    public Task<NotificationGrant> ReserveAsync(
        Guid userId, IReadOnlyDictionary<Guid, CompiledRules> rules, CancellationToken cancellationToken) =>
        notifications.ReserveAsync([(userId, rules.GetValueOrDefault(userId)?.Count ?? 0)], cancellationToken);

    /// <summary>
    /// To be called in the transaction in which media items became completed, or failed for good, after their rows were changed.
    /// Of these SMS, those that still wait for audio and those that were evaluated before are left alone.
    /// </summary>
    /// <param name="transaction">The transaction, of the level read committed.</param>
    /// <param name="messageIds">The SMS of these items, rows in <c>sms_messages</c>.</param>
    /// <param name="rules">The rules of the users of these SMS.</param>
    /// <param name="grant">What was reserved for the notifications of these rules.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The jobs that follow, all staged: the caller hands them to <see cref="JobOutbox.FlushAsync"/> after its commit.</returns>
    public async Task<IReadOnlyCollection<OutgoingJob>> ApplyAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<Guid> messageIds,
        IReadOnlyDictionary<Guid, CompiledRules> rules,
        NotificationGrant grant,
        CancellationToken cancellationToken)
    {
        var waiting = await AcceptedSmsStore.LockWaitingAsync(transaction, messageIds, cancellationToken);
        if (waiting.Count == 0)
            return [];

        // after the locks and in a separate statement: it sees what the other transactions, that had them before, settled
        var settled = await AcceptedSmsStore.SettledAsync(transaction, waiting, cancellationToken);
        if (settled.Count == 0)
            return [];

        var matches = settled.Select(sms => (Sms: sms, Rules: Match(sms, rules))).ToList();
        await AcceptedSmsStore.SetMatchedAsync(transaction, [.. matches.Select(match => (match.Sms.Id, match.Rules.Count))], cancellationToken);

        var created = await notifications.CreateAsync(
            transaction.Connection!, transaction, [.. matches.SelectMany(match => match.Sms.Notifications(match.Rules))], [], grant,
            cancellationToken);
        metrics.Notified(created.Ids.Count);
        return created.Jobs;
    }

    // no rules for a deleted user
    private static IReadOnlyList<Rule> Match(SettledSms sms, IReadOnlyDictionary<Guid, CompiledRules> rules) =>
        rules.TryGetValue(sms.UserId, out var compiled) ? RuleEvaluator.Matches(compiled, sms.Message) : [];
}

/// <summary>An SMS on which the rules were not evaluated yet.</summary>
/// <param name="Id">Its row in <c>sms_messages</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Body">What it says.</param>
/// <param name="ReceivedAt">When the webhook took it.</param>
internal sealed record WaitingSms(Guid Id, Guid UserId, string From, string To, string Body, DateTimeOffset ReceivedAt)
{
    /// <summary>The SMS with what is said in its audio, file by file.</summary>
    public SettledSms With(IEnumerable<string> transcripts) =>
        new(Id, UserId, ReceivedMessage.Sms(PhoneNumber.ContactOf(From) ?? From, To, Body, ReceivedAt, hasMedia: true, transcripts));
}

/// <summary>An SMS of which all that rules look at is known.</summary>
/// <param name="Id">Its row in <c>sms_messages</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Message">What it says, and what is said in its audio.</param>
internal sealed record SettledSms(Guid Id, Guid UserId, ReceivedMessage Message)
{
    /// <summary>What is to be sent, one for each of the rules that it meets.</summary>
    public IEnumerable<NotificationDraft> Notifications(IReadOnlyList<Rule> rules, ActivityContext? parent = null) => rules.Select(rule =>
        RuleNotification.Of(rule, UserId, Message, NotificationSource.Sms(Id), parent));
}
