using System.Diagnostics;
using System.Security.Cryptography;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>
/// Sends the pending codes of phone numbers: reads them, sends each, notes what became of it. A crash in between sends the same code
/// again. No code is in a log, an error or a trace.
/// </summary>
internal sealed partial class SendVerificationCodeHandler(
    RequestedCodeStore codes,
    SmsChannel channel,
    SlidingWindowLimiter limiter,
    SecretProtector protector,
    TimeProvider timeProvider,
    ILogger<SendVerificationCodeHandler> logger) : IJobHandler<SendVerificationCode>
{
    private const int AtOnce = 10;
    private const string Hidden = "******";

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SendVerificationCode>> batch, CancellationToken cancellationToken)
    {
        var open = await codes.ReadAsync([.. batch.Select(delivery => delivery.Job.PhoneNumberId).Distinct()], cancellationToken);
        var decisions = Plan(batch, open, timeProvider.GetUtcNow());
        var due = Enumerable.Range(0, batch.Count).Where(i => decisions[i] is null).ToList();
        if (due.Count > 0)
            await SendAsync(batch, open, due, decisions, cancellationToken);

        var notes = Enumerable.Range(0, batch.Count)
            .Where(i => decisions[i] is { IsSent: true } or { UserError: not null })
            .Select(i => Note(batch[i].Job.PhoneNumberId, open[batch[i].Job.PhoneNumberId].Code!, decisions[i]!))
            .ToList();
        if (notes.Count > 0)
            await codes.NoteAsync(notes, CancellationToken.None); // what is sent is sent, even if the process ends
        if (Array.Exists(decisions, decision => decision is null))
            throw new OperationCanceledException(cancellationToken);
        return [.. decisions.Select(decision => decision!.Job)];
    }

    // Null for those that are to be sent. Unlinked, verified or void: there is nothing to do.
    private static CodeDecision?[] Plan(
        IReadOnlyList<JobDelivery<SendVerificationCode>> batch, IReadOnlyDictionary<Guid, RequestedCode> open, DateTimeOffset now)
    {
        var decisions = new CodeDecision?[batch.Count];
        var begun = new HashSet<Guid>(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            // sent since the job was made: by this job before a crash, or by an earlier one that already found the new code
            if (!open.TryGetValue(batch[i].Job.PhoneNumberId, out var code) || code.Code is null || code.SentAt >= batch[i].EnqueuedAt)
                decisions[i] = new(JobOutcome.Done);
            else if (code.ExpiresAt is null || code.ExpiresAt <= now)
                decisions[i] = CodeDecision.Expired;
            else if (!begun.Add(batch[i].Job.PhoneNumberId))
                decisions[i] = new(JobOutcome.Done);
        }

        return decisions;
    }

    private async Task SendAsync(
        IReadOnlyList<JobDelivery<SendVerificationCode>> batch,
        IReadOnlyDictionary<Guid, RequestedCode> open,
        List<int> due,
        CodeDecision?[] decisions,
        CancellationToken cancellationToken)
    {
        // they come from the same sender as notifications, so they count against the same limit
        var permits = await limiter.AcquireUpToAsync(channel.LimitKey, channel.Limit, due.Count, cancellationToken);
        foreach (var i in due.Skip(permits.Granted))
            decisions[i] = new(JobOutcome.Snooze(permits.RetryAfter, $"The limit of {channel.Limit.Permits} SMS a second is reached."));
        await Parallel.ForEachAsync(
            due.Take(permits.Granted),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, _) => decisions[i] = await TrySendAsync(batch[i], open[batch[i].Job.PhoneNumberId], cancellationToken));
        var failed = due.Take(permits.Granted).Where(i => decisions[i] is { IsSent: false }).ToList();
        if (failed.Count > 0)
            Log.NotSent(logger, failed.Count, due.Count, Reason(decisions[failed[0]]!));
    }

    // Each fails alone: what has become of the others is noted in any case. Null if the process ends before it is known.
    private async Task<CodeDecision?> TrySendAsync(
        JobDelivery<SendVerificationCode> delivery, RequestedCode open, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await SendAsync(delivery, open, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            Log.Unexpected(logger, exception, delivery.Job.PhoneNumberId);
            return CodeDecision.For(
                new ProviderFailure(FailureKind.UnknownOutcome, $"Unexpected {exception.GetType().Name}."), delivery.IsLastAttempt);
        }
    }

    private async Task<CodeDecision> SendAsync(
        JobDelivery<SendVerificationCode> delivery, RequestedCode open, CancellationToken cancellationToken)
    {
        string code;
        try
        {
            code = protector.Unprotect(open.Code!, SecretColumn.PhoneCode, delivery.Job.PhoneNumberId);
        }
        catch (CryptographicException exception)
        {
            return CodeDecision.Undecipherable($"The code of phone number {delivery.Job.PhoneNumberId} cannot be decrypted: {exception.Message}");
        }

        Activity.Current = delivery.Activity;
        var body = VerificationMessage.Of(code, open.ExpiresAt!.Value - timeProvider.GetUtcNow());
        var result = await channel.SendAsync(new TwilioMessage(open.PhoneNumber, body), cancellationToken);
        return CodeDecision.For(Hide(result, code), delivery.IsLastAttempt);
    }

    // A provider may repeat in its error what it was sent.
    private static SendResult Hide(SendResult result, string code) => result switch
    {
        SendResult.Failed { Failure: var it } => it with { Error = it.Error.Replace(code, Hidden, StringComparison.Ordinal) },
        SendResult.Deferred it => it with { Reason = it.Reason.Replace(code, Hidden, StringComparison.Ordinal) },
        _ => result,
    };

    private CodeNote Note(Guid phoneNumberId, byte[] code, CodeDecision decision) =>
        new(phoneNumberId, code, decision.IsSent ? timeProvider.GetUtcNow() : null, decision.UserError);

    private static string Reason(CodeDecision decision) => decision.Job switch
    {
        JobOutcome.RetryOutcome failed => failed.Error,
        JobOutcome.DeadOutcome dead => dead.Error,
        JobOutcome.SnoozeOutcome held => held.Reason,
        _ => decision.UserError ?? "",
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The send of a code to phone number {PhoneNumberId} failed unexpectedly")]
        public static partial void Unexpected(ILogger logger, Exception exception, Guid phoneNumberId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Failed} of {Count} verification codes were not sent; the first: {Error}")]
        public static partial void NotSent(ILogger logger, int failed, int count, Redacted error);
    }
}
