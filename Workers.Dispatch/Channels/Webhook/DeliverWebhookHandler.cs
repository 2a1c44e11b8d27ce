using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>
/// Delivers webhooks, each by itself: a batch is one job, so that none waits for a slow one, and of one endpoint only a few are under way
/// (<see cref="EndpointGates"/>); the rest comes back. An attempt is claimed before it is made and recorded after it. One that was lost in
/// between is made again, under the same <c>webhook-id</c>.
/// </summary>
internal sealed class DeliverWebhookHandler(
    NpgsqlDataSource dataSource,
    WebhookDeliveryStore store,
    WebhookClient client,
    EndpointGates gates,
    EndpointHealth health,
    SlidingWindowLimiter limiter,
    JobOutbox outbox,
    WebhookMetrics metrics,
    IOptions<WebhookDeliveryOptions> options,
    TimeProvider timeProvider) : IJobHandler<DeliverWebhook>
{
    // longer than an attempt takes, with all around it
    private readonly TimeSpan _lost = TimeSpan.FromSeconds((2 * options.Value.TimeoutSeconds) + 10);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<DeliverWebhook>> batch, CancellationToken cancellationToken) =>
        await Task.WhenAll(batch.Select(delivery => DeliverAsync(delivery.Job, cancellationToken)));

    private async Task<JobOutcome> DeliverAsync(DeliverWebhook job, CancellationToken cancellationToken)
    {
        if (!gates.TryEnter(job.EndpointId, out var wait))
            return JobOutcome.Snooze(wait, "Its endpoint has as much under way as it may, or asked to wait.");
        var (took, isSilent, hold) = ((TimeSpan?)null, false, (TimeSpan?)null);
        try
        {
            var now = timeProvider.GetUtcNow();
            if (await store.ClaimAsync(job.Id, now, now - _lost, cancellationToken) is not { } delivery)
                return await PassAsync(job.Id, now, cancellationToken);
            if (await WaitForRateAsync(delivery, cancellationToken) is { } turn)
            {
                hold = turn;
                return JobOutcome.Snooze(turn, "Its endpoint takes no more in this second.");
            }

            var answer = await PostAsync(delivery, cancellationToken);
#pragma warning disable CA5394 // jitter, not a secret
            var decision = DeliveryDecision.For(answer, delivery.Tries, Random.Shared.NextDouble());
#pragma warning restore CA5394
            (took, isSilent, hold) = (answer.Took, answer.Status is null or 429 or 502 or 504, decision.Hold);
            metrics.Tried(answer.Took, decision.Outcome);
            // not cancelled half way: what was answered is recorded even by a process that ends
            await RecordAsync(delivery, answer, decision);
            return decision.Outcome == DeliveryOutcome.Retry ? JobOutcome.Snooze(decision.RetryAfter!.Value, decision.Error!) : JobOutcome.Done;
        }
        finally
        {
            gates.Leave(job.EndpointId, took, isSilent, hold);
        }
    }

    // What could not be claimed: it is done, waits for its time, is under way elsewhere, or its endpoint is turned off.
    private async Task<JobOutcome> PassAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await store.FindUnclaimedAsync(id, cancellationToken) is not { IsPending: true } found)
            return JobOutcome.Done;
        if (found.DisabledReason is { } reason)
        {
            await GiveUpAsync(id, found, $"The endpoint is turned off. {reason}");
            return JobOutcome.Done;
        }

        return found.SendingAt is { } since
            ? JobOutcome.Snooze(since + _lost - now, "An attempt is under way.")
            : JobOutcome.Snooze(found.NextAttemptAt - now ?? TimeSpan.Zero, "It is to be tried later.");
    }

    // how long to wait for the endpoint's own limit; null when it is not reached
    private async Task<TimeSpan?> WaitForRateAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.RatePerSecond is not { } rate)
            return null;
        var permit = await limiter.AcquireAsync(
            $"webhook:{delivery.EndpointId}", new RateLimit(rate, TimeSpan.FromSeconds(1)), 1, cancellationToken);
        if (permit.IsAllowed)
            return null;
        await store.UnclaimAsync(delivery, cancellationToken);
        return permit.RetryAfter;
    }

    private async Task<WebhookAnswer> PostAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> secrets;
        try
        {
            secrets = store.SecretsOf(delivery);
        }
        catch (CryptographicException unreadable)
        {
            return new(
                timeProvider.GetUtcNow(), TimeSpan.Zero, new Dictionary<string, string>(), null,
                $"The endpoint's secret cannot be decrypted: {unreadable.Message}");
        }

        return await client.PostAsync(
            delivery.Url, WebhookSecret.MessageId(delivery.MessageId), delivery.Payload, secrets, cancellationToken);
    }

    // Rows are locked in one order (message, endpoint, delivery), which is that of deletions, so that they cannot deadlock.
    private async Task RecordAsync(ClaimedDelivery delivery, WebhookAnswer answer, DeliveryDecision decision)
    {
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var tells = delivery.NotificationId is not null && decision.Outcome != DeliveryOutcome.Retry;
        if (tells)
            await WebhookDeliveryStore.LockMessageAsync(transaction, delivery.MessageId, delivery.UserId, CancellationToken.None);
        List<OutgoingJob> staged = [.. await health.NoteAsync(transaction, delivery, decision, CancellationToken.None)];
        var now = timeProvider.GetUtcNow();
        await WebhookDeliveryStore.RecordAsync(transaction, delivery, answer, decision, now, CancellationToken.None);
        if (tells)
            staged.AddRange(await TellAsync(
                transaction, delivery.MessageId, delivery.UserId, delivery.NotificationId!.Value, decision.Error, now));
        await outbox.CommitStagedAsync(transaction, staged, CancellationToken.None);
    }

    private async Task GiveUpAsync(Guid id, UnclaimedDelivery delivery, string error)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await WebhookDeliveryStore.LockMessageAsync(transaction, delivery.MessageId, delivery.UserId, CancellationToken.None);
        await WebhookDeliveryStore.GiveUpAsync(transaction, id, delivery.UserId, error, now, CancellationToken.None);
        var staged = delivery.NotificationId is { } notification
            ? await TellAsync(transaction, delivery.MessageId, delivery.UserId, notification, error, now)
            : [];
        await outbox.CommitStagedAsync(transaction, staged, CancellationToken.None);
    }

    // A notification is delivered when all endpoints have taken it, and has failed when the last is done and one has not.
    private async Task<OutgoingJob[]> TellAsync(
        NpgsqlTransaction transaction, Guid messageId, Guid userId, Guid notificationId, string? error, DateTimeOffset now)
    {
        var state = await WebhookDeliveryStore.StateAsync(transaction, messageId, userId, CancellationToken.None);
        if (state.Pending > 0)
            return [];
        var update = new DeliveryStatusUpdate(
            WebhookSecret.MessageId(messageId), notificationId, state.Failed == 0 ? DeliveryStatus.Delivered : DeliveryStatus.Failed, now,
            state.Failed == 0 ? null : error ?? $"{state.Failed} endpoints have not taken it.");
        OutgoingJob[] jobs = [new(new ApplyDeliveryStatuses(Guid.CreateVersion7(now), [update]))];
        await outbox.StageAsync(transaction.Connection!, transaction, jobs, CancellationToken.None);
        return jobs;
    }
}
